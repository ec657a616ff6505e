"""Opens paths."""

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from zhijian.exchange.source.model import Column, SourceTable

Progress = Callable[[str, int, int], None]


def opened(
    con: duckdb.DuckDBPyConnection, paths: Iterable[Path], work: Path, progress: Progress = lambda what, done, of: None
) -> list[SourceTable]:
    """Every table of every file; folders are gone through. `work`: a folder for what must be written anew."""
    return [_one(con, path) for path in paths]


def _one(con: duckdb.DuckDBPyConnection, path: Path) -> SourceTable:
    file = str(path).replace("'", "''")
    if path.suffix == ".parquet":
        relation, first = (
            f"(SELECT *, file_row_number + 1 AS _row FROM read_parquet('{file}', file_row_number=true))",
            1,
        )
    else:
        relation = (
            f"(SELECT *, row_number() OVER () + 1 AS _row FROM read_csv('{file}', all_varchar=true, header=true))"
        )
        first = 2
    described = con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    columns = tuple(Column(row[0], row[1]) for row in described if row[0] not in ("_row", "file_row_number"))
    return SourceTable(path.name, str(path), relation, columns, "parquet" if first == 1 else "csv", first)
