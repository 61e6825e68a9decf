from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

#: Modules that offer something to the apps below; each has a `register`. Imported once the models are loaded.
PARTS = (
    "calendar",
    "figures",
    "journal",
    "letters",
    "letters_requests",
    "movements",
    "owed",
    "stored_files",
)


class ModelsRegistryConfig(AppConfig):
    """The registry of exemplars and their review."""

    name = "models_registry"
    verbose_name = _("Sổ điển hình")

    def ready(self) -> None:
        for part in PARTS:
            import_module(f"models_registry.{part}").register()
