"""What the scorecard shows: every province's newest result beside the others, one province's results over time, two of them
compared."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import metadata

from zhijian.exchange.model import Dimension, Text
from zhijian.exchange.quality.comparing import Change, beyond_noise
from zhijian.exchange.scorecard import store
from zhijian.exchange.scorecard.model import (
    ALL,
    Apart,
    Card,
    Failing,
    Ground,
    Head,
    ResultRefused,
    Score,
    by_figure,
    cost_of,
)
from zhijian.exchange.scorecard.store import Point
from zhijian.exchange.scorecard.taking import read
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import specification

TREND = timedelta(days=366)
NOT_PROVINCES = {"10"}
"""Codes of the list that are no province: the national office."""


@dataclass(frozen=True, slots=True)
class Row:
    """A province on the board."""

    province: str
    head: Head | None
    """None: nothing handed in until that day."""
    scores: Mapping[str, Score]
    """Of the data set that is asked for, by dimension; `ALL` is the whole."""
    apart: tuple[Apart, ...]
    rank: int | None
    """Among those on one ground; the same score has the same rank. None: not comparable, or no such figure."""
    trend: tuple[Point, ...]
    """Of the dimension that is asked for."""


@dataclass(frozen=True, slots=True)
class Board:
    rows: tuple[Row, ...]
    """By code of the province, all that the caller may see."""
    ranked: int
    datasets: tuple[str, ...]
    """That some newest result has."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    dimension: str
    before: Score | None
    now: Score | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    change: Change
    before: Failing | None
    now: Failing | None
    cost_before: float
    cost_now: float
    significant: bool
    """Beyond what chance would do (`comparing.beyond_noise`)."""

    @property
    def shown(self) -> Failing:
        one = self.now or self.before
        if one is None:
            raise ValueError(self)
        return one


@dataclass(frozen=True, slots=True)
class Compared:
    before: Card
    now: Card
    same_ground: bool
    figures: tuple[FigureChange, ...]
    rules: tuple[RuleChange, ...]


def present_ground() -> Ground:
    """That of a check made here and now."""
    return Ground(specification().version, metadata.version("zhijian"))


def provinces() -> dict[str, Text]:
    """Code → name, in the order of GB/T 2260."""
    return {
        c: Text(code.zh, code.en) for c, code in specification().codelists["province"].items() if c not in NOT_PROVINCES
    }


def taken(db: Db, scope: Scope, raw: bytes, province: str, at: datetime, on: date, by: str) -> tuple[Head, bool]:
    """Keeps the result in `raw` as that of `province`. Returns what is kept, and whether it is new. Raises: ScorecardError."""
    if province not in provinces():
        raise ResultRefused("province-unknown", Text(f"没有省份代码 {province[:10]}", f"no province has the code {province[:10]}"),
                            Text("写两位代码，如浙江 33", "write two digits, such as 33 for Zhejiang"))  # fmt: skip
    card = read(raw, province, at, on, by)
    new = store.kept(db, scope, card)
    return (card.head if new else store.head(db, scope, province, card.head.id) or card.head), new


def board(
    db: Db,
    scope: Scope,
    ground: Ground,
    until: date,
    dataset: str = ALL,
    dimension: str = ALL,
    since: date | None = None,
) -> Board:
    """As it stood on the day `until`, with the trend from `since`, or a year."""
    heads = {h.province: h for h in store.latest(db, scope, until)}
    scores = store.scores(db, scope, [h.id for h in heads.values()], dataset)
    trend = store.points(db, scope, since or until - TREND, until, dataset, dimension)
    usual = _usual(heads.values(), ground) if dataset == ALL else None
    figures = {p: {s.dimension: s for s in scores.get(h.id, ())} for p, h in heads.items()}
    apart = {p: _apart(h, ground, usual) for p, h in heads.items()}
    ranks = ranked({p: of[dimension].score for p, of in figures.items() if dimension in of and not apart[p]})
    shown = [p for p in provinces() if scope.provinces is None or p in scope.provinces]
    rows = [Row(p, heads.get(p), figures.get(p, {}), apart.get(p, ()), ranks.get(p), trend.get(p, ())) for p in shown]
    return Board(tuple(rows), len(ranks), tuple(sorted({d for h in heads.values() for d in h.datasets})))


def _usual(heads: Iterable[Head], ground: Ground) -> tuple[str, ...] | None:
    """The data sets that most have, among those on one ground; of as many, the larger."""
    counted = Counter(h.datasets for h in heads if not h.apart(ground))
    return max(counted, key=lambda d: (counted[d], len(d), d)) if counted else None


def _apart(head: Head, ground: Ground, usual: tuple[str, ...] | None) -> tuple[Apart, ...]:
    found = head.apart(ground)
    return (*found, Apart.DATASETS) if usual is not None and not found and head.datasets != usual else found


def ranked(scores: Mapping[str, float]) -> dict[str, int]:
    """
    >>> ranked({"33": 97.5, "11": 99, "44": 97.5, "65": 80})
    {'33': 2, '11': 1, '44': 2, '65': 4}
    """
    shown = {p: round(s, 1) for p, s in scores.items()}  # what reads the same ranks the same
    return {p: 1 + sum(other > mine for other in shown.values()) for p, mine in shown.items()}


def worst(card: Card, dataset: str = ALL, dimension: str = ALL) -> list[tuple[Failing, float]]:
    """What is behind the figure, with what it takes from it, most first; what takes nothing last."""
    figures = by_figure(card.scores)
    mine = [f for f in card.failing if dataset in (ALL, f.dataset) and dimension in (ALL, f.dimension)]
    return sorted(
        ((f, cost_of(f, figures, dataset, dimension)) for f in mine), key=lambda one: (-one[1], one[0].number)
    )


def compare(before: Card, now: Card) -> Compared:
    a, b = before.head, now.head
    same = (a.specification, a.program, a.datasets) == (b.specification, b.program, b.datasets)
    was, figures = by_figure(before.scores), by_figure(now.scores)
    dimensions = [d for ds, d in {**figures, **was} if ds == ALL]
    order = {d: n for n, d in enumerate((ALL, *Dimension))}
    changed = [
        FigureChange(d, was.get((ALL, d)), figures.get((ALL, d))) for d in sorted(dimensions, key=order.__getitem__)
    ]
    return Compared(before, now, same, tuple(changed), tuple(_changes(before, now)))


def _changes(before: Card, now: Card) -> list[RuleChange]:
    was, figures = by_figure(before.scores), by_figure(now.scores)
    a, b = _named(before.failing), _named(now.failing)
    made = []
    for name in dict.fromkeys((*b, *a)):
        old, new = a.get(name), b.get(name)
        if old is not None and new is not None and old.share == new.share:
            continue
        made.append(
            RuleChange(_kind(old, new), old, new, cost_of(old, was) if old else 0.0, cost_of(new, figures) if new else 0.0,
                       old is None or new is None or beyond_noise(old.failing, old.applicable, new.failing, new.applicable))
        )  # fmt: skip
    order = list(Change)
    return sorted(made, key=lambda c: (order.index(c.change), -abs(c.cost_now - c.cost_before)))


def _kind(old: Failing | None, new: Failing | None) -> Change:
    if old is None or new is None:
        return Change.NEW if old is None else Change.GONE
    return Change.WORSE if new.share > old.share else Change.BETTER


def _named(failing: Sequence[Failing]) -> dict[tuple[object, ...], Failing]:
    """A check may have several rules on one column: they come in one order, so the n-th is the n-th."""
    seen: Counter[tuple[object, ...]] = Counter()
    made: dict[tuple[object, ...], Failing] = {}
    for one in failing:
        made[(*one.name, seen[one.name])] = one
        seen[one.name] += 1
    return made
