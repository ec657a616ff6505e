"""Tables that a mapping makes out of others, for joins and look-ups: made once, kept as a table or, where a run goes on for days, as a
file."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from zhijian.exchange.mapping.model import MappingWrong, SchemaMapping
from zhijian.exchange.mapping.sql import derived_sql
from zhijian.exchange.source.model import Column, SourceTable


def derived(
    con: duckdb.DuckDBPyConnection,
    mapping: SchemaMapping,
    sources: Mapping[str, SourceTable],
    folder: Path | None = None,
) -> dict[str, SourceTable]:
    """`sources` and those derived, but what is in `sources` already is not made again. `folder`: as Parquet there; a file that is there
    is whole. Raises: MappingWrong."""
    found = dict(sources)
    for n, one in enumerate(mapping.derived):
        if one.name in found:
            continue
        for name in (one.table, *(j.table for j in one.joins)):
            if name not in found:
                raise MappingWrong(f"tables.{name}", "没有读到这个表", "no such table was found")
        sql = derived_sql(one, found)
        relation = f"derived_{n}" if folder is None else _kept(con, sql, folder / f"{n}.parquet")
        if folder is None:
            con.execute(f"CREATE OR REPLACE TABLE {relation} AS {sql}")
        columns = tuple(Column(r[0], r[1]) for r in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall())
        found[one.name] = SourceTable(
            one.name, mapping.id, relation, tuple(c for c in columns if c.name != "_row"), "database", 1
        )
    return found


def _kept(con: duckdb.DuckDBPyConnection, sql: str, file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(".part")
        con.execute(f"COPY ({sql}) TO {_text(aside)} (FORMAT parquet, COMPRESSION zstd)")
        aside.rename(file)
    return f"read_parquet({_text(file)})"


def _text(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"
