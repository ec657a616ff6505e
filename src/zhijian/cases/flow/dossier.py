"""The dossier (卷宗) as data: everything that happened in its order, all evidence with its digest, and one digest over the whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from zhijian.cases.flow import store
from zhijian.cases.flow.acts import ACTS, STATES, Words
from zhijian.cases.flow.model import Case, CaseNo, CaseUnknown, Event, Fields
from zhijian.cases.flow.reading import read
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

Kept = Literal["same", "differs", "missing"]


@dataclass(frozen=True, slots=True)
class Part:
    """One act: what it says, by whom, and its link in the chain."""

    number: int
    act: str
    said: Words
    by: str
    at: datetime
    fields: Fields
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence."""

    number: int
    name: str
    proves: str
    media_type: str
    size_bytes: int
    obtained_at: str
    place: str | None
    obtained_from: str | None
    sha256: str
    """When it was handed in; it lies in the chain."""
    kept: Kept
    """The bytes that lie there now, against that."""


@dataclass(frozen=True, slots=True)
class Dossier:
    no: CaseNo
    state: Words
    case: Case
    parts: tuple[Part, ...]
    evidence: tuple[Proof, ...]
    digest: str
    """SHA-256 over the number, the last link of the chain and the evidence's digests, a line each."""


def dossier(db: Db, scope: Scope, no: CaseNo) -> Dossier:
    """For the regulator; of a merged case, the dossier of the one that it went into names it.

    Raises: CaseUnknown; ChainBroken.
    """
    if scope.institutions is not None:
        raise CaseUnknown(no)
    case, events = read(db, scope, no)
    now = store.evidence_kept(db, scope, no)
    evidence = tuple(_proof(number, one, now.get(number)) for number, one in enumerate(case.evidence, 1))
    return Dossier(
        no,
        STATES[case.state],
        case,
        tuple(map(_part, events)),
        evidence,
        digest(no, case.head, (e.sha256 for e in evidence)),
    )


def digest(no: str, head: str, evidence: Iterable[str]) -> str:
    return sha256("\n".join((no, head, *evidence)).encode()).hexdigest()


def _part(event: Event) -> Part:
    return Part(
        event.seq, event.act, ACTS[event.act].said, event.by, event.at, event.fields, event.previous, event.digest
    )


def _proof(number: int, fields: Fields, now: str | None) -> Proof:
    kept: Kept = "missing" if now is None else "same" if now == fields["sha256"] else "differs"
    return Proof(number, fields["name"], fields["proves"], fields["media_type"], fields["size_bytes"], fields["obtained_at"],
                 fields.get("place"), fields.get("obtained_from"), fields["sha256"], kept)  # fmt: skip
