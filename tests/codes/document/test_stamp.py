"""The stamp: behind the original's bytes, on paper of every kind, read back by poppler and by a scanner."""

import hashlib
import io
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from PIL import Image
from pypdf.generic import NameObject, NumberObject
from tests.codes.document.papers import (
    annotated,
    chromium_print,
    cropped,
    hybrid,
    office,
    paper,
    poppler_text,
    rendered,
    rewritten,
    saved,
    streamed,
    unbalanced,
    what,
)  # fmt: skip
from tests.codes.document.sealing_keys import CODE, GROUPED, HOST, LAB, VERIFIER, whole_qr

from zhijian.codes import qr
from zhijian.codes.document import fonts, reading
from zhijian.codes.document.frame import MM
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.stamp import stamp

PAPERS = {
    "A3": lambda: paper("A3"), "A4": paper, "A5": lambda: paper("A5"), "landscape": lambda: paper("A5", landscape=1),
    "turned 90": lambda: paper(rotate=90), "turned 180": lambda: paper(rotate=180), "turned 270": lambda: paper("A5", rotate=270),
    "cropped": lambda: cropped(paper()), "annotated": lambda: annotated(paper()), "by pypdf": lambda: rewritten(paper()),
    "object streams": lambda: streamed(paper()), "unbalanced": lambda: unbalanced(paper()), "one page": lambda: paper(pages=1),
    "not compressed": lambda: paper(compress=0), "as Word saves": lambda: hybrid(paper()), "as LibreOffice exports": office,
}  # fmt: skip
EVERY = pytest.mark.parametrize("name", PAPERS)
HTML = (
    "<html lang=zh><style>td{border:1px solid}</style><body><h1>检验检测报告</h1>"
    + "<table><tr><td>铅 Pb<td>0.012</table>" * 60
)


def scanned(picture: Path, factor: float = 1.0) -> list[str]:
    image = Image.open(picture).convert("L")
    if factor != 1:
        image = image.resize((int(image.width * factor), int(image.height * factor)))
    return [one.text for one in zxingcpp.read_barcodes(image)]


@EVERY
def test_the_original_stays_byte_for_byte_in_front(name: str) -> None:
    original = PAPERS[name]()
    stamped = stamp(original, what())
    assert stamped.startswith(original)
    assert len(stamped) > len(original)
    assert hashlib.sha256(stamped[: len(original)]).digest() == hashlib.sha256(original).digest()


@EVERY
def test_poppler_reads_code_verifier_and_a_footer_on_every_page(name: str, tmp_path: Path) -> None:
    original = PAPERS[name]()
    pages = len(pypdf.PdfReader(io.BytesIO(original)).pages)
    text = poppler_text(stamp(original, what(label="演示 demonstration")), tmp_path)
    assert f"校验码 {VERIFIER}" in text
    assert LAB.name in text
    assert text.count("演示 demonstration") == pages + 1
    for number in range(1, pages + 1):
        assert f"报告编码 {GROUPED} 第 {number} 页 共 {pages} 页 · {HOST}" in text
    assert "Lead (Pb) 0.012 mg/kg page 1" in text


@EVERY
def test_a_scanner_reads_the_whole_symbol_at_150_dpi(name: str, tmp_path: Path) -> None:
    assert scanned(rendered(stamp(PAPERS[name](), what()), tmp_path)) == [whole_qr()]


def test_a_scanner_reads_a_small_print_at_300_dpi(tmp_path: Path) -> None:
    """A4 shrunk to A5, seven tenths."""
    assert scanned(rendered(stamp(paper(), what()), tmp_path, dpi=300), 0.707) == [whole_qr()]


def test_the_symbol_has_at_most_57_modules_of_no_less_than_four_tenths_of_a_millimetre() -> None:
    from zhijian.codes.document import drawing

    assert qr.modules(whole_qr()) <= 57
    assert drawing.MODULE / MM >= 0.4


@EVERY
def test_the_stamp_keeps_away_from_the_edge_and_nothing_but_the_stamp_changes(name: str, tmp_path: Path) -> None:
    """Rendered before and after, pages differ only inside of the block and of the footer, at least 4.5 mm from the edge."""
    original = PAPERS[name]()
    before = Image.open(rendered(original, tmp_path, dpi=72)).convert("L").copy()
    after = Image.open(rendered(stamp(original, what()), tmp_path, dpi=72)).convert("L")
    assert before.size == after.size
    changed = Image.eval(Image.blend(before, after, 0.5), lambda _: 0).convert("L")
    pixels_a, pixels_b, out = before.load(), after.load(), changed.load()
    for y in range(before.height):
        for x in range(before.width):
            if pixels_a[x, y] != pixels_b[x, y]:
                assert pixels_a[x, y] > 250, "the stamp covers something of the report"
                out[x, y] = 255
    left, top, right, bottom = changed.getbbox()
    assert min(left, top, before.width - right, before.height - bottom) >= 4.5 * MM


def test_the_stamp_looks_for_a_corner_without_text(tmp_path: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    pen = Canvas(out, pagesize=A4)
    pen.drawString(420, 800, "No. B-2026-0017, top right")
    pen.drawImage(_picture(), 40, 700, 150, 130)
    pen.save()
    picture = rendered(stamp(out.getvalue(), what()), tmp_path)
    found = zxingcpp.read_barcodes(Image.open(picture).convert("L"))[0].position.top_left
    width, height = Image.open(picture).size
    assert found.x > width / 2
    assert found.y > height / 2


def _picture() -> object:
    from reportlab.lib.utils import ImageReader

    return ImageReader(Image.new("RGB", (9, 9), "red"))


def test_a_named_corner_is_taken_as_it_is(tmp_path: Path) -> None:
    picture = rendered(stamp(paper(full=1), what(), "bottom-left"), tmp_path)
    found = zxingcpp.read_barcodes(Image.open(picture).convert("L"))[0].position.top_left
    assert found.x < Image.open(picture).width / 2


def test_a_page_without_room_is_refused_rather_than_covered() -> None:
    with pytest.raises(DocumentRefused) as refused:
        stamp(paper(full=1), what())
    assert refused.value.why == "no-room"
    assert "top-right" in refused.value.en
    assert "首页" in refused.value.zh


def test_a_place_that_is_no_corner_is_refused() -> None:
    with pytest.raises(DocumentRefused) as refused:
        stamp(paper(), what(), "middle")
    assert refused.value.why == "place-unknown"


def test_a_scan_over_the_whole_page_is_ground_to_stamp_on(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    pen = Canvas(out, pagesize=(595, 842))
    pen.drawImage(_picture(), 0, 0, 595, 842)
    pen.save()
    assert scanned(rendered(stamp(out.getvalue(), what()), tmp_path)) == [whole_qr()]


def test_what_chromium_prints_is_stamped_and_read(tmp_path: Path) -> None:
    original = chromium_print(HTML, tmp_path)
    stamped = stamp(original, what())
    assert stamped.startswith(original)
    assert scanned(rendered(stamped, tmp_path)) == [whole_qr()]
    text = poppler_text(stamped, tmp_path)
    assert "检验检测报告" in text
    assert f"报告编码 {GROUPED} 第 1 页" in text


def test_the_same_input_gives_the_same_bytes() -> None:
    assert stamp(paper(), what()) == stamp(paper(), what())


def test_a_click_opens_the_page_and_older_links_stay() -> None:
    links = pypdf.PdfReader(io.BytesIO(stamp(annotated(paper()), what()))).pages[0]["/Annots"]
    assert len(links) == 2
    assert links[1]["/A"]["/URI"] == qr.text(f"https://{HOST}", CODE, VERIFIER)


def test_a_page_unit_of_two_points_doubles_nothing(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper("A5")))
    for page in writer.pages:
        page[NameObject("/UserUnit")] = NumberObject(2)
    stamped = pypdf.PdfReader(io.BytesIO(stamp(saved(writer), what())))
    rect = [float(v) for v in stamped.pages[0]["/Annots"][0]["/Rect"]]
    assert 12 * MM < rect[2] - rect[0] < 20 * MM  # half of about 30 mm, in units of two points


def encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper()))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    return saved(writer)


def without_pages() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    raw = saved(writer)
    return raw.replace(b"/Count 1", b"/Count 0").replace(b"/Kids [ ", b"/Kids [%")


REFUSED = {
    "encrypted": encrypted, "stamped": lambda: stamp(paper(), what()), "no-pages": lambda: saved(pypdf.PdfWriter()),
    "not-pdf": lambda: b"PK\x03\x04" + bytes(99), "broken": lambda: paper()[: len(paper()) // 2],
    "too-many-pages": lambda: paper("A5", pages=2001), "too-large": lambda: b"%PDF-1.7" + bytes(reading.MAX_BYTES),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_stamped_is_refused_in_two_languages(why: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        stamp(REFUSED[why](), what())
    assert refused.value.why == why, refused.value
    assert any("\u4e00" <= ch <= "\u9fff" for ch in refused.value.zh)
    assert refused.value.en.isascii() or refused.value.en


def test_missing_fonts_are_named_with_the_command_that_brings_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts.cut.cache_clear()
    with pytest.raises(DocumentRefused) as refused:
        stamp(paper(), what())
    fonts.cut.cache_clear()
    assert refused.value.why == "fonts-missing"
    assert "make static" in refused.value.en
    assert "make static" in refused.value.zh
