"""Reports as several writers make them: reportlab, pypdf, chromium; turned, cropped, in A3 to A5, with holes and links."""

import io
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
)
from reportlab.lib.pagesizes import A3, A4, A5
from reportlab.pdfgen.canvas import Canvas
from tests.codes.document.sealing_keys import CODE, HOST, LAB, VERIFIER, whole_qr

from zhijian.codes import qr
from zhijian.codes.document import fonts
from zhijian.codes.document.stamp import Stamp
from zhijian.codes.model import Code

if not (fonts.FOLDER / f"{fonts.REGULAR}.ttf").is_file():
    pytest.skip("the fonts of documents are not there: run `make static`", allow_module_level=True)

SIZES = {"A3": A3, "A4": A4, "A5": A5}


def what(code: Code = CODE, **changes: str) -> Stamp:
    made = {
        "verifier": VERIFIER, "qr": whole_qr(code), "url": qr.text(f"https://{HOST}", code, VERIFIER), "host": HOST,
        "institution": LAB.name, "label": "",
    } | changes  # fmt: skip
    return Stamp(code, **made)


@lru_cache(maxsize=64)
def paper(size: str = "A4", pages: int = 2, words: str = "Lead (Pb) 0.012 mg/kg", **how: int) -> bytes:
    """By reportlab. `how`: rotate, landscape, full (lines from edge to edge), compress."""
    out = io.BytesIO()
    width, height = SIZES[size]
    if how.get("landscape"):
        width, height = height, width
    pen = Canvas(out, pagesize=(width, height), invariant=1, pageCompression=how.get("compress", 1))
    for page in range(pages):
        pen.setFont("Helvetica", 11)
        pen.drawString(72, height / 2, f"{words} page {page + 1}")
        if how.get("full"):
            for line in range(int(height // 12)):
                pen.drawString(2, line * 12, "0.12 " * int(width // 20))
        if how.get("rotate"):
            pen.setPageRotation(how["rotate"])
        pen.showPage()
    pen.save()
    return out.getvalue()


def rewritten(raw: bytes, *, compress: bool = False) -> bytes:
    """As pypdf writes it again: other object numbers, other compression."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    for page in writer.pages:
        if compress:
            page.compress_content_streams()
    return saved(writer)


def saved(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def cropped(raw: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    for page in writer.pages:
        page.cropbox = RectangleObject((30, 40, 500, 780))
    return saved(writer)


def annotated(raw: bytes) -> bytes:
    """A link on the first page, in an array of its own, as many writers do."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    link = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link"),
        NameObject("/Rect"): ArrayObject([FloatObject(v) for v in (72, 400, 200, 420)]), NameObject("/F"): NumberObject(4),
    })  # fmt: skip
    writer.pages[0][NameObject("/Annots")] = writer._add_object(ArrayObject([writer._add_object(link)]))
    return saved(writer)


def unbalanced(raw: bytes) -> bytes:
    """Saves the state twice and scales it, never restores it, and shares one resource dictionary over all pages."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    for page in writer.pages:
        stream = StreamObject()
        stream.set_data(b"q q 0.5 0 0 0.5 100 100 cm 1 0 0 rg\n" + page.get_contents().get_data() + b" q")
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.root_object["/Pages"][NameObject("/Resources")] = writer.pages[0]["/Resources"]
    for page in writer.pages:
        del page["/Resources"]
    return saved(writer)


def streamed(raw: bytes) -> bytes:
    """Object streams and a cross-reference stream, written by hand: none of our libraries writes them for whole files."""
    reader = pypdf.PdfReader(io.BytesIO(raw))
    writer = pypdf.PdfWriter(clone_from=reader)
    objects, packed, offsets = {}, [], {}
    for number, found in enumerate(writer._objects, 1):
        if found is not None:
            objects[number] = found
    size = max(objects) + 3
    stream_number, xref_number = size - 2, size - 1
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    inside = {}
    for number, found in objects.items():
        body = io.BytesIO()
        found.write_to_stream(body)
        if isinstance(found, StreamObject):
            offsets[number] = out.tell()
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body.getvalue()))
        else:
            inside[number] = len(packed)
            packed.append((number, body.getvalue()))
    head, data = b"", b""
    for number, body_bytes in packed:
        head += b"%d %d " % (number, len(data))
        data += body_bytes + b"\n"
    offsets[stream_number] = out.tell()
    out.write(b"%d 0 obj\n<</Type/ObjStm/N %d/First %d/Length %d>>stream\n%s%s\nendstream\nendobj\n" % (
        stream_number, len(packed), len(head), len(head) + len(data), head, data))  # fmt: skip
    start = out.tell()
    offsets[xref_number] = start
    rows = b"\x00\x00\x00\x00\x00\xff"
    for number in range(1, size):
        if number in inside:
            rows += b"\x02" + stream_number.to_bytes(4, "big") + bytes([inside[number]])
        else:
            rows += (b"\x01" if number in offsets else b"\x00") + offsets.get(number, 0).to_bytes(4, "big") + b"\x00"
    root = writer.root_object.indirect_reference.idnum
    out.write(b"%d 0 obj\n<</Type/XRef/W[1 4 1]/Size %d/Root %d 0 R/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (
        xref_number, size, root, len(rows), rows, start))  # fmt: skip
    return out.getvalue()


def chromium_print(html: str, folder: Path) -> bytes:
    if not shutil.which("chromium"):
        pytest.skip("chromium is not on this machine")
    (folder / "page.html").write_text(html)
    target = folder / "page.pdf"
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile",
         f"--print-to-pdf={target}", (folder / "page.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return target.read_bytes()


def rendered(raw: bytes, folder: Path, dpi: int = 150, page: int = 1) -> Path:
    """One page as a picture, by poppler."""
    if not shutil.which("pdftoppm"):
        pytest.skip("poppler-utils are not on this machine")
    (folder / "shown.pdf").write_bytes(raw)
    ask = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-singlefile", "-png", "shown.pdf", "shown"]
    done = subprocess.run(ask, cwd=folder, capture_output=True, text=True, timeout=120, check=True)
    assert "Error" not in done.stderr, done.stderr
    return folder / "shown.png"


def poppler_text(raw: bytes, folder: Path) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("poppler-utils are not on this machine")
    (folder / "read.pdf").write_bytes(raw)
    done = subprocess.run(
        ["pdftotext", "-layout", "read.pdf", "-"], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    assert not done.stderr, done.stderr
    return done.stdout


def hybrid(raw: bytes) -> bytes:
    """As Word saves: a table for old readers, and a cross-reference stream behind it for objects in an object stream."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    objects = {number: found for number, found in enumerate(writer._objects, 1) if found is not None}
    packed_at = [n for n, f in objects.items() if isinstance(f, DictionaryObject) and f.get("/Type") == "/Font"]
    size = max(objects) + 3
    out, offsets = io.BytesIO(), {}
    out.write(b"%PDF-1.7\n%\xb5\xb5\xb5\xb5\n")
    for number, found in objects.items():
        if number not in packed_at:
            offsets[number] = out.tell()
            body = io.BytesIO()
            found.write_to_stream(body)
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body.getvalue()))
    head, data = b"", b""
    for number in packed_at:
        body = io.BytesIO()
        objects[number].write_to_stream(body)
        head += b"%d %d " % (number, len(data))
        data += body.getvalue() + b"\n"
    offsets[size - 2] = out.tell()
    out.write(b"%d 0 obj\n<</Type/ObjStm/N %d/First %d/Length %d>>stream\n%s%s\nendstream\nendobj\n" % (
        size - 2, len(packed_at), len(head), len(head + data), head, data))  # fmt: skip
    rows = b"".join(b"\x02" + (size - 2).to_bytes(4, "big") + bytes([n]) for n in range(len(packed_at)))
    index = b" ".join(b"%d 1" % n for n in packed_at)
    offsets[size - 1] = stream_at = out.tell()
    out.write(b"%d 0 obj\n<</Type/XRef/W[1 4 1]/Index[%s]/Size %d/Root %d 0 R/Length %d>>stream\n%s\nendstream\nendobj\n" % (
        size - 1, index, size, writer.root_object.indirect_reference.idnum, len(rows), rows))  # fmt: skip
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f\r\n" % size)
    for number in range(1, size):
        out.write(b"%010d 00000 n\r\n" % offsets[number] if number in offsets else b"0000000000 65535 f\r\n")
    root = writer.root_object.indirect_reference.idnum
    out.write(b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, table))
    second = out.tell()
    out.write(b"xref\n0 0\ntrailer\n<</Size %d/Root %d 0 R/Prev %d/XRefStm %d>>\nstartxref\n%d\n%%%%EOF" % (
        size, root, table, stream_at, second))  # fmt: skip
    return out.getvalue()


def office(pages: int = 2) -> bytes:
    """As LibreOffice exports: one resource dictionary for all pages, lengths of streams behind them, tagged content, clips."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xc3\xa4\xc3\xbc\xc3\xb6\xc3\x9f\n")
    bodies: dict[int, bytes] = {}
    first = 10
    for n in range(pages):
        content = (
            b"0.1 w\nq 0 0.028 595.275 841.861 re\nW* n\n/Standard<</MCID 0>>BDC\nq 0 0 0 rg\nBT\n72 421 Td /F1 11 Tf"
            b"[(Lead \\(Pb\\) 0.012 mg/kg page %d)]TJ\nET\nQ\nEMC\nQ " % (n + 1)
        )
        bodies[first + 3 * n] = b"<</Length %d 0 R>>\nstream\n%s\nendstream" % (first + 3 * n + 1, content)
        bodies[first + 3 * n + 1] = b"%d" % len(content)
        bodies[first + 3 * n + 2] = (
            b"<</Type/Page/Parent 4 0 R/Resources 5 0 R/MediaBox[0 0 595.275590551181 841.861417322835]/StructParents %d"
            b"/Group<</S/Transparency/CS/DeviceRGB/I true>>/Contents %d 0 R>>" % (n, first + 3 * n)
        )
    kids = b" ".join(b"%d 0 R" % (first + 3 * n + 2) for n in range(pages))
    bodies |= {
        1: b"<</Type/Catalog/Pages 4 0 R/OpenAction[%d 0 R /XYZ null null 0]/MarkInfo<</Marked true>>/Lang(zh-CN)>>" % (first + 2),
        2: b"<</Creator<FEFF005700720069007400650072>/Producer(LibreOffice 7.4)/CreationDate(D:20260127100000+08'00')>>",
        4: b"<</Type/Pages/Resources 5 0 R/MediaBox[0 0 595 841]/Kids[%s]/Count %d>>" % (kids, pages),
        5: b"<</Font 6 0 R/ProcSet[/PDF/Text]>>", 6: b"<</F1 7 0 R>>",
        7: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    }  # fmt: skip
    offsets = {}
    for number, body in bodies.items():
        offsets[number] = out.tell()
        out.write(b"%d 0 obj\n%s\nendobj\n\n" % (number, body))
    size, table = max(bodies) + 1, out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    for number in range(1, size):
        out.write(b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 00000 f \n")
    out.write(b"trailer\n<</Size %d/Root 1 0 R/Info 2 0 R/ID[<%s><%s>]/DocChecksum /%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, b"0A" * 16, b"0A" * 16, b"0A" * 16, table))  # fmt: skip
    return out.getvalue()
