"""Tables of a database, copied to Parquet as text beside the work, so that one look at the source is enough."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from zhijian.exchange.source.model import Column, SourceTable

CHUNK = 20_000
DRIVERS = {
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}
Progress = Callable[[str, int, int], None]


class DatabaseUnreachable(Exception):
    """Says where, without the password, and what the database said."""


def database_tables(
    url: str, work: Path, most: int | None = None, progress: Progress = lambda what, done, of: None
) -> list[SourceTable]:
    """Every table, at most `most` rows of each. `url` as SQLAlchemy writes it. Raises: DatabaseUnreachable."""
    shown = url.split("://", maxsplit=1)[0]
    try:
        address = sa.make_url(url)
        shown = address.render_as_string(hide_password=True)
        engine = sa.create_engine(address.set(drivername=DRIVERS.get(address.drivername, address.drivername)))
        with engine.connect() as link:
            tables = sorted(sa.inspect(link).get_table_names())
            made = []
            for n, name in enumerate(tables):
                progress(name, n, len(tables))
                made.append(_copied(link, name, shown, work / f"t{n}.parquet", most))
    except (sa.exc.SQLAlchemyError, ImportError, UnicodeError, OSError) as why:
        raise DatabaseUnreachable(f"{shown}: {str(getattr(why, 'orig', None) or why).splitlines()[0]}") from None
    engine.dispose()
    return made


def _copied(link: sa.Connection, name: str, origin: str, file: Path, most: int | None) -> SourceTable:
    columns = [str(c["name"]) for c in sa.inspect(link).get_columns(name)]
    table = sa.table(name, *map(sa.column, columns))
    schema = pa.schema([(c, pa.string()) for c in columns])
    with pq.ParquetWriter(file, schema) as out:
        result = link.execution_options(stream_results=True).execute(sa.select(table).limit(most))
        for rows in _chunks(result):
            cells = [[None if row[i] is None else _text(row[i]) for row in rows] for i in range(len(columns))]
            out.write_table(pa.table(dict(zip(columns, cells, strict=True)), schema=schema))
    path = str(file).replace("'", "''")
    relation = f"(SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS _row FROM read_parquet('{path}', file_row_number=true))"
    return SourceTable(name, origin, relation, tuple(Column(c) for c in columns), "database", 1)


def _chunks(result: sa.CursorResult[Any]) -> Iterator[list[Any]]:
    while rows := list(result.fetchmany(CHUNK)):
        yield rows


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)
