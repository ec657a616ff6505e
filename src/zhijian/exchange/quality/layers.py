"""A table's columns as rules read them, as one SELECT over the source; nothing of it is kept.

It yields `_row`, and of each column `x` asked for: `x__n` as the source has it, `x__r` as text, `x__b` without blanks
around, `x__t` NULL where blank or a placeholder, `x__w` something stands there, `x__f` more than a placeholder does, `x` the value by
its type, `x__p` what stands in one cell one by one. Text of columns with few words costs next to nothing: DuckDB computes a
function once for each word of a dictionary, and Parquet has them.
"""

from collections.abc import Collection

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.quality import reading

TABLE_BITS = 40
"""`_row` is table × 2^40 + row, so that rules over several tables of one entity need not know."""


def layers(bound: Bound, few: Collection[str], ids: Collection[str], hashed: str = "") -> str:
    """As it came, text, value, lists: a SELECT in brackets. `few`: ids of the columns with few words; `ids`: what is asked for, and nothing
    else, since to plan for thirty columns takes longer than to read three; `hashed`: SQL of `_hash` (`whole`, `alike`)."""
    columns = [c for c in bound.columns if c.id in ids]
    given = "".join(f", {reading.raw(c)} AS {c.id}__r" for c in columns)
    native = "".join(f", {reading.name(c.column.name)} AS {c.id}__n" for c in columns)
    bared = "".join(f", {reading.bared(c, c.id in few)} AS {c.id}__b" for c in columns)
    clean = "".join(
        f", {reading.text_of_bared(c, c.id in few)} AS {c.id}__t, {reading.written(c)} AS {c.id}__w" for c in columns
    )
    typed = "".join(
        f", {reading.value(c)} AS {reading.name(c.id)}, {reading.filled(c, c.id in few)} AS {c.id}__f" for c in columns
    )
    lists = "".join(f", {reading.parts(c)} AS {c.id}__p" for c in columns if c.element and c.element.many)
    whole = f", {hashed} AS _hash" if hashed else ""
    return f"""(WITH s AS (SELECT {bound.number * 2**TABLE_BITS} + _row AS _row{given}{native} FROM {bound.table.relation}),
b AS (SELECT *{bared} FROM s),
t AS (SELECT *{clean} FROM b),
v AS (SELECT *{typed} FROM t)
SELECT *{lists}{whole} FROM v)"""


def whole(bound: Bound) -> str:
    """SQL: a number of the row as it came, over `x__n` of all columns."""
    return f"hash({', '.join(f'{c.id}__n' for c in bound.columns)})"


def alike(bound: Bound) -> str:
    """SQL: a number of what the row says, the same whatever the order and the types of a table's columns: for entities that several
    tables hold. Blank or absent is one."""
    said = []
    for c in sorted(bound.columns, key=lambda c: (c.element is None, c.id if c.element else c.column.name)):
        name = c.id if c.element else c.column.name
        kind = c.element.type.kind if c.element and not c.element.many else "text"
        text = f"{c.id}__t" if kind == "text" else f"coalesce(CAST({reading.name(c.id)} AS VARCHAR), {c.id}__t)"
        said.append(f"{quoted(name + chr(30))} || {text}")
    return f"hash(concat_ws(chr(31), {', '.join(said)}))"
