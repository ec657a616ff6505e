"""A source is read as of one moment and written to by nobody; what goes wrong on the way quotes nobody's data."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.exchange.migration.conftest import database
from tests.exchange.migration.small import MAPPING, built, run
from tests.exchange.migration.test_sheet import Command

from zhijian import cli
from zhijian.cli import migrate_words
from zhijian.exchange.migration import extracting
from zhijian.exchange.source import SourceUnreadable, source_engine


def test_tables_of_postgresql_are_of_one_moment_and_cannot_be_written(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sites that came after the institutions were read would be orphans."""
    monkeypatch.setattr(extracting, "ROWS", 2)
    address = database(server)
    writer = sa.create_engine(address)
    with writer.begin() as db:
        for name in ("机构", "场所", "仪器"):
            db.exec_driver_sql(f"CREATE TABLE {name} (id int PRIMARY KEY)")
            db.exec_driver_sql(f"INSERT INTO {name} VALUES (1), (2), (3)")
    source, one = source_engine(address.replace("postgresql+psycopg://", "postgres://")), run(tmp_path / "work")
    taking = one.extract(source)
    next(taking)
    with writer.begin() as db:
        for name in ("机构", "场所"):
            db.exec_driver_sql(f"INSERT INTO {name} VALUES (4)")
    list(taking)
    assert one.rows() == {"机构": 3, "场所": 3, "仪器": 3}
    with source.connect() as db, pytest.raises(sa.exc.InternalError, match="read-only"):
        db.exec_driver_sql("DELETE FROM 机构")
    writer.dispose()


def test_addresses_are_understood_as_the_check_understands_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert source_engine("mysql://u:p@127.0.0.1/x").dialect.driver == "pymysql"
    with pytest.raises(SourceUnreadable):
        source_engine("dm://u:geheim@127.0.0.1/x")
    with pytest.raises(BaseException, match="2"):
        migrate_words.source_of(["dm://u:geheim@127.0.0.1/x"])
    said = capsys.readouterr().err
    assert "不支持 dm" in said
    assert "geheim" not in said


def test_a_mapping_that_cannot_be_applied_quotes_no_cell(tmp_path: Path, server: str) -> None:
    built(tmp_path / "s.db")
    (tmp_path / "m.yaml").write_text(
        MAPPING.replace("area_m2: 面积", "area_m2: {sql: 'CAST(名称 AS INTEGER)'}"), "utf-8"
    )
    one = Command(tmp_path, database(server))
    one("plan", "m.yaml", "--work", "w", "--province", "33", "--on", "2026-11-01")
    said = one("run", "--work", "w", status=3)
    assert "TRY_CAST" in said
    assert "检测" not in said


def test_a_fault_of_the_program_is_one_line_and_its_trace_a_private_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def faulty() -> None:
        raise RuntimeError("王小明 13800000000")

    monkeypatch.setattr(cli, "app", faulty)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr().err
    (file,) = tmp_path.iterdir()
    assert end.value.code == 3
    assert str(file) in said
    assert "王小明" not in said
    assert "Traceback" not in said
    assert "王小明" in file.read_text("utf-8")
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_transaction_of_a_migration_is_cut_off_by_the_clock(seeded: Seeded) -> None:
    """Reconciling reads a whole partition in one statement."""
    with migrate_words.at_work(seeded.node) as db:
        assert db.execute(sa.text("SHOW statement_timeout")).scalar_one() == "0"
    with seeded.node.transaction() as db:
        assert db.execute(sa.text("SHOW statement_timeout")).scalar_one() != "0"
    for file in Path(cli.__path__[0]).glob("migrate*.py"):
        assert file.name == "migrate_words.py" or "node.transaction()" not in file.read_text("utf-8")
