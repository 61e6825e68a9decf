"""A canvas with smooth edges, the palette of ux.md (c), and the parts that the scenes of the demo share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1200, 900
SCALE = 2

WARM = ("#FAF8F5", "#F3EFE9", "#E5DED5", "#D6CDC2", "#B8AC9E")
RED, RED_DARK, RED_SOFT = "#B3161B", "#8F1116", "#C9564F"
GOLD, GOLD_PALE, GOLD_DARK = "#E0A526", "#F6DF9D", "#B98A2C"
INK, INK_SOFT = "#3B342F", "#5A524B"
GREENS = ("#C9D6BA", "#A5BC97", "#7FA07A", "#5C8465", "#43694F", "#31503D")
BLUES = ("#DCE6EA", "#BCD0DA", "#93B1C2", "#6A8FA8", "#48708C", "#2F4F66")
SKIES = (("#FBF1DC", "#F6E4C0", GOLD), ("#E4EDEF", "#D3E2E7", GOLD_PALE), ("#F9E7DA", "#F3D2BF", RED_SOFT))

Point = tuple[float, float]


class Canvas:
    """A drawing in picture units; drawn twice as large, then reduced, so that edges are smooth."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        """Fill an outline."""
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def box(self, x: float, y: float, w: float, h: float, fill: str, radius: float = 0) -> None:
        """Fill a rectangle, rounded by `radius`."""
        edges = [x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE]
        self.draw.rounded_rectangle(edges, radius * SCALE, fill=fill)

    def disc(self, x: float, y: float, r: float, fill: str, ry: float | None = None) -> None:
        """Fill a circle, or an ellipse when `ry` is given."""
        ry = r if ry is None else ry
        self.draw.ellipse([v * SCALE for v in (x - r, y - ry, x + r, y + ry)], fill=fill)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        """Draw an open line."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(scaled, fill=fill, width=max(1, round(width * SCALE)), joint="curve")

    def jpeg(self, mirrored: bool) -> bytes:
        """The picture at its real size, as JPEG."""
        image = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        if mirrored:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        out = BytesIO()
        image.save(out, "JPEG", quality=88, optimize=True)
        return out.getvalue()


def sky(c: Canvas, chance: Random, horizon: float) -> None:
    """Sky with sun and two clouds above the horizon."""
    high, low, sun = chance.choice(SKIES)
    c.box(0, 0, WIDTH, horizon, high)
    c.polygon(wave(chance, horizon * 0.62, 26), low)
    x, y = chance.uniform(700, 980), chance.uniform(130, 210)
    c.disc(x, y, 96, "#FFFFFF50")
    c.disc(x, y, 64, sun)
    for left in (40, 330):
        _cloud(c, left + chance.uniform(0, 130), chance.uniform(80, 210), chance.uniform(0.8, 1.25))


def _cloud(c: Canvas, x: float, y: float, size: float) -> None:
    for dx, r in ((0, 26), (34, 38), (78, 30), (112, 20)):
        c.disc(x + dx * size, y - r * 0.35 * size, r * size, "#FFFDF8")
    c.box(x - 24 * size, y - 8 * size, 158 * size, 30 * size, "#FFFDF8", 15 * size)


def wave(chance: Random, y: float, height: float) -> list[Point]:
    """Outline of a ground whose upper edge rolls softly around `y`."""
    shift, stretch = chance.uniform(0, 6), chance.uniform(190, 260)
    top = [(x, y - height * math.sin(x / stretch + shift)) for x in range(0, WIDTH + 20, 20)]
    return [(0, HEIGHT), *top, (WIDTH, HEIGHT)]


def treeline(c: Canvas, chance: Random, y: float, colour: str, size: float = 1.0) -> None:
    """A row of far trees standing on `y`."""
    x = -20.0
    while x < WIDTH + 40:
        r = chance.uniform(22, 46) * size
        c.disc(x, y - r * 0.25, r, colour)
        x += r * 1.1
    c.box(0, y - 8, WIDTH, 30, colour)


def palm(c: Canvas, chance: Random, x: float, base: float, height: float, lean: float) -> None:
    """A coconut palm; `lean` is how far its top stands aside."""
    bends = [(x + lean * t * t, base - height * t) for t in (i / 14 for i in range(15))]
    wide = height * 0.032
    left = [(px - wide * (1.25 - 0.6 * i / 14), py) for i, (px, py) in enumerate(bends)]
    right = [(px + wide * (1.25 - 0.6 * i / 14), py) for i, (px, py) in enumerate(bends)]
    c.polygon([*left, *reversed(right)], "#8C7A66")
    for (lx, ly), (rx, ry) in zip(left[2:-1:2], right[2:-1:2], strict=True):
        c.line([(lx, ly), (rx, ry - 2)], "#75644F", height * 0.006)
    top = bends[-1]
    for number, angle in enumerate((200, 165, 232, 138, 258, 340, 15, 308, 42, 282)):
        turn = math.radians(angle + chance.uniform(-7, 7))
        _frond(c, top, turn, height * chance.uniform(0.36, 0.43), GREENS[3 + number % 2])
    for dx, dy in ((-0.035, 0.02), (0.03, 0.03), (0.0, 0.055)):
        c.disc(top[0] + dx * height, top[1] + dy * height, height * 0.03, "#6E7F45")


def _frond(c: Canvas, root: Point, turn: float, length: float, colour: str) -> None:
    spine = []
    for i in range(13):
        t = i / 12
        x = root[0] + math.cos(turn) * length * t
        spine.append((x, root[1] + math.sin(turn) * length * t * 0.75 + length * 0.55 * t * t))
    for i, (x, y) in enumerate(spine[1:-1], 1):
        leaf = length * 0.24 * math.sin(math.pi * (i + 1.5) / 14)
        ahead = spine[i + 1]
        drift = (ahead[0] - x) * 1.3
        c.polygon([spine[i - 1], (x + drift, y + leaf), ahead], colour)
        c.polygon([spine[i - 1], (x + drift, y - leaf * 0.55), ahead], colour)
    c.line(spine, GREENS[5], max(1.5, length * 0.014))


def house(c: Canvas, x: float, base: float, size: float, roof: str, wall: str = WARM[0]) -> None:
    """A small house with a tiled roof, its floor on `base`."""
    w, h = 150 * size, 78 * size
    c.box(x, base - h, w, h, wall)
    c.polygon([(x - 18 * size, base - h), (x + w / 2, base - h - 62 * size), (x + w + 18 * size, base - h)], roof)
    c.box(x + 58 * size, base - 52 * size, 32 * size, 52 * size, "#8A6A4A")
    for dx in (16, 106):
        c.box(x + dx * size, base - 54 * size, 26 * size, 26 * size, BLUES[2])


def tree(c: Canvas, chance: Random, x: float, base: float, size: float, crown: Sequence[str]) -> None:
    """A broad tree with a crown in the given colours."""
    c.polygon([(x - 8 * size, base), (x - 5 * size, base - 110 * size), (x + 6 * size, base - 110 * size),
               (x + 10 * size, base)], "#7A6854")  # fmt: skip
    c.line([(x, base - 74 * size), (x + 44 * size, base - 128 * size)], "#7A6854", 7 * size)
    c.line([(x, base - 60 * size), (x - 46 * size, base - 122 * size)], "#7A6854", 7 * size)
    for number in range(26):
        angle, far = chance.uniform(0, math.tau), math.sqrt(chance.random())
        px, py = x + math.cos(angle) * 104 * far * size, base - 150 * size + math.sin(angle) * 46 * far * size
        c.disc(px, py, chance.uniform(20, 34) * size, crown[number % len(crown)], chance.uniform(15, 24) * size)


def farmer(c: Canvas, x: float, y: float, size: float, shirt: str) -> None:
    """A person in a conical hat holding a pole."""
    c.polygon([(x - 15 * size, y), (x - 19 * size, y - 62 * size), (x + 19 * size, y - 62 * size), (x + 15 * size, y)],
              shirt)  # fmt: skip
    c.box(x - 13 * size, y - 6 * size, 11 * size, 42 * size, INK, 3 * size)
    c.box(x + 2 * size, y - 6 * size, 11 * size, 42 * size, INK, 3 * size)
    c.line([(x + 15 * size, y - 54 * size), (x + 40 * size, y - 20 * size)], shirt, 10 * size)
    c.line([(x + 44 * size, y - 66 * size), (x + 38 * size, y + 34 * size)], "#8C7A66", 4 * size)
    c.disc(x, y - 74 * size, 14 * size, "#D9B08C")
    c.polygon([(x - 38 * size, y - 76 * size), (x, y - 112 * size), (x + 38 * size, y - 76 * size)], GOLD_PALE)
    c.polygon(
        [(x + 6 * size, y - 106 * size), (x + 38 * size, y - 76 * size), (x + 4 * size, y - 76 * size)], "#E3C67E"
    )


def flag(c: Canvas, x: float, base: float, size: float, chance: Random) -> None:
    """A plain red flag on a pole, its foot on `base`."""
    top, lift = base - 330 * size, chance.uniform(5, 12)
    c.line([(x, base), (x, top - 12)], WARM[4], 7 * size)
    c.disc(x, top - 14, 8 * size, GOLD)
    edge = [(x + 118 * size * t, top + lift * math.sin(t * 6)) for t in (i / 12 for i in range(13))]
    c.polygon([*edge, *((px, py + 80 * size) for px, py in reversed(edge))], RED)
    fold = [(px, py) for px, py in edge if px > x + 74 * size]
    c.polygon([*fold, *((px, py + 80 * size) for px, py in reversed(fold))], RED_DARK)


def planter(c: Canvas, chance: Random, x: float, y: float) -> None:
    """A pot of flowers, its rim on `y`."""
    for _each in range(22):
        c.disc(x + chance.uniform(-62, 62), y - chance.uniform(0, 62), chance.uniform(14, 24),
               chance.choice((GREENS[3], GREENS[4], GREENS[2])))  # fmt: skip
    for _each in range(16):
        c.disc(x + chance.uniform(-58, 58), y - chance.uniform(4, 74), 8, chance.choice((RED, GOLD, "#E7A79B")))
    c.polygon([(x - 76, y), (x + 76, y), (x + 58, y + 74), (x - 58, y + 74)], "#A9745A")
    c.box(x - 84, y - 6, 168, 20, "#BC8468", 6)


def gear(c: Canvas, x: float, y: float, r: float, tone: str, turn: float) -> None:
    """A gear wheel turned by `turn`."""
    teeth = 12
    for number in range(teeth):
        angle, half = turn + number * math.tau / teeth, 0.13
        points = [(r * 0.9, -half * 1.25), (r * 1.16, -half * 0.8), (r * 1.16, half * 0.8), (r * 0.9, half * 1.25)]
        c.polygon([(x + math.cos(angle + a) * d, y + math.sin(angle + a) * d) for d, a in points], tone)
    c.disc(x, y, r, tone)
    c.disc(x, y, r * 0.62, "#FFFFFF60")
    c.disc(x, y, r * 0.26, WARM[0])


def bicycle(c: Canvas, x: float, y: float, size: float) -> None:
    """A red bicycle with flowers in its basket, wheels around `y`."""
    for dx in (-62, 62):
        c.draw.ellipse([v * SCALE for v in (x + dx * size - 44 * size, y - 44 * size, x + dx * size + 44 * size,
                                             y + 44 * size)], outline=INK, width=round(6 * size * SCALE))  # fmt: skip
    frame = [(-62, 0), (-22, -62), (44, -62), (0, 4), (-62, 0)]
    c.line([(x + a * size, y + b * size) for a, b in frame], RED, 7 * size)
    c.line([(x + a * size, y + b * size) for a, b in ((0, 4), (-26, -78))], RED, 7 * size)
    c.line([(x + a * size, y + b * size) for a, b in ((62, 0), (40, -92), (66, -98))], RED, 7 * size)
    c.box(x - 46 * size, y - 88 * size, 44 * size, 12 * size, INK, 6 * size)
    c.box(x + 48 * size, y - 92 * size, 50 * size, 36 * size, "#B98A5E", 5 * size)
    for dx, tone in ((58, GOLD), (72, RED_SOFT), (86, GOLD_PALE)):
        c.disc(x + dx * size, y - 98 * size, 11 * size, tone)
