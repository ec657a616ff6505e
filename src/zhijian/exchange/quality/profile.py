"""Every column of a table at a glance, in one scan of it.

Counts, lengths and extremes are over all rows. Values and shapes are counted over rows spread evenly over the table, as
many as fit into memory whatever the table's size: of a table of up to about fifty thousand rows that is all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.quality import reading
from zhijian.exchange.quality.masking import mask_of, shown
from zhijian.exchange.quality.result import ColumnProfile, Count

CELLS_LOOKED_AT = 2_000_000
VALUES, SHAPES = 10, 5
LONGEST = 120
"""Characters of a value that are shown."""
_COLUMNS_A_SCAN = 60
"""Aggregates of one query are held in memory at once; wider tables are scanned again for the next ones."""
_NUMBER = "[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?"
_DAY = "[0-9]{4}([-/.年])[0-9]{1,2}[-/.月][0-9]{1,2}日?([ T][0-9:.]+)?"


@dataclass(frozen=True, slots=True)
class _Measured:
    """One column's aggregates, in the order in which `_measures` writes them."""

    filled: int
    blank: int
    readable: int
    distinct: int
    shortest: int | None
    longest: int | None
    least: str | None
    most: str | None
    looked_at: int
    numeric: int
    dated: int
    seen: int | None
    """Distinct ones among those looked at."""
    values: list[dict[str, Any]] | None
    shapes: list[dict[str, Any]] | None


def profiled(con: duckdb.DuckDBPyConnection, bound: Bound, rows: int) -> tuple[ColumnProfile, ...]:
    """`rows`: how many the table has, as its scan counted them."""
    columns = bound.columns
    step = max(1, -(-rows * max(len(columns), 1) // CELLS_LOOKED_AT))
    chunks = [columns[at : at + _COLUMNS_A_SCAN] for at in range(0, len(columns), _COLUMNS_A_SCAN)]
    return tuple(one for chunk in chunks for one in _scan(con, bound, chunk, rows, step))


def _scan(
    con: duckdb.DuckDBPyConnection, bound: Bound, columns: Sequence[BoundColumn], rows: int, step: int
) -> list[ColumnProfile]:
    given = "".join(f", {reading.raw(c)} AS {c.id}__r, {reading.name(c.column.name)} AS {c.id}__n" for c in columns)
    clean = "".join(f", {reading.text(c)} AS {c.id}__t" for c in columns)
    typed = "".join(f", {reading.value(c)} AS {c.id}" for c in columns)
    measures = ", ".join(_measures(c) for c in columns)
    found = con.execute(
        f"WITH s AS (SELECT (_row - {bound.table.first}) % {step} = 0 AS _look{given} FROM {bound.table.relation}), "
        f"t AS (SELECT *{clean} FROM s), v AS (SELECT *{typed} FROM t) SELECT {measures} FROM v"
    ).fetchone()
    width = len(_Measured.__slots__)
    return [_column(c, rows, _Measured(*(found or ())[width * n : width * (n + 1)])) for n, c in enumerate(columns)]


def _measures(c: BoundColumn) -> str:
    text, look = f"{c.id}__t", f"_look AND {c.id}__t IS NOT NULL"
    shape = f"regexp_replace({text}, '[0-9]', '9', 'g')"
    shape = f"regexp_replace(regexp_replace({shape}, '[A-Za-z]', 'A', 'g'), '\\p{{Han}}+', '汉', 'g')"
    return ", ".join(
        (
            f"count({text})",
            f"count(*) FILTER ({c.id}__r IS NULL OR regexp_full_match({c.id}__r, '[\\s\\x{{3000}}\\x{{a0}}]*'))",
            f"count({c.id})",
            f"approx_count_distinct({text})",
            f"min(length({text}))",
            f"max(length({text}))",
            f"CAST(min({c.id}) AS VARCHAR)",
            f"CAST(max({c.id}) AS VARCHAR)",
            f"count(*) FILTER ({look})",
            f"count(*) FILTER ({look} AND regexp_full_match({text}, '{_NUMBER}'))",
            f"count(*) FILTER ({look} AND regexp_full_match({text}, '{_DAY}'))",
            f"cardinality(histogram({text}) FILTER ({look}))",
            _top(text, look, VALUES),
            _top(f"left({shape}, {LONGEST})", look, SHAPES),
        )
    )


def _top(text: str, look: str, most: int) -> str:
    """By count, then by text, so that two runs agree."""
    counted = f"map_entries(histogram({text}) FILTER ({look}))"
    ordered = f"list_sort(list_transform({counted}, x -> {{'n': -CAST(x.value AS BIGINT), 'v': x.key}}))"
    return f"list_slice({ordered}, 1, {most})"


def _column(c: BoundColumn, rows: int, m: _Measured) -> ColumnProfile:
    masked = mask_of(c) is not None
    return ColumnProfile(
        name=c.column.name,
        element=c.element.id if c.element else None,
        type=c.column.type,
        read_as=c.element.type.kind if c.element and not c.element.many else "text",
        masked=masked,
        rows=rows,
        filled=m.filled,
        blank=m.blank,
        placeholder=max(rows - m.filled - m.blank, 0),
        readable=m.readable,
        distinct=m.seen or 0 if m.looked_at == m.filled else min(m.distinct, m.filled),
        shortest=m.shortest,
        longest=m.longest,
        least=None if masked or m.least is None else _short(shown(c, m.least)),
        most=None if masked or m.most is None else _short(shown(c, m.most)),
        looked_at=m.looked_at,
        numeric=m.numeric / m.looked_at if m.looked_at else None,
        dated=m.dated / m.looked_at if m.looked_at else None,
        values=tuple(Count(_short(shown(c, v["v"])), -v["n"]) for v in m.values or ()),
        shapes=tuple(Count(v["v"], -v["n"]) for v in m.shapes or ()),
    )


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
