"""The statement of an institution: what the public saw of its reports, day by day, and what stands out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.lookups import store
from zhijian.lookups.anomalies import Anomaly, NotJudged, baseline, judge_code, spike, unknown_codes
from zhijian.lookups.model import CodeTotal, DayTotal, Thresholds, UnknownDay
from zhijian.lookups.words import COUNTED_EN, COUNTED_ZH, REASONS, words

JUDGED_MOST = 1_000
"""Rows that are judged; the newest. `Statement.more` says when there were others."""
PERIOD_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Statement:
    """Of one institution, both days included."""

    uscc: str
    from_on: date
    to_on: date
    days: Sequence[DayTotal]
    """Oldest first; days on which nobody looked are left out."""
    unknown: Sequence[UnknownDay]
    anomalies: Sequence[Anomaly]
    """Newest first."""
    not_judged: Sequence[NotJudged]
    more: bool
    """Older rows were not judged, because there were too many."""


def statement(db: Db, scope: Scope, uscc: str, from_on: date, to_on: date, over: Thresholds | None = None) -> Statement:
    """What is counted of `uscc` within scope. See `codes` for the single codes."""
    over = over or Thresholds()
    since = from_on - timedelta(days=over.baseline_days)
    totals = store.day_totals(db, scope, uscc, since, to_on)
    places = store.place_counts(db, scope, uscc, since, to_on)
    unknown = store.unknown_days(db, scope, uscc, from_on, to_on)
    rows = store.worth_judging(db, scope, uscc, from_on, to_on, over, JUDGED_MOST + 1)
    days = [total for total in totals if total.on_day >= from_on]
    usual = {on: baseline(on, totals, places, over) for on in {t.on_day for t in days} | {r.on_day for r in rows}}
    judged: list[Anomaly | NotJudged] = []
    for row in rows[:JUDGED_MOST]:
        judged += judge_code(row, usual[row.on_day], over)
    whole = [spike(total, usual[total.on_day], over) for total in days] + [unknown_codes(u, over) for u in unknown]
    judged += [one for one in whole if one is not None]
    anomalies = sorted(
        (one for one in judged if isinstance(one, Anomaly)), key=lambda a: (a.on_day, a.kind), reverse=True
    )
    told = {
        (one.kind, one.on_day, one.reason) for one in judged if isinstance(one, NotJudged) and one.reason in REASONS
    }
    not_judged = [NotJudged(*one) for one in sorted(told)]
    return Statement(uscc, from_on, to_on, days, unknown, anomalies, not_judged, len(rows) > JUDGED_MOST)


def codes(
    db: Db, scope: Scope, uscc: str, from_on: date, to_on: date, after: tuple[int, str] | None, limit: int
) -> list[CodeTotal]:
    """Codes that were looked at, most first. Counts of today go on growing, so that a page may repeat a row of the one
    before; `after` is (looks, code) of its last."""
    return store.top_codes(db, scope, uscc, from_on, to_on, after, limit)


def document(made: Statement) -> dict[str, Any]:
    """As API and command line give it: plain values, days as YYYY-MM-DD."""
    return {
        "uscc": made.uscc, "from": made.from_on.isoformat(), "to": made.to_on.isoformat(), "totals": _totals(made),
        "days": [_plain(total) for total in made.days], "unknown_codes": [_plain(one) for one in made.unknown],
        "anomalies": [_anomaly(one) for one in made.anomalies], "anomalies_left_out": made.more,
        "not_judged": [{"kind": one.kind.value, "on": one.on_day.isoformat(), "why": one.reason,
                        "message": dict(zip(("zh", "en"), REASONS[one.reason], strict=True))} for one in made.not_judged],
        "counted": {"zh": COUNTED_ZH, "en": COUNTED_EN},
    }  # fmt: skip


def code_document(one: CodeTotal) -> dict[str, Any]:
    return {**asdict(one), "first_at": one.first_at.isoformat(), "last_at": one.last_at.isoformat()}


def _totals(made: Statement) -> dict[str, int]:
    names = ("looks", "verified_looks", "wrong_verifier", "after_end", "before_issue")
    sums = {name: sum(getattr(day, name) for day in made.days) for name in names}
    return {**sums, "unknown_looks": sum(one.looks for one in made.unknown)}


def _plain(row: DayTotal | UnknownDay) -> dict[str, Any]:
    values = asdict(row)
    return {"on": values.pop("on_day").isoformat(), **values}


def _anomaly(one: Anomaly) -> dict[str, Any]:
    zh, en = words(one)
    return {"kind": one.kind.value, "on": one.on_day.isoformat(), "code": one.code, "numbers": dict(one.numbers),
            "message": {"zh": zh, "en": en}}  # fmt: skip
