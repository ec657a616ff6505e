"""Sums of what can be added up, on both sides: of a chunk's records as they were carried, and of the target's columns. Digests say that
something differs; a sum says by how much, and people check it by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from zhijian.exchange.migration.collected import elements_of, quoted
from zhijian.kit.db import Db
from zhijian.spec import Element, Specification


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one element, over the records that a run has written."""

    element: str
    zh: str
    carried: Decimal
    """As read from the source and carried, chunk by chunk."""
    target: Decimal
    """Of the target's column, now."""

    @property
    def agrees(self) -> bool:
        return self.carried == self.target


def numeric(spec: Specification, entity: str) -> list[Element]:
    return [e for e in elements_of(spec, entity) if e.type.kind in ("integer", "decimal") and not e.many]


def summed(db: Db, spec: Specification, entity: str, rows: str, values: Mapping[str, object] | None = None) -> dict[str, str]:  # fmt: skip
    """Element → sum, exact, as text. `rows`: what follows FROM, the table called i."""
    elements = numeric(spec, entity)
    if not elements:
        return {}
    sums = ", ".join(f"coalesce(sum(i.{quoted(e.id)}), 0)::text" for e in elements)
    found = db.execute(sa.text(f"SELECT {sums} FROM {rows}"), dict(values or {})).one()
    return dict(zip((e.id for e in elements), found, strict=True))


def added(noted: Iterable[Mapping[str, str]]) -> dict[str, Decimal]:
    """
    >>> added([{"area_m2": "12.5"}, {"area_m2": "0.5"}, {}])
    {'area_m2': Decimal('13.0')}
    """
    total: dict[str, Decimal] = {}
    for one in noted:
        for element, value in one.items():
            total[element] = total.get(element, Decimal(0)) + Decimal(value)
    return total
