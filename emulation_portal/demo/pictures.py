"""Drawn pictures and papers of the demo: flat scenes by field, the same for the same code, with no words in them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from random import Random
from unicodedata import normalize

from PIL import Image, ImageDraw, ImageFont

from .scenery import (
    BLUES,
    GOLD,
    GOLD_DARK,
    GOLD_PALE,
    GREENS,
    HEIGHT,
    INK,
    INK_SOFT,
    RED,
    RED_DARK,
    RED_SOFT,
    WARM,
    WIDTH,
    Canvas,
    bicycle,
    farmer,
    flag,
    gear,
    house,
    palm,
    planter,
    sky,
    tree,
    treeline,
    wave,
)

PAPER_SIZE = (827, 1169)  # A4 at 100 dots an inch
_PAPER_DAY = time.gmtime(1685923200)  # 5/6/2023, the day of the demo


def draw_picture(code: str, field_code: str, sub_field: str = "") -> bytes:
    """A 1200 × 900 JPEG for a record: the scene of its field or sub-field, varied by its code."""
    chance = Random(f"{code}/{field_code}")
    canvas = Canvas(WARM[1])
    scene = chance.choice(_SUB_FIELD_SCENES.get(sub_field) or _SCENES.get(field_code, (_rice_field,)))
    scene(canvas, chance)
    # A mirrored workshop would show a falling curve.
    return canvas.jpeg(mirrored=scene is not _workshop and chance.random() < 0.5)


def draw_paper(code: str, title: str) -> bytes:
    """A one-page PDF that stands for a paper; says that it is an illustration."""
    page = Image.new("RGB", PAPER_SIZE, "#FFFFFF")
    pen = ImageDraw.Draw(page)
    pen.rectangle((60, 60, PAPER_SIZE[0] - 60, PAPER_SIZE[1] - 60), outline=WARM[3], width=2)
    pen.rectangle((100, 190, 220, 194), fill=RED)
    _write(pen, 130, "Tài liệu minh họa", 34, RED)
    top = 240
    for line in _wrapped(title, 26, PAPER_SIZE[0] - 200):
        _write(pen, top, line, 26, INK)
        top += 42
    _write(pen, top + 20, code, 20, INK_SOFT)
    for row in range(11):
        width = 627 if row % 4 != 3 else 380
        pen.rectangle((100, top + 110 + row * 38, 100 + width, top + 118 + row * 38), fill=WARM[1])
    _write(pen, 1040, "Nội dung hư cấu, chỉ dùng cho tập huấn.", 20, INK_SOFT)
    out = BytesIO()
    page.save(out, "PDF", resolution=100.0, title="Illustration", creationDate=_PAPER_DAY, modDate=_PAPER_DAY)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | None:
    """A font of the system that has Vietnamese letters, None when there is none."""
    for name in ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "arial.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return None


def _write(pen: ImageDraw.ImageDraw, top: float, text: str, size: int, fill: str) -> None:
    """One line of text; without accents when no font of the system has them."""
    font = _font(size)
    if font is None:
        plain = normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore").decode()
        pen.text((100, top), plain, font=ImageFont.load_default(size), fill=fill)
        return
    pen.text((100, top), text, font=font, fill=fill)


def _wrapped(text: str, size: int, width: int) -> list[str]:
    font, lines = _font(size) or ImageFont.load_default(size), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


# The scenes


def _rice_field(c: Canvas, chance: Random) -> None:
    horizon = 430.0
    sky(c, chance, horizon)
    treeline(c, chance, horizon, GREENS[1])
    treeline(c, chance, horizon + 14, GREENS[2], 0.7)
    house(c, chance.uniform(120, 260), horizon + 24, 0.85, RED_SOFT)
    c.box(0, horizon + 14, WIDTH, HEIGHT, "#D9C98A")
    vanish = chance.uniform(520, 680)
    for row in range(-16, 17):
        x = vanish + row * 150
        tone = ("#B9BE74", "#A3B06B", "#C9C27C")[row % 3]
        c.polygon([(vanish + row * 26, horizon + 14), (x - 70, HEIGHT), (x + 46, HEIGHT)], tone)
    c.polygon([(0, 560), (vanish - 60, horizon + 14), (vanish - 30, horizon + 14), (0, 680)], BLUES[2])
    c.polygon([(0, 590), (vanish - 50, horizon + 15), (vanish - 44, horizon + 15), (0, 612)], BLUES[1])
    c.polygon([(0, 680), (vanish - 30, horizon + 14), (vanish - 18, horizon + 14), (0, 732)], GREENS[3])
    farmer(c, chance.uniform(560, 660), 640, 1.05, chance.choice((BLUES[4], RED_SOFT, "#8A6A4A")))
    c.polygon(wave(chance, 822, 16), GREENS[4])
    palm(c, chance, 1010, 850, chance.uniform(520, 600), -70)
    palm(c, chance, 1120, 862, chance.uniform(400, 470), 40)
    for _each in range(110):
        x, y = chance.uniform(0, WIDTH), chance.uniform(812, 900)
        tip = (x + chance.uniform(-16, 16), y - chance.uniform(34, 64))
        c.line([(x, y), tip], chance.choice((GREENS[3], GREENS[5], GREENS[2])), 3)
        if chance.random() < 0.35:
            c.disc(*tip, 4.5, GOLD)


def _canal_hamlet(c: Canvas, chance: Random) -> None:
    horizon = 440.0
    sky(c, chance, horizon)
    treeline(c, chance, horizon, GREENS[1], 1.7)
    treeline(c, chance, horizon + 20, GREENS[2], 1.1)
    c.box(0, horizon + 30, WIDTH, 40, GREENS[2])
    for left, size, roof in ((70, 1.25, RED_SOFT), (330, 1.0, "#9A7B5B"), (760, 1.15, RED_SOFT)):
        house(c, left, 505, size, roof, "#F5E6C4")
    palm(c, chance, 300, 505, 330, -26)
    palm(c, chance, 700, 505, 300, 30)
    c.box(0, 498, WIDTH, 30, GREENS[3])
    c.box(0, 522, WIDTH, HEIGHT, BLUES[2])
    for _each in range(46):
        x, y = chance.uniform(-40, WIDTH), chance.uniform(536, 880)
        c.box(x, y, (y - 480) * chance.uniform(0.3, 0.7), 2 + (y - 520) / 90, BLUES[chance.choice((1, 1, 3))], 3)
    _footbridge(c)
    _sampan(c, chance, chance.uniform(390, 520), 720, 1.25)
    for _each in range(26):
        x, y = chance.uniform(0, 260), chance.uniform(770, 900)
        c.disc(x, y, 34, chance.choice((GREENS[3], GREENS[4])), 13)
        if chance.random() < 0.5:
            c.disc(x + 4, y - 12, 9, "#B79AC4", 14)
    c.polygon([(760, 900), (900, 838), (1060, 812), (1200, 806), (1200, 900)], GREENS[4])
    palm(c, chance, 1075, 850, chance.uniform(540, 610), -80)


def _footbridge(c: Canvas) -> None:
    for x in range(880, 1190, 62):
        c.line([(x, 500 - (x - 880) * 0.02), (x, 612)], "#8C7A66", 9)
    c.polygon([(850, 508), (1010, 470), (1200, 466), (1200, 484), (1010, 488), (850, 526)], "#A48C70")
    c.line([(850, 462), (1010, 424), (1200, 420)], "#8C7A66", 6)
    for x, y in ((866, 506), (944, 488), (1022, 470), (1100, 468), (1178, 467)):
        c.line([(x, y), (x, y - 46)], "#8C7A66", 6)


def _sampan(c: Canvas, chance: Random, x: float, y: float, size: float) -> None:
    c.disc(x, y + 36 * size, 190 * size, "#2F4F6638", 16 * size)
    for number in range(9):
        tone = chance.choice((GREENS[4], GREENS[3], GOLD, RED_SOFT))
        c.disc(x - 96 * size + number * 19 * size, y - 8 * size - (number % 3) * 9 * size, 19 * size, tone)
    farmer(c, x + 112 * size, y - 12 * size, 1.1 * size, chance.choice((RED_SOFT, BLUES[4], "#7B5A7C")))
    hull = [(-205, -26), (-150, 4), (150, 4), (205, -30), (160, 38), (-150, 38)]
    c.polygon([(x + a * size, y + b * size) for a, b in hull], "#7A5A40")
    c.polygon([(x + a * size, y + b * size) for a, b in ((-205, -26), (-150, 4), (150, 4), (205, -30), (152, 16),
               (-152, 16))], "#96714F")  # fmt: skip


def _school(c: Canvas, chance: Random) -> None:
    sky(c, chance, 560)
    treeline(c, chance, 545, GREENS[1], 1.4)
    c.box(0, 545, WIDTH, HEIGHT, GREENS[0])
    c.polygon([(470, 560), (610, 560), (760, 900), (220, 900)], WARM[2])
    c.box(170, 330, 740, 230, "#F3DFAF")
    c.box(170, 444, 740, 12, "#DDBE7C")
    c.polygon([(140, 334), (200, 262), (880, 262), (940, 334)], RED_SOFT)
    for x in range(196, 900, 22):
        c.line([(x, 266), (x - 8, 332)], "#B5483F", 2)
    for floor in (352, 470):
        for column in range(7):
            if floor == 352 or column != 3:
                c.box(200 + column * 100, floor, 66, 72, WARM[0], 4)
                c.box(206 + column * 100, floor + 6, 25, 60, BLUES[2])
                c.box(235 + column * 100, floor + 6, 25, 60, BLUES[3])
    c.box(494, 462, 84, 98, "#8A6A4A", 4)
    c.line([(1010, 590), (1010, 270)], WARM[4], 7)
    c.polygon([(1013, 276), (1108, 284), (1100, 332), (1013, 336)], RED)
    tree(c, chance, 112, 640, 1.55, ("#C4493C", RED_SOFT, "#D9745F", GREENS[3]))
    tree(c, chance, 1090, 650, 1.1, (GREENS[3], GREENS[2], GREENS[4]))
    _books(c, chance)


def _books(c: Canvas, chance: Random) -> None:
    c.disc(560, 858, 430, "#00000014", 34)
    tones = [RED, BLUES[4], GOLD, GREENS[4], "#8A6A4A"]
    chance.shuffle(tones)
    for number, tone in enumerate(tones[:4]):
        x, w = 760 + chance.uniform(-16, 16), 220 - number * 10
        c.box(x, 818 - number * 42, w, 38, tone, 6)
        c.box(x + w - 30, 824 - number * 42, 26, 26, WARM[0], 3)
    for side in (-1, 1):
        edge = [(470 + side * 22.5 * i, 754 - 34 * math.sin(i * math.pi * 0.09)) for i in range(11)]
        c.polygon([(470, 868), (470 + side * 246, 850), (470 + side * 246, 752), (470, 772)], RED_DARK)
        c.polygon([*edge, (470 + side * 225, 836), (470, 856)], "#FFFFFF" if side < 0 else WARM[0])
        for row in range(4):
            y = 764 + row * 20
            c.line([(470 + side * 34, y - 8), (470 + side * 110, y - 20), (470 + side * 196, y - 8)], WARM[3], 4)
    c.polygon([(462, 752), (478, 752), (478, 880), (470, 868), (462, 880)], GOLD)


def _patrol_road(c: Canvas, chance: Random) -> None:
    high, low = chance.choice((("#38505F", "#486271"), ("#3B4C63", "#4C5F77"), ("#42495F", "#565D73")))
    c.box(0, 0, WIDTH, HEIGHT, high)
    c.polygon(wave(chance, 300, 30), low)
    moon = (chance.uniform(180, 340), chance.uniform(120, 180))
    c.disc(*moon, 54, GOLD_PALE)
    c.disc(moon[0] + 22, moon[1] - 12, 46, high)
    for _each in range(46):
        c.disc(chance.uniform(0, WIDTH), chance.uniform(20, 330), chance.uniform(1, 2.6), "#FFFFFFA0")
    treeline(c, chance, 470, "#2E4A4A", 1.5)
    for x, size in ((60, 1.15), (300, 0.9), (980, 1.2)):
        house(c, x, 500, size, "#7E2A2A", "#C9B79C")
        for dx in (16, 106):
            c.box(x + dx * size, 500 - 54 * size, 26 * size, 26 * size, GOLD)
    c.box(0, 498, WIDTH, HEIGHT, "#35513F")
    c.polygon([(610, 498), (690, 498), (1060, 900), (200, 900)], "#6F6C6A")
    for dash in ((520, 560), (600, 660), (710, 800), (850, 900)):
        left = [(646 - (y - 498) * 0.055 - (y - 498) * 0.012, y) for y in dash]
        right = [(652 - (y - 498) * 0.055 + (y - 498) * 0.012, y) for y in dash]
        c.polygon([*left, *reversed(right)], GOLD_PALE)
    for x, base, size in ((560, 540, 0.42), (436, 640, 0.75), (196, 830, 1.35), (768, 570, 0.5), (1010, 760, 1.1)):
        _lamp(c, x, base, size, 1 if x < 650 else -1)
    _guard(c, 760, 800, 1.15)
    _guard(c, 850, 780, 1.05)


def _lamp(c: Canvas, x: float, base: float, size: float, side: int) -> None:
    top, head = base - 400 * size, x + side * 92 * size
    c.polygon([(head - 16 * size, top + 12 * size), (head + 16 * size, top + 12 * size), (head + 150 * size, base + 8),
               (head - 150 * size, base + 8)], "#F6DF9D30")  # fmt: skip
    c.disc(head, base + 6, 150 * size, "#F6DF9D48", 22 * size)
    c.line([(x, base), (x, top + 20 * size), (x + side * 20 * size, top), (head, top)], "#D6CDC2", 9 * size)
    c.box(head - 26 * size, top - 5 * size, 52 * size, 15 * size, "#FAF8F5", 6 * size)
    c.disc(head, top + 13 * size, 15 * size, GOLD, 8 * size)


def _guard(c: Canvas, x: float, y: float, size: float) -> None:
    c.disc(x, y + 78 * size, 46 * size, "#00000030", 9 * size)
    c.box(x - 20 * size, y - 4 * size, 17 * size, 80 * size, "#2B3B33", 5 * size)
    c.box(x + 3 * size, y - 4 * size, 17 * size, 80 * size, "#2B3B33", 5 * size)
    c.box(x - 29 * size, y - 84 * size, 58 * size, 92 * size, "#55705A", 14 * size)
    c.line([(x - 26 * size, y - 68 * size), (x - 40 * size, y - 6 * size)], "#55705A", 15 * size)
    c.box(x - 30 * size, y - 52 * size, 18 * size, 22 * size, RED, 3 * size)
    c.disc(x, y - 106 * size, 22 * size, "#D9B08C")
    c.box(x - 26 * size, y - 130 * size, 52 * size, 20 * size, "#43594A", 9 * size)


def _hall(c: Canvas, chance: Random) -> None:
    sky(c, chance, 600)
    treeline(c, chance, 590, GREENS[2], 1.5)
    c.box(0, 596, WIDTH, HEIGHT, WARM[2])
    c.polygon([(430, 640), (770, 640), (1010, 900), (190, 900)], WARM[1])
    c.box(210, 330, 780, 300, "#F2DDA8")
    c.polygon([(176, 332), (600, 196), (1024, 332)], RED_SOFT)
    c.polygon([(270, 318), (600, 214), (930, 318)], "#F8EBCB")
    c.disc(600, 286, 22, GOLD)
    c.box(190, 324, 820, 24, "#DDBE7C")
    c.box(486, 430, 228, 200, "#7A5A40", 6)
    for x in (498, 606):
        c.box(x, 444, 96, 186, "#8F6C4E", 4)
        c.box(x + 14, 460, 68, 66, BLUES[2], 3)
    for x in (256, 372, 736, 852):
        c.box(x, 420, 92, 140, WARM[0], 4)
        c.box(x + 8, 428, 36, 124, BLUES[2])
        c.box(x + 48, 428, 36, 124, BLUES[3])
    for x in (222, 460, 716, 954):
        c.box(x, 348, 24, 282, "#FBF3DF")
        c.box(x - 6, 348, 36, 16, "#E9CF94")
    for step in range(4):
        c.box(180 - step * 18, 628 + step * 18, 840 + step * 36, 20, (WARM[0], WARM[3])[step % 2])
    for number, (x, base) in enumerate(((150, 700), (38, 800), (1050, 700), (1162, 800))):
        flag(c, x, base, 0.9 + 0.3 * (number % 2), chance)
    for x in (300, 900):
        planter(c, chance, x, 762)


def _flower_road(c: Canvas, chance: Random) -> None:
    horizon = 420.0
    sky(c, chance, horizon)
    treeline(c, chance, horizon, GREENS[1], 1.3)
    c.box(0, horizon, WIDTH, HEIGHT, GREENS[2])
    for left, base, size, roof in ((60, 500, 1.25, RED_SOFT), (330, 462, 0.8, "#9A7B5B"), (930, 500, 1.3, RED_SOFT)):
        house(c, left, base, size, roof, "#F5E6C4")
    palm(c, chance, 300, 500, 300, -24)
    palm(c, chance, 905, 505, 340, 34)
    for _each in range(60):
        x, y = chance.uniform(0, WIDTH), chance.uniform(530, 890)
        c.line([(x - 7, y - 13), (x, y), (x + 8, y - 15)], GREENS[3], 3)
    c.polygon([(575, horizon), (625, horizon), (960, 900), (240, 900)], "#D5CCC1")
    for step in range(1, 8):
        y, half = horizon + 480 * (step / 8) ** 1.9, 25 + 335 * (step / 8) ** 1.9
        c.line([(600 - half, y), (600 + half, y)], "#C2B7A9", 1 + step * 0.6)
    tones = chance.sample((RED, GOLD, "#D98A86", "#F2EDE4", GOLD_PALE, "#B8739A"), 4)
    for step in range(30):
        depth = (step / 29) ** 1.7
        y, size = horizon + 8 + depth * 480, 5 + depth * 30
        for side in (-1, 1):
            edge = 600 + side * (25 + depth * 345)
            for row in range(3):
                x = edge + side * (row + 0.4) * size * 1.9
                c.disc(x, y, size * 1.35, GREENS[3 + (step + row) % 3])
            _blossoms(c, chance, edge + side * size * 2.6, y - size * 0.4, size, tones)
    bicycle(c, 720, 762, 0.95)


def _blossoms(c: Canvas, chance: Random, x: float, y: float, size: float, tones: Sequence[str]) -> None:
    for _each in range(9):
        px, py = x + chance.uniform(-2.6, 2.6) * size, y + chance.uniform(-0.9, 0.9) * size
        tone, petal = chance.choice(tones), size * 0.24
        for turn in range(5):
            angle = turn * math.tau / 5
            c.disc(px + math.cos(angle) * petal, py + math.sin(angle) * petal, petal * 0.9, tone)
        c.disc(px, py, petal * 0.7, GOLD_DARK if tone != GOLD else RED_DARK)


def _workshop(c: Canvas, chance: Random) -> None:
    c.box(0, 0, WIDTH, HEIGHT, chance.choice((WARM[1], "#EFEBDD", "#E8EEF0")))
    for x, y, r, tone in ((230, 250, 150, WARM[3]), (430, 140, 84, GOLD), (1010, 220, 128, BLUES[1])):
        gear(c, x, y, r, tone, chance.uniform(0, 1))
    gear(c, 862, 92, 62, RED_SOFT, chance.uniform(0, 1))
    c.box(0, 690, WIDTH, 210, "#B08D68")
    c.box(0, 690, WIDTH, 16, "#9A7856")
    c.disc(610, 716, 220, "#00000018", 16)
    c.box(568, 610, 84, 92, WARM[4])
    c.box(496, 694, 228, 20, WARM[4], 8)
    c.box(330, 250, 560, 376, INK, 18)
    c.box(350, 270, 520, 322, WARM[0], 6)
    c.box(350, 270, 520, 44, BLUES[4], 6)
    for x in (372, 396, 420):
        c.disc(x, 292, 7, BLUES[1])
    heights = sorted(chance.uniform(50, 190) for _ in range(6))
    for number, height in enumerate(heights):
        c.box(392 + number * 62, 560 - height, 40, height, (BLUES[3], GREENS[2])[number % 2], 4)
    c.line([(412 + n * 62, 530 - h) for n, h in enumerate(heights)], RED, 6)
    for number, height in enumerate(heights):
        c.disc(412 + number * 62, 530 - height, 9, RED)
    for row in range(4):
        c.box(784, 350 + row * 52, 62, 14, WARM[3], 7)
    c.box(430, 744, 330, 66, WARM[2], 10)
    for row in range(3):
        for key in range(11):
            c.box(444 + key * 28, 752 + row * 18, 22, 13, "#FFFFFF", 3)
    c.disc(820, 780, 24, WARM[1], 32)
    planter(c, chance, 1010, 690)
    for number, tone in enumerate((RED, GREENS[4], GOLD, BLUES[4])):
        c.box(120 + number * 40, 520 + (number % 3) * 14, 34, 170 - (number % 3) * 14, tone, 4)
        c.box(128 + number * 40, 552 + (number % 3) * 14, 18, 8, WARM[0], 3)


_SCENES: dict[str, Sequence[Callable[[Canvas, Random], None]]] = {
    "KT": (_rice_field, _rice_field, _canal_hamlet),
    "VHXH": (_school, _canal_hamlet),
    "QPAN": (_patrol_road,),
    "HTCT": (_hall,),
    "NTM": (_flower_road,),
    "KHCN": (_workshop,),
}
_SUB_FIELD_SCENES: dict[str, Sequence[Callable[[Canvas, Random], None]]] = {
    "Giáo dục – đào tạo": (_school,),
    "Khuyến học": (_school,),
    "Giảm nghèo, an sinh xã hội": (_canal_hamlet,),
    "Từ thiện, nhân đạo": (_canal_hamlet,),
    "Gia đình văn hóa, ấp văn hóa": (_canal_hamlet,),
}
