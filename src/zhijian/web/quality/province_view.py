"""What the page of one province shows: its results over time, one of them whole, and two compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from zhijian.exchange import scorecard
from zhijian.exchange.scorecard import store
from zhijian.exchange.scorecard.model import ALL, Head, Score, by_figure
from zhijian.exchange.scorecard.store import Point
from zhijian.kit.db import Db
from zhijian.synthetic import LABEL
from zhijian.web.quality.asked import DIMENSIONS, FIRST, checked_dataset, checked_dimension
from zhijian.web.quality.chart import course, floor_of
from zhijian.web.quality.view import SEEN
from zhijian.web.quality.words import NAMES
from zhijian.web.say import Say

RUNS = 60
"""Results on the page, newest first; the API has all."""
SHOWN, MOST = 30, 1000
"""Failing rules on the page: at first, and when all are asked for."""


@dataclass(frozen=True, slots=True)
class Of:
    """What the address asks for, of one province."""

    province: str
    run: str = ""
    """Beginning of a result's id; empty: the newest."""
    other: str = ""
    """The same, of the one to compare with."""
    dataset: str = ALL
    dimension: str = ALL
    all: bool = False
    """List more than the first failing rules."""

    @classmethod
    def of(cls, province: str, given: Mapping[str, str]) -> "Of":
        """Raises: AskedWrong."""
        return cls(province, given.get("run", "")[:64], given.get("with", "")[:64], checked_dataset(given.get("dataset", "")[:60]),
                   checked_dimension(given.get("dimension", "")[:20]), given.get("all") == "1")  # fmt: skip

    def address(self, at: str = "", **changes: str) -> str:
        fields = {"run": self.run, "with": self.other, "dataset": self.dataset, "dimension": self.dimension} | changes
        kept = {name: value for name, value in fields.items() if value and value != ALL}
        return f"/quality/{self.province}" + (f"?{urlencode(kept)}" if kept else "") + at


class RunUnknown(Exception):
    """No such result of this province."""


def province_view(db: Db, of: Of, today: date, t: Say) -> dict[str, Any]:
    """Raises: RunUnknown."""
    heads = store.heads(db, SEEN, of.province, FIRST, today)[:RUNS]
    if not heads:
        if of.run or of.other:
            raise RunUnknown
        return {"of": of, "heads": ()}
    head = _chosen(heads, of.run) if of.run else heads[0]
    card = store.card(db, SEEN, head)
    board = scorecard.board(db, SEEN, scorecard.present_ground(), head.on)
    row = next(r for r in board.rows if r.province == of.province)
    behind = scorecard.worst(card, of.dataset, of.dimension)
    return {
        "of": of, "heads": heads, "head": head, "scores": by_figure(card.scores), "dimensions": DIMENSIONS, "ranked": board.ranked,
        "rank": row.rank if row.head == head else None, "apart": row.apart if row.head == head else head.apart(scorecard.present_ground()),
        "newer": head != heads[0], "behind": behind[: MOST if of.all else SHOWN], "count": len(behind), "failing": len(card.failing),
        "invented": head.by == LABEL, **_over_time(db, heads, t), **_compared(db, of, heads, card),
    }  # fmt: skip


def _chosen(heads: Sequence[Head], start: str) -> Head:
    found = [h for h in heads if len(start) >= 8 and h.id.startswith(start)]
    if not found:
        raise RunUnknown
    return found[0]


def _over_time(db: Db, heads: Sequence[Head], t: Say) -> dict[str, Any]:
    """`runs`: the scores of every result; `charts`: one a dimension, all of one scale."""
    all_ = store.scores(db, SEEN, [h.id for h in heads], ALL)
    runs: dict[str, dict[str, Score]] = {h.id: {s.dimension: s for s in all_.get(h.id, ())} for h in heads}
    floor = floor_of([s.score for of in runs.values() for s in of.values()])
    charts: list[tuple[str, Markup]] = []
    for dimension in DIMENSIONS:
        points = [
            Point(h.id, h.province, h.on, s.score, s.level) for h in reversed(heads) if (s := runs[h.id].get(dimension))
        ]
        if points:
            name = NAMES[dimension].en if t.lang == "en" else NAMES[dimension].zh
            said = t("{name}，{count} 次，从 {first} 到 {last}", name=name, count=len(points), first=f"{points[0].score:.1f}",
                     last=f"{points[-1].score:.1f}")  # fmt: skip
            charts.append((dimension, course(points, floor, heads[-1].on, heads[0].on, str(said.unescape()))))
    return {"runs": runs, "charts": charts}


def _compared(db: Db, of: Of, heads: Sequence[Head], now: Any) -> dict[str, Any]:
    if not of.other:
        return {"compared": None, "before": None}
    before = _chosen(heads, of.other)
    return {"compared": scorecard.compare(store.card(db, SEEN, before), now), "before": before}
