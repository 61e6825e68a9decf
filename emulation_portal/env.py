"""Reading the settings from the environment; whatever cannot be read is named in one sentence.

The sentences are Vietnamese and not translated: they are said before Django has read its settings.
"""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import ParseResult, parse_qsl, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

_env = Env()
HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
SENDER = re.compile(r"[^\s@<>]+@[A-Za-z0-9.-]+")


class SettingError(ImproperlyConfigured):
    """A setting that cannot be read or is not allowed; the message is for the operator."""


def unreadable(name: str, wanted: str, *, secret: bool = False) -> SettingError:
    """Build the error naming the setting, its value (unless secret) and the form that is wanted."""
    value = "" if secret else f" («{os.environ.get(name, '')}»)"
    return SettingError(f"Không đọc được cài đặt {name}{value}: cần {wanted}.")


def _given(name: str) -> bool:
    return os.environ.get(name, "").strip() != ""


def read_text(name: str, default: str = "") -> str:
    """Return the text of a setting without surrounding spaces; an empty one counts as not given."""
    return os.environ[name].strip() if _given(name) else default


def read_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """Return one of the allowed words."""
    value = read_text(name, default)
    if value not in choices:
        raise unreadable(name, "một trong các giá trị " + ", ".join(choices))
    return value


def read_bool(name: str, default: bool) -> bool:
    """Return true or false."""
    if not _given(name):
        return default
    try:
        return bool(_env.bool(name))
    except EnvError:
        raise unreadable(name, "true hoặc false") from None


def read_int(name: str, default: int, *, least: int = 0, most: int = 1_000_000_000) -> int:
    """Return a whole number within the bounds."""
    if not _given(name):
        return default
    try:
        value = int(_env.int(name))
    except EnvError:
        value = least - 1
    if not least <= value <= most:
        raise unreadable(name, f"số nguyên từ {least} đến {most}")
    return value


def read_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the words of a comma-separated setting."""
    if not _given(name):
        return list(default)
    return [word.strip() for word in os.environ[name].split(",") if word.strip()]


#: Names that SECOND_FACTOR_ROLES knows; organizations.enums cannot be loaded before the settings.
ROLES = (
    "officer",
    "unit_leader",
    "reviewer",
    "interior_head",
    "clerk",
    "council_member",
    "leader",
    "editor",
    "administrator",
)


def read_roles(name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of roles, or `deciding`; the word `none` stands for nobody."""
    found = tuple(read_list(name, default))
    if found == ("none",):
        return ()
    for word in found:
        if word not in (*ROLES, "deciding"):
            raise unreadable(name, _roles_wanted())
    return found


def _roles_wanted() -> str:
    return "deciding, none, hoặc các vai trò cách nhau bằng dấu phẩy: " + ", ".join(ROLES)


def read_date(name: str, default: date | None) -> date | None:
    """Return a date; a setting that is given but empty means none, one not given the default."""
    if name not in os.environ:
        return default
    if not _given(name):
        return None
    try:
        return date.fromisoformat(os.environ[name].strip())
    except ValueError:
        raise unreadable(name, "ngày dạng NĂM-THÁNG-NGÀY, ví dụ 2023-06-05") from None


def read_folder(name: str, default: Path, *, base: Path) -> Path:
    """Return a folder, made (for its owner only) when it is missing; a relative one starts at base."""
    folder = base / read_text(name, str(default))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise unreadable(name, "một thư mục ghi được") from None
    return folder


def read_site_url(name: str, default: str) -> str:
    """Return the address of the portal without a closing slash."""
    value = read_text(name, default).rstrip("/")
    parts = _split(name, value, ("http", "https"))
    if not parts.hostname or parts.query or parts.fragment or parts.username is not None:
        raise unreadable(name, "địa chỉ đầy đủ, ví dụ https://thidua.example.vn")
    return value


def refuse_what_needs_tls(site_url: str) -> None:
    """Refuse, in an install without TLS, an address of the internet or of https, and settings that would do nothing."""
    if not site_url.startswith("http://"):
        raise SettingError("Cài đặt LAN_WITHOUT_TLS đi với SITE_URL http://; có https:// thì hãy bỏ LAN_WITHOUT_TLS.")
    host = urlparse(site_url).hostname or ""
    with contextlib.suppress(ValueError):  # a name: only its owner knows where it leads
        if not ip_address(host).is_private:
            raise SettingError(f"Cài đặt LAN_WITHOUT_TLS chỉ dùng trong mạng nội bộ, mà SITE_URL là {host}.")
    for name in ("HSTS_SECONDS", "HSTS_SUBDOMAINS"):
        if _given(name):
            raise SettingError(f"Cài đặt {name} không có tác dụng khi LAN_WITHOUT_TLS bật: hãy bỏ một trong hai.")


def read_networks(name: str, default: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    """Return addresses and networks, separated by commas."""
    try:
        return [ip_network(word) for word in read_list(name, default)]
    except ValueError:
        raise unreadable(name, "các địa chỉ hoặc dải địa chỉ, ví dụ 127.0.0.1,10.1.0.0/16") from None


def read_hosts(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return host names without scheme, port or path."""
    hosts = read_list(name, default)
    if not all(HOST_NAME.fullmatch(host) for host in hosts):
        raise unreadable(name, "các tên máy chủ, không kèm https://, số cổng hay đường dẫn, ví dụ thidua.example.vn")
    return hosts


def read_origins(name: str) -> list[str]:
    """Return origins: scheme and host, nothing after them."""
    origins = read_list(name)
    for origin in origins:
        parts = _split(name, origin, ("http", "https"))
        if not parts.hostname or parts.path or parts.query:
            raise unreadable(name, "các địa chỉ gốc, ví dụ https://thidua.example.vn")
    return origins


def read_sender(name: str, default: str) -> str:
    """Return the sender of mails: an address, alone or with a name."""
    value = read_text(name, default)
    address = parseaddr(value)[1]
    if not SENDER.fullmatch(address) or "\n" in value or "\r" in value:
        raise unreadable(name, "địa chỉ thư, ví dụ Cổng thi đua <thidua@example.vn>")
    return value


def named_address(name: str, address: str) -> str:
    """Return an address with the name before it, readable in every letter; marks of the address form are quoted."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", name)
    quoted = re.sub(r'(["\\])', r"\\\1", plain)
    return f'"{quoted}" <{address}>' if re.search(r'[]["\\()<>@,:;.]', plain) else f"{plain} <{address}>"


def read_redis_url(name: str) -> str:
    """Return the address of Redis, or nothing for the embedded broker and cache."""
    value = read_text(name)
    if value and not _split(name, value, ("redis", "rediss", "unix"), secret=True).netloc + urlparse(value).path:
        raise unreadable(name, "địa chỉ dạng redis://máy:cổng/số", secret=True)
    return value


def _split(name: str, value: str, schemes: tuple[str, ...], *, secret: bool = False) -> ParseResult:
    wanted = "địa chỉ bắt đầu bằng " + ", ".join(f"{scheme}://" for scheme in schemes)
    try:
        parts = urlparse(value)
        _ = parts.port
    except ValueError:
        raise unreadable(name, wanted + " với số cổng đúng", secret=secret) from None
    if parts.scheme not in schemes:
        raise unreadable(name, wanted, secret=secret)
    return parts


@dataclass(frozen=True)
class DatabaseLimits:
    """Seconds that a connection, a statement and the wait for a lock may take."""

    connect: int = 5
    statement: int = 10
    lock: int = 5


def read_database(name: str, default_file: Path, limits: DatabaseLimits) -> dict[str, Any]:
    """Return Django's settings of the database: SQLite by default, PostgreSQL when the address says so."""
    value = read_text(name, f"sqlite:///{default_file}")
    parts = _split(name, value, ("sqlite", "postgres", "postgresql"), secret=True)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path[1:])) if len(parts.path) > 1 else default_file, limits)
    if len(parts.path) < 2:
        raise unreadable(name, "tên cơ sở dữ liệu ở cuối địa chỉ", secret=True)
    return _postgresql(parts, limits)


def _sqlite(file: Path, limits: DatabaseLimits) -> dict[str, Any]:
    pragmas = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        # IMMEDIATE: a transaction that read first and writes later cannot wait for the lock, it fails at once.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": limits.lock, "init_command": "; ".join(pragmas)},
    }


def _postgresql(parts: ParseResult, limits: DatabaseLimits) -> dict[str, Any]:
    timeouts = f"-c statement_timeout={limits.statement * 1000} -c lock_timeout={limits.lock * 1000}"
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": limits.connect, "options": timeouts} | query,
    }


def read_email(name: str) -> dict[str, Any]:
    """Return the EMAIL_ settings: an SMTP server, or the folder backend when no address is given."""
    value = read_text(name)
    if not value:
        return {"EMAIL_BACKEND": "notifications.mailbox.FolderBackend"}
    parts = _split(name, value, ("smtp", "smtp+tls", "smtp+ssl", "smtps"), secret=True)
    if not parts.hostname:
        raise unreadable(name, "địa chỉ dạng smtp+tls://người-dùng:mật-khẩu@máy:587", secret=True)
    over_ssl = parts.scheme in {"smtp+ssl", "smtps"}
    usual_port = 465 if over_ssl else 587 if parts.scheme == "smtp+tls" else 25
    return {
        "EMAIL_BACKEND": "notifications.smtp.BoundedBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or usual_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": over_ssl,
        "EMAIL_TIMEOUT": 10,
    }
