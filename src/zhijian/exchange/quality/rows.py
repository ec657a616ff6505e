"""Rows of a table as they came, in its order, each with the rules that it breaks.

They are fetched range by range of the row's number: to sort millions of wide rows, or to hold a list for each of them, takes
more memory than a check may have, and a range of a Parquet file is found without reading the rest.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from zhijian.exchange.bound import Bound
from zhijian.exchange.quality.reading import name
from zhijian.exchange.quality.selfcheck import SelfCheck

ERRORS = "SELECT row FROM finding JOIN judged USING (rule) WHERE error AND row IS NOT NULL AND tab = {}"
"""Rows of the table with that number that have an error, one as often as it has."""
_AT_ONCE = 10_000


def flawed(check: SelfCheck, bound: Bound, wanted: str, errors: bool) -> Iterator[tuple[list[Any], int, list[int]]]:
    """(values, row, numbers of the rules); `wanted`: a query of the rows' numbers; `errors`: no other rules."""
    columns = "".join(f"s.{name(c.column.name)}, " for c in bound.columns)
    con, only = check.con.cursor(), " AND error" if errors else ""
    ranges = list(_ranges(check, wanted))
    for n, (first, last) in enumerate(ranges):
        check.progress(f"写报告 writing {bound.table.name}", n, len(ranges))
        here = f"BETWEEN {first} AND {last}"
        rules: defaultdict[int, list[int]] = defaultdict(list)
        for row, rule in con.execute(
            f"SELECT DISTINCT row, rule FROM finding JOIN judged USING (rule) WHERE tab = {bound.number} AND row {here}{only} "
            "ORDER BY row, rule"
        ).fetchall():
            rules[row].append(rule)
        found = con.execute(
            f"SELECT {columns}s._row FROM {bound.table.relation} s WHERE s._row {here} "
            f"AND s._row IN (SELECT row FROM ({wanted}) WHERE row {here}) ORDER BY s._row"
        )
        for *values, row in found.fetchall():
            yield values, row, rules[row]


def _ranges(check: SelfCheck, wanted: str) -> Iterator[tuple[int, int]]:
    """First and last row of each `_AT_ONCE` that are wanted."""
    con = check.con.cursor().execute(f"SELECT DISTINCT row FROM ({wanted}) ORDER BY row")
    while rows := con.fetchmany(_AT_ONCE):
        yield rows[0][0], rows[-1][0]
