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


def graded(outcomes: Iterable[Outcome]) -> Grades:
    counted = [o for o in outcomes if o.state in (State.PASSED, State.FAILED) and RULE_WEIGHTS[o.severity]]
    dimensions = {}
    for dimension in Dimension:
        mine = [o for o in counted if o.check.dimension is dimension]
        if mine:
            dimensions[dimension] = _dimension(mine)
    return Grades(_whole(dimensions), dimensions)


def _dimension(outcomes: list[Outcome]) -> Grade:
    total = sum(RULE_WEIGHTS[o.severity] for o in outcomes)
    score = 100 * sum(RULE_WEIGHTS[o.severity] * (1 - o.share) for o in outcomes) / total
    worst = max((o.share for o in outcomes if o.severity is Severity.ERROR), default=0.0)
    cap = next((level for share, level in CAPS if worst > share), 1)
    return Grade(score, max(level_of(score), cap), len(outcomes))


def _whole(dimensions: Mapping[Dimension, Grade]) -> Grade | None:
    if not dimensions:
        return None
    total = sum(WEIGHTS[d] for d in dimensions)
    score = sum(WEIGHTS[d] * g.score for d, g in dimensions.items()) / total
    worst = max(g.level for g in dimensions.values())
    return Grade(score, max(level_of(score), worst - 1), sum(g.rules for g in dimensions.values()))
