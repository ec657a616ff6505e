"""OFD's XML (GB/T 33190-2016), read by a parser that fetches nothing, expands nothing and stops early."""

import posixpath
import re
from typing import Any

from lxml import etree

from zhijian.codes.document.refused import DocumentRefused, excerpt

NAMESPACE = "http://www.ofdspec.org/2016"
MAX_BYTES = 10_000_000
MAX_DEPTH = 64
MAX_ELEMENTS = 300_000
_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def parsed(raw: bytes, called: str) -> Any:
    """The root element. Raises: DocumentRefused `xml-malformed`, `xml-dtd`."""
    body = raw.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(body)
    if len(raw) > MAX_BYTES or b"\0" in raw or (declared and declared[1].lower() != b"utf-8"):
        raise _malformed(called, "size or encoding")
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise DocumentRefused(
            "xml-dtd", called, f"{called} 含有 DTD 或实体，已拒绝。", f"{called} has a DTD or entities and is refused."
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=False, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as why:
        raise _malformed(called, excerpt(why)) from None
    count, waiting = 0, [(root, 1)]
    while waiting:
        element, depth = waiting.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise _malformed(called, f"{depth} deep, {count} elements")
        waiting += [(child, depth + 1) for child in element]
    return root


def written(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def element(name: str, text: str | None = None, *children: Any, **attributes: str) -> Any:
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"ofd": NAMESPACE})
    for key, value in attributes.items():
        made.set(key, value)
    made.text = text
    made.extend(children)
    return made


def one(parent: Any, path: str, called: str) -> Any:
    """The only element at `path`. Raises: DocumentRefused `xml-malformed`: two would be read differently by two readers."""
    found = every(parent, path)
    if len(found) != 1:
        raise _malformed(called, f"{len(found)} × {path}")
    return found[0]


def every(parent: Any, path: str) -> list[Any]:
    return list(parent.findall("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/"))))


def resolved(location: str | None, where: str) -> str:
    """The file that an ST_Loc names (GB/T 33190, 7.3), `where` being the file in which it stands.

    Raises: DocumentRefused `xml-malformed` for what leads out of the container.
    """
    text = (location or "").strip()
    path = text if text.startswith("/") else posixpath.join("/", posixpath.dirname(where), text)
    if not text or "\\" in text or (".." in path.split("/") and posixpath.normpath(path).startswith("/..")):
        raise _malformed(where, f"location {text!r}")
    depth = 0
    for step in path.split("/"):
        depth += -1 if step == ".." else step not in ("", ".")
        if depth < 0:
            raise _malformed(where, f"location {text!r}")
    return posixpath.normpath(path).lstrip("/")


def _malformed(called: str, value: str) -> DocumentRefused:
    return DocumentRefused("xml-malformed", f"{called}: {value}", f"OFD 内 {called} 不合 GB/T 33190 或超出限度，请重新导出。",
                           f"{called} in the OFD is not of GB/T 33190 or beyond bounds; export it again.")  # fmt: skip
