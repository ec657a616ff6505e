"""Inspection: honest files, re-saves, and everything that a forger would try."""

import io
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf.generic import DecodedStreamObject, NameObject
from tests.codes.document.papers import hybrid, office, paper, rewritten, saved, streamed, what
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    LAB,
    OTHER_CODE,
    PROOF,
    ROOTS,
    STRANGER,
    STRANGER_DER,
    UNTIL,
    VERIFIER,
    key_of,
    seal_of,
    sealer,
    stranger,
    whole_qr,
)  # fmt: skip

from zhijian.codes.code import compose
from zhijian.codes.document import certificates
from zhijian.codes.document.attach import attach
from zhijian.codes.document.found import Inspection, Verdict
from zhijian.codes.document.frame import leaves
from zhijian.codes.document.inspect import inspect
from zhijian.codes.document.objects import array, dictionary, name, number, put, real, references, stream, text, value
from zhijian.codes.document.reading import Revision, revise
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.document.seal import Picture, seal
from zhijian.codes.document.stamp import stamp
from zhijian.codes.model import Code, CredentialRefused
from zhijian.kit.signing import PublicKey, Suite, sm3

ORIGINAL = paper(pages=3)
STAMPED = stamp(ORIGINAL, what())


@cache
def sealed(level: Any = "no-changes", code: Code = CODE, seen: bool = True) -> bytes:
    stamped = stamp(ORIGINAL, what(code))
    return seal(stamped, seal_of(code, level=level, picture=Picture(3, 60, 30) if seen else None), sealer(), AT)


def looked(pdf: bytes, keys: Callable[[bytes, Code], PublicKey] = key_of, at: Any = AT) -> Inspection:
    return inspect(pdf, ROOTS, keys, at)


def updated(raw: bytes, change: Callable[[Revision], object]) -> bytes:
    """An incremental update behind `raw`."""
    writer = revise(raw)
    change(writer)
    return writer.bytes()


def whys(found: Inspection) -> set[str]:
    return {one.why for one in found.contradictions}


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


# What a forger tries. Each must be found, with the page where it is.


def page_of(writer: Revision, number_: int) -> Any:
    leaf = leaves(writer.root)[number_ - 1]
    writer.mark_update(leaf.ref)
    return leaf.page


def replaced_content(writer: Revision) -> None:
    page = page_of(writer, 2)
    put(page, "Contents", writer.add_object(stream(b"BT /F1 11 Tf 72 400 Td (Lead 0.002 mg/kg) Tj ET")))


def note_over_a_result(writer: Revision) -> None:
    page = page_of(writer, 2)
    look = writer.add_object(
        stream(
            b"1 g 0 0 200 20 re f", Type=name("XObject"), Subtype=name("Form"), BBox=array(map(real, (0, 0, 200, 20)))
        )
    )
    note = dictionary(Type=name("Annot"), Subtype=name("FreeText"), Rect=array(map(real, (70, 410, 270, 430))), AP=dictionary(N=look),
                      Contents=text("0.002 mg/kg"), F=number(4))  # fmt: skip
    put(page, "Annots", array([*references(value(page, "/Annots")), writer.add_object(note)]))


def overlay_by_field(writer: Revision) -> None:
    """Shadow attack: a text field, filled so that it covers the result."""
    page = page_of(writer, 1)
    look = writer.add_object(
        stream(
            b"1 g 0 0 200 20 re f", Type=name("XObject"), Subtype=name("Form"), BBox=array(map(real, (0, 0, 200, 20)))
        )
    )
    field = writer.add_object(dictionary(
        Type=name("Annot"), Subtype=name("Widget"), FT=name("Tx"), T=text("note"), V=text("0.002"), F=number(4),
        Rect=array(map(real, (70, 410, 270, 430))), AP=dictionary(N=look),
    ))  # fmt: skip
    put(page, "Annots", array([*references(value(page, "/Annots")), field]))
    form = value(writer.root, "/AcroForm")
    put(form, "Fields", array([*references(value(form, "/Fields")), field]))
    writer.mark_update(writer.root_ref)
    writer.update_container(form)


def moved_seal(writer: Revision) -> None:
    field = value(writer.root, "/AcroForm")["/Fields"][0]
    put(field, "Rect", array(map(real, (300, 300, 407, 407))))
    writer.update_container(field)


def pasted_qr(writer: Revision) -> None:
    """The symbol of another report, over ours."""
    from zhijian.codes import qr

    runs = b" ".join(
        b"%d %d 1 1 re" % (x, -y)
        for y, row in enumerate(qr.rows(whole_qr(OTHER_CODE)))
        for x, dark in enumerate(row)
        if dark
    )
    page = page_of(writer, 1)
    over = writer.add_object(stream(b"q 1 g 460 720 100 100 re f 0 g 1.2 0 0 1.2 480 800 cm " + runs + b" f Q"))
    put(page, "Contents", array([*references(value(page, "/Contents")), over]))


def swapped_order(writer: Revision) -> None:
    pages = value(writer.root, "/Pages")
    kids = references(value(pages, "/Kids"))
    put(pages, "Kids", array([kids[1], kids[0], kids[2]]))
    writer.update_container(pages)


def added_page(writer: Revision) -> None:
    pages = value(writer.root, "/Pages")
    made = writer.add_object(dictionary(Type=name("Page"), Parent=writer.root.raw_get("/Pages"), MediaBox=array(map(real, (0, 0, 595, 842))),
                                        Contents=writer.add_object(stream(b"0 0 9 9 re f"))))  # fmt: skip
    put(pages, "Kids", array([*references(value(pages, "/Kids")), made]))
    put(pages, "Count", number(4))
    writer.update_container(pages)


def dropped_page(writer: Revision) -> None:
    pages = value(writer.root, "/Pages")
    put(pages, "Kids", array(references(value(pages, "/Kids"))[:2]))
    put(pages, "Count", number(2))
    writer.update_container(pages)


def hidden_by_layer(writer: Revision) -> None:
    layer = writer.add_object(dictionary(Type=name("OCG"), Name=text("x")))
    put(writer.root, "OCProperties", dictionary(OCGs=array([layer]), D=dictionary(OFF=array([layer]))))
    writer.mark_update(writer.root_ref)


TRICKS: dict[str, tuple[Callable[[Revision], None], tuple[int, ...]]] = {
    "a page's content replaced": (replaced_content, (2,)), "a note over a result": (note_over_a_result, (2,)),
    "a field over a result": (overlay_by_field, (1,)), "the seal's field moved": (moved_seal, (3,)), "the QR of another report": (pasted_qr, (1,)),
    "pages in another order": (swapped_order, (1, 2)), "a page added": (added_page, (4,)), "a page dropped": (dropped_page, ()),
    "a layer that hides": (hidden_by_layer, (1, 2, 3)),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("level", ["no-changes", "form-filling"])
def test_a_change_appended_after_the_seal_is_found_on_its_page(trick: str, level: str) -> None:
    change, pages = TRICKS[trick]
    found = looked(updated(sealed(level), change))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == pages
    (signature,) = found.signatures
    assert signature.covers == "revision"
    assert signature.later == "forbidden"
    assert (trick != "a page dropped") or found.pages_missing == (3,)


@pytest.mark.parametrize("trick", TRICKS)
def test_the_same_change_is_found_when_the_file_was_saved_anew_after_it(trick: str) -> None:
    change, pages = TRICKS[trick]
    found = looked(rewritten(updated(sealed(), change)))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == pages


def test_a_form_filled_after_the_seal_is_permitted_and_still_found() -> None:
    """Form filling may be permitted by the signature's rules: what a page shows has changed all the same."""

    def with_field(writer: Revision) -> None:
        put(writer.root, "AcroForm", writer.add_object(dictionary(Fields=array([]))))
        overlay_by_field(writer)

    made = seal(stamp(updated(ORIGINAL, with_field), what()), seal_of(level="form-filling"), sealer(), AT)
    assert looked(made).verdict is Verdict.UNCHANGED

    def fill(writer: Revision) -> None:
        field = value(writer.root, "/AcroForm")["/Fields"][0]
        put(field, "V", text("0.002 mg/kg"))
        writer.update_container(field)

    found = looked(updated(made, fill))
    assert found.signatures[0].later == "permitted"
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == (1,)


def countersigned(raw: bytes, **how: Any) -> bytes:
    es = Suite.ES256
    from asn1crypto import keys
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.derive_private_key(int.from_bytes(STRANGER[es].secret, "big"), ec.SECP256R1())
    der = private.private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, s.NoEncryption())
    signer = signers.SimpleSigner(
        certificates.read(STRANGER_DER[es]), keys.PrivateKeyInfo.load(der), SimpleCertificateStore()
    )
    metadata = signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256")
    return (
        signers.PdfSigner(metadata, signer, new_field_spec=SigFieldSpec("Second", **how))
        .sign_pdf(revise(raw))
        .getvalue()
    )


def test_a_second_signature_by_an_unknown_key_is_named_and_changes_no_page() -> None:
    found = looked(countersigned(sealed("form-filling")))
    assert found.verdict is Verdict.RESAVED
    first, second = found.signatures
    assert first.is_known
    assert first.covers == "revision"
    assert not second.is_known
    assert second.problem == "certificate-untrusted"


def test_a_second_signature_that_is_seen_changes_its_page() -> None:
    found = looked(countersigned(sealed("form-filling"), on_page=1, box=(70, 400, 300, 440)))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == (2,)


def test_a_hole_in_the_byte_range_is_no_cover() -> None:
    raw = sealed()
    ranges = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", raw)
    assert ranges
    _, length, start, rest = map(int, ranges.groups())
    wider = b"/ByteRange [0 %d %d %d]" % (length - 400, start, rest)
    holed = raw.replace(ranges[0], wider.ljust(len(ranges[0])))
    assert len(holed) == len(raw)
    (signature,) = looked(holed).signatures
    assert not signature.intact
    assert signature.problem in {"signature-broken", "signature-unreadable"}


def test_attachments_of_another_report_are_found() -> None:
    """Everything attached is taken from a genuine report, sealed by the same laboratory; the pages are ours."""
    other = pypdf.PdfReader(io.BytesIO(sealed(code=OTHER_CODE))).attachments
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(io.BytesIO(sealed())).pages:
        writer.add_page(page)
    for called, data in other.items():
        writer.add_attachment(called, data[0])
    found = looked(saved(writer))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == (1, 2, 3)
    assert found.code == OTHER_CODE
    assert found.code_printed == CODE
    assert "page-of-another" in whys(found)


def test_the_qr_text_of_another_report_contradicts_the_manifest() -> None:
    def change(writer: Revision) -> None:
        specs = references(value(writer.root, "/AF"))
        qr_file = value(specs[1].get_object(), "/EF")["/F"]
        qr_file._data = whole_qr(OTHER_CODE).encode()
        qr_file._encoded_data = None
        writer.update_container(qr_file)

    found = looked(updated(sealed(), change))
    assert found.verdict is Verdict.EDITED
    assert "qr-of-another" in whys(found)


def test_a_second_manifest_is_no_manifest() -> None:
    found = looked(
        updated(sealed(), lambda w: attach(w, "x.manifest.cose", b"\x00", "application/cose", "", "Data", AT))
    )
    assert found.verdict is Verdict.EDITED
    assert found.manifest_problem == "several-manifests"
    assert "several-attachments" in whys(found)


def test_a_page_of_another_report_is_named() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sealed()))
    other = pypdf.PdfReader(io.BytesIO(sealed(code=OTHER_CODE))).pages[1]
    writer.insert_page(other, 1)
    writer.remove_page(2)
    found = looked(saved(writer))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == (2,)
    assert found.pages[1].code_printed == OTHER_CODE
    assert "page-of-another" in whys(found)


def test_another_original_under_the_same_seal_is_found() -> None:
    def change(writer: Revision) -> None:
        put(value(writer.root, "/Zhijian"), "Length", number(len(STAMPED)))
        writer.mark_update(writer.root_ref)

    assert "original-differs" in whys(looked(updated(sealed(), change)))


def test_a_stranger_with_a_root_of_his_own_is_a_stranger() -> None:
    found = looked(seal(STAMPED, seal_of(), stranger(), AT))
    assert found.verdict is Verdict.STRANGER
    assert found.words()[1] == "sealed by somebody we do not know"
    assert found.manifest_problem == "manifest-untrusted"
    (signature,) = found.signatures
    assert signature.intact
    assert not signature.is_known
    assert signature.problem == "certificate-untrusted"


def test_a_known_laboratory_does_not_speak_for_anothers_code() -> None:
    theirs = compose("33", 2026, "0001", 77)
    found = looked(seal(stamp(ORIGINAL, what(theirs)), seal_of(theirs), sealer(), AT))
    assert found.verdict is Verdict.STRANGER
    assert found.signatures[0].problem == "key-unknown"


def test_a_key_that_the_trust_list_revoked_is_not_known_any_more() -> None:
    def revoked(kid: bytes, code: Code) -> PublicKey:
        raise CredentialRefused(kid.hex(), "revoked")

    assert looked(sealed(), revoked).verdict is Verdict.STRANGER


def test_a_certificate_out_of_force_is_not_known() -> None:
    from datetime import timedelta

    found = looked(sealed(), at=UNTIL + timedelta(days=1))
    assert found.signatures[0].problem == "certificate-expired"
    assert found.verdict is Verdict.RESAVED  # the manifest's key is judged by the trust list alone


def test_a_digit_flipped_inside_the_signed_bytes_breaks_it() -> None:
    raw = bytearray(sealed())
    at = raw.index(b"Helvetica")
    raw[at] ^= 1
    found = looked(bytes(raw))
    assert found.verdict is Verdict.EDITED
    assert not found.signatures[0].intact


def test_an_edit_that_also_drops_seal_and_manifest_is_not_sealed_and_is_not_the_original() -> None:
    """Nothing in such a file says that it was sealed once: what is left is that its digests are not registered."""
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(io.BytesIO(STAMPED)).pages:
        writer.add_page(page)
    body = DecodedStreamObject()
    body.set_data(writer.pages[1].get_contents().get_data().replace(b"0.012", b"0.002"))
    writer.pages[1][NameObject("/Contents")] = writer._add_object(body)
    found = looked(saved(writer))
    assert found.verdict is Verdict.NOT_SEALED
    assert found.original is None
    assert found.whole.sm3 not in {sm3(ORIGINAL), sm3(STAMPED), sm3(sealed())}


@settings(max_examples=60, deadline=20_000)
@given(data=st.data())
def test_a_damaged_file_is_inspected_or_refused_and_never_found_unchanged(data: st.DataObject) -> None:
    raw = bytearray(sealed())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "repeat"]))
        if kind == "flip":
            raw[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 2000))]
        elif kind == "insert":
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=30))
        else:
            raw[at:at] = raw[max(0, at - 500) : at]
        if not raw:
            return
    if bytes(raw) == sealed():
        return
    try:
        found = looked(bytes(raw))
    except DocumentRefused:
        return
    assert found.verdict is not Verdict.UNCHANGED or without_room(bytes(raw)) == without_room(sealed())


def without_room(raw: bytes) -> bytes:
    """The file but for the hexadecimal digits in which its signature lies."""
    start, end = (int(n) for n in re.search(rb"/ByteRange \[0 (\d+) (\d+) ", sealed()).groups())  # type: ignore[union-attr]
    return raw[:start] + raw[end:]


def test_something_laid_behind_the_signature_is_found() -> None:
    raw = sealed()
    end = int(re.search(rb"/ByteRange \[0 \d+ (\d+) ", raw)[1])  # type: ignore[index]
    (signature,) = looked(raw[: end - 9] + b"CAFE" + raw[end - 5 :]).signatures
    assert signature.problem == "signature-padded"
    assert not signature.is_known


@settings(max_examples=150, deadline=20_000)
@given(raw=st.binary(max_size=300), head=st.booleans())
def test_random_bytes_are_refused(raw: bytes, head: bool) -> None:
    with pytest.raises(DocumentRefused):
        looked((b"%PDF-1.7\n" if head else b"") + raw)
    with pytest.raises(DocumentRefused):
        stamp((b"%PDF-1.7\n" if head else b"") + raw, what())


@pytest.mark.timeout(60)
def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    """One page whose content unpacks to a gigabyte."""
    import zlib

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper(pages=1)))
    bomb = pypdf.generic.EncodedStreamObject()
    bomb._data = packed
    bomb[NameObject("/Filter")] = NameObject("/FlateDecode")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(bomb)
    with pytest.raises(DocumentRefused):
        looked(saved(writer))
    with pytest.raises(DocumentRefused):
        stamp(saved(writer), what())


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


@settings(max_examples=80, deadline=20_000)
@given(data=st.data())
def test_a_damaged_report_is_stamped_or_refused(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([ORIGINAL, streamed(ORIGINAL), hybrid(ORIGINAL), office()])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(9, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        done = stamp(bytes(raw), what())
    except DocumentRefused:
        return
    assert done.startswith(bytes(raw))


def test_one_of_two_equal_pages_that_is_dropped_is_missing() -> None:
    from zhijian.codes.document.inspect import _compared
    from zhijian.codes.document.manifest import Manifest, VerifiedManifest
    from zhijian.codes.document.printed import Printed

    a, b = bytes(32), bytes([1]) * 32
    verified = VerifiedManifest(Manifest(CODE, "sm3", bytes(32), (a, b, b), AT), b"kid0", Suite.SM2)
    pages, missing = _compared((a, b), verified, Printed((None, None), None))
    assert [p.standing for p in pages] == ["unchanged", "unchanged"]
    assert missing == (3,)


def drawn_over_and_over(levels: int, times: int) -> bytes:
    """Forms that draw forms: `times` to the power of `levels` drawings on one page."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper(pages=1)))
    below = None
    for _ in range(levels):
        form = DecodedStreamObject()
        form.set_data(b"/X Do " * times if below is not None else b"BT ET")
        form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        form[NameObject("/BBox")] = pypdf.generic.ArrayObject([pypdf.generic.NumberObject(n) for n in (0, 0, 9, 9)])
        if below is not None:
            inside = pypdf.generic.DictionaryObject({NameObject("/X"): below})
            form[NameObject("/Resources")] = pypdf.generic.DictionaryObject({NameObject("/XObject"): inside})
        below = writer._add_object(form)
    page = writer.pages[0]
    page["/Resources"].get_object()[NameObject("/XObject")] = pypdf.generic.DictionaryObject({NameObject("/X"): below})
    body = DecodedStreamObject()
    body.set_data(b"/X Do " * times)
    page[NameObject("/Contents")] = writer._add_object(body)
    return saved(writer)


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("levels", "times"), [(4, 100), (12, 10), (2, 100_000)])
def test_drawings_of_drawings_end_soon(levels: int, times: int) -> None:
    raw = drawn_over_and_over(levels, times)
    assert looked(raw).verdict is Verdict.NOT_SEALED
    try:
        stamp(raw, what())
    except DocumentRefused as refused:
        assert refused.why in {"too-complex", "no-room"}
