"""The demo's pictures, drawn with a few shapes each, so that nothing has to be shipped or fetched."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 800)
RED, NAVY, CREAM, GOLD, GRASS = (
    (200, 16, 46),
    (29, 31, 58),
    (247, 240, 225),
    (236, 178, 46),
    (46, 120, 74),
)
Colour = tuple[int, int, int]


def draw(name: str) -> bytes:
    """Return a picture as PNG bytes. Raises ``KeyError`` for a name that is not one of ``PICTURES``."""
    # Twice the size, then reduced: edges come out smooth.
    large = (SIZE[0] * 2, SIZE[1] * 2)
    drawn = PICTURES[name](large)
    picture = drawn.resize((drawn.width // 2, drawn.height // 2), Image.Resampling.LANCZOS)
    output = io.BytesIO()
    picture.save(output, "PNG")
    return output.getvalue()


def _sky(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        share = y / 255
        column.putpixel(
            (0, y), tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        )
    return column.resize(size, Image.Resampling.BICUBIC)


def _glow(picture: Image.Image, x: float, y: float, radius: float, colour: tuple[int, ...]) -> None:
    # A glow has no fine detail: it is blurred small and then enlarged.
    small = 8
    light = Image.new("L", (picture.width // small, picture.height // small), 0)
    reach = radius / small
    x, y = x / small, y / small
    ImageDraw.Draw(light).ellipse((x - reach, y - reach, x + reach, y + reach), fill=210)
    light = light.filter(ImageFilter.GaussianBlur(reach / 2.2)).resize(picture.size)
    picture.paste(Image.new("RGB", picture.size, colour), mask=light)


def _pitch(picture: Image.Image, horizon: float) -> None:
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    stripes = 9
    for number in range(stripes):
        tone = GRASS if number % 2 else (56, 138, 86)
        left, right = number / stripes, (number + 1) / stripes
        pen.polygon(
            [
                (width * (0.18 + 0.64 * left), horizon),
                (width * (0.18 + 0.64 * right), horizon),
                (width * (-0.35 + 1.7 * right), height),
                (width * (-0.35 + 1.7 * left), height),
            ],
            fill=tone,
        )
    line = round(width / 260)
    middle = (horizon + height) / 2
    pen.line((0, middle, width, middle), fill=CREAM, width=line)
    pen.ellipse(
        (width * 0.36, middle - height * 0.07, width * 0.64, middle + height * 0.07),
        outline=CREAM,
        width=line,
    )


def _crowd(
    picture: Image.Image, top: float, bottom: float, seed: int, colours: tuple[Colour, ...]
) -> None:
    random = Random(seed)  # noqa: S311 - a drawing.
    pen = ImageDraw.Draw(picture)
    width = picture.size[0]
    step = width / 110
    row = top
    while row < bottom:
        offset = random.uniform(0, step)
        x = -offset
        while x < width:
            tone = random.choice(colours)
            pen.ellipse((x, row, x + step * 0.74, row + step * 0.86), fill=tone)
            x += step
        row += step * 0.8


def stadium(size: tuple[int, int]) -> Image.Image:
    """A stadium at dusk under its lights."""
    width, height = size
    picture = _sky(size, (24, 24, 62), (224, 120, 92))
    pen = ImageDraw.Draw(picture)
    pen.polygon(
        [
            (0, height * 0.36),
            (width * 0.5, height * 0.30),
            (width, height * 0.36),
            (width, height * 0.62),
            (0, height * 0.62),
        ],
        fill=NAVY,
    )
    _crowd(
        picture,
        height * 0.38,
        height * 0.57,
        7,
        (RED, (160, 20, 44), CREAM, (70, 60, 96), (44, 40, 76)),
    )
    pen = ImageDraw.Draw(picture)
    pen.polygon(
        [
            (0, height * 0.27),
            (width * 0.5, height * 0.21),
            (width, height * 0.27),
            (width, height * 0.33),
            (width * 0.5, height * 0.27),
            (0, height * 0.33),
        ],
        fill=(16, 16, 36),
    )
    _pitch(picture, height * 0.58)
    for x in (0.14, 0.38, 0.62, 0.86):
        _glow(picture, width * x, height * 0.245, width * 0.055, (255, 244, 214))
    return picture


def derby(size: tuple[int, int]) -> Image.Image:
    """Two scarves held up, red against blue."""
    width, height = size
    picture = _sky(size, (120, 16, 38), NAVY)
    _crowd(
        picture,
        height * 0.62,
        height * 1.02,
        3,
        ((92, 20, 42), (40, 36, 76), (62, 26, 58), (28, 28, 60)),
    )
    pen = ImageDraw.Draw(picture)
    for side, colour, tilt in ((0.05, RED, -0.10), (0.53, (38, 84, 168), 0.10)):
        for band in range(9):
            left = width * (side + 0.047 * band)
            right = left + width * 0.047
            drop = tilt * height * (band - 4) / 4
            tone = colour if band % 2 == 0 else CREAM
            y = height * 0.34 + drop
            pen.polygon(
                [
                    (left, y),
                    (right, y + tilt * height / 4),
                    (right, y + height * 0.2 + tilt * height / 4),
                    (left, y + height * 0.2),
                ],
                fill=tone,
            )
    _glow(picture, width * 0.5, height * 0.12, width * 0.10, (255, 222, 160))
    return picture


def winter(size: tuple[int, int]) -> Image.Image:
    """Snow falling on the floodlit pitch."""
    width, height = size
    picture = _sky(size, (12, 18, 48), (64, 92, 146))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.42, width, height * 0.62), fill=(20, 24, 52))
    _crowd(picture, height * 0.44, height * 0.58, 11, (RED, CREAM, (60, 70, 116), (36, 40, 84)))
    _pitch(picture, height * 0.6)
    veil = Image.new("RGB", size, (236, 242, 250))
    picture.paste(
        veil,
        mask=_sky(size, (0, 0, 0), (150, 150, 150)).convert("L").point(lambda v: max(0, v - 60)),
    )
    for x in (0.2, 0.8):
        ImageDraw.Draw(picture).line(
            (width * x, height * 0.1, width * x, height * 0.5),
            fill=(10, 12, 30),
            width=width // 120,
        )
        _glow(picture, width * x, height * 0.12, width * 0.07, (255, 250, 230))
    random = Random(5)  # noqa: S311 - a drawing.
    pen = ImageDraw.Draw(picture)
    for _ in range(420):
        x, y, radius = random.uniform(0, width), random.uniform(0, height), random.uniform(2, 9)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 255, 255))
    return picture


def player(size: tuple[int, int]) -> Image.Image:
    """A player seen from the back, number 9, before the stand."""
    width, height = size
    picture = _sky(size, (44, 32, 74), (238, 150, 90))
    _crowd(
        picture,
        height * 0.1,
        height * 0.55,
        21,
        ((120, 40, 60), (90, 60, 100), (200, 150, 120), (60, 44, 84)),
    )
    picture = picture.filter(ImageFilter.GaussianBlur(width / 260))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, height * 0.8, width, height), fill=GRASS)
    middle = width * 0.5
    pen.ellipse(
        (middle - width * 0.055, height * 0.12, middle + width * 0.055, height * 0.3),
        fill=(94, 58, 40),
    )
    pen.rounded_rectangle(
        (middle - width * 0.03, height * 0.27, middle + width * 0.03, height * 0.34),
        width // 60,
        fill=(94, 58, 40),
    )
    pen.polygon(
        [
            (middle - width * 0.13, height * 0.33),
            (middle + width * 0.13, height * 0.33),
            (middle + width * 0.21, height * 0.54),
            (middle + width * 0.145, height * 0.58),
            (middle + width * 0.115, height * 0.47),
            (middle + width * 0.12, height * 0.78),
            (middle - width * 0.12, height * 0.78),
            (middle - width * 0.115, height * 0.47),
            (middle - width * 0.145, height * 0.58),
            (middle - width * 0.21, height * 0.54),
        ],
        fill=RED,
    )
    pen.rectangle(
        (middle - width * 0.12, height * 0.755, middle + width * 0.12, height * 0.9), fill=NAVY
    )
    stroke = width // 42
    pen.ellipse(
        (middle - width * 0.045, height * 0.45, middle + width * 0.045, height * 0.57),
        outline=CREAM,
        width=stroke,
    )
    pen.arc(
        (middle - width * 0.045, height * 0.46, middle + width * 0.045, height * 0.70),
        -20,
        110,
        fill=CREAM,
        width=stroke,
    )
    return picture


def landmark(size: tuple[int, int]) -> Image.Image:
    """A bridge of three arches over the river, below the mountains."""
    width, height = size
    picture = _sky(size, (104, 168, 220), (252, 226, 190))
    pen = ImageDraw.Draw(picture)
    pen.polygon(
        [
            (0, height * 0.5),
            (width * 0.2, height * 0.2),
            (width * 0.34, height * 0.4),
            (width * 0.55, height * 0.12),
            (width * 0.78, height * 0.42),
            (width, height * 0.24),
            (width, height * 0.62),
            (0, height * 0.62),
        ],
        fill=(110, 124, 160),
    )
    pen.polygon(
        [
            (width * 0.48, height * 0.21),
            (width * 0.55, height * 0.12),
            (width * 0.62, height * 0.21),
            (width * 0.56, height * 0.25),
        ],
        fill=(250, 250, 252),
    )
    pen.rectangle((0, height * 0.6, width, height), fill=(62, 122, 152))
    for number in range(26):
        y = height * (0.62 + 0.38 * (number / 26) ** 1.4)
        pen.line((0, y, width, y + math.sin(number) * 8), fill=(92, 152, 178), width=3)
    pen.rectangle((0, height * 0.46, width, height * 0.72), fill=(214, 188, 150))
    for x in (0.08, 0.385, 0.69):
        pen.ellipse(
            (width * x, height * 0.53, width * (x + 0.23), height * 0.95), fill=(62, 122, 152)
        )
    pen.rectangle((0, height * 0.44, width, height * 0.48), fill=(180, 150, 112))
    pen.rectangle((width * 0.46, height * 0.26, width * 0.54, height * 0.46), fill=(196, 166, 126))
    pen.polygon(
        [
            (width * 0.44, height * 0.27),
            (width * 0.5, height * 0.15),
            (width * 0.56, height * 0.27),
        ],
        fill=(150, 62, 50),
    )
    return picture


def _object(size: tuple[int, int], backdrop: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", size, backdrop)
    _glow(
        picture,
        size[0] / 2,
        size[1] / 2,
        size[1] * 0.42,
        tuple(min(255, value + 40) for value in backdrop),
    )
    return picture, ImageDraw.Draw(picture)


def shirt(size: tuple[int, int]) -> Image.Image:
    """The club's shirt."""
    width, height = size
    picture, pen = _object(size, CREAM)
    middle = width / 2
    body = [
        (-0.09, 0.16),
        (-0.17, 0.2),
        (-0.27, 0.38),
        (-0.2, 0.45),
        (-0.15, 0.38),
        (-0.15, 0.84),
        (0.15, 0.84),
        (0.15, 0.38),
        (0.2, 0.45),
        (0.27, 0.38),
        (0.17, 0.2),
        (0.09, 0.16),
    ]
    pen.polygon([(middle + x * width, y * height) for x, y in body], fill=RED)
    pen.polygon(
        [
            (middle + x * width, y * height)
            for x, y in ((-0.045, 0.165), (0.045, 0.165), (0.05, 0.84), (-0.05, 0.84))
        ],
        fill=NAVY,
    )
    pen.pieslice(
        (middle - width * 0.09, height * 0.07, middle + width * 0.09, height * 0.26),
        0,
        180,
        fill=CREAM,
    )
    pen.ellipse(
        (middle + width * 0.07, height * 0.3, middle + width * 0.12, height * 0.38), fill=GOLD
    )
    return picture


def ticket(size: tuple[int, int]) -> Image.Image:
    """Two tickets for the stand."""
    width, height = size
    picture, _ = _object(size, (226, 232, 244))
    for turn, colour in ((12, NAVY), (-6, RED)):
        card = Image.new("RGBA", size, (0, 0, 0, 0))
        pen = ImageDraw.Draw(card)
        pen.rounded_rectangle(
            (width * 0.24, height * 0.32, width * 0.76, height * 0.68), width // 50, fill=colour
        )
        for edge in (0.24, 0.76):
            pen.ellipse(
                (
                    width * edge - height * 0.04,
                    height * 0.46,
                    width * edge + height * 0.04,
                    height * 0.54,
                ),
                fill=(0, 0, 0, 0),
            )
        for dash in range(7):
            y = height * (0.345 + 0.047 * dash)
            pen.rectangle((width * 0.6, y, width * 0.604, y + height * 0.025), fill=CREAM)
        pen.rounded_rectangle(
            (width * 0.29, height * 0.39, width * 0.54, height * 0.44), 12, fill=CREAM
        )
        pen.rounded_rectangle(
            (width * 0.29, height * 0.49, width * 0.47, height * 0.52), 12, fill=GOLD
        )
        card = card.rotate(turn, Image.Resampling.BICUBIC)
        picture.paste(card, mask=card)
    return picture


def scarf(size: tuple[int, int]) -> Image.Image:
    """The club's scarf."""
    width, height = size
    picture, pen = _object(size, (250, 232, 226))
    for band in range(12):
        tone = RED if band % 2 else CREAM
        left = width * (0.14 + 0.06 * band)
        pen.rectangle(
            (
                left,
                height * 0.38 + math.sin(band / 2) * 26,
                left + width * 0.061,
                height * 0.6 + math.sin(band / 2) * 26,
            ),
            fill=tone,
        )
    for fringe in range(9):
        y = height * (0.385 + 0.025 * fringe)
        pen.line((width * 0.105, y, width * 0.14, y), fill=RED, width=width // 220)
        pen.line((width * 0.86, y - 20, width * 0.895, y - 20), fill=RED, width=width // 220)
    return picture


def drink(size: tuple[int, int]) -> Image.Image:
    """A steaming cup in the club's colours."""
    width, height = size
    picture, pen = _object(size, (232, 224, 214))
    middle = width / 2
    pen.polygon(
        [
            (middle - width * 0.12, height * 0.4),
            (middle + width * 0.12, height * 0.4),
            (middle + width * 0.085, height * 0.84),
            (middle - width * 0.085, height * 0.84),
        ],
        fill=RED,
    )
    pen.polygon(
        [
            (middle - width * 0.112, height * 0.5),
            (middle + width * 0.112, height * 0.5),
            (middle + width * 0.1, height * 0.65),
            (middle - width * 0.1, height * 0.65),
        ],
        fill=CREAM,
    )
    pen.rounded_rectangle(
        (middle - width * 0.13, height * 0.36, middle + width * 0.13, height * 0.42), 24, fill=NAVY
    )
    for x in (-0.05, 0.0, 0.05):
        points = [
            (middle + width * (x + 0.012 * math.sin(step / 2.2)), height * (0.33 - 0.012 * step))
            for step in range(17)
        ]
        pen.line(points, fill=(255, 255, 255), width=width // 120, joint="curve")
    return picture


def logo(size: tuple[int, int]) -> Image.Image:
    """The club's crest."""
    side = min(size)
    picture = Image.new("RGB", (side, side), NAVY)
    pen = ImageDraw.Draw(picture)
    pen.polygon(
        [
            (side * 0.2, side * 0.14),
            (side * 0.8, side * 0.14),
            (side * 0.8, side * 0.55),
            (side * 0.5, side * 0.9),
            (side * 0.2, side * 0.55),
        ],
        fill=CREAM,
    )
    pen.polygon(
        [
            (side * 0.25, side * 0.19),
            (side * 0.75, side * 0.19),
            (side * 0.75, side * 0.53),
            (side * 0.5, side * 0.82),
            (side * 0.25, side * 0.53),
        ],
        fill=RED,
    )
    pen.polygon(
        [
            (side * 0.28, side * 0.56),
            (side * 0.43, side * 0.32),
            (side * 0.52, side * 0.45),
            (side * 0.6, side * 0.35),
            (side * 0.72, side * 0.56),
            (side * 0.5, side * 0.8),
        ],
        fill=CREAM,
    )
    return picture


PICTURES: dict[str, Callable[[tuple[int, int]], Image.Image]] = {
    "stadium": stadium,
    "derby": derby,
    "winter": winter,
    "player": player,
    "landmark": landmark,
    "shirt": shirt,
    "ticket": ticket,
    "scarf": scarf,
    "drink": drink,
    "logo": logo,
}
