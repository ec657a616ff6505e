"""Status lists: two bits a code, so that anyone can learn offline that a report is no longer valid.

Encoding of the Token Status List (draft-ietf-oauth-status-list): `bits` 2, value i at bit (2·i mod 8) of byte 2·i/8,
least significant first, zlib at its best. One list a province and month, as a CWT signed by the node (COSE_Sign1,
type `application/statuslist+cwt`), with `exp` and `ttl`: a stale list is not believed.

>>> entries = encode(2, {0: 1, 1: 2, 3: 3}, 12)
>>> [value_at(entries, 2, i) for i in range(4)]
[1, 2, 0, 3]
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import cbor2

from zhijian.codes.cose import ALGORITHM, COSE_SIGN1
from zhijian.codes.model import CodesError, State
from zhijian.kit.signing import PublicKey, Signer

BITS = 2
VALUE: Mapping[State, int] = {
    State.RESERVED: 0,
    State.VALID: 0,
    State.WITHDRAWN: 1,
    State.INACCURATE: 1,
    State.FALSE: 1,
    State.DOUBTED: 2,
    State.CORRECTED: 3,
    State.REPLACED: 3,
}
"""0 valid, 1 invalid, 2 suspended (all three of the draft), 3 superseded (application-specific)."""
TYPE = "application/statuslist+cwt"
# CWT claims (RFC 8392; draft-ietf-oauth-status-list, 5.2)
SUBJECT, EXPIRES, ISSUED, TTL, STATUS_LIST = 2, 4, 6, 65534, 65533
MAX_ENTRIES = 1 << 26
CLOCKS_DIFFER = timedelta(minutes=5)


class StatusListRefused(CodesError):
    """Not signed by a node of the province, malformed, or out of date. `stale` tells the last from the others."""

    why = "status-list-refused"

    def __init__(self, value: str, message: str, stale: bool = False) -> None:
        super().__init__(value, message)
        self.stale = stale


@dataclass(frozen=True, slots=True)
class StatusList:
    list_id: str
    """`PP-YYYY-MM`."""
    issued_at: datetime
    expires_at: datetime
    ttl_s: int
    entries: bytes
    """Compressed, as on the wire."""

    def value(self, index: int) -> int:
        """Raises: StatusListRefused when the list does not reach `index`."""
        return value_at(self.entries, BITS, index)


def list_id(province: str, yymm: int) -> str:
    """
    >>> list_id("33", 2611)
    '33-2026-11'
    """
    return f"{province}-20{yymm // 100:02d}-{yymm % 100:02d}"


def encode(bits: int, values: Mapping[int, int], size: int) -> bytes:
    """Compressed list of `size` entries that are 0 but for `values` (index → value)."""
    raw = bytearray((size * bits + 7) // 8)
    for index, value in values.items():
        raw[index * bits // 8] |= value << index * bits % 8
    return zlib.compress(bytes(raw), 9)


def value_at(compressed: bytes, bits: int, index: int) -> int:
    """Raises: StatusListRefused."""
    at = index * bits // 8
    try:
        # Bounded: a bomb cannot unpack to more than what the index needs.
        raw = zlib.decompressobj().decompress(compressed, at + 1) if 0 <= index < MAX_ENTRIES else b""
    except zlib.error as why:
        raise StatusListRefused(str(index), "not a compressed list") from why
    if not 0 <= at < len(raw):
        raise StatusListRefused(str(index), f"the list has no entry {index}")
    return raw[at] >> index * bits % 8 & (1 << bits) - 1


def seal(status: StatusList, key: Signer, kid: bytes) -> bytes:
    """The list as a signed CWT."""
    protected = cbor2.dumps({1: ALGORITHM[key.suite], 4: kid, 16: TYPE}, canonical=True)
    claims = {
        SUBJECT: status.list_id, ISSUED: int(status.issued_at.timestamp()),
        EXPIRES: int(status.expires_at.timestamp()), TTL: status.ttl_s,
        STATUS_LIST: {"bits": BITS, "lst": status.entries},
    }  # fmt: skip
    payload = cbor2.dumps(claims, canonical=True)
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"", payload], canonical=True))
    return cbor2.dumps(cbor2.CBORTag(COSE_SIGN1, [protected, {}, payload, signature]), canonical=True)


@lru_cache(maxsize=64)
def _kid(raw: bytes) -> bytes:
    protected, _, _, _ = cbor2.loads(raw).value
    kid: bytes = cbor2.loads(protected)[4]
    return kid


@lru_cache(maxsize=64)
def _signed(raw: bytes, key: PublicKey) -> StatusList:
    """The list in these very bytes, signed by this very key: kept, because a list serves every report of its month. Whether the
    key is good and the list fresh is asked anew each time."""
    outer = cbor2.loads(raw)
    protected, unprotected, payload, signature = outer.value
    if outer.tag != COSE_SIGN1 or unprotected != {} or cbor2.dumps(outer, canonical=True) != raw:
        raise ValueError("not in the one canonical form")
    header, claims = cbor2.loads(protected), cbor2.loads(payload)
    if header[1] != ALGORITHM[key.suite] or header[16] != TYPE or claims[STATUS_LIST]["bits"] != BITS:
        raise ValueError("algorithm, type or bits")
    key.verify(cbor2.dumps(["Signature1", protected, b"", payload], canonical=True), signature)
    return StatusList(
        claims[SUBJECT], datetime.fromtimestamp(claims[ISSUED], UTC), datetime.fromtimestamp(claims[EXPIRES], UTC),
        claims[TTL], claims[STATUS_LIST]["lst"],
    )  # fmt: skip


def unseal(raw: bytes, key_of: Callable[[bytes], PublicKey], at: datetime) -> StatusList:
    """`key_of` gives a node's public key by the trust list.

    Raises: StatusListRefused; `stale` when only its time has run out.
    """
    try:
        key = key_of(_kid(raw))
        status = _signed(raw, key)
    except Exception as why:  # hostile bytes make the decoder raise many kinds
        raise StatusListRefused("", f"status list refused: {type(why).__name__} {why}") from why
    if status.issued_at > at + CLOCKS_DIFFER:
        raise StatusListRefused(status.list_id, f"issued at {status.issued_at.isoformat()}, which is still to come")
    if at >= status.expires_at:
        raise StatusListRefused(status.list_id, f"the list expired at {status.expires_at.isoformat()}", stale=True)
    return status
