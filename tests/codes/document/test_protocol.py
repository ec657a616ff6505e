"""The protocol of a migration takes two signatures, one after the other, and no other change."""

import io
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from tests.codes.document.sealing_keys import AT, LAB, ROOT, ROOT_DER, SINCE, UNTIL

from zhijian.codes.document import DocumentRefused, certificates, protocol
from zhijian.kit.signing import PrivateKey, Suite

ES = Suite.ES256


def party(name: str, secret: int) -> protocol.Party:
    key = PrivateKey(ES, bytes([secret]) * 32)
    own = certificates.sealing_certificate(ROOT[ES], ROOT_DER[ES], LAB, key.public, SINCE, UNTIL)
    return protocol.Party(name, key, own, ROOT_DER[ES])


def made() -> bytes:
    rows = [["甲表 → institution", "1,000", "✓"]] * 60
    return protocol.render(
        "数据迁移对账确认书", "33-x-1", [("省份", "33")], ["表", "行", "一致"], rows, {"agrees": True, "n": 7}, AT
    )


def verdicts(raw: bytes) -> dict[str, Any]:
    trusted = ValidationContext(trust_roots=[certificates.read(ROOT_DER[ES])], moment=AT)
    reader = PdfFileReader(io.BytesIO(raw))
    return {s.field_name: validate_pdf_signature(s, trusted) for s in reader.embedded_signatures}


def test_both_signatures_hold_and_the_figures_are_in_the_file() -> None:
    once = protocol.signed(made(), "province", party("甲省", 3), AT)
    twice = protocol.signed(once, "centre", party("中心", 4), AT)
    found = verdicts(twice)
    assert set(found) == {"Province", "Centre"}
    for one in found.values():
        assert one.intact
        assert one.valid
    assert protocol.figures(twice) == {"agrees": True, "n": 7}


def test_a_side_signs_once_and_a_changed_byte_is_seen() -> None:
    once = protocol.signed(made(), "province", party("甲省", 3), AT)
    with pytest.raises(DocumentRefused):
        protocol.signed(once, "province", party("甲省", 3), AT)
    at = once.index(b"/MediaBox") + 20
    assert not verdicts(once[:at] + b"9" + once[at + 1 :])["Province"].intact


def test_another_pdf_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        protocol.figures(b"%PDF-1.4 nothing")
