"""A source's tables on disk: every row once, whatever kind of table, whenever it was broken off."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.mariadb import Address

from zhijian.exchange.migration import extracting
from zhijian.exchange.migration.extracting import Extract, extracted, reflected
from zhijian.exchange.migration.resuming import goes_on


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "ROWS", 4)


def source(tmp_path: Path, ddl: str, rows: list[tuple[object, ...]]) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 's.db'}")
    with engine.begin() as db:
        db.exec_driver_sql(ddl)
        for row in rows:
            db.exec_driver_sql(f"INSERT INTO t VALUES ({', '.join('?' * len(row))})", row)
    return engine


def read(folder: Path) -> list[tuple[object, ...]]:
    found = []
    for chunk in Extract("t", folder).chunks:
        found += [tuple(row.values()) for row in pq.read_table(chunk).to_pylist()]
    return found


def broken_off(engine: sa.Engine, folder: Path) -> None:
    """Twice, after the first chunk that it wrote, as a kill would; then to the end."""
    for _ in range(2):
        chunks = extracted(engine, "t", folder)
        next(chunks)
        chunks.close()
        assert Extract("t", folder).done is None
    list(extracted(engine, "t", folder))


def test_a_table_with_a_key_goes_on_and_has_every_row_once(tmp_path: Path) -> None:
    engine = source(tmp_path, "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)", [(n, f"v{n}") for n in range(1, 12)])
    broken_off(engine, tmp_path / "x")
    assert read(tmp_path / "x") == [(n, str(n), f"v{n}") for n in range(1, 12)]


def test_a_table_without_a_key_loses_no_equal_row_and_no_blank(tmp_path: Path) -> None:
    """Ordering by all columns and going on after the last would skip both."""
    rows: list[tuple[object, ...]] = [("a", None)] * 5 + [(None, None)] * 3 + [("b", "1")] * 3
    engine = source(tmp_path, "CREATE TABLE t (a TEXT, b TEXT)", rows)
    broken_off(engine, tmp_path / "x")
    assert [row[0] for row in read(tmp_path / "x")] == list(range(1, 12))
    assert sorted(map(str, (row[1:] for row in read(tmp_path / "x")))) == sorted(map(str, rows))


def test_an_empty_table_is_a_chunk_with_its_columns(tmp_path: Path) -> None:
    for n, key in enumerate(("PRIMARY KEY", "")):
        (tmp_path / f"s{n}").mkdir()
        engine = source(tmp_path / f"s{n}", f"CREATE TABLE t (a INTEGER {key})", [])
        list(extracted(engine, "t", tmp_path / f"x{n}"))
        assert read(tmp_path / f"x{n}") == []
        assert Extract("t", tmp_path / f"x{n}").relation().columns[0].name == "a"


def test_days_that_python_does_not_know_come_as_they_are_written(seeded: Seeded, tmp_path: Path) -> None:
    with seeded.node.engine.begin() as db:
        db.execute(sa.text("CREATE TABLE t (id bigint PRIMARY KEY, d date, ok boolean)"))
        db.execute(sa.text("INSERT INTO t VALUES (1, 'infinity', true), (2, '2026-01-03', NULL)"))
    try:
        list(extracted(seeded.node.engine, "t", tmp_path / "x"))
        assert read(tmp_path / "x") == [(1, "1", "infinity", "true"), (2, "2", "2026-01-03", None)]
    finally:
        with seeded.node.engine.begin() as db:
            db.execute(sa.text("DROP TABLE t"))


@contextmanager
def made(engine: sa.Engine, columns: str, values: str) -> Iterator[sa.Engine]:
    with engine.begin() as db:
        db.exec_driver_sql("DROP TABLE IF EXISTS t")
        db.exec_driver_sql(f"CREATE TABLE t ({columns})")
        db.exec_driver_sql(f"INSERT INTO t VALUES {values}")
    try:
        yield engine
    finally:
        with engine.begin() as db:
            db.exec_driver_sql("DROP TABLE t")


def every(columns: str, values: str, engine: sa.Engine, folder: Path) -> list[tuple[object, ...]]:
    """The table's rows as text, extracted with two breaks."""
    with made(engine, columns, values):
        broken_off(engine, folder)
        return [row[1:] for row in read(folder)]


POSTGRES = {
    "day and text": ("d date, s text, PRIMARY KEY (d, s)",
                     [f"('2026-01-0{n // 3 + 1}', 'v{n}')" for n in range(10)] + ["('infinity', 'x')"]),
    "number": ("n numeric PRIMARY KEY", [f"({n}.50)" for n in range(98, 110)]),
    "number and text": ("n numeric(20,0), s varchar(9), PRIMARY KEY (n, s)", [f"(1234567890123456789{n % 3}, 'v{n}')" for n in range(10)]),
    "moment": ("m timestamp PRIMARY KEY", [f"('2026-01-01 00:00:00.{n:06d}')" for n in range(10)]),
    "moment with a zone": ("m timestamptz PRIMARY KEY", [f"('2026-01-01 0{n}:00:00+00')" for n in range(10)]),
    "bytes": ("b bytea PRIMARY KEY", [f"('\\x{n:02x}ff')" for n in range(120, 131)]),
    "uuid": ("u uuid PRIMARY KEY", [f"('00000000-0000-0000-0000-{n:012d}')" for n in range(10)]),
    "char": ("c char(8) PRIMARY KEY", [f"('v{n}')" for n in range(10)]),
    "yes and no": ("b boolean, f float8, PRIMARY KEY (b, f)", [f"({n % 2 == 0}, 0.{n})" for n in range(10)]),
    "network and time": ("i inet, t time, PRIMARY KEY (i, t)", [f"('10.0.0.{n}', '08:00:0{n}')" for n in range(10)]),
}  # fmt: skip


@pytest.mark.parametrize("kind", POSTGRES)
def test_every_kind_of_key_of_postgresql_goes_on(kind: str, seeded: Seeded, tmp_path: Path) -> None:
    columns, values = POSTGRES[kind]
    found = every(columns, ", ".join(values), seeded.node.engine, tmp_path / "x")
    assert len(found) == len(set(found)) == len(values)


MARIADB = {
    "day and number": ("d date, n int, PRIMARY KEY (d, n)", [f"('2026-01-0{n // 3 + 1}', {n})" for n in range(10)]),
    "long number": ("n decimal(20,0) PRIMARY KEY", [f"(1234567890123456789{n})" for n in range(10)]),
    "bytes and text": ("b varbinary(4), s varchar(9), PRIMARY KEY (b, s)", [f"(x'{n // 3 + 254:04x}', 'v{n}')" for n in range(10)]),
    "char": ("c char(8), n int, PRIMARY KEY (c, n)", [f"('v{n // 3}', {n})" for n in range(10)]),
    "label": ("e enum('z','y','x','w','v','u','t'), PRIMARY KEY (e)", [f"('{e}')" for e in "zyxwvut"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", MARIADB)
def test_every_kind_of_key_of_mariadb_goes_on_or_is_read_at_once(kind: str, mariadb: Address, tmp_path: Path) -> None:
    columns, values = MARIADB[kind]
    engine = sa.create_engine(mariadb.url)
    with made(engine, columns, ", ".join(values)), engine.connect() as db:
        assert goes_on(db, reflected(db, "t")) == (kind not in ("day and number", "label"))
    found = every(columns, ", ".join(values), engine, tmp_path / "x")
    engine.dispose()
    assert len(found) == len(set(found)) == len(values)


@pytest.mark.parametrize(("columns", "values"), [
    ("b BLOB PRIMARY KEY", [(bytes([n, 255]),) for n in range(10)]),
    ("d DATE, n NUMERIC, PRIMARY KEY (d, n)", [(f"2026-01-0{n // 3 + 1}", n + 0.5) for n in range(10)]),
    ("s TEXT PRIMARY KEY", [*((None,) for _ in range(5)), *((f"v{n}",) for n in range(5))]),
])  # fmt: skip
def test_every_kind_of_key_of_sqlite_goes_on_a_blank_one_too(
    columns: str, values: list[tuple[object, ...]], tmp_path: Path
) -> None:
    engine = source(tmp_path, f"CREATE TABLE t ({columns})", values)
    broken_off(engine, tmp_path / "x")
    assert len(read(tmp_path / "x")) == len(values)


def test_a_moment_with_a_zone_comes_by_the_clocks_of_china(seeded: Seeded, tmp_path: Path) -> None:
    values = "(1, '2026-06-30 16:30:00+00'), (2, '2026-07-01 00:30:00+08'), (3, 'infinity'), (4, NULL)"
    found = every("id int PRIMARY KEY, m timestamptz", f"{values}, (5, '2026-01-01 00:00:00.5+00')", seeded.node.engine, tmp_path / "x")  # fmt: skip
    assert [row[1] for row in found] == [*["2026-07-01 00:30:00"] * 2, "infinity", None, "2026-01-01 08:00:00.5"]
