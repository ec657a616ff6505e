"""The stamp as content stream operators, in seen points: a block with the symbol and its words, and a line of footer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhijian.codes.document.fonts import Subset
from zhijian.codes.document.frame import MM, Frame, Matrix
from zhijian.codes.document.ink import Box
from zhijian.codes.document.place import EDGE
from zhijian.codes.qr import QUIET_ZONE

MODULE = 0.42 * MM
"""GB/T 18284 prints need no less than 0.4 mm for a phone at arm's length; a little more survives a printer's scaling."""
FACE, BOLD_FACE = "ZjR", "ZjB"
SMALLEST = 4.6
FOOTER_SIZE = 7.0
_PAD = 1.2 * MM
_LEAD = 1.32


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Faces:
    regular: Subset
    bold: Subset

    def of(self, line: Line) -> Subset:
        return self.bold if line.is_bold else self.regular


@dataclass(frozen=True, slots=True)
class Block:
    """A measured block: the symbol above its lines."""

    symbol: list[bytes]
    lines: tuple[Line, ...]
    width: float
    height: float


def block(symbol: list[bytes], lines: list[Line], faces: Faces) -> Block:
    """Lines that are too long are set smaller, and below `SMALLEST` broken in two."""
    side = (len(symbol) + 2 * QUIET_ZONE) * MODULE
    width = side + 2 * _PAD
    fitted = tuple(one for line in lines if line.text for one in _fit(line, width - 2 * _PAD, faces))
    height = side + sum(line.size * _LEAD for line in fitted) + 2 * _PAD
    return Block(symbol, fitted, width, height)


def _fit(line: Line, room: float, faces: Faces) -> list[Line]:
    size = min(line.size, room / faces.of(line).width(line.text, 1))
    if size >= SMALLEST or len(line.text) < 2:
        return [Line(line.text, size, line.is_bold)]
    middle = len(line.text) // 2
    return [
        one
        for half in (line.text[:middle], line.text[middle:])
        for one in _fit(Line(half, line.size, line.is_bold), room, faces)
    ]


def draw_block(made: Block, box: Box, frame: Frame, faces: Faces) -> bytes:
    """White ground, hairline, symbol of runs of dark modules, centred lines."""
    left, bottom, right, top = box
    x, y = symbol_at(box)
    parts = [
        b"1 g %s re f" % numbers(left, bottom, right - left, top - bottom),
        b"0.6 G 0.4 w %s re S" % numbers(left, bottom, right - left, top - bottom),
        b"0 g q %s cm" % numbers(MODULE, 0, 0, -MODULE, x, y),
        b"%s f Q" % b" ".join(_runs(made.symbol)),
    ]
    parts += [words(line, faces.of(line), x, base) for line, x, base in placed(made, box, faces)]
    return artifact(parts, frame.to_page)


def symbol_at(box: Box) -> tuple[float, float]:
    """Upper left corner of the symbol's modules in a block."""
    return box[0] + _PAD + QUIET_ZONE * MODULE, box[3] - _PAD - QUIET_ZONE * MODULE


def placed(made: Block, box: Box, faces: Faces) -> Iterator[tuple[Line, float, float]]:
    """Each line of a block with the point at which its base line begins: centred below the symbol."""
    left, _, right, top = box
    at = top - _PAD - (len(made.symbol) + 2 * QUIET_ZONE) * MODULE
    for line in made.lines:
        at -= line.size * _LEAD
        yield line, left + (right - left - faces.of(line).width(line.text, line.size)) / 2, at + 0.3 * line.size


def footer_at(seen: Frame, width: float, size: float, is_taken: Callable[[Box], bool]) -> tuple[float, float]:
    """The first free place of six. Where none is free, below in the middle: it hides nothing, it has no ground."""
    middle, right = (seen.width - width) / 2, seen.width - EDGE - width
    below, above = 5 * MM, seen.height - 5 * MM - size
    tried = [(middle, below), (EDGE, below), (right, below), (middle, above), (EDGE, above), (right, above)]
    return next((p for p in tried if not is_taken((p[0], p[1] - 1, p[0] + width, p[1] + size))), tried[0])


def words(line: Line, face: Subset, x: float, y: float) -> bytes:
    """Black text whose base line begins at (x, y)."""
    name = (BOLD_FACE if line.is_bold else FACE).encode()
    return b"0 g BT /%s %s Tf %s Td %s Tj ET" % (name, numbers(line.size), numbers(x, y), face.hex(line.text))


def artifact(parts: list[bytes], to_page: Matrix) -> bytes:
    """Marked so that readers aloud and tag checkers pass over it (ISO 32000-2, 14.8.2.2)."""
    inside = b"\n".join(parts)
    return b"/Artifact <</Type /Pagination>> BDC q %s cm\n%s\nQ EMC\n" % (numbers(*to_page), inside)


def _runs(symbol: list[bytes]) -> list[bytes]:
    found = []
    for y, row in enumerate(symbol):
        x = 0
        while (x := row.find(1, x)) >= 0:
            end = row.find(0, x)
            end = len(row) if end < 0 else end
            found.append(b"%d %d %d 1 re" % (x, y, end - x))
            x = end
    return found


def numbers(*values: float) -> bytes:
    """Operands to a ten-thousandth, without an exponent."""
    return b" ".join(f"{v + 0.0:.4f}".rstrip("0").rstrip(".").replace("-0", "0").encode() if abs(v) < 5e-5 else
                     f"{v:.4f}".rstrip("0").rstrip(".").encode() for v in values)  # fmt: skip
