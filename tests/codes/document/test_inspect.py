"""Inspection of honest files: sealed, re-saved, stamped only, as offices write them."""

import io
from collections.abc import Callable

import pypdf
import pytest
from pypdf.generic import NameObject
from tests.codes.document.inspecting import (
    ORIGINAL,
    STAMPED,
    looked,
    replaced_content,
    sealed,
    updated,
)
from tests.codes.document.papers import hybrid, office, rewritten, saved, streamed, what
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    LAB,
    PROOF,
    VERIFIER,
    seal_of,
    sealer,
    whole_qr,
)  # fmt: skip

from zhijian.codes.document.found import Verdict
from zhijian.codes.document.seal import seal
from zhijian.codes.document.stamp import stamp
from zhijian.kit.signing import Suite, sm3


def test_a_sealed_file_is_unchanged_and_shows_all_its_evidence() -> None:
    found = looked(sealed())
    assert found.verdict is Verdict.UNCHANGED
    assert found.words() == ("签章后未改动", "unchanged since the seal")
    assert found.whole.sm3 == sm3(sealed())
    assert found.original is not None
    assert found.original.length == len(ORIGINAL)
    assert found.original.sm3 == sm3(ORIGINAL)
    assert found.code == found.code_printed == CODE
    assert found.verifier_printed == VERIFIER
    assert found.qr == whole_qr()
    assert found.proof == PROOF
    assert [p.standing for p in found.pages] == ["unchanged"] * 3
    assert [p.code_printed for p in found.pages] == [CODE] * 3
    (signature,) = found.signatures
    assert (signature.by, signature.number) == (LAB.name, LAB.number)
    assert signature.intact
    assert signature.is_known
    assert (signature.covers, signature.later, signature.problem) == ("whole-file", "none", None)
    assert signature.certifies
    assert signature.signed_at == AT


@pytest.mark.parametrize(
    "how", [rewritten, lambda raw: rewritten(raw, compress=True), lambda raw: streamed(rewritten(raw))]
)
def test_a_resaved_file_keeps_its_content_and_says_so(how: Callable[[bytes], bytes]) -> None:
    found = looked(how(sealed()))
    assert found.verdict is Verdict.RESAVED
    assert found.words() == ("签章后另存过，页面内容未变", "re-saved, content unchanged")
    assert found.original is None
    assert found.signatures[0].problem == "signature-broken"
    assert found.manifest is not None
    assert found.pages_edited == ()


def test_a_file_that_lost_its_signature_altogether_is_told_by_its_manifest() -> None:
    reader, writer = pypdf.PdfReader(io.BytesIO(sealed(seen=False))), pypdf.PdfWriter()
    for page in reader.pages:
        kept = [a for a in page.get("/Annots", []) if a.get_object()["/Subtype"] != "/Widget"]
        page[NameObject("/Annots")] = pypdf.generic.ArrayObject(kept)
        writer.add_page(page)
    for called, data in reader.attachments.items():
        writer.add_attachment(called, data[0])
    stripped = saved(writer)
    assert b"/ByteRange" not in stripped
    found = looked(stripped)
    assert found.signatures == ()
    assert found.verdict is Verdict.RESAVED


def test_a_stamped_file_is_not_sealed_but_its_original_is_known() -> None:
    found = looked(STAMPED)
    assert found.verdict is Verdict.NOT_SEALED
    assert found.manifest_problem == "manifest-absent"
    assert found.original is not None
    assert found.original.sm3 == sm3(ORIGINAL)
    assert found.code == CODE == found.code_printed
    assert found.pages[0].standing == "not-compared"


def test_a_report_without_stamp_has_nothing_to_show_but_its_digest() -> None:
    found = looked(ORIGINAL)
    assert found.verdict is Verdict.NOT_SEALED
    assert (found.original, found.code, found.code_printed, found.qr) == (None, None, None, None)
    assert found.whole.sm3 == sm3(ORIGINAL)


@pytest.mark.parametrize(
    "make", [lambda: hybrid(ORIGINAL), lambda: office(3)], ids=["as Word saves", "as LibreOffice exports"]
)
def test_what_offices_write_is_inspected_like_the_rest(make: Callable[[], bytes]) -> None:
    done = seal(stamp(make(), what()), seal_of(), sealer(), AT)
    assert looked(done).verdict is Verdict.UNCHANGED
    assert looked(rewritten(done)).verdict is Verdict.RESAVED
    found = looked(updated(done, replaced_content))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == (2,)
    assert found.signatures[0].later == "forbidden"


def test_one_of_two_equal_pages_that_is_dropped_is_missing() -> None:
    from zhijian.codes.document.inspect import _compared
    from zhijian.codes.document.manifest import Manifest, VerifiedManifest
    from zhijian.codes.document.printed import Printed

    a, b = bytes(32), bytes([1]) * 32
    verified = VerifiedManifest(Manifest(CODE, "sm3", bytes(32), (a, b, b), AT), b"kid0", Suite.SM2)
    pages, missing = _compared((a, b), verified, Printed((None, None), None))
    assert [p.standing for p in pages] == ["unchanged", "unchanged"]
    assert missing == (3,)
