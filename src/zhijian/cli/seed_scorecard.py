"""Invented self-checks of every province for the demonstration, in the form in which provinces hand theirs in."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from importlib import metadata

from zhijian.exchange.model import Dimension, Severity, State, Text
from zhijian.exchange.quality import grade
from zhijian.exchange.quality.result import (
    FORMAT,
    CheckResult,
    CheckUsed,
    GradeResult,
    Place,
    RuleResult,
    TableResult,
    as_json,
)
from zhijian.exchange.scorecard import taken
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.scope import Scope
from zhijian.spec import specification
from zhijian.synthetic import LABEL, InventedCheck, checks
from zhijian.wiring import Node

MONTHS = 6
SEED = 20260301


def seed_scorecard(node: Node, last: date, at: datetime, go_on: Callable[[], None] = lambda: None) -> int:
    """Six months of results of 31 provinces up to the day `last`; returns how many are new. The same day gives the same.
    `go_on` is called before each, and raises to end it."""
    on = at.astimezone(SHANGHAI).date()
    new = 0
    for province, raw in results(SEED, [last - timedelta(days=30 * n) for n in reversed(range(MONTHS))]):
        go_on()
        with node.transaction() as db:
            new += taken(db, Scope.everything(), raw, province, at, on, LABEL)[1]
    return new


def results(seed: int, months: list[date], of: tuple[str, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """(province, result as JSON)"""
    for one in checks(specification(), seed, months, of):
        yield one.province, as_json(result_of(one))


def result_of(one: InventedCheck) -> CheckResult:
    made = [r for n in range(len(one.tables)) for r in _rules(one, n)]
    rules = tuple(replace(r, number=n) for n, r in enumerate(made))
    grades = grade.grades_of(grade.Judged(r.dimension, r.severity, r.state, r.share) for r in rules)
    names = "\n".join(sorted({f"{r.check} {r.on}" for r in rules}))
    digest = sha256(names.encode()).hexdigest()
    return CheckResult(
        format=FORMAT, on=one.on.isoformat(), specification=specification().version, program=metadata.version("zhijian"),
        rules_sha256=digest, recognised=len(one.tables), whole=_grade(grades.whole),
        dimensions={d.value: shown for d, g in grades.dimensions.items() if (shown := _grade(g))}, inputs=(),
        tables=tuple(_table(one, n) for n in range(len(one.tables))), remarks=(),
        checks=tuple(CheckUsed(c, "national", sum(r.check == c for r in rules), digest) for c in dict.fromkeys(r.check for r in rules)),
        rules=rules,
    )  # fmt: skip


def _grade(of: grade.Grade | None) -> GradeResult | None:
    return GradeResult(of.score, of.level, of.zh, of.rules) if of else None


def _rules(one: InventedCheck, number: int) -> Iterator[RuleResult]:
    table = one.tables[number]
    for rule, failing, first in table.failing:
        yield RuleResult(
            number=0, check=rule.check, title=Text(*rule.title), dimension=Dimension(rule.dimension), severity=Severity(rule.severity),
            basis=rule.basis, origin="national", table=number, on=rule.on, columns=rule.columns,
            state=State.FAILED if failing else State.PASSED, applicable=table.rows, failing=failing, share=failing / table.rows,
            cost=0.0, why=Text(*rule.why), remedy=Text(*rule.remedy), reason=None, examples=tuple(Place(row, None) for row in first),
        )  # fmt: skip


def _table(one: InventedCheck, number: int) -> TableResult:
    table = one.tables[number]
    return TableResult(
        number=number, name=table.file, kind="csv", rows=table.rows, entity=table.entity.id,
        entity_name=Text(table.entity.zh, table.entity.en), headers=tuple(e.zh for e in table.entity.elements), unbound=(),
        missing=(), near=(), remarks=(), about={}, rejected=0, columns=(),
    )  # fmt: skip
