"""A sample report as OFD: stamped, with its evidence, sealed; and a second institution's seal beside the first."""

from dataclasses import replace
from functools import cache

from tests.codes.document.papers import what
from tests.codes.document.reports import LABORATORY, record
from tests.codes.document.sealed_ofds import FACTS, MAKER, MAKER_DER, SEAL, SM2
from tests.codes.document.sealing_keys import (
    AT,
    CODE,
    DER,
    KEY,
    LAB,
    PROOF,
    ROOT,
    ROOT_DER,
    SINCE,
    UNTIL,
    key_of,
    whole_qr,
)

from zhijian.codes.credential import kid_of
from zhijian.codes.document import ses
from zhijian.codes.document.certificates import Subject, sealing_certificate
from zhijian.codes.document.found import Inspection
from zhijian.codes.document.ofd_inspect import inspect_file
from zhijian.codes.document.ofd_seal import OfdPlace, OfdSeal, attach_evidence, seal_ofd
from zhijian.codes.document.ofd_stamp import stamp_ofd
from zhijian.codes.document.report import render_ofd
from zhijian.codes.model import Code, CredentialRefused, KeyRevoked
from zhijian.kit.signing import PrivateKey, PublicKey

SECOND = PrivateKey(SM2, bytes([91]) * 32)
SECOND_DER = sealing_certificate(
    ROOT[SM2], ROOT_DER[SM2], Subject("浙江示例分包检测有限公司"), SECOND.public, SINCE, UNTIL
)
SECOND_SEAL = ses.make_seal(replace(FACTS, es_id="33000000000002", holders=(SECOND_DER,)), MAKER, MAKER_DER)


@cache
def original() -> bytes:
    return render_ofd(record(), LABORATORY)


@cache
def stamped() -> bytes:
    return stamp_ofd(original(), what())


@cache
def sealed(is_last: bool = True) -> bytes:
    whole = attach_evidence(stamped(), OfdSeal(CODE, whole_qr(), PROOF), AT)
    return seal_ofd(whole, SEAL, KEY[SM2], DER[SM2], OfdPlace(3, 130, 200), AT, is_last=is_last)


@cache
def sealed_twice() -> bytes:
    return seal_ofd(sealed(is_last=False), SECOND_SEAL, SECOND, SECOND_DER, OfdPlace(3, 80, 200), AT)


def holder(kid: bytes, code: Code) -> PublicKey:
    """The laboratory, and whom it works with."""
    return SECOND.public if kid == kid_of(SECOND.public) else key_of(kid, code)


def maker(kid: bytes, code: Code) -> PublicKey:
    if kid != kid_of(MAKER.public):
        raise CredentialRefused(kid.hex(), "makes no seals")
    return MAKER.public


def gone(kid: bytes, code: Code) -> PublicKey:
    raise KeyRevoked(kid.hex(), "revoked")


def judged(raw: bytes, named: Code | None = None) -> Inspection:
    return inspect_file(raw, [ROOT_DER[SM2]], holder, maker, AT, named)


assert LAB.name == LABORATORY.name
