"""What people do about accounts at a browser: invited, second factor set up, links read out of the mail folder."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django_otp.oath import totp

from tests.browser.people import PASSWORD, Person, until

_numbers = itertools.count(1)


@contextmanager
def beside(person: Person, username: str) -> Iterator[Person]:
    """Somebody else signed in, in a window of their own."""
    browser = person.page.context.browser
    assert browser
    with browser.new_context(locale="vi-VN") as context:
        other = Person(context.new_page(), person.home)
        other.sign_in(username)
        yield other


def fresh_address() -> str:
    """An address that no other test has."""
    return f"moi{next(_numbers)}@thidua.example"


def link_from_mail(person: Person, address: str) -> str:
    """The path of the link in the newest mail to an address; the administrator reads the folder."""
    with beside(person, "quantri") as administrator:

        def row_is_there() -> bool:
            administrator.page.goto(f"{person.home}/quan-tri/hop-thu/")
            return administrator.page.locator("tr", has_text=address).count() > 0

        until(row_is_there, f"a mail to {address}")
        administrator.page.locator("tr", has_text=address).first.get_by_role("link").click()
        text = administrator.page.locator("main").inner_text()
    found = re.search(r"https?://[^/\s]+(/\S+)", text)
    assert found
    return found[1]


def confirm_if_asked(person: Person) -> None:
    """Give the password once more where the page asks for it."""
    if person.page.locator("#id_confirm_password").count():
        person.fill(confirm_password=PASSWORD)
        person.press("Xác nhận mật khẩu")


def go_confirmed(person: Person, path: str) -> None:
    """Open a page of sensitive changes."""
    person.go(path)
    confirm_if_asked(person)


def invite(person: Person, name: str) -> str:
    """Invite somebody as an officer; returns the address."""
    address = fresh_address()
    person.go("/quan-tri/tai-khoan/moi/")
    person.fill(full_name=name, email=address)
    person.page.select_option("#id_home_unit", label="Xã Bình Nhì")
    person.page.get_by_label("Cán bộ phụ trách").check()
    person.press("Gửi thư mời")
    return address


def read_secret(person: Person) -> bytes:
    """The secret of the set-up page, as an app takes it."""
    return base64.b32decode(person.page.locator(".factor-key").inner_text().replace(" ", ""))


def code_for(secret: bytes, *, ahead: int = 0) -> str:
    """The code of the app now, or of the period `ahead`."""
    return f"{totp(secret, drift=ahead):06d}"


def turn_on(person: Person) -> bytes:
    """Set up the second factor; ends on the page of recovery codes."""
    go_confirmed(person, "/tai-khoan/hai-lop/")
    secret = read_secret(person)
    person.fill(code=code_for(secret))
    person.press("Bật xác thực hai lớp")
    return secret


def show_codes(person: Person) -> None:
    """The page of recovery codes, whether the factor is on already or not."""
    go_confirmed(person, "/tai-khoan/hai-lop/")
    if person.page.locator(".factor-key").count():
        turn_on(person)
    else:
        person.press("Tạo mã dự phòng mới")
        confirm_if_asked(person)


def asked_for_code(person: Person) -> None:
    """The page that asks for a code, of an account whose second factor is on."""
    person.sign_in("hoidong3")
    if not person.page.url.endswith("/dang-nhap/ma/"):
        turn_on(person)
        person.sign_out()
        person.sign_in("hoidong3")


def wrong_code(person: Person) -> None:
    """A code that is none."""
    asked_for_code(person)
    person.fill(code="abcdef")
    person.press("Đăng nhập")


def confirming_an_address(person: Person) -> None:
    """The page behind the link in the mail to a new address."""
    address = fresh_address()
    go_confirmed(person, "/tai-khoan/thu-dien-tu/")
    person.fill(email=address)
    person.press("Gửi thư xác nhận")
    person.go(link_from_mail(person, address))


def accepting(person: Person) -> None:
    """The page behind the link of an invitation."""
    person.go(link_from_mail(person, invite(person, "Lâm Thị Mời")))


def spent_link(person: Person) -> None:
    """A link that was used up by a second invitation."""
    address = invite(person, "Lâm Thị Lại")
    link = link_from_mail(person, address)
    person.press("Hủy lời mời")
    person.go(link)


def one_account(person: Person) -> None:
    """The page of the first account of the list."""
    person.go("/quan-tri/tai-khoan/?q=vinhbinh")
    with person.page.expect_navigation():
        person.page.locator(".cell-title a").first.click()
    person.look()


def keeping(page: str, press: str = "") -> Callable[[Person], None]:
    """A page that changes the account of Vĩnh Bình's officer; sent as it opened when `press` names its button."""

    def go(person: Person) -> None:
        person.go("/quan-tri/tai-khoan/?q=vinhbinh")
        account = person.page.locator(".cell-title a").first.get_attribute("href") or ""
        if page == "vai-tro/n/":
            person.go(account)
            account = person.page.locator(".grants a").first.get_attribute("href") or ""
        go_confirmed(person, account if page == "vai-tro/n/" else account + page)
        if press:
            person.press(press)
        person.look()

    return go


def wrong_invitation(person: Person) -> None:
    """Invite nobody."""
    person.go("/quan-tri/tai-khoan/moi/")
    person.fill(full_name="www.ke.xau")
    person.press("Gửi thư mời")


def wrong_new_password(person: Person) -> None:
    """A new password with every fault."""
    person.go("/tai-khoan/mat-khau/")
    person.fill(new_password="password")
    person.press("Đổi mật khẩu")


def wrong_confirmation(person: Person) -> None:
    """The password again, left empty."""
    person.go("/tai-khoan/xac-nhan/")
    person.press("Xác nhận mật khẩu")


def calendar_made(person: Person) -> None:
    """Make an address for the own calendar; it is shown this once."""
    person.go("/tai-khoan/")
    person.press(re.compile("Tạo địa chỉ lịch|Đổi sang địa chỉ mới"))
    confirm_if_asked(person)


def calendar_kept(person: Person) -> None:
    """The own account while an address is in use."""
    calendar_made(person)
    person.press("Đã chép, về trang tài khoản", role="link")
