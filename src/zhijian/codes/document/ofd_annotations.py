"""Annotations of an OFD's pages (GB/T 33190, 15): where they are, and one more of them."""

from typing import Any

from zhijian.codes.document.ofd_body import Body, Page, file, malformed
from zhijian.codes.document.ofd_shapes import numbers
from zhijian.codes.document.ofd_xml import element, every, one, parsed, resolved, written

CREATOR = "zhijian"


def annotations_by_page(body: Body) -> dict[str, str]:
    """Path of each annotated page's file, by the page's ID. Raises: DocumentRefused `xml-malformed`, `file-absent`."""
    if not every(body.document, "Annotations"):
        return {}
    where = resolved(one(body.document, "Annotations", body.where).text, body.where)
    found: dict[str, str] = {}
    for page in every(parsed(file(body.files, where), where), "Page"):
        if (id_ := str(page.get("PageID"))) in found:
            raise malformed(where, f"PageID {id_[:20]} twice")
        found[id_] = resolved(one(page, "FileLoc", where).text, where)
    return found


def annotation(body: Body, page: Page, path: str | None, shapes: list[Any], on: str, id_: int) -> str:
    """Path of the page's file, which has `shapes` now, whose places are those of the page: the appearance's own bounds are the
    page's, so that readers which count from the one or the other agree."""
    where = path or body.place(f"ZhijianAnnots/Page_{page.number}/Annotation.xml")
    root = parsed(file(body.files, where), where) if path else element("PageAnnot")
    appearance = element("Appearance", None, *shapes, Boundary=numbers(0, 0, page.width_mm, page.height_mm))
    root.append(element("Annot", None, appearance, ID=str(id_), Type="Stamp", Creator=CREATOR, LastModDate=on,
                        Subtype="ZhijianCode", ReadOnly="true"))  # fmt: skip
    body.files[where] = written(root)
    return where
