"""A sealed report, a look at it, and updates laid behind it: what tests of inspection share."""

from collections.abc import Callable
from functools import cache
from typing import Any

from tests.codes.document.papers import paper, what
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    OTHER_CODE,
    ROOTS,
    key_of,
    seal_of,
    sealer,
    whole_qr,
)  # fmt: skip

from zhijian.codes.document.found import Inspection
from zhijian.codes.document.frame import leaves
from zhijian.codes.document.inspect import inspect
from zhijian.codes.document.objects import array, dictionary, name, number, put, real, references, stream, text, value
from zhijian.codes.document.reading import Revision, revise
from zhijian.codes.document.seal import Picture, seal
from zhijian.codes.document.stamp import stamp
from zhijian.codes.model import Code
from zhijian.kit.signing import PublicKey

ORIGINAL = paper(pages=3)
STAMPED = stamp(ORIGINAL, what())


@cache
def sealed(level: Any = "no-changes", code: Code = CODE, seen: bool = True) -> bytes:
    stamped = stamp(ORIGINAL, what(code))
    return seal(stamped, seal_of(code, level=level, picture=Picture(3, 60, 30) if seen else None), sealer(), AT)


def looked(pdf: bytes, keys: Callable[[bytes, Code], PublicKey] = key_of, at: Any = AT) -> Inspection:
    return inspect(pdf, ROOTS, keys, at)


def updated(raw: bytes, change: Callable[[Revision], object]) -> bytes:
    """An incremental update behind `raw`."""
    writer = revise(raw)
    change(writer)
    return writer.bytes()


def whys(found: Inspection) -> set[str]:
    return {one.why for one in found.contradictions}


def page_of(writer: Revision, number_: int) -> Any:
    leaf = leaves(writer.root)[number_ - 1]
    writer.mark_update(leaf.ref)
    return leaf.page


def replaced_content(writer: Revision) -> None:
    page = page_of(writer, 2)
    put(page, "Contents", writer.add_object(stream(b"BT /F1 11 Tf 72 400 Td (Lead 0.002 mg/kg) Tj ET")))


def note_over_a_result(writer: Revision) -> None:
    page = page_of(writer, 2)
    look = writer.add_object(
        stream(
            b"1 g 0 0 200 20 re f", Type=name("XObject"), Subtype=name("Form"), BBox=array(map(real, (0, 0, 200, 20)))
        )
    )
    note = dictionary(Type=name("Annot"), Subtype=name("FreeText"), Rect=array(map(real, (70, 410, 270, 430))), AP=dictionary(N=look),
                      Contents=text("0.002 mg/kg"), F=number(4))  # fmt: skip
    put(page, "Annots", array([*references(value(page, "/Annots")), writer.add_object(note)]))


def overlay_by_field(writer: Revision) -> None:
    """Shadow attack: a text field, filled so that it covers the result."""
    page = page_of(writer, 1)
    look = writer.add_object(
        stream(
            b"1 g 0 0 200 20 re f", Type=name("XObject"), Subtype=name("Form"), BBox=array(map(real, (0, 0, 200, 20)))
        )
    )
    field = writer.add_object(dictionary(
        Type=name("Annot"), Subtype=name("Widget"), FT=name("Tx"), T=text("note"), V=text("0.002"), F=number(4),
        Rect=array(map(real, (70, 410, 270, 430))), AP=dictionary(N=look),
    ))  # fmt: skip
    put(page, "Annots", array([*references(value(page, "/Annots")), field]))
    form = value(writer.root, "/AcroForm")
    put(form, "Fields", array([*references(value(form, "/Fields")), field]))
    writer.mark_update(writer.root_ref)
    writer.update_container(form)


def moved_seal(writer: Revision) -> None:
    field = value(writer.root, "/AcroForm")["/Fields"][0]
    put(field, "Rect", array(map(real, (300, 300, 407, 407))))
    writer.update_container(field)


def pasted_qr(writer: Revision) -> None:
    """The symbol of another report, over ours."""
    from zhijian.codes import qr

    runs = b" ".join(
        b"%d %d 1 1 re" % (x, -y)
        for y, row in enumerate(qr.rows(whole_qr(OTHER_CODE)))
        for x, dark in enumerate(row)
        if dark
    )
    page = page_of(writer, 1)
    over = writer.add_object(stream(b"q 1 g 460 720 100 100 re f 0 g 1.2 0 0 1.2 480 800 cm " + runs + b" f Q"))
    put(page, "Contents", array([*references(value(page, "/Contents")), over]))


def swapped_order(writer: Revision) -> None:
    pages = value(writer.root, "/Pages")
    kids = references(value(pages, "/Kids"))
    put(pages, "Kids", array([kids[1], kids[0], kids[2]]))
    writer.update_container(pages)


def added_page(writer: Revision) -> None:
    pages = value(writer.root, "/Pages")
    made = writer.add_object(dictionary(Type=name("Page"), Parent=writer.root.raw_get("/Pages"), MediaBox=array(map(real, (0, 0, 595, 842))),
                                        Contents=writer.add_object(stream(b"0 0 9 9 re f"))))  # fmt: skip
    put(pages, "Kids", array([*references(value(pages, "/Kids")), made]))
    put(pages, "Count", number(4))
    writer.update_container(pages)


def dropped_page(writer: Revision) -> None:
    pages = value(writer.root, "/Pages")
    put(pages, "Kids", array(references(value(pages, "/Kids"))[:2]))
    put(pages, "Count", number(2))
    writer.update_container(pages)


def hidden_by_layer(writer: Revision) -> None:
    layer = writer.add_object(dictionary(Type=name("OCG"), Name=text("x")))
    put(writer.root, "OCProperties", dictionary(OCGs=array([layer]), D=dictionary(OFF=array([layer]))))
    writer.mark_update(writer.root_ref)
