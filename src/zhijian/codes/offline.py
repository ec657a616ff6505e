"""Verify with files alone: a QR's text, a trust list, a status list, a stapled proof. Always says as of when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhijian.codes import credential, log, record
from zhijian.codes.code import Parts, parts
from zhijian.codes.log.proof import LogProof
from zhijian.codes.logbook import SM3_TREE, sm2_check, trust_in
from zhijian.codes.model import CodesError, CredentialRefused
from zhijian.codes.qr import Scanned
from zhijian.codes.qr import read as scan
from zhijian.codes.status import StatusList, StatusListRefused, list_id
from zhijian.codes.status import unseal as unseal_status
from zhijian.codes.trust import TrustList, TrustListRefused
from zhijian.codes.trust import unseal as trust_list
from zhijian.kit.signing import PublicKey, Suite

CLOCKS_DIFFER = timedelta(minutes=5)
MEANING = {0: "valid", 1: "invalid", 2: "suspended", 3: "superseded"}


@dataclass(frozen=True, slots=True)
class Offline:
    """What files alone show. `level` as in Answer; `status` None when no list was at hand or it was stale."""

    scanned: Scanned
    level: int
    claims: credential.Claims | None
    key_name: str | None
    trust_version: int | None
    trust_issued_at: datetime | None
    status: str | None
    """A word of MEANING; `unregistered?` when the list says 0, but only the institution signed and no proof shows that
    the report was ever registered."""
    status_as_of: datetime | None
    stale: bool
    logged_at: int | None
    """Leaf index, when a stapled proof was verified."""
    host_known: bool | None
    file_matches: bool | None


def roots(points: Mapping[str, str]) -> dict[Suite, PublicKey]:
    """Root keys as {suite: hex point}, as `zhijian demo` writes them into `root-keys.json`."""
    return {Suite(suite): PublicKey(Suite(suite), bytes.fromhex(point)) for suite, point in points.items()}


def verify(
    text: str, at: datetime, *, trust: bytes | None = None, root_keys: Mapping[Suite, PublicKey] | None = None,
    status: bytes | None = None, proof: bytes | None = None, file_digest: bytes | None = None, newest_trust: int = 0,
) -> Offline:  # fmt: skip
    """As far as the files reach: 0 format, 1 signature (with `trust`), 2 status (with `status`), 3 log (with `proof`).
    `newest_trust` is the highest version of the trust list that this reader ever saw.

    Raises: CodeMalformed, CredentialRefused, TrustListRefused, StatusListRefused (but a stale list only lowers the
    level), LogError.
    """
    scanned = scan(text)
    if scanned.credential is None or trust is None:
        return Offline(scanned, 0, None, None, None, None, None, None, False, None, None, None)
    known = trust_list(trust, root_keys or {}, newest_trust, at)
    logged = _logged(known, scanned, proof) if proof else None
    said = _signed(scanned, known, logged, at)
    signer = known.key(said.kid)
    held, stale = _status(known, said, status, at)
    value = MEANING[held.value(said.claims.status_index)] if held else None
    if value == "valid" and signer.holder == "institution" and logged is None:
        # 0 in a status list also means "never registered", and this credential was signed far from the node.
        value = "unregistered?"
    level = 1 if value is None or value == "unregistered?" else 2 if logged is None else 3
    matches = None if file_digest is None else file_digest == said.claims.file_digest
    return Offline(
        scanned, 4 if matches and level == 3 else level, said.claims, signer.name, known.version, known.issued_at, value,
        held.issued_at if held else None, stale, logged[0] if logged else None, scanned.host in known.hosts, matches,
    )  # fmt: skip


def claimed(text: str) -> tuple[Scanned, credential.Claims]:
    """A whole symbol taken apart, and what its credential claims, unverified.

    Raises: CodeMalformed; CredentialRefused, also for a small symbol and for a credential of another code.
    """
    scanned = scan(text)
    if scanned.credential is None:
        raise CredentialRefused(text, "the symbol has no credential: it is the small one")
    return scanned, _claims(scanned, scanned.credential)


def proof_is_of(proof: bytes, scanned: Scanned) -> None:
    """Return when the proof carries the record of this credential. Whether it holds needs a trust list: see `verify`.

    Raises: CredentialRefused, LogError.
    """
    _proven(LogProof.parse(proof), scanned)


def _claims(scanned: Scanned, raw: bytes) -> credential.Claims:
    claims = credential.read(raw)
    if claims.code != scanned.code:
        raise CredentialRefused(raw.hex(), f"the credential is of {claims.code}, the QR names {scanned.code}")
    return claims


def _signed(
    scanned: Scanned, known: TrustList, logged: tuple[int, datetime] | None, at: datetime
) -> credential.Verified:
    """The credential, under a key that was good when the log saw the signature.

    Without a proof nobody but the signer says when that was; then a key that is revoked or has run out by now is not
    believed.
    """
    raw = scanned.credential or b""
    claims = _claims(scanned, raw)
    if claims.issued_at > at + CLOCKS_DIFFER:
        raise CredentialRefused(raw.hex(), f"issued at {claims.issued_at.isoformat()}, which is still to come")
    seen_at = logged[1] if logged else at
    return credential.verify(raw, lambda kid: known.keys_at(seen_at)(kid, scanned.code))


def _status(
    known: TrustList, said: credential.Verified, status: bytes | None, at: datetime
) -> tuple[StatusList | None, bool]:
    if status is None:
        return None, False
    province = said.claims.code[:2]
    try:
        held = unseal_status(status, lambda kid: known.keys_at(at).node(kid, province), at)
    except StatusListRefused as why:
        if why.stale:
            return None, True
        raise
    wanted = list_id(province, said.claims.status_list)
    if held.list_id != wanted:
        raise StatusListRefused(held.list_id, f"this is list {held.list_id}, the credential names {wanted}")
    return held, False


def _logged(known: TrustList, scanned: Scanned, proof: bytes) -> tuple[int, datetime]:
    """Leaf index and time of registration, when the proof carries the record of this credential and that record's leaf
    is in a log we trust."""
    stapled = LogProof.parse(proof)
    origin = stapled.checkpoint.split(b"\n", 1)[0].decode(errors="replace")
    entry, registered = _proven(stapled, scanned)
    index = log.verify_proof(proof, entry, trust_in(known.log(origin), known)).included.index
    return index, registered.registered_at


def _proven(stapled: LogProof, scanned: Scanned) -> tuple[bytes, record.Registration]:
    """Leaf and record that the proof carries, shown to be of this credential."""
    entry, kept = record.unstaple(stapled.extra)
    registered = record.read_registration(kept)
    if (registered.credential, registered.code) != (scanned.credential, scanned.code):
        raise CredentialRefused(scanned.code, "the proof is of another report")
    return entry, registered


def listed_trust(known: TrustList, origin: str) -> log.Trust:
    """Whose signatures a checkpoint of this log needs, by the trust list, its quorum of witnesses among them.

    Raises: CredentialRefused for a log that the list does not name, LogError.
    """
    return trust_in(known.log(origin), known)


def verifiers(vkeys: Iterable[str]) -> tuple[log.Verifier, ...]:
    """Raises: LogError."""
    return tuple(log.Verifier.parse(vkey, sm2_check) for vkey in vkeys)


def log_trust(vkeys: Sequence[str], witnesses: Sequence[str] = (), quorum: int | None = None) -> log.Trust:
    """Whose signatures a checkpoint needs, from verifier keys of one origin; quorum None asks for all witnesses.

    Raises: LogError.
    """
    keys, known = verifiers(vkeys), verifiers(witnesses)
    return log.Trust(keys[0].name, keys, known, len(known) if quorum is None else quorum)


__all__ = [
    "SM3_TREE",
    "CodesError",
    "Offline",
    "Parts",
    "Scanned",
    "TrustListRefused",
    "claimed",
    "listed_trust",
    "log_trust",
    "parts",
    "proof_is_of",
    "roots",
    "scan",
    "trust_list",
    "verifiers",
    "verify",
]
