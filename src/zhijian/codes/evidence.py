"""Hold what the rows say against what was signed and logged. What does not agree is an alarm, never an answer.

Whoever can write rows can change any of them; but not sign for the node or the institution, nor move a leaf.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from zhijian.codes import credential, facts, record, requested, store
from zhijian.codes.log import LogError
from zhijian.codes.logbook import Logbook, Proven
from zhijian.codes.model import (
    CodesError,
    CredentialRefused,
    EvidenceBroken,
    FileFacts,
    KeyRevoked,
    Party,
    SignatureEvidence,
    SignerRevoked,
    State,
)
from zhijian.codes.node import IssuingNode
from zhijian.codes.requested import NotAsked, Requested, Wanted
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db
from zhijian.kit.signing import BadSignature, PublicKey
from zhijian.registry import InstitutionFacts


@dataclass(frozen=True, slots=True)
class Means:
    """What answering needs besides the database."""

    node: IssuingNode
    trust: TrustList
    logbook: Logbook
    institution: Callable[[Db, str], InstitutionFacts | None]
    """Facts by USCC; wiring keeps them in a cache."""


def signature(desk: Means, row: store.Row, items: Sequence[store.Row]) -> SignatureEvidence:
    """Both signatures, and the row held against what they cover.

    Raises: EvidenceBroken, SignerRevoked.
    """
    code = row["code"]
    kept = _registration(row)
    try:
        verified = credential.verify(
            kept.credential,
            lambda kid: desk.trust.key_for(kid, row["province"], row["institution"], kept.registered_at),
        )
        own = desk.trust.key(kept.kid)
        own_key = desk.trust.key_for(bytes.fromhex(kept.kid), row["province"], row["institution"], kept.registered_at)
        _verified(own_key, bytes(row["signature_base"]), bytes(row["signature"]))
    except KeyRevoked as why:
        raise SignerRevoked(code, f"{code}: {why}") from why
    except (CredentialRefused, BadSignature) as why:
        raise EvidenceBroken(code, f"{code}: {why}") from why
    said = verified.claims
    digest = facts.digest(row["uscc"], {**row, "items": items})
    marked = row["certificate_number"] if row["cma_marked"] else None
    same = (
        (said.code, code), (said.file_digest, bytes.fromhex(row["file_digest"])), (said.facts_digest, digest[:16]), (bytes(row["facts_digest"]), digest),
        (said.cma_number, marked), (said.status_list, row["yymm"]), (said.status_index, row["status_index"]),
        (said.issued_at, row["issued_at"].replace(microsecond=0)), (kept.code, code), (kept.facts_digest, digest),
        (kept.registered_at, row["registered_at"]), (kept.kid, row["submitted_kid"]), (kept.position, row["position"]),
        (f'"report-root": {kept.root.hex()}'.encode() in bytes(row["signature_base"]), True),
    )  # fmt: skip
    if any(a != b for a, b in same):
        raise EvidenceBroken(code, f"{code}: the row differs from what was signed and logged")
    signer = desk.trust.key(verified.kid)
    return SignatureEvidence(verified.suite, signer.kid, signer.name, desk.trust.version, row["issued_at"], own.kid, own.name,
                             row["registered_at"])  # fmt: skip


@lru_cache(maxsize=8192)
def _verified(key: PublicKey, message: bytes, signature: bytes) -> None:
    """An institution signs a batch once for all its reports, and one report is asked for on several pages: what was found
    right is remembered. Whether the key was good at the time is asked each time.

    Raises: BadSignature.
    """
    key.verify(message, signature)


def _registration(row: store.Row) -> record.Registration:
    """Raises: EvidenceBroken."""
    entry, kept = bytes(row["entry"]), bytes(row["record"])
    try:
        registration = record.read_registration(kept)
    except CredentialRefused as why:
        raise EvidenceBroken(row["code"], f"{row['code']}: {why}") from why
    if not record.opens(entry, kept) or registration.credential != bytes(row["credential"]):
        raise EvidenceBroken(row["code"], f"{row['code']}: the record differs from its leaf or from the row")
    return registration


def state(desk: Means, row: store.Row, changes: Sequence[store.Row]) -> None:
    """Hold the row's state against the newest change in the log.

    Raises: EvidenceBroken. A change whose row and log entry were both deleted is found by comparing database and log.
    """
    expected: tuple[str, str | None] = (State.VALID.value, None)
    for change in changes:
        entry, kept = bytes(change["entry"]), bytes(change["record"])
        try:
            said = record.read_change(kept)
        except CredentialRefused as why:
            raise EvidenceBroken(row["code"], f"{row['code']}: {why}") from why
        stated = tuple(change[n] for n in ("code", "state", "at", "by", "actor", "reason", "successor"))
        recorded = said.code, said.state, said.at, said.by, said.actor, said.reason, said.successor
        if not record.opens(entry, kept) or recorded != stated or said.code != row["code"]:
            raise EvidenceBroken(row["code"], f"{row['code']}: a change differs from its record or leaf")
        _asked_for(desk, row, change, said)
        expected = (said.state.value, said.successor if change["by"] == "institution" else expected[1])
    if (row["state"], row["successor"]) != expected:
        raise EvidenceBroken(row["code"], f"{row['code']}: the row says {row['state']}, the log {expected[0]}")
    if changes and changes[-1]["log_index"] is not None:
        _prove(desk, row["code"], changes[-1], b"")


def _asked_for(desk: Means, row: store.Row, change: store.Row, said: record.StateChange) -> None:
    """Hold a change against the signed request for it. Only a node's key signs a regulator's decision.

    Raises: EvidenceBroken.
    """
    try:
        holder = desk.trust.key(said.kid).holder
        if holder != ("node" if said.by == "regulator" else "institution"):
            raise NotAsked(said.code, f"key {said.kid} is a {holder}'s")
        key = desk.trust.key_for(bytes.fromhex(said.kid), row["province"], row["institution"], said.at)
        by: Party = "regulator" if said.by == "regulator" else "institution"
        wanted = Wanted(said.code, said.state, said.at, by, said.actor, said.reason, said.successor)
        base, body = bytes(change["signature_base"]), bytes(change["body"])
        requested.check(wanted, Requested(said.kid, said.signature, base, body), key)
    except (CodesError, ValueError) as why:
        raise EvidenceBroken(row["code"], f"{row['code']}: {why}") from why


def filed(desk: Means, file: store.Row) -> FileFacts:
    """A file of a report, held against its record, its leaf, and the signed request that brought it.

    Raises: EvidenceBroken.
    """
    code, kept = file["leaf_code"], bytes(file["record"])
    try:
        said = record.read_filing(kept)
        stated = tuple(file[n] for n in ("code", "media_type", "length", "sm3", "sha256", "at"))
        if not record.opens(bytes(file["entry"]), kept) or stated != (
            said.code, said.media_type, said.length, said.sm3, said.sha256, said.at
        ) or said.code != code:  # fmt: skip
            raise NotAsked(code, "a file differs from its record or leaf")
        if desk.trust.key(said.kid).holder != "institution":
            raise NotAsked(code, f"key {said.kid} is no institution's")
        key = desk.trust.key_for(bytes.fromhex(said.kid), file["province"], file["institution"], said.at)
        requested.check_file(said.code, said.sha256, said.kid, bytes(file["signature_base"]), said.signature, key)
    except (CodesError, ValueError) as why:
        raise EvidenceBroken(code, f"{code}: {why}") from why
    if file["log_index"] is not None:
        _prove(desk, code, file, b"")
    return FileFacts(
        said.media_type, said.length, said.sm3.hex(), said.sha256.hex(), said.at, file["log_index"] is not None
    )


def proven(desk: Means, row: store.Row, extra: bytes = b"") -> Proven | None:
    if row["log_index"] is None:
        return None
    _registration(row)
    return _prove(desk, row["code"], row, extra)


def _prove(desk: Means, code: str, leaf: store.Row, extra: bytes) -> Proven | None:
    try:
        return desk.logbook.prove(desk.trust, leaf["log_origin"], leaf["log_index"], bytes(leaf["entry"]), extra)
    except (LogError, OSError, CredentialRefused) as why:
        raise EvidenceBroken(code, f"{code}: {type(why).__name__} {why}") from why
