"""The settings of the environment named by PORTAL_ENV: local (default), test or production."""

import os

from emulation_portal import env

# Naming one of the modules itself (as pytest does) must not load another one first.
if os.environ.get("DJANGO_SETTINGS_MODULE", __name__) == __name__:
    PORTAL_ENV = env.read_choice("PORTAL_ENV", ("local", "test", "production"), "local")
    if PORTAL_ENV == "production":
        from .production import *  # noqa: F403 - a settings module is made of its names
    elif PORTAL_ENV == "test":
        from .test import *  # noqa: F403 - a settings module is made of its names
    else:
        from .local import *  # noqa: F403 - a settings module is made of its names
