"""Tables out of real databases: SQLite, MariaDB and PostgreSQL."""

import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.exchange.source.reading import Desk, names, said, texts

from zhijian.exchange.source import Opened, SourceUnreadable, opened_database
from zhijian.wiring import Node


def opened(desk: Desk, url: str, tables: list[str] | None = None) -> Opened:
    return opened_database(desk.con, url, desk.folder / "work", tables)


@pytest.fixture
def lite(tmp_path: Path) -> str:
    path = tmp_path / "省平台.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE 检测报告 (编号 TEXT PRIMARY KEY, 签发日期 DATE, 数量 INTEGER, _ROW TEXT)")
        db.executemany(
            "INSERT INTO 检测报告 VALUES (?, ?, ?, 'x')",
            [(f"N{n}", "2025-13-99", n if n % 2 else "二") for n in range(12_000)],
        )
        db.execute("CREATE VIEW 合格 AS SELECT 编号 FROM 检测报告 WHERE 数量 = 1")
        db.execute("CREATE TABLE jc_a (x BLOB)")
        db.execute("INSERT INTO jc_a VALUES (?)", [b"\xff\xfe"])
        db.execute("CREATE VIEW broken AS SELECT 没有 FROM jc_a")
    db.close()
    return f"sqlite:///{path}"


def test_tables_and_views_of_sqlite_are_read_with_their_keys(desk: Desk, lite: str) -> None:
    found = {t.name: t for t in opened(desk, lite)}
    report = found["检测报告"]
    assert names(report) == ["编号", "签发日期", "数量", "列4"]
    assert desk.rows(report)[:2] == [(1, "N0", "2025-13-99", "二", "x"), (2, "N1", "2025-13-99", "1", "x")]
    assert len(desk.rows(report)) == 12_000
    assert (report.about["key"], report.kind, report.first) == ("编号", "database", 1)
    assert desk.rows(found["合格"]) == [(1, "N1")]
    assert desk.rows(found["jc_a"]) == [(1, "fffe")]


def test_a_view_that_is_broken_does_not_stop_the_tables(desk: Desk, lite: str) -> None:
    found = opened(desk, lite)
    assert len(found) == 3
    assert "broken" in texts(said(found, "table-unreadable"))


def test_tables_are_chosen_by_name_or_pattern_and_missing_ones_told(desk: Desk, lite: str) -> None:
    found = opened(desk, lite, ["jc_*", "没有"])
    assert [t.name for t in found] == ["jc_a"]
    assert said(found, "table-missing")[0].value == "没有"


@pytest.mark.parametrize(
    ("url", "why"),
    [("sqlite:////nowhere/a.db", "missing"), ("这不是地址", "address"), ("dm://u:p@h/x", "database-kind"),
     ("oracle://u:geheim@127.0.0.1/x", "driver-missing"), ("mssql://u:geheim@127.0.0.1/x", "driver-missing"),
     ("mysql://u:geheim@127.0.0.1:1/x", "database"), ("postgresql://u:geheim@127.0.0.1:1/x", "database")],
)  # fmt: skip
def test_what_cannot_be_reached_says_why_without_the_password(desk: Desk, url: str, why: str) -> None:
    with pytest.raises(SourceUnreadable) as refused:
        opened(desk, url)
    assert refused.value.why == why
    assert "geheim" not in str(refused.value) + refused.value.remedy.zh
    if why == "driver-missing":
        assert "pip install 'zhijian[" in refused.value.remedy.zh
    assert not Path("/nowhere").exists()


@pytest.fixture(scope="module")
def maria() -> Iterator[str]:
    server, install = shutil.which("mariadbd") or shutil.which("mysqld"), shutil.which("mariadb-install-db")
    if server is None or install is None:
        pytest.skip("Debian's mariadb-server is not installed")
    home = Path(tempfile.mkdtemp(prefix="zj-maria-"))
    socket = home / "s"
    subprocess.run([install, "--no-defaults", f"--datadir={home / 'data'}", "--auth-root-authentication-method=normal", "--user=root",
                    "--skip-test-db"], check=True, capture_output=True)  # fmt: skip
    running = subprocess.Popen([server, "--no-defaults", f"--datadir={home / 'data'}", f"--socket={socket}", "--skip-networking", "--user=root",
                                "--innodb-flush-log-at-trx-commit=0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        for _ in range(300):
            if socket.exists():
                break
            time.sleep(0.2)
        yield f"mysql://root@localhost/mysql?unix_socket={socket}"
    finally:
        running.terminate()
        running.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def test_a_dirty_table_of_mariadb_is_read_whole(desk: Desk, maria: str) -> None:
    engine = sa.create_engine(maria.replace("mysql://", "mysql+pymysql://"))
    with engine.begin() as db:
        db.exec_driver_sql("CREATE DATABASE 省平台 CHARACTER SET utf8mb4")
        db.exec_driver_sql("SET sql_mode=''")
        db.exec_driver_sql("CREATE TABLE 省平台.`检测%%结果` (编号 INT PRIMARY KEY, `签发 日期` DATE, 时刻 DATETIME, 值 DECIMAL(12,3), 大 BIGINT UNSIGNED, "
                           "合格 TINYINT(1), 位 BIT(1), 文 TEXT, 时 TIME)")  # fmt: skip
        db.exec_driver_sql("INSERT INTO 省平台.`检测%%结果` VALUES "
                           "(7, '0000-00-00', '2025-00-00 00:00:00', 1.300, 18446744073709551615, 1, b'1', '𠮷', '25:10:00'),"
                           " (8, '2025-01-02', '2025-01-02 03:04:05', NULL, 1, 0, b'0', '', NULL)")  # fmt: skip
    engine.dispose()
    (table,) = opened(desk, maria, ["省平台.检测*"])
    assert table.name == "省平台.检测%结果"
    assert desk.rows(table) == [
        (1, 7, "0000-00-00", "2025-00-00 00:00:00", "1.300", "18446744073709551615", 1, "1", "𠮷", "25:10:00"),
        (2, 8, "2025-01-02", "2025-01-02 03:04:05", None, "1", 0, "0", None, None),
    ]
    assert [r.row for r in said(table, "zero-date")] == [1]
    assert table.about["key"] == "编号"
    assert {c.name: c.type for c in table.columns}["编号"] == "BIGINT"


def test_nothing_can_be_written_while_it_is_read(desk: Desk, maria: str) -> None:
    from zhijian.exchange.source import database

    with database._connected(database._address(maria)) as db, pytest.raises(sa.exc.DBAPIError, match="READ ONLY"):
        db.exec_driver_sql("CREATE TABLE 省平台.x (a INT)")


def test_postgresql_is_read_with_days_that_python_does_not_know(desk: Desk, node: Node) -> None:
    with node.engine.begin() as db:
        db.exec_driver_sql("CREATE SCHEMA source_test; SET LOCAL search_path TO source_test;"
                           "CREATE TABLE 报告 (编号 text PRIMARY KEY, 日 date, 刻 timestamptz, 值 numeric, 多 text[], 套 jsonb, 真 boolean, 实 float8);"
                           "INSERT INTO 报告 VALUES ('A', 'infinity', '2025-01-02 03:04:05+08', 1.30, '{a,b}', '{\"x\": 1}', true, 0.5),"
                           " ('B', '10000-01-01', NULL, 'NaN', NULL, NULL, NULL, NULL)")  # fmt: skip
    try:
        url = node.engine.url.render_as_string(hide_password=False)
        (table,) = opened(desk, url, ["source_test.报告"])
        first, second = desk.rows(table)
        assert (first[1:3], first[4:]) == (("A", "infinity"), ("1.30", "a;b", '{"x": 1}', True, 0.5))
        assert second[:5] == (2, "B", "10000-01-01", None, "NaN")
        password = node.engine.url.password
        assert password is None or str(password) not in table.origin
    finally:
        with node.engine.begin() as db:
            db.exec_driver_sql("DROP SCHEMA source_test CASCADE")
