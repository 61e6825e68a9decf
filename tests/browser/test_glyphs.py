"""Letters with two marks above or a dot below are shown whole, wherever text stands in a box."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.people import WIDTHS, Person
from tests.browser.scenes import record_of

pytestmark = pytest.mark.browser
TALL = "ẲỄỔỰẬ"
SCALE = 2

# Puts the letters into the first box of a kind and tells where their ink may be, and how high it must be.
_MEASURE = """([selector, letters]) => {
    const element = [...document.querySelectorAll(selector)].find(found => found.getClientRects().length);
    element.scrollIntoView({block: "center"});
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const inset = side => parseFloat(style[`border${side}Width`]);
    let left = box.left + inset("Left") + parseFloat(style.paddingLeft);
    if ("value" in element && element.tagName !== "BUTTON") {
        if (element.tagName === "SELECT") element.options[element.selectedIndex].textContent = letters;
        else element.value = letters;
    } else {
        element.textContent = letters;
        const range = document.createRange();
        range.selectNodeContents(element);
        left = range.getBoundingClientRect().left;
    }
    const pen = document.createElement("canvas").getContext("2d");
    // Measured ten times as large: the browser rounds to whole pixels.
    pen.font = `${style.fontWeight} ${10 * parseFloat(style.fontSize)}px ${style.fontFamily}`;
    const ink = pen.measureText(letters);
    const now = element.getBoundingClientRect();
    const room = style.overflowY === "visible" && !inset("Top") ? 0.35 * parseFloat(style.fontSize) : 0;
    return {
        x: left, width: ink.width / 10,
        top: now.top + inset("Top") - room, bottom: now.bottom - inset("Bottom") + room,
        height: (ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent) / 10,
        font: document.fonts.check(pen.font, letters),
    };
}"""
BOXES = {
    "heading": "main h1",
    "heading of a section": "main h2",
    "label": "main label:not(.visually-hidden)",
    "input": "main input[type=search], main input[type=text]",
    "select": "main select",
    "text area": "main textarea",
    "button": "main button.btn",
    "link that looks like a button": "main a.btn",
    "badge": "main .state",
    "cell": "main td.cell-meta",
    "name in a list": "main .cell-title a",
    "entry of the navigation": ".site-nav a",
}


def ink_height(page: Page, place: dict[str, Any]) -> float:
    """Height of what is drawn in a place, in CSS pixels."""
    clip = {"x": place["x"], "y": place["top"], "width": place["width"], "height": place["bottom"] - place["top"]}
    with Image.open(io.BytesIO(page.screenshot(clip=clip))) as shot:  # type: ignore[arg-type]
        grey = shot.convert("L")
    ground = max(grey.getcolors() or [(0, 255)])[1]
    drawn = grey.point(lambda light: 255 if abs(light - ground) > 60 else 0).getbbox()
    return (drawn[3] - drawn[1]) / SCALE if drawn else 0


@pytest.mark.parametrize("width", WIDTHS)
def test_no_mark_is_cut_off(chromium: Any, key_of: Callable[[str], Any], home: str, width: int) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, device_scale_factor=SCALE, storage_state=key_of("binhnhi")
    )
    person = Person(context.new_page(), home)
    cut, seen = {}, set()
    for path in ("/dien-hinh/", f"/dien-hinh/{record_of(person, 'draft')}/sua/"):
        person.go(path)
        person.page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        for name, selector in BOXES.items():
            if not person.page.locator(f":is({selector}):visible").count():
                continue
            place = person.page.evaluate(_MEASURE, [selector, TALL])
            assert place["font"], f"the face lacks letters in {name}"
            seen.add(name)
            height = ink_height(person.page, place)
            if height < place["height"] - 1:
                cut[f"{name} on {path}"] = (height, place["height"])
    context.close()
    assert cut == {}
    assert seen >= BOXES.keys() - {"entry of the navigation"}
