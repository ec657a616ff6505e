"""Tables of a province's database, streamed into staging in one read-only transaction."""

import fnmatch
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import URL

from zhijian.exchange.model import Text
from zhijian.exchange.source.layout import unique
from zhijian.exchange.source.model import Column, Opened, SourceTable, SourceUnreadable
from zhijian.exchange.source.place import Place, Progress
from zhijian.exchange.source.remarks import Remarks
from zhijian.exchange.source.staging import Staging, relation_of

FETCH = 5000
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql",
           "mariadb": "mariadb+pymysql", "oracle": "oracle+oracledb", "mssql": "mssql+pymssql", "sqlite": "sqlite"}  # fmt: skip
EXTRAS = {"oracle": "oracle", "mssql": "sqlserver"}


def opened_database(
    con: duckdb.DuckDBPyConnection, url: str, work: Path, tables: Sequence[str] | None = None,
    progress: Progress = lambda what, done, of: None, most: int | None = None,
) -> Opened:  # fmt: skip
    """Tables and views of the address's schema; `tables`: names or patterns such as `jc_*`, with schema where it is another.
    `most`: rows of each table, for a look at it.

    Raises: SourceUnreadable, when it cannot be reached.
    """
    address = _address(url)
    place, remarks = Place(con, work, progress), Remarks()
    with _connected(address) as db:
        found = [_table(place, db, address, name, remarks, most) for name in _chosen(db, tables, remarks)]
    return Opened(tuple(t for t in found if t is not None), remarks.all())


def _address(url: str) -> URL:
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise SourceUnreadable("address", Text("数据库地址写法有误", "this is no address of a database"),
                               Text("写法如 mysql://用户:密码@主机:3306/库名", "such as mysql://user:password@host:3306/name")) from None  # fmt: skip
    if "+" not in address.drivername:
        if address.drivername not in DRIVERS:
            raise SourceUnreadable("database-kind", Text(f"不支持 {address.drivername}", f"{address.drivername} is not supported"),
                                   Text("支持：" + "、".join(DRIVERS), "supported: " + ", ".join(DRIVERS)), address.drivername)  # fmt: skip
        address = address.set(drivername=DRIVERS[address.drivername])
    if address.get_backend_name() == "sqlite" and not (address.database and Path(address.database).is_file()):
        raise SourceUnreadable("missing", Text(f"找不到 {address.database}", f"{address.database} is not there"),
                               Text("请检查路径", "see to the path"), address.database)  # fmt: skip
    return (
        address.update_query_dict({"charset": "utf8mb4"})
        if address.get_backend_name() in ("mysql", "mariadb")
        else address
    )


def source_engine(url: str) -> sa.Engine:
    """Of a province's database: whatever connects by it reads one picture of all tables, and writes nothing, until it rolls back.

    Raises: SourceUnreadable.
    """
    engine = _engine(_address(url))
    sa.event.listen(engine, "begin", lambda db: _read_only(db, db.dialect.name))
    return engine


def _engine(address: URL) -> sa.Engine:
    kind = address.get_backend_name()
    try:
        return sa.create_engine(address, poolclass=sa.pool.NullPool)
    except (ImportError, sa.exc.NoSuchModuleError):
        extra = EXTRAS.get(kind)
        raise SourceUnreadable("driver-missing", Text(f"没有安装 {kind} 的驱动", f"the driver for {kind} is not installed"),
                               Text(f"pip install 'zhijian[{extra}]'" if extra else f"请安装 {address.drivername} 所需的驱动",
                                    f"pip install 'zhijian[{extra}]'" if extra else f"install what {address.drivername} needs"), kind) from None  # fmt: skip


@contextmanager
def _connected(address: URL) -> Iterator[sa.Connection]:
    kind, engine = address.get_backend_name(), _engine(address)
    try:
        with engine.connect() as db:
            _read_only(db, kind)
            yield db
            db.rollback()
    except sa.exc.DBAPIError as why:
        said = without_password(str(why.orig), address)
        raise SourceUnreadable("database", Text(f"数据库拒绝了：{said}", f"the database refused: {said}"),
                               Text("请检查地址、端口、用户、密码和读取权限", "see to host, port, user, password and the right to read")) from None  # fmt: skip
    finally:
        engine.dispose()


def without_password(said: str, address: URL) -> str:
    line = " ".join(said.split())[:300]
    return line.replace(str(address.password), "***") if address.password else line


def _read_only(db: sa.Connection, kind: str) -> None:
    """One picture of all tables, and nothing can be written."""
    if kind == "postgresql":
        db.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    elif kind in ("mysql", "mariadb"):
        db.exec_driver_sql("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # A statement that commits (DDL) ends the transaction; the one after it must be no other kind.
        db.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        db.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    elif kind == "sqlite":
        db.exec_driver_sql("PRAGMA query_only = ON")


def _chosen(db: sa.Connection, wanted: Sequence[str] | None, remarks: Remarks) -> list[tuple[str | None, str]]:
    look = sa.inspect(db)
    have: list[tuple[str | None, str]] = [(None, n) for n in sorted([*look.get_table_names(), *look.get_view_names()])]
    if wanted is None:
        return have
    found: list[tuple[str | None, str]] = []
    for one in wanted:
        schema, _, name = one.rpartition(".")
        among = (
            have
            if not schema
            else [(schema, n) for n in sorted([*look.get_table_names(schema), *look.get_view_names(schema)])]
        )
        some = [t for t in among if fnmatch.fnmatchcase(t[1], name) or t[1] == one]
        if not some:
            remarks.say("table-missing", value=one)
        found += [t for t in some if t not in found]
    return found


def _table(place: Place, db: sa.Connection, address: URL, chosen: tuple[str | None, str], said: Remarks,
           most: int | None) -> SourceTable | None:  # fmt: skip
    schema, name = chosen
    shown = f"{schema}.{name}" if schema else name
    look, remarks = sa.inspect(db), Remarks()
    try:
        columns = look.get_columns(name, schema)
        key = [] if name in look.get_view_names(schema) else look.get_pk_constraint(name, schema)["constrained_columns"]
        staging = _staged(place, db, chosen, columns, remarks, most)
    except sa.exc.SQLAlchemyError as why:
        reason = without_password(str(getattr(why, "orig", why)), address)
        said.say("table-unreadable", value=shown, reason=reason)
        db.rollback()
        _read_only(db, address.get_backend_name())
        return None
    origin = address.set(password=None).render_as_string() + f"#{shown}"
    about = {"key": ",".join(key), "rows": str(staging.size)}
    fields = tuple(
        Column(n, _DUCKDB[t]) for n, t in zip(staging.schema.names[1:], staging.schema.types[1:], strict=True)
    )
    return SourceTable(shown, origin, relation_of(staging.path), fields, "database", 1, remarks.all(), about)


_DUCKDB = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN"}


def _staged(place: Place, db: sa.Connection, chosen: tuple[str | None, str], columns: Sequence[Any], remarks: Remarks,
            most: int | None) -> Staging:  # fmt: skip
    kind = db.dialect.name
    names = unique([str(c["name"]) for c in columns], remarks)
    types = [_type(c["type"], kind) for c in columns]
    readers = [_reader(t) for t in types]
    quote = db.dialect.identifier_preparer.quote_identifier
    asked = ", ".join(_asked(quote(str(c["name"])), c["type"], kind) for c in columns)
    table = quote(chosen[1]) if chosen[0] is None else f"{quote(chosen[0])}.{quote(chosen[1])}"
    with Staging(place.new(".parquet"), names, types) as staging:
        result = db.execution_options(stream_results=True, max_row_buffer=FETCH).exec_driver_sql(
            f"SELECT {asked} FROM {table}")  # fmt: skip
        number = 0
        while rows := result.fetchmany(FETCH if most is None else min(FETCH, most - number)):
            for row in rows:
                number += 1
                cells, chars = _cells(row, readers, number, remarks, names)
                staging.add(number, cells, chars)
            place.progress(chosen[1], number, 0)
        result.close()
    return staging


def _cells(row: Iterable[Any], readers: Sequence[Callable[[Any], Any]], number: int,
           remarks: Remarks, names: Sequence[str]) -> tuple[list[Any], int]:  # fmt: skip
    cells: list[Any] = []
    chars = 0
    for i, (value, reader) in enumerate(zip(row, readers, strict=True)):
        try:
            cell = None if value is None else reader(value)
        except (ValueError, OverflowError, TypeError):
            cell = None
            remarks.say("unreadable-value", row=number, value=str(value), name=names[i])
        if isinstance(cell, str):
            chars += len(cell)
            if cell.startswith("0000-00-00"):
                remarks.say("zero-date", row=number, value=cell, name=names[i])
        cells.append(cell)
    return cells, chars


def _type(kind: Any, dialect: str) -> pa.DataType:
    """Exact decimals and days are kept as text: what does not fit a type (0000-00-00, infinity) is still there."""
    if dialect == "sqlite":
        return pa.string()  # its columns hold values of any type
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    if isinstance(kind, sa.Integer) and not getattr(kind, "unsigned", False):
        return pa.int64()
    return pa.float64() if isinstance(kind, sa.Float) else pa.string()


def _asked(column: str, kind: Any, dialect: str) -> str:
    """Days as text: drivers refuse the ones that Python does not know, and with them the table."""
    if isinstance(kind, sa.Date | sa.DateTime | sa.Time | sa.Interval) or getattr(kind, "__visit_name__", "") in (
        "TIMESTAMP",
        "YEAR",
    ):
        if dialect in ("mysql", "mariadb"):
            return f"CAST({column} AS CHAR)"
        if dialect == "postgresql":
            return f"CAST({column} AS TEXT)"
    return column


def _reader(kind: pa.DataType) -> Callable[[Any], Any]:
    if kind == pa.int64():
        return _integer
    return {pa.bool_(): bool, pa.float64(): float}.get(kind, as_text)


def _integer(value: Any) -> int:
    number = int(value)
    if not -(1 << 63) <= number < 1 << 63:
        raise OverflowError
    return number


def as_text(value: Any) -> str:
    """A value as a driver gives it, the same for every kind of database.

    >>> as_text(Decimal("1.50")), as_text(date(2026, 1, 3)), as_text(True), as_text(b"\\1")
    ('1.50', '2026-01-03', 'true', '1')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(bytes(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    if isinstance(value, dict | list):
        plain = isinstance(value, list) and not any(isinstance(v, dict | list) for v in value)
        return ";".join(map(as_text, value)) if plain else json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _bytes(value: bytes) -> str:
    if len(value) <= 8 and not value.strip(b"\0\1"):
        return str(int.from_bytes(value))  # BIT of MySQL
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
