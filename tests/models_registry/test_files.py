"""Photos and files of a record: one request each, never twice, in order, with the words about them."""

from __future__ import annotations

import datetime
import json
import os
import uuid
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from PIL import Image

from core import clock
from core.files import FileRefused
from core.files.keeping import GRACE
from models_registry import services
from models_registry.content import content_of
from models_registry.differences import changes_between
from models_registry.enums import PeopleShown, State
from models_registry.models import Attachment, Exemplar
from models_registry.services import PhotoWords, files
from models_registry.tasks import sweep_files
from tests.core import hostile_files as made
from tests.factories import World, add_files, do_step, photo_upload, scan_upload

Browse = Callable[[str], Client]
KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """A store of this test alone."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def send(client: Client, exemplar: Exemplar, file: Any, kind: str = "photo", key: str = KEY) -> Any:
    data = {"kind": kind, "upload_key": key, "file": file}
    return client.post(f"/dien-hinh/{exemplar.pk}/tep-moi/", data, headers={"accept": "application/json"})


def three_photos(world: World, exemplar: Exemplar) -> list[Attachment]:
    sizes = ((20, 20), (20, 21), (20, 22))
    return [
        services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload(f"{n}.jpg", size=size))
        for n, size in enumerate(sizes)
    ]


# One request a file


def test_a_photo_arrives_and_its_row_comes_back(world: World, browse: Browse, store: Path) -> None:
    exemplar = world.exemplar()
    answer = send(browse("officer"), exemplar, photo_upload())
    photo = exemplar.attachments.get()
    told = json.loads(answer.content)
    assert (answer.status_code, told["id"], told["kind"], told["name"]) == (201, photo.pk, "photo", "anh.webp")
    assert [f'name="{name}-{photo.pk}"' in told["html"] for name in ("caption", "people", "people-was")] == [True] * 3
    assert len(stored(store)) == 2


def test_a_document_arrives_and_its_row_comes_back(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    answer = send(browse("officer"), exemplar, scan_upload(), kind="document")
    told = json.loads(answer.content)
    assert (answer.status_code, told["kind"], f"/tep/{told['id']}/" in told["html"]) == (201, "document", True)


def test_a_retry_after_a_lost_answer_finds_the_file_that_arrived(world: World, browse: Browse, store: Path) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    answers = [send(client, exemplar, photo_upload()) for _time in range(3)]
    assert [a.status_code for a in answers] == [201] * 3
    assert len({a.content for a in answers}) == 1
    assert (exemplar.attachments.count(), len(stored(store))) == (1, 2)


def test_a_double_send_at_once_makes_one_row(world: World, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exemplar = world.exemplar()
    first = services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload(), upload_key=KEY)
    look, looks = files._arrived, []

    def blind_at_first(exemplar: Exemplar, key: str) -> Attachment | None:
        looks.append(key)
        return look(exemplar, key) if len(looks) > 1 else None

    monkeypatch.setattr(files, "_arrived", blind_at_first)
    second = services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload(), upload_key=KEY)
    assert (second.pk, looks, len(stored(store))) == (first.pk, [KEY, KEY], 2)


def test_a_file_that_was_taken_off_does_not_come_back_by_a_retry(world: World, browse: Browse) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    send(client, exemplar, photo_upload())
    exemplar.attachments.update(removed_at=clock.now(), sent_in=1)
    answer = send(client, exemplar, photo_upload())
    assert (answer.status_code, exemplar.attachments.present().count()) == (422, 0)
    assert json.loads(answer.content)["message"] == "“anh.webp” đã được bỏ khỏi hồ sơ. Chọn lại tệp nếu cần."


def test_what_is_no_upload_is_told_so(world: World, browse: Browse) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    url = f"/dien-hinh/{exemplar.pk}/tep-moi/"
    wrong = (
        {"kind": "photo", "upload_key": KEY},
        {"kind": "photo", "upload_key": KEY, "file": "chữ"},
        {"kind": "video", "upload_key": KEY, "file": photo_upload()},
        {"kind": "photo", "upload_key": "x" * 36, "file": photo_upload()},
        {"kind": "photo", "upload_key": "\x00", "file": photo_upload()},
    )
    assert [client.post(url, data).status_code for data in wrong] == [400] * 5
    assert exemplar.attachments.count() == 0


def test_a_closed_record_takes_no_file(world: World, browse: Browse, store: Path) -> None:
    exemplar = world.exemplar(State.SUBMITTED)
    answer = send(browse("officer"), exemplar, photo_upload())
    assert (answer.status_code, stored(store)) == (409, [])
    assert json.loads(answer.content)["message"].startswith("Hồ sơ đã gửi nên không sửa được nữa.")


def test_a_session_that_has_ended_is_told_apart(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    assert send(browse("visitor"), exemplar, photo_upload()).status_code == 401


def test_one_byte_more_than_25_mb_is_refused_with_the_sentence(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    big = SimpleUploadedFile("IMG_2041.jpg", bytes(25 * 2**20 + 1))
    answer = send(browse("officer"), exemplar, big)
    assert (answer.status_code, json.loads(answer.content)["message"]) == (
        422,
        "Ảnh “IMG_2041.jpg” nặng 25,1 MB, lớn hơn mức 25 MB. Các tệp khác đã tải lên xong. "
        "Chọn ảnh nhỏ hơn hoặc chụp lại ở cỡ vừa.",
    )


def test_the_hostile_set_is_refused_by_a_sentence_and_leaves_nothing(world: World, browse: Browse, store: Path) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    entries = made.zipped(made.office_parts() | {f"word/{n}.xml": b"<a/>" for n in range(10_000)})
    cases = [
        ("document", "báo cáo.pdf", made.HTML),
        ("document", "báo cáo.docx", made.PROGRAM),
        ("document", "bao-cao.docx.exe", made.PROGRAM),
        ("document", "báo cáo.docx", entries),
        ("document", "báo cáo.docx", made.with_overlapping_parts()),
        ("document", "báo cáo.docx", made.office_with("word/vbaProject.bin", b"x")),
        ("document", "hình.svg", made.SVG),
        ("document", "báo cáo.pdf", made.PDF + made.office()),
        ("photo", "hình.svg", made.SVG),
        ("photo", "hình.jpg", made.SVG),
        ("photo", "hình.jpg", made.HTML),
        ("photo", "hình.png", made.png_of_claimed_size(30_000, 30_000)),
        ("photo", "hình.jpg", made.encoded(made.drawing((640, 480)))[:2000]),
        ("photo", "hình.gif", made.encoded(made.drawing(), "GIF")),
        ("photo", "hình.heic", made.heic()),
        ("photo", "hình.jpg", b""),
    ]
    for kind, name, content in cases:
        answer = send(client, exemplar, SimpleUploadedFile(name, content), kind, str(uuid.uuid4()))
        assert answer.status_code == 422, name
        assert f"“{name}”" in json.loads(answer.content)["message"]
    assert (exemplar.attachments.count(), stored(store)) == (0, [])


def test_evil_names_are_shown_clean_and_handed_out_clean(world: World, browse: Browse, store: Path) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    names = {
        "../../etc/passwd.jpg": "passwd.webp",
        "a\x00b.jpg": "ab.webp",
        "CON.jpg": "tep-CON.webp",
        "Ả" * 300 + ".jpg": "Ả" * 116 + ".webp",
        'a"\r\nSet-Cookie: x=1.jpg': "a- Set-Cookie- x=1.webp",
        "ảnh\u202egpj.exe.jpg": "ảnhgpj.exe.webp",
    }
    for number, (raw, clean) in enumerate(names.items()):
        file = photo_upload(size=(20, 20 + number))
        file._name = raw
        photo = services.add_photo(exemplar=exemplar, by=world.officer, upload=file)
        assert photo.original_name == clean
        answer = client.get(f"/tep/{photo.pk}/tep/")
        header = answer["Content-Disposition"]
        assert b"".join(answer)[:4] == b"RIFF"
        assert header.startswith("inline; filename=")
        assert [c for c in header if ord(c) < 32 or ord(c) > 126] == []
        assert header.count('"') == 2
    assert {len(path.stem) for path in stored(store)} == {32}


def test_the_place_is_gone_from_what_is_stored(world: World, browse: Browse, store: Path) -> None:
    content = made.encoded(made.drawing(), exif=made.exif_with_place(6))
    exemplar = world.exemplar()
    assert send(browse("officer"), exemplar, SimpleUploadedFile("a.jpg", content)).status_code == 201
    for path in stored(store):
        data = path.read_bytes()
        assert (b"SECRETPHONE" in data, b"EXIF" in data) == (False, False)
        assert dict(Image.open(BytesIO(data)).getexif()) == {}
        assert Image.open(BytesIO(data)).size == (48, 64)


# No file without its row


def test_a_row_that_fails_leaves_no_file(world: World, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exemplar, save = world.exemplar(), Attachment.save

    def save_and_fail(self: Attachment, *args: Any, **values: Any) -> None:
        save(self, *args, **values)
        assert len(stored(store)) == 2
        raise IntegrityError

    monkeypatch.setattr(Attachment, "save", save_and_fail)
    with pytest.raises(IntegrityError):
        services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    assert (exemplar.attachments.count(), stored(store)) == (0, [])


def test_a_refusal_in_the_transaction_leaves_no_file(world: World, store: Path, settings: Any) -> None:
    settings.PHOTOS_A_RECORD = 0
    with pytest.raises(FileRefused) as caught:
        services.add_photo(exemplar=world.exemplar(), by=world.officer, upload=photo_upload())
    assert (caught.value.reason, stored(store)) == ("pile", [])


def test_the_sweeper_takes_old_files_without_a_row_and_nothing_else(world: World, store: Path) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    kept = stored(store)
    old, young = (default_storage.save(f"exemplars/ab/{name}.webp", BytesIO(b"x")) for name in ("old", "young"))
    long_ago = (datetime.datetime.now(tz=datetime.UTC) - GRACE - datetime.timedelta(hours=1)).timestamp()
    for path in (*kept, store / old):
        os.utime(path, (long_ago, long_ago))
    out, err = StringIO(), StringIO()
    call_command("sweep_files", "--dry-run", stdout=out, stderr=err)
    assert out.getvalue().splitlines()[0] == old
    assert (sweep_files(), stored(store)) == (1, sorted([*kept, store / young]))
    photo.file.storage.delete(photo.file.name)
    call_command("sweep_files", stdout=out, stderr=err)
    assert err.getvalue() == f"{photo.file.name}\n"


# Taking off and putting back


def taken_off(world: World, browse: Browse) -> tuple[Client, Attachment, str]:
    """An officer who has just taken a document off a draft, and the address that puts it back."""
    exemplar, client = world.exemplar(), browse("officer")
    _photo, document = add_files(exemplar, world.officer)
    answer = client.post(f"/tep/{document.pk}/")
    (message,) = get_messages(answer.wsgi_request)
    assert message.extra_tags == f"undo:/tep/{document.pk}/lay-lai/ within:60"
    return client, document, f"/tep/{document.pk}/lay-lai/"


def test_a_file_taken_off_is_put_back_where_it_was(world: World, browse: Browse) -> None:
    client, document, address = taken_off(world, browse)
    before = [row["id"] for row in content_of(document.exemplar)["attachments"]]
    assert client.get(f"/tep/{document.pk}/tep/").status_code == 404
    answers = [client.post(address, follow=True).content.decode() for _press in range(2)]
    assert [f"Đã lấy lại “{document.original_name}”." in text for text in answers] == [True, True]
    after = [row["id"] for row in content_of(document.exemplar)["attachments"]]
    assert (set(after) - set(before), bool(b"".join(client.get(f"/tep/{document.pk}/tep/")))) == ({document.pk}, True)


def test_a_script_takes_off_and_gets_the_row_back(world: World, browse: Browse) -> None:
    photo, _document = add_files(world.exemplar(), world.officer)
    client, wanted = browse("officer"), {"accept": "application/json"}
    removed = client.post(f"/tep/{photo.pk}/", headers=wanted).json()
    assert removed == {"removed": photo.pk, "undo": f"/tep/{photo.pk}/lay-lai/"}
    answer = client.post(removed["undo"], headers=wanted).json()
    assert (answer["id"], f'data-file="{photo.pk}"' in answer["html"]) == (photo.pk, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("late", "Đã quá 60 giây nên không lấy lại được tệp vừa bỏ. Chọn lại tệp nếu cần."),
        ("twin", "đã có trong hồ sơ này nên không thêm lần nữa."),
        ("pile", "Hồ sơ đã đủ 0 tệp loại này."),
        ("sent", "Hồ sơ đã gửi"),
    ],
)
def test_what_comes_too_late_or_has_lost_its_place_is_not_put_back(
    world: World, browse: Browse, settings: Any, change: str, words: str
) -> None:
    client, document, address = taken_off(world, browse)
    if change == "late":
        Attachment.objects.filter(pk=document.pk).update(undo_until=clock.wall_now())
    elif change == "twin":
        services.add_document(exemplar=document.exemplar, by=world.officer, upload=scan_upload())
    elif change == "pile":
        settings.DOCUMENTS_A_RECORD = 0
    else:
        do_step("submit", document.exemplar, world.officer)
    answer = client.post(address, headers={"accept": "application/json"})
    assert (answer.status_code, words in answer.json()["message"]) == (409, True), answer.json()
    assert Attachment.objects.get(pk=document.pk).removed_at is not None


# Pages of a PDF


def test_the_pages_of_a_pdf_stand_on_the_form_the_receipt_and_the_record(world: World, browse: Browse) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    upload = SimpleUploadedFile("biên bản.pdf", made.pdf_of(3))
    services.add_document(exemplar=exemplar, by=world.officer, upload=upload)
    (row,) = content_of(exemplar)["attachments"]
    assert row["pages"] == 3
    do_step("submit", exemplar, world.officer)
    texts = [client.get(f"/dien-hinh/{exemplar.pk}/{tail}").content.decode() for tail in ("bien-nhan/", "")]
    assert ["3 trang" in text for text in texts] == [True, True]


def test_a_file_without_pages_keeps_the_content_what_it_was(world: World) -> None:
    exemplar = world.exemplar()
    add_files(exemplar, world.officer)
    assert ["pages" in row for row in content_of(exemplar)["attachments"]] == [False, False]


# Order, captions, people


def test_photos_change_places_and_stop_at_the_ends(world: World, browse: Browse) -> None:
    exemplar, client = world.exemplar(), browse("officer")
    a, b, c = [photo.pk for photo in three_photos(world, exemplar)]
    moves = [(a, "len", [a, b, c]), (a, "xuong", [b, a, c]), (c, "len", [b, c, a]), (a, "xuong", [b, c, a])]
    for pk, way, order in moves:
        answer = client.post(f"/tep/{pk}/doi-cho/", {"huong": way}, headers={"accept": "application/json"})
        assert json.loads(answer.content) == {"order": order}
    assert [row["id"] for row in content_of(exemplar)["attachments"]] == [b, c, a]


def test_a_new_photo_stands_last(world: World) -> None:
    exemplar = world.exemplar()
    a, b, c = three_photos(world, exemplar)
    services.move_photo(attachment=a, by=world.officer, up=False)
    new = services.add_photo(exemplar=exemplar, by=world.officer, upload=photo_upload())
    assert [row["id"] for row in content_of(exemplar)["attachments"]] == [b.pk, a.pk, c.pk, new.pk]


def test_the_form_without_scripts_moves_and_saves_at_once(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    a, b, _c = three_photos(world, exemplar)
    data = {
        "version": exemplar.version,
        "full_name": "Trần Thị Mới",
        f"caption-{a.pk}": "Chị Mới bên vườn",
        f"people-{a.pk}": "agreed",
        "doi-cho": f"len-{b.pk}",
    }
    browse("officer").post(f"/dien-hinh/{exemplar.pk}/sua/", data)
    rows = content_of(exemplar)["attachments"]
    assert [row["id"] for row in rows][:2] == [b.pk, a.pk]
    assert (rows[1]["caption"], rows[1]["people"]) == ("Chị Mới bên vườn", "agreed")
    assert Exemplar.objects.get(pk=exemplar.pk).full_name == "Trần Thị Mới"


@pytest.mark.parametrize(
    ("known", "posted", "stands", "clashes"),
    [
        (("Cũ",), "Mới", "Mới", 0),
        (("Khác",), "Khác", "Cũ", 0),
        (("Khác",), "Mới", "Cũ", 1),
        (("Khác", "Cũ"), "Mới", "Mới", 0),
        ((), "Mới", "Mới", 0),
    ],
)
def test_a_caption_of_another_tab_is_never_written_over(
    world: World, known: tuple[str, ...], posted: str, stands: str, clashes: int
) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    Attachment.objects.filter(pk=photo.pk).update(caption="Cũ")
    words = {photo.pk: PhotoWords(caption=posted, known={"caption": known})}
    told = services.describe_photos(exemplar=exemplar, by=world.officer, words=words)
    assert (Attachment.objects.get(pk=photo.pk).caption, len(told)) == (stands, clashes)


def test_both_captions_are_shown_after_a_clash(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    data = {"version": exemplar.version, "full_name": exemplar.full_name}
    data |= {f"caption-{photo.pk}": "Bản của trang này", f"caption-was-{photo.pk}": "Đã mở từ lâu"}
    page = browse("officer").post(f"/dien-hinh/{exemplar.pk}/sua/", data).content.decode()
    assert "vừa được ghi ở nơi khác: “Ảnh minh họa”. Trang này ghi: “Bản của trang này”." in page


def test_words_about_photos_that_make_no_sense_change_nothing(world: World, browse: Browse) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    url = f"/dien-hinh/{exemplar.pk}/sua/"
    strange = {"people-" + str(photo.pk): "hacker", "caption-x": "a", "caption-٣": "b", "caption-" + "9" * 40: "c"}
    for move in ("len-", "len-x", "len-999999", f"xuong-{'9' * 40}", f"sang-{photo.pk}"):
        data = strange | {"doi-cho": move, "version": exemplar.version, "full_name": exemplar.full_name}
        assert browse("officer").post(url, data).status_code in (200, 302)
    assert Attachment.objects.get(pk=photo.pk).people == PeopleShown.NOBODY


def test_the_public_sees_photos_with_caption_and_people_known_alone(world: World) -> None:
    exemplar = world.exemplar(consent_publish=True, consent_on=clock.today())
    photo, _document = add_files(exemplar, world.officer)
    do_step("submit", exemplar, world.officer)
    do_step("recognise", exemplar, world.reviewer)
    shown = []
    for words in ({}, {"caption": ""}, {"caption": "Ao cá", "people": ""}, {"people": "guardian"}):
        Attachment.objects.filter(pk=photo.pk).update(**words) if words else None
        shown.append(Attachment.objects.shown_to_public().count())
    assert shown == [1, 0, 0, 1]


def test_differences_name_captions_people_and_order(world: World) -> None:
    exemplar = world.exemplar()
    a, b, _c = three_photos(world, exemplar)
    before = content_of(exemplar)
    services.move_photo(attachment=b, by=world.officer, up=True)
    (moved,) = changes_between(before, content_of(exemplar))
    assert (moved.target, moved.pieces[0].text) == ("photos", "Đổi thứ tự.\n")
    assert sorted(p.text for p in moved.pieces if p.op != "same") == ["1.webp\n", "1.webp\n"]
    between = content_of(exemplar)
    words = {a.pk: PhotoWords(caption="Ao cá", people=PeopleShown.AGREED)}
    services.describe_photos(exemplar=exemplar, by=world.officer, words=words)
    (described,) = changes_between(between, content_of(exemplar))
    changed = [(p.op, p.text) for p in described.pieces if p.op != "same"]
    assert changed == [("removed", "0.webp\n"), ("added", "0.webp – Ao cá – Người trong ảnh đã đồng ý\n")]


def test_differences_read_versions_that_knew_no_people(world: World) -> None:
    exemplar = world.exemplar()
    three_photos(world, exemplar)
    old = content_of(exemplar)
    for row in old["attachments"]:
        del row["people"]
    assert changes_between(old, content_of(exemplar)) == []


def test_taking_off_answers_with_data_to_whoever_asks_for_it(world: World, browse: Browse, store: Path) -> None:
    exemplar = world.exemplar()
    photo, _document = add_files(exemplar, world.officer)
    answer = browse("officer").post(f"/tep/{photo.pk}/", headers={"accept": "application/json"})
    told = {"removed": photo.pk, "undo": f"/tep/{photo.pk}/lay-lai/"}
    assert (json.loads(answer.content), exemplar.attachments.present().count()) == (told, 1)
