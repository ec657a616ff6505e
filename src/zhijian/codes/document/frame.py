"""A page as a reader sees it: cropped, turned and in points, whatever the file says about boxes and rotation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhijian.codes.document.refused import DocumentRefused

MM = 72 / 25.4
"""Points in a millimetre."""
MAX_PAGES = 2_000
INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def times(first: Matrix, then: Matrix) -> Matrix:
    """Apply `first`, and `then` the other (ISO 32000-2, 8.3.4)."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def inverse(m: Matrix) -> Matrix:
    a, b, c, d, e, f = m
    det = a * d - b * c
    return (d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det)


def applied(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


@dataclass(frozen=True, slots=True)
class Frame:
    width: float
    height: float
    """Points, as seen."""
    to_page: Matrix
    """From seen points, origin at the seen lower left, to the page's user space."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the tree, with what it inherits. Of pypdf or of pyHanko, whose objects answer alike here."""

    ref: Any
    page: Any
    inherited: Mapping[str, Any]

    def get(self, key: str) -> Any:
        """The page's own or inherited value, dereferenced; None where there is none."""
        found = self.page.get(key, None)
        found = found.get_object() if found is not None else None
        return self.inherited.get(key) if is_null(found) else found


def is_null(found: Any) -> bool:
    """None, or the null object of either library: an entry that is null is absent (7.3.9)."""
    return found is None or type(found).__name__ == "NullObject"


def leaves(root: Any) -> list[Leaf]:
    """The pages in order.

    Raises: DocumentRefused `no-pages`, `too-many-pages`, `broken` for a tree that is no tree.
    """
    try:
        found = list(_walk(root["/Pages"].get_object(), root.raw_get("/Pages"), {}, set(), 0))
    except (KeyError, TypeError, AttributeError, RecursionError) as why:
        raise _broken(type(why).__name__) from None
    if not found:
        raise DocumentRefused(
            "no-pages", 0, "文件没有页面，请重新导出。", "The document has no pages; export it again."
        )
    return found


def _walk(node: Any, ref: Any, inherited: dict[str, Any], seen: set[int], count: int) -> Iterator[Leaf]:
    number = getattr(ref, "idnum", None)
    if number is None or number in seen or len(seen) > 4 * MAX_PAGES:
        raise _broken("page tree")
    seen.add(number)
    if "/Kids" not in node:
        yield Leaf(ref, node, inherited)
        return
    below = inherited | {k: node[k].get_object() for k in INHERITED if k in node}
    for kid in node["/Kids"].get_object():
        for leaf in _walk(kid.get_object(), kid, below, seen, count):
            count += 1
            if count > MAX_PAGES:
                raise DocumentRefused("too-many-pages", count, f"文件超过 {MAX_PAGES} 页，请分册。",
                                      f"The document has more than {MAX_PAGES} pages; divide it.")  # fmt: skip
            yield leaf


def frame(leaf: Leaf) -> Frame:
    """Raises: DocumentRefused `broken` for a page without a size."""
    try:
        media = _box(leaf.get("/MediaBox"))
        crop = _box(leaf.get("/CropBox") or leaf.get("/MediaBox"))
        x0, y0, x1, y1 = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
        if x1 <= x0 or y1 <= y0:
            x0, y0, x1, y1 = media
        turn = int(leaf.get("/Rotate") or 0) % 360
        unit = float(leaf.page.get("/UserUnit", 1) or 1)
    except (TypeError, ValueError, AttributeError, OverflowError) as why:
        raise _broken(type(why).__name__) from None
    width, height = (x1 - x0) * unit, (y1 - y0) * unit
    if turn % 90 or not 0 < unit <= 1000 or not (1 <= width <= 100_000 and 1 <= height <= 100_000):
        raise _broken(f"{width}×{height} turned {turn}")
    s = 1 / unit
    matrix: dict[int, Matrix] = {
        0: (s, 0, 0, s, x0, y0), 90: (0, s, -s, 0, x1, y0), 180: (-s, 0, 0, -s, x1, y1), 270: (0, -s, s, 0, x0, y1),
    }  # fmt: skip
    return Frame(*((width, height) if turn % 180 == 0 else (height, width)), matrix[turn])


def _box(array: Any) -> tuple[float, float, float, float]:
    a, b, c, d = (float(n.get_object() if hasattr(n, "get_object") else n) for n in array)
    return min(a, c), min(b, d), max(a, c), max(b, d)


def _broken(value: object) -> DocumentRefused:
    return DocumentRefused("broken", value, "文件的页面结构已损坏，请用原软件重新导出 PDF。",
                           "The document's pages are broken; export it again from where it was written.")  # fmt: skip
