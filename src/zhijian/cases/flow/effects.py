"""What each act changes in a case besides its state and the clocks that `acts.yaml` names. Pure; `None` of these refuses anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from zhijian.cases.flow.model import Case, Clock, Decision, Fields, Objection, Rectification, State, Task


@dataclass(frozen=True, slots=True)
class Happening:
    """An act as it takes hold: with a second person, when that person agreed."""

    by: str
    on: date
    fields: Fields
    confirmed_by: str | None = None
    seq: int = 0


Effect = Callable[[Case, Happening], Case]
_BEFORE_INSPECTED = frozenset({State.ASSIGNED, State.INSPECTING})


def started(case: Case, clock: Clock) -> Case:
    """With that clock set anew."""
    left = stopped(case, clock.deadline, clock.ref)
    return replace(left, clocks=(*left.clocks, clock))


def stopped(case: Case, deadline: str, ref: int | None = None) -> Case:
    left = tuple(one for one in case.clocks if (one.deadline, one.ref) != (deadline, ref))
    return replace(case, clocks=left)


def _join(case: Case, what: Happening) -> Case:
    return replace(case, joined=(*case.joined, what.fields["case_no"]))


def _merge(case: Case, what: Happening) -> Case:
    return replace(case, into=what.fields["into"])


def _assign(case: Case, what: Happening) -> Case:
    """Also when it is handed over; the task's clock runs until the inspection is over."""
    due = _day(what.fields.get("due_on"))
    task = Task(what.fields["division"], tuple(what.fields["officers"]), what.on, due)
    after = replace(case, tasks=(*_ended(case, what.on), task))
    return started(after, Clock("task", what.on, due)) if case.state in _BEFORE_INSPECTED else after


def _ended(case: Case, on: date) -> tuple[Task, ...]:
    return tuple(one if one.ended_on else replace(one, ended_on=on) for one in case.tasks)


def _close(case: Case, what: Happening) -> Case:
    return replace(case, tasks=_ended(case, what.on))


def _find(case: Case, what: Happening) -> Case:
    return replace(case, findings=(*case.findings, what.fields))


def _order(case: Case, what: Happening) -> Case:
    return _rectification(case, what, Rectification(date.fromisoformat(what.fields["due_on"])))


def _rectify(case: Case, what: Happening) -> Case:
    now = _track(case)
    return replace(case, rectification=replace(now, attempts=now.attempts + 1, state="已提交"))


def _accept(case: Case, what: Happening) -> Case:
    return replace(case, rectification=replace(_track(case), state="通过"))


def _refuse(case: Case, what: Happening) -> Case:
    due = date.fromisoformat(what.fields["due_on"])
    return _rectification(case, what, replace(_track(case), due_on=due, state="不通过"))


def _end_rectification(case: Case, what: Happening) -> Case:
    return replace(case, rectification=replace(_track(case), state="终止"))


def _rectification(case: Case, what: Happening, now: Rectification) -> Case:
    return started(replace(case, rectification=now), Clock("rectification", what.on, now.due_on))


def _track(case: Case) -> Rectification:
    assert case.rectification is not None, "guarded"  # noqa: S101
    return case.rectification


def _file(case: Case, what: Happening) -> Case:
    return replace(case, facts={**case.facts, "nature": what.fields["nature"]})


def _notify(case: Case, what: Happening) -> Case:
    told_on = date.fromisoformat(what.fields["told_on"])
    return started(replace(case, told_on=told_on, heard=()), Clock("hearing", told_on))


def _state(case: Case, what: Happening) -> Case:
    asks = ("asks-hearing",) if what.fields.get("asks_hearing") else ()
    return replace(case, heard=tuple(dict.fromkeys((*case.heard, "statement", *asks))))


def _hold_hearing(case: Case, what: Happening) -> Case:
    return replace(case, heard=(*case.heard, "hearing"))


def _return(case: Case, what: Happening) -> Case:
    return replace(case, told_on=None, heard=())


def _decide(case: Case, what: Happening) -> Case:
    decision = Decision(what.fields, what.on, what.by, what.confirmed_by)
    after = replace(case, decision=decision, served_on=None, fine_due=decision.outcome == "fine")
    return started(after, Clock("service", what.on)) if decision.is_penalty else after


def _serve(case: Case, what: Happening) -> Case:
    served_on = date.fromisoformat(what.fields["served_on"])
    after = replace(case, served_on=served_on)
    return started(after, Clock("payment", served_on)) if case.fine_due else after


def _settle(case: Case, what: Happening) -> Case:
    return replace(case, fine_due=False)


def _publish(case: Case, what: Happening) -> Case:
    return replace(case, is_public=True)


def _withdraw(case: Case, what: Happening) -> Case:
    assert case.decision is not None, "guarded"  # noqa: S101
    past = (*case.past_decisions, replace(case.decision, withdrawn_on=what.on))
    after = replace(case, decision=None, past_decisions=past, fine_due=False, served_on=None, told_on=None, heard=())
    return started(after, Clock("retraction", what.on)) if case.is_public else after


def _retract(case: Case, what: Happening) -> Case:
    return replace(case, is_public=False)


def _reopen(case: Case, what: Happening) -> Case:
    return started(case, Clock("triage" if case.state == State.LEAD else "decision", what.on))


def _object(case: Case, what: Happening) -> Case:
    f, no = what.fields, len(case.objections) + 1
    one = Objection(no, f["objection_kind"], f["about"], f["words"], what.by, what.on, f.get("by_other", False))
    return started(replace(case, objections=(*case.objections, one)), Clock(one.kind, what.on, ref=no))


def _answer(case: Case, what: Happening) -> Case:
    no = what.fields["objection_no"]
    answered = tuple(
        replace(one, result=what.fields["result"], answered_on=what.on) if one.no == no else one
        for one in case.objections
    )
    return stopped(replace(case, objections=answered), case.objections[no - 1].kind, no)


def _correct(case: Case, what: Happening) -> Case:
    return replace(case, facts={**case.facts, what.fields["fact"]: what.fields["value"]})


def _add_evidence(case: Case, what: Happening) -> Case:
    return replace(case, evidence=(*case.evidence, what.fields))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


EFFECTS: Mapping[str, Effect] = {
    "join": _join, "merge": _merge, "assign": _assign, "hand-over": _assign, "find": _find, "order": _order,
    "rectify": _rectify, "accept": _accept, "refuse": _refuse, "end-rectification": _end_rectification, "file": _file,
    "notify": _notify, "state": _state, "hold-hearing": _hold_hearing, "return": _return, "decide": _decide, "serve": _serve,
    "settle": _settle, "publish": _publish, "withdraw": _withdraw, "retract": _retract, "reopen": _reopen, "close": _close,
    "object": _object, "answer-objection": _answer, "correct": _correct, "add-evidence": _add_evidence,
}  # fmt: skip
