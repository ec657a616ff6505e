"""Results in PostgreSQL. What is kept is never changed; the same file is kept once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.exchange.scorecard.model import ALL, Card, Failing, Head, NotYours, ResultRefused, Score, Spot
from zhijian.exchange.tables import quality_failing, quality_result, quality_score
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

_HEAD = [quality_result.c[c] for c in ("id", "province", "checked_on", "specification", "program", "rules_digest", "rows",
                                       "datasets", "own_rules", "score", "level", "received_at", "by")]  # fmt: skip
_NEWEST = (quality_result.c.checked_on.desc(), quality_result.c.received_at.desc(), quality_result.c.id)
"""Of two checks of one day, the one handed in later."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one result."""

    result: str
    province: str
    on: date
    score: float
    level: int


def kept(db: Db, scope: Scope, card: Card) -> bool:
    """False: this file is kept already. Raises: NotYours, ResultRefused."""
    head = card.head
    allowed(scope, head.province)
    new = db.execute(
        insert(quality_result).values(
            id=head.id, province=head.province, checked_on=head.on, specification=head.specification, program=head.program,
            rules_digest=head.rules_digest, rows=head.rows, datasets=list(head.datasets), own_rules=head.own_rules,
            score=head.score, level=head.level, received_at=head.received_at, by=head.by,
        ).on_conflict_do_nothing().returning(quality_result.c.id)
    ).first()  # fmt: skip
    if new is None:
        _same_province(db, head)
        return False
    if card.scores:
        db.execute(insert(quality_score), [
            {"result": head.id, "dataset": s.dataset, "dimension": s.dimension, "score": s.score, "level": s.level,
             "rules": s.rules, "weight": s.weight} for s in card.scores])  # fmt: skip
    if card.failing:
        db.execute(insert(quality_failing), [_failing_row(head.id, f) for f in card.failing])
    return True


def _same_province(db: Db, head: Head) -> None:
    there = db.execute(sa.select(quality_result.c.province).where(quality_result.c.id == head.id)).scalar_one()
    if there != head.province:
        raise ResultRefused("kept-for-another", Text(f"这个文件已作为 {there} 的结果收下", f"this file is kept as the result of {there}"),
                            Text("核对省份代码", "check the code of the province"))  # fmt: skip


def latest(db: Db, scope: Scope, until: date) -> tuple[Head, ...]:
    """Of each province in scope, its newest result of `until` or before."""
    asked = sa.select(*_HEAD).where(_seen(scope), quality_result.c.checked_on <= until)
    asked = asked.ext(distinct_on(quality_result.c.province)).order_by(quality_result.c.province, *_NEWEST)
    return tuple(map(_head, db.execute(asked)))


def heads(db: Db, scope: Scope, province: str, since: date, until: date) -> tuple[Head, ...]:
    """Newest first. Raises: NotYours."""
    allowed(scope, province)
    asked = sa.select(*_HEAD).where(
        quality_result.c.province == province, quality_result.c.checked_on.between(since, until)
    )
    return tuple(map(_head, db.execute(asked.order_by(*_NEWEST))))


def head(db: Db, scope: Scope, province: str, result: str) -> Head | None:
    """Raises: NotYours."""
    allowed(scope, province)
    asked = sa.select(*_HEAD).where(quality_result.c.province == province, quality_result.c.id == result)
    found = db.execute(asked).first()
    return _head(found) if found else None


def points(
    db: Db, scope: Scope, since: date, until: date, dataset: str = ALL, dimension: str = ALL
) -> Mapping[str, tuple[Point, ...]]:
    """One figure over time, by province, oldest first."""
    s, r = quality_score.c, quality_result.c
    asked = (
        sa.select(r.id, r.province, r.checked_on, s.score, s.level).join_from(quality_result, quality_score)
        .where(_seen(scope), r.checked_on.between(since, until), s.dataset == dataset, s.dimension == dimension)
        .order_by(r.checked_on, r.received_at)
    )  # fmt: skip
    found: dict[str, list[Point]] = defaultdict(list)
    for row in db.execute(asked):
        found[row.province].append(Point(*row))
    return {province: tuple(of) for province, of in found.items()}


def scores(db: Db, scope: Scope, results: Iterable[str], dataset: str | None = None) -> Mapping[str, tuple[Score, ...]]:
    """By result; of one data set, or of all."""
    s = quality_score.c
    asked = (
        sa.select(s.result, s.dataset, s.dimension, s.score, s.level, s.rules, s.weight).join_from(quality_score, quality_result)
        .where(_seen(scope), s.result.in_(list(results)), *([] if dataset is None else [s.dataset == dataset]))
        .order_by(s.result, s.dataset, s.dimension)
    )  # fmt: skip
    found: dict[str, list[Score]] = defaultdict(list)
    for result, *values in db.execute(asked):
        found[result].append(Score(*values))
    return {result: tuple(of) for result, of in found.items()}


def card(db: Db, scope: Scope, one: Head) -> Card:
    """Raises: NotYours."""
    allowed(scope, one.province)
    asked = sa.select(quality_failing).where(quality_failing.c.result == one.id).order_by(quality_failing.c.number)
    failing = tuple(map(_failing, db.execute(asked).mappings()))
    return Card(one, scores(db, scope, [one.id]).get(one.id, ()), failing)


def allowed(scope: Scope, province: str) -> None:
    """Raises: NotYours."""
    if scope.provinces is not None and province not in scope.provinces:
        raise NotYours("not-yours", Text(f"无权看省份 {province}", f"province {province} is not yours to see"),
                       Text("换一个有权的账号，或选本省", "use an account that may, or choose your own province"))  # fmt: skip


def _seen(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.true() if scope.provinces is None else quality_result.c.province.in_(sorted(scope.provinces))


def _head(row: Any) -> Head:
    return Head(row.id, row.province, row.checked_on, row.specification, row.program, row.rules_digest, row.rows,
                tuple(row.datasets), row.own_rules, row.score, row.level, row.received_at, row.by)  # fmt: skip


def _failing_row(result: str, f: Failing) -> dict[str, Any]:
    return {
        "result": result, "number": f.number, "dataset": f.dataset, "check": f.check, "origin": f.origin,
        "title_zh": f.title.zh, "title_en": f.title.en, "basis": f.basis, "on": list(f.on), "columns": list(f.columns),
        "severity": f.severity.value, "dimension": f.dimension.value, "applicable": f.applicable, "failing": f.failing,
        "why_zh": f.why.zh, "why_en": f.why.en, "remedy_zh": f.remedy.zh, "remedy_en": f.remedy.en,
        "spots": [[s.table, s.row, s.other_table, s.other_row] for s in f.spots],
    }  # fmt: skip


def _failing(r: Any) -> Failing:
    return Failing(
        r["number"], r["dataset"], r["check"], r["origin"], Text(r["title_zh"], r["title_en"]), r["basis"], tuple(r["on"]),
        tuple(r["columns"]), Severity(r["severity"]), Dimension(r["dimension"]), r["applicable"], r["failing"],
        Text(r["why_zh"], r["why_en"]), Text(r["remedy_zh"], r["remedy_en"]), tuple(Spot(*s) for s in r["spots"]),
    )  # fmt: skip
