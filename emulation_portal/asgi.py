"""The entry for an asynchronous web server."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")

from django.core.asgi import get_asgi_application  # noqa: E402 - the settings must be named first

application = get_asgi_application()

from emulation_portal.checks import refuse_unsafe_start  # noqa: E402 - needs the loaded apps

refuse_unsafe_start()
