"""A mapping carried out: source tables in, one table of records an entity out, and a list of all that did not come over.

Three steps for each `records` of the mapping: (1) one scan puts the inputs of every field side by side (`sql.inputs_sql`); (2) every
function is applied once to each distinct input; (3) the values are joined back. Leaves in the connection: `out_<entity>` with
`_row`, `_n`, `_part` (which `records`), and the elements as text; `loss`; and `left_out`, the rows that became no record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import duckdb
import pyarrow as pa

from zhijian.exchange.mapping import finding
from zhijian.exchange.mapping.deriving import derived
from zhijian.exchange.mapping.functions import FUNCTIONS, Made
from zhijian.exchange.mapping.model import Field, MappingWrong, Records, SchemaMapping
from zhijian.exchange.mapping.sql import Scope, inputs_sql
from zhijian.exchange.quality import reading
from zhijian.exchange.source.model import Column, SourceTable
from zhijian.spec import Element, Specification

Progress = Callable[[str, int, int], None]
CHUNK = 50_000
_BY_KIND = {"date": "day", "datetime": "moment", "integer": "number", "decimal": "number", "bool": "truth"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """What came of a mapping. `tables` can be checked like any source; their `_row` is the source's."""

    tables: Mapping[str, SourceTable]
    """By entity."""
    records: Mapping[str, int]
    """By `Records.label`: how many came of it."""
    left_out: Mapping[str, int]
    """By `Records.label`: rows that `where` did not let through, and those equal to an earlier one (`distinct`)."""
    invented: Mapping[str, int]
    """By "label.element": values that the source does not have."""
    losses: int


def applied(
    con: duckdb.DuckDBPyConnection, mapping: SchemaMapping, sources: Mapping[str, SourceTable], spec: Specification,
    progress: Progress = lambda what, done, of: None, keep: bool = False, chunk: str | None = None,
) -> Mapped:  # fmt: skip
    """`sources` by the mapping's names; `keep`: what is looked up in them is kept in the connection for the next call, which has the same
    tables. `chunk`: relation of the rows to be carried, of a mapping with one `records`; without it all. Raises: MappingWrong."""
    con.execute(
        "CREATE OR REPLACE TABLE loss (part INTEGER, entity VARCHAR, element VARCHAR, row BIGINT, n INTEGER, kind VARCHAR, "
        "value VARCHAR, zh VARCHAR, en VARCHAR)"
    )
    con.execute("CREATE OR REPLACE TABLE left_out (part INTEGER, entity VARCHAR, row BIGINT, n INTEGER, why VARCHAR)")
    work = _Work(con, mapping, derived(con, mapping, sources), spec, keep, chunk)
    made: dict[str, list[str]] = {}
    for n, records in enumerate(mapping.records):
        progress(records.label, n, len(mapping.records))
        made.setdefault(records.entity, []).append(work.carry_out(n, records))
    tables = {entity: work.united(entity, parts) for entity, parts in made.items()}
    (losses,) = con.execute("SELECT count(*) FROM loss").fetchone() or (0,)
    return Mapped(tables, work.records, work.left_out, work.invented, losses)


class _Work:
    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        mapping: SchemaMapping,
        sources: Mapping[str, SourceTable],
        spec: Specification,
        keep: bool,
        chunk: str | None,
    ) -> None:
        self.con, self.mapping, self.sources, self.spec = con, mapping, sources, spec
        self.kept, self.chunk = self._kept if keep else None, chunk
        self.records: dict[str, int] = {}
        self.left_out: dict[str, int] = {}
        self.invented: dict[str, int] = {}

    def carry_out(self, part: int, records: Records) -> str:
        """Name of the table made."""
        for name in (records.table, *(j.table for j in records.joins)):
            if name not in self.sources:
                raise MappingWrong(f"tables.{name}", "没有读到这个表", "no such table was found")
        scope = Scope(records, self.sources, kept=self.kept, chunk=self.chunk)
        inputs, made = f"in_{part}", f"made_{part}"
        self.con.execute(f"CREATE OR REPLACE TABLE {inputs} AS {inputs_sql(scope, records.fields)}")
        columns, joins = [], []
        for i, one in enumerate(records.fields):
            element = self._element(records.entity, one.element)
            expression, join = self._field(part, records, i, one, element, inputs)
            columns.append(f"{expression} AS {reading.name(one.element)}")
            joins.append(join)
        listed = "".join(f", {c}" for c in columns)
        self.con.execute(
            f"CREATE OR REPLACE TABLE {made} AS SELECT {part} AS _part, i._row, i._n{listed} "
            f"FROM {inputs} i {' '.join(joins)} WHERE i._kept ORDER BY i._row, i._n"
        )
        self.con.execute(
            f"INSERT INTO left_out SELECT {part}, '{records.entity}', _row, _n, CASE WHEN _twin THEN 'twin' ELSE 'where' END "
            f"FROM {inputs} WHERE NOT _kept"
        )
        self._counted(part, records, inputs, made)
        self.con.execute(f"DROP TABLE {inputs}")
        return made

    def _kept(self, query: str) -> str:
        name = f"kept_{sha256(query.encode()).hexdigest()[:32]}"
        self.con.execute(f"CREATE TABLE IF NOT EXISTS {name} AS {query}")
        return name

    def _element(self, entity: str, element: str) -> Element:
        own = self.spec.entities[entity].elements
        found = next((e for e in own if e.id == element), None)
        if found is not None:
            return found
        parent = next(p for p in self.spec.entities.values() if entity in p.parts.values())
        return parent.element(element)

    def _field(self, part: int, records: Records, i: int, one: Field, element: Element, inputs: str) -> tuple[str, str]:
        """(SQL of the value, JOIN that it needs)."""
        at = f"{records.label}.{one.element}"
        if one.value is not None:
            return f"i.f{i}_0", ""
        if one.find is not None:
            self._lost(part, records, one, finding.lost(inputs, i, one.find))
            return f"i.f{i}_0", ""
        reads = one.reads or ("" if one.codes or element.many else _BY_KIND.get(element.type.kind, ""))
        value, join = f"i.f{i}_0", ""
        if reads:
            table = self._read(part, records, i, one, reads, inputs)
            count = max(1, len(one.columns)) if not one.glue else 1
            on = " AND ".join(f"i.f{i}_{j} IS NOT DISTINCT FROM {table}.a{j}" for j in range(count))
            value, join = f"{table}.value", f"LEFT JOIN {table} ON {on}"
        if one.codes:
            value = self._codes(part, records, i, one, element, inputs)
        if one.default is not None:
            missing = f"SELECT count(*) FROM {inputs} i {join} WHERE i._kept AND ({value}) IS NULL"
            (self.invented[at],) = self.con.execute(missing).fetchone() or (0,)
            value = f"coalesce({value}, '{_sql(one.default)}')"
        return value, join

    def _read(self, part: int, records: Records, i: int, one: Field, reads: str, inputs: str) -> str:
        """The function applied to every distinct input; what it could not read goes into `loss`."""
        count = max(1, len(one.columns)) if not one.glue else 1
        names = [f"f{i}_{j}" for j in range(count)]
        table = f"d_{part}_{i}"
        keys = ", ".join(f"a{j} VARCHAR" for j in range(count))
        self.con.execute(
            f"CREATE OR REPLACE TABLE {table} ({keys}, value VARCHAR, kind VARCHAR, zh VARCHAR, en VARCHAR)"
        )
        reader = self.con.cursor()
        reader.execute(f"SELECT DISTINCT {', '.join(names)} FROM {inputs} WHERE _kept")
        function = FUNCTIONS[reads]
        while chunk := reader.fetchmany(CHUNK):
            rows = [self._made(function(tuple(given), one.options), given) for given in chunk]
            self._insert(table, count, rows)
        on = " AND ".join(f"i.{name} IS NOT DISTINCT FROM d.a{j}" for j, name in enumerate(names))
        shown = f"concat_ws(' | ', {', '.join(f'i.{n}' for n in names)})"
        self._lost(
            part, records, one, f"SELECT i._row, i._n, d.kind, {shown} AS v, d.zh, d.en FROM {inputs} i JOIN {table} d ON {on} "
            "WHERE i._kept AND d.kind IS NOT NULL"
        )  # fmt: skip
        return table

    def _made(self, made: Made, given: Sequence[str | None]) -> tuple[str | None, ...]:
        if made.why is not None:
            return (*given, made.value, "lost" if made.value is None else "as-text", made.why.zh, made.why.en)
        if made.inferred is not None:
            return (*given, made.value, "inferred", made.inferred.zh, made.inferred.en)
        return (*given, made.value, None, None, None)

    def _insert(self, table: str, count: int, rows: Sequence[tuple[str | None, ...]]) -> None:
        names = [*(f"a{j}" for j in range(count)), "value", "kind", "zh", "en"]
        arrow = pa.table({name: pa.array([row[k] for row in rows], pa.string()) for k, name in enumerate(names)})
        self.con.register("made_rows", arrow)
        self.con.execute(f"INSERT INTO {table} SELECT * FROM made_rows")
        self.con.unregister("made_rows")

    def _codes(self, part: int, records: Records, i: int, one: Field, element: Element, inputs: str) -> str:
        if element.many:
            return self._many_codes(part, records, i, one, inputs)
        cases = " ".join(f"WHEN '{_sql(k)}' THEN '{_sql(v)}'" for k, v in one.codes.items())
        value = f"CASE i.f{i}_0 {cases} END"
        self._lost(
            part, records, one,
            f"SELECT i._row, i._n, 'lost', i.f{i}_0, '代码没有对应', 'no code for it' FROM {inputs} i "
            f"WHERE i._kept AND i.f{i}_0 IS NOT NULL AND ({value}) IS NULL",
        )  # fmt: skip
        return value

    def _many_codes(self, part: int, records: Records, i: int, one: Field, inputs: str) -> str:
        cases = " ".join(f"WHEN '{_sql(k)}' THEN '{_sql(v)}'" for k, v in one.codes.items())
        pieces = f"list_filter(string_split_regex(i.f{i}_0, '[、，,;；\\n]'), x -> trim(x) <> '')"
        known = ", ".join(f"'{_sql(k)}'" for k in one.codes)
        self._lost(
            part, records, one,
            f"SELECT i._row, i._n, 'lost', p.piece, '代码没有对应', 'no code for it' FROM {inputs} i, "
            f"LATERAL (SELECT trim(unnest({pieces})) AS piece) p WHERE i._kept AND p.piece NOT IN ({known})",
        )  # fmt: skip
        made = f"list_filter(list_transform({pieces}, x -> CASE trim(x) {cases} END), x -> x IS NOT NULL)"
        return f"nullif(array_to_string({made}, '；'), '')"

    def _lost(self, part: int, records: Records, one: Field, query: str) -> None:
        self.con.execute(f"INSERT INTO loss SELECT {part}, '{records.entity}', '{one.element}', * FROM ({query})")

    def _counted(self, part: int, records: Records, inputs: str, made: str) -> None:
        label = records.label
        (total, kept) = self.con.execute(f"SELECT count(*), count(*) FILTER (_kept) FROM {inputs}").fetchone() or (0, 0)
        self.records[label] = self.records.get(label, 0) + kept
        self.left_out[label] = self.left_out.get(label, 0) + total - kept
        for one in records.fields:
            if one.value is not None:
                self.invented[f"{label}.{one.element}"] = kept

    def united(self, entity: str, parts: Sequence[str]) -> SourceTable:
        union = " UNION ALL BY NAME ".join(f"SELECT * FROM {p}" for p in parts)
        self.con.execute(f"CREATE OR REPLACE VIEW out_{entity} AS {union}")
        described = self.con.execute(f"DESCRIBE out_{entity}").fetchall()
        columns = tuple(Column(row[0]) for row in described if not row[0].startswith("_"))
        return SourceTable(entity, self.mapping.id, f"out_{entity}", columns, "database", 1)


def _sql(text: str) -> str:
    return text.replace("'", "''")
