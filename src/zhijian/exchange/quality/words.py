"""Columns with few words: what a rule says of a word it says of every row that has it.

Most columns of a table of reports have a few hundred words in a million rows: codes, days, an institution's addresses. Rules
over one such column are held against its words, once each.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import duckdb

from zhijian.exchange.bound import Bound
from zhijian.exchange.quality import reading
from zhijian.exchange.quality.layers import layers
from zhijian.exchange.quality.scan import CellRule, applied, words_sql

LOOKED_AT, LEAST, MOST = 100_000, 20_000, 3_000
"""Rows from the first that are looked at; from how many rows on it is worth it; words among them that are few."""
_KINDS = ("VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP", "INTEGER", "BIGINT", "DOUBLE")


@dataclass(frozen=True, slots=True)
class Said:
    """What rules said of words."""

    applies: dict[int, int]
    """Number of a rule → to how many rows it applies."""
    bad: dict[str, str]
    """Column → table (word, _bad) of its words of which something is wrong."""


def few_words(con: duckdb.DuckDBPyConnection, bound: Bound) -> frozenset[str]:
    """Ids of the columns that have few. Judged by the table's first rows: where those mislead, it costs time only."""
    columns = [c for c in bound.columns if c.column.type in _KINDS]
    if not columns:
        return frozenset()
    counts = ", ".join(f"approx_count_distinct({reading.name(c.column.name)})" for c in columns)
    # Not LIMIT: DuckDB would hold those rows in memory, all of their columns.
    last = bound.table.first + LOOKED_AT - 1
    rows, *found = con.execute(
        f"SELECT count(*), {counts} FROM {bound.table.relation} WHERE _row <= {last}"
    ).fetchone() or (0,)
    return frozenset(c.id for c, n in zip(columns, found, strict=True) if rows >= LEAST and n <= MOST)


@dataclass(frozen=True, slots=True)
class Words:
    """The table `w<n>`: each word of each column with `__n`, the rows that have it, and `__of`, the number of the column."""

    table: str
    bound: Bound
    """Over that table."""

    @property
    def few(self) -> frozenset[str]:
        """Ids of its columns."""
        return frozenset(c.id for c in self.bound.columns)


def worded(con: duckdb.DuckDBPyConnection, bound: Bound, few: Collection[str]) -> Words:
    """Makes the table, in one pass; empty where no column has few words."""
    columns = tuple(c for c in bound.columns if c.id in few)
    table, names = f"w{bound.number}", [reading.name(c.column.name) for c in columns]
    sets = ", ".join(f"({name})" for name in names)
    if columns:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT row_number() OVER () AS _row, * FROM (SELECT {', '.join(names)}, count(*) AS __n, "
            f"{_which(names)} AS __of FROM {bound.table.relation} GROUP BY GROUPING SETS ({sets}))"
        )
    there = replace(bound.table, relation=f"(SELECT * EXCLUDE (__n, __of) FROM {table})")
    return Words(table, replace(bound, table=there, number=0, columns=columns))


def filled(con: duckdb.DuckDBPyConnection, words: Words) -> dict[str, int]:
    """Column → rows in which more than a placeholder stands in it."""
    ids = [c.id for c in words.bound.columns]
    if not ids:
        return {}
    sums = ", ".join(f"coalesce(sum(__n) FILTER (__of = {n} AND {i}__f), 0)" for n, i in enumerate(ids))
    found = con.execute(
        f"SELECT {sums} FROM {layers(words.bound, ids, ids)} JOIN {words.table} USING (_row)"
    ).fetchone()
    return dict(zip(ids, map(int, found or ()), strict=True))


def judged(con: duckdb.DuckDBPyConnection, words: Words, rules: Sequence[CellRule]) -> Said:
    """`rules`: over one column each, of the words'."""
    if not rules:
        return Said({}, {})
    table, ids = words.table, [c.id for c in words.bound.columns]
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE j{table} AS SELECT j.*, w.__n, w.__of FROM ("
        f"{words_sql(words.bound, rules, layers(words.bound, ids, ids))}) j JOIN {table} w USING (_row)"
    )
    place = {i: n for n, i in enumerate(ids)}
    of = {rule.number: place[next(iter(rule.columns))] for rule in rules}
    flags = applied(rules)
    sums = ", ".join(f"sum(__n) FILTER (__of = {of[number]} AND {sql})" for number, sql in flags.items())
    found = con.execute(f"SELECT {sums} FROM j{table}").fetchone() or ()
    applies = {number: int(n or 0) for number, n in zip(flags, found, strict=True)}
    return Said(applies, _bad(con, table, of, place))


def _which(names: Sequence[str]) -> str:
    """SQL: the number of the column that a row of GROUPING SETS is about."""
    return "CASE " + " ".join(f"WHEN grouping({name}) = 0 THEN {n}" for n, name in enumerate(names)) + " END"


def _bad(con: duckdb.DuckDBPyConnection, table: str, of: dict[int, int], place: dict[str, int]) -> dict[str, str]:
    """Of each column a table of its bad words, where it has some."""
    found = {}
    for column, n in place.items():
        own = ", ".join(str(number) for number, at in of.items() if at == n)
        if not own:
            continue
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table}_{n} AS SELECT {column}__n AS word, list_filter(j._bad, x -> x.k IN ({own})) AS _bad "
            f"FROM j{table} j WHERE __of = {n} AND len(list_filter(j._bad, x -> x.k IN ({own}))) > 0"
        )
        (size,) = con.execute(f"SELECT count(*) FROM {table}_{n}").fetchone() or (0,)
        if size:
            found[column] = f"{table}_{n}"
    return found
