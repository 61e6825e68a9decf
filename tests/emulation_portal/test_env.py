from datetime import date
from pathlib import Path

import pytest

from emulation_portal import env

FULL_ADDRESS = "cần địa chỉ đầy đủ, ví dụ https://thidua.example.vn"
HOSTS = "cần các tên máy chủ, không kèm https://, số cổng hay đường dẫn, ví dụ thidua.example.vn"
ORIGINS = "cần các địa chỉ gốc, ví dụ https://thidua.example.vn"
NETWORKS = "cần các địa chỉ hoặc dải địa chỉ, ví dụ 127.0.0.1,10.1.0.0/16"
SENDER = "cần địa chỉ thư, ví dụ Cổng thi đua <thidua@example.vn>"
DEFAULT_FILE = Path("/data/portal.sqlite3")


@pytest.fixture
def give(monkeypatch):
    def put(value, name="SETTING"):
        monkeypatch.setenv(name, value)

    return put


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        (lambda: env.read_bool("SETTING", False), "có", "cần true hoặc false"),
        (lambda: env.read_int("SETTING", 0, most=10), "11", "cần số nguyên từ 0 đến 10"),
        (lambda: env.read_int("SETTING", 0), "một", "cần số nguyên từ 0 đến 1000000000"),
        (lambda: env.read_date("SETTING", None), "2023-06-31", "cần ngày dạng NĂM-THÁNG-NGÀY, ví dụ 2023-06-05"),
        (lambda: env.read_date("SETTING", None), "5/6/2023", "cần ngày dạng NĂM-THÁNG-NGÀY, ví dụ 2023-06-05"),
        (lambda: env.read_choice("SETTING", ("a", "b"), "a"), "c", "cần một trong các giá trị a, b"),
        (lambda: env.read_site_url("SETTING", ""), "https://", "cần địa chỉ đầy đủ, ví dụ https://thidua.example.vn"),
        (lambda: env.read_site_url("SETTING", ""), "thidua.vn", "cần địa chỉ bắt đầu bằng http://, https://"),
        *(
            (lambda: env.read_site_url("SETTING", ""), value, FULL_ADDRESS)
            for value in ("https://u@a.vn", "https://a?b")
        ),
        *(
            (lambda: env.read_hosts("SETTING"), value, HOSTS)
            for value in ("https://a.vn", "a.vn:8000", "a.vn/x", "a b")
        ),
        *((lambda: env.read_origins("SETTING"), value, ORIGINS) for value in ("https://a.vn/x", "https://")),
        (lambda: env.read_origins("SETTING"), "a.vn", "cần địa chỉ bắt đầu bằng http://, https://"),
        *((lambda: env.read_networks("SETTING", ()), value, NETWORKS) for value in ("10.0.0", "10.0.0.1/8", "máy")),
        *(
            (lambda: env.read_sender("SETTING", ""), value, SENDER)
            for value in ("Cổng", "a@", "a b@c", "A <a@b>\nBcc: x@y")
        ),
    ],
)
def test_an_unreadable_value_is_named_with_what_is_wanted(give, read, value, wanted):
    give(value)
    with pytest.raises(env.SettingError) as error:
        read()
    assert str(error.value) == f"Không đọc được cài đặt SETTING («{value}»): {wanted}."


@pytest.mark.parametrize(
    "read",
    [
        lambda: env.read_database("SETTING", DEFAULT_FILE, env.DatabaseLimits()),
        lambda: env.read_redis_url("SETTING"),
        lambda: env.read_email("SETTING"),
    ],
)
@pytest.mark.parametrize("value", ["mysql://u:bi-mat@host/x", "bi-mat", "postgres://u:bi-mat@host:bi-mat/x"])
def test_an_unreadable_address_is_named_without_its_password(give, read, value):
    give(value)
    with pytest.raises(env.SettingError) as error:
        read()
    assert "cài đặt SETTING:" in str(error.value)
    assert "bi-mat" not in str(error.value)


def test_a_folder_that_cannot_be_made_is_named(give, tmp_path):
    (tmp_path / "tep").touch()
    give(str(tmp_path / "tep" / "con"))
    with pytest.raises(env.SettingError, match=r"SETTING .* cần một thư mục ghi được"):
        env.read_folder("SETTING", tmp_path, base=tmp_path)


def test_a_relative_folder_starts_at_its_base_and_is_private(give, tmp_path):
    give("du-lieu")
    folder = env.read_folder("SETTING", tmp_path, base=tmp_path)
    assert folder == tmp_path / "du-lieu"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_an_empty_training_date_means_the_real_clock(give, monkeypatch):
    give("")
    assert env.read_date("SETTING", date(2023, 6, 5)) is None
    monkeypatch.delenv("SETTING")
    assert env.read_date("SETTING", date(2023, 6, 5)) == date(2023, 6, 5)


def test_other_empty_settings_count_as_not_given(give):
    give(" ")
    assert env.read_text("SETTING", "mặc định") == "mặc định"
    assert env.read_int("SETTING", 3) == 3
    assert env.read_bool("SETTING", True) is True
    assert env.read_list("SETTING", ("a",)) == ["a"]


def test_sqlite_takes_the_write_lock_first_and_syncs_fully():
    database = env.read_database("SETTING", DEFAULT_FILE, env.DatabaseLimits(lock=7))
    assert database == {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DEFAULT_FILE,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 7,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
    }


@pytest.mark.parametrize(
    ("address", "file"),
    [("sqlite:///x.db", "x.db"), ("sqlite:////a%20b/x.db", "/a b/x.db"), ("sqlite://", DEFAULT_FILE)],
)
def test_sqlite_addresses(give, address, file):
    give(address)
    assert env.read_database("SETTING", DEFAULT_FILE, env.DatabaseLimits())["NAME"] == Path(file)


def test_postgresql_address_with_its_time_limits(give):
    give("postgres://cong:m%40t@db.example:5433/thi_dua?sslmode=require")
    database = env.read_database("SETTING", DEFAULT_FILE, env.DatabaseLimits(connect=5, statement=10, lock=5))
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "thi_dua",
        "USER": "cong",
        "PASSWORD": "m@t",
        "HOST": "db.example",
        "PORT": "5433",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": "-c statement_timeout=10000 -c lock_timeout=5000",
            "sslmode": "require",
        },
    }


def test_postgresql_over_a_socket(give):
    give("postgresql:///thi_dua?host=/run/postgresql")
    database = env.read_database("SETTING", DEFAULT_FILE, env.DatabaseLimits())
    assert (database["HOST"], database["PORT"], database["USER"]) == ("/run/postgresql", "", "")


@pytest.mark.parametrize(
    ("address", "port", "tls", "ssl"),
    [
        ("smtp://thu.example", 25, False, False),
        ("smtp+tls://cong:m%40t@thu.example", 587, True, False),
        ("smtps://thu.example:4650", 4650, False, True),
        ("smtp+ssl://thu.example", 465, False, True),
    ],
)
def test_mail_servers(give, address, port, tls, ssl):
    give(address)
    mail = env.read_email("SETTING")
    assert mail["EMAIL_HOST"] == "thu.example"
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_TLS"], mail["EMAIL_USE_SSL"]) == (port, tls, ssl)
    assert mail["EMAIL_TIMEOUT"] == 10


def test_without_a_mail_server_mail_goes_to_the_folder():
    assert env.read_email("SETTING") == {"EMAIL_BACKEND": "notifications.mailbox.FolderBackend"}


def test_hosts_origins_networks_and_senders_that_are_right(give):
    give("thidua.example.vn,.example.vn,[::1],127.0.0.1")
    assert env.read_hosts("SETTING") == ["thidua.example.vn", ".example.vn", "[::1]", "127.0.0.1"]
    give("https://thidua.example.vn:8443")
    assert env.read_origins("SETTING") == ["https://thidua.example.vn:8443"]
    give("127.0.0.1,10.1.0.0/16,::1")
    assert [str(network) for network in env.read_networks("SETTING", ())] == ["127.0.0.1/32", "10.1.0.0/16", "::1/128"]
    give("Cổng thi đua <thidua@example.vn>")
    assert env.read_sender("SETTING", "") == "Cổng thi đua <thidua@example.vn>"
