"""Ways to the pages of movements and of the calendar, over the demo."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.people import Person


def first_of(query: str, tail: str = "") -> Callable[[Person], None]:
    """The way to the first movement of a list, or to a page below its address."""

    def follow(person: Person) -> None:
        person.go(f"/phong-trao/?{query}")
        href = person.page.locator(".cell-title a").first.get_attribute("href") or ""
        person.go(href + tail)

    return follow


def main(tail: str = "") -> Callable[[Person], None]:
    """The movement of the 75 years, which runs in the demo."""
    return first_of("q=loi+keu+goi+thi+dua+ai+quoc", tail)


def prepared(tail: str) -> Callable[[Person], None]:
    """One that is being prepared."""
    return first_of("trang-thai=prepared", tail)


def ended(tail: str) -> Callable[[Person], None]:
    """One that has ended."""
    return first_of("trang-thai=ended", tail)


def leaving(person: Person) -> None:
    """Be asked why the own unit leaves."""
    main()(person)
    person.go(person.page.locator("a[href*='thoi-tham-gia']").first.get_attribute("href") or "")


def without_a_name(person: Person) -> None:
    """Try to write down a movement without a name."""
    person.go("/phong-trao/moi/")
    person.press("Ghi phong trào")


def wrong_days(person: Person) -> None:
    """Try to add days that end before they begin."""
    person.go("/quan-tri/lich-lam-viec/moi/")
    person.fill(first="9/6/2023", last="7/6/2023", name="Nghỉ địa phương")
    person.press("Ghi vào lịch")
