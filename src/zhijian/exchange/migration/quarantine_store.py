"""What waits in quarantine, and its way back: judged again, loaded and noted in one transaction, or given up with a word why.

A mended record counts as loaded and no longer as quarantined by a step of its own (chunks from `MENDED` on), so that the books agree
as before.
"""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from zhijian.exchange import tables
from zhijian.exchange.migration.carrying import connected, judged_again
from zhijian.exchange.migration.collected import key_of, partition, quoted
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
        query = query.where(_among(ids))
    rows = db.execute(query.order_by(q.part, q.source_row, q.n).with_for_update()).mappings()
    return [Waiting(**row) for row in rows]


def _among(ids: Iterable[int]) -> sa.ColumnElement[bool]:
    """One parameter, however many: a statement may have 65,535."""
    return tables.quarantine.c.id == sa.any_(sa.literal(list(ids), ARRAY(sa.BigInteger)))


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
        late = _overtaken(db, migration, spec, part, given)
        given = {key: record for key, record in given.items() if key not in late}
        came, again = _again(db, migration, spec, part, given, on, at, lasting(part)) if given else (0, [])
        wrong = late | {(r.row, r.n): r for r in again}
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
        sa.update(tables.quarantine).where(_among(found))
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


def _overtaken(
    db: Db, migration: Migration, spec: Specification, part: int, records: Mapping[tuple[int, int], Mapping[str, Any]]
) -> dict[tuple[int, int], Refused]:
    """Those that a later run has brought meanwhile: what waits is older than what is there."""
    if not db.execute(sa.select(sa.func.count()).select_from(tables.run).where(*_later(migration))).scalar_one():
        return {}
    entity = migration.mapping.records[part].entity
    keys = key_of(spec, entity)
    same = " AND ".join(f"CAST(t.{quoted(k)} AS text) = q.r->>'{k}'" for k in keys)
    found = db.execute(
        sa.text(f"SELECT q.n FROM jsonb_array_elements(CAST(:records AS jsonb)) WITH ORDINALITY q (r, n) WHERE EXISTS (SELECT FROM "
                f"{partition(entity, migration.province)} t WHERE t._mapping = :mapping AND t._run > :run AND {same})"),
        {"records": json.dumps([{k: record.get(k) for k in keys} for record in records.values()], default=str),
         "mapping": migration.mapping.id, "run": migration.run},
    ).scalars()  # fmt: skip
    reason = {"check": "later-run", "element": keys[-1], "value": "", "zh": "后一次迁移已装入这条记录",
              "en": "a later run has brought this record", "remedy_zh": "不用再装入：give-up", "remedy_en": "give it up"}  # fmt: skip
    places = list(records)
    late = (places[int(n) - 1] for n in found)
    return {(row, n): Refused(entity, row, n, records[row, n], (reason,)) for row, n in late}


def _later(migration: Migration) -> list[sa.ColumnElement[bool]]:
    r = tables.run.c
    return [r.province == migration.province, r.mapping == migration.mapping.id, r.run > migration.run]


def _noted(db: Db, one: Waiting, record: Mapping[str, Any], wrong: Refused | None, at: datetime) -> None:
    values: dict[str, Any] = {"state": "mended", "state_at": at, "record": dict(record)}
    if wrong is not None:
        values = {"reasons": list(wrong.reasons), "record": dict(record)}
    db.execute(sa.update(tables.quarantine).where(tables.quarantine.c.id == one.id).values(**values))
