"""What the log commits to: one record a registration, change of state, file or anchor of the audit trail, and the leaf that hides it.

A record is deterministic CBOR; the leaf is `kind ‖ SHA-256(record) ‖ tag`, 49 bytes. Nobody learns a code or a client
from the log; who holds a record finds its leaf, and an institution finds its own by the tag (HMAC-SM3 under its tag
key over the record's digest, so that two leaves of one institution look unrelated).
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2

from zhijian.codes.model import Code, CredentialRefused, Party, State
from zhijian.codes.secrets import hmac_sm3

REGISTERED, CHANGED, FILED, ANCHORED = 1, 2, 3, 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TAG_BYTES = 16
ENTRY_BYTES = 1 + 32 + TAG_BYTES
ANCHOR_CODE = "audit"
"""Stands where other records name a report's code."""
ANCHOR_TAG = b"zhijian-audit-v1"


def registration(
    code: Code, credential: bytes, facts_digest: bytes, registered_at: datetime,
    kid: str, root: bytes, position: int, countersignature: bytes | None,
) -> bytes:  # fmt: skip
    """[1, code, credential, facts_digest, registered_at in µs, kid, root, position, countersignature].

    `root` is the Merkle root over the batch that the institution's key `kid` signed; `position` is this report's leaf.
    """
    return cbor2.dumps([REGISTERED, code, credential, facts_digest, _micros(registered_at), kid, root, position,
                        countersignature], canonical=True)  # fmt: skip


def change(
    code: Code, state: State, at: datetime, by: Party, actor: str, reason: str | None, successor: Code | None,
    kid: str, signature: bytes,
) -> bytes:  # fmt: skip
    """[2, code, state, at in µs, by, actor, reason, successor, kid, signature of the request that asked for it]."""
    return cbor2.dumps([CHANGED, code, state.value, _micros(at), by, actor, reason, successor, kid, signature],
                       canonical=True)  # fmt: skip


def filing(
    code: Code, media_type: str, length: int, sm3: bytes, sha256: bytes, at: datetime, kid: str, signature: bytes
) -> bytes:
    """[3, code, media type, bytes, SM3, SHA-256, at in µs, kid, signature of the request that brought the file]."""
    return cbor2.dumps([FILED, code, media_type, length, sm3, sha256, _micros(at), kid, signature], canonical=True)


def anchor(seq: int, digest: bytes) -> bytes:
    """[4, "audit", seq, digest]: the audit trail's entry `seq` has this digest, and so has all before it.

    Nothing else stands in it, so that whoever holds the trail makes its leaves again.
    """
    return cbor2.dumps([ANCHORED, ANCHOR_CODE, seq, digest], canonical=True)


def anchor_leaf(seq: int, digest: bytes) -> bytes:
    """
    >>> leaf = anchor_leaf(1, bytes(32))
    >>> leaf[0], leaf[33:], opens(leaf, anchor(1, bytes(32)))
    (4, b'zhijian-audit-v1', True)
    """
    kept = anchor(seq, digest)
    return kept[1:2] + hashlib.sha256(kept).digest() + ANCHOR_TAG


def entry(record: bytes, tag_key: bytes) -> bytes:
    """The log's leaf for `record`."""
    digest = hashlib.sha256(record).digest()
    # The second byte of every record is its kind: a CBOR array's head, then a small integer.
    return record[1:2] + digest + hmac_sm3(tag_key, digest)[:TAG_BYTES]


def opens(leaf: bytes, record: bytes) -> bool:
    """Whether `leaf` commits to `record`."""
    return len(leaf) == ENTRY_BYTES and leaf[1:33] == hashlib.sha256(record).digest() and leaf[0] == record[1]


def staple(leaf: bytes, record: bytes) -> bytes:
    """Leaf and record in one piece, to be carried with a proof."""
    return leaf + record


def unstaple(stapled: bytes) -> tuple[bytes, bytes]:
    """Inverse of `staple`, with the leaf shown to commit to the record.

    Raises: CredentialRefused.
    """
    leaf, kept = stapled[:ENTRY_BYTES], stapled[ENTRY_BYTES:]
    if len(kept) < 2 or not opens(leaf, kept):
        raise CredentialRefused(stapled.hex()[:64], "the proof carries no record that its leaf commits to")
    return leaf, kept


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration's record, read back."""

    code: Code
    credential: bytes
    facts_digest: bytes
    registered_at: datetime
    kid: str
    """Key that signed the batch."""
    root: bytes
    position: int


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change's record, read back."""

    code: Code
    state: State
    at: datetime
    by: str
    actor: str
    reason: str | None
    successor: Code | None
    kid: str
    """Key that signed the request for it."""
    signature: bytes


@dataclass(frozen=True, slots=True)
class Filing:
    """A file's record, read back."""

    code: Code
    media_type: str
    length: int
    sm3: bytes
    sha256: bytes
    at: datetime
    kid: str
    """Key that signed the request with the file."""
    signature: bytes


def read_registration(kept: bytes) -> Registration:
    """Raises: CredentialRefused for any other bytes."""
    fields = _fields(kept, REGISTERED, 9)
    kinds = (int, str, bytes, bytes, int, str, bytes, int)
    if any(type(field) is not kind for field, kind in zip(fields, kinds, strict=False)):
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of a registration")
    try:
        at = _EPOCH + timedelta(microseconds=fields[4])
        return Registration(Code(fields[1]), fields[2], fields[3], at, fields[5], fields[6], fields[7])
    except (TypeError, ValueError, OverflowError, OSError):
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of a registration") from None


def read_change(kept: bytes) -> StateChange:
    """Raises: CredentialRefused for any other bytes."""
    fields = _fields(kept, CHANGED, 10)
    if [type(fields[n]) for n in (0, 1, 2, 3, 4, 5, 8, 9)] != [int, str, str, int, str, str, str, bytes]:
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of a change")
    try:
        at = _EPOCH + timedelta(microseconds=fields[3])
        successor = Code(fields[7]) if fields[7] else None
        return StateChange(Code(fields[1]), State(fields[2]), at, fields[4], fields[5], fields[6], successor,
                           fields[8], fields[9])  # fmt: skip
    except (TypeError, ValueError, OverflowError):
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of a change") from None


def read_filing(kept: bytes) -> Filing:
    """Raises: CredentialRefused for any other bytes."""
    fields = _fields(kept, FILED, 9)
    if [type(field) for field in fields] != [int, str, str, int, bytes, bytes, int, str, bytes]:
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of a filing")
    try:
        at = _EPOCH + timedelta(microseconds=fields[6])
    except OverflowError:
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of a filing") from None
    return Filing(Code(fields[1]), fields[2], fields[3], fields[4], fields[5], at, fields[7], fields[8])


def read_anchor(kept: bytes) -> tuple[int, bytes]:
    """(seq, digest). Raises: CredentialRefused for any other bytes."""
    fields = _fields(kept, ANCHORED, 4)
    if [type(field) for field in fields[1:]] != [str, int, bytes] or fields[1] != ANCHOR_CODE:
        raise CredentialRefused(kept.hex()[:64], "its fields are not those of an anchor")
    return fields[2], fields[3]


def _fields(kept: bytes, kind: int, count: int) -> list[Any]:
    try:
        fields = cbor2.loads(kept)
    except Exception as why:  # hostile bytes make the decoder raise many kinds
        raise CredentialRefused(kept.hex()[:64], f"not a record: {type(why).__name__}") from None
    if not isinstance(fields, list) or len(fields) != count or fields[0] != kind:
        raise CredentialRefused(kept.hex()[:64], "a record of another kind")
    return fields


def _micros(at: datetime) -> int:
    # Whole numbers all the way: seconds as a float lose the last microsecond.
    return (at - _EPOCH) // timedelta(microseconds=1)
