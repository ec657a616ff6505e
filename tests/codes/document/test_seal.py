"""The seal: what it holds, and that validators which are not ours accept it."""

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from tests.codes.document.papers import (
    annotated,
    chromium_print,
    hybrid,
    office,
    paper,
    rendered,
    rewritten,
    streamed,
    unbalanced,
    what,
)
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    KEY,
    LAB,
    OTHER_CODE,
    PROOF,
    ROOTS,
    key_of,
    seal_of,
    sealer,
    whole_qr,
)  # fmt: skip
from tests.codes.document.test_stamp import HTML, scanned

from zhijian.codes.document.content import fingerprints
from zhijian.codes.document.manifest import verify
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.seal import Picture, seal
from zhijian.codes.document.stamp import stamp
from zhijian.kit.signing import Suite, sm3

PAPERS = {
    "A4": paper, "turned": lambda: paper("A5", rotate=90), "object streams": lambda: streamed(paper()), "annotated": lambda: annotated(paper()),
    "unbalanced": lambda: unbalanced(paper()), "as Word saves": lambda: hybrid(paper()), "as LibreOffice exports": office,
    "by pypdf": lambda: rewritten(paper()),
}  # fmt: skip
EVERY = pytest.mark.parametrize("name", PAPERS)
SEEN = Picture(2, 60, 30)


def sealed(name: str = "A4", **changes: object) -> bytes:
    return seal(stamp(PAPERS[name](), what()), seal_of(**changes), sealer(), AT)


def files(raw: bytes) -> dict[str, bytes]:
    return {called: data[0] for called, data in pypdf.PdfReader(io.BytesIO(raw)).attachments.items()}


@EVERY
@pytest.mark.parametrize("picture", [None, SEEN], ids=["not seen", "seen"])
def test_pyhankos_own_validator_accepts_it(name: str, picture: Picture | None) -> None:
    # By default it refuses every file with Word's double cross-reference table, ours or not.
    found = PdfFileReader(io.BytesIO(sealed(name, picture=picture)), strict=name != "as Word saves").embedded_signatures
    assert len(found) == 1
    context = ValidationContext(trust_roots=[x509.Certificate.load(ROOTS[0])], moment=AT, allow_fetching=False)
    status = validate_pdf_signature(found[0], signer_validation_context=context)
    assert status.bottom_line, status.pretty_print_details()
    assert status.coverage.name == "ENTIRE_FILE"
    assert found[0].docmdp_level is MDPPerm.NO_CHANGES
    assert found[0].self_reported_timestamp == AT
    assert found[0].sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_pades_b_b_names_the_certificate_and_no_time_in_its_signed_attributes() -> None:
    """ETSI EN 319 142-1, 6.3: signing-certificate-v2 there, signing-time not; the time is in /M."""
    info = PdfFileReader(io.BytesIO(sealed())).embedded_signatures[0].signer_info
    attributes = {one["type"].native for one in info["signed_attrs"]}
    assert "signing_certificate_v2" in attributes
    assert "message_digest" in attributes
    assert "signing_time" not in attributes


@EVERY
def test_poppler_finds_a_valid_signature_over_the_whole_file(name: str, tmp_path: Path) -> None:
    if not shutil.which("pdfsig"):
        pytest.skip("pdfsig (poppler-utils) is not on this machine")
    (tmp_path / "s.pdf").write_bytes(sealed(name))
    done = subprocess.run(
        ["pdfsig", "-nocert", "s.pdf"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Signature is Valid" in done.stdout
    assert "Total document signed" in done.stdout
    assert LAB.name in done.stdout


@EVERY
def test_stamped_and_original_stay_in_front(name: str) -> None:
    original = PAPERS[name]()
    stamped = stamp(original, what())
    done = seal(stamped, seal_of(), sealer(), AT)
    assert done.startswith(stamped)
    assert stamped.startswith(original)


@EVERY
def test_proof_qr_and_manifest_are_attached_as_associated_files(name: str) -> None:
    done = sealed(name, picture=SEEN)
    found = files(done)
    assert found[f"{CODE}.tlog-proof"] == PROOF
    assert found[f"{CODE}.qr.txt"].decode() == whole_qr()
    made = verify(found[f"{CODE}.manifest.cose"], key_of).manifest
    assert made.code == CODE
    assert made.original_digest == sm3(PAPERS[name]())
    assert made.pages == fingerprints(done) == fingerprints(rewritten(done))
    associated = pypdf.PdfReader(io.BytesIO(done)).root_object["/AF"]
    assert [one.get_object()["/AFRelationship"] for one in associated] == ["/Supplement", "/Alternative", "/Data"]


def test_attachments_of_the_laboratorys_own_stay() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper()))
    writer.add_attachment("raw-data.csv", b"1,2,3")
    out = io.BytesIO()
    writer.write(out)
    done = seal(stamp(out.getvalue(), what()), seal_of(), sealer(), AT)
    assert files(done)["raw-data.csv"] == b"1,2,3"
    assert len(files(done)) == 4


def test_a_seal_can_leave_forms_to_be_filled() -> None:
    found = PdfFileReader(io.BytesIO(sealed(level="form-filling"))).embedded_signatures[0]
    assert found.docmdp_level is MDPPerm.FILL_FORMS


@EVERY
def test_the_seen_seal_is_red_and_where_it_was_asked_for(name: str, tmp_path: Path) -> None:
    from PIL import Image

    page = Image.open(rendered(sealed(name, picture=SEEN), tmp_path, dpi=72, page=2)).convert("RGB")
    pixels = page.load()
    red = [
        (x, y) for x in range(page.width) for y in range(page.height)
        if pixels[x, y][0] > 150 and pixels[x, y][1] < 90 and pixels[x, y][2] < 90 and y > page.height - 72 / 25.4 * 70
    ]  # fmt: skip
    mm = 72 / 25.4
    assert abs(min(x for x, _ in red) / mm - 60) < 2
    assert abs(max(x for x, _ in red) / mm - 98) < 2
    assert abs((page.height - max(y for _, y in red)) / mm - 30) < 2


def test_what_chromium_printed_is_sealed_and_scanned(tmp_path: Path) -> None:
    done = seal(stamp(chromium_print(HTML, tmp_path), what()), seal_of(picture=Picture(1, 150, 5)), sealer(), AT)
    assert scanned(rendered(done, tmp_path)) == [whole_qr()]


def test_a_running_loop_does_not_keep_anybody_from_sealing() -> None:
    import asyncio

    async def within() -> bytes:
        return sealed()

    assert asyncio.run(within()).startswith(b"%PDF")


REFUSED = {
    "not-stamped": lambda: seal(paper(), seal_of(), sealer(), AT),
    "code-differs": lambda: seal(stamp(paper(), what()), seal_of(OTHER_CODE), sealer(), AT),
    "sealed": lambda: seal(sealed(), seal_of(), sealer(), AT),
    "page-unknown": lambda: sealed(picture=Picture(3, 1, 1)),
    "certificate-suite": lambda: seal(stamp(paper(), what()), seal_of(), replace(sealer(), key=KEY[Suite.SM2]), AT),
    "signed": lambda: stamp(sealed(), what()),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_sealed_is_refused_in_two_languages(why: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        REFUSED[why]()
    assert refused.value.why == why
    assert any("\u4e00" <= ch <= "\u9fff" for ch in refused.value.zh)


def test_a_sealed_file_takes_no_proof_and_says_what_to_do_instead() -> None:
    with pytest.raises(DocumentRefused, match="beside it"):
        seal(sealed(), seal_of(proof=b"another"), sealer(), AT)
