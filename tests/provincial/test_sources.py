"""The platform is the same in every kind of source that we read."""

import csv
import shutil
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from tests.mariadb import Address
from tests.provincial import METADATA, Truth, build, build_folder, generate, later_changes
from tests.provincial.writing import ZERO
from zhijian.kit import postgres

SEED, SCALE = 3, 1
Rows = list[tuple[Any, ...]]


@cache
def expected() -> dict[str, Rows]:
    tables: dict[str, Rows] = {name: [] for name in METADATA.tables}
    generate(lambda table, rows: tables[table].extend(rows), seed=SEED, scale=SCALE)
    return {name: sorted(rows) for name, rows in tables.items()}


def plain(column: "sa.Column[Any]", cell: Any) -> Any:
    """The same for a cell as it is written and as a database gives it back."""
    if cell is None:
        return None
    match column.type:
        case sa.Date():
            return str(cell)[:10]
        case sa.DateTime():
            text = str(cell)
            return text if len(text) > 10 else f"{text} 00:00:00"
        case sa.Numeric():
            return Decimal(str(cell)).quantize(Decimal("0.01"))
        case _:
            return cell


def differing(url: str, zero: str | None = ZERO) -> dict[str, list[Any]]:
    """Table → (written, found) of rows that are not as written. `zero`: what this kind has for 0000-00-00."""
    engine, found = sa.create_engine(url), {}
    with engine.connect() as link:
        for name, table in METADATA.tables.items():
            columns = list(table.columns)
            there = [tuple(map(plain, columns, row)) for row in link.execute(sa.select(table).order_by(columns[0]))]
            wanted = [tuple(map(plain, columns, _zeroed(row, zero))) for row in expected()[name]]
            if there != wanted:
                found[name] = [pair for pair in zip(wanted, there, strict=False) if pair[0] != pair[1]][:2] or [
                    len(there)
                ]
    engine.dispose()
    return found


def _zeroed(row: tuple[Any, ...], zero: str | None) -> tuple[Any, ...]:
    return tuple(zero if cell == ZERO else cell for cell in row)


@pytest.fixture
def platform(mariadb: Address) -> Iterator[str]:
    """A database of the test's own in the shared MariaDB."""
    engine = sa.create_engine(mariadb.url)
    with engine.connect() as link:
        link.execute(sa.text("CREATE OR REPLACE DATABASE sypt CHARACTER SET utf8mb4"))
        yield mariadb.url.replace("/jyjc?", "/sypt?")
        link.execute(sa.text("DROP DATABASE sypt"))
    engine.dispose()


def _truth_of(make: Callable[[], Truth]) -> None:
    truth = make()
    assert truth.rows == {name: len(rows) for name, rows in expected().items()}


def test_mariadb_holds_every_row_as_written_and_nothing_of_what_was_there_before(platform: str) -> None:
    """Zero dates and trailing blanks too."""
    build(platform, seed=SEED + 1, scale=SCALE)
    _truth_of(lambda: build(platform, seed=SEED, scale=SCALE))
    assert differing(platform) == {}


def test_mariadb_has_two_engines_and_one_table_in_gbk(platform: str) -> None:
    build(platform, seed=SEED, scale=SCALE)
    engine = sa.create_engine(platform)
    with engine.connect() as link:
        asked = "SELECT table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = 'sypt'"
        found = {
            name: (engine_name, collation.split("_")[0])
            for name, engine_name, collation in link.execute(sa.text(asked))
        }
        zero = link.execute(sa.text("SELECT COUNT(*) FROM sb_jianding WHERE jdrq = 0")).scalar()
    engine.dispose()
    assert len(found) == 30
    assert {kind for kind, _ in found.values()} == {"InnoDB", "MyISAM"}
    assert [name for name, (_, charset) in found.items() if charset == "gbk"] == ["nl_fubiao"]
    assert zero


def test_sqlite_holds_every_row_as_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sypt.db'}"
    _truth_of(lambda: build(url, seed=SEED, scale=SCALE))
    assert differing(url) == {}


def test_postgresql_holds_every_row_as_written_but_that_a_zero_date_is_null() -> None:
    home = Path(tempfile.mkdtemp(prefix="zhijian-test-"))
    home.chmod(0o755)  # the server runs as another user when the tests run as root
    try:
        with postgres.running(home) as url:
            _truth_of(lambda: build(url, seed=SEED, scale=SCALE))
            assert differing(url, zero=None) == {}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def test_a_folder_holds_every_row_as_csv_in_gb18030_or_as_xlsx(tmp_path: Path) -> None:
    _truth_of(lambda: build_folder(tmp_path, seed=SEED, scale=SCALE, xlsx=("jg_jbxx", "bg_kuanbiao")))
    assert len(list(tmp_path.iterdir())) == 30
    for name, rows in expected().items():
        header, *found = _read(tmp_path, name)
        assert header == [column.name for column in METADATA.tables[name].columns]
        assert found == [["" if cell is None else str(cell) for cell in row] for row in rows], name


def _read(folder: Path, name: str) -> list[list[str]]:
    if (folder / f"{name}.csv").exists():
        with (folder / f"{name}.csv").open(encoding="gb18030", newline="") as file:
            return list(csv.reader(file))
    sheet = openpyxl.load_workbook(folder / f"{name}.xlsx", read_only=True).active
    # openpyxl gives a line break within a cell back as \n alone.
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [row for row in rows if any(row)]


@pytest.mark.soak
def test_at_scale_a_thousand_it_is_five_million_rows(platform: str) -> None:
    truth = build(platform, seed=1, scale=1_000)
    assert 4_500_000 <= sum(truth.rows.values()) <= 5_700_000
    engine = sa.create_engine(platform)
    with engine.connect() as link:
        for name, table in METADATA.tables.items():
            assert link.execute(sa.select(sa.func.count()).select_from(table)).scalar() == truth.rows[name], name
    engine.dispose()


def test_a_day_of_work_changes_what_it_says_and_nothing_else(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sypt.db'}"
    before = {(name, row[0]): row for name, rows in expected().items() for row in rows}
    changes = later_changes(url, build(url, seed=SEED, scale=SCALE))
    engine = sa.create_engine(url)
    with engine.connect() as link:
        after = {
            (name, row[0]): tuple(row)
            for name, table in METADATA.tables.items()
            for row in link.execute(sa.select(table))
        }
    engine.dispose()
    plainly = {key: tuple(map(plain, METADATA.tables[key[0]].columns, row)) for key, row in before.items()}
    now = {key: tuple(map(plain, METADATA.tables[key[0]].columns, row)) for key, row in after.items()}
    assert (
        {(one.table, one.pk) for one in changes if one.what in ("deleted", "replaced")}
        == plainly.keys() - now.keys()
        != set()
    )
    assert {(one.table, one.pk) for one in changes if one.what == "inserted"} == now.keys() - plainly.keys() != set()
    updated = {key for key in plainly.keys() & now.keys() if plainly[key] != now[key]}
    assert {(one.table, one.pk) for one in changes if one.what in ("updated", "rekeyed", "hidden")} == updated != set()


def test_a_day_of_work_is_done_in_mariadb_too(platform: str) -> None:
    changes = later_changes(platform, build(platform, seed=SEED, scale=SCALE))
    engine = sa.create_engine(platform)
    with engine.connect() as link:
        fresh = link.execute(sa.text("SELECT COUNT(*) FROM bg_zhubiao WHERE xgsj >= '2026-07-01'")).scalar()
    engine.dispose()
    assert fresh == sum(one.table == "bg_zhubiao" for one in changes) == 3
