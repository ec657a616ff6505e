"""The dossier as one PDF: the chain and the evidence inside, one signature over all of it."""

import io
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from tests.cases.walking import LEAD, LI, filled
from tests.codes.document.sealing_keys import AT as SIGNED_AT
from tests.codes.document.sealing_keys import LAB, ROOT, ROOT_DER, SINCE, UNTIL

from zhijian.cases.flow.acts import STATES
from zhijian.cases.flow.allowing import allowed
from zhijian.cases.flow.dossier import Dossier, Proof, _part, digest
from zhijian.cases.flow.fold import fold
from zhijian.cases.flow.model import CaseNo, Event, Refused, broken_at
from zhijian.cases.flow.paper import MOST_BYTES, paper
from zhijian.codes.document import DocumentRefused, certificates
from zhijian.codes.document import dossier as pdf
from zhijian.kit.clock import day
from zhijian.kit.signing import PrivateKey, Suite

NO, AT, CONTENT = CaseNo("浙检查〔2026〕0001"), datetime(2026, 5, 18, 2, tzinfo=UTC), "现场检查笔录".encode()


def found() -> Dossier:
    events = [Event.after(NO, "", 1, "receive", "li", AT, LEAD)]
    for act in ("take-up", "assign", "begin", "find", "add-evidence", "end", "object"):
        case = fold(NO, events)
        fields = filled(act, case, day(AT))
        if act == "add-evidence":
            fields |= {"sha256": sha256(CONTENT).hexdigest(), "media_type": "text/plain", "size_bytes": len(CONTENT)}
        kept = allowed(case, LI, act, fields, day(AT))
        events.append(Event.after(NO, case.head, case.version + 1, act, "li", AT, kept))
    case = fold(NO, events)
    (one,) = case.evidence
    proof = Proof(1, one["name"], one["proves"], one["media_type"], one["size_bytes"], one["obtained_at"], None, None,
                  one["sha256"], "same")  # fmt: skip
    return Dossier(
        NO, STATES[case.state], case, tuple(map(_part, events)), (proof,), digest(NO, case.head, [one["sha256"]])
    )


def party() -> pdf.Party:
    key = PrivateKey(Suite.ES256, bytes([5]) * 32)
    own = certificates.sealing_certificate(ROOT[Suite.ES256], ROOT_DER[Suite.ES256], LAB, key.public, SINCE, UNTIL)
    return pdf.Party("浙江省市场监督管理局", key, own, ROOT_DER[Suite.ES256])


def verdict(raw: bytes) -> object:
    trusted = ValidationContext(trust_roots=[certificates.read(ROOT_DER[Suite.ES256])], moment=SIGNED_AT)
    (only,) = PdfFileReader(io.BytesIO(raw)).embedded_signatures
    return validate_pdf_signature(only, trusted)


def test_whoever_has_the_file_can_check_chain_evidence_and_signature_without_the_platform() -> None:
    signed = pdf.signed(paper(found(), {1: CONTENT}, AT), party(), SIGNED_AT)
    assert verdict(signed).bottom_line  # type: ignore[attr-defined]
    inside = pdf.data(signed)
    events = [Event(p["number"], p["act"], p["by"], datetime.fromisoformat(p["at"]), p["fields"], p["previous"], p["digest"])
              for p in inside["parts"]]  # fmt: skip
    assert broken_at(NO, events) is None
    attached = PdfReader(io.BytesIO(signed)).attachments
    (content,) = attached["evidence-001.txt"]
    assert sha256(content).hexdigest() == inside["evidence"][0]["sha256"] == events[5].fields["sha256"]
    assert digest(NO, events[-1].digest, [inside["evidence"][0]["sha256"]]) == inside["digest"]
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(signed)).pages)
    for said in (NO, "检查完毕", "示例检测", "须由法制人员对照原文确认", "未答复"):
        assert said in words


def test_it_is_signed_once_and_a_changed_byte_is_seen() -> None:
    signed = pdf.signed(paper(found(), {1: CONTENT}, AT), party(), SIGNED_AT)
    with pytest.raises(DocumentRefused):
        pdf.signed(signed, party(), SIGNED_AT)
    at = signed.index(b"/MediaBox") + 20
    assert not verdict(signed[:at] + b"9" + signed[at + 1 :]).intact  # type: ignore[attr-defined]


def test_more_evidence_than_fits_is_said() -> None:
    with pytest.raises(Refused, match="100 MB"):
        paper(found(), {1: bytes(MOST_BYTES + 1)}, AT)
