import os
import secrets
import stat
import subprocess
import sys
from email.utils import parseaddr
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from emulation_portal import checks, condition, demo_accounts, env, health
from emulation_portal.secret import read_or_make_secret
from organizations.enums import Role
from organizations.models import User

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "thidua.example.vn",
    "SITE_URL": "https://thidua.example.vn",
}


@pytest.fixture
def load(tmp_path):
    """Load the settings in a process of its own and return its exit code and what it says."""

    def run(expression="settings.DEBUG", **given):
        command = f"from django.conf import settings; print({expression})"
        env = {name: os.environ[name] for name in KEPT if name in os.environ} | {"DATA_DIR": str(tmp_path)} | given
        words = [sys.executable, "-c", command]
        env["DJANGO_SETTINGS_MODULE"] = "emulation_portal.settings"
        done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout.strip(), done.stderr.strip().rpartition("\n")[2]

    return run


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"SECRET_KEY": ""}, "cần cài đặt SECRET_KEY"),
        ({"SECRET_KEY": "ngan"}, "cần cài đặt SECRET_KEY"),
        ({"SECRET_KEY_FALLBACKS": "ngan"}, "cần cài đặt SECRET_KEY_FALLBACKS"),
        ({"DEBUG": "true"}, "không chạy với DEBUG bật"),
        ({"TRAINING_DATE": "2023-06-05"}, "không chạy với ngày tập huấn"),
        ({"ALLOWED_HOSTS": ""}, "cần cài đặt ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "cần cài đặt ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "https://thidua.example.vn"}, "cài đặt ALLOWED_HOSTS («https://thidua.example.vn»)"),
        ({"PROXY_COUNT": "hai"}, "cài đặt PROXY_COUNT («hai»): cần số nguyên từ 0 đến 10"),
        ({"HSTS_SECONDS": "-1"}, "cài đặt HSTS_SECONDS («-1»)"),
        ({"HEALTH_ADDRESSES": "giám sát"}, "cài đặt HEALTH_ADDRESSES («giám sát»)"),
        ({"MAIL_FROM": "Cổng thi đua"}, "cài đặt MAIL_FROM («Cổng thi đua»)"),
        ({"CSRF_TRUSTED_ORIGINS": "thidua.example.vn"}, "cài đặt CSRF_TRUSTED_ORIGINS («thidua.example.vn»)"),
        ({"SITE_URL": "http://thidua.example.vn"}, "cần cài đặt SITE_URL"),
        ({"STORAGE_URL": "s3://kho"}, "STORAGE_URL chưa dùng được"),
        ({"SITE_URL": "http://10.1.2.3"}, "xem LAN_WITHOUT_TLS"),
        ({"LAN_WITHOUT_TLS": "true"}, "đi với SITE_URL http://"),
        ({"LAN_WITHOUT_TLS": "true", "SITE_URL": "http://8.8.8.8"}, "mà SITE_URL là 8.8.8.8"),
        ({"LAN_WITHOUT_TLS": "true", "SITE_URL": "http://10.1.2.3", "HSTS_SECONDS": "60"}, "HSTS_SECONDS không có tác"),
        ({"LAN_WITHOUT_TLS": "true", "PORTAL_ENV": "local"}, "chỉ dùng ở môi trường production"),
    ],
)
def test_production_refuses_what_belongs_to_training(load, given, sentence):
    code, _, last_line = load(**(PRODUCTION | given))
    assert code == 1
    assert sentence in last_line


@pytest.mark.parametrize(
    "office", ["Phòng Nội vụ, huyện Gò Công Tây", "Phòng Nội vụ (huyện)", 'UBND [xã] "Bình" <Nhì>']
)
def test_the_name_of_the_office_may_hold_marks_of_an_address(load, office):
    code, told, _error = load("settings.MAIL_FROM", PORTAL_OFFICE=office)
    assert (code, parseaddr(told)) == (0, (office, "thidua@localhost"))


def test_production_keeps_cookies_to_the_host_and_to_https(load):
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.DEBUG"
    assert load(names, **PRODUCTION)[:2] == (0, "__Host-sessionid __Host-csrftoken True False")


LAN = PRODUCTION | {"LAN_WITHOUT_TLS": "true", "ALLOWED_HOSTS": "10.1.2.3", "SITE_URL": "http://10.1.2.3"}


def test_a_network_without_tls_keeps_all_that_needs_no_tls(load):
    """ASVS 3.3.1, 3.4.1: the switch is one, named, and gives up no more than it must."""
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS"
    kept = "SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE SECURE_CONTENT_TYPE_NOSNIFF SECOND_FACTOR_ROLES"
    ask = ", ".join(f"settings.{name}" for name in f"{names} {kept}".split())
    assert load(ask, **LAN)[:2] == (0, "sessionid csrftoken False False 0 True Lax True ('deciding',)")
    assert load("getattr(settings, 'SECURE_PROXY_SSL_HEADER', None)", **LAN)[1] == "None"


def test_a_network_without_tls_is_warned_of_at_every_command(tmp_path):
    given = {name: os.environ[name] for name in KEPT if name in os.environ} | {"DATA_DIR": str(tmp_path)}
    found = {}
    for name, more in (("lan", LAN), ("tls", PRODUCTION)):
        words = [sys.executable, "manage.py", "check"]
        done = subprocess.run(
            words, cwd=ROOT, env=given | more, capture_output=True, text=True, timeout=60, check=False
        )
        found[name] = (done.returncode, "emulation.W001" in done.stderr)
    assert found == {"lan": (0, True), "tls": (0, False)}


def test_a_network_without_tls_is_warned_of_at_the_start_and_on_the_page(settings, db, caplog, monkeypatch):
    # The start closes its connections before it forks; that of the test holds its transaction.
    monkeypatch.setattr(checks.connections, "close_all", lambda: None)
    parts = dict.fromkeys(health.PARTS, "ok")
    assert [line.label for line in condition.condition_lines(parts)].count("Đường truyền") == 0
    settings.LAN_WITHOUT_TLS = True
    checks.refuse_unsafe_start()
    assert "unsafe_start" in caplog.text
    line = condition.condition_lines(parts)[-1]
    assert (line.label, line.well) == ("Đường truyền", False)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"EMAIL_URL": "smtp://u:p@mail.example.vn"}, ["W002"]),
        ({"EMAIL_URL": "smtp+tls://u:p@mail.example.vn"}, []),
        ({"EMAIL_URL": "smtps://u:p@10.1.2.3"}, []),
        ({"EMAIL_URL": "smtp://127.0.0.1:25"}, []),
        ({"EMAIL_URL": ""}, []),
        ({"DATABASE_URL": "postgres://u:p@db.example.vn/x"}, ["W003"]),
        ({"DATABASE_URL": "postgres://u:p@10.1.2.3/x?sslmode=require"}, ["W003"]),
        ({"DATABASE_URL": "postgres://u:p@db.example.vn/x?sslmode=verify-full"}, []),
        ({"DATABASE_URL": "postgres://u:p@[::1]/x"}, []),
        ({"DATABASE_URL": "postgres://u@/x?host=/run/postgresql"}, []),
        ({"REDIS_URL": "redis://10.1.2.3:6379/0"}, ["W004"]),
        ({"REDIS_URL": "rediss://10.1.2.3:6379/0"}, []),
        ({"REDIS_URL": "redis://localhost:6379/0"}, []),
    ],
)
def test_a_service_elsewhere_without_verified_tls_is_warned_of(monkeypatch, given, found):
    """ASVS 12.3.1, 12.3.2."""
    for name in ("EMAIL_URL", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, given.get(name, ""))
    database = env.read_database("DATABASE_URL", Path("x.sqlite3"), env.DatabaseLimits())
    read = {"DATABASES": {"default": database}, "CELERY_BROKER_URL": env.read_redis_url("REDIS_URL")}
    monkeypatch.setattr(checks, "settings", SimpleNamespace(**env.read_email("EMAIL_URL"), **read))
    assert [warning.id for warning in checks.check_services(None)] == [f"emulation.{mark}" for mark in found]


def test_production_asks_those_who_decide_for_a_second_factor(load):
    """ASVS 6.3.3."""
    name, cases = "settings.SECOND_FACTOR_ROLES, settings.PASSWORD_PROFILE", {}
    for value in ("", "none", "leader,administrator"):
        cases[value] = load(name, **PRODUCTION, SECOND_FACTOR_ROLES=value)[1]
    assert cases == {"": "('deciding',) VN", "none": "() VN", "leader,administrator": "('leader', 'administrator') VN"}
    assert load(name)[1] == "() VN"


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(load):
    code, _, last_line = load(SECOND_FACTOR_ROLES="truongphong")
    assert (code, "cần deciding, none, hoặc các vai trò" in last_line) == (1, True)


def test_the_settings_know_every_role():
    assert set(env.ROLES) == set(Role.values)


def test_local_mode_starts_with_nothing_given(load, tmp_path):
    names = "settings.PORTAL_ENV, settings.TRAINING_DATE, settings.DEBUG, settings.DATABASES['default']['NAME']"
    assert load(names)[:2] == (0, f"local 2023-06-05 False {tmp_path / 'portal.sqlite3'}")


def test_local_mode_without_training_date_follows_the_real_clock(load):
    assert load("settings.TRAINING_DATE", TRAINING_DATE="")[:2] == (0, "None")


def test_redis_serves_queue_and_cache_when_it_is_named(load):
    names = "settings.CELERY_BROKER_URL, settings.CACHES['default']['LOCATION']"
    given = {"REDIS_URL": "redis://127.0.0.1:6379/3"}
    assert load(names, **given)[:2] == (0, "redis://127.0.0.1:6379/3 redis://127.0.0.1:6379/3")


def test_without_redis_queue_and_cache_are_files_in_the_data_folder(load, tmp_path):
    names = "settings.CELERY_BROKER_URL, settings.CACHES['default']['LOCATION']"
    assert load(names)[:2] == (0, f"filesystem:// {tmp_path / 'cache'}")


def test_manage_py_ends_with_the_sentence_alone(tmp_path):
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "TRAINING_DATE": "hôm nay"}
    words = [sys.executable, "manage.py", "check"]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Không đọc được cài đặt TRAINING_DATE («hôm nay»): cần ngày dạng NĂM-THÁNG-NGÀY, ví dụ 2023-06-05.\n"
    )


def test_the_local_secret_is_made_once_for_its_owner_only(tmp_path):
    first = read_or_make_secret(tmp_path / "secret_key")
    assert len(first) >= 50
    assert read_or_make_secret(tmp_path / "secret_key") == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


@pytest.fixture
def demo_account(db):
    name = demo_accounts.usernames()[0]
    return User.objects.create(username=name, full_name="Tập Huấn", password=make_password(demo_accounts.PASSWORD))


def test_production_refuses_to_serve_demo_accounts(settings, demo_account):
    settings.PORTAL_ENV = "production"
    assert checks.DEMO_ACCOUNTS_FOUND in run_checks()
    with pytest.raises(ImproperlyConfigured, match="tài khoản mẫu"):
        checks.refuse_unsafe_start()


def test_a_demo_name_with_another_password_is_nobodys_business(settings, demo_account):
    settings.PORTAL_ENV = "production"
    demo_account.password = make_password("mot-mat-khau-khac-han")
    demo_account.save()
    assert checks.check_no_demo_accounts(None) == []


def test_local_mode_serves_demo_accounts(settings, demo_account):
    settings.PORTAL_ENV = "local"
    assert checks.check_no_demo_accounts(None) == []
