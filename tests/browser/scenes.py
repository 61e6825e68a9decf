"""Every page of the portal in every state it can be in, and how its person comes to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.browser import accounts, inspection_scenes, movements, task_scenes
from tests.browser import schedule_scenes as plan
from tests.browser.jobs import (
    add_files,
    ask_the_leader,
    comment,
    file_paths,
    number_in,
    open_recognition,
    register,
    start_draft,
    wait_for_mail,
    write,
)
from tests.browser.papers import document, photo
from tests.browser.people import Person

Way = Callable[[Person], object]


@dataclass(frozen=True)
class Scene:
    """One page in one state: the name of its address, who looks, how it comes about."""

    page: str
    state: str
    who: str
    way: Way

    def __str__(self) -> str:
        return f"{self.page}-{self.state}"


def at(path: str) -> Way:
    """The page of an address."""
    return lambda person: person.go(path)


def confirmed_at(path: str) -> Way:
    """A page of sensitive changes, for which the password may be asked again."""
    return lambda person: accounts.go_confirmed(person, path)


def first_message(person: Person) -> None:
    """The first message that would be sent today."""
    person.go("/ke-hoach/nhac-han/xem-truoc/")
    person.page.locator(".cell-title a").first.click()


def to_the_switch(person: Person) -> None:
    """The question before the reminders of a programme are switched."""
    person.go("/ke-hoach/nhac-han/")
    person.page.locator("a[href*='/bat-tat/']").first.click()


def record_of(person: Person, state: str) -> int:
    """The key of the first record that the person's list shows in a state."""
    person.go(f"/dien-hinh/?trang-thai={state}&doi-tuong=individual")
    return number_in(person.page.locator(".cell-title a").first.get_attribute("href") or "")


def of_record(state: str, tail: str = "") -> Way:
    """A page of a record in a state."""
    return lambda person: person.go(f"/dien-hinh/{record_of(person, state)}/{tail}")


def signing_in(person: Person, username: str, password: str, times: int = 1) -> None:
    """Sign in with words that may be wrong."""
    person.go("/dang-nhap/")
    for _attempt in range(times):
        person.fill(username=username, password=password)
        person.press("Đăng nhập")


def with_an_old_token(person: Person) -> None:
    """Send the first form of an exemplar with a token that is none."""
    person.go("/dien-hinh/dang-ky/")
    person.fill(full_name="Trần Văn Giữ")
    person.page.locator("main input[name=csrfmiddlewaretoken]").evaluate("field => { field.value = 'cũ'; }")
    person.press("Tạo bản nháp")


def without_a_name(person: Person) -> None:
    """Try to begin a draft without a name."""
    person.go("/dien-hinh/dang-ky/")
    person.press("Tạo bản nháp")


def with_faults(person: Person) -> None:
    """Save a draft with four faults, then choose a file that is refused."""
    start_draft(person, "Lâm Văn Sai")
    write(person, {"birth": "31/2/1975", "phone": "12", "achievement-1-figure": "bốn", "consent_on": "hôm qua"})
    person.press("Lưu bản nháp")
    person.forgive("422")
    bad = document("báo cáo.docx.exe") | {"buffer": b"MZ" + bytes(200)}
    person.page.set_input_files("#id_documents", [bad])  # type: ignore[arg-type]
    person.says("Chưa tải được: Không đọc được “báo cáo.docx.exe”.")


def with_files(person: Person) -> None:
    """The form of a draft that has a photo and a paper."""
    start_draft(person, "Lâm Thị Ảnh")
    add_files(person, [photo()], [document()])


def good_deed(person: Person) -> None:
    """The light form of a household's good deed."""
    start_draft(person, "Hộ bà Lâm Thị Lành", category="good_deed", subject="household")


def changing_kind(person: Person) -> None:
    """Change the category of a draft from its form."""
    start_draft(person, "Lâm Thị Đổi")
    person.press("Đổi loại hồ sơ")


def before_sending(person: Person) -> None:
    """Check a draft in which much is missing."""
    start_draft(person, "Lâm Thị Thiếu")
    person.press("Xem lại và gửi")


def ready_to_send(person: Person) -> None:
    """Check a complete record of the demo that came back."""
    person.go(f"/dien-hinh/{record_of(person, 'returned')}/xem-lai/")


def removing_a_file(person: Person) -> None:
    """Be asked before a file goes."""
    pk = start_draft(person, "Lâm Thị Bỏ")
    add_files(person, [], [document()])
    person.go(file_paths(person, pk)[0].removesuffix("tep/"))


def conflicting(person: Person) -> None:
    """Save in one tab what was changed in another."""
    person.forgive("409")
    pk = start_draft(person, "Lâm Thị Hai Thẻ")
    other = person.page.context.new_page()
    other.goto(f"{person.home}/dien-hinh/{pk}/sua/")
    other.fill("#id_summary", "Bản của thẻ kia.")
    with other.expect_navigation():
        other.get_by_role("button", name="Lưu bản nháp").click()
    other.close()
    write(person, {"summary": "Bản của thẻ này."})
    person.press("Lưu bản nháp")


def revealed(person: Person) -> None:
    """Look at the private fields."""
    person.go(f"/dien-hinh/{record_of(person, 'recognised')}/")
    person.press("Hiện thông tin riêng")


def own_record(person: Person, tail: str, query: str = "trang-thai=recognised") -> int:
    """The key of the first listed record whose page at `tail` opens for the person; that page is shown."""
    person.go(f"/dien-hinh/?{query}")
    hrefs = [link.get_attribute("href") or "" for link in person.page.locator(".cell-title a").all()]
    for href in hrefs:
        answer = person.fetch(href + tail)
        if answer.ok and answer.url.endswith(tail):
            person.go(href + tail)
            return number_in(href)
    raise AssertionError(f"no record of {query} opens {tail}")


def asking_for_change(person: Person) -> None:
    """The form of a request for change."""
    own_record(person, "de-nghi-dieu-chinh/")


def asked_for_change(person: Person) -> None:
    """A request for change beside what stands."""
    pk = own_record(person, "de-nghi-dieu-chinh/")
    person.fill(reason="Bổ sung kết quả sáu tháng đầu năm.", results="Thêm ba hộ cùng làm, mỗi hộ lãi 45 triệu đồng.")
    person.press("Gửi đề nghị")
    person.go(f"/dien-hinh/{pk}/dieu-chinh/")


def promoting(person: Person) -> None:
    """Choose what a good deed grows into."""
    own_record(person, "nang-len/", "trang-thai=recognised&loai=good_deed")


def releasing(person: Person) -> None:
    """Hold a record, then ask to release it."""
    pk = record_of(person, "submitted")
    if person.fetch(f"/dien-hinh/{pk}/tam-dung/").url.endswith("/tam-dung/"):
        person.go(f"/dien-hinh/{pk}/tam-dung/")
        person.fill(reason="Chờ kết luận của xã.")
        person.press("Tạm dừng")
    person.go(f"/dien-hinh/{pk}/bo-tam-dung/")


def thrown_away(person: Person) -> None:
    """A draft in the bin."""
    pk = start_draft(person, "Lâm Thị Thừa")
    person.go(f"/dien-hinh/{pk}/bo-vao-thung-rac/")
    person.press("Chuyển vào thùng rác")


def asked_to_confirm(person: Person) -> None:
    """A draft that the officer of Bình Nhì, at another window, asks the leader of the unit to confirm."""
    browser = person.page.context.browser
    assert browser is not None
    with browser.new_context(locale="vi-VN") as elsewhere:
        officer = Person(elsewhere.new_page(), person.home)
        officer.sign_in("binhnhi")
        pk = start_draft(officer, "Lâm Thị Hỏi")
        ask_the_leader(officer, pk)
    person.go(f"/dien-hinh/{pk}/xac-nhan/")


def under_review(person: Person) -> int:
    """Open the decision page of a record that waits."""
    pk = record_of(person, "in_review")
    person.go(f"/dien-hinh/{pk}/xet/")
    return pk


def recognising_wrongly(person: Person, answer: str = "") -> None:
    """Send the three questions with no answer, or answered with no: from a page that is out of date."""
    under_review(person)
    button = open_recognition(person)
    for field in person.page.locator(".queue-confirm li input").all():
        field.evaluate("(field, answer) => { field.value = answer; }", answer)
    with person.page.expect_navigation():
        button.click()
    person.look()


def returning_wrongly(person: Person) -> None:
    """Return with a remark, but on a day that does not exist."""
    under_review(person)
    comment(person, "summary", "Nêu rõ số liệu.")
    person.fill(due="31/2/2023")
    person.press("Trả lại")


def rejecting_wrongly(person: Person) -> None:
    """Reject without a reason."""
    under_review(person)
    form = person.page.locator("form[action*='/khong-cong-nhan/']")
    person.page.locator("details", has=form).locator("summary").click()
    person.press(re.compile("."), within=form)


def with_all_open(person: Person) -> None:
    """A record with a remark begun, the three questions and the reason open."""
    under_review(person)
    person.page.keyboard.press("t")
    person.page.keyboard.type("Nêu rõ số liệu.")
    open_recognition(person)
    person.page.locator("details[data-key=b] summary").click()
    doubt = person.page.locator(".queue-doubt summary").first
    if doubt.count():
        doubt.click()


def with_the_keys_shown(person: Person) -> None:
    """The queue with its list of keys."""
    person.go("/dien-hinh/xet-duyet/")
    person.page.keyboard.press("?")


def closing_wrongly(person: Person, tail: str, button: str) -> None:
    """End or revoke without a reason."""
    person.go(f"/dien-hinh/{record_of(person, 'recognised')}/{tail}")
    person.press(button)


def with_a_mail(person: Person) -> None:
    """The mail folder, once somebody has sent a record and the worker has told the office."""
    browser = person.page.context.browser
    assert browser
    with browser.new_context() as context:
        officer = Person(context.new_page(), person.home)
        officer.sign_in("longbinh")
        register(officer, "Lâm Thị Thư", with_files=False)
    wait_for_mail(person, "hồ sơ Lâm Thị Thư")
    person.go("/quan-tri/hop-thu/")


def one_mail(person: Person) -> None:
    """The newest mail of the folder."""
    with_a_mail(person)
    person.press_where("hồ sơ Lâm Thị Thư")


def first_link(path: str, selector: str) -> Way:
    """The page behind the first link of another one."""

    def follow(person: Person) -> None:
        person.go(path)
        person.go((person.page.locator(selector).first.get_attribute("href") or "").removeprefix(person.home))

    return follow


CALENDAR = "/quan-tri/lich-lam-viec/"
MOVEMENT = ".cell-title a"
SCENES = [
    Scene("showcase:front", "filled", "", at("/")),
    Scene("showcase:story_list", "filled", "", at("/guong-dien-hinh/")),
    Scene("showcase:story_list", "filtered", "", at("/guong-dien-hinh/?q=sa&linh-vuc=KT")),
    Scene("showcase:story_list", "empty", "", at("/guong-dien-hinh/?q=khongcogi")),
    Scene("showcase:story", "filled", "", first_link("/guong-dien-hinh/", ".story-card-title a")),
    Scene("organizations:sign_in", "filled", "", at("/dang-nhap/")),
    Scene("organizations:sign_in", "nothing typed", "", partial(signing_in, username="", password="")),
    Scene("organizations:sign_in", "wrong password", "", partial(signing_in, username="binhnhi", password="sai")),
    Scene("organizations:sign_in", "locked", "", partial(signing_in, username="khonged", password="sai", times=6)),
    Scene("organizations:sign_in_code", "filled", "", accounts.asked_for_code),
    Scene("organizations:sign_in_code", "wrong code", "", accounts.wrong_code),
    Scene("organizations:password_forgotten", "filled", "", at("/quen-mat-khau/")),
    Scene("organizations:password_letter_sent", "filled", "", at("/quen-mat-khau/da-gui/")),
    Scene("organizations:password_set", "invited", "quantri", accounts.accepting),
    Scene("organizations:password_set", "spent", "quantri", accounts.spent_link),
    Scene("organizations:account", "filled", "noivu", at("/tai-khoan/")),
    Scene("organizations:access_log", "filled", "noivu", at("/tai-khoan/nhat-ky/")),
    Scene("organizations:confirm", "nothing typed", "noivu", accounts.wrong_confirmation),
    Scene("organizations:password_change", "error", "noivu", accounts.wrong_new_password),
    Scene("organizations:email_change", "filled", "noivu", confirmed_at("/tai-khoan/thu-dien-tu/")),
    Scene("organizations:email_confirm", "filled", "hoidong5", accounts.confirming_an_address),
    Scene("organizations:factor_setup", "filled", "noivu", confirmed_at("/tai-khoan/hai-lop/")),
    Scene("organizations:recovery_codes", "filled", "hoidong4", accounts.show_codes),
    Scene("organizations:account_list", "filled", "quantri", at("/quan-tri/tai-khoan/")),
    Scene("organizations:account_list", "nothing found", "quantri", at("/quan-tri/tai-khoan/?q=khongcoai")),
    Scene("organizations:account_invite", "error", "quantri", accounts.wrong_invitation),
    Scene("organizations:account_detail", "filled", "quantri", accounts.one_account),
    Scene("organizations:account_edit", "filled", "truongphong", accounts.keeping("sua/")),
    Scene("organizations:role_give", "error", "truongphong", accounts.keeping("vai-tro/", "Giao vai trò")),
    Scene("organizations:role_end", "filled", "truongphong", accounts.keeping("vai-tro/n/")),
    Scene(
        "organizations:address_wrong", "error", "truongphong", accounts.keeping("dia-chi-sai/", "Đánh dấu địa chỉ sai")
    ),
    Scene("organizations:calendar_year", "filled", "truongphong", at("/quan-tri/lich-lam-viec/?nam=2024")),
    Scene("organizations:calendar_year", "unknown year", "quantri", at("/quan-tri/lich-lam-viec/?nam=2028")),
    Scene("organizations:calendar_add", "error", "truongphong", movements.wrong_days),
    Scene("organizations:calendar_change", "filled", "truongphong", first_link(CALENDAR, ".cell-title a")),
    Scene("organizations:calendar_drop", "filled", "truongphong", first_link(CALENDAR, "td .btn-row")),
    Scene("organizations:block_list", "filled", "truongphong", at("/khoi-thi-dua/")),
    Scene("organizations:block_list", "empty year", "truongphong", at("/khoi-thi-dua/?nam=2024")),
    Scene("organizations:block_add", "filled", "truongphong", at("/khoi-thi-dua/moi/")),
    Scene("organizations:block_edit", "filled", "truongphong", first_link("/khoi-thi-dua/", "a[href$='/sua/']")),
    Scene(
        "organizations:block_members", "filled", "truongphong", first_link("/khoi-thi-dua/", "a[href$='/thanh-vien/']")
    ),
    Scene("organizations:block_copy", "filled", "truongphong", at("/khoi-thi-dua/nam/2024/chep/")),
    Scene("organizations:block_copy", "standing", "truongphong", at("/khoi-thi-dua/nam/2023/chep/")),
    Scene("reports:block_grid", "filled", "lanhdao", first_link("/khoi-thi-dua/", "a[href$='/bang/']")),
    Scene("campaigns:movement_list", "filled", "truongphong", at("/phong-trao/")),
    Scene("campaigns:movement_list", "nothing found", "binhnhi", at("/phong-trao/?q=khongcogi")),
    Scene("campaigns:movement_detail", "running", "truongphong", movements.main()),
    Scene("campaigns:movement_detail", "of an officer", "vinhhuu", movements.main()),
    Scene("campaigns:movement_detail", "ended", "truongphong", first_link("/phong-trao/?trang-thai=ended", MOVEMENT)),
    Scene("campaigns:movement_add", "error", "truongphong", movements.without_a_name),
    Scene("campaigns:movement_edit", "filled", "truongphong", movements.main("sua/")),
    Scene("campaigns:movement_launch", "filled", "truongphong", movements.prepared("phat-dong/")),
    Scene("campaigns:movement_end", "filled", "truongphong", movements.main("ket-thuc/")),
    Scene("campaigns:movement_reopen", "filled", "truongphong", movements.ended("mo-lai/")),
    Scene("campaigns:movement_join", "filled", "vinhhuu", movements.main("tham-gia/")),
    Scene("campaigns:movement_leave", "filled", "binhnhi", movements.leaving),
    Scene("models_registry:movement_examples", "filled", "truongphong", movements.main("guong/")),
    Scene("error", "404 of a visitor", "", at("/khong-co-trang-nay/")),
    Scene("error", "404", "vinhbinh", at("/dien-hinh/999999/")),
    Scene("error", "403", "vinhbinh", at("/dien-hinh/xet-duyet/")),
    Scene("error", "old token", "binhnhi", with_an_old_token),
    Scene("reports:desk", "of an officer", "binhnhi", at("/ban-lam-viec/")),
    Scene("reports:desk", "of a reviewer", "noivu", at("/ban-lam-viec/")),
    Scene("reports:desk", "of a leader", "lanhdao", at("/ban-lam-viec/")),
    Scene("reports:desk", "empty", "truyenthanh", at("/ban-lam-viec/")),
    Scene("reports:board", "filled", "lanhdao", at("/bao-cao/")),
    Scene("reports:board", "of a year", "lanhdao", at("/bao-cao/?nam=2022")),
    Scene("reports:journal", "filled", "truongphong", at("/quan-tri/nhat-ky/")),
    Scene("reports:journal", "nothing found", "truongphong", at("/quan-tri/nhat-ky/?q=khongcogi&tu=31/2/2023")),
    Scene("notifications:notice_list", "filled", "noivu", at("/thong-bao/")),
    Scene("notifications:notice_list", "empty", "truyenthanh", at("/thong-bao/")),
    Scene("notifications:notice_list", "of a kind", "noivu", at("/thong-bao/?loai=news")),
    Scene("notifications:notice_list", "unread", "binhnhi", at("/thong-bao/?xem=chua-doc")),
    Scene("notifications:preferences", "filled", "noivu", at("/tai-khoan/thong-bao/")),
    Scene("notifications:calendar_make", "filled", "truyenthanh", accounts.calendar_made),
    Scene("organizations:account", "with a calendar", "truyenthanh", accounts.calendar_kept),
    Scene("condition", "filled", "quantri", at("/quan-tri/suc-khoe/")),
    Scene("campaigns:reminder_proof", "filled", "truongphong", at("/ke-hoach/nhac-han/")),
    Scene(
        "campaigns:reminder_proof",
        "nothing found",
        "noivu",
        at("/ke-hoach/nhac-han/?ket-qua=failed&loai=exemplar_review"),
    ),
    Scene("campaigns:reminder_preview", "filled", "truongphong", at("/ke-hoach/nhac-han/xem-truoc/")),
    Scene("campaigns:reminder_preview", "day off", "noivu", at("/ke-hoach/nhac-han/xem-truoc/?ngay=10/6/2023")),
    Scene("campaigns:reminder_preview", "error", "noivu", at("/ke-hoach/nhac-han/xem-truoc/?ngay=31/6/2023")),
    Scene("campaigns:reminder_message", "filled", "truongphong", first_message),
    Scene("campaigns:reminder_hours", "filled", "truongphong", at("/ke-hoach/nhac-han/gio-gui/")),
    Scene("campaigns:reminder_switch", "filled", "truongphong", to_the_switch),
    Scene("notifications:mail_folder", "filled", "quantri", with_a_mail),
    Scene("notifications:mail_detail", "filled", "quantri", one_mail),
    Scene("models_registry:exemplar_list", "filled", "noivu", at("/dien-hinh/")),
    Scene("models_registry:exemplar_list", "filtered", "noivu", at("/dien-hinh/?q=an&trang-thai=recognised&nam=2022")),
    Scene("models_registry:exemplar_list", "nothing found", "binhnhi", at("/dien-hinh/?q=khongcogi")),
    Scene("models_registry:exemplar_start", "filled", "binhnhi", at("/dien-hinh/dang-ky/")),
    Scene("models_registry:exemplar_start", "error", "binhnhi", without_a_name),
    Scene("models_registry:exemplar_edit", "new", "binhnhi", with_files),
    Scene("models_registry:exemplar_edit", "returned", "longvinh", of_record("returned", "sua/")),
    Scene("models_registry:exemplar_edit", "error", "binhnhi", with_faults),
    Scene("models_registry:exemplar_edit", "conflict", "binhnhi", conflicting),
    Scene("models_registry:exemplar_edit", "good deed", "binhnhi", good_deed),
    Scene("models_registry:exemplar_kind", "filled", "binhnhi", changing_kind),
    Scene(
        "models_registry:exemplar_receipt",
        "filled",
        "binhnhi",
        partial(register, name="Lâm Thị Nhận", with_files=False),
    ),
    Scene("models_registry:exemplar_check", "error", "binhnhi", before_sending),
    Scene("models_registry:exemplar_check", "filled", "longvinh", ready_to_send),
    Scene("models_registry:attachment_remove", "filled", "binhnhi", removing_a_file),
    Scene("models_registry:exemplar_detail", "draft", "binhnhi", of_record("draft")),
    Scene("models_registry:exemplar_detail", "submitted", "noivu", of_record("submitted")),
    Scene("models_registry:exemplar_detail", "returned", "longvinh", of_record("returned")),
    Scene("models_registry:exemplar_detail", "recognised", "noivu", of_record("recognised")),
    Scene("models_registry:exemplar_detail", "of a neighbour", "vinhbinh", at("/dien-hinh/10/")),
    Scene("models_registry:exemplar_detail", "revoked", "noivu", of_record("revoked")),
    Scene("models_registry:exemplar_detail", "ended", "noivu", of_record("ended")),
    Scene("models_registry:exemplar_detail", "revealed", "noivu", revealed),
    Scene("models_registry:exemplar_version", "filled", "noivu", of_record("returned", "phien-ban/1/")),
    Scene("models_registry:review_queue", "filled", "noivu", at("/dien-hinh/xet-duyet/")),
    Scene("models_registry:review_queue", "nothing found", "noivu", at("/dien-hinh/xet-duyet/?q=khongcogi")),
    Scene("models_registry:review_queue", "keys", "noivu", with_the_keys_shown),
    Scene("models_registry:review_queue", "of the head", "truongphong", at("/dien-hinh/xet-duyet/")),
    Scene("models_registry:late_remark_list", "empty", "truongphong", at("/dien-hinh/xet-duyet/nhan-xet-muon/")),
    Scene("models_registry:bulk_decide", "filled", "noivu", at("/dien-hinh/xet-duyet/cong-nhan/?hang=den-han&ca=1")),
    Scene("models_registry:bulk_decide", "return", "noivu", at("/dien-hinh/xet-duyet/tra-lai/?hang=den-han&ca=1")),
    Scene("models_registry:bulk_decide", "blocked", "noivu", at("/dien-hinh/xet-duyet/cong-nhan/?hang=dang-giu&ca=1")),
    Scene("models_registry:bulk_decide", "empty", "noivu", at("/dien-hinh/xet-duyet/cong-nhan/")),
    Scene("models_registry:exemplar_review", "filled", "noivu2", under_review),
    Scene("models_registry:exemplar_review", "open", "noivu2", with_all_open),
    Scene("models_registry:exemplar_recognise", "nothing answered", "noivu2", recognising_wrongly),
    Scene("models_registry:exemplar_recognise", "no", "noivu2", partial(recognising_wrongly, answer="no")),
    Scene("models_registry:exemplar_return", "error", "noivu2", returning_wrongly),
    Scene("models_registry:exemplar_reject", "error", "noivu2", rejecting_wrongly),
    Scene("models_registry:exemplar_end", "filled", "noivu2", of_record("recognised", "ket-thuc/")),
    Scene("models_registry:exemplar_hold", "filled", "noivu2", of_record("recognised", "tam-dung/")),
    Scene("models_registry:exemplar_release", "filled", "noivu2", releasing),
    Scene("models_registry:exemplar_promote", "filled", "binhnhi", promoting),
    Scene("models_registry:change_ask", "filled", "binhnhi", asking_for_change),
    Scene("models_registry:change_list", "filled", "noivu", at("/dien-hinh/de-nghi-dieu-chinh/")),
    Scene("models_registry:change_review", "filled", "binhnhi", asked_for_change),
    Scene("models_registry:confirmation_ask", "filled", "binhnhi", of_record("draft", "xin-xac-nhan/")),
    Scene("models_registry:confirmation_answer", "filled", "chutich.binhnhi", asked_to_confirm),
    Scene("models_registry:exemplar_discard", "filled", "binhnhi", of_record("draft", "bo-vao-thung-rac/")),
    Scene("models_registry:bin_list", "filled", "binhnhi", thrown_away),
    Scene("models_registry:review_settings", "filled", "truongphong", at("/quan-tri/xet-duyet/")),
    Scene("models_registry:exemplar_compare", "filled", "noivu", of_record("returned", "so-sanh/")),
    Scene(
        "models_registry:exemplar_revoke",
        "error",
        "noivu2",
        partial(closing_wrongly, tail="huy-cong-nhan/", button="Hủy công nhận"),
    ),
    Scene("campaigns:schedule", "head", "truongphong", at("/ke-hoach/")),
    Scene("campaigns:schedule", "unit", "binhnhi", at("/ke-hoach/")),
    Scene("campaigns:progress_grid", "all", "truongphong", at("/ke-hoach/bang-theo-doi/")),
    Scene("campaigns:progress_grid", "late", "lanhdao", at("/ke-hoach/bang-theo-doi/?cham=1")),
    Scene("campaigns:progress_grid", "whole period", "noivu", at("/ke-hoach/bang-theo-doi/?nam=tat-ca")),
    Scene("campaigns:progress_grid", "nothing", "binhnhi", at("/ke-hoach/bang-theo-doi/?nam=2025")),
    Scene("campaigns:progress_numbers", "blocks", "noivu", at("/ke-hoach/so-lieu/?theo=khoi")),
    Scene("campaigns:progress_list", "filled", "noivu", at("/ke-hoach/danh-sach/?xem=cham")),
    Scene("campaigns:progress_list", "not found", "noivu", at("/ke-hoach/danh-sach/?nam=2024")),
    Scene("campaigns:milestone_detail", "late", "truongphong", plan.of_milestone(plan.LATE)),
    Scene("campaigns:milestone_detail", "running", "binhnhi", plan.of_milestone(plan.REVIEW)),
    Scene("campaigns:milestone_detail", "prepared", "truongphong", plan.of_milestone(plan.PREPARED)),
    Scene("campaigns:urge", "filled", "noivu", plan.of_milestone(plan.LATE, "don-doc/")),
    Scene("campaigns:urge", "nobody chosen", "noivu", plan.urging_nobody),
    Scene("campaigns:urge", "nobody late", "noivu", plan.of_milestone(plan.REVIEW, "don-doc/")),
    Scene("campaigns:urging_list", "filled", "lanhdao", at("/ke-hoach/don-doc/")),
    Scene("campaigns:urging_detail", "filled", "noivu", plan.an_urging),
    Scene("campaigns:programme_edit", "filled", "truongphong", plan.of_programme()),
    Scene("campaigns:programme_edit", "basis faults", "truongphong", plan.with_basis_faults),
    Scene("campaigns:programme_goals", "filled", "truongphong", plan.of_programme("chi-tieu/")),
    Scene("campaigns:programme_clone", "filled", "truongphong", plan.of_programme("giai-doan-sau/")),
    Scene(
        "campaigns:programme_close",
        "error",
        "truongphong",
        plan.posting(plan.of_programme("dong/"), "Đóng chương trình"),
    ),
    Scene("campaigns:milestone_new", "error", "truongphong", plan.posting(plan.of_programme("moc-moi/"), "Lưu mốc")),
    Scene("campaigns:milestone_new", "counted", "truongphong", plan.counting),
    Scene("campaigns:milestone_edit", "published", "truongphong", plan.of_milestone(plan.REVIEW, "sua/")),
    Scene("campaigns:milestone_publish", "filled", "truongphong", plan.of_milestone(plan.PREPARED, "cong-bo/")),
    Scene("campaigns:milestone_publish", "nobody more", "truongphong", plan.of_milestone(plan.LATE, "cong-bo/")),
    Scene("campaigns:milestone_delete", "filled", "truongphong", plan.of_milestone(plan.PREPARED, "xoa/")),
    Scene("campaigns:milestone_repeat", "no year left", "truongphong", plan.of_milestone(plan.PREPARED, "lap-lai/")),
    Scene("campaigns:milestone_repeat", "refused", "truongphong", plan.of_milestone(plan.REVIEW, "lap-lai/")),
    Scene(
        "campaigns:milestone_due",
        "error",
        "truongphong",
        plan.posting(plan.of_milestone(plan.REVIEW, "doi-han/"), "Đổi hạn"),
    ),
    Scene("campaigns:milestone_exceptions", "filled", "truongphong", plan.of_milestone(plan.REVIEW, "khong-nhac/")),
    Scene("campaigns:task_hand_over", "filled", "truongphong", plan.handing_over),
    *(Scene(f"campaigns:{page}", state, who, way) for page, state, who, way in task_scenes.PAGES),
    *(Scene(*row) for row in inspection_scenes.ROWS),
]
#: Addresses that answer with no page of their own: they only send on, or give a file or data.
WITHOUT_PAGE = {
    "healthz",
    "organizations:sign_out",
    "organizations:factor_remove",
    "organizations:sessions_end",
    "organizations:session_end",
    "organizations:invitation_resend",
    "organizations:invitation_cancel",
    "organizations:account_deactivate",
    "organizations:account_reactivate",
    "organizations:address_right",
    "notifications:notice_open",
    "notifications:notices_read",
    "notifications:notice_read",
    "notifications:calendar_revoke",
    "notifications:calendar_feed",
    "campaigns:reminder_export",
    "showcase:photo",
    "models_registry:attachment",
    "models_registry:attachment_add",
    "models_registry:attachment_move",
    "models_registry:exemplar_autosave",
    "models_registry:name_duplicates",
    "models_registry:exemplar_send",
    "models_registry:exemplar_take",
    "models_registry:exemplar_undo",
    "models_registry:bulk_undo",
    "models_registry:criterion_doubt",
    "models_registry:criterion_agree",
    "models_registry:exemplar_withdraw",
    "models_registry:consent_withdraw",
    "models_registry:private_look",
    "models_registry:change_apply",
    "models_registry:change_decline",
    "models_registry:change_withdraw",
    "models_registry:stock_remark_add",
    "models_registry:stock_remark_change",
    "models_registry:exemplar_restore",
    "models_registry:attachment_restore",
    "campaigns:movement_file_add",
    "models_registry:movement_example_add",
    "models_registry:movement_example_remove",
    "organizations:calendar_fill",
    "campaigns:basis_add",
    "campaigns:basis_remove",
    "campaigns:exception_remove",
    "campaigns:urging_paper",
    # No unit of the demo has ended on the training date; the page is that of a single task.
    "campaigns:unit_hand_over",
    *(f"campaigns:{page}" for page in task_scenes.WITHOUT_PAGE),
    *inspection_scenes.WITHOUT_PAGE,
}
