"""From outcomes to what is kept of a run: each rule's cost, each check's digest, each table with its nearest entities. Pure."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib import metadata

from zhijian.exchange.bound import Bound, names_of, plain
from zhijian.exchange.checks.model import Cells, Check, Context, Rows
from zhijian.exchange.model import Dimension, State, Text
from zhijian.exchange.quality.grade import CAPS, RULE_WEIGHTS, THRESHOLDS, WEIGHTS, Grade, graded
from zhijian.exchange.quality.masking import shown
from zhijian.exchange.quality.outcome import Located, Outcome
from zhijian.exchange.quality.result import (
    FORMAT,
    CheckResult,
    CheckUsed,
    ColumnProfile,
    GradeResult,
    Input,
    Near,
    Place,
    RemarkResult,
    RuleResult,
    TableResult,
)
from zhijian.exchange.source import Remark
from zhijian.spec import Specification

NEAREST = 3


def summarised(
    context: Context,
    outcomes: Sequence[Outcome],
    inputs: Iterable[Input],
    tables: Iterable[TableResult],
    remarks: Iterable[Remark] = (),
) -> CheckResult:
    grades, costs = graded(outcomes), costs_of(outcomes)
    digests = [_digest(_identity(o, context.bounds)) for o in outcomes]
    frame = [[d.value, w] for d, w in WEIGHTS.items()], [[s.value, w] for s, w in RULE_WEIGHTS.items()]
    return CheckResult(
        format=FORMAT,
        on=context.on.isoformat(),
        specification=context.spec.version,
        program=metadata.version("zhijian"),
        rules_sha256=_digest([*digests, *frame, THRESHOLDS, CAPS]),
        recognised=sum(b.entity is not None for b in context.bounds),
        whole=_grade(grades.whole),
        dimensions={d.value: made for d, g in grades.dimensions.items() if (made := _grade(g))},
        inputs=tuple(inputs),
        tables=tuple(tables),
        remarks=_remarks(remarks),
        checks=_used(outcomes, digests),
        rules=tuple(_rule(o, context.bounds, costs.get(o.number, 0.0)) for o in outcomes),
    )


def costs_of(outcomes: Iterable[Outcome]) -> dict[int, float]:
    """Points of the whole score that each failed rule takes, by the rule's number."""
    counted = [o for o in outcomes if o.state in (State.PASSED, State.FAILED) and RULE_WEIGHTS[o.severity]]
    weights: dict[Dimension, int] = {}
    for o in counted:
        weights[o.check.dimension] = weights.get(o.check.dimension, 0) + RULE_WEIGHTS[o.severity]
    all_ = sum(WEIGHTS[d] for d in weights)
    return {
        o.number: 100 * o.share * RULE_WEIGHTS[o.severity] / weights[o.check.dimension] * WEIGHTS[o.check.dimension] / all_
        for o in counted
    }  # fmt: skip


def _grade(grade: Grade | None) -> GradeResult | None:
    return GradeResult(grade.score, grade.level, grade.zh, grade.rules) if grade else None


def _identity(o: Outcome, bounds: Sequence[Bound]) -> list[object]:
    rule = o.rule
    said = [rule.must] if isinstance(rule, Cells) else [rule.failing, rule.applicable] if isinstance(rule, Rows) else []
    return [o.check.id, o.check.dimension, o.severity, bounds[o.table].table.name, list(rule.on), said]


def _digest(what: object) -> str:
    return sha256(json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _used(outcomes: Sequence[Outcome], digests: Sequence[str]) -> tuple[CheckUsed, ...]:
    of: dict[str, tuple[Check, list[str]]] = {}
    for o, digest in zip(outcomes, digests, strict=True):
        of.setdefault(o.check.id, (o.check, []))[1].append(digest)
    return tuple(CheckUsed(c.id, c.origin, len(listed), _digest(listed)) for c, listed in of.values())


def _rule(o: Outcome, bounds: Sequence[Bound], cost: float) -> RuleResult:
    bound, check = bounds[o.table], o.check
    headers = tuple(c.column.name for one in o.rule.on if (c := bound.column(one)))
    return RuleResult(
        number=o.number, check=check.id, title=check.title, dimension=check.dimension, severity=o.severity,
        basis=check.basis, origin=check.origin, table=o.table, on=tuple(o.rule.on), columns=headers, state=o.state,
        applicable=o.applicable, failing=o.failing, share=o.share, cost=cost, why=o.rule.why, remedy=o.rule.remedy,
        reason=o.reason, examples=tuple(_place(e, o, bound) for e in o.examples),
    )  # fmt: skip


def _place(found: Located, o: Outcome, bound: Bound) -> Place:
    columns = [c for one in o.rule.on if (c := bound.column(one))]
    value = found.value
    for column in columns[:1] if isinstance(o.rule, Cells) else columns:
        value = None if value is None else shown(column, value)
    table, row = found.other or (None, None)
    return Place(found.row, value if columns or value is None else shown(None, value), table, row)


def table_as_kept(
    context: Context, bound: Bound, rows: int, rejected: int, columns: Sequence[ColumnProfile]
) -> TableResult:
    table, entity = bound.table, bound.entity
    return TableResult(
        number=bound.number,
        name=table.name,
        kind=table.kind,
        rows=rows,
        entity=entity.id if entity else None,
        entity_name=Text(entity.zh, entity.en) if entity else None,
        headers=tuple(c.name for c in table.columns),
        unbound=tuple(c.column.name for c in bound.columns if c.element is None),
        missing=tuple(Text(e.zh, e.en) for e in bound.missing),
        near=() if entity else nearest(context.spec, [c.name for c in table.columns]),
        remarks=_remarks(table.remarks),
        about=dict(sorted(table.about.items())),
        rejected=rejected,
        columns=tuple(columns),
    )


def _remarks(remarks: Iterable[Remark]) -> tuple[RemarkResult, ...]:
    return tuple(
        RemarkResult(r.why, r.said, r.remedy, r.severity, r.row, None if r.value is None else shown(None, r.value))
        for r in remarks
    )


def nearest(spec: Specification, headers: Iterable[str]) -> tuple[Near, ...]:
    """Entities of which some header is an element, most of them first."""
    have = {plain(h) for h in headers}
    found = []
    for entity in spec.entities.values():
        mine = [e for e in entity.elements if names_of(e) & have]
        lacking = tuple(e.zh for e in entity.elements if e.required and e not in mine)
        if mine:
            found.append(Near(entity.id, entity.zh, entity.en, tuple(e.zh for e in mine), lacking))
    return tuple(sorted(found, key=lambda n: (-len(n.found), len(n.missing), n.entity))[:NEAREST])
