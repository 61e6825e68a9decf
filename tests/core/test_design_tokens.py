"""The look's promises that a machine can check: contrast, the Chrome 109 line, weight, icons, no inline code."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from core.templatetags import portal

ROOT = Path(settings.BASE_DIR)
TOKENS = ROOT / "static" / "src" / "scss" / "_tokens.scss"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))

# Came to Chrome after 109, the last one for Windows 7 and 8.1.
#: What every page loads, and what signed-in pages load beside it.
STYLES = ("portal.css", "desk.css")
FORBIDDEN_CSS = (
    "color-mix(",
    "oklch(",
    "oklab(",
    "light-dark(",
    "text-wrap",
    "subgrid",
    "@starting-style",
    "@scope",
    "@view-transition",
    "view-transition-name",
    "field-sizing",
    ":user-valid",
    ":user-invalid",
    ":popover-open",
    "anchor-name",
    "interpolate-size",
    "@position-try",
    "::details-content",
)
FORBIDDEN_JS = (
    ".toSorted(",
    ".toReversed(",
    ".toSpliced(",
    ".showPopover(",
    ".togglePopover(",
    "Object.groupBy",
    "Map.groupBy",
    "Promise.withResolvers",
    "Array.fromAsync",
    "URL.canParse",
    "startViewTransition",
    ".isSubsetOf(",
    "closedby",
)


def read_tokens() -> dict[str, str]:
    return dict(re.findall(r'"([\w-]+)": (#[0-9A-F]{6}),', TOKENS.read_text()))


def read_states() -> dict[str, list[str]]:
    return {name: colours.split(", ") for name, colours in re.findall(r'"([\w-]+)": \((#[^)]+)\),', TOKENS.read_text())}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


T = read_tokens()
GROUNDS = ("white", "warm-50", "warm-100", "warm-200", "red-50", "gold-50")
TEXTS = ("ink", "ink-2", "red-700", "red-800", "gold-800", "blue-700", "green-800")
NOT_ON_WARM_200 = ("ink-3", "gold-700")


@pytest.fixture(scope="session")
def built() -> Path:
    subprocess.run([sys.executable, ROOT / "script" / "build_frontend"], check=True, cwd=ROOT)
    return ROOT / "static" / "build"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_stands_out_on_every_ground(text: str, ground: str) -> None:
    assert contrast(T[text], T[ground]) >= 4.5


@pytest.mark.parametrize("text", NOT_ON_WARM_200)
@pytest.mark.parametrize("ground", [g for g in GROUNDS if g != "warm-200"])
def test_quiet_text_stands_out_on_the_grounds_it_may_stand_on(text: str, ground: str) -> None:
    assert contrast(T[text], T[ground]) >= 4.5


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("white", "red-700"),
        ("white", "red-800"),
        ("white", "red-900"),
        ("white", "ink"),
        ("gold-200", "red-700"),
        ("gold-200", "red-800"),
        ("ink", "gold-200"),
    ],
)
def test_text_stands_out_on_coloured_grounds(text: str, ground: str) -> None:
    assert contrast(T[text], T[ground]) >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
def test_borders_of_controls_and_focus_stand_out(ground: str) -> None:
    assert contrast(T["border-input"], T[ground]) >= 3
    assert contrast(T["focus"], T[ground]) >= 3


@pytest.mark.parametrize("name", read_states())
def test_each_state_reads_on_its_ground_and_its_border_shows_on_white(name: str) -> None:
    text, ground, line = read_states()[name]
    assert contrast(text, ground) >= 4.5
    assert contrast(line, "#FFFFFF") >= 3
    assert contrast(text, "#FFFFFF") >= 4.5


def test_chart_colours_show_on_white() -> None:
    assert [name for name in T if name.startswith("chart") and contrast(T[name], T["white"]) < 3] == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("ink", "white", 16.35), ("ink-2", "warm-100", 6.68), ("red-700", "white", 6.89), ("focus", "red-700", 1.08)],
)
def test_the_ratios_of_the_design_paper_are_reproduced(one: str, other: str, ratio: float) -> None:
    assert round(contrast(T[one], T[other]), 2) == ratio


def test_built_style_sheet_holds_nothing_newer_than_chrome_109(built: Path) -> None:
    css = "".join((built / name).read_text() for name in STYLES)
    assert [token for token in FORBIDDEN_CSS if token in css] == []
    assert "&" not in css


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_nothing_newer_than_chrome_109(script: Path) -> None:
    text = script.read_text()
    assert [token for token in FORBIDDEN_JS if token in text] == []


def test_style_sheet_and_sprite_keep_their_weight(built: Path) -> None:
    assert sum(len(gzip.compress((built / name).read_bytes(), 9)) for name in STYLES) <= 20_000
    assert len(gzip.compress((built / "icons.svg").read_bytes(), 9)) <= 8_000


def test_fonts_keep_their_weight(built: Path) -> None:
    fonts = list((built / "fonts").iterdir())
    assert len(fonts) == 6
    assert sum(path.stat().st_size for path in fonts) <= 75_000


def test_style_sheet_asks_for_nothing_that_the_content_policy_refuses(built: Path) -> None:
    css = "".join((built / name).read_text() for name in STYLES)
    addresses = re.findall(r"url\(([^)]*)\)", css)
    assert [address for address in addresses if not address.strip("\"'").startswith("fonts/")] == []


def test_every_clipping_text_has_room_for_stacked_marks(built: Path) -> None:
    css = (built / "portal.css").read_text()
    assert re.search(r"\.truncate,\.clamp-2,td\.clip\{padding-block-start:\.15em\}", css)


def test_every_icon_in_use_is_in_the_sprite() -> None:
    listed = {
        line for line in (ROOT / "static/src/icons.txt").read_text().splitlines() if line and not line.startswith("#")
    }
    used = {state.icon for state in portal.STATES.values()} | set(portal.MESSAGE_ICONS.values())
    used |= set(portal.EMPTY_ICONS.values())
    for path in TEMPLATES:
        used |= set(re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", path.read_text()))
    for path in ROOT.glob("[a-z]*/**/*.py"):
        if path.parts[len(ROOT.parts)] not in {"node_modules", "tests", "var"}:
            used |= set(re.findall(r"""\bicon=["']([\w-]+)["']""", path.read_text()))
    assert used - listed == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_lockfile_names_no_registry_and_pins_every_package() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in lock
    wanted = re.findall(r'"([^"]+)": "([^"]+)"', (ROOT / "package.json").read_text().split("devDependencies")[1])
    assert [version for _, version in wanted if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
