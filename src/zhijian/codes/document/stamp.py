"""The stamp: code, verifier and QR on the first page, a footer on every page, added behind the original's own bytes.

The QR holds the credential, the credential holds the digest of the original file: so the original stays what it was, byte
for byte, and the stamp is one incremental update behind it (ISO 32000-2, 7.5.6). Whoever cuts the file at
`original length` has the registered file again.
"""

from dataclasses import dataclass
from typing import Any

from zhijian.codes import qr
from zhijian.codes.code import grouped
from zhijian.codes.document import drawing
from zhijian.codes.document.drawing import FOOTER_SIZE, Faces, Line, artifact, words
from zhijian.codes.document.embedding import embed
from zhijian.codes.document.fonts import BOLD, REGULAR, cut
from zhijian.codes.document.frame import Frame, Leaf, applied, frame, leaves
from zhijian.codes.document.ink import MAX_CONTENT, Box, Ink, covers, ink
from zhijian.codes.document.objects import (
    array,
    copied,
    dictionary,
    is_array,
    name,
    number,
    put,
    real,
    references,
    stream,
    text,
    value,
)
from zhijian.codes.document.place import EDGE, check_corner, corner_box, free_box
from zhijian.codes.document.reading import PIECE, Revision, broken_is_refused, read_pdf, revise
from zhijian.codes.document.touched import refuse_touched
from zhijian.codes.model import Code


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is stamped. Everything but `label` is printed as it stands."""

    code: Code
    verifier: str
    qr: str
    """Text of the whole symbol, credential and all."""
    url: str
    """Text of the small symbol: what a click on the stamp opens."""
    host: str
    """Where a person types the code."""
    institution: str
    label: str = ""
    """Says so when it is a demonstration."""


def stamp(pdf: bytes, what: Stamp, place: str | None = None) -> bytes:
    """`pdf` with an update behind it. The same input gives the same bytes.

    `place` names a corner, whatever lies there; None looks for room that is free.
    Raises: DocumentRefused, see `reading`, `frame` and `place`, and `signed`, `stamped`, `xfa`. QrTooDense.
    """
    reader, writer = read_pdf(pdf), revise(pdf)
    with broken_is_refused():
        refuse_touched(writer)
        read, written = leaves(reader.root_object), leaves(writer.root)
        if len(read) != len(written):
            raise ValueError("two readers count different pages")
        faces = faces_of(what, len(read))
        fonts = {drawing.FACE: embed(writer, faces.regular), drawing.BOLD_FACE: embed(writer, faces.bold)}
        heads: dict[int, Any] = {}
        room = MAX_CONTENT
        for page, (there, here) in enumerate(zip(read, written, strict=True), 1):
            seen = frame(there)
            found = ink(there, seen, room)
            room -= found.read
            body = b""
            if page == 1:
                body, box = _first(what, seen, found, faces, check_corner(place) if place else None)
                found.marks.append(((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])))
                _link(writer, here, what, seen, box)
            body += _footer(what, page, len(read), seen, found, faces)
            _append(writer, here, body, found, fonts, heads)
        put(writer.root, PIECE[1:], dictionary(Code=text(what.code), Length=number(len(pdf))))
        writer.mark_update(writer.root_ref)
        return writer.bytes()


def faces_of(what: Stamp, pages: int) -> Faces:
    letters = frozenset("0123456789 " + "".join(line.text for line in lines_of(what)) + footer_of(what, pages, pages))
    return Faces(cut(REGULAR, letters), cut(BOLD, letters))


def lines_of(what: Stamp) -> list[Line]:
    return [
        Line(grouped(what.code), 7.2, is_bold=True), Line(f"校验码 {what.verifier}", 6.4, is_bold=True), Line(what.institution, 5.6),
        Line("扫码或登录下列网址查验", 5.6), Line(what.host, 5.6), Line(what.label, 5.6, is_bold=True),
    ]  # fmt: skip


def footer_of(what: Stamp, number: int, pages: int) -> str:
    return f"报告编码 {grouped(what.code)} 第 {number} 页 共 {pages} 页 · {what.host}" + (
        f" · {what.label}" if what.label else ""
    )


def _first(what: Stamp, seen: Frame, found: Ink, faces: Faces, corner: Any) -> tuple[bytes, Box]:
    made = drawing.block(qr.rows(what.qr), lines_of(what), faces)
    box = (
        corner_box(corner, seen, made.width, made.height)
        if corner
        else free_box(seen, found.marks, made.width, made.height)
    )
    return drawing.draw_block(made, box, seen, faces), box


def _footer(what: Stamp, number: int, pages: int, seen: Frame, found: Ink, faces: Faces) -> bytes:
    line = footer_line(what, number, pages, seen, faces)
    width = faces.regular.width(line.text, line.size)
    x, y = drawing.footer_at(seen, width, line.size, lambda box: covers(box, found.marks))
    return artifact([words(line, faces.regular, x, y)], seen.to_page)


def footer_line(what: Stamp, number: int, pages: int, seen: Frame, faces: Faces) -> Line:
    """Set smaller where the page is narrow."""
    text = footer_of(what, number, pages)
    width = faces.regular.width(text, FOOTER_SIZE)
    return Line(text, FOOTER_SIZE * min(1, (seen.width - 2 * EDGE) / width))


def _append(
    writer: Revision, leaf: Leaf, body: bytes, found: Ink, fonts: dict[str, Any], heads: dict[int, Any]
) -> None:
    """Saves the graphics state before the page's own content and restores it before ours, also where the page saves more
    than it restores, or less. Shared resources are copied, never changed."""
    depth = 1 + found.deficit
    if depth not in heads:
        heads[depth] = writer.add_object(stream(b"q " * depth, packed=False))
    tail = writer.add_object(stream(b"\n" + b"Q " * (depth + found.excess) + b"\n" + body))
    contents = leaf.page.raw_get("/Contents") if "/Contents" in leaf.page else array([])
    pieces = contents.get_object()
    put(leaf.page, "Contents", array([heads[depth], *(references(pieces) if is_array(pieces) else [contents]), tail]))
    resources = copied(leaf.get("/Resources"))
    own = copied(value(resources, "/Font"))
    for called, font in fonts.items():
        put(own, called, font)
    put(resources, "Font", own)
    put(leaf.page, "Resources", resources)
    writer.mark_update(leaf.ref)


def _link(writer: Revision, leaf: Leaf, what: Stamp, seen: Frame, box: Box) -> None:
    xs, ys = zip(applied(seen.to_page, box[0], box[1]), applied(seen.to_page, box[2], box[3]), strict=True)
    made = dictionary(
        Type=name("Annot"), Subtype=name("Link"), Rect=array(map(real, (min(xs), min(ys), max(xs), max(ys)))), F=number(4),
        Border=array([number(0)] * 3), Contents=text(f"报告编码 {grouped(what.code)}"),
        A=dictionary(S=name("URI"), URI=text(what.url)),
    )  # fmt: skip
    put(leaf.page, "Annots", array([*references(value(leaf.page, "/Annots")), writer.add_object(made)]))
