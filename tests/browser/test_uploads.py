"""Photos and files go up by themselves; the net, the session and a bad file cost nothing else."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Route, expect

from tests.browser.jobs import start_draft
from tests.browser.papers import Upload, document, photo, traces
from tests.browser.people import Person, until

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
ENDPOINT = "**/tep-moi/"


def picture(name: str, shade: int) -> Upload:
    """A small photo unlike the others."""
    file = io.BytesIO()
    Image.new("RGB", (320, 240), (shade, 120, 80)).save(file, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": file.getvalue()}


def choose(officer: Person, *files: Upload, kind: str = "photos") -> None:
    officer.page.set_input_files(f"#id_{kind}", list(files))  # type: ignore[arg-type]


def rows(officer: Person, kind: str = "photo") -> Locator:
    return officer.page.locator(f"[data-rows='{kind}'] > [data-file]")


def underway(officer: Person) -> Locator:
    return officer.page.locator(".upload-list > li")


def names(officer: Person) -> list[str]:
    return [row.get_attribute("data-name") or "" for row in rows(officer).all()]


def stored_rows(officer: Person) -> int:
    """How many photos and files the server says the record has."""
    page = officer.fetch(officer.page.url.removeprefix(officer.home).partition("#")[0]).text()
    return len(re.findall(r'<li id="(?:anh|tep)-\d+"', page))


def axe_faults(officer: Person) -> list[str]:
    found = Axe().run(officer.page, context="#anh-tep").response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]


@pytest.mark.parametrize("width", [360, 1280])
def test_two_photos_and_a_paper_go_up_beside_a_file_that_fails(meet: Meet, width: int) -> None:
    officer = meet("binhnhi", width=width)
    start_draft(officer, "Lâm Thị Tải")
    officer.forgive("422")
    fake: Upload = {"name": "giả.jpg", "mimeType": "image/jpeg", "buffer": b"MZ" + bytes(200)}
    choose(officer, photo("IMG_1.jpg"), fake, picture("ảnh " + "rất dài " * 10 + ".jpg", 40))
    choose(officer, document(), kind="documents")
    expect(rows(officer)).to_have_count(2)
    expect(rows(officer, "document")).to_have_count(1)
    expect(underway(officer)).to_have_count(1)
    expect(underway(officer)).to_contain_text("Chưa tải được: Không đọc được “giả.jpg”.")
    officer.look()
    assert axe_faults(officer) == []
    # Nothing leaves while a file is undecided; once it is dropped, the save goes.
    officer.page.get_by_role("button", name="Lưu bản nháp").click()
    officer.says("Còn tệp chưa tải được.")
    underway(officer).get_by_role("button", name="Bỏ giả.jpg").press("Enter")
    expect(officer.page.locator("#id_photos")).to_be_focused()
    officer.press("Lưu bản nháp")
    assert (rows(officer).count(), stored_rows(officer)) == (2, 3)


def test_progress_is_said_in_words_and_a_save_waits_for_it(meet: Meet) -> None:
    officer = meet("binhnhi")
    start_draft(officer, "Lâm Thị Chậm")
    wire = officer.page.context.new_cdp_session(officer.page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": 60_000}
    wire.send("Network.emulateNetworkConditions", slow)
    noise = io.BytesIO()
    Image.effect_noise((640, 480), 90).save(noise, "JPEG", quality=90)
    choose(officer, {"name": "IMG_7.jpg", "mimeType": "image/jpeg", "buffer": noise.getvalue()})
    expect(underway(officer)).to_contain_text(re.compile(r"Đang tải [1-9]\d?%"))
    assert underway(officer).locator("progress").evaluate("bar => bar.value > 0 && bar.value < 100")
    with officer.page.expect_navigation():
        officer.page.get_by_role("button", name="Lưu bản nháp").click()
        officer.says("Còn tệp đang tải; trang tự lưu ngay khi tải xong.")
    assert names(officer) == ["IMG_7.webp"]


def test_an_upload_cut_in_the_middle_is_finished_when_the_net_is_back(meet: Meet) -> None:
    officer = meet("binhnhi")
    start_draft(officer, "Lâm Thị Đứt")
    officer.forgive("ERR_")
    officer.page.route(ENDPOINT, lambda route: route.abort("internetdisconnected"), times=1)
    choose(officer, picture("a.jpg", 10))
    expect(underway(officer)).to_contain_text("đang tự thử lại")
    officer.page.context.set_offline(True)
    choose(officer, picture("b.jpg", 20))
    expect(underway(officer).last).to_contain_text("Đang mất mạng.")
    officer.page.context.set_offline(False)
    expect(rows(officer)).to_have_count(2)
    assert stored_rows(officer) == 2


def test_a_lost_answer_makes_no_second_photo(meet: Meet) -> None:
    officer = meet("binhnhi")
    start_draft(officer, "Lâm Thị Lạc")
    officer.forgive("ERR_")

    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort("connectionreset")

    officer.page.route(ENDPOINT, lose_the_answer, times=1)
    choose(officer, picture("a.jpg", 30))
    expect(rows(officer)).to_have_count(1)
    assert stored_rows(officer) == 1


def test_a_session_that_ends_keeps_the_file_for_another_try(meet: Meet, sit_beside: Callable[[Person], Person]) -> None:
    officer = meet()
    officer.sign_in("binhnhi")
    start_draft(officer, "Lâm Thị Hết Giờ")
    officer.forgive("401")
    officer.forgive("403")
    officer.page.context.clear_cookies()
    choose(officer, picture("a.jpg", 50))
    expect(underway(officer)).to_contain_text("đăng nhập ở thẻ khác rồi bấm “Thử lại”")
    sit_beside(officer).sign_in("binhnhi")
    underway(officer).get_by_role("button", name="Thử lại").click()
    expect(rows(officer)).to_have_count(1)
    assert stored_rows(officer) == 1


def test_leaving_during_an_upload_is_asked_about_and_a_reload_shows_what_arrived(meet: Meet) -> None:
    officer = meet("binhnhi")
    start_draft(officer, "Lâm Thị Vội")
    choose(officer, picture("a.jpg", 60))
    expect(rows(officer)).to_have_count(1)
    asked: list[str] = []
    officer.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    officer.page.route(ENDPOINT, lambda _route: None)
    choose(officer, picture("b.jpg", 70))
    expect(underway(officer)).to_have_count(1)
    officer.page.reload()
    assert asked == ["beforeunload"]
    assert (names(officer), stored_rows(officer)) == (["a.webp"], 1)


def take_off_second(officer: Person) -> None:
    """Take the second photo off by keys; the way back is at hand."""
    rows(officer).nth(1).locator("[data-remove]").press("Enter")
    expect(officer.page.get_by_role("button", name="Giữ lại")).to_be_focused()
    officer.page.keyboard.press("Shift+Tab")
    officer.page.keyboard.press("Enter")
    expect(rows(officer)).to_have_count(2)
    expect(officer.page.get_by_role("button", name="Hoàn tác a.webp")).to_be_focused()


def test_photos_are_put_in_order_described_and_taken_off_by_keyboard(meet: Meet) -> None:
    officer = meet("binhnhi", width=360)
    start_draft(officer, "Lâm Thị Phím")
    for number, name in enumerate("abc"):
        choose(officer, picture(f"{name}.jpg", 80 + number * 40))
        expect(rows(officer)).to_have_count(number + 1)
    up = rows(officer).nth(2).locator("[data-move=len]")
    up.press("Enter")
    until(lambda: names(officer) == ["a.webp", "c.webp", "b.webp"], "c stands second")
    expect(officer.page.locator("[data-file] [data-move=len]").nth(1)).to_be_focused()
    officer.page.keyboard.press("Enter")
    until(lambda: names(officer) == ["c.webp", "a.webp", "b.webp"], "c stands first")
    first = rows(officer).first
    with officer.page.expect_response("**/luu-tu-dong/"):
        first.get_by_label("Chú thích").fill("Chị Phím bên vườn")
    with officer.page.expect_response("**/luu-tu-dong/"):
        first.get_by_label("Người trong ảnh").select_option(label="Có trẻ em, người giám hộ đã đồng ý")
    take_off_second(officer)
    officer.page.keyboard.press("Enter")
    until(lambda: names(officer) == ["c.webp", "a.webp", "b.webp"], "a is back in its place")
    expect(rows(officer).nth(1).locator("[data-remove]")).to_be_focused()
    take_off_second(officer)
    officer.look()
    assert axe_faults(officer) == []
    officer.page.reload()
    assert names(officer) == ["c.webp", "b.webp"]
    expect(rows(officer).first.get_by_label("Chú thích")).to_have_value("Chị Phím bên vườn")
    expect(rows(officer).first.get_by_label("Người trong ảnh")).to_have_value("guardian")


def test_without_scripts_photos_go_with_the_form_and_change_places(meet: Meet) -> None:
    officer = meet("binhnhi", script=False)
    start_draft(officer, "Lâm Thị Không Mã")
    choose(officer, picture("a.jpg", 90), picture("b.jpg", 130))
    officer.press("Lưu bản nháp")
    officer.page.locator("#id_summary").fill("Chữ gõ trước khi đổi chỗ.")
    officer.press("Xuống a.webp")
    assert names(officer) == ["b.webp", "a.webp"]
    expect(officer.page.locator("#id_summary")).to_have_value("Chữ gõ trước khi đổi chỗ.")


def test_the_place_of_a_telephone_photo_is_gone_from_the_store(meet: Meet) -> None:
    officer = meet("binhnhi")
    start_draft(officer, "Lâm Thị Chỗ")
    choose(officer, photo())
    expect(rows(officer)).to_have_count(1)
    path = rows(officer).locator("a").first.get_attribute("href") or ""
    small = rows(officer).locator("img").get_attribute("src") or ""
    found = [traces(officer.fetch(place).body()) for place in (path, small)]
    assert found == [{}, {}]


def test_a_line_cut_in_the_middle_of_the_bytes_leaves_nothing(meet: Meet, home: str, data_dir: Path) -> None:
    officer = meet("binhnhi")
    pk = start_draft(officer, "Lâm Thị Nửa")
    token = officer.page.locator("form[data-autosave] [name=csrfmiddlewaretoken]").get_attribute("value") or ""
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in officer.page.context.cookies())
    before = files_of(data_dir)
    sent = picture("a.jpg", 170)["buffer"]
    assert isinstance(sent, bytes)
    parts = [("csrfmiddlewaretoken", token), ("kind", "photo"), ("upload_key", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts).encode()
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + sent + b"\r\n--x--\r\n"
    host = home.removeprefix("http://")
    head = f"POST /dien-hinh/{pk}/tep-moi/ HTTP/1.1\r\nHost: {host}\r\nOrigin: {home}\r\nCookie: {cookies}\r\n"
    head += f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n"
    name, port = host.split(":")
    with socket.create_connection((name, int(port))) as line:
        line.sendall(head.encode() + body[: len(body) - len(sent) // 2])
    assert stored_rows(officer) == 0
    choose(officer, {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": sent})
    expect(rows(officer)).to_have_count(1)
    assert len(files_of(data_dir) - before) == 2


def files_of(data_dir: Path) -> set[Path]:
    """Files of records in the store, and uploads that lie about half done."""
    found = (path for path in data_dir.rglob("*") if path.is_file())
    return {path for path in found if {"exemplars", "tmp"} & set(path.relative_to(data_dir).parts)}
