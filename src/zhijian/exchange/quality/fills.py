"""How many rows of each column are filled: of all rows, by month, by kind; once for all rules that ask.

`fill_t<n>`: `divided` (empty: all rows; else the id of the column whose words divide them), `word` (of a day the first of its month),
`first` (lowest `_row`), `total` (rows), `item` (id of a column), `filled` (rows in which more than a placeholder stands in it), `nth`
(place of that column), `named` (what people call it), `watched` (it must be filled, or is no element).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import duckdb

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.checks.forms import KINDS, fills, kinds, label
from zhijian.exchange.checks.relation import event
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.quality import reading
from zhijian.exchange.quality.layers import layers
from zhijian.exchange.quality.words import Words
from zhijian.exchange.quality.words import filled as words_filled

COLUMNS = {
    "divided": "VARCHAR",
    "word": "VARCHAR",
    "first": "BIGINT",
    "total": "BIGINT",
    "item": "VARCHAR",
    "filled": "BIGINT",
    "nth": "INTEGER",
    "named": "VARCHAR",
    "watched": "BOOLEAN",
}
_SETS, _WIDE = 8, 60
"""Columns that divide, and columns counted, in one pass: a counter of each is held for each word."""


def filled(con: duckdb.DuckDBPyConnection, bound: Bound, words: Words) -> None:
    """Makes the table."""
    few = words.few
    made = fills(bound)
    con.execute(f"CREATE OR REPLACE TABLE {made} ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    known = words_filled(con, words)
    for at in range(0, len(bound.columns), _WIDE):
        chunk = bound.columns[at : at + _WIDE]
        many = [c for c in chunk if c.id not in known]
        con.execute(f"INSERT INTO {made} {_counted(bound, few, chunk, many, (), known)}")
    # Most columns are filled in every row, or in none: their counts follow from the rows'.
    partly = {i for (i,) in con.execute(f"SELECT item FROM {made} WHERE filled > 0 AND filled < total").fetchall()}
    empty = {i for (i,) in con.execute(f"SELECT item FROM {made} WHERE filled = 0").fetchall()}
    by = list(_by(con, bound, few))
    for at in range(0, len(bound.columns), _WIDE):
        chunk = bound.columns[at : at + _WIDE]
        some = [c for c in chunk if c.id in partly]
        for one in range(0, len(by), _SETS):
            con.execute(
                f"INSERT INTO {made} {_counted(bound, few, chunk, some, by[one : one + _SETS], dict.fromkeys(empty, 0))}"
            )


def _by(con: duckdb.DuckDBPyConnection, bound: Bound, few: Collection[str]) -> Iterator[tuple[str, str]]:
    """(column, SQL of its words)"""
    day = event(bound)
    if day:
        yield day, f"CAST(CAST(date_trunc('month', {reading.name(day)}) AS DATE) AS VARCHAR)"
    asked = [c for c in bound.columns if kinds(c)]
    for at in range(0, len(asked), _WIDE):
        chunk = asked[at : at + _WIDE]
        counts = ", ".join(f"approx_count_distinct({c.id}__t)" for c in chunk)
        found = con.execute(f"SELECT {counts} FROM {layers(bound, few, [c.id for c in chunk])}").fetchone() or ()
        yield from ((c.id, f"{c.id}__t") for c, n in zip(chunk, found, strict=True) if 2 <= n <= KINDS)


def _counted(
    bound: Bound, few: Collection[str], columns: Sequence[BoundColumn], partly: Sequence[BoundColumn],
    by: Sequence[tuple[str, str]], known: Mapping[str, int],
) -> str:  # fmt: skip
    """SELECT of rows of the table for `columns`, divided by `by`; only those `partly` filled are counted, others are
    `known` or filled throughout."""
    names = [f"k{n}" for n in range(len(by))]
    divided = " ".join(f"WHEN grouping({k}) = 0 THEN '{column}'" for k, (column, _) in zip(names, by, strict=True))
    divided, word = (f"CASE {divided} END", f"coalesce({', '.join(names)})") if by else ("''", "NULL")
    counts = "".join(f", count_if({c.id}__f) AS {c.id}__c" for c in partly)
    of = {c.id: f"{c.id}__c" for c in partly} | {i: str(n) for i, n in known.items()}
    each = ", ".join(
        f"{{'item': '{c.id}', 'filled': {of.get(c.id, 'total')}, 'nth': {bound.columns.index(c)}, "
        f"'named': {quoted(label(c).zh)}, 'watched': {c.element is None or c.element.required}}}"
        for c in columns
    )
    words = "".join(f", {sql} AS {k}" for k, (_, sql) in zip(names, by, strict=True))
    flags = "".join(f", {c.id}__f" for c in partly)
    source = layers(bound, few, {*(c.id for c in partly), *(column for column, _ in by)})
    sets = f" GROUP BY GROUPING SETS ({', '.join(f'({k})' for k in names)})" if by else ""
    return (
        f"SELECT divided, word, first, total, u.item, u.filled, u.nth, u.named, u.watched FROM (SELECT *, unnest([{each}]) AS u FROM ("
        f"SELECT {divided} AS divided, {word} AS word, min(_row) AS first, count(*) AS total{counts} "
        f"FROM (SELECT _row{words}{flags} FROM {source}){sets}))"
    )
