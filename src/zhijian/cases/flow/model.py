"""The words of a case's flow: states, events, the case as its events make it, and what is raised. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NewType

from zhijian.cases.days import DEADLINES, NotKnownYet
from zhijian.cases.model import CasesError
from zhijian.kit.canonical import canonical

CaseNo = NewType("CaseNo", str)
"""浙检查〔2026〕0001, see `number`."""
Fields = Mapping[str, Any]
"""What an act was given: texts, integers, booleans and lists of texts, as JSON keeps them; days and amounts as text."""
FALSE_KINDS = frozenset({"不实", "虚假"})
_SAID_TO_THE_PARTY = frozenset({"order", "notify", "decide"})
PENALTIES = frozenset({"warning", "fine", "other-penalty"})


class State(StrEnum):
    LEAD = "lead"
    TAKEN = "taken"
    ASSIGNED = "assigned"
    INSPECTING = "inspecting"
    INSPECTED = "inspected"
    RECTIFYING = "rectifying"
    FILED = "filed"
    NOTIFIED = "notified"
    CONFIRMING = "confirming"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"
    CREDITED = "credited"
    CLOSED = "closed"
    NOT_TAKEN = "not-taken"
    MERGED = "merged"


ENDS = frozenset({State.CLOSED, State.NOT_TAKEN, State.MERGED})


@dataclass(frozen=True, slots=True)
class Actor:
    account: str
    rights: frozenset[str]
    """Acts that the account may do, such as "cases.decide"; which role has which is said elsewhere."""


@dataclass(frozen=True, slots=True)
class Event:
    """One act that happened. `digest` is over everything else, the digest before included: none can be changed unseen."""

    seq: int
    act: str
    by: str
    at: datetime
    fields: Fields
    previous: str
    digest: str

    @classmethod
    def after(cls, no: str, previous: str, seq: int, act: str, by: str, at: datetime, fields: Fields) -> "Event":
        """`previous`: digest of the event before, "" for the first."""
        return cls(seq, act, by, at, fields, previous, digest_of(no, previous, seq, act, by, at, fields))


def digest_of(no: str, previous: str, seq: int, act: str, by: str, at: datetime, fields: Fields) -> str:
    """SHA-256 over all of it in its one spelling (`kit.canonical`); hexadecimal."""
    said = [no, previous, seq, act, by, at.astimezone(UTC).isoformat(), fields]
    return sha256(canonical(said)).hexdigest()


def broken_at(no: str, events: Iterable[Event]) -> int | None:
    """Number of the first event that does not follow from those before, or was changed; None when all hold."""
    previous = ""
    for number, one in enumerate(events, 1):
        made = digest_of(no, previous, number, one.act, one.by, one.at, one.fields)
        if (one.seq, one.previous, one.digest) != (number, previous, made):
            return number
        previous = one.digest
    return None


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline that runs. `until` is given by a person; where None it follows from `days.DEADLINES`."""

    deadline: str
    since: date
    until: date | None = None
    ref: int | None = None
    """Which objection."""

    @property
    def last_on(self) -> date | None:
        """The last day; None while it rests on holidays that are not announced."""
        try:
            return self.until or DEADLINES[self.deadline].from_day(self.since)
        except NotKnownYet:
            return None


@dataclass(frozen=True, slots=True)
class Task:
    division: str
    officers: tuple[str, ...]
    given_on: date
    due_on: date | None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Rectification:
    due_on: date
    attempts: int = 0
    state: str = "待整改"
    """Code of rectification_state; 终止 when it was ended without being accepted."""

    @property
    def is_settled(self) -> bool:
        return self.state in ("通过", "终止")


@dataclass(frozen=True, slots=True)
class Decision:
    fields: Fields
    decided_on: date
    by: str
    confirmed_by: str | None = None
    withdrawn_on: date | None = None

    @property
    def outcome(self) -> str:
        return str(self.fields["outcome"])

    @property
    def found(self) -> str | None:
        return self.fields.get("found")

    @property
    def is_penalty(self) -> bool:
        return self.outcome in PENALTIES


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to."""

    no: CaseNo
    version: int
    state: State


@dataclass(frozen=True, slots=True)
class Pending:
    """An act that waits for a second person."""

    act: str
    by: str
    fields: Fields
    back_to: State


@dataclass(frozen=True, slots=True)
class Objection:
    no: int
    kind: str
    about: str
    words: str
    by: str
    on: date
    by_other: bool = False
    """Not the party: it is not told of it."""
    result: str | None = None
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the party was told of one act: no officer's name, nothing but the fields that are meant for it."""

    seq: int
    act: str
    at: datetime
    fields: Fields


@dataclass(frozen=True, slots=True)
class Case:
    """The fold of a case's events."""

    no: CaseNo
    version: int
    """Events so far. An act names the version that it saw."""
    state: State
    head: str
    """Digest of the last event."""
    facts: Fields
    """As received, with what was corrected since."""
    opened_at: datetime
    changed_at: datetime
    tasks: tuple[Task, ...] = ()
    findings: tuple[Fields, ...] = ()
    rectification: Rectification | None = None
    heard: tuple[str, ...] = ()
    """Of the present notice: "statement", "asks-hearing", "hearing"."""
    told_on: date | None = None
    decision: Decision | None = None
    past_decisions: tuple[Decision, ...] = ()
    served_on: date | None = None
    fine_due: bool = False
    is_public: bool = False
    """The decision stands published, or stood and was not taken back."""
    pending: Pending | None = None
    objections: tuple[Objection, ...] = ()
    evidence: tuple[Fields, ...] = ()
    joined: tuple[str, ...] = ()
    into: str | None = None
    clocks: tuple[Clock, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def officers(self) -> tuple[str, ...]:
        return self.tasks[-1].officers if self.tasks else ()

    @property
    def is_told(self) -> bool:
        """The party knows of the case: something was said to it."""
        return any(one.act in _SAID_TO_THE_PARTY for one in self.told)

    @property
    def rectifies(self) -> bool:
        """A rectification was ordered and is not settled."""
        return self.rectification is not None and not self.rectification.is_settled

    @property
    def open_objections(self) -> tuple[Objection, ...]:
        return tuple(one for one in self.objections if one.result is None)


class Refused(CasesError):
    """The act was not done, and nothing changed. `why` is stable; `fields` says what is wrong with each (zh, en)."""

    def __init__(self, why: str, zh: str, en: str, fields: Mapping[str, tuple[str, str]] | None = None) -> None:
        super().__init__(f"{zh} {en}")
        self.why, self.zh, self.en = why, zh, en
        self.fields = dict(fields or {})


class Stale(Refused):
    """Somebody else acted since the version that the act names."""

    def __init__(self, seen: int, since: Iterable[Event], version: int) -> None:
        acts = "、".join(f"{one.by} {one.act}" for one in since)
        super().__init__("stale", f"您看到的是第 {seen} 版，现在是第 {version} 版（{acts}）：请重新打开再办",
                         f"you saw version {seen}, it is version {version} now ({acts}): open it again first")  # fmt: skip
        self.seen, self.version = seen, version


class CaseUnknown(Refused):
    """There is no such case, or it is not the caller's to see."""

    def __init__(self, no: str) -> None:
        super().__init__(
            "case-unknown", f"{no}：没有这个案件，或不在您的范围内", f"{no}: no such case, or not yours to see"
        )


class ChainBroken(Refused):
    """An event was changed, taken out or put in behind the platform's back. An alarm; nothing is done to such a case."""

    def __init__(self, no: str, seq: int) -> None:
        super().__init__("chain-broken", f"{no}：第 {seq} 步的记录与摘要不符，案件停办，请查数据库",
                         f"{no}: event {seq} does not agree with its digest; nothing is done until the database was looked into")  # fmt: skip
        self.seq = seq
