"""The credential in the QR: COSE_Sign1 (RFC 9052) over deterministic CBOR (RFC 8949, 4.2.1).

    18([ << {1: alg, 4: kid} >>, {}, << payload >>, signature ])
    payload = [code, issued_at, file_digest, facts_digest, cma_number, status_list, status_index, log]

    code          10 bytes   the sixteen symbols before the checks, base 31, big-endian
    issued_at     uint       seconds since 1970, UTC
    file_digest   32 bytes   of the report's file, by the algorithm that the facts name
    facts_digest  16 bytes   the first half of the facts' SM3
    cma_number    5 bytes    the twelve digits as a number, big-endian; null when no CMA mark is claimed
    status_list   uint       yymm of the province's list
    status_index  uint
    log           uint       number of the log in the trust list

`alg` is −7 (ES256) or −65537 (SM2 with SM3; private use, no COSE number is registered), and must be the one to which
the trust list binds `kid`: the message never chooses. The signature is raw r ‖ s. Anything that does not encode back
to the same bytes is refused, so that one credential has one form (but
ES256's r, n − s; what is registered is compared byte by byte).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import cbor2

from zhijian.codes.code import compose
from zhijian.codes.model import Code, CredentialRefused
from zhijian.kit.base31 import number, symbols
from zhijian.kit.signing import SIGNATURE_BYTES, BadSignature, PrivateKey, PublicKey, Suite

ALGORITHM = {Suite.ES256: -7, Suite.SM2: -65537}
COSE_SIGN1 = 18
MAX_BYTES = 256
"""Longer input is refused before it is parsed."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the credential says."""

    code: Code
    issued_at: datetime
    file_digest: bytes
    facts_digest: bytes
    """Sixteen bytes."""
    cma_number: str | None
    status_list: int
    status_index: int
    log: int


@dataclass(frozen=True, slots=True)
class Verified:
    """Evidence of level 1: these claims were signed by `kid`, which the trust list binds to `suite`."""

    claims: Claims
    kid: bytes
    suite: Suite


def sign(claims: Claims, key: PrivateKey, kid: bytes) -> bytes:
    """The credential's bytes."""
    protected = _protected(key.suite, kid)
    payload = _payload(claims)
    signature = key.sign(_to_sign(protected, payload))
    return cbor2.dumps(cbor2.CBORTag(COSE_SIGN1, [protected, {}, payload, signature]), canonical=True)


def verify(raw: bytes, key_of: Callable[[bytes], PublicKey]) -> Verified:
    """`key_of` gives the public key of a kid by the trust list, or raises CredentialRefused.

    Raises: CredentialRefused; the message says which check failed.
    """
    protected, kid, algorithm, payload, signature = _open(raw)
    key = key_of(kid)
    if algorithm != ALGORITHM[key.suite]:
        raise CredentialRefused(raw.hex(), f"algorithm {algorithm} is not {key.suite}, to which the key is bound")
    try:
        key.verify(_to_sign(protected, payload), signature)
    except BadSignature as why:
        raise CredentialRefused(raw.hex(), str(why)) from why
    return Verified(_claims(payload, raw), kid, key.suite)


def read(raw: bytes) -> Claims:
    """What the credential claims, unverified.

    Raises: CredentialRefused when it is not in the one form.
    """
    return _claims(_open(raw)[3], raw)


def kid_of(public: PublicKey) -> bytes:
    """Four bytes that name a key: the start of the suite's digest over suite and point. The trust list keeps them
    unique."""
    from zhijian.kit.signing import digest

    return digest(public.suite, public.suite.encode() + b"\n" + public.point)[:4]


def _protected(suite: Suite, kid: bytes) -> bytes:
    return cbor2.dumps({1: ALGORITHM[suite], 4: kid}, canonical=True)


def _to_sign(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def _payload(c: Claims) -> bytes:
    cma = int(c.cma_number).to_bytes(5, "big") if c.cma_number else None
    return cbor2.dumps([number(c.code[:16]).to_bytes(10, "big"), int(c.issued_at.timestamp()), c.file_digest,
                        c.facts_digest, cma, c.status_list, c.status_index, c.log], canonical=True)  # fmt: skip


def _open(raw: bytes) -> tuple[bytes, bytes, int, bytes, bytes]:
    """Raises: CredentialRefused unless `raw` is exactly what `sign` writes, signature aside."""
    if len(raw) > MAX_BYTES:
        raise CredentialRefused(raw[:32].hex(), f"{len(raw)} bytes, more than {MAX_BYTES}")
    try:
        outer = cbor2.loads(raw)
        protected, unprotected, payload, signature = outer.value
        header: dict[Any, Any] = cbor2.loads(protected)
        well_formed = (
            outer.tag == COSE_SIGN1
            and unprotected == {}
            and set(header) == {1, 4}
            and {type(k) for k in (*header, header[1])} == {int}
            and isinstance(header[4], bytes)
            and isinstance(signature, bytes)
            and len(signature) == SIGNATURE_BYTES
            and cbor2.dumps(outer, canonical=True) == raw
            and cbor2.dumps(header, canonical=True) == protected
            and cbor2.dumps(cbor2.loads(payload), canonical=True) == payload
        )
    except Exception as why:  # the decoder raises many kinds on hostile input; all of them mean the same
        raise CredentialRefused(raw.hex(), f"not a credential: {type(why).__name__}") from None
    if not well_formed:
        raise CredentialRefused(raw.hex(), "not in the one canonical form")
    return protected, header[4], header[1], payload, signature


def _claims(payload: bytes, raw: bytes) -> Claims:
    try:
        body, issued, file_digest, facts, cma, status_list, status_index, log = cbor2.loads(payload)
        flat = symbols(int.from_bytes(body, "big"), 16)
        code = compose(flat[:2], int(flat[2:4]), flat[4:8], number(flat[8:]))
        texts = (body, file_digest, facts, bytes(5) if cma is None else cma)
        numbers = (issued, status_list, status_index, log)
        # By type, not by ==: to Python true is 1 and 1.0 is 1; to CBOR they are not.
        if {type(x) for x in texts} != {bytes} or {type(x) for x in numbers} != {int}:
            raise TypeError
        if int.from_bytes(texts[3], "big") >= 10**12:
            raise ValueError
        if [len(x) for x in texts] != [10, 32, 16, 5] or min(numbers) < 0:
            raise ValueError
        return Claims(code, datetime.fromtimestamp(issued, UTC), file_digest, facts,
                      None if cma is None else f"{int.from_bytes(cma, 'big'):012d}", status_list, status_index, log)  # fmt: skip
    except (TypeError, ValueError, OverflowError, OSError):
        raise CredentialRefused(raw.hex(), "its claims are not of the eight kinds") from None
