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

The envelope and its strictness are those of `cose`. What is registered is compared byte by byte.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import cbor2

from zhijian.codes import cose
from zhijian.codes.code import compose
from zhijian.codes.model import Code, CredentialRefused
from zhijian.kit.base31 import number, symbols
from zhijian.kit.signing import PublicKey, Signer, Suite

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


def sign(claims: Claims, key: Signer, kid: bytes) -> bytes:
    """The credential's bytes."""
    return cose.sign(_payload(claims), key, kid)


def verify(raw: bytes, key_of: Callable[[bytes], PublicKey]) -> Verified:
    """`key_of` gives the public key of a kid by the trust list, or raises CredentialRefused.

    Raises: CredentialRefused; the message says which check failed.
    """
    opened = cose.unpack(raw, MAX_BYTES, "credential")
    key = key_of(opened.kid)
    opened.verify(key)
    return Verified(_claims(opened.payload, raw), opened.kid, key.suite)


def read(raw: bytes) -> Claims:
    """What the credential claims, unverified.

    Raises: CredentialRefused when it is not in the one form.
    """
    return _claims(cose.unpack(raw, MAX_BYTES, "credential").payload, raw)


def kid_of(public: PublicKey) -> bytes:
    """Four bytes that name a key: the start of the suite's digest over suite and point. The trust list keeps them
    unique."""
    from zhijian.kit.signing import digest

    return digest(public.suite, public.suite.encode() + b"\n" + public.point)[:4]


def _payload(c: Claims) -> bytes:
    cma = int(c.cma_number).to_bytes(5, "big") if c.cma_number else None
    return cbor2.dumps([number(c.code[:16]).to_bytes(10, "big"), int(c.issued_at.timestamp()), c.file_digest,
                        c.facts_digest, cma, c.status_list, c.status_index, c.log], canonical=True)  # fmt: skip


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
