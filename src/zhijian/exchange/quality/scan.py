"""All rules over single rows of a table in one scan of it.

The scan writes `m<n>`: `_row`, `_a0`, `_a1` … (bits: what decides whether rules apply) and `_bad` (what failed, with the text that stood
there). Rules over one column with few words are held against its words instead (`words`).

A bit and not a BOOLEAN column a rule: to append two hundred columns takes longer than all rules together.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from zhijian.exchange.bound import Bound
from zhijian.exchange.quality import reading


@dataclass(frozen=True, slots=True)
class CellRule:
    number: int
    """Unique in the run."""
    sql: str
    columns: frozenset[str]
    """Ids of those that it reads."""
    marked: str
    """Column whose text is kept as what was wrong."""
    odd: bool = False
    """As in `checks.Cells`."""


def matrix(bound: Bound) -> str:
    return f"m{bound.number}"


def scanned(
    con: duckdb.DuckDBPyConnection, bound: Bound, rules: Sequence[CellRule], source: str, also: Mapping[str, str]
) -> dict[int, int]:
    """Number of a rule → to how many rows it applies. `source`: what has the columns of `layers`; `also`: column → table
    (word, _bad) of what is wrong with its words."""
    con.execute(scan_sql(bound, rules, source, also))
    if not rules:
        return {}
    flags = applied(rules)
    counts = ", ".join(f"count(*) FILTER ({sql})" for sql in flags.values())
    found = con.execute(f"SELECT {counts} FROM {matrix(bound)}").fetchone() or ()
    return dict(zip(flags, found, strict=True))


def scan_sql(bound: Bound, rules: Sequence[CellRule], source: str, also: Mapping[str, str] | None = None) -> str:
    """See `scanned`."""
    beside = dict(also or {})
    joined = "".join(
        f" LEFT JOIN {table} ON p.{column}__n IS NOT DISTINCT FROM {table}.word" for column, table in beside.items()
    )
    return (
        f"CREATE OR REPLACE TABLE {matrix(bound)} AS {_judged(bound, rules, source)} SELECT p._row{_applies(rules)}, "
        f"{_all_bad(rules, beside)} AS _bad FROM p{joined}"
    )


def words_sql(bound: Bound, rules: Sequence[CellRule], source: str) -> str:
    """Of each row of `source` its columns as the source has them, bits as in `scan_sql`, and `_bad`."""
    native = "".join(f", {c.id}__n" for c in bound.columns)
    return f"{_judged(bound, rules, source)} SELECT _row{native}{_applies(rules)}, {_all_bad(rules, {})} AS _bad FROM p"


def _judged(bound: Bound, rules: Sequence[CellRule], source: str) -> str:
    looked_at = {c for rule in rules if rule.odd for c in rule.columns}
    judged = "".join(f", ({rule.sql}) AS p{rule.number}" for rule in rules if not rule.odd)
    return (
        f"WITH o AS (SELECT *, {reading.suspicious(bound, looked_at)} AS _suspicious FROM {source}), "
        f"p AS (SELECT *{judged} FROM o)"
    )


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


_NOTHING = "NULL::STRUCT(k INTEGER, v VARCHAR)[]"


def _all_bad(rules: Sequence[CellRule], also: Mapping[str, str]) -> str:
    """What failed. The lists are made only in rows where something did; `least` passes over NULL."""
    plain, odd = [r for r in rules if not r.odd], [r for r in rules if r.odd]
    found = [f"{table}._bad" for table in also.values()]
    if plain:
        passed = ", ".join(f"p{rule.number}" for rule in plain)
        found.append(f"CASE WHEN NOT coalesce(least({passed}, TRUE), TRUE) THEN {_list(plain)} END")
    if odd:
        found.append(f"CASE WHEN _suspicious THEN {_list(odd)} END")
    if not found:
        return _NOTHING
    # `list_concat` passes over NULL.
    both = found[0] if len(found) == 1 else f"list_concat({', '.join(found)})"
    return f"nullif({both}, [])"


def _list(rules: Sequence[CellRule]) -> str:
    each = ", ".join(
        f"CASE WHEN {f'({r.sql})' if r.odd else f'p{r.number}'} IS FALSE THEN {{'k': {r.number}, 'v': {r.marked}__r}} END"
        for r in rules
    )
    return f"list_filter([{each}], x -> x IS NOT NULL)"
