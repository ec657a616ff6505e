"""Verify with files alone: a QR's text, a trust list, a status list, a stapled proof. Always says as of when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhijian.codes import credential, log, record
from zhijian.codes.code import Parts, parts
from zhijian.codes.log.proof import LogProof
from zhijian.codes.logbook import SM3_TREE, sm2_check, trust_in
from zhijian.codes.model import CodesError, CredentialRefused
from zhijian.codes.qr import Scanned
from zhijian.codes.qr import read as scan
from zhijian.codes.status import StatusList, StatusListRefused, list_id
from zhijian.codes.status import unseal as unseal_status
from zhijian.codes.trust import TrustList
from zhijian.codes.trust import unseal as unseal_trust
from zhijian.kit.signing import PublicKey, Suite

MEANING = {0: "valid", 1: "invalid", 2: "suspended", 3: "superseded"}


@dataclass(frozen=True, slots=True)
class Offline:
    """What files alone show. `level` as in Answer; `status` None when no list was at hand or it was stale."""

    scanned: Scanned
    level: int
    claims: credential.Claims | None
    key_name: str | None
    trust_version: int | None
    status: str | None
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
    status: bytes | None = None, proof: bytes | None = None, file_digest: bytes | None = None,
) -> Offline:  # fmt: skip
    """As far as the files reach: 0 format, 1 signature (with `trust`), 2 status (with `status`), 3 log (with `proof`).

    Raises: CodeMalformed, CredentialRefused, TrustListRefused, StatusListRefused (but a stale list only lowers the
    level), LogError.
    """
    scanned = scan(text)
    if scanned.credential is None or trust is None:
        return Offline(scanned, 0, None, None, None, None, None, False, None, None, None)
    known = unseal_trust(trust, root_keys or {})
    said = _signed(scanned, known)
    held, stale = _status(known, said, status, at)
    value = MEANING[held.value(said.claims.status_index)] if held else None
    index = _logged(known, scanned, proof) if proof else None
    level = 1 if value is None else 2 if index is None else 3
    matches = None if file_digest is None else file_digest == said.claims.file_digest
    return Offline(
        scanned, 4 if matches and level == 3 else level, said.claims, known.key(said.kid).name, known.version, value,
        held.issued_at if held else None, stale, index, scanned.host in known.hosts, matches,
    )  # fmt: skip


def _signed(scanned: Scanned, known: TrustList) -> credential.Verified:
    p = parts(scanned.code)
    raw = scanned.credential or b""
    claims = credential.read(raw)
    if claims.code != scanned.code:
        raise CredentialRefused(raw.hex(), f"the credential is of {claims.code}, the QR names {scanned.code}")
    return credential.verify(raw, lambda kid: known.key_for(kid, p.province, p.institution, claims.issued_at))


def _status(
    known: TrustList, said: credential.Verified, status: bytes | None, at: datetime
) -> tuple[StatusList | None, bool]:
    if status is None:
        return None, False
    province = said.claims.code[:2]
    try:
        held = unseal_status(status, lambda kid: _node_key(known, kid, province), at)
    except StatusListRefused as why:
        if why.stale:
            return None, True
        raise
    wanted = list_id(province, said.claims.status_list)
    if held.list_id != wanted:
        raise StatusListRefused(held.list_id, f"this is list {held.list_id}, the credential names {wanted}")
    return held, False


def _node_key(known: TrustList, kid: bytes, province: str) -> PublicKey:
    key = known.key(kid)
    if key.holder != "node" or province not in key.scope.split(","):
        raise CredentialRefused(key.kid, f"{key.name} does not speak for province {province}")
    return key.public


def _logged(known: TrustList, scanned: Scanned, proof: bytes) -> int:
    """The leaf, when the proof carries the record of this credential and that record's leaf is in a log we trust."""
    stapled = LogProof.parse(proof)
    origin = stapled.checkpoint.split(b"\n", 1)[0].decode(errors="replace")
    entry, kept = record.unstaple(stapled.extra)
    if scanned.credential != record.credential_in(kept):
        raise CredentialRefused(scanned.code, "the proof is of another report")
    return log.verify_proof(proof, entry, trust_in(known.log(origin))).included.index


def log_trust(vkeys: Sequence[str]) -> log.Trust:
    """Whose signatures a checkpoint needs, from verifier keys of one origin.

    Raises: LogError.
    """
    keys = tuple(log.Verifier.parse(vkey, sm2_check) for vkey in vkeys)
    return log.Trust(keys[0].name, keys)


__all__ = ["SM3_TREE", "CodesError", "Offline", "Parts", "Scanned", "log_trust", "parts", "roots", "scan", "verify"]
