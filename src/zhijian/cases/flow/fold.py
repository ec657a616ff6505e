"""A case is the fold of its events: the same events always make the same case. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from zhijian.cases.flow.acts import ACTS, Act
from zhijian.cases.flow.effects import EFFECTS, Happening, started, stopped
from zhijian.cases.flow.model import (
    FALSE_KINDS,
    Case,
    CaseNo,
    Clock,
    Event,
    Fields,
    Pending,
    State,
    Told,
)
from zhijian.kit.clock import day


def fold(no: CaseNo, events: Iterable[Event]) -> Case:
    """Events in their order, the first one `receive`. Raises: ValueError without any."""
    case: Case | None = None
    for event in events:
        case = first(no, event) if case is None else applied(case, event)
    if case is None:
        raise ValueError(f"{no}: no events")
    return case


def first(no: CaseNo, event: Event) -> Case:
    case = Case(no, event.seq, State.LEAD, event.digest, event.fields, event.at, event.at)
    return _clocked(case, ACTS[event.act], Happening(event.by, day(event.at), event.fields))


def needs_second(case: Case, act: str, fields: Fields) -> bool:
    """Four eyes: a finding of 不实 or 虚假, and taking one back."""
    if act == "decide":
        return fields.get("found") in FALSE_KINDS
    return act == "withdraw" and case.decision is not None and case.decision.found in FALSE_KINDS


def applied(case: Case, event: Event) -> Case:
    """The case after an event that was allowed."""
    on, pending = day(event.at), case.pending
    case = replace(case, version=event.seq, head=event.digest, changed_at=event.at)
    if needs_second(case, event.act, event.fields):
        waits = Pending(event.act, event.by, event.fields, back_to=case.state)
        return replace(case, state=State.CONFIRMING, pending=waits)
    if event.act in ("confirm", "send-back") and pending is not None:
        back = replace(case, state=pending.back_to, pending=None)
        if event.act == "send-back":
            return back
        return _landed(back, ACTS[pending.act], Happening(pending.by, on, pending.fields, event.by, event.seq), event)
    return _landed(case, ACTS[event.act], Happening(event.by, on, event.fields, seq=event.seq), event)


def _landed(case: Case, act: Act, what: Happening, event: Event) -> Case:
    case = _clocked(replace(case, state=act.steps.get(case.state) or case.state), act, what)
    if effect := EFFECTS.get(act.id):
        case = effect(case, what)
    if act.told and not _of_another(case, act, what):
        meant = {name: what.fields[name] for name in act.told if name in what.fields}
        case = replace(case, told=(*case.told, Told(event.seq, act.id, event.at, meant)))
    return case


def _of_another(case: Case, act: Act, what: Happening) -> bool:
    """An objection that somebody else than the party raised, or the answer to it."""
    if act.id == "object":
        return case.objections[-1].by_other
    return act.id == "answer-objection" and case.objections[what.fields["objection_no"] - 1].by_other


def _clocked(case: Case, act: Act, what: Happening) -> Case:
    for deadline in act.stops:
        case = stopped(case, deadline)
    for deadline in act.starts:
        case = started(case, Clock(deadline, what.on))
    return case
