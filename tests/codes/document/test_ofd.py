"""OFD: sealed with SM2, verified to the last file, and who may seal what."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.document.ofds import files_of, ofd
from tests.codes.document.sealed_ofds import (
    FACTS,
    MAKER,
    MAKER_DER,
    PLACE,
    SEAL,
    SEALED,
    SIGNS,
    SM2,
    changed,
    known,
    looked,
)
from tests.codes.document.sealing_keys import (
    AT,
    DER,
    KEY,
    LAB,
    SINCE,
    STRANGER,
    STRANGER_DER,
    STRANGER_ROOT_DER,
    UNTIL,
)  # fmt: skip

from zhijian.codes.document import certificates, ses
from zhijian.codes.document.found import Verdict
from zhijian.codes.document.ofd import Judges, inspect_ofd
from zhijian.codes.document.ofd_seal import OfdPlace, seal_ofd
from zhijian.codes.document.ofd_zip import unzipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.kit.signing import Suite, sm3


def test_a_sealed_ofd_is_unchanged_and_says_by_whom() -> None:
    found = looked(SEALED)
    assert found.verdict is Verdict.UNCHANGED
    (signature,) = found.signatures
    assert signature.by == LAB
    assert signature.seal_name == FACTS.name
    assert signature.signed_at == AT
    assert signature.is_known
    assert signature.problem is None
    assert (signature.changed, signature.missing, signature.uncovered) == ((), (), ())


def test_every_file_but_the_two_that_sign_is_covered() -> None:
    described = unzipped(SEALED)[f"{SIGNS}/Signature.xml"].decode()
    for name in unzipped(SEALED):
        assert (f'FileRef="/{name}"' in described) == (
            name not in (f"{SIGNS}/Signature.xml", f"{SIGNS}/SignedValue.dat")
        )


def test_the_pages_are_as_they_were() -> None:
    before, after = files_of(), unzipped(SEALED)
    assert all(after[name] == data for name, data in before.items() if name != "OFD.xml")


def test_what_is_not_sealed_says_so() -> None:
    assert looked(ofd()).verdict is Verdict.NOT_SEALED


PAGE = "Doc_0/Pages/Page_0/Content.xml"
EDITS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a result": (lambda: changed(**{PAGE: files_of()[PAGE].replace(b"0.012", b"0.002")}), "files-changed"),
    "a page dropped": (lambda: changed(**{PAGE: None}), "files-changed"),
    "a file added": (lambda: changed(**{"Doc_0/Pages/Page_9/Content.xml": b"<x/>"}), "files-uncovered"),
    "an annotation added": (lambda: changed(**{"Doc_0/Annots/Annotations.xml": b"<x/>"}), "files-uncovered"),
    "Signature.xml": (lambda: changed(**{f"{SIGNS}/Signature.xml": unzipped(SEALED)[f"{SIGNS}/Signature.xml"] + b"\n"}), "signature-broken"),
    "another seal beside it": (lambda: changed(**{f"{SIGNS}/Seal.esl": ses.make_seal(FACTS, MAKER, MAKER_DER)}), "seal-differs"),
    "the list": (lambda: changed(**{"Doc_0/Signs/Signatures.xml": unzipped(SEALED)["Doc_0/Signs/Signatures.xml"] + b"\n"}), "files-changed"),
}  # fmt: skip


@pytest.mark.parametrize("what", EDITS)
def test_a_change_after_the_seal_is_found_and_named(what: str) -> None:
    make, problem = EDITS[what]
    found = looked(make())
    assert found.verdict is Verdict.EDITED
    assert found.signatures[0].problem == problem


def test_a_changed_file_is_named_and_so_is_one_that_was_added() -> None:
    raw = changed(**{PAGE: b"<x/>", "new.xml": b"<y/>"})
    (signature,) = looked(raw).signatures
    assert signature.changed == (PAGE,)
    assert signature.uncovered == ("new.xml",)


def test_a_digest_mended_in_signature_xml_breaks_the_signature() -> None:
    import base64

    page = files_of()[PAGE].replace(b"0.012", b"0.002")
    described = unzipped(SEALED)[f"{SIGNS}/Signature.xml"]
    mended = described.replace(base64.b64encode(sm3(files_of()[PAGE])), base64.b64encode(sm3(page)))
    assert mended != described
    found = looked(changed(**{PAGE: page, f"{SIGNS}/Signature.xml": mended}))
    assert found.signatures[0].problem == "signature-broken"
    assert found.verdict is Verdict.EDITED


def test_a_signature_of_another_report_does_not_seal_this_one() -> None:
    other = unzipped(seal_ofd(ofd("another report"), SEAL, KEY[SM2], DER[SM2], PLACE, AT))
    raw = changed(**{f"{SIGNS}/SignedValue.dat": other[f"{SIGNS}/SignedValue.dat"]})
    assert looked(raw).signatures[0].problem == "signature-broken"


def test_a_list_of_signatures_taken_away_leaves_traces() -> None:
    assert looked(changed(**{"OFD.xml": files_of()["OFD.xml"]})).verdict is Verdict.EDITED


def test_a_stranger_with_a_root_of_his_own_is_a_stranger() -> None:
    facts = replace(FACTS, holders=(STRANGER_DER[SM2],))
    raw = seal_ofd(
        ofd(), ses.make_seal(facts, STRANGER[SM2], STRANGER_DER[SM2]), STRANGER[SM2], STRANGER_DER[SM2], PLACE, AT
    )
    found = looked(raw)
    assert found.verdict is Verdict.STRANGER
    assert found.signatures[0].problem == "certificate-untrusted"
    assert (
        inspect_ofd(raw, Judges([STRANGER_ROOT_DER[SM2]], known(KEY[SM2].public), known(), AT)).verdict
        is Verdict.STRANGER
    )


def test_an_institution_makes_no_seals_for_itself() -> None:
    """Its certificate is good, but its key is not one that makes seals."""
    raw = seal_ofd(ofd(), ses.make_seal(FACTS, KEY[SM2], DER[SM2]), KEY[SM2], DER[SM2], PLACE, AT)
    found = looked(raw)
    assert found.verdict is Verdict.STRANGER
    assert found.signatures[0].problem == "seal-maker-unknown"


def test_a_seal_is_used_by_its_holders_alone() -> None:
    with pytest.raises(DocumentRefused) as refused:
        seal_ofd(ofd(), SEAL, STRANGER[SM2], STRANGER_DER[SM2], PLACE, AT)
    assert refused.value.why == "seal-holder"
    forged = ses.sign(SEAL, STRANGER[SM2], STRANGER_DER[SM2], bytes(32), "/x", AT)
    with pytest.raises(DocumentRefused) as refused:
        ses.read(forged)
    assert refused.value.why == "seal-holder"


@pytest.mark.parametrize("at", [SINCE - timedelta(days=1), UNTIL + timedelta(days=1)])
def test_outside_of_its_days_a_seal_seals_nothing(at: Any) -> None:
    assert looked(SEALED, at).verdict is Verdict.STRANGER


def test_an_es256_key_seals_no_ofd() -> None:
    facts = replace(FACTS, holders=(DER[Suite.ES256],))
    with pytest.raises(DocumentRefused) as refused:
        seal_ofd(ofd(), ses.make_seal(facts, MAKER, MAKER_DER), KEY[Suite.ES256], DER[Suite.ES256], PLACE, AT)
    assert refused.value.why == "certificate-suite"


def test_a_sealed_ofd_is_not_sealed_again_and_a_page_must_be_there() -> None:
    for raw, place, why in ((SEALED, PLACE, "sealed"), (ofd(), OfdPlace(3, 0, 0), "page-unknown")):
        with pytest.raises(DocumentRefused) as refused:
            seal_ofd(raw, SEAL, KEY[SM2], DER[SM2], place, AT)
        assert refused.value.why == why


# The structures of GB/T 38540, read by a plain ASN.1 reader that knows nothing of our classes.


def test_the_seal_is_the_sequence_that_the_standard_draws() -> None:
    info, certificate, algorithm, value = _children(SEAL)
    assert certificate.native == MAKER_DER
    assert algorithm.dotted == "1.2.156.10197.1.501"
    MAKER.public.verify(info.dump(), certificates.raw_signature(value.native))
    header, es_id, owner, picture = _children(info.dump())
    assert [one.native for one in _children(header.dump())] == ["ES", 4, "zhijian"]
    assert es_id.native == FACTS.es_id
    assert [type(one) for one in _children(owner.dump())] == [
        core.Integer, core.UTF8String, core.Integer, core.Sequence, core.GeneralizedTime, core.GeneralizedTime, core.GeneralizedTime,
    ]  # fmt: skip
    assert [one.native for one in _children(picture.dump())] == ["PNG", FACTS.picture.data, 38, 38]


def test_the_sealing_is_the_sequence_that_the_standard_draws() -> None:
    files = unzipped(SEALED)
    body, certificate, algorithm, value = _children(files[f"{SIGNS}/SignedValue.dat"])
    assert certificate.native == DER[SM2]
    KEY[SM2].public.verify(body.dump(), certificates.raw_signature(value.native))
    version, seal, time, digest, covers = _children(body.dump())
    assert (version.native, seal.dump(), time.native) == (4, SEAL, AT)
    assert digest.native == sm3(files[f"{SIGNS}/Signature.xml"])
    assert covers.native == f"/{SIGNS}/Signature.xml"
    assert algorithm.dotted == "1.2.156.10197.1.501"


def _children(der: bytes) -> list[Any]:
    from asn1crypto import parser

    def made(raw: bytes) -> Any:
        _, _, tag, *_ = parser.parse(raw)
        kinds = {2: core.Integer, 3: core.OctetBitString, 4: core.OctetString, 6: core.ObjectIdentifier, 12: core.UTF8String,
                 16: core.Sequence, 22: core.IA5String, 24: core.GeneralizedTime}  # fmt: skip
        return kinds[tag].load(raw)

    _, _, _, _, contents, _ = parser.parse(der, strict=True)
    found = []
    while contents:
        _, _, _, head, body, tail = parser.parse(contents)
        found.append(made(head + body + tail))
        contents = contents[len(head) + len(body) + len(tail) :]
    return found


@settings(max_examples=200)
@given(at=st.integers(0, 100_000), bit=st.integers(0, 7))
def test_no_flipped_bit_in_a_sealing_goes_through(at: int, bit: int) -> None:
    raw = bytearray(unzipped(SEALED)[f"{SIGNS}/SignedValue.dat"])
    raw[at % len(raw)] ^= 1 << bit
    found = looked(changed(**{f"{SIGNS}/SignedValue.dat": bytes(raw)}))
    assert found.verdict is not Verdict.UNCHANGED


@given(raw=st.binary(max_size=200))
def test_random_bytes_are_no_seal(raw: bytes) -> None:
    for read in (ses.read, ses.read_seal):
        with pytest.raises(DocumentRefused):
            read(raw)


# The container.
