"""Who asked for a change of state, or brought a file: the signed words themselves, kept beside it.

An institution asks by a signed HTTP request (RFC 9421): its signature base names the report in `@path` and the body in
`content-digest`; base and body are kept (of a file the base alone: its digest is in there). A regulator's decision is a
text that the node's key signs. Either way whoever can write rows cannot make up a change: the signature would not verify.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from zhijian.codes.code import parse
from zhijian.codes.model import Code, CodesError, Party, State
from zhijian.kit.signing import BadSignature, PublicKey, Signer


@dataclass(frozen=True, slots=True)
class Requested:
    """A change as it was asked for."""

    kid: str
    signature: bytes
    base: bytes
    """What was signed."""
    body: bytes = b""
    """Of the request that the base covers; empty for a decision."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request must say to stand behind a change."""

    code: Code
    state: State
    at: datetime
    by: Party
    actor: str
    reason: str | None
    successor: Code | None


class NotAsked(CodesError):
    """The signed words are not those of the change, or the signature is not good."""

    why = "change-not-asked-for"


def request(code: str, state: State, reason: str | None, successor: str | None, kid: str, key: Signer) -> Requested:
    """As an institution's system asks; what covers path and body is all that counts here."""
    said = {"state": state.value, "reason": reason, "successor": successor}
    body = json.dumps({name: value for name, value in said.items() if value is not None}, ensure_ascii=False).encode()
    base = f'"@method": POST\n"@path": /api/v1/reports/{code}/state\n"content-digest": {_digest(body)}'.encode()
    return Requested(kid, key.sign(base), base, body)


def decision(wanted: Wanted, kid: str, key: Signer) -> Requested:
    """A regulator's decision, signed by the node on whose desk it was made."""
    base = _decided(wanted)
    return Requested(kid, key.sign(base), base)


def check(wanted: Wanted, asked: Requested, key: PublicKey) -> None:
    """Return when `key` signed a request for exactly this change.

    Raises: NotAsked.
    """
    same = asked.base == _decided(wanted) if wanted.by == "regulator" else _same(wanted, asked)
    if not same:
        raise NotAsked(wanted.code, f"what key {asked.kid} signed asks for another change")
    try:
        key.verify(asked.base, asked.signature)
    except BadSignature as why:
        raise NotAsked(wanted.code, f"the request for {wanted.state} was not signed by key {asked.kid}") from why


def _decided(wanted: Wanted) -> bytes:
    said = [wanted.code, wanted.state.value, wanted.at.isoformat(), wanted.actor, wanted.reason, wanted.successor]
    return b"zhijian-decision-v1\n" + json.dumps(said, ensure_ascii=False).encode()


def check_file(code: Code, sha256: bytes, kid: str, base: bytes, signature: bytes, key: PublicKey) -> None:
    """Return when `key` signed a request that brought the file with this digest to this report.

    Raises: NotAsked.
    """
    path, digest = _covered(base, "document")
    if path is None or digest != _stated(sha256) or _code(path) != code:
        raise NotAsked(code, f"what key {kid} signed brings another file, or to another report")
    try:
        key.verify(base, signature)
    except BadSignature as why:
        raise NotAsked(code, f"the request with the file was not signed by key {kid}") from why


def _code(text: str) -> Code | None:
    try:
        return parse(text)
    except CodesError:
        return None


def _covered(base: bytes, what: str) -> tuple[str | None, str | None]:
    """The report in the path of a request for `what`, None for any other path, and the digest of its body."""
    lines = dict(line.split(": ", 1) for line in base.decode(errors="replace").split("\n") if ": " in line)
    path = re.fullmatch(rf"/api/v1/reports/([^/]{{1,60}})/{what}", lines.get('"@path"', ""))
    return path[1] if path else None, lines.get('"content-digest"')


def _same(wanted: Wanted, asked: Requested) -> bool:
    path, digest = _covered(asked.base, "state")
    if path is None or digest != _digest(asked.body):
        return False
    try:
        body = json.loads(asked.body)
        successor = parse(body["successor"]) if body.get("successor") else None
        said = parse(path), body["state"], body.get("reason"), successor
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError, CodesError):
        return False
    return said == (wanted.code, wanted.state.value, wanted.reason, wanted.successor)


def _digest(body: bytes) -> str:
    return _stated(hashlib.sha256(body).digest())


def _stated(sha256: bytes) -> str:
    """As RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(sha256).decode()}:"
