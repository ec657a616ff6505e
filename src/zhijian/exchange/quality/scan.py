"""All rules over single rows of a table in one scan of it.

The scan writes `m<n>`: `_row`, one BOOLEAN a rule (NULL: does not apply), `_bad` (what failed, with the text that stood there),
`_hash` of the whole row, and the columns that rules over several rows need. Everything after reads `m<n>`, never the source.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from zhijian.exchange.bound import Bound
from zhijian.exchange.quality import reading

TABLE_BITS = 40
"""`_row` in `m<n>` is table × 2^40 + row, so that rules over several tables of one entity need not know."""


@dataclass(frozen=True, slots=True)
class CellRule:
    number: int
    """Unique in the run."""
    sql: str
    marked: str
    """Column whose text is kept as what was wrong."""


def matrix(bound: Bound) -> str:
    return f"m{bound.number}"


def scan(con: duckdb.DuckDBPyConnection, bound: Bound, rules: Sequence[CellRule], carried: Iterable[str]) -> None:
    """`carried`: names with suffix, such as `issued_on`, `uscc__t`."""
    con.execute(scan_sql(bound, rules, carried))


def scan_sql(bound: Bound, rules: Sequence[CellRule], carried: Iterable[str]) -> str:
    """Layers: as it came, text, value, lists, judged. DuckDB computes of each only what a later one uses."""
    columns = bound.columns
    given = "".join(f", {reading.raw(c)} AS {c.id}__r" for c in columns)
    native = "".join(f", {reading.name(c.column.name)} AS {c.id}__n" for c in columns)
    clean = "".join(f", {reading.text(c)} AS {c.id}__t" for c in columns)
    typed = "".join(
        f", {reading.value(c)} AS {reading.name(c.id)}, {c.id}__t IS NOT NULL AS {c.id}__f" for c in columns
    )
    lists = "".join(f", {reading.parts(c)} AS {c.id}__p" for c in columns if c.element and c.element.many)
    whole = f"hash({', '.join(f'{c.id}__n' for c in columns)})" if columns else "0"
    judged = "".join(f", ({rule.sql}) AS p{rule.number}" for rule in rules)
    kept = "".join(
        f", {reading.name(name)}"
        for name in (*(f"p{r.number}" for r in rules), *sorted(set(carried) - {"_row", "_hash"}))
    )
    return f"""CREATE OR REPLACE TABLE {matrix(bound)} AS
WITH s AS (SELECT _row{given}{native} FROM {bound.table.relation}),
t AS (SELECT *{clean}, {reading.suspicious(bound)} AS _suspicious FROM s),
v AS (SELECT *{typed} FROM t),
j AS (SELECT *{lists}, {whole} AS _hash FROM v),
p AS (SELECT *{judged} FROM j)
SELECT {bound.number * 2**TABLE_BITS} + _row AS _row, _hash{kept}, {_bad(rules)} AS _bad FROM p"""


def _bad(rules: Sequence[CellRule]) -> str:
    if not rules:
        return "NULL::STRUCT(k INTEGER, v VARCHAR)[]"
    some = " OR ".join(f"p{rule.number} IS FALSE" for rule in rules)
    each = ", ".join(f"CASE WHEN p{r.number} IS FALSE THEN {{'k': {r.number}, 'v': {r.marked}__r}} END" for r in rules)
    return f"CASE WHEN {some} THEN list_filter([{each}], x -> x IS NOT NULL) END"
