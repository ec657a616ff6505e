"""The trust list: which key speaks for whom, since when, until when. Signed by the national root.

A JWS with one signature a suite (RFC 7515, general JSON serialisation; `alg` ES256, and `SM2SM3` by our own name).
Its version never goes back: a reader keeps the highest it saw and refuses an older one. It runs out after ninety days,
so that a reader who never saw a newer one does not believe a revoked key for ever. A signature counts only if the log
saw it before its key was revoked.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from zhijian.codes.model import Code, CodesError, CredentialRefused, KeyRevoked
from zhijian.kit.signing import BadSignature, PrivateKey, PublicKey, Suite

ALG = {Suite.ES256: "ES256", Suite.SM2: "SM2SM3"}
Holder = Literal["institution", "node"]
LIFETIME = timedelta(days=90)


class TrustListRefused(CodesError):
    """The list is not signed by the root, is malformed, has run out, or is older than one already seen.

    `stale` tells the last two from the others: a newer list is to be had.
    """

    why = "trust-list-refused"

    def __init__(self, value: str, message: str, stale: bool = False) -> None:
        super().__init__(value, message)
        self.stale = stale


@dataclass(frozen=True, slots=True)
class TrustedKey:
    kid: str
    """Eight hex digits."""
    name: str
    suite: Suite
    point: str
    """Hex of the uncompressed point."""
    holder: Holder
    scope: str
    """Institution index (four symbols) of an institution's key; provinces, comma-separated, of a node's."""
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.suite, bytes.fromhex(self.point))


@dataclass(frozen=True, slots=True)
class TrustedLog:
    number: int
    """The small number by which credentials name it."""
    origin: str
    vkey: str
    """Verifier key of the checkpoint's Ed25519 line (C2SP signed-note)."""
    sm2_vkey: str


@dataclass(frozen=True)
class TrustList:
    version: int
    issued_at: datetime
    expires_at: datetime
    label: str
    """Says so when it is a demonstration."""
    hosts: tuple[str, ...]
    """Hosts on which a code may be verified; a QR that names another host is suspicious."""
    keys: tuple[TrustedKey, ...]
    logs: tuple[TrustedLog, ...]
    witnesses: tuple[str, ...] = ()
    """Verifier keys (C2SP tlog-cosignature) of those who vouch that a log shows everyone the same."""
    quorum: int = 0
    """How many of them must have signed a checkpoint before it is believed."""

    @cached_property
    def _by_kid(self) -> dict[str, TrustedKey]:
        return {key.kid: key for key in reversed(self.keys)}

    def key(self, kid: bytes | str) -> TrustedKey:
        """Raises: CredentialRefused for a key nobody vouches for."""
        wanted = kid if isinstance(kid, str) else kid.hex()
        if (found := self._by_kid.get(wanted)) is None:
            raise CredentialRefused(wanted, f"key {wanted} is not in the trust list, version {self.version}")
        return found

    def key_for(self, kid: bytes, province: str, institution: str, seen_at: datetime) -> PublicKey:
        """The key, if it may speak for this institution and was good when the log saw the signature.

        Raises: CredentialRefused.
        """
        key = self.key(kid)
        allowed = key.scope == institution if key.holder == "institution" else province in key.scope.split(",")
        if not allowed:
            raise CredentialRefused(key.kid, f"key {key.name} does not speak for {province}/{institution}")
        if not key.not_before <= seen_at <= key.not_after:
            raise CredentialRefused(key.kid, f"key {key.name} was not valid at {seen_at.isoformat()}")
        if key.revoked_at is not None and seen_at >= key.revoked_at:
            raise KeyRevoked(key.kid, f"key {key.name} was revoked at {key.revoked_at.isoformat()}")
        return key.public

    def keys_at(self, at: datetime) -> "KeysAt":
        """Keys that were good at this time, by the report they may speak for."""
        return KeysAt(self, at)

    def log(self, origin_or_number: str | int) -> TrustedLog:
        """Raises: CredentialRefused."""
        for log in self.logs:
            if origin_or_number in (log.number, log.origin):
                return log
        raise CredentialRefused(str(origin_or_number), f"log {origin_or_number} is not in the trust list")


@dataclass(frozen=True, slots=True)
class KeysAt:
    """Asked by what verifies, also in another process. Every question raises CredentialRefused where there is no such key."""

    trust: TrustList
    at: datetime

    def __call__(self, kid: bytes, code: Code) -> PublicKey:
        """That of the institution of this code, or of a node of its province."""
        return self.trust.key_for(kid, code[:2], code[4:8], self.at)

    def maker(self, kid: bytes, code: Code) -> PublicKey:
        """That of a node of this code's province, which makes the seals of its institutions: none makes its own."""
        return self.node(kid, code[:2])

    def node(self, kid: bytes, province: str) -> PublicKey:
        """That of a node of this province: a revoked one could call anything valid for ever."""
        return self.trust.key_for(kid, province, "", self.at)  # no institution has the empty index


def seal(trust: TrustList, roots: Mapping[Suite, PrivateKey]) -> bytes:
    """The signed list as JSON."""
    payload = _b64(json.dumps(_plain(asdict(trust)), ensure_ascii=False, sort_keys=True).encode())
    signatures = []
    for suite, key in roots.items():
        protected = _b64(json.dumps({"alg": ALG[suite], "typ": "zhijian-trust+json"}).encode())
        signatures.append({"protected": protected, "signature": _b64(key.sign(f"{protected}.{payload}".encode()))})
    return json.dumps({"payload": payload, "signatures": signatures}).encode()


@lru_cache(maxsize=4)
def _signed(raw: bytes, roots: tuple[tuple[Suite, PublicKey], ...]) -> TrustList:
    """The list in these very bytes, signed by these very roots: kept, for whoever verifies many reports holds each against the
    same list. What depends on the hour or on other lists is asked anew each time."""
    try:
        outer = json.loads(raw)
        signed = {json.loads(_unb64(s["protected"]))["alg"]: s for s in outer["signatures"]}
        for suite, key in roots:
            one = signed[ALG[suite]]
            key.verify(f"{one['protected']}.{outer['payload']}".encode(), _unb64(one["signature"]))
        return _read(json.loads(_unb64(outer["payload"])))
    except (BadSignature, KeyError, TypeError, ValueError, AttributeError, RecursionError) as why:
        raise TrustListRefused("", f"trust list refused: {type(why).__name__} {why}") from why


def unseal(raw: bytes, roots: Mapping[Suite, PublicKey], newest_seen: int = 0, at: datetime | None = None) -> TrustList:
    """The list, when every root in `roots` has signed it, its version is not below `newest_seen`, and it has not run
    out `at` this time (None: whoever has it from its own database asks for no time).

    Raises: TrustListRefused, also when `roots` is empty: a list that nobody signed is no list.
    """
    if not roots:
        raise TrustListRefused("", "no root key to hold the trust list against")
    trust = _signed(raw, tuple(roots.items()))
    if trust.version < newest_seen:
        older = f"version {trust.version} is older than {newest_seen}, already seen"
        raise TrustListRefused(str(trust.version), older, stale=True)
    if at is not None and at >= trust.expires_at:
        ran_out = f"version {trust.version} ran out at {trust.expires_at.isoformat()}; fetch a newer one"
        raise TrustListRefused(str(trust.version), ran_out, stale=True)
    return trust


def revoked(trust: TrustList, kid: str, at: datetime) -> TrustList:
    """The next version, with `kid` revoked as of `at` (its time of compromise)."""
    trust.key(kid)
    keys = tuple(replace(k, revoked_at=at) if k.kid == kid else k for k in trust.keys)
    return replace(trust, version=trust.version + 1, keys=keys)


def _read(raw: dict[str, Any]) -> TrustList:
    times = ("not_before", "not_after", "revoked_at")
    keys = tuple(
        TrustedKey(**{**k, "suite": Suite(k["suite"]), **{t: _time(k[t]) for t in times}}) for k in raw["keys"]
    )
    issued, expires = _time(raw["issued_at"]), _time(raw["expires_at"])
    if issued is None or expires is None:
        raise ValueError("issued_at, expires_at")
    return TrustList(int(raw["version"]), issued, expires, raw["label"], tuple(raw["hosts"]), keys,
                     tuple(TrustedLog(**log) for log in raw["logs"]), tuple(raw["witnesses"]), int(raw["quorum"]))  # fmt: skip


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text}: no time zone")
    return time


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
