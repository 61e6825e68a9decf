"""What all environments share; what differs is in local, test and production."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from core.logging import configure_structlog, logging_settings
from emulation_portal import env

PORTAL_ENV = env.read_choice("PORTAL_ENV", ("local", "test", "production"), "local")
BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = env.read_folder("DATA_DIR", BASE_DIR / "var", base=Path.cwd())

DEBUG = env.read_bool("DEBUG", False)
ALLOWED_HOSTS = env.read_hosts("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
SITE_URL = env.read_site_url("SITE_URL", f"http://127.0.0.1:{env.read_int('PORT', 8000, least=1, most=65535)}")
# The one way to real work without TLS, in a closed network (docs/operations.md); production.py says what it costs.
LAN_WITHOUT_TLS = env.read_bool("LAN_WITHOUT_TLS", False)
if LAN_WITHOUT_TLS and PORTAL_ENV != "production":
    raise env.SettingError("Cài đặt LAN_WITHOUT_TLS chỉ dùng ở môi trường production: hãy bỏ nó.")
# Former keys: what they signed or locked still opens while they stand here (docs/accounts.md).
SECRET_KEY_FALLBACKS = env.read_list("SECRET_KEY_FALLBACKS")
CSRF_TRUSTED_ORIGINS = env.read_origins("CSRF_TRUSTED_ORIGINS")
PROXY_COUNT = env.read_int("PROXY_COUNT", 0, most=10)
# Who is told the details of /healthz; everybody else hears "ok" or "failed".
HEALTH_ADDRESSES = env.read_networks("HEALTH_ADDRESSES", ("127.0.0.0/8", "::1"))

INSTALLED_APPS = [
    "emulation_portal",
    "reports",
    "showcase",
    "models_registry",
    "campaigns",
    "notifications",
    "organizations",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "treebeard",
    "simple_history",
    "axes",
    "csp",
    "crispy_forms",
    "crispy_bootstrap5",
]

# The order matters: what stands above WhiteNoise also adds its headers to static files and error pages.
MIDDLEWARE = [
    "core.middleware.RequestMarkMiddleware",
    "core.middleware.SecurityHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "core.middleware.MethodsMiddleware",
    "emulation_portal.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.TextGZipMiddleware",
    "core.middleware.NoStoreMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "core.middleware.SessionClockMiddleware",
    "core.audit.refusals.RefusalLogMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "emulation_portal.middleware.NotAllowedPageMiddleware",
    "emulation_portal.middleware.SignInRequiredMiddleware",
    "organizations.middleware.SecondFactorMiddleware",
    "core.access_table.AccessTableMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "core.middleware.DeadlineMiddleware",
    "core.readonly.ReadOnlyMiddleware",
]

ROOT_URLCONF = "emulation_portal.urls"
WSGI_APPLICATION = "emulation_portal.wsgi.application"
CSRF_FAILURE_VIEW = "emulation_portal.errors.csrf_failure"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "emulation_portal.context.portal",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"  # templates/bootstrap5 holds the portal's own fields

# Time. A view has 15 s (core.deadline), a statement of it 10 s, the wait for a lock 5 s; manage.py and the
# worker ask for more.
VIEW_SECONDS = env.read_int("VIEW_SECONDS", 15, least=1, most=600)
DATABASE_LIMITS = env.DatabaseLimits(
    statement=env.read_int("DATABASE_STATEMENT_TIMEOUT", 10, least=1, most=3600),
    lock=env.read_int("DATABASE_LOCK_TIMEOUT", 5, least=1, most=600),
)
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.read_database("DATABASE_URL", DATA_DIR / "portal.sqlite3", DATABASE_LIMITS)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and queue: Redis when it is there, else files in DATA_DIR, which all processes of one machine share
# (a cache in memory would differ between the two web processes and the worker).
REDIS_URL = env.read_redis_url("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
}

# The broker folder is made by emulation_portal.celery, which reads these names without their prefix.
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT = None if REDIS_URL else "emulation_portal.folder_queue:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"visibility_timeout": 3600, "socket_connect_timeout": 5, "socket_timeout": 5}
    if REDIS_URL
    else {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker-control"),
        # Between two looks into the folder. A worker that takes one message at a time also waits so long after each.
        "polling_interval": 0.2,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.2}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver-due": {
        "task": "notifications.tasks.deliver_due",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
    "remind": {
        "task": "notifications.tasks.tick",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "sweep-files": {
        "task": "models_registry.tasks.sweep_files",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "tell-late-units": {
        "task": "models_registry.tasks.tell_late_units",
        "schedule": crontab(hour=7, minute=0),
    },
    "empty-old-bin": {
        "task": "models_registry.tasks.empty_old_bin",
        "schedule": timedelta(days=1),
        "options": {"expires": 3600},
    },
    "daily-digest": {"task": "reports.tasks.tell_digest", "schedule": crontab(hour="7", minute="5")},
    # Hourly, so that a morning without the scheduler is made good the same day; one digest a person and day.
    "news-digests": {
        "task": "notifications.tasks.post_news_digests",
        "schedule": crontab(hour="7-17", minute="30"),
        "options": {"expires": 3600},
    },
    "clear-sessions": {"task": "emulation_portal.tasks.clear_sessions", "schedule": crontab(hour="3", minute="40")},
    "worker-heartbeat": {
        "task": "emulation_portal.tasks.beat_heart",
        "schedule": timedelta(seconds=15),
        "options": {"expires": 15},
    },
}
WORKER_HEARTBEAT_MAX_AGE = timedelta(seconds=90)

# Mail: an SMTP server, or a folder that a page shows to the administrator.
_email = env.read_email("EMAIL_URL")
EMAIL_BACKEND: str = _email["EMAIL_BACKEND"]
EMAIL_HOST: str = _email.get("EMAIL_HOST", "")
EMAIL_PORT: int = _email.get("EMAIL_PORT", 25)
EMAIL_HOST_USER: str = _email.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = _email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT: int = _email.get("EMAIL_TIMEOUT", 10)
MAIL_FOLDER = DATA_DIR / "mail"
# Looks at calendar feeds within an hour: of one calendar, and of one address at calendars that do not exist.
CALENDAR_LOOK_LIMIT = env.read_int("CALENDAR_LOOK_LIMIT", 120, least=10, most=10_000)
CALENDAR_MISS_LIMIT = env.read_int("CALENDAR_MISS_LIMIT", 60, least=10, most=10_000)
# The office that runs the portal writes the mails; who answers one reaches it.
PORTAL_OFFICE = env.read_text("PORTAL_OFFICE", "Phòng Nội vụ huyện Gò Công Tây")
MAIL_FROM = env.read_sender("MAIL_FROM", env.named_address(PORTAL_OFFICE, "thidua@localhost"))
MAIL_REPLY_TO = env.read_sender("MAIL_REPLY_TO", MAIL_FROM)
DEFAULT_FROM_EMAIL = MAIL_FROM
SERVER_EMAIL = MAIL_FROM
# The ways to a person, as classes with the interface of notifications.channels.Adapter; another one is a line here.
NOTIFICATION_CHANNELS = ["notifications.channels.PortalChannel", "notifications.mails.EmailChannel"]

# Language, time, numbers.
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["core.formats"]
USE_THOUSAND_SEPARATOR = False
TRAINING_DATE = env.read_date("TRAINING_DATE", None)

# Static files and uploads. Uploads are never under a web root: a view that asks for rights serves them.
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "emulation_portal.static_storage.PortalStaticStorage"},
}
if env.read_text("STORAGE_URL"):
    raise env.SettingError("Cài đặt STORAGE_URL chưa dùng được ở bản này: hãy bỏ nó và dùng MEDIA_ROOT.")
MEDIA_ROOT = env.read_folder("MEDIA_ROOT", DATA_DIR / "media", base=Path.cwd())
FILE_UPLOAD_TEMP_DIR = env.read_folder("UPLOAD_TEMP_DIR", DATA_DIR / "tmp", base=Path.cwd())
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_FILES_PER_REQUEST = 4
MAX_REQUEST_BYTES = MAX_FILES_PER_REQUEST * MAX_FILE_BYTES + 5 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Sign-in.
AUTH_USER_MODEL = "organizations.User"
LOGIN_URL = "/dang-nhap/"
LOGIN_REDIRECT_URL = "/ban-lam-viec/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "organizations.passwords.ProfileValidator"}]
PASSWORD_PROFILE = env.read_choice("PASSWORD_PROFILE", ("VN", "ASVS"), "VN")
PASSWORD_RESET_AGE = timedelta(hours=1)
EMAIL_CONFIRM_AGE = timedelta(hours=24)
INVITATION_AGE = timedelta(hours=72)
PASSWORD_RESET_ADDRESS_LIMIT = env.read_int("PASSWORD_RESET_ADDRESS_LIMIT", 20, least=3, most=10_000)
#: Sensitive changes ask for the password again after this long.
CONFIRM_AGE = timedelta(minutes=10)
#: Who must have a second factor: names of roles, `deciding` for those who decide, `none` for nobody.
SECOND_FACTOR_ROLES = env.read_roles("SECOND_FACTOR_ROLES", ())
OTP_TOTP_THROTTLE_FACTOR = 0  # organizations.throttle counts wrong codes, by person and for a time that ends
AXES_HANDLER = "organizations.throttle.PortalAxesHandler"
AXES_FAILURE_LIMIT = 5
SIGN_IN_ADDRESS_LIMIT = env.read_int("SIGN_IN_ADDRESS_LIMIT", 50, least=5, most=10_000)
#: Failures of one name from all addresses within a day; from then on one try in AXES_COOLOFF_TIME.
SIGN_IN_NAME_LIMIT = env.read_int("SIGN_IN_NAME_LIMIT", 100, least=20, most=10_000)
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "organizations.throttle.keep_our_answer"
AXES_CLIENT_IP_CALLABLE = "core.http.throttled_address"
AXES_USERNAME_CALLABLE = "organizations.throttle.counted_name"
# Never stored at all (organizations.throttle.keep_no_forms); named here too for what axes itself may write.
AXES_SENSITIVE_PARAMETERS = [
    "current_password",
    "new_password",
    "new_password_again",
    "confirm_password",
    "signed_key",
    "code",
]
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Sessions: the server decides when they end (core.middleware), the cookie never outlives them.
SESSION_ABSOLUTE_AGE = timedelta(hours=12)
SESSION_IDLE_AGE = timedelta(hours=12)
SESSION_IDLE_AGE_DECIDING = timedelta(hours=2)
SESSION_TOUCH_EVERY = timedelta(minutes=5)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_AGE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# Headers.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "autoplay",
        "camera",
        "display-capture",
        "encrypted-media",
        "fullscreen",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    )
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Logs: to standard error; the level is for the operator, the form follows the environment.
LOG_LEVEL = env.read_choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOGGING = logging_settings(as_json=PORTAL_ENV == "production", level=LOG_LEVEL)
configure_structlog()

# Who runs the portal: words of pages and mails. The demo accounts exist in local mode only (local.py).
PORTAL_TITLE = env.read_text("PORTAL_TITLE", "Cổng thi đua – khen thưởng huyện Gò Công Tây")
OTP_TOTP_ISSUER = PORTAL_TITLE
OFFICE_CONTACT = env.read_list("OFFICE_CONTACT")
MAIL_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"
DEMO_PASSWORD = ""
DEMO_USERNAMES: list[str] = []
