"""What is better and what is worse than in an earlier run, beyond the noise of so many rows. Pure.

Rules are paired by check, data set and columns, whatever the files are called; several tables of one data set count together. A share's
change is significant when it is further from nothing than 99 in 100 draws of the same size would be (two proportions, pooled,
|z| > 2.58); a grade's score is compared as it is.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from zhijian.exchange.model import Severity, State, Text
from zhijian.exchange.quality.result import CheckResult, RuleResult

Z = 2.58


class Change(StrEnum):
    NEW = "new"
    """Fails, and did not before, or was not asked before."""
    WORSE = "worse"
    BETTER = "better"
    GONE = "gone"
    """Failed, and does not any more, or is not asked any more."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    change: Change
    check: str
    title: Text
    severity: Severity
    where: str
    """Data set, or the table's name where none was recognised."""
    columns: tuple[str, ...]
    before: float | None
    now: float | None
    """Shares; None: not evaluated, or not asked."""
    rows_before: int
    rows_now: int
    """Failing ones."""
    significant: bool


@dataclass(frozen=True, slots=True)
class GradeChange:
    dimension: str
    """Empty: the whole."""
    before: float | None
    now: float | None
    level_before: int | None
    level_now: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    with_on: str
    """Day of the earlier run."""
    same_rules: bool
    """False: other rules or another specification, so that scores do not stand on one ground."""
    grades: tuple[GradeChange, ...]
    rules: tuple[RuleChange, ...]
    paired: int
    """How many rules both runs have; 0: the runs are of other tables."""

    def of(self, change: Change) -> tuple[RuleChange, ...]:
        """The significant ones."""
        return tuple(r for r in self.rules if r.change is change and r.significant)


@dataclass(slots=True)
class _Sum:
    one: RuleResult
    where: str
    applicable: int = 0
    failing: int = 0

    @property
    def share(self) -> float | None:
        return self.failing / self.applicable if self.applicable else None


def compared(before: CheckResult, now: CheckResult) -> Comparison:
    old, new = _sums(before), _sums(now)
    pairs = [(old.get(key), new.get(key)) for key in dict.fromkeys((*new, *old))]
    changes = [made for a, b in pairs if (made := _change(a, b))]
    order = list(Change)
    changes.sort(
        key=lambda c: (order.index(c.change), c.severity != Severity.ERROR, -abs((c.now or 0) - (c.before or 0)))
    )
    names = dict.fromkeys((*now.dimensions, *before.dimensions))
    grades = [("", before.whole, now.whole), *((n, before.dimensions.get(n), now.dimensions.get(n)) for n in names)]
    return Comparison(
        before.on,
        _ground(before) == _ground(now),
        tuple(
            GradeChange(
                n, a.score if a else None, b.score if b else None, a.level if a else None, b.level if b else None
            )
            for n, a, b in grades
        ),
        tuple(changes),
        len(old.keys() & new.keys()),
    )


def _ground(result: CheckResult) -> tuple[str, list[tuple[str, tuple[str, ...]]]]:
    """Without severities: what is said of a file (its encoding, its broken lines) has that of the finding."""
    return result.specification, sorted({(r.check, r.on) for r in result.rules})


def _sums(result: CheckResult) -> dict[tuple[str, str, tuple[str, ...], int], _Sum]:
    sums: dict[tuple[str, str, tuple[str, ...], int], _Sum] = {}
    seen: dict[tuple[str, int, tuple[str, ...]], int] = {}
    for rule in result.rules:
        table = result.tables[rule.table]
        # A check may have several rules on one column: they come in one order, so the n-th is the n-th.
        nth = seen[rule.check, rule.table, rule.on] = seen.get((rule.check, rule.table, rule.on), -1) + 1
        where = table.entity_name.zh if table.entity_name else table.name
        one = sums.setdefault((rule.check, where, rule.columns or rule.on, nth), _Sum(rule, where))
        if rule.state in (State.PASSED, State.FAILED):
            one.applicable += rule.applicable
            one.failing += rule.failing
    return sums


def _change(a: _Sum | None, b: _Sum | None) -> RuleChange | None:
    then, now = (a.failing if a else 0), (b.failing if b else 0)
    shown = b or a
    if shown is None or not (then or now) or (a and b and a.share == b.share):
        return None
    if not then:
        change = Change.NEW
    elif not now:
        change = Change.GONE
    else:
        change = Change.WORSE if ((b.share if b else None) or 0) > ((a.share if a else None) or 0) else Change.BETTER
    return RuleChange(
        change, shown.one.check, shown.one.title, shown.one.severity, shown.where, shown.one.columns or shown.one.on,
        a.share if a else None, b.share if b else None, then, now, _significant(a, b),
    )  # fmt: skip


def _significant(a: _Sum | None, b: _Sum | None) -> bool:
    """What was not asked on one side cannot be noise."""
    if a is None or b is None or not a.applicable or not b.applicable:
        return True
    return beyond_noise(a.failing, a.applicable, b.failing, b.applicable)


def beyond_noise(failing_a: int, of_a: int, failing_b: int, of_b: int) -> bool:
    """
    >>> beyond_noise(3, 1000, 4, 1000), beyond_noise(3, 1000, 30, 1000)
    (False, True)
    """
    pooled = (failing_a + failing_b) / (of_a + of_b)
    spread = sqrt(pooled * (1 - pooled) * (1 / of_a + 1 / of_b))
    return spread > 0 and abs(failing_a / of_a - failing_b / of_b) / spread > Z
