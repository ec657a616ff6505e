"""Roots, an institution's keys of both suites with their certificates, and the same of somebody nobody knows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from zhijian.codes.code import compose, grouped
from zhijian.codes.credential import Claims, kid_of, sign
from zhijian.codes.document.certificates import Subject, root_certificate, sealing_certificate
from zhijian.codes.document.seal import Seal, Sealer
from zhijian.codes.model import Code, CredentialRefused
from zhijian.codes.qr import text as qr_text
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
SINCE, UNTIL = AT - timedelta(days=30), AT + timedelta(days=700)
CODE = compose("33", 2026, "08K7", 123456789)
OTHER_CODE = compose("33", 2026, "08K7", 987654321)
GROUPED = grouped(CODE)
VERIFIER = "7KQ2MX"
HOST = "verify.zhijian.example"
LAB = Subject("杭州示例检测技术有限公司", "91330106MA2B2K7X0P")
NATION = Subject("智检演示根 Zhijian demonstration root")

ROOT = {suite: PrivateKey(suite, bytes([n + 7]) * 32) for n, suite in enumerate(Suite)}
KEY = {suite: PrivateKey(suite, bytes([n + 1]) * 32) for n, suite in enumerate(Suite)}
STRANGER_ROOT = {suite: PrivateKey(suite, bytes([n + 31]) * 32) for n, suite in enumerate(Suite)}
STRANGER = {suite: PrivateKey(suite, bytes([n + 41]) * 32) for n, suite in enumerate(Suite)}
KID = {suite: kid_of(key.public) for suite, key in KEY.items()}

ROOT_DER = {s: root_certificate(k, NATION, SINCE, UNTIL + timedelta(days=9)) for s, k in ROOT.items()}
STRANGER_ROOT_DER = {s: root_certificate(k, Subject("Nobody"), SINCE, UNTIL) for s, k in STRANGER_ROOT.items()}
DER = {s: sealing_certificate(ROOT[s], ROOT_DER[s], LAB, KEY[s].public, SINCE, UNTIL) for s in Suite}
STRANGER_DER = {
    s: sealing_certificate(STRANGER_ROOT[s], STRANGER_ROOT_DER[s], LAB, STRANGER[s].public, SINCE, UNTIL) for s in Suite
}


def key_of(kid: bytes, code: Code) -> PublicKey:
    """As a trust list would answer: the laboratory's two keys, for its own codes."""
    found = next((KEY[s].public for s in Suite if KID[s] == kid), None)
    if found is None or code[4:8] != "08K7":
        raise CredentialRefused(kid.hex(), f"key {kid.hex()} is not in the trust list")
    return found


@cache
def credential(code: Code = CODE, suite: Suite = Suite.SM2) -> bytes:
    claims = Claims(code, AT, bytes(range(32)), bytes(range(16)), "161705070076", 2611, 1_234_567, 1)
    return sign(claims, KEY[suite], KID[suite])


def whole_qr(code: Code = CODE) -> str:
    return qr_text(f"https://{HOST}", code, VERIFIER, credential(code))


PROOF = b"c2sp.org/tlog-proof@v1\nindex 7\n\nverify.zhijian.example/log/33/2026h2\n8\n"


def sealer(suite: Suite = Suite.SM2) -> Sealer:
    """The laboratory; its manifest is signed by its key of `suite`."""
    es = Suite.ES256
    return Sealer(LAB.name, KEY[es], DER[es], ROOT_DER[es], KEY[suite], KID[suite])


def stranger() -> Sealer:
    """Somebody with keys and a root of his own, who calls himself the laboratory."""
    es = Suite.ES256
    return Sealer(
        LAB.name, STRANGER[es], STRANGER_DER[es], STRANGER_ROOT_DER[es], STRANGER[es], kid_of(STRANGER[es].public)
    )


def seal_of(code: Code = CODE, **changes: Any) -> Seal:
    return replace(Seal(code, whole_qr(code), PROOF, "sm3"), **changes)


ROOTS = [ROOT_DER[Suite.ES256]]
