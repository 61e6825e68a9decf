"""The web server's entry."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emulation_portal.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the settings must be named first

application = get_wsgi_application()

from emulation_portal.checks import refuse_unsafe_start  # noqa: E402 - needs the loaded apps

refuse_unsafe_start()
