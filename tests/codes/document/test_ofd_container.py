"""Everything that a forger would try with the container of an OFD, and with its XML."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.document.ofds import files_of, ofd
from tests.codes.document.sealed_ofds import SEALED, looked

from zhijian.codes.document.found import Verdict
from zhijian.codes.document.ofd_xml import parsed
from zhijian.codes.document.ofd_zip import MAX_FILES, unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused


def archive(*entries: tuple[str, bytes], **how: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in entries:
            made.writestr(name, data, **how)
    return out.getvalue()


def linked() -> bytes:
    entry = zipfile.ZipInfo("Doc_0/Document.xml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("OFD.xml", files_of()["OFD.xml"])
        made.writestr(entry, "/etc/passwd")
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused() -> None:
    _refused(archive(("OFD.xml", b"<a/>"), ("OFD.xml", b"<b/>")), "zip-twice")


def _hidden_entry() -> bytes:
    """An entry between the others that the directory does not name."""
    good, more = archive(("OFD.xml", b"<a/>")), archive(("Hidden.xml", b"<b/>"))
    local = more[: more.index(b"PK\x01\x02")]
    start = good.index(b"PK\x01\x02")
    directory = good[start:]
    moved = directory[:-6] + struct.pack("<I", start + len(local)) + directory[-2:]
    return good[:start] + local + moved


def _bomb() -> bytes:
    return archive(("OFD.xml", bytes(310_000_000)), compress_type=zipfile.ZIP_DEFLATED)


def _lying_bomb() -> bytes:
    """An entry that unpacks to 300 MB and claims ten bytes."""
    raw = bytearray(archive(("OFD.xml", bytes(310_000_000)), compress_type=zipfile.ZIP_DEFLATED))
    size = struct.pack("<I", 310_000_000)
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = struct.pack("<I", 10)
    return bytes(raw)


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "names that differ by case": (lambda: archive(("OFD.xml", b"1"), ("ofd.XML", b"2")), {"zip-twice"}),
    "names that differ by normal form": (lambda: archive(("caf\u00e9", b"1"), ("cafe\u0301", b"2")), {"zip-twice"}),
    "a file that is a folder": (lambda: archive(("Doc_0", b"1"), ("Doc_0/a", b"2")), {"zip-twice"}),
    "a way out": (lambda: archive(("OFD.xml", b"1"), ("../../etc/passwd", b"2")), {"zip-name"}),
    "a way out inside": (lambda: archive(("Doc_0/../../x", b"2")), {"zip-name"}),
    "an absolute name": (lambda: archive(("/OFD.xml", b"1")), {"zip-name"}),
    "a drive": (lambda: archive(("C:/OFD.xml", b"1")), {"zip-name"}),
    "a backslash": (lambda: archive(("Doc_0\\OFD.xml", b"1")).replace(b"Doc_0/", b"Doc_0\\"), {"zip-name"}),
    "an empty step": (lambda: archive(("Doc_0//x", b"1")), {"zip-name"}),
    "a dot at the end": (lambda: archive(("OFD.xml.", b"1")), {"zip-name"}),
    "a control character": (lambda: archive(("OFD\n.xml", b"1")), {"zip-name"}),
    "a link": (linked, {"zip-link"}),
    "too many files": (lambda: archive(*((f"f{n}", b"") for n in range(MAX_FILES + 1))), {"zip-bomb"}),
    "a bomb": (_bomb, {"zip-bomb"}),
    "a bomb that lies": (_lying_bomb, {"zip-bomb", "broken"}),
    "bytes in front": (lambda: b"x" + ofd(), {"not-ofd"}),
    "bytes behind": (lambda: ofd() + b"x", {"zip-hidden", "broken"}),
    "an entry that is not named": (_hidden_entry, {"zip-hidden"}),
    "half of it": (lambda: ofd()[: len(ofd()) // 2], {"broken"}),
    "no zip": (lambda: b"%PDF-1.7", {"not-ofd"}),
    "no OFD.xml": (lambda: archive(("x.xml", b"<a/>")), {"file-absent"}),
}  # fmt: skip


def _refused(raw: bytes, *whys: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        looked(raw)
    assert refused.value.why in whys, refused.value
    assert any("\u4e00" <= ch <= "\u9fff" for ch in refused.value.zh)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("trick", HOSTILE)
def test_a_container_with_more_than_one_meaning_is_refused(trick: str) -> None:
    make, whys = HOSTILE[trick]
    _refused(make(), *whys)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
DEEP = b"<a>" * 100 + b"</a>" * 100
XML = {
    "an external entity": (DOCTYPE, "xml-dtd"), "laughs": (LAUGHS, "xml-dtd"), "deep": (DEEP, "xml-malformed"), "no xml": (b"hello", "xml-malformed"),
    "utf-16": ("<a/>".encode("utf-16"), "xml-malformed"), "another encoding": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "xml-malformed"),
    "nothing": (b"", "xml-malformed"),
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
def test_hostile_xml_is_refused_before_it_is_understood(name: str) -> None:
    raw, why = XML[name]
    with pytest.raises(DocumentRefused) as refused:
        parsed(raw, "x.xml")
    assert refused.value.why == why
    _refused(zipped(files_of() | {"OFD.xml": raw}), why)


@settings(max_examples=200)
@given(raw=st.binary(max_size=300) | st.text("<>/!&;[]aofd:=\"' ", max_size=100).map(str.encode))
def test_any_bytes_are_xml_or_refused(raw: bytes) -> None:
    try:
        parsed(raw, "x.xml")
    except DocumentRefused:
        pass


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_ofd_is_inspected_or_refused_and_never_found_unchanged(data: st.DataObject) -> None:
    raw = bytearray(SEALED)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert"]))
        if kind == "flip":
            raw[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 200))]
        else:
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        if not raw:
            return
    try:
        found = looked(bytes(raw))
    except DocumentRefused:
        return
    same = unzipped(bytes(raw)) == unzipped(SEALED)
    assert same or found.verdict is not Verdict.UNCHANGED


def test_the_same_files_give_the_same_container() -> None:
    assert ofd() == ofd()
    assert unzipped(ofd()) == files_of()
