"""The parts of an .xlsx that its sheets refer to: their list, formats, shared strings. What a stranger's file claims is bounded."""

import posixpath
import re
import zipfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import IO, Any

from lxml import etree

from zhijian.exchange.model import Text
from zhijian.exchange.source.model import SourceUnreadable
from zhijian.exchange.source.place import Found, Place
from zhijian.exchange.source.unpack import MAX_MEMBERS, bearable

_SAVE = Text(
    "请在 Excel 或 WPS 中另存为“Excel 工作簿（*.xlsx）”", "save it as an Excel workbook (*.xlsx) in Excel or WPS"
)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_IN_MEMORY = 32 << 20
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_RELATION_STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    member: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Book:
    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    formats: tuple[str, ...]
    """Number format of each style."""
    epoch_1904: bool
    strings: "Strings"


class Strings:
    """Shared strings by number. Many of them lie in a file: two million texts would fill the memory."""

    def __init__(self, ends: "array[int]", data: bytes | mmap) -> None:
        self._ends, self._data = ends, data

    def __getitem__(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return self._data[start : self._ends[number]].decode("utf-8")

    def __len__(self) -> int:
        return len(self._ends)


@contextmanager
def book_of(place: Place, found: Found) -> Iterator[Book]:
    """Raises: SourceUnreadable."""
    with found.path.open("rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            raise _old(found, file.read(1 << 20))
    try:
        with zipfile.ZipFile(found.path) as archive:
            _checked(archive, found)
            names = {n.lower(): n for n in archive.namelist()}
            strings = next((names[n] for n in names if n.endswith("sharedstrings.xml")), None)
            yield Book(archive, _sheets(archive, names, found), _styles(archive, names), _is_1904(archive, names),
                       _strings(archive, strings, place))  # fmt: skip
    except (
        zipfile.BadZipFile,
        EOFError,
        KeyError,
        IndexError,
        ValueError,
        etree.Error,
        NotImplementedError,
        RuntimeError,
    ) as why:
        if isinstance(why, RuntimeError) and "password" in str(why):
            raise _encrypted(found) from None
        raise SourceUnreadable("damaged", Text("工作簿已损坏或不完整，打不开", "the workbook is damaged or cut off"), _SAVE, found.name) from None  # fmt: skip


def _old(found: Found, start: bytes) -> SourceUnreadable:
    """Excel puts an encrypted .xlsx into the container of the old format."""
    whole = start + found.path.read_bytes()[-(1 << 20) :] if found.size < 1 << 30 else start
    if "EncryptedPackage".encode("utf-16-le") in whole:
        return _encrypted(found)
    return SourceUnreadable(
        "old-format", Text("这是旧的 .xls（或 .et）文件", "this is an old .xls or .et file"), _SAVE, found.name
    )


def _encrypted(found: Found) -> SourceUnreadable:
    return SourceUnreadable("encrypted", Text("文件有打开密码", "the file has a password"),
                            Text("请在 Excel 或 WPS 中取消密码（文件 → 信息 → 保护工作簿）再保存",
                                 "take the password away (File, Info, Protect Workbook) and save it"),
                            found.name)  # fmt: skip


def _checked(archive: zipfile.ZipFile, found: Found) -> None:
    members = archive.infolist()
    if any(m.flag_bits & 1 for m in members):
        raise _encrypted(found)
    if len(members) > MAX_MEMBERS:
        raise SourceUnreadable(
            "zip-bomb",
            Text(f"工作簿里有 {len(members)} 个部件", f"the workbook has {len(members)} parts"),
            _SAVE,
            found.name,
        )
    # zipfile reads no more of a member than its directory says, so that the sum holds.
    bearable(found.size, sum(m.file_size for m in members), found.name)
    names = {m.filename.lower() for m in members}
    if not any(n.endswith("workbook.xml") for n in names):
        raise SourceUnreadable("not-xlsx", Text("这不是 .xlsx 工作簿（可能是 .xlsb、.ods 或别的文件）",
                                    "this is no .xlsx workbook (.xlsb, .ods or something else)"),
                               _SAVE, found.name)  # fmt: skip


def elements(file: IO[bytes], tags: tuple[str, ...]) -> Iterator[Any]:
    """Elements by local name as they end, each freed after. Entities are not resolved, and nothing is fetched.

    Raises: ValueError, where a part declares a document type: no office program does, and what such entities stand for
    would be missing without a word.
    """
    wanted = [f"{{*}}{t}" for t in tags]
    parsed = etree.iterparse(file, tag=wanted, huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
    for _, element in parsed:
        _undeclared(element)
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    if parsed.root is not None:
        _undeclared(parsed.root)


def _undeclared(element: Any) -> None:
    if element.getroottree().docinfo.doctype:
        raise ValueError("doctype")


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _sheets(archive: zipfile.ZipFile, names: dict[str, str], found: Found) -> tuple[Sheet, ...]:
    book = next(names[n] for n in names if n.endswith("workbook.xml"))
    folder = posixpath.dirname(book)
    rels = names[f"{folder}/_rels/workbook.xml.rels".lstrip("/").lower()]
    with archive.open(rels) as file:
        targets = {e.get("Id"): (e.get("Target"), e.get("Type", "")) for e in elements(file, ("Relationship",))}
    sheets = []
    with archive.open(book) as file:
        for one in elements(file, ("sheet",)):
            target, kind = targets.get(one.get(_RELATION) or one.get(_RELATION_STRICT), (None, ""))
            if target and kind.endswith("/worksheet"):
                member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                sheets.append(Sheet(one.get("name"), names[member.lower()], one.get("state", "visible") != "visible"))
    if not sheets:
        raise SourceUnreadable("no-sheets", Text("文件里没有工作表", "it holds no sheets"), _SAVE, found.name)
    return tuple(sheets)


def _is_1904(archive: zipfile.ZipFile, names: dict[str, str]) -> bool:
    with archive.open(next(names[n] for n in names if n.endswith("workbook.xml"))) as file:
        return any(e.get("date1904") in ("1", "true") for e in elements(file, ("workbookPr",)))


def _styles(archive: zipfile.ZipFile, names: dict[str, str]) -> tuple[str, ...]:
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    member = next((names[n] for n in names if n.endswith("styles.xml")), None)
    if member is None:
        return ()
    own: dict[int, str] = {}
    styles: list[str] = []
    with archive.open(member) as file:
        for one in elements(file, ("numFmt", "cellXfs")):
            if local(one) == "numFmt":
                own[int(one.get("numFmtId", 0))] = one.get("formatCode", "General")
            else:
                numbers = [int(xf.get("numFmtId", 0)) for xf in one]
                styles = [own.get(n) or BUILTIN_FORMATS.get(n) or _CHINESE.get(n, "General") for n in numbers]
    return tuple(styles)


_CHINESE = dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd") | dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss")  # fmt: skip
"""Formats that Excel for Chinese has by number only (ECMA-376, part 1, 18.8.30)."""


def _strings(archive: zipfile.ZipFile, member: str | None, place: Place) -> Strings:
    ends: array[int] = array("Q")
    if member is None:
        return Strings(ends, b"")
    size = archive.getinfo(member).file_size
    path = place.new(".strings")
    total = 0
    with archive.open(member) as file, path.open("wb") as out:
        for one in elements(file, ("si",)):
            text = rich(one).encode("utf-8", "replace")
            out.write(text)
            total += len(text)
            ends.append(total)
    if size <= _IN_MEMORY or not total:
        return Strings(ends, path.read_bytes())
    with path.open("rb") as file:
        return Strings(ends, mmap(file.fileno(), 0, access=ACCESS_READ))


def rich(element: Any) -> str:
    """Text of a string, without the phonetic hints that Japanese and Chinese editors put beside it."""
    parts = []
    for child in element:
        kind = local(child)
        if kind == "t":
            parts.append(child.text or "")
        elif kind == "r":
            parts.extend(t.text or "" for t in child if local(t) == "t")
    return unescaped("".join(parts))


def unescaped(text: str) -> str:
    """
    >>> unescaped("甲_x000D_乙")
    '甲\\r乙'
    """
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text) if "_x" in text else text
