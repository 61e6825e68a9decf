from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from celery.signals import before_task_publish
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client

from core import clock
from emulation_portal import health, version
from emulation_portal.backup.notes import BackupNote, note_backup
from emulation_portal.tasks import beat_heart
from notifications.models import Channel, OutboxMessage, Status
from organizations.reference import load_calendar

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
WELL = dict.fromkeys(("database", "queue", "disk", "beat", "mail", "reminders", "migrations"), "ok")


@pytest.fixture(autouse=True)
def no_backup_yet(settings):
    yield
    (settings.DATA_DIR / "last_backup.json").unlink(missing_ok=True)


@pytest.fixture
def heartbeat():
    health.note_beat()
    beat_heart.delay()


def test_all_is_well(client, heartbeat):
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == WELL


def test_head_is_answered_and_nothing_else(client, heartbeat):
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_it_answers_for_any_host_name_without_session_or_redirect(settings, heartbeat, django_assert_num_queries):
    settings.SECURE_SSL_REDIRECT = True
    with django_assert_num_queries(4):
        response = Client().get("/healthz", headers={"host": "10.0.0.9"})
    assert response.status_code == 200
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


def test_a_queue_without_heartbeat_is_not_well(client):
    health.note_beat()
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == WELL | {"queue": "failed"}


def test_a_scheduler_without_heartbeat_is_not_well(client):
    health.note_heartbeat()
    assert client.get("/healthz").json() == WELL | {"beat": "failed"}


def test_the_scheduler_is_noted_when_it_gives_out_a_heartbeat(client):
    before_task_publish.send(sender="notifications.tasks.deliver_due")
    assert health.age_of(health.BEAT_KEY) is None
    before_task_publish.send(sender=beat_heart.name)
    assert health.beat_is_well()


def test_an_old_heartbeat_is_none(client):
    with time_machine.travel(NOON, tick=False):
        health.note_heartbeat()
        health.note_beat()
    with time_machine.travel(NOON + timedelta(seconds=89), tick=False):
        assert client.get("/healthz").json() == WELL
    health.forget_judgement()
    with time_machine.travel(NOON + timedelta(seconds=90), tick=False):
        assert client.get("/healthz").json() == WELL | {"queue": "failed", "beat": "failed"}


def test_a_database_that_is_away_is_told(client, heartbeat, monkeypatch):
    def refuse():
        raise OperationalError("mật khẩu của máy chủ")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    assert response.status_code == 503
    # What lies in the database cannot be judged either.
    assert response.json() == WELL | dict.fromkeys(("database", "mail", "reminders", "migrations"), "failed")


def test_a_full_disk_is_told(client, heartbeat, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    assert client.get("/healthz").json() == WELL | {"disk": "failed"}


def test_a_data_folder_that_cannot_be_written_is_told(client, heartbeat, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "khong-co"
    assert client.get("/healthz").json() == WELL | {"disk": "failed"}


def test_a_cache_that_is_away_is_told(client, monkeypatch):
    def refuse(key):
        raise ConnectionError

    monkeypatch.setattr(cache, "get", refuse)
    assert client.get("/healthz").json() == WELL | {"queue": "failed", "beat": "failed"}


def test_a_cache_that_is_away_does_not_stop_the_scheduler(monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "set", refuse)
    health.note_beat()


def post_mail(world, **more):
    now = clock.wall_now()
    given = {"status": Status.PENDING, "not_before": now, "created_at": now} | more
    return OutboxMessage.objects.create(
        subject_type="x", subject_id=1, step="x", recipient=world.officer, channel=Channel.EMAIL, title="x", **given
    )


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"not_before": timedelta(minutes=-9)}, "ok"),
        ({"not_before": timedelta(minutes=-11)}, "failed"),
        ({"not_before": timedelta(minutes=5), "created_at": timedelta(minutes=-59), "last_error": "421"}, "ok"),
        ({"not_before": timedelta(minutes=5), "created_at": timedelta(minutes=-61), "last_error": "421"}, "failed"),
        ({"not_before": timedelta(days=-2), "status": Status.FAILED, "last_error": "550"}, "ok"),
    ],
)
def test_mails_that_do_not_leave_are_told(client, heartbeat, world, more, word):
    moved = {key: clock.wall_now() + value if isinstance(value, timedelta) else value for key, value in more.items()}
    post_mail(world, **moved)
    assert client.get("/healthz").json() == WELL | {"mail": word}


def test_a_missing_migration_is_told(client, heartbeat, monkeypatch):
    monkeypatch.setattr(health, "_last_migrations", lambda: frozenset({("notifications", "9999_later")}))
    assert client.get("/healthz").json() == WELL | {"migrations": "failed"}


@pytest.mark.parametrize(
    ("proxies", "forwarded", "told"),
    [
        (0, None, True),
        (0, "203.0.113.9", True),  # without a proxy of our own nobody's word is taken
        (1, "203.0.113.9", False),
        (1, "127.0.0.1, 203.0.113.9", False),  # forged by the client, then appended to by our proxy
        (1, "127.0.0.1", True),
    ],
)
def test_only_known_addresses_hear_details(client, heartbeat, settings, proxies, forwarded, told):
    settings.PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client.get("/healthz", headers=headers).json() == (WELL if told else {"status": "ok"})


def test_others_hear_that_something_failed_and_not_what(client, settings):
    response = client.get("/healthz", REMOTE_ADDR="203.0.113.9")
    assert (response.status_code, response.json()) == (503, {"status": "failed"})


# The administrator's page


def page(browse):
    return browse("administrator").get("/quan-tri/suc-khoe/").content.decode()


def test_the_page_says_what_is_well_and_what_to_do(browse, heartbeat):
    words = page(browse)
    assert words.count("Cần xem lại") == 2  # no backup was made yet, no calendar loaded
    assert "Chưa có lịch nghỉ năm 2023." in words
    load_calendar()
    assert "Hỏng ổ đĩa: mất tất cả, vì chưa có bản sao lưu nào." in words
    note_backup(BackupNote(clock.wall_now() - timedelta(hours=5), 3 * 1024**2, 12))
    words = page(browse)
    assert "Mọi phần đều tốt." in words
    assert "Bản gần nhất 5 giờ trước, 3 MB, 12 tệp." in words
    assert "mất nhiều nhất những gì đã làm từ bản sao lưu gần nhất (5 giờ trước)" in words
    note_backup(BackupNote(clock.wall_now() - timedelta(hours=27), 3 * 1024**2, 12))
    assert page(browse).count("Cần xem lại") == 1


def test_what_is_not_well_waits_on_the_desk_of_the_administrator_alone(browse, heartbeat):
    def told(name):
        page = browse(name).get("/ban-lam-viec/")
        return [item.title for _code, _title, items in page.context["groups"] for item in items]

    assert told("administrator") == ["Xem lại: Sao lưu", "Xem lại: Lịch làm việc"]
    assert [title for name in ("interior_head", "leader", "clerk", "editor") for title in told(name)] == []


def test_the_page_shows_with_the_cache_away(browse, monkeypatch):
    client = browse("administrator")

    def refuse(key, *args):
        raise ConnectionError

    monkeypatch.setattr(health.shared_cache, "get", refuse)
    assert "Chưa thấy trong 24 giờ qua." in client.get("/quan-tri/suc-khoe/").content.decode()


def test_the_desk_shows_with_the_cache_away_and_is_judged_once_in_five_seconds(browse, monkeypatch):
    client, judged = browse("administrator"), []

    def refuse(key, *args):
        raise ConnectionError

    def judge():
        judged.append("now")
        return dict.fromkeys(health.PARTS, "ok") | {"queue": "failed", "beat": "failed"}

    monkeypatch.setattr(health.shared_cache, "get", refuse)
    monkeypatch.setattr(health, "judge_parts", judge)
    pages = [client.get("/ban-lam-viec/") for _again in range(3)]
    titles = [item.title for _code, _title, items in pages[-1].context["groups"] for item in items]
    assert {"Xem lại: Tiến trình nền", "Xem lại: Bộ hẹn giờ"} <= set(titles)
    assert judged == ["now"]


def test_a_cache_that_hangs_is_asked_once_for_the_desk(browse, monkeypatch):
    asked = []

    def refuse(key, *args):
        if key in (health.HEARTBEAT_KEY, health.BEAT_KEY):
            asked.append(key)
        raise ConnectionError

    monkeypatch.setattr(health.shared_cache, "get", refuse)
    client = browse("administrator")
    assert [client.get("/ban-lam-viec/").status_code for _again in range(2)] == [200, 200]
    assert asked == [health.HEARTBEAT_KEY, health.BEAT_KEY]


def test_the_commit_is_read_from_a_plain_checkout_and_from_packed_refs(tmp_path):
    folder = tmp_path / ".git"
    folder.mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "packed-refs").write_text("# pack\n" + "a" * 40 + " refs/heads/main\n")
    assert version._commit_of(version._git_folder(tmp_path)) == "a" * 40
    (folder / "refs" / "heads").mkdir(parents=True)
    (folder / "refs" / "heads" / "main").write_text("b" * 40 + "\n")
    assert version._commit_of(version._git_folder(tmp_path)) == "b" * 40
    (folder / "HEAD").write_text("c" * 40 + "\n")
    assert version._commit_of(version._git_folder(tmp_path)) == "c" * 40


def test_a_loop_of_questions_is_judged_once_in_five_seconds(client, heartbeat, monkeypatch, django_assert_num_queries):
    now = [100.0]
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])
    health.forget_judgement()
    client.get("/healthz")
    with django_assert_num_queries(0):
        assert [client.get("/healthz").status_code for _again in range(20)] == [200] * 20
    cache.clear()
    now[0] += health.KEPT_SECONDS
    assert client.get("/healthz").status_code == 503
