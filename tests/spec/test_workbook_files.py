"""Files that are no workbook, or one made to hurt: refused with words, in bounded time and memory."""

import io
import pickle
import random
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.spec.sheets import edited, reports

from zhijian.kit.aside import Aside
from zhijian.spec.workbook import WorkbookRefused, annotated, read, template
from zhijian.spec.workbook.model import MAX_BYTES

GOOD = template(["report"], {"report": reports()})
SHEET = "xl/worksheets/sheet2.xml"
"""The sheet of the reports."""


def repacked(change: dict[str, bytes], raw: bytes = GOOD) -> bytes:
    """`raw` with members replaced, added, or (empty) left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        members = {name: old.read(name) for name in old.namelist()} | change
        for name, data in members.items():
            if data:
                new.writestr(name, data)
    return out.getvalue()


def member(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return archive.read(name)


def changed(name: str, old: str, new: str) -> bytes:
    whole = member(name).decode()
    assert old in whole
    return whole.replace(old, new, 1).encode()


def why(raw: bytes) -> str:
    with pytest.raises(WorkbookRefused) as refusal:
        read(raw)
    assert refusal.value.zh
    assert refusal.value.en
    assert pickle.loads(pickle.dumps(refusal.value)).why == refusal.value.why
    return refusal.value.why


def encrypted_zip() -> bytes:
    """The flag of a password on every member."""
    raw = bytearray(GOOD)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := raw.find(mark, start)) >= 0:
            raw[start + at] |= 1
            start += 4
    return bytes(raw)


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "empty"), (OLD, "old-format"), (OLD + "EncryptedPackage".encode("utf-16-le"), "encrypted"), (encrypted_zip(), "encrypted"),
        ("机构报告编号,标题\n1,2\n".encode("gbk"), "text"), (b"<html><table>", "not-xlsx"), (b"%PDF-1.7 ...", "not-xlsx"),
        (b"\x00\x01\x02" * 50, "not-xlsx"), (GOOD[: len(GOOD) // 2], "damaged"), (GOOD[:-30], "damaged"), (b"PK\x03\x04" + bytes(100), "damaged"),
        (bytes(MAX_BYTES + 1), "too-large"), (repacked({"[Content_Types].xml": b""}), "not-xlsx"), (repacked({"xl/vbaProject.bin": b"x"}), "macros"),
        (repacked({SHEET: b"<worksheet><sheetData><row>"}), "damaged"), (repacked({"xl/workbook.xml": b"<x/>"}), "no-sheets"),
        (repacked({"xl/styles.xml": b"no xml"}), "damaged"), (repacked({"xl/worksheets/sheet2.xml": b"", "xl/worksheets/sheet3.xml": b""}), "sheet-missing"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_with_how_to_mend_it(raw: bytes, expected: str) -> None:
    assert why(raw) == expected


def test_a_bomb_is_not_unpacked() -> None:
    assert why(repacked({"xl/media/a.bin": bytes(201 << 20)})) == "too-large-unpacked"
    assert why(repacked({f"xl/media/{n}": b"x" for n in range(2100)})) == "too-large-unpacked"


def test_entities_are_not_expanded() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + member(SHEET)
    assert why(repacked({SHEET: bomb})) == "damaged"


def test_dimensions_that_a_file_claims_are_not_believed() -> None:
    sheet = member(SHEET).decode()
    start = sheet.index("<dimension")
    claimed = sheet[:start] + '<dimension ref="A1:XFD1048576"/>' + sheet[sheet.index(">", start) + 1 :]
    far = claimed.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    merged = far.replace(
        "</sheetData>",
        '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/><mergeCell ref="A3:A1048576"/></mergeCells>',
        1,
    )
    for one in (claimed, far, merged):
        assert read(repacked({SHEET: one.encode()})).records == reports()


def test_too_many_cells_and_too_many_reports_are_refused() -> None:
    def cells(book: Any) -> None:
        page = book.create_sheet("别的")
        for row in range(1, 302):
            for n in range(1, 1002):
                page.cell(row, n).value = 1

    assert why(edited(cells)) == "too-many-cells"
    assert why(template(["report"], {"report": reports(1001, 1)})) == "too-many-records"


def test_a_link_to_another_file_is_neither_followed_nor_kept() -> None:
    main, office = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
    link = f'<externalLink xmlns="{main}" xmlns:r="{office}"><externalBook r:id="rId1"/></externalLink>'
    target = (
        f'<Relationship Id="rId1" Type="{office}/externalLinkPath" Target="file:///etc/passwd" TargetMode="External"/>'
    )
    part = f'<Relationship Id="rId99" Type="{office}/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>'
    override = f'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="{kind}"/></Types>'
    reference = (
        f'</sheets><externalReferences><externalReference xmlns:r="{office}" r:id="rId99"/></externalReferences>'
    )
    linked = repacked({
        "[Content_Types].xml": changed("[Content_Types].xml", "</Types>", override),
        "xl/externalLinks/externalLink1.xml": link.encode(),
        "xl/externalLinks/_rels/externalLink1.xml.rels": f"{relations}{target}</Relationships>".encode(),
        "xl/workbook.xml": changed("xl/workbook.xml", "</sheets>", reference),
        "xl/_rels/workbook.xml.rels": changed("xl/_rels/workbook.xml.rels", "</Relationships>", part),
    })  # fmt: skip
    found = read(linked)
    assert found.records == reports()
    with zipfile.ZipFile(io.BytesIO(annotated(linked, found.findings))) as archive:
        assert not any(b"/etc/passwd" in archive.read(name) for name in archive.namelist())


def test_nothing_that_is_written_back_becomes_a_formula() -> None:
    def change(book: Any) -> None:
        cell = book["报告"]["F3"]
        cell.value, cell.data_type = '=HYPERLINK("http://x")', "s"

    raw = edited(change)
    found = read(raw)
    book = load_workbook(io.BytesIO(annotated(raw, found.findings)))
    assert all(c.data_type != "f" for page in book.worksheets for row in page.iter_rows() for c in row)
    assert book["问题清单"]["D2"].value == '=HYPERLINK("http://x")'


def test_whatever_bytes_are_wrong_the_file_is_read_or_refused_and_nothing_else() -> None:
    chance = random.Random(7)
    names = [n for n in zipfile.ZipFile(io.BytesIO(GOOD)).namelist() if n.endswith((".xml", ".rels"))]
    refusals = 0
    for _ in range(250):
        name = chance.choice(names)
        data = bytearray(member(name))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            if chance.random() < 0.5:
                data[at] = chance.choice(b"0123456789<>\"'/= aZ&;-\x00\xff")
            else:
                del data[at : at + chance.randint(1, 40)]
        raw = repacked({name: bytes(data) or b" "})
        try:
            annotated(raw, read(raw).findings)
        except WorkbookRefused:
            refusals += 1
    assert refusals > 50


def test_a_stranger_s_workbook_is_read_aside() -> None:
    run = Aside(["zhijian.spec.workbook"], at_once=1)
    found = run(read, GOOD, ["report"])
    assert found.records == reports()
    assert run(annotated, GOOD, list(found.findings))
    with pytest.raises(WorkbookRefused):
        run(read, b"PK", ["report"])
