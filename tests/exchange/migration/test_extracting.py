"""A source's tables on disk: every row once, whatever kind of table, whenever it was broken off."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from tests.conftest import Seeded

from zhijian.exchange.migration import extracting
from zhijian.exchange.migration.extracting import Extract, extracted


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
