"""Who asked for a change of state: the signed words themselves, kept beside the change.

An institution asks by a signed HTTP request (RFC 9421): its signature base names the report in `@path` and the body in
`content-digest`; base and body are kept. A regulator's decision is a text that the node's key signs. Either way whoever
can write rows cannot make up a change: the signature would not verify.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from zhijian.codes.code import parse
from zhijian.codes.model import Code, CodesError, Party, State
from zhijian.kit.signing import BadSignature, PrivateKey, PublicKey


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


def request(code: str, state: State, reason: str | None, successor: str | None, kid: str, key: PrivateKey) -> Requested:
    """As an institution's system asks; what covers path and body is all that counts here."""
    said = {"state": state.value, "reason": reason, "successor": successor}
    body = json.dumps({name: value for name, value in said.items() if value is not None}, ensure_ascii=False).encode()
    base = f'"@method": POST\n"@path": /api/v1/reports/{code}/state\n"content-digest": {_digest(body)}'.encode()
    return Requested(kid, key.sign(base), base, body)


def decision(wanted: Wanted, kid: str, key: PrivateKey) -> Requested:
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


_PATH = re.compile(r"/api/v1/reports/([^/]{1,60})/state")


def _same(wanted: Wanted, asked: Requested) -> bool:
    lines = dict(line.split(": ", 1) for line in asked.base.decode(errors="replace").split("\n") if ": " in line)
    path = _PATH.fullmatch(lines.get('"@path"', ""))
    if path is None or lines.get('"content-digest"') != _digest(asked.body):
        return False
    try:
        body = json.loads(asked.body)
        successor = parse(body["successor"]) if body.get("successor") else None
        said = parse(path[1]), body["state"], body.get("reason"), successor
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError, CodesError):
        return False
    return said == (wanted.code, wanted.state.value, wanted.reason, wanted.successor)


def _digest(body: bytes) -> str:
    return "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
