"""A dry run: the whole way of a run, loading included, in one transaction of the target that its caller rolls back. So the target's own
keys and references judge, and what it says is what the run will say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.carrying import LOST
from zhijian.exchange.migration.model import Came, MigrationWrong
from zhijian.exchange.migration.running import MigrationRun, Step
from zhijian.exchange.migration.store import begun, loaded, of, steps_done
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What one part of the mapping would come to. made = loaded + quarantined."""

    label: str
    entity: str
    rows: int
    left_out: int
    made: int
    loaded: int
    unchanged: int
    quarantined: int
    lost: int
    reasons: Sequence[Mapping[str, object]]
    """Why records would wait: check, element, zh, en, count; each record under its first reason, most frequent first."""
    losses: Mapping[str, int]
    """Element → cells that would not come over."""


def rehearsed(
    db: Db, scope: Scope, one: MigrationRun, origin: str, at: datetime,
    told: Callable[[int, int, Step, Came], None] = lambda n, of_, step, came: None,
) -> list[Rehearsed]:  # fmt: skip
    """In the order of loading. The caller rolls back. Raises: MigrationWrong where the run has begun to load."""
    begun(db, scope, one.migration, one.spec, origin, at)
    if steps_done(db, scope, one.migration):
        raise MigrationWrong("loaded-already", "这一次已经开始装入，不能再试运行：接着运行 run，或计划下一次（--run）",
                             "records are loaded already: go on with run, or plan the next one")  # fmt: skip
    steps, came = one.steps(), dict[int, list[Came]]()
    for n, (step, ready) in enumerate(one.carried(steps), 1):
        result = loaded(db, scope, one.migration, one.spec, step.part, step.chunk, ready, at)
        came.setdefault(step.part, []).append(result)
        told(n, len(steps), step, result)
    return [_summed(db, one, part, chunks) for part, chunks in came.items()]


def _summed(db: Db, one: MigrationRun, part: int, chunks: Sequence[Came]) -> Rehearsed:
    records = one.mapping.records[part]
    names = ("rows", "left_out", "made", "loaded", "unchanged", "quarantined", "lost")
    total = {name: sum(getattr(c, name) for c in chunks) for name in names}
    return Rehearsed(records.label, records.entity, **total, reasons=_reasons(db, one, part), losses=_losses(one, part))


def _reasons(db: Db, one: MigrationRun, part: int) -> list[dict[str, object]]:
    q = tables.quarantine.c
    first = [q.reasons[0][name].astext.label(name) for name in ("check", "element", "zh", "en")]
    found = db.execute(
        sa.select(*first, sa.func.count().label("count")).where(*of(tables.quarantine, one.migration), q.part == part)
        .group_by(*first).order_by(sa.func.count().desc(), *first)
    )  # fmt: skip
    return [dict(row) for row in found.mappings()]


def _losses(one: MigrationRun, part: int) -> dict[str, int]:
    files = str(one.losses_of(part)).replace("'", "''")
    found = duckdb.execute(
        f"SELECT element, count(*) FROM read_parquet('{files}') WHERE kind IN {LOST} GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    return dict(found)
