"""The typing trial: sixty words through a tool that rewrites by Backspace, and through one that composes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from tests.browser.people import Person
from tests.browser.test_autosave import KEY_DELAY, WORDS, compose, expect_kept, open_field, slow_down, status

pytestmark = pytest.mark.browser
Meet = Callable[..., Person]


def bare(word: str) -> str:
    """The keys behind a word: its letters without any mark."""
    plain = unicodedata.normalize("NFD", word.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def rewrite(officer: Person, word: str) -> None:
    """Type a word as Unikey does: bare letters, then Backspaces and the marked letters at once."""
    keys, typed = officer.page.keyboard, bare(word)
    keys.type(typed, delay=KEY_DELAY)
    first = next((place for place, letter in enumerate(word) if letter != typed[place]), len(word))
    for _letter in word[first:]:
        keys.press("Backspace")
    if first < len(word):
        keys.insert_text(word[first:])


def begin(officer: Person, name: str) -> tuple[Locator, CDPSession]:
    """An open story and a server that answers after two seconds."""
    place = open_field(officer, name)
    return place, slow_down(officer, 2000)


def test_sixty_words_rewritten_by_backspace_on_a_slow_server_lose_no_letter(meet: Meet) -> None:
    officer = meet("binhnhi")
    place, _wire = begin(officer, "Hồ Thị Uni")
    for number, word in enumerate(WORDS.split()):
        if number:
            officer.page.keyboard.press("Space")
        rewrite(officer, word)
        if number == 30:
            expect(status(officer)).to_have_text("Đang lưu…")
    expect_kept(officer, place, WORDS)


def test_sixty_composed_words_on_a_slow_server_lose_no_letter(meet: Meet) -> None:
    officer = meet("binhnhi")
    place, wire = begin(officer, "Hồ Thị Ghép Chữ")
    for number, word in enumerate(WORDS.split()):
        if number:
            officer.page.keyboard.press("Space")
        for end in range(1, len(word) + 1):
            compose(wire, bare(word[:end]))
            officer.page.wait_for_timeout(KEY_DELAY)
        wire.send("Input.insertText", {"text": word})
        if number == 30:
            expect(status(officer)).to_have_text("Đang lưu…")
    expect_kept(officer, place, WORDS)
