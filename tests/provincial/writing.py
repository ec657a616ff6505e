"""The platform written: into MariaDB, PostgreSQL, SQLite, or a folder of files. One generator feeds all of them."""

import contextlib
import csv
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import sqlalchemy as sa

from tests.provincial.codes import dictionary
from tests.provincial.holdings import Holding, holdings, offices
from tests.provincial.institution_rows import Desk, write_institution
from tests.provincial.oversight_rows import write_oversight
from tests.provincial.platform import Cell, Platform, Sink
from tests.provincial.report_rows import write_reports
from tests.provincial.tables import METADATA
from tests.provincial.truth import Key, Truth
from zhijian.spec import specification
from zhijian.synthetic import Record

ZERO = "0000-00-00"
Rows = list[tuple[Cell, ...]]


def generate(sink: Sink, *, seed: int, scale: int) -> Truth:
    """Hands every row of every table to `sink`, parents mostly before children; the same arguments, the same rows."""
    truth = Truth(seed, scale)
    platform = Platform(sink, truth)
    desks = _own_tables(platform)
    plans: dict[str, int] = {}
    for holding in holdings(seed, scale):
        platform.rng = Random(f"{seed}/{holding.index}/dirt")
        desk = Desk(platform, holding, Random(f"{seed}/{holding.index}/desk"), desks, plans)
        write_institution(desk)
        write_reports(desk)
        write_oversight(desk)
    platform.flush()
    return truth


def build(url: str, *, seed: int, scale: int) -> Truth:
    """Makes the thirty tables anew in the database of `url` (SQLAlchemy's) and fills them.

    Scale 1 is about 5,000 rows, 1,000 about 5 million. A PostgreSQL has no 0000-00-00: NULL stands there instead.
    """
    engine = sa.create_engine(url)
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    fill = {"mysql": _mariadb, "postgresql": _postgresql, "sqlite": _sqlite}[engine.dialect.name]
    try:
        with fill(engine) as sink:
            return generate(sink, seed=seed, scale=scale)
    finally:
        engine.dispose()


def build_folder(folder: Path, *, seed: int, scale: int, xlsx: Collection[str] = ()) -> Truth:
    """A file a table: CSV in GB18030, or xlsx for those named. NULL and '' look the same in files."""
    folder.mkdir(parents=True, exist_ok=True)
    with _folder(folder, xlsx) as sink:
        return generate(sink, seed=seed, scale=scale)


def true_records(seed: int, scale: int) -> Iterator[tuple[str, Key, Record]]:
    """(entity, key, record) of every record the platform holds, as the specification would have it; an item's key is
    its report's and its seq, a proficiency result's its plan's and its seq. Parents before children."""
    for holding in holdings(seed, scale):
        yield from _of(holding)


def _of(holding: Holding) -> Iterator[tuple[str, Key, Record]]:
    entities = specification().entities
    for entity, found in holding.records.items():
        for record in found:
            if entity == "report":
                key: Key = (record["uscc"], record["own_number"])
                yield entity, key, {name: value for name, value in record.items() if name != "items"}
                yield from (("report_item", (*key, item["seq"]), item) for item in record["items"])
            elif entity == "proficiency_result":
                plan = record["plan_no"]
                yield entity, (plan, record["seq"]), {name: value for name, value in record.items() if name != "plan_no"}
            else:
                yield entity, tuple(record[name] for name in entities[entity].key), record


def _own_tables(platform: Platform) -> dict[str, int]:
    """Dictionary and offices. Office → key."""
    for kind, code, name in dictionary():
        platform.plain("sys_dict", {"dict_type": kind, "dict_code": code, "dict_name": name, "sfsc": "0"})
    keys: dict[str, int] = {}
    above: dict[str, int] = {}
    for name, division, level in offices():
        parent = {1: None, 2: above.get("province"), 3: above.get(division[:4])}[level]
        keys[name] = platform.plain("sys_zzjg", {"pid": parent, "zzmc": name, "xzqh": division, "jb": str(level)})
        above["province" if level == 1 else division[:4] if level == 2 else division] = keys[name]
    return keys


@contextlib.contextmanager
def _mariadb(engine: sa.Engine) -> Iterator[Sink]:
    quote = engine.dialect.identifier_preparer.quote_identifier
    with tempfile.TemporaryDirectory() as folder:
        batch = Path(folder) / "rows"
        link: Any = engine.raw_connection()
        cursor = link.cursor()
        cursor.execute("SET sql_mode = 'STRICT_ALL_TABLES', unique_checks = 0, foreign_key_checks = 0")

        def load(table: str, rows: Rows) -> None:
            lines = ["\x1f".join(["\\N" if cell is None else str(cell) for cell in row]) for row in rows]
            batch.write_text("\x1e".join(lines) + "\x1e", encoding="utf-8", newline="")
            cursor.execute(
                f"LOAD DATA LOCAL INFILE '{batch}' INTO TABLE {quote(table)} CHARACTER SET utf8mb4 "
                "FIELDS TERMINATED BY '\\x1f' LINES TERMINATED BY '\\x1e'".replace("\\x1f", "\x1f").replace("\\x1e", "\x1e")
            )
            if cursor.rowcount != len(rows):
                raise ValueError(f"{table}: {len(rows)} rows sent, {cursor.rowcount} taken")
            cursor.execute("SHOW WARNINGS LIMIT 1")
            if warning := cursor.fetchone():
                raise ValueError(f"{table}: {warning}")

        yield load
        link.commit()
        link.close()


@contextlib.contextmanager
def _postgresql(engine: sa.Engine) -> Iterator[Sink]:
    quote = engine.dialect.identifier_preparer.quote_identifier
    dated = {name: [n for n, column in enumerate(table.columns) if isinstance(column.type, sa.Date | sa.DateTime)]
             for name, table in METADATA.tables.items()}  # fmt: skip
    link: Any = engine.raw_connection()

    def copy(table: str, rows: Rows) -> None:
        with link.cursor() as cursor, cursor.copy(f"COPY {quote(table)} FROM STDIN") as out:
            for row in rows:
                if any(row[n] == ZERO for n in dated[table]):
                    row = tuple(None if cell == ZERO else cell for cell in row)
                out.write_row(row)

    yield copy
    link.commit()
    link.close()


@contextlib.contextmanager
def _sqlite(engine: sa.Engine) -> Iterator[Sink]:
    quote = engine.dialect.identifier_preparer.quote_identifier
    link: Any = engine.raw_connection()

    def insert(table: str, rows: Rows) -> None:
        link.cursor().executemany(f"INSERT INTO {quote(table)} VALUES ({','.join('?' * len(rows[0]))})", rows)

    yield insert
    link.commit()
    link.close()


@contextlib.contextmanager
def _folder(folder: Path, xlsx: Collection[str]) -> Iterator[Sink]:
    with contextlib.ExitStack() as open_files:
        writers: dict[str, Any] = {}
        books = {table: openpyxl.Workbook(write_only=True) for table in METADATA.tables if table in xlsx}
        for name, table in METADATA.tables.items():
            header = [column.name for column in table.columns]
            if name in books:
                sheet = books[name].create_sheet(name)
                sheet.append(header)
                writers[name] = sheet.append
            else:
                file = open_files.enter_context((folder / f"{name}.csv").open("w", encoding="gb18030", newline=""))
                writer = csv.writer(file)
                writer.writerow(header)
                writers[name] = writer.writerow

        def write(table: str, rows: Rows) -> None:
            for row in rows:
                writers[table](row)

        yield write
        for name, book in books.items():
            book.save(folder / f"{name}.xlsx")
