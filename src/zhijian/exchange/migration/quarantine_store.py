"""What waits in quarantine, and its way back: judged again, loaded and noted in one transaction, or given up with a word why.

A mended record counts as loaded and no longer as quarantined by a step of its own (chunks from `MENDED` on), so that the books agree
as before.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration.carrying import connected, judged_again
from zhijian.exchange.migration.model import Migration, MigrationWrong, Refused
from zhijian.exchange.migration.store import allowed, came_in, of
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import Specification

MENDED = 1_000_000


@dataclass(frozen=True, slots=True)
class Waiting:
    id: int
    entity: str
    part: int
    source_table: str
    source_row: int
    n: int
    record: Mapping[str, Any]
    reasons: Sequence[Mapping[str, str]]
    state: str
    note: str | None


def waiting(
    db: Db, scope: Scope, migration: Migration, state: str = "open", ids: Iterable[int] | None = None
) -> list[Waiting]:
    """In the order of source rows. `state`: open, mended, given-up."""
    allowed(scope, migration)
    q = tables.quarantine.c
    query = sa.select(
        q.id,
        q.entity,
        q.part,
        q.source_table,
        q.source_row,
        q.n,
        q.record,
        q.reasons,
        q.state,
        q.state_note.label("note"),
    ).where(*of(tables.quarantine, migration), q.state == state)
    if ids is not None:
        query = query.where(q.id.in_(list(ids)))
    rows = db.execute(query.order_by(q.part, q.source_row, q.n).with_for_update()).mappings()
    return [Waiting(**row) for row in rows]


def taken_back(
    db: Db, scope: Scope, migration: Migration, spec: Specification, records: Mapping[int, Mapping[str, Any]],
    on: date, at: datetime, lasting: Callable[[int], bool] = lambda part: True,
) -> tuple[int, int]:  # fmt: skip
    """`records` by number in quarantine, as they are to be. (loaded, still refused); one that is not open any more is left alone.
    `lasting`: whether a part's source rows keep their numbers, see `Carried`.

    Raises: MigrationWrong.
    """
    loaded = refused = 0
    still = waiting(db, scope, migration, ids=records)
    for part in sorted({w.part for w in still}):
        here = {(w.source_row, w.n): w for w in still if w.part == part}
        given = {k: records[w.id] for k, w in here.items()}
        came, again = _again(db, migration, spec, part, given, on, at, lasting(part))
        wrong = {(r.row, r.n): r for r in again}
        for key, one in here.items():
            _noted(db, one, records[one.id], wrong.get(key), at)
        loaded, refused = loaded + came, refused + len(wrong)
    return loaded, refused


def given_up(db: Db, scope: Scope, migration: Migration, ids: Sequence[int], note: str, at: datetime) -> int:
    """Raises: MigrationWrong where no reason is given."""
    if not note.strip():
        raise MigrationWrong("no-note", "放弃要写明原因（--note）", "say why it is given up (--note)")
    found = [w.id for w in waiting(db, scope, migration, ids=ids)]
    db.execute(
        sa.update(tables.quarantine).where(tables.quarantine.c.id.in_(found))
        .values(state="given-up", state_at=at, state_note=note.strip())
    )  # fmt: skip
    return len(found)


def _again(
    db: Db, migration: Migration, spec: Specification, part: int,
    records: Mapping[tuple[int, int], Mapping[str, Any]], on: date, at: datetime, lasting: bool,
) -> tuple[int, list[Refused]]:  # fmt: skip
    entity = migration.mapping.records[part].entity
    with tempfile.TemporaryDirectory() as folder, connected() as con:
        one = judged_again(con, entity, part, records, spec, on, Path(folder) / "mended.csv")
        unchanged, total, count, refused, sums = came_in(db, migration, spec, replace(one, lasting=lasting), part)
    s = tables.step.c
    last = sa.select(sa.func.coalesce(sa.func.max(s.chunk), MENDED)).where(
        *of(tables.step, migration), s.part == part, s.chunk > MENDED
    )
    db.execute(
        sa.insert(tables.step).values(
            province=migration.province, mapping=migration.mapping.id, run=migration.run, part=part,
            chunk=db.execute(last).scalar_one() + 1, label=migration.mapping.records[part].label, entity=entity, rows=0, left_out=0,
            made=0, loaded=count, quarantined=-count, unchanged=unchanged, lost=0, digest=total, sums=sums, done_at=at,
        )
    )  # fmt: skip
    return count, refused


def _noted(db: Db, one: Waiting, record: Mapping[str, Any], wrong: Refused | None, at: datetime) -> None:
    values: dict[str, Any] = {"state": "mended", "state_at": at, "record": dict(record)}
    if wrong is not None:
        values = {"reasons": list(wrong.reasons), "record": dict(record)}
    db.execute(sa.update(tables.quarantine).where(tables.quarantine.c.id == one.id).values(**values))
