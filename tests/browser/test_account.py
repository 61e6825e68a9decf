"""An account from the invitation to the recovery code, at a browser."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accounts import code_for, go_confirmed, invite, link_from_mail, turn_on
from tests.browser.people import PASSWORD, Person

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]
NEW = "Hạt lúa vàng trên đồng mùa gặt"


def sign_in(person: Person, username: str, password: str) -> None:
    person.go("/dang-nhap/")
    person.fill(username=username, password=password)
    person.press("Đăng nhập")


def test_a_long_name_of_a_unit_leaves_the_head_of_a_page_in_one_line(meet: Meet) -> None:
    person = meet("truyenthanh", width=1280)
    person.go("/ban-lam-viec/")
    parts = [person.page.locator(f".site-header {part}") for part in (".header-link", ".user-menu > summary")]
    places = [part.bounding_box() for part in parts]
    middles = [place["y"] + place["height"] / 2 for place in places if place]
    assert abs(middles[0] - middles[1]) < 4


def test_from_an_invitation_to_the_first_sign_in(meet: Meet) -> None:
    began = time.monotonic()
    administrator, invited = meet("quantri"), meet()
    address = invite(administrator, "Lâm Thị Đầu")
    administrator.says("Chờ nhận lời mời")
    invited.go(link_from_mail(administrator, address))
    invited.fill(new_password="ngắn", new_password_again="ngắn")
    invited.press("Đặt mật khẩu")
    invited.says("Mật khẩu mới có 4 ký tự, cần ít nhất 12.")
    invited.fill(new_password=NEW, new_password_again=NEW)
    invited.press("Đặt mật khẩu")
    sign_in(invited, address, NEW)
    expect(invited.page).to_have_url(f"{invited.home}/ban-lam-viec/")
    administrator.go(administrator.page.url.removeprefix(administrator.home))
    administrator.says("Đang dùng")
    administrator.press("Ngừng tài khoản")
    answer = invited.page.goto(f"{invited.home}/tai-khoan/")
    assert answer
    expect(invited.page).to_have_url(f"{invited.home}/dang-nhap/?next=/tai-khoan/")
    print(f"\ninvitation: from the letter to the end of the account {time.monotonic() - began:.1f} s")


def test_the_second_factor_from_setting_up_to_the_recovery_code(meet: Meet) -> None:
    person = meet()
    sign_in(person, "hoidong1", PASSWORD)
    secret = turn_on(person)
    codes = person.page.locator(".recovery-codes li").all_inner_texts()
    assert len(set(codes)) == 10
    person.press("Đã cất mã, về bàn làm việc", role="link")
    person.sign_out()

    # The code of setting up is spent; the one of the next half minute is taken, within the tolerance of the clock.
    sign_in(person, "hoidong1", PASSWORD)
    expect(person.page).to_have_url(f"{person.home}/dang-nhap/ma/")
    person.go("/ban-lam-viec/")
    expect(person.page).to_have_url(f"{person.home}/dang-nhap/?next=/ban-lam-viec/")
    person.go("/dang-nhap/ma/")
    person.fill(code=code_for(secret, ahead=1))
    person.press("Đăng nhập")
    expect(person.page).to_have_url(f"{person.home}/ban-lam-viec/")
    person.sign_out()

    sign_in(person, "hoidong1", PASSWORD)
    person.fill(code=codes[0].lower())
    person.press("Đăng nhập")
    person.says("Đã dùng một mã dự phòng, còn 9 mã.")
    person.sign_out()
    sign_in(person, "hoidong1", PASSWORD)
    person.fill(code=codes[0])
    person.press("Đăng nhập")
    person.says("Mã chưa đúng, đã hết hạn hoặc đã dùng.")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_another_session_is_ended_from_the_own_page(meet: Meet, script: bool) -> None:
    here, there = meet(script=script), meet(width=360)
    for person in (here, there):
        sign_in(person, "hoidong2", PASSWORD)
    go_confirmed(here, "/tai-khoan/")
    before = here.page.locator("section:has(#phien) li").count()
    here.press("Kết thúc mọi phiên khác")
    assert (before >= 2, here.page.locator("section:has(#phien) li").count()) == (True, 1)
    there.go("/tai-khoan/")
    expect(there.page).to_have_url(f"{there.home}/dang-nhap/?next=/tai-khoan/")


def test_a_shown_password_is_readable_and_paste_is_allowed(meet: Meet) -> None:
    person = meet("noivu")
    person.go("/tai-khoan/mat-khau/")
    box = person.page.locator("#id_new_password")
    box.focus()
    person.page.keyboard.insert_text(NEW)
    person.page.locator("[aria-controls=id_new_password]").click()
    assert (box.get_attribute("type"), box.input_value()) == ("text", NEW)
