"""What the page of all provinces shows."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from zhijian.exchange import scorecard
from zhijian.exchange.scorecard import Row
from zhijian.exchange.scorecard.model import ALL
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.synthetic import LABEL
from zhijian.web.quality.asked import DIMENSIONS, LEVELS, Asked
from zhijian.web.quality.chart import floor_of, sparkline
from zhijian.web.say import Say

SEEN = Scope.all_provinces()
"""Officials do not sign in yet: whoever is shown the page sees all of it."""


def index_view(db: Db, asked: Asked, today: date, t: Say) -> dict[str, Any]:
    ground, until = scorecard.present_ground(), asked.day or today
    board = scorecard.board(db, SEEN, ground, until, asked.dataset)
    shown = [row for row in board.rows if _wanted(row, asked)]
    floor = floor_of([p.score for row in board.rows for p in row.trend])
    levels = Counter(row.scores[ALL].level for row in board.rows if ALL in row.scores)
    return {
        "asked": asked, "board": board, "rows": _sorted(shown, asked), "ground": ground, "until": until, "today": today,
        "handed": sum(row.head is not None for row in board.rows), "levels": {n: levels[n] for n in range(1, 6)},
        "trends": {row.province: _trend(row, floor, t) for row in shown}, "dimensions": DIMENSIONS,
        "invented": any(row.head and row.head.by == LABEL for row in board.rows),
        "datasets": (ALL, *board.datasets, *([] if asked.dataset in (ALL, *board.datasets) else [asked.dataset])),
        "level_choices": LEVELS, "grouped": Counter(row.province[0] for row in board.rows),
    }  # fmt: skip


def _wanted(row: Row, asked: Asked) -> bool:
    whole = row.scores.get(ALL)
    if asked.region and row.province[0] != asked.region:
        return False
    if asked.level == "none":
        return whole is None
    return not asked.level or (whole is not None and whole.level == int(asked.level))


def _sorted(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Who has nothing to sort by stands last, whichever the way."""

    def key(row: Row) -> Any:
        match asked.sort:
            case "rank":
                return row.rank
            case "province":
                return row.province
            case "on":
                return row.head and row.head.on
            case "rows":
                return row.head and row.head.rows
            case dimension:
                return row.scores[dimension].score if dimension in row.scores else None

    there = sorted((row for row in rows if key(row) is not None), key=key, reverse=asked.down)
    # Without a rank, those with a score before those without.
    rest = sorted(
        (row for row in rows if key(row) is None), key=lambda r: -r.scores[ALL].score if ALL in r.scores else 1
    )
    return [*there, *rest]


def _trend(row: Row, floor: float, t: Say) -> Markup:
    if not row.trend:
        return Markup()
    first, last = row.trend[0], row.trend[-1]
    said = t(
        "{count} 次，从 {first} 到 {last}", count=len(row.trend), first=f"{first.score:.1f}", last=f"{last.score:.1f}"
    )
    return sparkline(row.trend, floor, str(said.unescape()))
