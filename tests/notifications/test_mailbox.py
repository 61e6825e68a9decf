from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection

from core import clock
from notifications.mailbox import mail_names, read_mail

HOSTILE = ["../../etc/passwd", "..", ".", "", "a.eml", "20230605-080000-000000-0011223g.eml", "\x00.eml"]
HOSTILE += ["20230605-080000-000000-00112233.eml/../x", "20230605-080000-000000-00112233.eml\n", "%2e%2e%2fx.eml"]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = tmp_path / "mail"
    settings.EMAIL_BACKEND = "notifications.mailbox.FolderBackend"


def write(subject: str = "Trả lại hồ sơ Lê Thị Mơ", body: str = "Đồng chí bổ sung giúp.") -> None:
    EmailMessage(subject, body, "thidua@localhost", ["canbo@thidua.example"], connection=get_connection()).send()


def test_each_mail_becomes_a_file_of_its_own() -> None:
    write()
    write()
    assert len(mail_names()) == 2


def test_a_stored_mail_reads_back_as_it_was_written() -> None:
    write()
    mail = read_mail(mail_names()[0])
    assert (mail.subject, mail.to, mail.text.strip()) == (
        "Trả lại hồ sơ Lê Thị Mơ",
        "canbo@thidua.example",
        "Đồng chí bổ sung giúp.",
    )


def test_the_date_of_a_stored_mail_is_that_of_the_real_clock() -> None:
    write()
    age = clock.wall_now() - read_mail(mail_names()[0]).date
    assert datetime.timedelta(seconds=-2) < age < datetime.timedelta(minutes=1)


def test_of_a_mail_with_html_the_text_is_shown() -> None:
    mail = EmailMultiAlternatives("x", "chữ", "a@b.vn", ["c@d.vn"], connection=get_connection())
    mail.attach_alternative("<p>chữ</p>", "text/html")
    mail.send()
    assert read_mail(mail_names()[0]).text.strip() == "chữ"


def test_the_newest_mail_stands_first() -> None:
    write("một")
    write("hai")
    assert [read_mail(name).subject for name in mail_names()] == ["hai", "một"]


def test_a_folder_that_is_not_there_holds_no_mail() -> None:
    assert mail_names() == []


def test_a_file_that_is_half_written_or_not_ours_is_not_listed(settings) -> None:
    write()
    folder = Path(settings.MAIL_FOLDER)
    (folder / ".20230605-080000-000000-00112233.eml").write_text("x")
    (folder / "la.eml").write_text("x")
    assert len(mail_names()) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_none_of_ours_is_not_read(name: str) -> None:
    write()
    assert read_mail(name) is None


def test_a_mail_that_was_deleted_is_none() -> None:
    assert read_mail("20230605-080000-000000-00112233.eml") is None


def test_the_administrator_reads_the_folder(world, browse) -> None:
    write()
    answer = browse("administrator").get("/quan-tri/hop-thu/")
    assert "Trả lại hồ sơ Lê Thị Mơ" in answer.content.decode()


def test_the_administrator_reads_a_mail(world, browse) -> None:
    write(body="Đồng chí <b>bổ sung</b> giúp.")
    text = browse("administrator").get(f"/quan-tri/hop-thu/{mail_names()[0]}/").content.decode()
    assert ("&lt;b&gt;bổ sung&lt;/b&gt;" in text, "<b>bổ sung</b>" in text) == (True, False)


def test_there_is_no_folder_to_read_where_a_server_sends_the_mail(world, browse, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert browse("administrator").get("/quan-tri/hop-thu/").status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fmanage.py", "x.eml", "20230605-080000-000000-00112233.eml"])
def test_a_mail_that_is_not_there_is_not_found(world, browse, name: str) -> None:
    assert browse("administrator").get(f"/quan-tri/hop-thu/{name}/").status_code == 404
