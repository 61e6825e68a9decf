"""Real work behind a TLS proxy; refuses to start with anything that belongs to training."""

from core.logging import logging_settings
from emulation_portal import env

from .base import *  # noqa: F403 - a settings module is made of its names
from .base import DEBUG, LAN_WITHOUT_TLS, LOG_LEVEL, SECRET_KEY_FALLBACKS, TRAINING_DATE

PORTAL_ENV = "production"
LOGGING = logging_settings(as_json=True, level=LOG_LEVEL)

if DEBUG:
    raise env.SettingError("Môi trường production không chạy với DEBUG bật: hãy bỏ cài đặt DEBUG.")
if TRAINING_DATE is not None:
    raise env.SettingError("Môi trường production không chạy với ngày tập huấn: hãy bỏ cài đặt TRAINING_DATE.")

SECRET_KEY = env.read_text("SECRET_KEY")
for _name, _keys in (("SECRET_KEY", [SECRET_KEY]), ("SECRET_KEY_FALLBACKS", SECRET_KEY_FALLBACKS)):
    if any(len(key) < 50 or len(set(key)) < 5 for key in _keys):
        raise env.SettingError(f"Môi trường production cần cài đặt {_name}: chuỗi ngẫu nhiên từ 50 ký tự trở lên.")
ALLOWED_HOSTS = env.read_hosts("ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise env.SettingError("Môi trường production cần cài đặt ALLOWED_HOSTS: tên máy chủ của cổng, không dùng dấu *.")
if LAN_WITHOUT_TLS:
    env.refuse_what_needs_tls(env.read_text("SITE_URL"))
elif not env.read_text("SITE_URL").startswith("https://"):
    raise env.SettingError(
        "Môi trường production cần cài đặt SITE_URL: địa chỉ https:// của cổng, dùng trong thư. "
        "Trong mạng nội bộ không có chứng chỉ: xem LAN_WITHOUT_TLS trong docs/operations.md."
    )

PROXY_COUNT = env.read_int("PROXY_COUNT", 1, most=10)
if PROXY_COUNT and not LAN_WITHOUT_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not LAN_WITHOUT_TLS
# 0 while certificates are being tried out; "subdomains" off where names below this one serve other sites.
SECURE_HSTS_SECONDS = 0 if LAN_WITHOUT_TLS else env.read_int("HSTS_SECONDS", 365 * 24 * 3600, most=10 * 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LAN_WITHOUT_TLS and env.read_bool("HSTS_SUBDOMAINS", True)

# Browsers keep neither Secure nor __Host- cookies of a site without TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LAN_WITHOUT_TLS
SESSION_COOKIE_NAME = "sessionid" if LAN_WITHOUT_TLS else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if LAN_WITHOUT_TLS else "__Host-csrftoken"

SECOND_FACTOR_ROLES = env.read_roles("SECOND_FACTOR_ROLES", ("deciding",))
