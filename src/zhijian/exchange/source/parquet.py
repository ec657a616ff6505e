"""Parquet, read where it stands with its own types; records that lie in a record become a table of their own."""

from pathlib import PurePath
from typing import Any, Literal

import duckdb

from zhijian.exchange.model import Text
from zhijian.exchange.source.layout import RESERVED, unique
from zhijian.exchange.source.model import Column, SourceTable, SourceUnreadable
from zhijian.exchange.source.place import Found, Place, for_duckdb, quoted
from zhijian.exchange.source.remarks import Remarks


def parquet_tables(place: Place, found: Found) -> list[SourceTable]:
    """Raises: SourceUnreadable."""
    read = f"read_parquet({for_duckdb(found.path, place)}, file_row_number=true)"
    try:
        described = place.con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {read}").fetchall()
    except duckdb.Error:
        raise SourceUnreadable("damaged", Text("不是完整的 Parquet 文件", "this is no whole Parquet file"),
                               Text("请重新导出", "export it again"), found.name) from None  # fmt: skip
    remarks = Remarks()
    columns = [Column(name, kind) for name, kind, *_ in described]
    relation = f"SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS _row FROM {read}"
    if "_row" in {c.name.casefold() for c in columns}:
        remarks.say("row-column")
        columns = [c for c in columns if c.name.casefold() != "_row"]
    if {c.name.casefold() for c in columns} & RESERVED or len(columns) < len(described):
        shown = unique([c.name for c in columns], remarks)
        picked = ", ".join(f"{quoted(c.name)} AS {quoted(n)}" for c, n in zip(columns, shown, strict=True))
        columns = [Column(n, c.type) for c, n in zip(columns, shown, strict=True)]
        relation = f"SELECT {picked}, file_row_number + 1 AS _row FROM {read}"
    return divided(found, relation, columns, remarks, "parquet")


def divided(found: Found, relation: str, columns: list[Column], remarks: Remarks, kind: str) -> list[SourceTable]:
    """The table, and one for each column of records in it, with the columns that say whose part each is."""
    nested = [
        c for c in columns if c.type.startswith("STRUCT(") and c.type.endswith("[]") and not c.type.endswith("[][]")
    ]
    odd = [c for c in columns if c not in nested and c.type.startswith(("STRUCT", "MAP", "UNION"))]
    for column in odd:
        remarks.say("nested-column", value=column.type, name=column.name)
    plain = [c for c in columns if c not in nested]
    parts = [_part(found, relation, plain, column, remarks, kind) for column in nested]
    own = (
        relation if not nested else f"SELECT * EXCLUDE ({', '.join(quoted(c.name) for c in nested)}) FROM ({relation})"
    )
    parent = SourceTable(found.name, found.origin, f"({own})", tuple(plain), _kind(kind), 1, remarks.all(), {}, found.modified_on)  # fmt: skip
    return [parent, *parts]


def _kind(kind: str) -> Literal["parquet", "json"]:
    return "json" if kind == "json" else "parquet"


def _part(found: Found, relation: str, plain: list[Column], column: Column, remarks: Remarks, kind: str) -> SourceTable:
    keys = [c for c in plain if is_key(c.name)]
    if not keys:
        remarks.say("no-parent-key", value=column.name, name=column.name)
    name = quoted(column.name)
    carried = "".join(f"{quoted(k.name)}, " for k in keys)
    unnested = f"SELECT {carried}unnest({name}) AS _one FROM ({relation})"
    given = {k.name for k in keys}
    own = [Column(n, t) for n, t in fields(column.type) if n not in given]
    said = Remarks()
    shown = unique([*(k.name for k in keys), *(c.name for c in own)], said)[len(keys) :]
    inner = [Column(n, c.type) for c, n in zip(own, shown, strict=True)]
    chosen = carried + "".join(f"_one.{quoted(c.name)} AS {quoted(n)}, " for c, n in zip(own, shown, strict=True))
    sql = f"(SELECT {chosen}row_number() OVER () AS _row FROM ({unnested}))"
    said.say("part", name=column.name)
    return SourceTable(f"{found.name} / {column.name}", found.origin, sql, (*keys, *inner), _kind(kind), 1, said.all(),
                       {"parent": PurePath(found.name).name}, found.modified_on)  # fmt: skip


def is_key(column: str) -> bool:
    """Whether a column is named as a key of some record that has parts."""
    from zhijian.exchange.bound import names_of, plain  # it imports this room
    from zhijian.spec import specification

    entities = [e for e in specification().entities.values() if e.parts]
    return any(plain(column) in names_of(e.element(k)) for e in entities for k in e.key)


def fields(kind: str) -> list[tuple[str, str]]:
    """Of a list of records.

    >>> fields('STRUCT("a b" VARCHAR, c DECIMAL(10,2), d STRUCT(e INTEGER, f VARCHAR)[])[]')
    [('a b', 'VARCHAR'), ('c', 'DECIMAL(10,2)'), ('d', 'STRUCT(e INTEGER, f VARCHAR)[]')]
    """
    inner: Any = duckdb.sqltype(kind).children[0][1]
    return [(name, str(child)) for name, child in inner.children]
