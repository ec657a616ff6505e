"""A whole OFD from what a sheet draws (GB/T 33190-2016): one document, its faces inside, text that can be searched."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from zhijian.codes.document import ofd_shapes
from zhijian.codes.document.fonts import BOLD, REGULAR, Subset, cut
from zhijian.codes.document.ofd_body import ENTRY
from zhijian.codes.document.ofd_fonts import faces_listed
from zhijian.codes.document.ofd_shapes import PT, number
from zhijian.codes.document.ofd_sheet import Drawn, Filled, Ruled, Said
from zhijian.codes.document.ofd_xml import element, written
from zhijian.codes.document.ofd_zip import zipped
from zhijian.kit.signing import sm3

WIDTH_MM, HEIGHT_MM = 210.0, 297.0
_UP = 841.89 * PT
"""Height of the sheet that was set, A4 in points."""


def ofd_of(pages: Sequence[Sequence[Drawn]], title: str, author: str, on: str) -> bytes:
    """The same input gives the same bytes. `on` is a day, YYYY-MM-DD. Raises: DocumentRefused `fonts-missing`."""
    ids = count(1)
    letters = {name: frozenset(_letters(pages, name)) for name in (REGULAR, BOLD)}
    faces = {name: cut(name, found) for name, found in letters.items() if found}
    files: dict[str, bytes] = {}
    fonts, listed = faces_listed(list(faces.values()), "Doc_0/Res", files, ids)
    files["Doc_0/PublicRes.xml"] = written(listed)
    numbered = dict(zip(faces, fonts, strict=True))
    entries = []
    for n, drawn in enumerate(pages):
        path = f"Pages/Page_{n}/Content.xml"
        entries.append(element("Page", None, ID=str(next(ids)), BaseLoc=path))
        shapes = [_shape(one, faces, numbered, ids) for one in drawn]
        layer = element("Layer", None, *shapes, ID=str(next(ids)), Type="Body")
        files[f"Doc_0/{path}"] = written(element("Page", None, element("Content", None, layer)))
    area = element("PageArea", None, element("PhysicalBox", f"0 0 {number(WIDTH_MM)} {number(HEIGHT_MM)}"))
    common = element(
        "CommonData", None, element("MaxUnitID", str(next(ids))), area, element("PublicRes", "PublicRes.xml")
    )
    files["Doc_0/Document.xml"] = written(element("Document", None, common, element("Pages", None, *entries)))
    named = sm3(b"".join(name.encode() + data for name, data in files.items()))[:16].hex()
    information = element("DocInfo", None, element("DocID", named), element("Title", title), element("Author", author),
                          element("CreationDate", on), element("Creator", "zhijian"))  # fmt: skip
    body = element("DocBody", None, information, element("DocRoot", "Doc_0/Document.xml"))
    return zipped({ENTRY: written(element("OFD", None, body, Version="1.0", DocType="OFD")), **files})


def _letters(pages: Sequence[Sequence[Drawn]], face: str) -> Iterator[str]:
    for drawn in pages:
        for one in drawn:
            if isinstance(one, Said) and one.face == face:
                yield from one.words


def _shape(one: Drawn, faces: dict[str, Subset], fonts: dict[str, int], ids: Iterator[int]) -> Any:
    match one:
        case Said():
            a, b, c, d, x, y = one.matrix
            turned = None if (a, b, c, d) == (1, 0, 0, 1) else (a, -b, -c, d)
            return ofd_shapes.text(one.words, faces[one.face], fonts[one.face], one.size * PT, x * PT, _UP - y * PT, next(ids),
                                   grey=one.grey, turned=turned)  # fmt: skip
        case Ruled():
            return ofd_shapes.line(
                one.x1 * PT, _UP - one.y1 * PT, one.x2 * PT, _UP - one.y2 * PT, one.width * PT, next(ids)
            )
        case Filled():
            bottom, height = one.bottom + min(0, one.height), abs(one.height)
            left, width = one.left + min(0, one.width), abs(one.width)
            box = (left * PT, _UP - (bottom + height) * PT, width * PT, height * PT)
            return ofd_shapes.rectangle(box, next(ids), fill=f"{one.grey} {one.grey} {one.grey}")
