"""An OFD that somebody holds is judged as a PDF is: verdict, pages, files, contradictions, and who is not known."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.codes.document.sealed_ofds import FACTS, MAKER, MAKER_DER, SM2
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    DER,
    KEY,
    LAB,
    OTHER_CODE,
    PROOF,
    ROOT_DER,
    STRANGER,
    STRANGER_DER,
    whole_qr,
)
from tests.codes.document.stamped_ofds import (
    SECOND,
    SECOND_DER,
    SECOND_SEAL,
    gone,
    holder,
    judged,
    maker,
    original,
    sealed,
    sealed_twice,
    stamped,
)

from zhijian.codes.document import ses
from zhijian.codes.document.found import FileFound, Verdict
from zhijian.codes.document.ofd_inspect import inspect_file
from zhijian.codes.document.ofd_seal import OfdPlace, OfdSeal, attach_evidence, seal_ofd
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.document.refused import DocumentRefused
from zhijian.kit.signing import sm3

PAGE = "Doc_0/Pages/Page_3/Content.xml"


def changed(raw: bytes, **files: bytes | None) -> bytes:
    return zipped({k: v for k, v in (unzipped(raw) | files).items() if v is not None})


def edited(raw: bytes) -> bytes:
    return changed(raw, **{PAGE: unzipped(raw)[PAGE].replace(b"0.012", b"0.002")})


def test_a_sealed_one_is_unchanged_and_says_by_whom_and_from_what() -> None:
    found = judged(sealed())
    assert (found.verdict, found.kind, found.code, found.contradictions) == (Verdict.UNCHANGED, "ofd", CODE, ())
    (seal,) = found.signatures
    assert (seal.by, seal.number, seal.seal_name, seal.intact, seal.is_known) == (
        LAB.name,
        LAB.number,
        FACTS.name,
        True,
        True,
    )
    assert (seal.covers, seal.problem, seal.signed_at) == ("whole-file", None, AT)
    assert [page.standing for page in found.pages] == ["unchanged"] * 5
    assert (found.qr, found.proof) == (whole_qr(), PROOF)
    assert found.original_said["sm3"] == sm3(original()).hex()


def test_a_changed_page_is_named_by_its_number_and_its_file() -> None:
    found = judged(edited(sealed()))
    assert found.verdict is Verdict.EDITED
    assert found.pages_edited == (4,)
    assert found.files == (FileFound(PAGE, "changed"),)
    assert found.words()[0] == "签章后内容有改动：第 4 页"
    assert (found.signatures[0].intact, found.signatures[0].is_known) == (False, True)


def test_no_page_counts_as_the_same_while_a_file_that_it_may_show_is_another() -> None:
    font = "Doc_0/Res/NotoSansSC700.ttf"
    other = {font: unzipped(sealed())[font] + b"x"}
    found = judged(changed(sealed(), **other))
    assert (found.verdict, found.pages_edited) == (Verdict.EDITED, ())
    assert {page.standing for page in found.pages} == {"uncertain"}
    found = judged(changed(edited(sealed()), **other))
    assert [page.standing for page in found.pages] == ["uncertain"] * 3 + ["edited", "uncertain"]
    assert [page.standing for page in judged(edited(sealed())).pages] == ["unchanged"] * 3 + ["edited", "unchanged"]


def test_what_was_added_or_is_gone_is_named() -> None:
    found = judged(changed(sealed(), **{"Doc_0/new.xml": b"<x/>", "Doc_0/Res/NotoSansSC700.ttf": None}))
    assert set(found.files) == {
        FileFound("Doc_0/new.xml", "uncovered"),
        FileFound("Doc_0/Res/NotoSansSC700.ttf", "missing"),
    }
    assert found.verdict is Verdict.EDITED


def test_packed_anew_it_is_the_same_document() -> None:
    files = unzipped(sealed())
    anew = zipped(dict(reversed(files.items())))
    assert anew != sealed()
    assert judged(anew).verdict is Verdict.UNCHANGED


def test_two_seals_hold_beside_each_other_and_either_tells_of_an_edit() -> None:
    found = judged(sealed_twice())
    assert found.verdict is Verdict.UNCHANGED
    assert [seal.by for seal in found.signatures] == [LAB.name, "浙江示例分包检测有限公司"]
    assert all(seal.problem is None and seal.intact for seal in found.signatures)
    found = judged(edited(sealed_twice()))
    assert (found.verdict, found.pages_edited) == (Verdict.EDITED, (4,))
    assert [seal.problem for seal in found.signatures] == ["files-changed", "files-changed"]


def test_a_seal_that_is_the_last_takes_no_other() -> None:
    with pytest.raises(DocumentRefused) as refused:
        seal_ofd(sealed(), SECOND_SEAL, SECOND, SECOND_DER, None, AT)
    assert refused.value.why == "sealed"


def test_an_open_seal_lets_nobody_else_add_anything() -> None:
    """A stranger's second seal, or a list that names what is none, is found."""
    stranger = ses.make_seal(FACTS.__class__("x", "y", FACTS.picture, (STRANGER_DER[SM2],), AT, FACTS.valid_from, FACTS.valid_to),
                             STRANGER[SM2], STRANGER_DER[SM2])  # fmt: skip
    both = seal_ofd(sealed(is_last=False), stranger, STRANGER[SM2], STRANGER_DER[SM2], None, AT)
    found = judged(both)
    assert (found.verdict, [seal.is_known for seal in found.signatures]) == (Verdict.EDITED, [True, False])
    listed = "Doc_0/Signs/Signatures.xml"
    more = unzipped(sealed(is_last=False))[listed].replace(
        b"</ofd:Signatures>", b'<ofd:Signature ID="s9" BaseLoc="/Doc_0/Document.xml"/></ofd:Signatures>'
    )
    assert judged(changed(sealed(is_last=False), **{listed: more})).verdict is Verdict.EDITED
    assert judged(sealed(is_last=False)).verdict is Verdict.UNCHANGED


def test_who_is_not_known_is_a_stranger_and_the_reason_is_told() -> None:
    roots = [ROOT_DER[SM2]]
    for key_of, maker_of, problem in (
        (holder, gone, "seal-maker-revoked"), (gone, maker, "key-revoked"), (holder, holder, "seal-maker-unknown"), (maker, maker, "key-unknown"),
    ):  # fmt: skip
        found = inspect_file(sealed(), roots, key_of, maker_of, AT)
        assert (found.verdict, found.signatures[0].problem) == (Verdict.STRANGER, problem)
        assert {page.standing for page in found.pages} == {"not-compared"}


def test_a_stranger_s_list_of_files_accuses_nobody() -> None:
    found = inspect_file(edited(sealed()), [ROOT_DER[SM2]], gone, maker, AT)
    assert (found.verdict, found.files) == (Verdict.STRANGER, ())


def test_without_a_code_nobody_is_known_and_a_caller_may_name_it() -> None:
    bare = seal_ofd(original(), SEAL_OF_LAB, KEY[SM2], DER[SM2], None, AT)
    assert judged(bare).signatures[0].problem == "code-absent"
    assert judged(bare).verdict is Verdict.STRANGER
    assert judged(bare, CODE).verdict is Verdict.UNCHANGED
    assert judged(sealed(), OTHER_CODE).code == CODE  # what the file says goes before


SEAL_OF_LAB = ses.make_seal(FACTS, MAKER, MAKER_DER)


def test_a_seal_taken_off_the_list_leaves_traces_that_the_seal_itself_tells_of() -> None:
    raw = unzipped(sealed())["OFD.xml"].replace(b"<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", b"")
    found = judged(changed(sealed(), **{"OFD.xml": raw}))
    assert found.verdict is Verdict.EDITED
    assert [said.why for said in found.contradictions] == ["seals-unlisted"]
    empty = changed(stamped(), **{"Doc_0/Signs/Sign_0/Signature.xml": b"<x/>"})
    assert judged(empty).verdict is Verdict.STRANGER  # nothing known says that it was edited


def test_attachments_and_pages_of_another_report_contradict() -> None:
    other = attach_evidence(stamped(), OfdSeal(CODE, whole_qr(OTHER_CODE), PROOF), AT)
    found = judged(seal_ofd(other, SEAL_OF_LAB, KEY[SM2], DER[SM2], None, AT))
    assert {said.why for said in found.contradictions} == {"qr-of-another"}
    for wrong, why in ((OfdSeal(OTHER_CODE, whole_qr(), PROOF), "code-differs"),):
        with pytest.raises(DocumentRefused) as refused:
            attach_evidence(stamped(), wrong, AT)
        assert refused.value.why == why
    with pytest.raises(DocumentRefused) as refused:
        attach_evidence(original(), OfdSeal(CODE, whole_qr(), PROOF), AT)
    assert refused.value.why == "not-stamped"


@pytest.mark.parametrize("place", [OfdPlace(1, 180, 0), OfdPlace(1, 0, 270), OfdPlace(1, -1, 0)])
def test_a_seal_lies_on_its_page(place: OfdPlace) -> None:
    with pytest.raises(DocumentRefused) as refused:
        seal_ofd(stamped(), SEAL_OF_LAB, KEY[SM2], DER[SM2], place, AT)
    assert refused.value.why == "place-outside"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(("read", "oids"), [
    (lambda: SEAL_OF_LAB, 1), (lambda: unzipped(sealed())["Doc_0/Signs/Sign_0/SignedValue.dat"], 2),
], ids=["seal", "sealing"])  # fmt: skip
def test_openssl_reads_seal_and_sealing_as_plain_der(read: Callable[[], bytes], oids: int, tmp_path: Path) -> None:
    (tmp_path / "a.der").write_bytes(read())
    done = subprocess.run(
        ["openssl", "asn1parse", "-inform", "DER", "-in", str(tmp_path / "a.der")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "SEQUENCE" in lines[0]
    assert sum(":SM2-with-SM3" in line or ":1.2.156.10197.1.501" in line for line in lines) == oids
    assert any("IA5STRING" in line and line.endswith(":ES") for line in lines)
