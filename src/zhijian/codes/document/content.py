"""What each page shows, as a fingerprint that a mere re-save leaves alone and an edit does not.

SM3 over a canonical form of page size, content, fonts, pictures and annotations. Object numbers, compression, spelling of
numbers and strings, form of the cross-reference table and metadata do not enter it. A reference to another page enters
as that page's number. Anything that decides which of the content is shown (layers, a form's promise to draw itself
anew) enters every page.

It is compared with one that was signed, so it need not be understood by anybody else, but it must never change: what
changes here makes every sealed report look edited.
"""

import hashlib
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from zhijian.codes.document.frame import Leaf, leaves
from zhijian.codes.document.ink import MAX_CONTENT, content_of
from zhijian.codes.document.reading import broken_is_refused, read_pdf
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.tokens import number, tokens
from zhijian.kit.signing import sm3

MAX_UNPACKED = 600_000_000
MAX_VISITS = 2_000_000
MAX_DEPTH = 60
_PAGE_KEYS = ("/MediaBox", "/CropBox", "/Rotate")
_KIND = {kind: kind.encode() for kind in "ns/odi"}
_NEVER_SHOWN = frozenset({
    "/Metadata", "/PieceInfo", "/LastModified", "/StructParent", "/StructParents", "/Thumb", "/ProcSet",
})  # fmt: skip
_NOT_OF_STREAMS = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL"})
_NOT_OF_ANNOTATIONS = frozenset({"/Parent", "/P", "/M", "/NM"})
"""Only of annotations: the same names decide elsewhere what is shown, as /P in a membership of layers."""
_PICTURES = frozenset({"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"})
"""Filters whose result is a picture; what they pack is hashed as it is packed."""


def fingerprints(pdf: bytes) -> tuple[bytes, ...]:
    """One for each page, 32 bytes. Raises: DocumentRefused, see `reading` and `frame`, and `too-complex`."""
    reader = read_pdf(pdf)
    with broken_is_refused():
        return of_reader(reader)


def of_reader(reader: PdfReader) -> tuple[bytes, ...]:
    """Call it inside `broken_is_refused`."""
    pages = leaves(reader.root_object)
    canon = _Canon({leaf.ref.idnum: n for n, leaf in enumerate(pages)})
    shared = canon.of(_switches(reader.root_object), 0)
    return tuple(_page(leaf, canon, shared) for leaf in pages)


def _switches(root: Any) -> DictionaryObject:
    """What of the catalog decides what pages show: layers, forms that draw themselves anew, scripts."""
    form = root["/AcroForm"].get_object() if "/AcroForm" in root else {}
    names = root["/Names"].get_object() if "/Names" in root else {}
    opening = root["/OpenAction"].get_object() if "/OpenAction" in root else None
    found = {
        "/OCProperties": root.get("/OCProperties"), "/AA": root.get("/AA"), "/JavaScript": names.get("/JavaScript"),
        "/OpenAction": opening if isinstance(opening, DictionaryObject) and opening.get("/S") != "/GoTo" else None,
        "/XFA": form.get("/XFA"), "/NeedAppearances": form.get("/NeedAppearances") == BooleanObject(True) or None,
    }  # fmt: skip
    return DictionaryObject({NameObject(k): v for k, v in found.items() if v is not None})


def _page(leaf: Leaf, canon: "_Canon", shared: bytes) -> bytes:
    state = hashlib.new("sha256", b"zhijian/page/1\n" + shared)
    for key in _PAGE_KEYS:
        state.update(canon.of(leaf.get(key), 0))
    state.update(canon.of(leaf.page.get("/UserUnit"), 0) + canon.of(leaf.page.get("/Group"), 0))
    content = content_of(leaf.page)
    canon.spend_content(len(content))
    state.update(_said(content))
    state.update(canon.of(leaf.get("/Resources"), 0))
    for one in leaf.get("/Annots") or ():
        annotation = one.get_object()
        if not _shows_nothing(annotation):
            state.update(canon.of(annotation, 0))
    return sm3(state.digest())


def _said(content: bytes) -> bytes:
    state, pieces = hashlib.sha256(), list[bytes]()
    for kind, value in tokens(content):
        pieces.append(b"%s%d:%s" % (_KIND[kind], len(value), value))
        if len(pieces) > 4096:
            state.update(b"".join(pieces))
            pieces.clear()
    state.update(b"".join(pieces))
    return state.digest()


def _shows_nothing(annotation: Any) -> bool:
    """A signature field without room or without appearance: signing or dropping it changes nothing that is seen."""
    field = annotation.get("/FT", (annotation.get("/Parent") or NullObject()).get_object())
    kind = field.get("/FT") if isinstance(field, DictionaryObject) else field
    if annotation.get("/Subtype") != "/Widget" or kind != "/Sig":
        return False
    a, b, c, d = (float(v) for v in annotation.get("/Rect", (0, 0, 0, 0)))
    return a == c or b == d or "/AP" not in annotation


class _Canon:
    """Digests of objects by value. What was digested once is remembered by its number, unless it lies in a ring."""

    def __init__(self, pages: dict[int, int]) -> None:
        self.pages, self.known, self.open = pages, dict[int, bytes](), list[int]()
        self.visits, self.content, self.unpacked, self.ring = 0, 0, 0, MAX_DEPTH + 1

    def of(self, found: Any, depth: int) -> bytes:
        self.visits += 1
        if self.visits > MAX_VISITS or depth > MAX_DEPTH:
            raise _too_complex(f"{self.visits} objects, {depth} deep")
        if isinstance(found, IndirectObject):
            return self._referred(found, depth)
        if isinstance(found, StreamObject):
            return self._stream(found, depth)
        if isinstance(found, DictionaryObject):
            return self._dictionary(found, depth)
        if isinstance(found, ArrayObject | list | tuple):
            return _digest(b"[", b"".join(self.of(one, depth + 1) for one in found))
        return _digest(*_plain(found))

    def spend_content(self, size: int) -> None:
        self.content += size
        if self.content > MAX_CONTENT:
            raise _too_complex(f"{self.content} bytes of content")

    def _referred(self, ref: IndirectObject, depth: int) -> bytes:
        key = ref.idnum
        if key in self.pages:
            return _digest(b"p", b"%d" % self.pages[key])
        if key in self.known:
            return self.known[key]
        if key in self.open:
            place = self.open.index(key)
            self.ring = min(self.ring, place)
            return _digest(b"^", b"%d" % (len(self.open) - place))
        outer, self.ring = self.ring, MAX_DEPTH + 1
        self.open.append(key)
        made = self.of(ref.get_object(), depth + 1)
        self.open.pop()
        if self.ring >= len(self.open):  # nothing below refers to what is still open above
            self.known[key] = made
            self.ring = outer
        else:
            self.ring = min(outer, self.ring)
        return made

    def _dictionary(self, found: DictionaryObject, depth: int) -> bytes:
        pieces = [
            _digest(b"/", str(k).encode()) + self.of(found.raw_get(k), depth + 1)
            for k in sorted(found)
            if _shown(k, found)
        ]
        if (
            found.get("/FT") is None
            and isinstance(found.get("/Parent"), IndirectObject)
            and found.get("/Subtype") == "/Widget"
        ):
            field: Any = found[
                "/Parent"
            ].get_object()  # what a field shows is written in its parent as often as in itself
            pieces += [
                self.of(field.get(k), depth + 1)
                for k in ("/FT", "/Ff", "/DA", "/V")
                if k != "/V" or field.get("/FT") != "/Sig"
            ]
        return _digest(b"<", b"".join(pieces))

    def _stream(self, found: StreamObject, depth: int) -> bytes:
        listed: Any = found["/Filter"].get_object() if "/Filter" in found else []
        names = {str(one) for one in (listed if isinstance(listed, ArrayObject) else [listed])}
        if names & _PICTURES:
            head = self.of(listed, depth + 1) + self.of(found.get("/DecodeParms"), depth + 1)
            data = bytes(found._data)
        else:
            head, data = b"", bytes(found.get_data())
        self.unpacked += len(data)
        if self.unpacked > MAX_UNPACKED:
            raise _too_complex(f"{self.unpacked} bytes unpacked")
        if "/BBox" in found:  # a form or a pattern: content, not data
            self.spend_content(len(data))
            data = _said(data)
        return _digest(b"s", head + self._dictionary(found, depth) + hashlib.sha256(data).digest())


def _shown(key: str, found: DictionaryObject) -> bool:
    if key in _NEVER_SHOWN or (key in _NOT_OF_STREAMS and isinstance(found, StreamObject)):
        return False
    if key in _NOT_OF_ANNOTATIONS and "/Rect" in found:
        return False
    return not (key in ("/V", "/Lock", "/SV") and found.get("/FT") == "/Sig")


def _plain(found: Any) -> tuple[bytes, bytes]:
    if found is None or isinstance(found, NullObject):
        return b"0", b""
    if isinstance(found, BooleanObject | bool):
        return b"b", str(bool(found)).encode()
    if isinstance(found, NumberObject | FloatObject | int | float):
        spelt = found.as_numeric() if hasattr(found, "as_numeric") else found
        return b"n", number(f"{float(spelt):.5f}".encode())
    if isinstance(found, NameObject):
        return b"/", str(found).encode("utf-8", "surrogatepass")
    if isinstance(found, TextStringObject):
        return b"t", str(found).encode("utf-8", "surrogatepass")
    return b"t" if isinstance(found, ByteStringObject) else b"x", bytes(found) if isinstance(found, bytes) else str(
        found
    ).encode()


def _digest(kind: bytes, value: bytes) -> bytes:
    return hashlib.sha256(kind + value).digest()


def _too_complex(value: str) -> DocumentRefused:
    return DocumentRefused("too-complex", value, "文件内容过于复杂，无法逐页核对；请简化图形或分册。",
                           "The document is too complex to compare page by page; simplify its drawings or divide it.")  # fmt: skip
