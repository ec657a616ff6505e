"""What a forger tries. Each must be found, with the page where it is."""

import io
import re
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pypdf.generic import DecodedStreamObject, NameObject
from tests.codes.document.inspecting import (
    ORIGINAL,
    STAMPED,
    added_page,
    dropped_page,
    hidden_by_layer,
    looked,
    moved_seal,
    note_over_a_result,
    overlay_by_field,
    pasted_qr,
    replaced_content,
    sealed,
    swapped_order,
    updated,
    whys,
)
from tests.codes.document.papers import rewritten, saved, what
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    OTHER_CODE,
    STRANGER,
    STRANGER_DER,
    UNTIL,
    seal_of,
    sealer,
    stranger,
    whole_qr,
)  # fmt: skip

from zhijian.codes.code import compose
from zhijian.codes.document import certificates
from zhijian.codes.document.attach import attach
from zhijian.codes.document.found import Verdict
from zhijian.codes.document.objects import array, dictionary, number, put, references, text, value
from zhijian.codes.document.reading import Revision, revise
from zhijian.codes.document.seal import seal
from zhijian.codes.document.stamp import stamp
from zhijian.codes.model import Code, CredentialRefused
from zhijian.kit.signing import PublicKey, Suite, sm3

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


def test_an_edited_page_is_not_said_to_be_gone_besides() -> None:
    assert looked(updated(sealed(), replaced_content)).pages_dropped == ()
    assert looked(updated(sealed(), dropped_page)).pages_dropped == (3,)
