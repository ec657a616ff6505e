"""Which reports change their state by a case, read off its events. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from zhijian.cases.flow.fold import applied, first
from zhijian.cases.flow.model import FALSE_KINDS, Case, CaseNo, Decision, Event

STATES = {"不实": "inaccurate", "虚假": "false"}
"""What a decision finds → the state of the reports that it names."""
_WORDS = {"不实": "认定为不实检验检测报告", "虚假": "认定为虚假检验检测报告"}


@dataclass(frozen=True, slots=True)
class Turn:
    seq: int
    """Of the event by which it took hold: with a second person, that one's."""
    codes: tuple[str, ...]
    found: str
    is_taken_back: bool
    reason: str
    """For the public."""


def turns(no: CaseNo, events: Iterable[Event]) -> list[Turn]:
    case: Case | None = None
    found: list[Turn] = []
    for event in events:
        before, case = case, first(no, event) if case is None else applied(case, event)
        was, now = before.decision if before else None, case.decision
        if now is not None and was is not now:
            found += _turn(event, now, is_taken_back=False)
        elif was is not None and now is None:
            found += _turn(event, was, is_taken_back=True)
    return found


def _turn(event: Event, decision: Decision, *, is_taken_back: bool) -> list[Turn]:
    codes = tuple(dict.fromkeys(decision.fields.get("report_codes", ())))
    if decision.found not in FALSE_KINDS or not codes:
        return []
    by = decision.fields.get("decision_no", "")
    reason = (
        f"原认定已撤销{f'（{by}）' if by else ''}"
        if is_taken_back
        else f"{by + '：' if by else ''}{_WORDS[decision.found]}"
    )
    return [Turn(event.seq, codes, decision.found, is_taken_back, reason)]
