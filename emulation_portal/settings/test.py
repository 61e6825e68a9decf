"""The tests: fast hashes, tasks at once, mail in memory, a data folder of its own."""

import atexit
import os
import secrets
import shutil
import tempfile
from datetime import date

if not os.environ.get("DATA_DIR"):
    # Handed down to the processes of pytest-xdist; removed by the one that made it.
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from emulation_portal import env  # noqa: E402 - the data folder must be named before base reads it

from .base import *  # noqa: E402,F403 - a settings module is made of its names
from .base import DATA_DIR, DATABASES, STORAGES  # noqa: E402 - see above

PORTAL_ENV = "test"
SECRET_KEY = env.read_text("SECRET_KEY") or secrets.token_urlsafe(50)
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
TRAINING_DATE = env.read_date("TRAINING_DATE", date(2023, 6, 5))

# MD5 is for speed only; no password of a test is worth anything.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = env.read_folder("STATIC_ROOT", DATA_DIR / "staticfiles", base=DATA_DIR)

# A database of this run alone, so that several runs can go on beside each other.
_run = env.read_text("PORTAL_TEST_RUN", str(os.getpid()))
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: two threads must meet the same locks as in real life.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / f"test_{_run}.sqlite3")}
    DATABASES["default"]["OPTIONS"]["timeout"] = 20  # other runs share the machine's disk
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF"
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_portal_{_run}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
