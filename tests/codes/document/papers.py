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
from zhijian.codes.document.stamp import Stamp
from zhijian.codes.model import Code

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
