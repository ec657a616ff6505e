"""Where on a page a stamp finds room: a corner, else along the margin, else anywhere, and never on top of something."""

from collections.abc import Iterator, Sequence
from typing import Literal, get_args

from zhijian.codes.document.frame import MM, Frame
from zhijian.codes.document.ink import Box, Quad, covers
from zhijian.codes.document.refused import DocumentRefused

Corner = Literal["top-right", "bottom-right", "top-left", "bottom-left"]
EDGE = 6 * MM
"""Printers leave up to 5 mm white."""
FOOT = 10 * MM
"""Room below for the footer and for the page number that most reports have there."""
STEP = 4 * MM


def corner_box(corner: Corner, frame: Frame, width: float, height: float) -> Box:
    left = EDGE if corner.endswith("left") else frame.width - EDGE - width
    bottom = FOOT if corner.startswith("bottom") else frame.height - EDGE - height
    return left, bottom, left + width, bottom + height


def free_box(frame: Frame, marks: Sequence[Quad], width: float, height: float) -> Box:
    """Raises: DocumentRefused `no-room`: a stamp that hides a result would be worse than none."""
    if width + 2 * EDGE <= frame.width and height + EDGE + FOOT <= frame.height:
        for box in _tried(frame, width, height):
            if not covers(box, marks):
                return box
    raise DocumentRefused(
        "no-room", f"{width / MM:.0f}×{height / MM:.0f} mm",
        f"首页没有 {width / MM:.0f}×{height / MM:.0f} 毫米的空白放置二维码：请在首页留出空白，或指定位置（如 top-right）。",
        f"The first page has no room of {width / MM:.0f}×{height / MM:.0f} mm for the code: leave some, or name a corner such as top-right.",
    )  # fmt: skip


def check_corner(corner: str) -> Corner:
    """Raises: DocumentRefused `place-unknown`."""
    corners: tuple[Corner, ...] = get_args(Corner)
    for known in corners:
        if corner == known:
            return known
    raise DocumentRefused(
        "place-unknown", corner, f"位置只能是 {'、'.join(corners)}。", f"The place must be one of {', '.join(corners)}."
    )


def _tried(frame: Frame, width: float, height: float) -> Iterator[Box]:
    for corner in get_args(Corner):
        yield corner_box(corner, frame, width, height)
    xs = _steps(EDGE, frame.width - EDGE - width)
    ys = _steps(FOOT, frame.height - EDGE - height)
    margin = [(x, y) for y in (ys[-1], ys[0]) for x in reversed(xs)] + [
        (x, y) for x in (xs[-1], xs[0]) for y in reversed(ys)
    ]
    inside = [(x, y) for y in reversed(ys) for x in reversed(xs)]
    for x, y in margin + inside:
        yield x, y, x + width, y + height


def _steps(first: float, last: float) -> list[float]:
    count = max(1, int((last - first) // STEP))
    return [first + n * (last - first) / count for n in range(count + 1)]
