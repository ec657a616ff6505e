"""A mapping held against a source and the specification: what is unused, absent, invented, lost, untranslated, and what does
not fit. The mapping is carried out on the way, so that every figure is of the real rows."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

import duckdb

from zhijian.exchange.bound import bind, key_of_parent
from zhijian.exchange.checks import Check, Context, catalog
from zhijian.exchange.mapping.apply import Mapped, applied
from zhijian.exchange.mapping.checked import (
    Absent,
    Checked,
    Example,
    Invented,
    Lost,
    Misfit,
    SetAside,
    Unsure,
    Untranslated,
    Unused,
)
from zhijian.exchange.mapping.fitting import FITTING
from zhijian.exchange.mapping.gathering import FILE, LINE, Gathered
from zhijian.exchange.mapping.model import SchemaMapping
from zhijian.exchange.mapping.uses import used
from zhijian.exchange.model import Dimension, State, Text
from zhijian.exchange.quality import Run, reading
from zhijian.spec import Specification

EXAMPLES = 5
Progress = Callable[[str, int, int], None]
_NO_CODE = "代码没有对应"


def checked(
    con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, found: Gathered, spec: Specification, on: date,
    progress: Progress = lambda what, done, of: None,
) -> Checked:  # fmt: skip
    """`on`: the day of the check. Where a table is missing only what needs no rows is said. Raises: MappingWrong."""
    uses = used(mapping)
    missing = tuple(s.name for s in mapping.sources if s.name not in found.tables)
    mapped = None if missing else applied(con, mapping, found.tables, spec, progress)
    work = _Look(con, mapping, found, spec)
    return Checked(
        missing,
        tuple(t.name for t in found.left),
        {name: tuple(sorted(columns)) for name, columns in uses.items()},
        tuple(SetAside(s.name, column, why) for s in mapping.sources for column, why in s.unused.items()),
        tuple(work.unused(uses)),
        tuple(work.absent()),
        tuple(_unsure(mapping)),
        mapped.records if mapped else {},
        work.left_out() if mapped else {},
        tuple(work.invented(mapped)) if mapped else (),
        tuple(work.losses()) if mapped else (),
        tuple(work.untranslated()) if mapped else (),
        tuple(work.misfits(mapped, on, progress)) if mapped else (),
    )


def _unsure(mapping: SchemaMapping) -> list[Unsure]:
    return [
        Unsure(r.label, f.element, f.confidence) for r in mapping.records for f in r.fields if f.confidence is not None
    ]


class _Look:
    def __init__(
        self, con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, found: Gathered, spec: Specification
    ) -> None:
        self.con, self.mapping, self.found, self.spec = con, mapping, found, spec

    def unused(self, uses: dict[str, set[str]]) -> list[Unused]:
        made = []
        for source in self.mapping.sources:
            table = self.found.tables.get(source.name)
            names = [c.name for c in table.columns if c.name not in (FILE, LINE)] if table else []
            silent = [n for n in names if n not in uses[source.name] and n not in source.unused]
            if table and silent:
                texts = [reading.bare(f"CAST({reading.name(n)} AS VARCHAR)") for n in silent]
                picked = ", ".join(f"count({t}), min({t})" for t in texts)
                row = self.con.execute(f"SELECT {picked} FROM {table.relation}").fetchone() or ()
                made += [Unused(source.name, n, row[2 * i], row[2 * i + 1]) for i, n in enumerate(silent)]
        return made

    def absent(self) -> list[Absent]:
        """By entity over all its `records`: what one of them does not fill and the specification requires."""
        made = {}
        for records in self.mapping.records:
            entity = self.spec.entities[records.entity]
            filled = {f.element for f in records.fields}
            for e in (*key_of_parent(self.spec, entity), *(e for e in entity.elements if e.required)):
                if e.id not in filled:
                    made[entity.id, e.id] = Absent(entity.id, e.id, Text(e.zh, e.en))
        return list(made.values())

    def invented(self, mapped: Mapped) -> list[Invented]:
        made = []
        for records in self.mapping.records:
            for one in records.fields:
                count = mapped.invented.get(f"{records.label}.{one.element}", 0)
                value = one.value if one.value is not None else one.default
                if count and value is not None and one.because is not None:
                    made.append(Invented(records.label, one.element, value, one.because, count))
        return made

    def left_out(self) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        query = "SELECT part, why, count(*) FROM left_out GROUP BY ALL ORDER BY ALL"
        for part, why, count in self.con.execute(query).fetchall():
            counts[self.mapping.records[part].label][why] = count
        return dict(counts)

    def losses(self) -> list[Lost]:
        groups = self.con.execute(
            "SELECT part, entity, element, kind, zh, en, count(*) AS c, min_by({'r': row, 'v': value}, row * 1000 + n, "
            f"{EXAMPLES}) FROM loss GROUP BY ALL ORDER BY part, element, kind DESC, c DESC"
        ).fetchall()
        return [
            Lost(entity, element, kind, Text(zh, en), count, tuple(self._example(part, e["r"], e["v"]) for e in first))
            for part, entity, element, kind, zh, en, count, first in groups
        ]

    def _example(self, part: int, row: int, value: str | None) -> Example:
        table, line = self.found.place(self.mapping.records[part].table, row)
        return Example(table, line, value)

    def untranslated(self) -> list[Untranslated]:
        groups = self.con.execute(
            "SELECT entity, element, value, count(*) AS c FROM loss WHERE zh = ? AND value IS NOT NULL "
            "GROUP BY ALL ORDER BY c DESC, entity, element, value",
            [_NO_CODE],
        ).fetchall()
        return [Untranslated(*row) for row in groups]

    def misfits(self, mapped: Mapped, on: date, progress: Progress) -> list[Misfit]:
        tables = list(mapped.tables.values())
        bounds = bind(self.spec, tables, {t.name: t.name for t in tables})
        outcomes = Run(self.con, Context(self.spec, bounds, on), _fitting(), progress).go()
        made = []
        for one in outcomes:
            bound = bounds[one.table]
            if one.state is State.FAILED and bound.entity is not None:
                element, first = one.rule.on[0], tuple(self._origins(one.number, bound.entity.id))
                entity = bound.entity.id
                made.append(
                    Misfit(
                        entity, element, one.check.id, one.severity, one.rule.why, one.failing, one.applicable, first
                    )
                )
        return made

    def _origins(self, rule: int, entity: str) -> list[Example]:
        """A finding's rows are the source's; of several `records` of the entity, the first that has the row."""
        rows = self.con.execute(
            f"SELECT any_value(o._part), f.row, any_value(f.value) FROM (SELECT DISTINCT row, value FROM finding WHERE rule = ? "
            f"AND row IS NOT NULL ORDER BY row LIMIT {EXAMPLES}) f JOIN out_{entity} o ON o._row = f.row GROUP BY f.row ORDER BY f.row",
            [rule],
        ).fetchall()
        return [self._example(*row) for row in rows]


def _fitting() -> list[Check]:
    """What is said of a record by itself: its form, its codes, its compulsory elements. Whether the data is true is the
    self-check's question."""
    own = [c for c in catalog() if c.dimension in (Dimension.CONFORMITY, Dimension.COMPLETENESS)]
    known = {c.id for c in own}
    return own + [c for c in FITTING if c.id not in known]
