"""Loading, in the target's transaction: a chunk's records and the note that it is loaded are there together or not at all."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from zhijian.exchange import tables
from zhijian.exchange.migration import met_store
from zhijian.exchange.migration.carrying import Carried, duplicate
from zhijian.exchange.migration.collected import elements_of, key_of, parent_of, partition, partition_ddl, quoted, table
from zhijian.exchange.migration.model import Came, Migration, MigrationWrong, Refused
from zhijian.exchange.migration.sums import summed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import Specification

_BLOCK = 1 << 20
_SOURCE = ("_source_row", "_n", "_digest")


def begun(db: Db, scope: Scope, migration: Migration, spec: Specification, origin: str, at: datetime) -> None:
    """Makes the province's partitions and notes the run; the same run goes on. Raises: MigrationWrong."""
    allowed(scope, migration)
    row = db.execute(sa.select(tables.run).where(*of(tables.run, migration))).mappings().first()
    if row is None:
        made_room(db, scope, migration)
        met_store.forgotten(db, migration)
        db.execute(
            sa.insert(tables.run).values(
                **_key(migration), mapping_digest=migration.mapping_digest, specification=spec.version,
                origin=origin, began_at=at,
            )
        )  # fmt: skip
    elif row["mapping_digest"] != migration.mapping_digest:
        raise MigrationWrong(
            "mapping-changed", "映射文件在迁移途中改过：恢复原文件，或用新的一次迁移（--run）",
            "the mapping was changed on the way: restore it, or begin another run",
        )  # fmt: skip


def made_room(db: Db, scope: Scope, migration: Migration) -> None:
    """The province's partitions, empty. They lock the whole table: a transaction that goes on for long has them made before it."""
    allowed(scope, migration)
    for entity in sorted({r.entity for r in migration.mapping.records}):
        db.execute(sa.text(partition_ddl(entity, migration.province)))


def steps_done(db: Db, scope: Scope, migration: Migration) -> frozenset[tuple[int, int]]:
    """(part, chunk) of all that is loaded."""
    allowed(scope, migration)
    found = db.execute(sa.select(tables.step.c.part, tables.step.c.chunk).where(*of(tables.step, migration)))
    return frozenset((part, chunk) for part, chunk in found)


def loaded(
    db: Db, scope: Scope, migration: Migration, spec: Specification, part: int, chunk: int, one: Carried, at: datetime
) -> Came:
    """The chunk's records into the province's partition; what has no place goes into quarantine with the reason."""
    allowed(scope, migration)
    if (there := _noted(db, migration, part, chunk)) is not None:
        return there
    unchanged, total, count, refused, sums = came_in(db, migration, spec, one, part)
    _quarantined(db, migration, part, refused)
    label = migration.mapping.records[part].label
    came = Came(part, chunk, one.rows, one.left_out, one.made, count, len(refused), unchanged, one.lost, total)
    db.execute(
        sa.insert(tables.step).values(
            **_key(migration), part=part, chunk=chunk, label=label, entity=one.entity, rows=came.rows, left_out=came.left_out,
            made=came.made, loaded=came.loaded, quarantined=came.quarantined, unchanged=came.unchanged, lost=came.lost,
            digest=came.digest, sums=sums, done_at=at,
        )
    )  # fmt: skip
    if came.made != came.loaded + came.quarantined:
        raise MigrationWrong(
            "does-not-add-up", f"{label} 第 {chunk} 块：行数对不上", f"{label}, chunk {chunk} does not add up"
        )
    return came


def came_in(
    db: Db, migration: Migration, spec: Specification, one: Carried, part: int
) -> tuple[int, int, int, list[Refused], dict[str, str]]:
    """(unchanged, sum of the digests of what was written, how many are there now, those that have no place, sums of what was written)"""
    references = list(_references(migration, spec, one.entity))
    _copied(db, spec, one, {*key_of(spec, one.entity), *(column for _, here, _ in references for column in here)})
    refused = [*one.refused]
    for entity_key in references:
        refused += _without(db, migration, spec, one, *entity_key)
    unchanged, total, count, taken = _put(db, migration, spec, one, part)
    sums = _sums(db, migration, spec, one.entity, all_new=not unchanged)
    db.execute(sa.text("DROP TABLE incoming"))
    db.execute(sa.text("DROP TABLE IF EXISTS stood"))
    return unchanged, total, count, [*refused, *taken], sums


def _sums(db: Db, migration: Migration, spec: Specification, entity: str, *, all_new: bool) -> dict[str, str]:
    """Of the chunk's own values, not of those that were then stored."""
    same = " AND ".join(f"t.{quoted(k)} = i.{quoted(k)}" for k in key_of(spec, entity))
    written = f"incoming i JOIN {partition(entity, migration.province)} t ON {same} AND t._run = :run"
    return summed(db, spec, entity, "incoming i" if all_new else written, {} if all_new else {"run": migration.run})


def _noted(db: Db, migration: Migration, part: int, chunk: int) -> Came | None:
    """What the step came to, where it is done: a process that was killed may have been heard to the end. One at a time: its
    transaction may still be open."""
    db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 77))"), {"name": str(_key(migration))})
    s = tables.step.c
    columns = (s.rows, s.left_out, s.made, s.loaded, s.quarantined, s.unchanged, s.lost, s.digest)
    row = db.execute(sa.select(*columns).where(*of(tables.step, migration), s.part == part, s.chunk == chunk)).first()
    return None if row is None else Came(part, chunk, *map(int, row))


def ended(db: Db, scope: Scope, migration: Migration, rows: dict[str, int], at: datetime) -> None:
    allowed(scope, migration)
    db.execute(sa.update(tables.run).where(*of(tables.run, migration)).values(ended_at=at, sources=rows))


def allowed(scope: Scope, migration: Migration) -> None:
    if scope.provinces is not None and migration.province not in scope.provinces:
        raise MigrationWrong(
            "not-yours", f"无权迁移省份 {migration.province}", f"province {migration.province} is not yours"
        )


def _key(migration: Migration) -> dict[str, Any]:
    return {"province": migration.province, "mapping": migration.mapping.id, "run": migration.run}


def of(where: sa.Table, migration: Migration) -> list[sa.ColumnElement[bool]]:
    return [where.c[name] == value for name, value in _key(migration).items()]


def _copied(db: Db, spec: Specification, one: Carried, joined: Collection[str]) -> None:
    """Into `incoming`; `joined`: the columns by which it will be held against others."""
    names = [e.id for e in elements_of(spec, one.entity)]
    listed = ", ".join(map(quoted, (*_SOURCE, *names)))
    db.execute(
        sa.text(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table(one.entity)} WITH NO DATA")
    )
    raw: Any = db.connection.driver_connection
    with (
        raw.cursor() as cursor,
        cursor.copy("COPY incoming FROM STDIN (FORMAT csv)") as copy,
        one.file.open("rb") as file,
    ):
        while block := file.read(_BLOCK):
            copy.write(block)
    db.execute(sa.text(f"ANALYZE incoming ({', '.join(map(quoted, sorted(joined)))})"))


def _references(
    migration: Migration, spec: Specification, entity: str
) -> Iterable[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(entity, columns here, key there) that must be in the target already: the parent, and what the mapping brings too."""
    brought = {r.entity for r in migration.mapping.records}
    parent = parent_of(spec, spec.entities[entity])
    if parent is not None and parent.id in brought:
        yield parent.id, parent.key, parent.key
    for e in spec.entities[entity].elements:
        if e.refers and e.refers != entity and e.refers in brought and not e.many:
            key = spec.entities[e.refers].key
            if len(key) == 1:
                yield e.refers, (e.id,), key


def _without(
    db: Db,
    migration: Migration,
    spec: Specification,
    one: Carried,
    target: str,
    here: tuple[str, ...],
    there: tuple[str, ...],
) -> list[Refused]:
    on = " AND ".join(f"t.{quoted(k)} = i.{quoted(h)}" for h, k in zip(here, there, strict=True))
    known = " AND ".join(f"i.{quoted(h)} IS NOT NULL" for h in here)
    zh, en = spec.entities[target].zh, spec.entities[target].en
    return _taken_out(
        db, one,
        f"{known} AND NOT EXISTS (SELECT FROM {partition(target, migration.province)} t WHERE {on})",
        {"check": "orphan", "element": here[-1], "value": "", "zh": f"所属的{zh}没有迁入", "en": f"its {en} was not brought over",
         "remedy_zh": f"先处理隔离区里的{zh}", "remedy_en": f"mend that {en} first"},
    )  # fmt: skip


def _taken_out(
    db: Db, one: Carried, where: str, reason: dict[str, str], values: dict[str, Any] | None = None
) -> list[Refused]:
    found = db.execute(
        sa.text(
            f"DELETE FROM incoming i WHERE {where} RETURNING _source_row, _n, to_jsonb(i) - '_source_row' - '_n' - '_digest'"
        ),
        values or {},
    )
    return [Refused(one.entity, row, n, {k: v for k, v in record.items() if v is not None}, (reason,))
            for row, n, record in sorted(found, key=lambda r: (r[0], r[1]))]  # fmt: skip


def _put(
    db: Db, migration: Migration, spec: Specification, one: Carried, part: int
) -> tuple[int, int, int, list[Refused]]:
    """(unchanged, sum of the digests of what was written, how many are there now, those whose key is another row's)

    Nearly always no key is there yet: then the insert alone has looked. A key that an earlier run brought under another row is that
    row's still where this run has met it, or cannot see it (`lasting`); else the row that comes first takes it, as into an empty target.
    """
    names = [e.id for e in elements_of(spec, one.entity)]
    listed, here = ", ".join(map(quoted, names)), partition(one.entity, migration.province)
    values = {**_key(migration), "part": part, "label": migration.mapping.records[part].table}
    inserted = db.execute(
        sa.text(
            f"INSERT INTO {here} (_province, _mapping, _part, _table, _source_row, _n, _run, _digest, {listed}) "
            f"SELECT :province, :mapping, :part, :label, _source_row, _n, :run, _digest, {listed} FROM incoming ON CONFLICT DO NOTHING"
        ),
        values,
    ).rowcount
    count, total = db.execute(sa.text("SELECT count(*), coalesce(sum(_digest), 0) FROM incoming")).one()
    if inserted == count:
        return 0, int(total), count, []
    same = " AND ".join(f"t.{quoted(k)} = i.{quoted(k)}" for k in key_of(spec, one.entity))
    moved = "(t._source_row, t._n) <> (i._source_row, i._n)"
    free = "FALSE" if one.lasting else met_store.free(db, migration, part, same, here)
    taken = _taken_out(
        db, one, f"EXISTS (SELECT FROM {here} t WHERE {same} AND NOT (t._mapping = :mapping AND t._part = :part AND (NOT {moved} OR {free})))",
        duplicate("已迁入的数据中", "among what was brought over"), values,
    )  # fmt: skip
    sets = ", ".join(f"{quoted(n)} = i.{quoted(n)}" for n in (*names, *_SOURCE))
    db.execute(
        sa.text(
            f"UPDATE {here} t SET {sets}, _run = :run FROM incoming i WHERE {same} AND (t._digest <> i._digest OR {moved})"
        ),
        values,
    )
    if not one.lasting:
        met_store.noted(db, migration, part, same, here)
    written, total = db.execute(
        sa.text(
            f"SELECT count(*), coalesce(sum(t._digest), 0) FROM incoming i JOIN {here} t ON {same} WHERE t._run = :run"
        ),
        values,
    ).one()
    count -= len(taken)
    return count - written, int(total), count, taken


def _quarantined(db: Db, migration: Migration, part: int, refused: Sequence[Refused]) -> None:
    if not refused:
        return
    raw: Any = db.connection.driver_connection
    table = migration.mapping.records[part].table
    columns = ("entity", "part", "source_table", "source_row", "n", "record", "reasons")
    listed = ", ".join((*_key(migration), *columns))
    with raw.cursor() as cursor, cursor.copy(f"COPY migration_quarantine ({listed}) FROM STDIN") as copy:
        for r in refused:
            record, reasons = (json.dumps(x, ensure_ascii=False) for x in (r.record, r.reasons))
            copy.write_row((*_key(migration).values(), r.entity, part, table, r.row, r.n, record, reasons))
