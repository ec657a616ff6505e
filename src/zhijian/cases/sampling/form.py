"""What is published of a draw, byte for byte: plan, frame, commitment, seed. Pure; docs/reference/draw.md is the same in words.

Of inspectors are published staff number, masked name, division, fields, limit and whom they are barred from, without the reason:
a relative or a former employer is nobody's business, yet without the bars nobody could run the assignment again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any

from zhijian.cases.sampling.model import ConflictKind, Frame, Inspector, Institution, Plan
from zhijian.cases.sampling.stream import hexadecimal
from zhijian.kit import mask
from zhijian.kit.canonical import canonical
from zhijian.kit.signing import sm3

Document = Mapping[str, Any]
DRAW, PLAN, FRAME = "zhijian-draw/1", "zhijian-draw-plan/1", "zhijian-draw-frame/1"


def digest(document: Any) -> str:
    return sha256(canonical(document)).hexdigest()


def plan_document(plan: Plan, takes: Mapping[str, int]) -> dict[str, Any]:
    """`takes`: how many are drawn of each stratum of this frame."""
    strata = [
        {"id": s.id, "name": s.name, "fields": list(s.fields), "divisions": list(s.divisions), "take": takes[s.id],
         "quota": {"count": s.count} if s.count is not None else {"share": list(s.share or ())}}
        for s in plan.strata
    ]  # fmt: skip
    source = {
        "kind": plan.source.kind.value,
        "words": plan.source.words,
        "parties": [asdict(p) for p in plan.source.parties],
    }
    return {
        "form": PLAN, "id": plan.id, "name": plan.name, "province": plan.province, "year": plan.year,
        "on": plan.on.isoformat(), "strata": strata, "source": source, "team": plan.team, "division": plan.division.value,
        "equal": list(plan.equal), "former_years": plan.former_years, "spared_months": plan.spared_months,
    }  # fmt: skip


def frame_document(plan: Plan, frame: Frame, salt: str) -> dict[str, Any]:
    """`salt`, hex, is kept: by it alone the office can show an auditor that what it withholds is what it had."""
    placed = [(one, stratum_of(plan, one)) for one in sorted(frame.institutions, key=lambda one: one.uscc)]
    shown = {one.uscc for one, stratum in placed if stratum}
    return {
        "form": FRAME,
        "institutions": [
            {"uscc": one.uscc, "name": one.name, "fields": list(one.fields), "division": one.division, "weight": one.weight,
             "stratum": stratum}
            for one, stratum in placed if stratum
        ],
        "excluded": [{"uscc": one.uscc, "name": one.name, "why": absence(plan, one)} for one, stratum in placed if not stratum],
        "inspectors": [
            {"no": who.no, "name": mask.name(who.name), "division": who.division, "fields": list(who.fields), "most": who.most,
             "barred": sorted(barred(plan, frame, who) & shown)}
            for who in sorted(frame.inspectors, key=lambda who: who.no)
        ],
        "withheld": hexadecimal(f"{salt}\n{canonical(kept_document(frame)).decode()}"),
    }  # fmt: skip


def kept_document(frame: Frame) -> dict[str, Any]:
    """Everything that is known, for the office and its auditors."""
    return dict(json.loads(json.dumps(asdict(frame), default=_plain)))


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(value)


def stratum_of(plan: Plan, one: Institution) -> str:
    """The first of the plan's that holds it; empty: it is not to be drawn, and `absence` says why."""
    return next((s.id for s in plan.strata if s.holds(one)), "") if not _spared(plan, one) else ""


def absence(plan: Plan, one: Institution) -> str:
    return _spared(plan, one) or "不属于任何抽取类别 in no stratum of the plan"


def _spared(plan: Plan, one: Institution) -> str:
    if one.excluded:
        return one.excluded
    if one.inspected_on and one.inspected_on > back(plan.on, plan.spared_months):
        return f"{one.inspected_on.isoformat()} 已检查，未满 {plan.spared_months} 个月 inspected less than {plan.spared_months} months ago"
    return ""


def barred(plan: Plan, frame: Frame, who: Inspector) -> set[str]:
    """Whom this inspector must not inspect, whatever the reason."""
    found = {c.uscc for c in frame.conflicts if c.no == who.no and _holds(plan, c.kind, c.left_on)}
    return found | ({one.uscc for one in frame.institutions if one.group == who.group} if who.group else set())


def _holds(plan: Plan, kind: ConflictKind, left_on: date | None) -> bool:
    return (
        kind is not ConflictKind.FORMER_EMPLOYER or left_on is None or left_on > back(plan.on, 12 * plan.former_years)
    )


def back(on: date, months: int) -> date:
    """The same day so many months before; the last of the month where it has no such day.

    >>> back(date(2026, 3, 31), 13)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    for day in range(on.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, on.day)


def bound(plan: Document, frame: Document, secret: str) -> str:
    """The text whose digest binds the office before the public half of the seed is there."""
    return "\n".join(["zhijian-draw-commitment/1", digest(plan), digest(frame), secret])


def commitment(plan: Document, frame: Document, secret: str) -> tuple[str, str]:
    """SHA-256, by which the draw is computed, and SM3 of the same text."""
    text = bound(plan, frame, secret)
    return hexadecimal(text), sm3(text.encode()).hex()


def seed_of(committed: str, secret: str, public_value: str) -> str:
    """Neither the office, which is bound to its secret, nor the source, which does not know it, can choose it."""
    return hexadecimal("\n".join(["zhijian-draw-seed/1", committed, secret, public_value]))
