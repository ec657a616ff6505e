"""Records drawn for people to look at, by a seed that both sides know: whoever has the seed and the target draws the same ones, and
nobody can choose those that look well.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from zhijian.exchange.migration.collected import elements_of, partition, quoted
from zhijian.exchange.migration.model import Migration
from zhijian.exchange.migration.store import allowed
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import Specification


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drawn record came from."""

    part: int
    source_row: int
    n: int


@dataclass(frozen=True, slots=True)
class Drawn:
    place: Place
    label: str
    entity: str
    record: dict[str, str]
    """As it stands in the target, as text; what is empty is not in it."""


def drawn(db: Db, scope: Scope, migration: Migration, spec: Specification, seed: str, count: int) -> list[Drawn]:
    """Of what the run has written, the `count` with the smallest MD5 of `seed:part:source row:n`, in that order."""
    allowed(scope, migration)
    found: list[tuple[str, Drawn]] = []
    for part, records in enumerate(migration.mapping.records):
        names = [e.id for e in elements_of(spec, records.entity)]
        rows = db.execute(
            sa.text(
                f"SELECT md5(concat_ws(':', CAST(:seed AS text), _part, _source_row, _n)) AS drawn, _source_row, _n, "
                f"{_texts(spec, records.entity)} FROM {partition(records.entity, migration.province)} "
                "WHERE _mapping = :mapping AND _part = :part AND _run = :run ORDER BY drawn LIMIT :count"
            ),
            {"seed": seed, "mapping": migration.mapping.id, "part": part, "run": migration.run, "count": count},
        )
        for digest, row, n, *values in rows:
            record = {name: str(value) for name, value in zip(names, values, strict=True) if value is not None}
            found.append((digest, Drawn(Place(part, row, n), records.label, records.entity, record)))
    return [one for _, one in sorted(found, key=lambda f: (f[0], f[1].place.part))][:count]


def _texts(spec: Specification, entity: str) -> str:
    """SQL of a record's elements, each as text."""
    return ", ".join(
        f"array_to_string({quoted(e.id)}, '；')" if e.many
        else f"to_char({quoted(e.id)} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')" if e.type.kind == "datetime"
        else f"CAST({quoted(e.id)} AS text)"
        for e in elements_of(spec, entity)
    )  # fmt: skip
