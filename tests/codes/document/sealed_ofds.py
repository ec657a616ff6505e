"""A sealed OFD, a look at it, and what tests of OFD share."""

from collections.abc import Callable
from typing import Any

from tests.codes.document.ofds import ofd
from tests.codes.document.sealing_keys import (
    AT,
    DER,
    KEY,
    LAB,
    ROOT,
    ROOT_DER,
    SINCE,
    UNTIL,
)  # fmt: skip

from zhijian.codes.credential import kid_of
from zhijian.codes.document import ses
from zhijian.codes.document.certificates import Subject, sealing_certificate
from zhijian.codes.document.ofd import Judges, OfdInspection, inspect_ofd
from zhijian.codes.document.ofd_seal import OfdPlace, seal_ofd
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

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
    return inspect_ofd(raw, Judges([ROOT_DER[SM2]], known(KEY[SM2].public), known(MAKER.public), at))


def changed(**files: bytes | None) -> bytes:
    return zipped({k: v for k, v in (unzipped(SEALED) | files).items() if v is not None})
