"""What production must not start with, beyond what its settings refuse themselves."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlparse

import structlog
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

from . import demo_accounts

DEMO_ACCOUNTS_FOUND = Error(
    "Cơ sở dữ liệu có tài khoản mẫu, môi trường production không chạy với chúng.",
    hint="Dùng cơ sở dữ liệu mới, hoặc khóa các tài khoản mẫu.",
    id="emulation.E001",
)
WITHOUT_TLS = Warning(
    "Cổng chạy không mã hóa đường truyền (LAN_WITHOUT_TLS).",
    hint="Ai nghe được mạng đọc được mật khẩu và phiên. Cài chứng chỉ, đặt SITE_URL https://, bỏ LAN_WITHOUT_TLS.",
    id="emulation.W001",
)
PLAIN_MAIL = Warning(
    "Thư và mật khẩu hộp thư đi tới máy chủ thư ở máy khác mà không mã hóa (EMAIL_URL).",
    hint="Dùng smtp+tls:// (cổng 587) hoặc smtps:// (cổng 465).",
    id="emulation.W002",
)
PLAIN_DATABASE = Warning(
    "Cơ sở dữ liệu ở máy khác mà chứng chỉ của máy ấy không được kiểm (DATABASE_URL).",
    hint="Thêm ?sslmode=verify-full&sslrootcert=… vào DATABASE_URL.",
    id="emulation.W003",
)
PLAIN_REDIS = Warning(
    "Redis ở máy khác mà đường truyền không mã hóa (REDIS_URL).",
    hint="Dùng rediss://.",
    id="emulation.W004",
)
log = structlog.get_logger(__name__)


def has_demo_accounts() -> bool:
    """Tell whether a demo account opens with the public password; False when the database cannot be asked yet."""
    users = get_user_model()._default_manager.filter(username__in=demo_accounts.usernames(), is_active=True)
    try:
        return any(check_password(demo_accounts.PASSWORD, user.password) for user in users)
    except DatabaseError:
        return False


@register(Tags.security)
def check_no_demo_accounts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse demo accounts in production: their password is public."""
    if settings.PORTAL_ENV == "production" and has_demo_accounts():
        return [DEMO_ACCOUNTS_FOUND]
    return []


@register(Tags.security)
def check_transport(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of an install that says everything in clear, however often it is checked."""
    return [WITHOUT_TLS] if settings.LAN_WITHOUT_TLS else []


def is_elsewhere(host: str) -> bool:
    """Tell whether a host is another machine: no socket file, not this machine's own names."""
    if not host or host.startswith("/") or host == "localhost":
        return False
    try:
        return not ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


@register(Tags.security, deploy=True)
def check_services(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of mail, database or queue on another machine over a line that is not encrypted or not verified."""
    database, queue = settings.DATABASES["default"], urlparse(settings.CELERY_BROKER_URL)
    sends = settings.EMAIL_BACKEND.endswith("BoundedBackend") and is_elsewhere(settings.EMAIL_HOST)
    plain_mail = sends and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    plain_database = is_elsewhere(database.get("HOST", "")) and database["OPTIONS"].get("sslmode") != "verify-full"
    plain_redis = queue.scheme == "redis" and is_elsewhere(queue.hostname or "")
    found = [(PLAIN_MAIL, plain_mail), (PLAIN_DATABASE, plain_database), (PLAIN_REDIS, plain_redis)]
    return [warning for warning, holds in found if holds]


def refuse_unsafe_start() -> None:
    """Stop a web server or worker where the check fails; for those, Django runs no checks itself."""
    for warning in check_transport(None):
        log.warning("unsafe_start", problem=f"{warning.msg} {warning.hint}")
    found = check_no_demo_accounts(None)
    connections.close_all()  # the server forks after this, and a connection must not be shared by two processes
    for message in found:
        raise ImproperlyConfigured(f"{message.msg} {message.hint}")
