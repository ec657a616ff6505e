"""Files inside of a document: associated files (ISO 32000-2, 14.13) in the catalog's name tree of embedded files."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from zhijian.codes.document.objects import array, dictionary, name, number, put, references, stream, text, value
from zhijian.codes.document.reading import Revision, broken_is_refused, read_pdf
from zhijian.codes.document.refused import DocumentRefused

MAX_FILES = 200
MAX_FILE_BYTES = 2_000_000
"""Of what is read; ours are smaller. Larger attachments of the laboratory's own are left alone."""


def attach(writer: Revision, called: str, data: bytes, kind: str, about: str, relation: str, at: datetime) -> None:
    """Raises: DocumentRefused `attachment-exists`, `too-complex`."""
    tree = value(value(writer.root, "/Names"), "/EmbeddedFiles")
    files = dict(_named(tree, 0))
    if called in files:
        raise DocumentRefused("attachment-exists", called, f"文件已有名为 {called} 的附件，请先移除。",
                              f"The document has an attachment called {called} already; remove it first.")  # fmt: skip
    stamp = text(at.strftime("D:%Y%m%d%H%M%SZ"))
    params = dictionary(Size=number(len(data)), CreationDate=stamp, ModDate=stamp)
    embedded = writer.add_object(stream(data, Type=name("EmbeddedFile"), Subtype=name(kind), Params=params))
    files[called] = writer.add_object(dictionary(
        Type=name("Filespec"), F=text(called), UF=text(called), Desc=text(about), AFRelationship=name(relation),
        EF=dictionary(F=embedded, UF=embedded),
    ))  # fmt: skip
    names = dictionary() if value(writer.root, "/Names") is None else value(writer.root, "/Names")
    flat = [one for key in sorted(files) for one in (text(key), files[key])]
    put(names, "EmbeddedFiles", writer.add_object(dictionary(Names=array(flat))))
    put(writer.root, "Names", writer.add_object(names))
    put(writer.root, "AF", array([*references(value(writer.root, "/AF")), files[called]]))
    writer.mark_update(writer.root_ref)


def _named(node: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """Name and reference of each file of pyHanko's tree."""
    if node is None:
        return
    if depth > 20:
        raise _too_many()
    pairs = references(value(node, "/Names"))
    if len(pairs) > 2 * MAX_FILES:
        raise _too_many()
    yield from ((str(pairs[n]), pairs[n + 1]) for n in range(0, len(pairs) - 1, 2))
    for kid in references(value(node, "/Kids")):
        yield from _named(kid.get_object(), depth + 1)


def attached(root: Any) -> list[tuple[str, bytes]]:
    """Names and bytes of the embedded files, of pypdf's objects; the same name as often as it is there. What is too large
    or cannot be unpacked is left out. Call it inside `broken_is_refused`."""
    names = root["/Names"].get_object() if "/Names" in root else {}
    found: list[tuple[str, bytes]] = []
    waiting = [names["/EmbeddedFiles"].get_object()] if "/EmbeddedFiles" in names else []
    steps = 0
    while waiting and steps < MAX_FILES:
        node, steps = waiting.pop(0), steps + 1
        pairs = node.get("/Names", [])
        pairs = list(pairs.get_object() if hasattr(pairs, "get_object") else pairs)[: 2 * MAX_FILES]
        for key, spec in zip(pairs[::2], pairs[1::2], strict=False):
            data = _bytes(spec.get_object())
            if data is not None:
                found.append((str(key), data))
        waiting += [kid.get_object() for kid in node.get("/Kids", [])][:MAX_FILES]
    return found


def attach_data(writer: Revision, called: str, data: Mapping[str, Any], about: str, at: datetime) -> None:
    """What stands on the paper, as JSON. Raises: as `attach`."""
    raw = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1, default=str).encode()
    attach(writer, called, raw, "application/json", about, "Data", at)


def attached_data(raw: bytes, called: str) -> dict[str, Any] | None:
    """What `attach_data` put into a PDF; None when it is not there. Raises: DocumentRefused."""
    reader = read_pdf(raw)
    with broken_is_refused():
        found = dict(attached(reader.trailer["/Root"].get_object()))
    data: dict[str, Any] | None = json.loads(found[called]) if called in found else None
    return data


def _bytes(spec: Any) -> bytes | None:
    try:
        packed = spec["/EF"].get_object()["/F"].get_object()
        if len(packed._data) > MAX_FILE_BYTES:
            return None
        data = bytes(packed.get_data())
    except Exception:  # pypdf raises many kinds; an attachment that cannot be read is none of ours
        return None
    return data if len(data) <= MAX_FILE_BYTES else None


def _too_many() -> DocumentRefused:
    return DocumentRefused("too-complex", MAX_FILES, f"文件的附件超过 {MAX_FILES} 个，请精简。",
                           f"The document has more than {MAX_FILES} attachments; remove some.")  # fmt: skip
