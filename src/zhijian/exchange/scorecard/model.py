"""A province's results as figures that can be shown, ranked and computed again. Pure.

A figure is a data set × a dimension; `ALL` stands for all of either. Each keeps the sum of its rules' weights, so that with what
failed it can be computed again by the published formula (`quality.grade`): what a failing rule takes from a figure is
`cost_of`, and the costs of a figure and its score make 100.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.exchange.quality.grade import RULE_WEIGHTS, WEIGHTS, Grade, cap_of, level_of, whole_of

ALL = "*"
UNRECOGNISED = "unrecognised"
"""The data set of tables that are of no entity."""


class ScorecardError(Exception):
    """What was asked for or handed in cannot be. `why` is a stable key."""

    def __init__(self, why: str, said: Text, remedy: Text) -> None:
        super().__init__(said.zh)
        self.why, self.said, self.remedy = why, said, remedy


class ResultRefused(ScorecardError):
    """A result that cannot be kept as this province's."""


class NotYours(ScorecardError):
    """A province beyond the caller's scope."""


@dataclass(frozen=True, slots=True)
class Score:
    dataset: str
    """Entity of the specification, `UNRECOGNISED`, or `ALL`."""
    dimension: str
    """A `Dimension`, or `ALL`."""
    score: float
    level: int
    rules: int
    weight: int
    """Sum of the weights of its rules; 0 of a whole, which is a mean of dimensions."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was found, without what stood there."""

    table: str
    row: int | None
    other_table: str | None = None
    other_row: int | None = None


@dataclass(frozen=True, slots=True)
class Failing:
    """A rule that failed. `check` and `on` name it."""

    number: int
    dataset: str
    check: str
    origin: str
    title: Text
    basis: str
    on: tuple[str, ...]
    columns: tuple[str, ...]
    severity: Severity
    dimension: Dimension
    applicable: int
    failing: int
    why: Text
    remedy: Text
    spots: tuple[Spot, ...]

    @property
    def share(self) -> float:
        return self.failing / self.applicable if self.applicable else 0.0

    @property
    def name(self) -> tuple[str, str, tuple[str, ...]]:
        """The same rule in another run has the same."""
        return self.dataset, self.check, self.columns or self.on


class Apart(StrEnum):
    """Why a result does not stand on one ground with the others, so that it has no rank."""

    SPECIFICATION = "specification"
    """Checked by another version of the specification."""
    RULES = "rules"
    """Checked by the rules of another version of the program."""
    OWN_RULES = "own-rules"
    """The province's own checks count in it."""
    UNRECOGNISED = "unrecognised"
    """No table was recognised, or some were not: the grade says little of the specification."""
    DATASETS = "datasets"
    """Other data sets than most provinces have."""


@dataclass(frozen=True, slots=True)
class Ground:
    """By what most are checked: the node's own specification and program."""

    specification: str
    program: str


@dataclass(frozen=True, slots=True)
class Head:
    """One result as it is kept."""

    id: str
    """SHA-256 of the file as handed in, hex."""
    province: str
    on: date
    specification: str
    program: str
    rules_digest: str
    rows: int
    datasets: tuple[str, ...]
    own_rules: int
    """How many rules of the province's own count in it."""
    score: float | None
    """None: nothing could be judged."""
    level: int | None
    received_at: datetime
    by: str

    def apart(self, ground: Ground) -> tuple[Apart, ...]:
        found = {
            Apart.SPECIFICATION: self.specification != ground.specification,
            Apart.RULES: self.program != ground.program,
            Apart.OWN_RULES: self.own_rules > 0,
            Apart.UNRECOGNISED: not self.datasets or UNRECOGNISED in self.datasets,
        }
        return tuple(why for why, holds in found.items() if holds)


@dataclass(frozen=True, slots=True)
class Card:
    """A result with everything behind it."""

    head: Head
    scores: tuple[Score, ...]
    failing: tuple[Failing, ...]


Scores = Mapping[tuple[str, str], Score]


def by_figure(scores: Iterable[Score]) -> Scores:
    return {(s.dataset, s.dimension): s for s in scores}


def belongs(one: Failing, dataset: str, dimension: str) -> bool:
    """Whether it is behind the figure."""
    return dataset in (ALL, one.dataset) and dimension in (ALL, one.dimension)


def cost_of(one: Failing, scores: Scores, dataset: str = ALL, dimension: str = ALL) -> float:
    """Points that it takes from the figure; 0 for what does not count there, such as a note."""
    figure = scores.get((dataset, one.dimension))
    if figure is None or not figure.weight or not belongs(one, dataset, dimension):
        return 0.0
    points = 100 * RULE_WEIGHTS[one.severity] * one.share / figure.weight
    if dimension != ALL:
        return points
    return points * WEIGHTS[one.dimension] / sum(WEIGHTS[d] for d in Dimension if (dataset, d) in scores)


def recomputed(scores: Scores, failing: Iterable[Failing]) -> Scores:
    """The same figures out of their weights and what failed, without the scores themselves."""
    failed, made = list(failing), {}
    for dataset in dict.fromkeys(d for d, _ in scores):
        grades = {d: _again(scores[dataset, d], failed) for d in Dimension if (dataset, d) in scores}
        for d, grade in grades.items():
            made[dataset, str(d)] = Score(dataset, d, grade.score, grade.level, grade.rules, scores[dataset, d].weight)
        if (whole := whole_of(grades)) is not None:
            made[dataset, ALL] = Score(dataset, ALL, whole.score, whole.level, whole.rules, 0)
    return made


def _again(figure: Score, failing: list[Failing]) -> Grade:
    mine = [f for f in failing if belongs(f, figure.dataset, figure.dimension)]
    score = 100 * (1 - sum(RULE_WEIGHTS[f.severity] * f.share for f in mine) / figure.weight)
    worst = max((f.share for f in mine if f.severity is Severity.ERROR), default=0.0)
    return Grade(score, max(level_of(score), cap_of(worst)), figure.rules)
