"""Grades by a published formula, so that anybody can compute them again (docs/reference/grades.md).

Of a rule: share = failing / applicable. Of a dimension: score = 100 × Σ w·(1 − share) / Σ w over the rules that applied, w = 3 for an
error and 1 for a warning; notes, and rules that did not apply or were not evaluated, do not count. The whole: the mean of the dimensions by
`WEIGHTS` over those that have a score.

Levels: 一级 from 99, 二级 from 95, 三级 from 85, 四级 from 70, 五级 below. A mean hides one field that is wrong throughout, so a cap
stands beside it: a dimension in which an error fails in more than 5 % of its rows is at best 三级, in more than 20 % at best 四级, in
more than 50 % 五级; the whole is at most one level better than its worst dimension. The levels are ours: DB11/T 2317-2024 has five,
its thresholds are not public to us.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhijian.exchange.model import Dimension, Severity, State
from zhijian.exchange.quality.outcome import Outcome

WEIGHTS: Mapping[Dimension, int] = {
    Dimension.CONFORMITY: 20,
    Dimension.COMPLETENESS: 25,
    Dimension.ACCURACY: 25,
    Dimension.CONSISTENCY: 15,
    Dimension.TIMELINESS: 10,
    Dimension.ACCESSIBILITY: 5,
}
RULE_WEIGHTS = {Severity.ERROR: 3, Severity.WARNING: 1, Severity.NOTE: 0}
THRESHOLDS = (99.0, 95.0, 85.0, 70.0)
CAPS = ((0.50, 5), (0.20, 4), (0.05, 3))
LEVELS = ("一级", "二级", "三级", "四级", "五级")


@dataclass(frozen=True, slots=True)
class Grade:
    score: float
    """0–100."""
    level: int
    """1 best … 5."""
    rules: int
    """How many rules it rests on."""

    @property
    def zh(self) -> str:
        return LEVELS[self.level - 1]


@dataclass(frozen=True, slots=True)
class Grades:
    whole: Grade | None
    """None: nothing could be judged."""
    dimensions: Mapping[Dimension, Grade]


def level_of(score: float) -> int:
    """
    >>> level_of(99.0), level_of(98.99), level_of(12)
    (1, 2, 5)
    """
    return 1 + sum(score < threshold for threshold in THRESHOLDS)


@dataclass(frozen=True, slots=True)
class Judged:
    """Of a rule, what its grade rests on."""

    dimension: Dimension
    severity: Severity
    state: State
    share: float


def graded(outcomes: Iterable[Outcome]) -> Grades:
    return grades_of(Judged(o.check.dimension, o.severity, o.state, o.share) for o in outcomes)


def grades_of(rules: Iterable[Judged]) -> Grades:
    counted = [r for r in rules if r.state in (State.PASSED, State.FAILED) and RULE_WEIGHTS[r.severity]]
    dimensions = {}
    for dimension in Dimension:
        mine = [r for r in counted if r.dimension is dimension]
        if mine:
            dimensions[dimension] = _dimension(mine)
    return Grades(whole_of(dimensions), dimensions)


def _dimension(rules: list[Judged]) -> Grade:
    total = sum(RULE_WEIGHTS[r.severity] for r in rules)
    score = 100 * sum(RULE_WEIGHTS[r.severity] * (1 - r.share) for r in rules) / total
    worst = max((r.share for r in rules if r.severity is Severity.ERROR), default=0.0)
    return Grade(score, max(level_of(score), cap_of(worst)), len(rules))


def cap_of(share: float) -> int:
    """The best level that a dimension can have in which an error fails in `share` of its rows.

    >>> cap_of(0.05), cap_of(0.06), cap_of(1)
    (1, 3, 5)
    """
    return next((level for limit, level in CAPS if share > limit), 1)


def whole_of(dimensions: Mapping[Dimension, Grade]) -> Grade | None:
    if not dimensions:
        return None
    total = sum(WEIGHTS[d] for d in dimensions)
    score = sum(WEIGHTS[d] * g.score for d, g in dimensions.items()) / total
    worst = max(g.level for g in dimensions.values())
    return Grade(score, max(level_of(score), worst - 1), sum(g.rules for g in dimensions.values()))
