"""Rows of a table as they came, in its order, each with the rules that it breaks.

Two sorted streams are merged here: DuckDB sorts what memory does not hold on the disk, but a list for each of millions of rows
it keeps in memory.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from zhijian.exchange.bound import Bound
from zhijian.exchange.quality.reading import name
from zhijian.exchange.quality.selfcheck import SelfCheck

_BATCH = 5_000
ERRORS = "SELECT row FROM finding JOIN judged USING (rule) WHERE error AND row IS NOT NULL AND tab = {}"
"""Rows of the table with that number that have an error, one as often as it has."""


def flawed(check: SelfCheck, bound: Bound, wanted: str, errors: bool) -> Iterator[tuple[list[Any], int, list[int]]]:
    """(values, row, numbers of the rules); `wanted`: a query of the rows' numbers; `errors`: no other rules."""
    columns = "".join(f"s.{name(c.column.name)}, " for c in bound.columns)
    rows = _told(
        check, f"SELECT {columns}s._row FROM {bound.table.relation} s WHERE s._row IN ({wanted}) ORDER BY s._row"
    )
    rules = _rules(check, bound, errors)
    at, of_it = next(rules, (None, []))
    for *values, row in rows:
        while at is not None and at < row:
            at, of_it = next(rules, (None, []))
        yield values, row, of_it if at == row else []


def _rules(check: SelfCheck, bound: Bound, errors: bool) -> Iterator[tuple[int, list[int]]]:
    """By row, each rule once."""
    only = " AND error" if errors else ""
    found = _told(check, f"SELECT row, rule FROM finding JOIN judged USING (rule) WHERE tab = {bound.number} AND row IS NOT NULL{only} "
                  "ORDER BY row, rule")  # fmt: skip
    for row, pairs in groupby(found, lambda pair: int(pair[0])):
        yield row, list(dict.fromkeys(rule for _, rule in pairs))


def _told(check: SelfCheck, sql: str) -> Iterator[tuple[Any, ...]]:
    # A cursor of its own: another query on the connection would end this one in the middle, without a word.
    found = check.con.cursor().execute(sql)
    while batch := found.fetchmany(_BATCH):
        yield from batch
