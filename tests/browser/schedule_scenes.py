"""The pages of the schedule in each state, and how the head comes to them."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.browser.people import Person

Way = Callable[[Person], object]
LATE = "Kế hoạch tuyên truyền năm 2023"
REVIEW = "Sơ kết 03 năm (2021–2023) tại cơ quan"
PREPARED = "Kế hoạch tuyên truyền năm 2024"


def milestone_path(person: Person, title: str) -> str:
    """The address of a milestone, by the words of its title on the timeline."""
    person.go("/ke-hoach/")
    link = person.page.locator("main .milestone-list a").filter(has_text=title).first
    return link.get_attribute("href") or ""


def of_milestone(title: str, tail: str = "") -> Way:
    """A page of a milestone."""
    return lambda person: person.go(milestone_path(person, title) + tail)


def programme_path(person: Person) -> str:
    """The address of the running programme's management."""
    person.go("/ke-hoach/")
    return person.page.get_by_role("link", name="Quản lý chương trình").get_attribute("href") or ""


def of_programme(tail: str = "") -> Way:
    """A page of the running programme."""
    return lambda person: person.go(programme_path(person) + tail)


def posting(way: Way, button: str) -> Way:
    """Send the form of a page as it stands."""

    def act(person: Person) -> None:
        way(person)
        person.press(button)

    return act


def with_basis_faults(person: Person) -> None:
    """Try to add a document without any word."""
    of_programme()(person)
    person.page.get_by_text("Thêm căn cứ").first.click()
    person.press("Thêm căn cứ")


def urging_nobody(person: Person) -> None:
    """Try to urge with no unit ticked."""
    of_milestone(LATE, "don-doc/")(person)
    for box in person.page.locator("input[name=chon]").all():
        box.uncheck()
    person.press(re.compile("Gửi đôn đốc"))


def an_urging(person: Person) -> None:
    """The latest act of urging."""
    person.go("/ke-hoach/don-doc/")
    person.go(person.page.locator("main tbody a").first.get_attribute("href") or "")


def handing_over(person: Person) -> None:
    """Hand a task of the review over."""
    of_milestone(REVIEW)(person)
    person.go(person.page.locator("main a[href*='/giao-lai/']").first.get_attribute("href") or "")


def counting(person: Person) -> None:
    """Count the units of a new milestone."""
    of_programme("moc-moi/")(person)
    person.page.get_by_label("Xã, thị trấn").check()
    person.press("Đếm đơn vị")
