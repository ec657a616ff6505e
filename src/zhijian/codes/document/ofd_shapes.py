"""What is drawn on an OFD's page, as elements: text in one of our faces, and paths (GB/T 33190, 9 and 11). Millimetres, from the upper left."""

from collections.abc import Iterator, Sequence
from typing import Any

from zhijian.codes.document.fonts import Subset
from zhijian.codes.document.ofd_xml import element

PT = 25.4 / 72
"""Millimetres in a point."""


def number(value: float) -> str:
    """To a thousandth of a millimetre, without an exponent."""
    said = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if said == "-0" else said


def numbers(*values: float) -> str:
    return " ".join(map(number, values))


def text(
    words: str, face: Subset, font: int, size: float, x: float, base: float, id_: int, *, grey: int = 0,
    turned: tuple[float, float, float, float] | None = None,
) -> Any:  # fmt: skip
    """One line whose base line begins at (x, base); `size` in millimetres. Every letter has its place, so that no reader
    needs the face's own widths. `turned` is the matrix a b c d about that point."""
    widths = [face.width(letter, size) for letter in words]
    up, down = size * face.ascent / 1000, -size * face.descent / 1000
    delta = {"DeltaX": numbers(*widths[:-1])} if len(words) > 1 else {}
    code = element("TextCode", words, X="0", Y=number(up), **delta)
    colour = element("FillColor", None, Value=f"{grey} {grey} {grey}")
    wide = sum(widths)
    how = {"ID": str(id_), "Font": str(font), "Size": number(size)}
    if turned is None:
        return element("TextObject", None, colour, code, Boundary=numbers(x, base - up, wide, up + down), **how)
    a, b, c, d = turned
    side = wide + up + down
    # The boundary clips: large enough for the line in whatever direction it runs.
    code.set("Y", "0")
    matrix = numbers(a, b, c, d, side, side)
    return element(
        "TextObject", None, colour, code, Boundary=numbers(x - side, base - side, 2 * side, 2 * side), CTM=matrix, **how
    )


def rectangle(box: Sequence[float], id_: int, *, fill: str | None = None, line: float = 0) -> Any:
    """`box` is left, top, width, height; `fill` three numbers, `line` the width of its edge."""
    left, top, width, height = box
    data = f"M 0 0 L {number(width)} 0 L {numbers(width, height)} L 0 {number(height)} C"
    colours = [element("StrokeColor", None, Value="0 0 0")] if line else []
    colours += [element("FillColor", None, Value=fill)] if fill else []
    how = {"Stroke": _said(bool(line)), "Fill": _said(bool(fill)), "LineWidth": number(line or 0.353)}
    return element("PathObject", None, *colours, element("AbbreviatedData", data), ID=str(id_),
                   Boundary=numbers(left, top, width, height), **how)  # fmt: skip


def line(x1: float, y1: float, x2: float, y2: float, width: float, id_: int) -> Any:
    left, top = min(x1, x2) - width / 2, min(y1, y2) - width / 2
    data = f"M {numbers(x1 - left, y1 - top)} L {numbers(x2 - left, y2 - top)}"
    boundary = numbers(left, top, abs(x2 - x1) + width, abs(y2 - y1) + width)
    return element("PathObject", None, element("StrokeColor", None, Value="0 0 0"), element("AbbreviatedData", data),
                   ID=str(id_), Boundary=boundary, LineWidth=number(width))  # fmt: skip


def symbol(rows: list[bytes], left: float, top: float, module: float, id_: int) -> Any:
    """A QR symbol, without its quiet zone, as one path: a rectangle for each run of dark modules."""
    side = len(rows) * module
    data = " ".join(
        f"M {numbers(x * module, y * module)} L {numbers(end * module, y * module)} "
        f"L {numbers(end * module, (y + 1) * module)} L {numbers(x * module, (y + 1) * module)} C"
        for y, row in enumerate(rows) for x, end in _runs(row)
    )  # fmt: skip
    return element("PathObject", None, element("FillColor", None, Value="0 0 0"), element("AbbreviatedData", data),
                   ID=str(id_), Boundary=numbers(left, top, side, side), Stroke="false", Fill="true")  # fmt: skip


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    x = 0
    while (x := row.find(1, x)) >= 0:
        end = row.find(0, x)
        end = len(row) if end < 0 else end
        yield x, end
        x = end


def _said(fact: bool) -> str:
    return "true" if fact else "false"
