"""A case as rows for queries: they follow from the case alone, and from the calendar. Pure."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from zhijian.cases.flow.model import Case, Clock


def as_json(clock: Clock) -> dict[str, Any]:
    return {"deadline": clock.deadline, "since": clock.since.isoformat(), "until": clock.until and clock.until.isoformat(),
            "ref": clock.ref}  # fmt: skip


def clock_of(raw: dict[str, Any]) -> Clock:
    until = date.fromisoformat(raw["until"]) if raw["until"] else None
    return Clock(raw["deadline"], date.fromisoformat(raw["since"]), until, raw["ref"])


@dataclass(frozen=True, slots=True)
class Rows:
    file: dict[str, Any]
    tasks: list[dict[str, Any]]
    objections: list[dict[str, Any]]


def rows_of(case: Case) -> Rows:
    last = [clock.last_on for clock in case.clocks]
    known = [day for day in last if day is not None]
    decision, facts = case.decision, case.facts
    file = {
        "no": case.no, "province": facts["province"], "version": case.version, "state": case.state.value,
        "source": facts["source"], "source_ref": facts.get("source_ref"), "uscc": facts.get("uscc"),
        "institution_name": facts.get("institution_name"), "field": facts["field"], "matter": facts["matter"],
        "division": case.tasks[-1].division if case.tasks else None, "officers": list(case.officers),
        "outcome": decision.outcome if decision else None, "found": decision.found if decision else None,
        "is_told": case.is_told, "is_public": case.is_public, "into": case.into, "clocks": list(map(as_json, case.clocks)),
        "next_due_on": min(known, default=None), "due_unknown": len(known) < len(last), "head": case.head,
        "opened_at": case.opened_at, "changed_at": case.changed_at,
    }  # fmt: skip
    tasks = [
        {"no": case.no, "task_no": number, **asdict(one), "officers": list(one.officers)}
        for number, one in enumerate(case.tasks, 1)
    ]
    objections = [
        {"no": case.no, "objection_no": one.no, "kind": one.kind, "about": one.about, "by": one.by, "raised_on": one.on,
         "result": one.result, "answered_on": one.answered_on}
        for one in case.objections
    ]  # fmt: skip
    return Rows(file, tasks, objections)
