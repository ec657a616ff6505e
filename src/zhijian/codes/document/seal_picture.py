"""The picture in an electronic seal: ring, star, name along the ring and purpose, red on nothing, as PNG.

The same figure that `picture` draws on a PDF, in the form that every reader of seals shows.
"""

import io
from math import cos, degrees, pi, sin

from PIL import Image, ImageDraw, ImageFont

from zhijian.codes.document.fonts import BOLD, font_file
from zhijian.codes.document.picture import ARC, PURPOSE
from zhijian.codes.document.refused import DocumentRefused, excerpt

SIDE = 600
"""Pixels of 38 mm: 400 to the inch."""
MAX_BYTES, MAX_SIDE = 1_000_000, 4_000
_RED = (214, 26, 31, 255)
_FINER = 2


def seal_png(institution: str) -> bytes:
    """The same name gives the same bytes. Raises: DocumentRefused `fonts-missing`."""
    side = SIDE * _FINER
    middle = side / 2
    image = Image.new("RGBA", (side, side), (*_RED[:3], 0))
    pen = ImageDraw.Draw(image)
    line = side // 48
    pen.ellipse((line, line, side - line, side - line), outline=_RED, width=line)
    spikes = [((0.30 if n % 2 == 0 else 0.1146) * middle, pi / 2 + n * pi / 5) for n in range(10)]
    pen.polygon([(middle + r * cos(a), middle - r * sin(a)) for r, a in spikes], fill=_RED)
    gaps = max(len(institution) - 1, 1)
    turn = min(ARC / gaps, 0.38)
    size = min(0.25 * middle, turn * 0.66 * middle)
    start = pi / 2 + turn * (len(institution) - 1) / 2
    for n, letter in enumerate(institution):
        _letter(image, letter, start - n * turn, 0.70 * middle + 0.36 * size, size)
    small = ImageFont.truetype(str(font_file(BOLD)), round(0.155 * middle))
    pen.text((middle, middle * 1.56), PURPOSE, font=small, fill=_RED, anchor="ms")
    out = io.BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True, dpi=(400, 400))
    return out.getvalue()


def check_png(raw: bytes) -> bytes:
    """`raw`, when it is a PNG that any reader can show. Raises: DocumentRefused `seal-picture`."""
    try:
        if not raw.startswith(b"\x89PNG\r\n\x1a\n") or len(raw) > MAX_BYTES:
            raise ValueError(f"{len(raw)} bytes, {raw[:8].hex()}")
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
            if max(image.size) > MAX_SIDE:
                raise ValueError(f"{image.size[0]}×{image.size[1]}")
            image.load()
    except Exception as why:  # Pillow raises many kinds on a broken picture; all of them mean the same
        raise DocumentRefused("seal-picture", excerpt(why), f"印章图案须为 PNG，不超过 {MAX_BYTES // 1_000_000} MB、每边不超过 {MAX_SIDE} 像素。",
                              f"The seal's picture must be a PNG of at most {MAX_BYTES // 1_000_000} MB and {MAX_SIDE} pixels a side.") from None  # fmt: skip
    return raw


def _letter(image: Image.Image, letter: str, angle: float, radius: float, size: float) -> None:
    """Upright on the ring, its middle at `radius`: its foot points to the centre."""
    room = round(size * 2)
    tile = Image.new("RGBA", (room, room), (*_RED[:3], 0))
    face = ImageFont.truetype(str(font_file(BOLD)), round(size))
    ImageDraw.Draw(tile).text((room / 2, room / 2), letter, font=face, fill=_RED, anchor="mm")
    turned = tile.rotate(degrees(angle - pi / 2), Image.Resampling.BICUBIC)
    x, y = image.width / 2 + radius * cos(angle), image.height / 2 - radius * sin(angle)
    image.alpha_composite(turned, (round(x - room / 2), round(y - room / 2)))
