"""Every column of a table at a glance, in one scan of it.

Counts, lengths and extremes are over all rows. Values and shapes are counted over rows spread evenly over the table, as
many as half a million cells are: of thirty columns, sixteen thousand rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.quality import reading
from zhijian.exchange.quality.masking import mask_of, shown
from zhijian.exchange.quality.result import ColumnProfile, Count

CELLS_LOOKED_AT = 500_000
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


def profiled(
    con: duckdb.DuckDBPyConnection, bound: Bound, rows: int, cells: int = CELLS_LOOKED_AT
) -> tuple[ColumnProfile, ...]:
    """`rows`: how many the table has, as its scan counted them; `cells`: of how many values and shapes are counted."""
    columns = bound.columns
    step = max(1, -(-rows * max(len(columns), 1) // cells))
    chunks = [columns[at : at + _COLUMNS_A_SCAN] for at in range(0, len(columns), _COLUMNS_A_SCAN)]
    return tuple(one for chunk in chunks for one in _scan(con, bound, chunk, rows, step))


def _scan(
    con: duckdb.DuckDBPyConnection, bound: Bound, columns: Sequence[BoundColumn], rows: int, step: int
) -> list[ColumnProfile]:
    given = "".join(f", {reading.raw(c)} AS {c.id}__r, {reading.name(c.column.name)} AS {c.id}__n" for c in columns)
    clean = "".join(f", {reading.text(c)} AS {c.id}__t" for c in columns)
    typed = "".join(f", {reading.value(c)} AS {c.id}" for c in columns)
    # Filters judge after their argument is computed; a CASE computes only where it is asked.
    looked = "".join(f", CASE WHEN _look THEN {c.id}__t END AS {c.id}__s" for c in columns)
    shaped = "".join(f", CASE WHEN {c.id}__s IS NOT NULL THEN {_shape(c)} END AS {c.id}__h" for c in columns)
    measures = ", ".join(_measures(c) for c in columns)
    found = con.execute(
        f"WITH s AS (SELECT (_row - {bound.table.first}) % {step} = 0 AS _look{given} FROM {bound.table.relation}), "
        f"t AS (SELECT *{clean} FROM s), v AS (SELECT *{typed}{looked} FROM t), h AS (SELECT *{shaped} FROM v) "
        f"SELECT {measures} FROM h"
    ).fetchone()
    width = len(_Measured.__slots__)
    return [_column(c, rows, _Measured(*(found or ())[width * n : width * (n + 1)])) for n, c in enumerate(columns)]


def _shape(c: BoundColumn) -> str:
    digits = f"regexp_replace(left({c.id}__s, {LONGEST}), '[0-9]', '9', 'g')"
    return f"regexp_replace(regexp_replace({digits}, '[A-Za-z]', 'A', 'g'), '\\p{{Han}}+', '汉', 'g')"


def _measures(c: BoundColumn) -> str:
    text, some = f"{c.id}__t", f"{c.id}__s"
    blank = f"CASE WHEN {text} IS NULL THEN {c.id}__r IS NULL OR regexp_full_match({c.id}__r, '[\\s\\x{{3000}}\\x{{a0}}]*') END"
    return ", ".join(
        (
            f"count({text})",
            f"count(*) FILTER ({blank})",
            f"count({c.id})",
            f"approx_count_distinct({text})",
            f"min(length({text}))",
            f"max(length({text}))",
            f"CAST(min({c.id}) AS VARCHAR)",
            f"CAST(max({c.id}) AS VARCHAR)",
            f"count({some})",
            f"count(*) FILTER (CASE WHEN {some} IS NOT NULL THEN regexp_full_match({some}, '{_NUMBER}') END)",
            f"count(*) FILTER (CASE WHEN {some} IS NOT NULL THEN regexp_full_match({some}, '{_DAY}') END)",
            f"cardinality(histogram({some}))",
            _top(some, VALUES),
            _top(f"{c.id}__h", SHAPES),
        )
    )


def _top(text: str, most: int) -> str:
    """By count, then by text, so that two runs agree."""
    ordered = (
        f"list_sort(list_transform(map_entries(histogram({text})), x -> {{'n': -CAST(x.value AS BIGINT), 'v': x.key}}))"
    )
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
