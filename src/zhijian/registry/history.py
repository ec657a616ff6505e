"""What the registry knew to hold on a day, and what changed when."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import groupby

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import history_store, store
from zhijian.registry.assembling import Rows, assembled
from zhijian.registry.checking import Record, typed
from zhijian.registry.history_store import Version
from zhijian.registry.model import AsOf, Change
from zhijian.registry.tables import BY_NAME, elements_of


def as_of(db: Db, scope: Scope, uscc: str, on: date, *, entities: Collection[str] | None = None) -> AsOf | None:
    """The institution as of a day: of each record the version with the greatest (day, count) up to it.

    `entities`: those whose records are wanted, besides the institution's own; None: all. None when it is not there, not the
    caller's, or was not registered yet. Index in the codes and whether it is synthetic never change; province and revision are
    those of now.
    """
    if (row := store.institution_row(db, scope, uscc)) is None:
        return None
    held: dict[tuple[str, tuple[str, ...]], Version] = {}
    names = None if entities is None else {"institution", *entities}
    for version in history_store.versions(db, scope, uscc, until=on, entities=names):
        held[version.entity, version.key] = version  # in order: the last one stands
    records: dict[str, list[Record]] = {name: [] for name in BY_NAME}
    for version in held.values():
        if version.record is not None:
            records[version.entity].append(typed(version.entity, version.record))
    if not records["institution"]:
        return None
    facts = assembled(dict(row) | records["institution"][0], records)
    return AsOf(on, facts, {name: tuple(some) for name, some in records.items() if some})


def present(db: Db, scope: Scope, uscc: str, today: date, entities: Collection[str]) -> AsOf | None:
    """As `as_of` today, without looking at the past: nothing is taken in that holds from a later day."""
    if (row := store.institution_row(db, scope, uscc)) is None:
        return None
    records: dict[str, Rows] = {name: [] for name in BY_NAME} | store.records(db, scope, uscc, entities)
    own = {e.id: row[e.id] for e in elements_of("institution")}
    held = {
        name: tuple({e.id: one[e.id] for e in elements_of(name)} for one in some)
        for name, some in records.items()
        if some
    }
    return AsOf(today, assembled(row, records), held | {"institution": (own,)})


def history(db: Db, scope: Scope, uscc: str, *, entity: str | None = None, newest: int | None = None) -> list[Change]:
    """Changes of the institution's records, of `entity` alone where it is named, newest first; all, or the `newest`."""
    if store.institution_row(db, scope, uscc) is None:
        return []
    changes = _changes(
        history_store.versions(db, scope, uscc, entities=None if entity is None else {entity}, newest=newest)
    )
    # One order for all, as SQL has it: pages of it neither lose a change nor say one twice. Of one moment the last comes first.
    return sorted(changes, key=lambda c: (c.on, c.recorded_at, c.entity, _text(c.key)))[::-1][:newest]


def _text(key: Sequence[str]) -> str:
    """As PostgreSQL writes an array of texts."""
    return json.dumps(key, ensure_ascii=False)


def _changes(versions: Sequence[Version]) -> Iterator[Change]:
    ordered = sorted(versions, key=lambda v: (v.entity, v.key))  # and within a record by day and count, as they come
    for _, line in groupby(ordered, key=lambda v: (v.entity, v.key)):
        before: Record = {}
        for v in line:
            after = typed(v.entity, v.record) if v.record is not None else {}
            kind = "gone" if v.record is None else "changed" if before else "new"
            names = [n for n in (after or before) if before.get(n) != after.get(n)]
            elements = {n: (before.get(n), after.get(n)) for n in names}
            yield Change(v.entity, v.key, v.on, v.recorded_at, v.source, kind, elements)
            before = after
