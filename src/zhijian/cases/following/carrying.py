"""Carries out what follows from cases, each within the area of its office and for its party alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from zhijian.cases.flow.model import CaseNo, ChainBroken
from zhijian.cases.flow.reading import read
from zhijian.cases.flow.store import Row
from zhijian.cases.following import store
from zhijian.cases.following.records import NATIONAL, authority, records_of
from zhijian.cases.following.states import STATES, Turn, turns
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import Refused, enrol
from zhijian.spec import specification


class ReportStates(Protocol):
    """What `codes.Office` does."""

    def decide(
        self, db: Db, scope: Scope, text: str, to: str, *, actor: str, reason: str | None, at: datetime
    ) -> Any: ...

    def take_back(
        self, db: Db, scope: Scope, text: str, found: str, *, actor: str, reason: str | None, at: datetime
    ) -> Any: ...


@dataclass(frozen=True, slots=True)
class Followed:
    no: CaseNo
    problems: tuple[str, ...]
    """What could not be carried out, and why; both languages. It is shown with the case."""


def follow(
    db: Db, scope: Scope, office: ReportStates, cannot: type[Exception], at: datetime, most: int = 50
) -> Sequence[Followed]:
    """Carry out what follows from cases that changed, in the caller's transaction. `cannot`: what `office` raises."""
    found = []
    for row in store.behind(db, scope, most):
        no = CaseNo(row["no"])
        try:
            told = _carried(db, scope, office, cannot, row, at)
        except ChainBroken as why:  # it holds up no other case
            told = [str(why)]
        store.followed(db, scope, no, row["version"], told)
        found.append(Followed(no, tuple(told)))
    return found


def _carried(db: Db, scope: Scope, office: ReportStates, cannot: type[Exception], row: Row, at: datetime) -> list[str]:
    """What could not be done. Raises: ChainBroken.

    A case changes its party's, where its office is competent: a code of anybody else's is as if there were none.
    """
    case, events = read(db, scope, CaseNo(row["no"]))
    area = Scope.everything() if case.facts["province"] == NATIONAL else Scope.of_province(case.facts["province"])
    own = replace(area, institutions=frozenset(filter(None, [case.facts.get("uscc")])))
    problems = [one for one in row["follow_problems"] if not one.startswith(_RECORD)]
    for turn in turns(case.no, events):
        if turn.seq > row["followed"]:
            problems += _turned(db, own, office, cannot, turn, authority(case), at)
    taken = enrol(db, area, records_of(case, events), on=day(case.changed_at), source=f"case:{case.no}", at=at)
    return problems + [_refused(one) for one in taken.refused]


def _refused(one: Refused) -> str:
    """Of which record, and which of its elements, if the reason names one."""
    entity = specification().entities[one.entity]
    named = next((e for e in entity.elements if f'"{e.id}"' in one.reason or one.pointer == f"/{e.id}"), None)
    what = f"{entity.zh}·{named.zh} {entity.en}, {named.en}" if named else f"{entity.zh} {entity.en}"
    return f"{_RECORD} {what}：{'缺这一项 is missing' if named and 'required' in one.reason else one.reason}"


def standing(db: Db, scope: Scope, no: CaseNo, version: int) -> Followed | None:
    """For the regulator: what came of a case as it is at `version`; None while that is not carried out yet."""
    row = store.standing(db, scope, no) if scope.institutions is None else None
    return Followed(no, tuple(row["follow_problems"])) if row and row["followed"] >= version else None


_RECORD = "规范记录 record"


def _turned(
    db: Db, scope: Scope, office: ReportStates, cannot: type[Exception], turn: Turn, actor: str, at: datetime
) -> list[str]:
    problems = []
    for code in turn.codes:
        try:
            with db.begin_nested():
                if turn.is_taken_back:
                    office.take_back(db, scope, code, STATES[turn.found], actor=actor, reason=turn.reason, at=at)
                else:
                    office.decide(db, scope, code, STATES[turn.found], actor=actor, reason=turn.reason, at=at)
        except cannot as why:
            problems.append(
                f"报告 {code} 状态未变：不是当事人在本地区的报告，或现在不能这样改 report stays as it is: none of the party's "
                f"here, or it cannot change so now ({why})"
            )
    return problems
