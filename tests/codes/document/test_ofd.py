"""OFD: sealed with SM2, verified to the last file, and everything that a forger would try with the container."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.document.ofds import files_of, ofd
from tests.codes.document.sealing_keys import (
    AT,
    DER,
    KEY,
    LAB,
    ROOT,
    ROOT_DER,
    SINCE,
    STRANGER,
    STRANGER_DER,
    STRANGER_ROOT_DER,
    UNTIL,
)  # fmt: skip

from zhijian.codes.credential import kid_of
from zhijian.codes.document import certificates, ses
from zhijian.codes.document.certificates import Subject, sealing_certificate
from zhijian.codes.document.found import Verdict
from zhijian.codes.document.ofd import OfdInspection, OfdPlace, inspect_ofd, seal_ofd
from zhijian.codes.document.ofd_xml import parsed
from zhijian.codes.document.ofd_zip import MAX_FILES, unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import PrivateKey, PublicKey, Suite, sm3

SM2 = Suite.SM2
MAKER = PrivateKey(SM2, bytes([77]) * 32)
MAKER_DER = sealing_certificate(ROOT[SM2], ROOT_DER[SM2], Subject("浙江省节点 制章"), MAKER.public, SINCE, UNTIL)
FACTS = ses.SealFacts(
    "33000000000001",
    f"{LAB.name}检验检测专用章",
    ses.Picture("PNG", b"\x89PNG\r\n", 38, 38),
    (DER[SM2],),
    AT,
    SINCE,
    UNTIL,
)
SEAL = ses.make_seal(FACTS, MAKER, MAKER_DER)
PLACE = OfdPlace(1, 140, 220)
SEALED = seal_ofd(ofd(), SEAL, KEY[SM2], DER[SM2], PLACE, AT)
SIGNS = "Doc_0/Signs/Sign_0"


def known(*keys: PublicKey) -> Callable[[bytes], PublicKey]:
    def of(kid: bytes) -> PublicKey:
        found = next((key for key in keys if kid_of(key) == kid), None)
        if found is None:
            raise CredentialRefused(kid.hex(), "not in the trust list")
        return found

    return of


def looked(raw: bytes, at: Any = AT) -> OfdInspection:
    return inspect_ofd(raw, [ROOT_DER[SM2]], known(KEY[SM2].public), known(MAKER.public), at)


def changed(**files: bytes | None) -> bytes:
    return zipped({k: v for k, v in (unzipped(SEALED) | files).items() if v is not None})


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
    assert inspect_ofd(raw, [STRANGER_ROOT_DER[SM2]], known(KEY[SM2].public), known(), AT).verdict is Verdict.STRANGER


def test_an_institution_makes_no_seals_for_itself() -> None:
    """Its certificate is good, but its key is not one that makes seals."""
    raw = seal_ofd(ofd(), ses.make_seal(FACTS, KEY[SM2], DER[SM2]), KEY[SM2], DER[SM2], PLACE, AT)
    found = looked(raw)
    assert found.verdict is Verdict.STRANGER
    assert found.signatures[0].problem == "key-unknown"


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


def archive(*entries: tuple[str, bytes], **how: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in entries:
            made.writestr(name, data, **how)
    return out.getvalue()


def linked() -> bytes:
    entry = zipfile.ZipInfo("Doc_0/Document.xml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("OFD.xml", files_of()["OFD.xml"])
        made.writestr(entry, "/etc/passwd")
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused() -> None:
    _refused(archive(("OFD.xml", b"<a/>"), ("OFD.xml", b"<b/>")), "zip-twice")


def _hidden_entry() -> bytes:
    """An entry between the others that the directory does not name."""
    good, more = archive(("OFD.xml", b"<a/>")), archive(("Hidden.xml", b"<b/>"))
    local = more[: more.index(b"PK\x01\x02")]
    start = good.index(b"PK\x01\x02")
    directory = good[start:]
    moved = directory[:-6] + struct.pack("<I", start + len(local)) + directory[-2:]
    return good[:start] + local + moved


def _bomb() -> bytes:
    return archive(("OFD.xml", bytes(310_000_000)), compress_type=zipfile.ZIP_DEFLATED)


def _lying_bomb() -> bytes:
    """An entry that unpacks to 300 MB and claims ten bytes."""
    raw = bytearray(archive(("OFD.xml", bytes(310_000_000)), compress_type=zipfile.ZIP_DEFLATED))
    size = struct.pack("<I", 310_000_000)
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = struct.pack("<I", 10)
    return bytes(raw)


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "names that differ by case": (lambda: archive(("OFD.xml", b"1"), ("ofd.XML", b"2")), {"zip-twice"}),
    "names that differ by normal form": (lambda: archive(("caf\u00e9", b"1"), ("cafe\u0301", b"2")), {"zip-twice"}),
    "a file that is a folder": (lambda: archive(("Doc_0", b"1"), ("Doc_0/a", b"2")), {"zip-twice"}),
    "a way out": (lambda: archive(("OFD.xml", b"1"), ("../../etc/passwd", b"2")), {"zip-name"}),
    "a way out inside": (lambda: archive(("Doc_0/../../x", b"2")), {"zip-name"}),
    "an absolute name": (lambda: archive(("/OFD.xml", b"1")), {"zip-name"}),
    "a drive": (lambda: archive(("C:/OFD.xml", b"1")), {"zip-name"}),
    "a backslash": (lambda: archive(("Doc_0\\OFD.xml", b"1")).replace(b"Doc_0/", b"Doc_0\\"), {"zip-name"}),
    "an empty step": (lambda: archive(("Doc_0//x", b"1")), {"zip-name"}),
    "a dot at the end": (lambda: archive(("OFD.xml.", b"1")), {"zip-name"}),
    "a control character": (lambda: archive(("OFD\n.xml", b"1")), {"zip-name"}),
    "a link": (linked, {"zip-link"}),
    "too many files": (lambda: archive(*((f"f{n}", b"") for n in range(MAX_FILES + 1))), {"zip-bomb"}),
    "a bomb": (_bomb, {"zip-bomb"}),
    "a bomb that lies": (_lying_bomb, {"zip-bomb", "broken"}),
    "bytes in front": (lambda: b"x" + ofd(), {"not-ofd"}),
    "bytes behind": (lambda: ofd() + b"x", {"zip-hidden", "broken"}),
    "an entry that is not named": (_hidden_entry, {"zip-hidden"}),
    "half of it": (lambda: ofd()[: len(ofd()) // 2], {"broken"}),
    "no zip": (lambda: b"%PDF-1.7", {"not-ofd"}),
    "no OFD.xml": (lambda: archive(("x.xml", b"<a/>")), {"file-absent"}),
}  # fmt: skip


def _refused(raw: bytes, *whys: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        looked(raw)
    assert refused.value.why in whys, refused.value
    assert any("\u4e00" <= ch <= "\u9fff" for ch in refused.value.zh)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("trick", HOSTILE)
def test_a_container_with_more_than_one_meaning_is_refused(trick: str) -> None:
    make, whys = HOSTILE[trick]
    _refused(make(), *whys)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
DEEP = b"<a>" * 100 + b"</a>" * 100
XML = {
    "an external entity": (DOCTYPE, "xml-dtd"), "laughs": (LAUGHS, "xml-dtd"), "deep": (DEEP, "xml-malformed"), "no xml": (b"hello", "xml-malformed"),
    "utf-16": ("<a/>".encode("utf-16"), "xml-malformed"), "another encoding": (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "xml-malformed"),
    "nothing": (b"", "xml-malformed"),
}  # fmt: skip


@pytest.mark.parametrize("name", XML)
def test_hostile_xml_is_refused_before_it_is_understood(name: str) -> None:
    raw, why = XML[name]
    with pytest.raises(DocumentRefused) as refused:
        parsed(raw, "x.xml")
    assert refused.value.why == why
    _refused(zipped(files_of() | {"OFD.xml": raw}), why)


@settings(max_examples=200)
@given(raw=st.binary(max_size=300) | st.text("<>/!&;[]aofd:=\"' ", max_size=100).map(str.encode))
def test_any_bytes_are_xml_or_refused(raw: bytes) -> None:
    try:
        parsed(raw, "x.xml")
    except DocumentRefused:
        pass


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_ofd_is_inspected_or_refused_and_never_found_unchanged(data: st.DataObject) -> None:
    raw = bytearray(SEALED)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        kind = data.draw(st.sampled_from(["flip", "cut", "insert"]))
        if kind == "flip":
            raw[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del raw[at : at + data.draw(st.integers(1, 200))]
        else:
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        if not raw:
            return
    try:
        found = looked(bytes(raw))
    except DocumentRefused:
        return
    same = unzipped(bytes(raw)) == unzipped(SEALED)
    assert same or found.verdict is not Verdict.UNCHANGED


def test_the_same_files_give_the_same_container() -> None:
    assert ofd() == ofd()
    assert unzipped(ofd()) == files_of()
