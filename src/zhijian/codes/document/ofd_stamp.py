"""The stamp on an OFD: the block and the footers of `stamp`, as annotations (GB/T 33190, 15).

The pages' own files stay as they were, byte for byte; the container does not: a zip has no revisions. So the stamp writes
down the digests of the file it was put on, and the seal that comes after it vouches for them.
"""

from collections.abc import Sequence
from itertools import count
from typing import Any

from zhijian.codes import credential, qr
from zhijian.codes.document import drawing, ofd_body, ofd_shapes
from zhijian.codes.document.drawing import Faces
from zhijian.codes.document.frame import IDENTITY, MM, Frame
from zhijian.codes.document.ink import BACKDROP, Box, Quad, covers
from zhijian.codes.document.ofd_annotations import annotation, annotations_by_page
from zhijian.codes.document.ofd_body import Body, Page
from zhijian.codes.document.ofd_fonts import add_faces
from zhijian.codes.document.ofd_shapes import PT
from zhijian.codes.document.ofd_xml import element, every, one, parsed, resolved, written
from zhijian.codes.document.place import check_corner, corner_box, free_box
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.stamp import Stamp, faces_of, footer_line, lines_of
from zhijian.kit.clock import day
from zhijian.kit.digests import Digests

_DRAWN = {"TextObject", "PathObject", "ImageObject", "CompositeObject"}


def stamp_ofd(ofd: bytes, what: Stamp, place: str | None = None) -> bytes:
    """`ofd` with block and footers. The same input gives the same bytes.

    `place` names a corner, whatever lies there; None looks for room that is free.
    Raises: DocumentRefused, see `ofd_body`, `ofd_annotations` and `place`, and `signed`, `stamped`. QrTooDense.
    """
    body = Body.of(ofd)
    _refuse_touched(body)
    corner = check_corner(place) if place else None
    pages, numbers, on = body.pages(), count(body.last_id() + 1), _issued_on(what)
    faces = faces_of(what, len(pages))
    fonts = add_faces(body, [faces.regular, faces.bold], numbers)
    annots = annotations_by_page(body)
    for at, page in enumerate(pages, 1):
        seen = Frame(page.width_mm * MM, page.height_mm * MM, IDENTITY)
        marks = _ink(body, page, annots.get(page.id))
        shapes: list[Any] = []
        if at == 1:
            made = drawing.block(qr.rows(what.qr), lines_of(what), faces)
            size = made.width, made.height
            where = corner_box(corner, seen, *size) if corner else free_box(seen, marks, *size)
            shapes += _block(made, where, page, faces, fonts, what.url, numbers)
            marks.append(((where[0], where[1]), (where[2], where[1]), (where[2], where[3]), (where[0], where[3])))
        shapes.append(_footer(what, at, len(pages), seen, marks, faces, fonts[0], numbers))
        annots[page.id] = annotation(body, page, annots.get(page.id), shapes, on, next(numbers))
    _list(body, annots)
    found = Digests.of(ofd)
    body.say(ofd_body.CODE, what.code)
    body.say(ofd_body.ORIGINAL_SM3, found.by("sm3"))
    body.say(ofd_body.ORIGINAL_SHA256, found.by("sha256"))
    one(body.common, "MaxUnitID", body.where).text = str(next(numbers) - 1)
    return body.zip()


def _refuse_touched(body: Body) -> None:
    if every(body.listing, "Signatures") or any("/Signs/" in name for name in body.files):
        raise DocumentRefused("signed", "", "OFD 已有电子签章，盖码会破坏它；请提交签章前的文件，由平台盖码后再签章。",
                              "The OFD is sealed and a stamp would break that; send it unsealed, it is sealed after the stamp.")  # fmt: skip
    names = {data.get("Name") for data in every(body.listing, "DocInfo/CustomDatas/CustomData")}
    if ofd_body.CODE in names:
        raise DocumentRefused("stamped", str(body.said(ofd_body.CODE)), "文件已加盖报告编码；请提交原始报告文件。",
                              "The document bears a stamp already; send the original report.")  # fmt: skip


def _issued_on(what: Stamp) -> str:
    """The day on which the report was registered: an annotation has a date, and a stamp no clock."""
    raw = qr.read(what.qr).credential
    return day(credential.read(raw).issued_at).isoformat() if raw else "2016-08-29"


def _block(
    made: drawing.Block, where: Box, page: Page, faces: Faces, fonts: Sequence[int], url: str, numbers: Any
) -> list[Any]:
    left, top = where[0] * PT, page.height_mm - where[3] * PT
    width, height = made.width * PT, made.height * PT
    x, y = drawing.symbol_at(where)
    found = [
        ofd_shapes.rectangle((left, top, width, height), next(numbers), fill="255 255 255", line=0.15),
        ofd_shapes.symbol(made.symbol, x * PT, page.height_mm - y * PT, drawing.MODULE * PT, next(numbers)),
    ]
    link = element("Action", None, element("URI", None, URI=url), Event="CLICK")
    found[1].insert(0, element("Actions", None, link))
    for line, start, base in drawing.placed(made, where, faces):
        font = fonts[1] if line.is_bold else fonts[0]
        found.append(
            ofd_shapes.text(
                line.text, faces.of(line), font, line.size * PT, start * PT, page.height_mm - base * PT, next(numbers)
            )
        )
    return found


def _footer(
    what: Stamp, at: int, pages: int, seen: Frame, marks: list[Quad], faces: Faces, font: int, numbers: Any
) -> Any:
    line = footer_line(what, at, pages, seen, faces)
    width = faces.regular.width(line.text, line.size)
    x, y = drawing.footer_at(seen, width, line.size, lambda box: covers(box, marks))
    return ofd_shapes.text(
        line.text, faces.regular, font, line.size * PT, x * PT, (seen.height - y) * PT, next(numbers)
    )


def _ink(body: Body, page: Page, annotated: str | None) -> list[Quad]:
    """Where something is seen: what objects say of their own bounds, in points from the lower left. What lies under
    everything, as a scan or a coloured ground does, is left out."""
    root = parsed(ofd_body.file(body.files, page.path), page.path)
    roots = [(root, page.path)] + [
        (_template(body, used.get("TemplateID")), body.where) for used in every(root, "Template")
    ]
    if annotated:
        roots.append((parsed(ofd_body.file(body.files, annotated), annotated), annotated))
    found: list[Quad] = []
    for tree, where in roots:
        for drawn in tree.iter():
            if isinstance(drawn.tag, str) and drawn.tag.rpartition("}")[2] in _DRAWN:
                left, top, width, height = ofd_body.box(drawn.get("Boundary"), where)
                if width * height < BACKDROP * page.width_mm * page.height_mm:
                    x0, y0 = left * MM, (page.height_mm - top - height) * MM
                    x1, y1 = x0 + width * MM, y0 + height * MM
                    found.append(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))
    return found


def _template(body: Body, wanted: str | None) -> Any:
    for listed in every(body.common, "TemplatePage"):
        if listed.get("ID") == wanted:
            path = resolved(listed.get("BaseLoc"), body.where)
            return parsed(ofd_body.file(body.files, path), path)
    raise ofd_body.malformed(body.where, f"TemplateID {str(wanted)[:20]}")


def _list(body: Body, annots: dict[str, str]) -> None:
    """The list of annotations, with those pages that it did not name before."""
    usual = "ZhijianAnnots/Annotations.xml"
    known = body.file_of(
        "Annotations", ("CustomTags", "Attachments", "Extensions"), f"{body.folder}/{usual}".lstrip("/")
    )
    path = known or body.place(usual)
    root = parsed(body.files[path], path) if known else element("Annotations")
    named = {page.get("PageID") for page in every(root, "Page")}
    for page, where in annots.items():
        if page not in named:
            root.append(element("Page", None, element("FileLoc", f"/{where}"), PageID=page))
    body.files[path] = written(root)
