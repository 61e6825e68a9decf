from __future__ import annotations

import datetime
import unicodedata

import pytest
from django.test import Client

from core import clock
from organizations.models import User
from organizations.passwords import faults_of, reminder
from tests.factories import PASSWORD, UnitFactory, UserFactory
from tests.organizations.conftest import NEW, is_in, sign_in

SHORT = "Mật khẩu mới có %d ký tự, cần ít nhất %d."
KINDS = "Thêm loại ký tự: cần 3 trong 4 loại chữ hoa, chữ thường, chữ số, ký hiệu."
COMMON = "Mật khẩu này nhiều người dùng, dễ bị đoán. Chọn mật khẩu khác."


def named(word: str) -> str:
    return f"Mật khẩu có “{word}” là tên hoặc từ ai cũng đoán được. Bỏ từ đó đi."


@pytest.fixture
def officer(db: None) -> User:
    unit = UnitFactory(name="Xã Vĩnh Hựu", short_name="Vĩnh Hựu")
    return UserFactory(username="canbovh", full_name="Phan Thị Quyên", email="quyenpt@thidua.example", home_unit=unit)


def test_the_vn_profile_says_all_faults_at_once(officer: User) -> None:
    """ASVS 6.2.1, 6.2.4: length and common words; 6.2.5 is the written deviation."""
    cases = {
        "Lua-Vang-2030": [],
        "Kx7!pq": [SHORT % (6, 12)],
        "lúa vàng đồng": [KINDS],
        "password": [SHORT % (8, 12), KINDS, COMMON],
        "Qwerty123456": [COMMON],
        "1q2w3e4r5t6y7u8i9o0p": [COMMON],
        "một câu rất dài chữ thường": [],
        "câu dài mười chín k": [KINDS],
    }
    assert {word: list(faults_of(word, officer)) for word in cases} == cases


def test_the_asvs_profile_asks_for_length_alone(officer: User, settings) -> None:
    """ASVS 6.2.5, 6.2.10: no composition, no reminder."""
    settings.PASSWORD_PROFILE = "ASVS"
    cases = {"lúa vàng đồng xa": [], "Kx7!pq-2mZ": [SHORT % (10, 15)]}
    assert {word: list(faults_of(word, officer)) for word in cases} == cases
    officer.password_changed_at = clock.wall_now() - datetime.timedelta(days=900)
    assert reminder(officer) == ""


def test_128_characters_are_taken_and_129_are_not(officer: User) -> None:
    """ASVS 6.2.9: 64 characters and more."""
    phrase = "đường ra đồng lúa chín vàng óng ánh nắng mai " * 4
    assert list(faults_of(phrase[:128], officer)) == []
    assert list(faults_of(phrase[:129], officer)) == ["Mật khẩu dài 129 ký tự, nhiều nhất là 128."]


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("GoCongTay-2030", "gocongtay"),
        ("Gò Công Tây 1!", "gocongtay"),
        ("G0c0ngT4y-2030", "gocongtay"),
        ("Thi-Đua-2030!", "thidua"),
        ("KhenThuong@1948", "khenthuong"),
        ("VinhHuu#2030xy", "vinhhuu"),
        ("canbovh-2030-X", "canbovh"),
        ("Quyen-1975-abc", "quyen"),
        ("quyenpt-1975-A", "quyenpt"),
    ],
)
def test_local_words_names_of_units_and_of_the_person_are_refused(officer: User, password: str, word: str) -> None:
    """ASVS 6.2.11."""
    assert list(faults_of(password, officer)) == [named(word)]


def test_a_long_phrase_may_hold_a_local_word_beside_enough_else(officer: User) -> None:
    assert list(faults_of("phong trào thi đua ở đây rất vui", officer)) == []
    assert list(faults_of("thi đua thi đua thi đua", officer)) == [named("thidua")]


def test_a_phrase_is_the_same_however_the_keyboard_composes_it(officer: User) -> None:
    """ASVS 6.2.8: NFC and NFD, at 128 characters."""
    phrase = ("đường ra đồng lúa chín vàng óng ánh nắng mai " * 4)[:128].strip()
    nfc, nfd = (unicodedata.normalize(form, phrase) for form in ("NFC", "NFD"))
    client = sign_in("canbovh")
    data = {"current_password": PASSWORD, "new_password": nfd, "new_password_again": nfc}
    assert client.post("/tai-khoan/mat-khau/", data).status_code == 302
    assert [is_in(sign_in("canbovh", word)) for word in (nfc, nfd, nfc.lower() + "x")] == [True, True, False]


def test_an_old_password_is_reminded_of_and_not_forced(officer: User, stopped) -> None:
    """ASVS 6.2.10: a reminder at 180 days."""
    officer.password_changed_at = clock.wall_now()
    officer.save()
    stopped.shift(179 * 86_400)
    assert reminder(officer) == ""
    stopped.shift(86_400)
    client = Client()
    answer = client.post("/dang-nhap/", {"username": "canbovh", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/ban-lam-viec/", 302)]
    assert [str(m) for m in answer.context["messages"]] == [
        "Mật khẩu đã dùng 180 ngày. Nên đổi mật khẩu ở trang Tài khoản."
    ]


# Changing it


def change(client: Client, current: str, new: str, again: str | None = None):
    data = {"current_password": current, "new_password": new, "new_password_again": new if again is None else again}
    return client.post("/tai-khoan/mat-khau/", data)


def test_the_own_password_is_changed_with_the_current_one(officer: User) -> None:
    """ASVS 6.2.2, 6.2.3."""
    answer = change(sign_in("canbovh"), PASSWORD, NEW)
    assert (answer.status_code, answer.url) == (302, "/tai-khoan/")
    assert [is_in(sign_in("canbovh", word)) for word in (PASSWORD, NEW)] == [False, True]


def test_all_faults_of_the_form_are_said_in_one_round(officer: User) -> None:
    faults = change(sign_in("canbovh"), "sai", "password", "khác").context["form"].error_summary
    assert [fault.message for fault in faults] == [
        "Mật khẩu hiện tại chưa đúng. Kiểm tra phím Caps Lock và bộ gõ tiếng Việt.",
        SHORT % (8, 12),
        KINDS,
        COMMON,
        "Hai lần gõ khác nhau. Gõ lại mật khẩu mới.",
    ]


def test_the_same_password_is_no_change(officer: User) -> None:
    faults = change(sign_in("canbovh"), PASSWORD, PASSWORD).context["form"].error_summary
    assert [fault.message for fault in faults] == ["Mật khẩu mới giống mật khẩu đang dùng. Chọn mật khẩu khác."]


def test_a_password_box_takes_paste_and_can_be_shown(officer: User) -> None:
    """ASVS 6.2.7."""
    page = sign_in("canbovh").get("/tai-khoan/mat-khau/").content.decode()
    assert (page.count("data-password-toggle"), "onpaste" in page, page.count('autocomplete="new-password"')) == (
        3,
        False,
        2,
    )


def test_wrong_current_passwords_are_counted_like_wrong_sign_ins(officer: User) -> None:
    """ASVS 6.3.1: no second door for guessing."""
    client = sign_in("canbovh")
    found = [change(client, "sai", NEW).status_code for _try in range(6)]
    assert found == [200, 200, 200, 200, 429, 429]


def test_changing_the_password_ends_every_other_session(officer: User) -> None:
    """ASVS 7.4.3."""
    here, there = sign_in("canbovh"), sign_in("canbovh")
    change(here, PASSWORD, NEW)
    assert (is_in(here), is_in(there), officer.sessions.count()) == (True, False, 1)


def test_no_password_is_sent_back_or_logged(officer: User, caplog) -> None:
    """ASVS 16.2.5."""
    answer = change(sign_in("canbovh"), "bí mật số một", "bí mật số hai")
    assert ("bí mật số" in answer.content.decode(), "bí mật số" in caplog.text) == (False, False)
