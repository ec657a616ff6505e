"""Where a page has something to see: quadrilaterals in seen points, a little too large rather than too small.

Not a renderer: text takes the room of its widest letters, and what only clips is not noticed. It is asked one question,
whether a stamp would cover something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhijian.codes.document.frame import IDENTITY, Frame, Leaf, Matrix, applied, inverse, times
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.tokens import tokens

Quad = tuple[tuple[float, float], ...]
Box = tuple[float, float, float, float]
MAX_FORMS = 200
"""Forms drawn on one page; more are not followed."""
MAX_MARKS = 200_000
MAX_CONTENT = 64_000_000
"""Bytes of content streams that are read of one document, unpacked: about half a minute's work."""
BACKDROP = 0.8
"""A picture over this share of the page is its background, as of a scan: everything lies on it."""


@dataclass(frozen=True, slots=True)
class Ink:
    marks: list[Quad]
    deficit: int
    """How many times more the page restores the graphics state than it has saved it, at the worst."""
    excess: int
    """How many more saves than restores at its end; negative for less."""
    read: int
    """Bytes of content."""


def ink(leaf: Leaf, frame: Frame, room: int = MAX_CONTENT) -> Ink:
    """Raises: DocumentRefused `too-complex`, also when more than `room` bytes of content would have to be read."""
    seen = inverse(frame.to_page)
    pen = _Pen(marks=[], room=room)
    _draw(content_of(leaf.page), leaf.get("/Resources"), seen, pen, 0)
    marks = [m for m in pen.marks if not _is_backdrop(m, frame)]
    for one in leaf.get("/Annots") or ():
        rect = one.get_object().get("/Rect")
        rect = rect.get_object() if rect is not None else ()
        if isinstance(rect, list) and len(rect) == 4:
            a, b, c, d = (float(v) for v in rect)
            marks.append(_quad(seen, (a, b, c, d)))
    return Ink(marks, -pen.lowest, pen.level, room - pen.room)


def content_of(page: Any) -> bytes:
    """The page's content streams as one (7.8.2: a token never reaches from one into the next). Of pypdf's objects."""
    found = page.get("/Contents")
    found = found.get_object() if found is not None else ()
    streams = [one.get_object() for one in found] if isinstance(found, list | tuple) else [found]
    return b"\n".join(one.get_data() for one in streams if hasattr(one, "get_data"))


def covers(box: Box, marks: Sequence[Quad]) -> bool:
    """Whether one of the marks reaches into the box (separating axes; both are convex)."""
    corners = _quad(IDENTITY, box)
    return any(_touch(corners, one) for one in marks)


@dataclass(slots=True)
class _Pen:
    marks: list[Quad]
    room: int
    forms: int = 0
    level: int = 0
    lowest: int = 0
    ctm: Matrix = IDENTITY
    saved: list[Matrix] = field(default_factory=list)
    path: list[tuple[float, float]] = field(default_factory=list)
    line: Matrix = IDENTITY
    text: Matrix = IDENTITY
    size: float = 1
    leading: float = 0

    def put(self, m: Matrix, box: Box) -> None:
        if len(self.marks) >= MAX_MARKS:
            raise _too_complex(len(self.marks))
        self.marks.append(_quad(m, box))


def _draw(content: bytes, resources: Any, ctm: Matrix, pen: _Pen, depth: int) -> None:
    pen.room -= len(content)
    if pen.room < 0:
        raise _too_complex(pen.room)
    outer = pen.ctm, pen.saved
    pen.ctm, pen.saved = ctm, []
    operands: list[Any] = []
    for kind, value in tokens(content):
        if kind == "o":
            _operator(value, operands, resources, pen, depth)
            operands = []
        elif kind == "n":
            operands.append(float(value))
        elif kind == "i":
            pen.put(pen.ctm, (0, 0, 1, 1))
        elif kind in "s/":
            operands.append(value)
    pen.ctm, pen.saved = outer


def _operator(op: bytes, args: list[Any], resources: Any, pen: _Pen, depth: int) -> None:
    if depth == 0 and op in (b"q", b"Q"):
        pen.level += 1 if op == b"q" else -1
        pen.lowest = min(pen.lowest, pen.level)
    try:
        if op == b"q":
            pen.saved.append(pen.ctm)
        elif op == b"Q":
            pen.ctm = pen.saved.pop() if pen.saved else pen.ctm
        elif op == b"cm":
            pen.ctm = times(_matrix(args), pen.ctm)
        elif op == b"Do":
            _do(args[-1], resources, pen, depth)
        elif op in _TEXT:
            _write(op, args, pen)
        elif op in _PATH:
            _trace(op, args, pen)
    except (IndexError, ValueError, TypeError, AttributeError, KeyError, ZeroDivisionError, OverflowError):
        return  # an operator without its operands draws nothing


def _do(name: bytes, resources: Any, pen: _Pen, depth: int) -> None:
    drawn = resources["/XObject"].get_object()["/" + name.decode("latin-1")].get_object()
    if drawn["/Subtype"] == "/Image":
        pen.put(pen.ctm, (0, 0, 1, 1))
    elif drawn["/Subtype"] == "/Form" and depth < 8 and pen.forms < MAX_FORMS:
        pen.forms += 1
        inside = times(_matrix([float(v) for v in drawn.get("/Matrix", IDENTITY)]), pen.ctm)
        own = drawn["/Resources"].get_object() if "/Resources" in drawn else resources
        _draw(drawn.get_data(), own, inside, pen, depth + 1)


_TEXT = {b"BT", b"Tf", b"TL", b"Td", b"TD", b"Tm", b"T*", b"Tj", b"TJ", b"'", b'"'}
_PATH = {b"m", b"l", b"c", b"v", b"y", b"re", b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"n"}


def _write(op: bytes, args: list[Any], pen: _Pen) -> None:
    if op == b"BT":
        pen.text = pen.line = IDENTITY
    elif op == b"Tf":
        pen.size = args[-1]
    elif op == b"TL":
        pen.leading = args[-1]
    elif op == b"Tm":
        pen.text = pen.line = _matrix(args)
    elif op in (b"Td", b"TD"):
        pen.leading = -args[1] if op == b"TD" else pen.leading
        pen.text = pen.line = times((1, 0, 0, 1, args[0], args[1]), pen.line)
    if op in (b"T*", b"'", b'"'):
        pen.text = pen.line = times((1, 0, 0, 1, 0, -pen.leading), pen.line)
    said = [a for a in args if isinstance(a, bytes)] if op in (b"Tj", b"TJ", b"'", b'"') else []
    if any(s.strip() for s in said):
        # Two-byte letters are a square each, one-byte letters about half of one.
        moved = -sum(a for a in args if isinstance(a, float)) / 1000 if op == b"TJ" else 0
        width = (sum(len(s) for s in said) * 0.55 + max(moved, 0)) * pen.size
        pen.put(times(pen.text, pen.ctm), (0, -0.25 * pen.size, width, 0.9 * pen.size))
        pen.text = times((1, 0, 0, 1, width, 0), pen.text)


def _trace(op: bytes, args: list[Any], pen: _Pen) -> None:
    if op == b"re":
        x, y, w, h = args[-4:]
        pen.path += [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
    elif op in (b"m", b"l", b"c", b"v", b"y"):
        pen.path += list(zip(args[::2], args[1::2], strict=True))
    else:
        if op in (b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*") and pen.path:
            xs, ys = zip(*pen.path, strict=True)
            pen.put(pen.ctm, (min(xs), min(ys), max(xs), max(ys)))
        elif op in (b"S", b"s"):  # the frame around a page fills nothing: its lines count, one by one
            for (x0, y0), (x1, y1) in zip(pen.path, pen.path[1:], strict=False):
                pen.put(pen.ctm, (min(x0, x1) - 0.5, min(y0, y1) - 0.5, max(x0, x1) + 0.5, max(y0, y1) + 0.5))
        pen.path = []


def _matrix(args: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(v) for v in args[-6:])
    return a, b, c, d, e, f


def _quad(m: Matrix, box: Box) -> Quad:
    x0, y0, x1, y1 = box
    return tuple(applied(m, x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def _is_backdrop(mark: Quad, frame: Frame) -> bool:
    xs, ys = [p[0] for p in mark], [p[1] for p in mark]
    width = min(max(xs), frame.width) - max(min(xs), 0)
    height = min(max(ys), frame.height) - max(min(ys), 0)
    return width > 0 and height > 0 and width * height > BACKDROP * frame.width * frame.height and _is_upright(mark)


def _is_upright(mark: Quad) -> bool:
    (ax, ay), (bx, by) = mark[0], mark[1]
    return abs(ax - bx) < 1 or abs(ay - by) < 1


def _touch(a: Quad, b: Quad) -> bool:
    for x, y in (*_axes(a), *_axes(b)):
        on_a, on_b = [p[0] * x + p[1] * y for p in a], [p[0] * x + p[1] * y for p in b]
        if max(on_a) <= min(on_b) or max(on_b) <= min(on_a):
            return False
    return True


def _axes(quad: Quad) -> Iterator[tuple[float, float]]:
    for (x0, y0), (x1, y1) in ((quad[0], quad[1]), (quad[1], quad[2])):
        if (x0, y0) != (x1, y1):
            yield y0 - y1, x1 - x0


def _too_complex(value: int) -> DocumentRefused:
    return DocumentRefused("too-complex", value, "页面图元过多，请将复杂图形转为图片后重新导出。",
                           "Its pages draw too many things; turn drawings into pictures and export again.")  # fmt: skip
