"""An OFD is stamped: the symbol scans, the words are read, the pages' own files stay, and what was there before is left alone."""

import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from tests.codes.document.ofd_drawn import Reader
from tests.codes.document.ofds import files_of, ofd
from tests.codes.document.papers import what
from tests.codes.document.reports import LABORATORY, record
from tests.codes.document.sealing_keys import CODE, GROUPED, VERIFIER, whole_qr
from tests.codes.document.stamped_ofds import judged, original, sealed, stamped

from zhijian.codes.document.ofd_body import Body
from zhijian.codes.document.ofd_stamp import stamp_ofd
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.report import render_ofd
from zhijian.kit.signing import sm3


def test_the_symbol_on_the_first_page_scans_to_the_whole_text() -> None:
    found = zxingcpp.read_barcode(Reader(stamped()).picture(0))
    assert found is not None
    assert found.text == whole_qr()


def test_every_page_prints_the_code_and_the_first_the_verifier() -> None:
    reader = Reader(stamped())
    for page in range(5):
        assert f"报告编码 {GROUPED} 第 {page + 1} 页 共 5 页" in reader.text(page)
    for words in (GROUPED, f"校验码 {VERIFIER}", "扫码或登录下列网址查验"):
        assert words in reader.text(0)
    found = judged(stamped())
    assert (found.code, found.code_printed, found.verifier_printed) == (CODE, CODE, VERIFIER)
    assert found.original_said["sm3"] == sm3(original()).hex()


def test_the_pages_own_files_stay_as_they_were_and_the_same_input_gives_the_same_bytes() -> None:
    before, after = unzipped(original()), unzipped(stamped())
    changed = [name for name, data in before.items() if after[name] != data]
    assert sorted(changed) == ["Doc_0/Document.xml", "OFD.xml"]
    assert stamp_ofd(original(), what()) == stamped()


def test_the_stamp_covers_nothing_and_a_full_page_is_refused_unless_a_corner_is_named() -> None:
    full = files_of()
    page = "Doc_0/Pages/Page_0/Content.xml"
    full[page] = (
        full[page]
        .replace(b'Boundary="20 20 120 8"', b'Boundary="0 0 205 200"')
        .replace(
            b"</ofd:Layer>",
            b'<ofd:PathObject ID="88" Boundary="0 150 205 140"><ofd:AbbreviatedData>M 0 0 L 1 1</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer>',
        )
    )
    with pytest.raises(DocumentRefused) as refused:
        stamp_ofd(zipped(full), what())
    assert refused.value.why == "no-room"
    assert zxingcpp.read_barcode(Reader(stamp_ofd(zipped(full), what(), "top-left")).picture(0)) is not None
    with pytest.raises(DocumentRefused) as refused:
        stamp_ofd(ofd(), what(), "middle")
    assert refused.value.why == "place-unknown"


def test_a_background_is_no_obstacle() -> None:
    scan = files_of()
    page = "Doc_0/Pages/Page_0/Content.xml"
    scan[page] = scan[page].replace(
        b"</ofd:Layer>", b'<ofd:ImageObject ID="88" Boundary="0 0 210 297" ResourceID="3"/></ofd:Layer>'
    )
    assert zxingcpp.read_barcode(Reader(stamp_ofd(zipped(scan), what())).picture(0)) is not None


def test_annotations_that_were_there_stay_and_are_not_covered() -> None:
    files = files_of()
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    files["Doc_0/Document.xml"] = files["Doc_0/Document.xml"].replace(
        b"</ofd:Pages>", b"</ofd:Pages><ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
    )
    listed = f'<ofd:Annotations {ns}><ofd:Page PageID="10"><ofd:FileLoc>Page_0/A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>'
    own = (f'<ofd:PageAnnot {ns}><ofd:Annot ID="95" Type="Stamp" Creator="x" LastModDate="2026-01-01"><ofd:Appearance>'
           '<ofd:PathObject ID="96" Boundary="150 0 60 100"><ofd:AbbreviatedData>M 0 0</ofd:AbbreviatedData></ofd:PathObject>'
           "</ofd:Appearance></ofd:Annot></ofd:PageAnnot>")  # fmt: skip
    files |= {"Doc_0/Annots/Annotations.xml": listed.encode(), "Doc_0/Annots/Page_0/A.xml": own.encode()}
    after = unzipped(stamp_ofd(zipped(files), what()))
    annotated = after["Doc_0/Annots/Page_0/A.xml"].decode()
    assert annotated.count("<ofd:Annot ") == 2
    assert after["Doc_0/Annots/Annotations.xml"].count(b"<ofd:Page ") == 2
    box = annotated.partition('Subtype="ZhijianCode"')[2].partition("<ofd:PathObject ")[2].split('Boundary="')[1]
    assert float(box.split()[1]) > 100  # the upper right corner is taken


def test_ids_are_new_and_each_is_used_once() -> None:
    tree = [part for name, part in unzipped(stamped()).items() if name.endswith(".xml") and "Signs" not in name]
    ids = [word.split(b'"')[1] for part in tree for word in part.split(b" ") if word.startswith(b"ID=")]
    assert len(ids) == len(set(ids))
    assert max(map(int, ids)) == Body.of(stamped()).last_id()


def test_a_stamped_or_sealed_one_is_not_stamped_again() -> None:
    for raw, why in ((stamped(), "stamped"), (sealed(), "signed")):
        with pytest.raises(DocumentRefused) as refused:
            stamp_ofd(raw, what())
        assert refused.value.why == why


def test_a_zip_that_is_no_ofd_is_told_so() -> None:
    with pytest.raises(DocumentRefused) as refused:
        stamp_ofd(zipped({"word/document.xml": b"<w/>"}), what())
    assert refused.value.why == "not-ofd"


def test_the_sample_report_shows_what_the_pdf_shows() -> None:
    reader = Reader(render_ofd(record(items=60), LABORATORY, "演示"))
    words = "".join(reader.text(page) for page in range(len(reader.document.findall("*")[1])))
    for fact in (
        "检　验　报　告",
        "161705070076",
        LABORATORY.name,
        "授权签字人",
        "赵建国",
        "GB 5009.12-2023",
        "0.012",
        "≤0.2",
        "以下空白",
        "演示",
    ):
        assert fact.replace("　", "") in words.replace("　", ""), fact
    assert render_ofd(record(), LABORATORY) == original()


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
@pytest.mark.parametrize("make", [original, stamped, sealed])
def test_unzip_finds_nothing_wrong_with_the_container(make: object, tmp_path: Path) -> None:
    (tmp_path / "a.ofd").write_bytes(make())  # type: ignore[operator]
    done = subprocess.run(["unzip", "-t", str(tmp_path / "a.ofd")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "No errors detected" in done.stdout
