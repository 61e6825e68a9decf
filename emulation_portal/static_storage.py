from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names also for scripts that import one another: a page never runs halves of two versions."""

    support_js_module_import_aggregation = True
