"""Keys, claims and a trust list made for the occasion, and CBOR written by hand, so that it can be written wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from zhijian.codes.code import compose
from zhijian.codes.credential import Claims, kid_of
from zhijian.codes.trust import LIFETIME, Holder, TrustedKey, TrustedLog, TrustList
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

AT = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
CODE = compose("33", 2026, "08K7", 123456789)
KEY = {suite: PrivateKey(suite, bytes([n + 1]) * 32) for n, suite in enumerate(Suite)}
KID = {suite: kid_of(key.public) for suite, key in KEY.items()}
ROOT = {suite: PrivateKey(suite, bytes([n + 7]) * 32) for n, suite in enumerate(Suite)}
ROOT_POINTS: Mapping[Suite, PublicKey] = {suite: key.public for suite, key in ROOT.items()}
ALG = {Suite.ES256: -7, Suite.SM2: -65537}


def claims(**changes: Any) -> Claims:
    return replace(Claims(CODE, AT, bytes(range(32)), bytes(range(16)), "161705070076", 2611, 1_234_567, 1), **changes)


def trusted(suite: Suite, holder: Holder = "institution", scope: str = "08K7", **changes: Any) -> TrustedKey:
    key = TrustedKey(
        KID[suite].hex(), f"key-{suite}", suite, KEY[suite].public.point.hex(), holder, scope,
        AT - timedelta(days=30), AT + timedelta(days=30),
    )  # fmt: skip
    return replace(key, **changes)


def trust(*keys: TrustedKey, **changes: Any) -> TrustList:
    made = TrustList(
        7, AT, AT + LIFETIME, "test", ("verify.zhijian.example",), keys or tuple(trusted(s) for s in Suite),
        (TrustedLog(1, "log.zhijian.example/2026h2", "vkey", "sm2-vkey"),),
    )  # fmt: skip
    return replace(made, **changes)


def public_of(kid: bytes) -> PublicKey:
    """Keys by kid, as a trust list would give them."""
    return trust().key_for(kid, "33", "08K7", AT)


def head(major: int, value: int, width: int | None = None) -> bytes:
    """A CBOR head (RFC 8949, 3) in `width` bytes, the shortest when None: 0 in the first byte, 1, 2, 4 or 8 after it."""
    if width is None:
        width = next(w for w in (0, 1, 2, 4, 8) if value < (24 if w == 0 else 256**w))
    if width == 0:
        return bytes([major << 5 | value])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + value.to_bytes(width, "big")


def sealed(suite: Suite, protected: bytes, payload: bytes, /, **how: bytes) -> bytes:
    """A COSE_Sign1 with a right signature over whatever stands in it. `how` overrides its pieces."""
    to_sign = head(4, 4) + head(3, 10) + b"Signature1" + head(2, len(protected)) + protected + head(2, 0)
    signature = KEY[suite].sign(to_sign + head(2, len(payload)) + payload)
    pieces = {
        "tag": head(6, 18), "array": head(4, 4), "protected": head(2, len(protected)) + protected,
        "unprotected": head(5, 0), "payload": head(2, len(payload)) + payload,
        "signature": head(2, len(signature)) + signature, "after": b"",
    } | how  # fmt: skip
    return b"".join(pieces.values())


def protected_of(suite: Suite, kid: bytes | None = None) -> bytes:
    number = ALG[suite]
    return head(5, 2) + head(0, 1) + head(1, -1 - number) + head(0, 4) + head(2, 4) + (kid or KID[suite])
