"""All rules over single rows of a table in one scan of it.

The scan writes `m<n>`: `_row`, `_a0`, `_a1` … (bits: what decides whether rules apply), `_bad` (what failed, with the text that stood there),
`_hash` of the whole row, and the columns that rules over several rows need. Everything after reads `m<n>`, never the source.

A bit and not a BOOLEAN column a rule: to append two hundred columns takes longer than all rules together.
"""

import re
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
    odd: bool = False
    """As in `checks.Cells`."""


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
    bared = "".join(f", {reading.bared(c)} AS {c.id}__b" for c in columns)
    clean = "".join(f", {reading.text_of_bared(c)} AS {c.id}__t, {reading.written(c)} AS {c.id}__w" for c in columns)
    typed = "".join(
        f", {reading.value(c)} AS {reading.name(c.id)}, {c.id}__t IS NOT NULL AS {c.id}__f" for c in columns
    )
    lists = "".join(f", {reading.parts(c)} AS {c.id}__p" for c in columns if c.element and c.element.many)
    whole = f"hash({', '.join(f'{c.id}__n' for c in columns)})" if columns else "0"
    plain = [rule for rule in rules if not rule.odd]
    judged = "".join(f", ({rule.sql}) AS p{rule.number}" for rule in plain)
    kept = "".join(f", {reading.name(name)}" for name in sorted(set(carried) - {"_row", "_hash"}))
    return f"""CREATE OR REPLACE TABLE {matrix(bound)} AS
WITH s AS (SELECT _row{given}{native} FROM {bound.table.relation}),
o AS (SELECT *, {reading.suspicious(bound)} AS _suspicious FROM s),
b AS (SELECT *{bared} FROM o),
t AS (SELECT *{clean} FROM b),
v AS (SELECT *{typed} FROM t),
j AS (SELECT *{lists}, {whole} AS _hash FROM v),
p AS (SELECT *{judged} FROM j)
SELECT {bound.number * 2**TABLE_BITS} + _row AS _row, _hash{kept}{_applies(rules)}, {_bad(rules)} AS _bad FROM p"""


BITS = 60
"""Of one BIGINT."""
_NAME = re.compile(r'"([A-Za-z_0-9]+)"')
_CONDITIONAL = re.compile(r"\b(CASE|NULLIF|LEAST|GREATEST|COALESCE|IS|EXISTS)\b|written|filled", re.I)


def applied(rules: Sequence[CellRule]) -> dict[int, str]:
    """Number of a rule → SQL over `m<n>`: does it apply to the row."""
    places = {flag: f"(_a{i // BITS} >> {i % BITS}) & 1 = 1" for i, flag in enumerate(_flags(rules))}
    return {rule.number: places.get(_flag(rule), "TRUE") for rule in rules}


def _flags(rules: Sequence[CellRule]) -> list[str]:
    """What decides whether rules apply, each once: dozens of rules over one column share one bit."""
    return list(dict.fromkeys(flag for rule in rules if (flag := _flag(rule))))


def _flag(rule: CellRule) -> str:
    """NULL goes through whatever has no condition in it: then the rule is NULL just where its one column is. Empty: it
    applies to every row."""
    if rule.odd:
        return ""
    names = set(_NAME.findall(rule.sql))
    if _CONDITIONAL.search(rule.sql) is None and len(names) == 1:
        (name,) = names
        return "" if name.endswith(("__w", "__f")) else reading.name(name)
    return f"p{rule.number}"


def _applies(rules: Sequence[CellRule]) -> str:
    flags = _flags(rules)
    groups = [flags[i : i + BITS] for i in range(0, len(flags), BITS)]
    return "".join(
        f", {' | '.join(f'(CAST({flag} IS NOT NULL AS BIGINT) << {bit})' for bit, flag in enumerate(group))} AS _a{n}"
        for n, group in enumerate(groups)
    )


def _bad(rules: Sequence[CellRule]) -> str:
    """What failed. The lists are made only in rows where something did; `least` passes over NULL."""
    plain = [f"p{rule.number}" for rule in rules if not rule.odd]
    some = f"CASE WHEN NOT coalesce(least({', '.join(plain)}, TRUE), TRUE) THEN {_list([r for r in rules if not r.odd])} END"
    odd = f"CASE WHEN _suspicious THEN {_list([r for r in rules if r.odd])} END"
    none = "NULL::STRUCT(k INTEGER, v VARCHAR)[]"
    found = [one for one, there in ((some, plain), (odd, len(plain) < len(rules))) if there] or [none]
    both = found[0] if len(found) == 1 else f"list_concat({', '.join(found)})"
    return f"nullif({both}, [])" if rules else none


def _list(rules: Sequence[CellRule]) -> str:
    each = ", ".join(
        f"CASE WHEN {f'({r.sql})' if r.odd else f'p{r.number}'} IS FALSE THEN {{'k': {r.number}, 'v': {r.marked}__r}} END"
        for r in rules
    )
    return f"list_filter([{each}], x -> x IS NOT NULL)"
