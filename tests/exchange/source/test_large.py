"""Memory does not grow with the file: seen at a child process that opens one and nothing else."""

from pathlib import Path

import pytest
from tests.exchange.source.soaked import big_csv, big_xlsx, opening

LIMIT_MB = 500


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_memory_grows_far_less_than_the_text(tmp_path: Path, encoding: str) -> None:
    small = opening(big_csv(tmp_path / "small.csv", 1_000, encoding), tmp_path / "w1")
    large = opening(big_csv(tmp_path / "large.csv", 60_000, encoding), tmp_path / "w2")
    assert large["tables"] == [[60_000, 2, 60_001, 60_000]]
    assert large["peak_mb"] < LIMIT_MB
    assert large["peak_mb"] - small["peak_mb"] < 250


def test_a_workbook_split_over_two_sheets_is_two_tables_of_the_same_header(tmp_path: Path) -> None:
    found = opening(big_xlsx(tmp_path / "a.xlsx", 20_000, 2), tmp_path / "work")
    assert found["tables"] == [[10_000, 2, 10_001, 10_000], [10_000, 1, 10_000, 10_000]]
    assert "header-taken" in found["remarks"]
    assert found["peak_mb"] < LIMIT_MB


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_three_hundred_megabytes_of_text_are_opened_below_the_limit(tmp_path: Path, encoding: str) -> None:
    path = big_csv(tmp_path / "a.csv", 2_000_000, encoding)
    assert path.stat().st_size > 200 << 20
    found = opening(path, tmp_path / "work")
    assert found["tables"] == [[2_000_000, 2, 2_000_001, 2_000_000]]
    assert found["peak_mb"] < LIMIT_MB


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_million_rows_over_two_sheets_are_opened_below_the_limit(tmp_path: Path) -> None:
    found = opening(big_xlsx(tmp_path / "a.xlsx", 2_000_000, 2), tmp_path / "work")
    assert found["tables"] == [[1_000_000, 2, 1_000_001, 1_000_000], [1_000_000, 1, 1_000_000, 1_000_000]]
    assert found["peak_mb"] < LIMIT_MB


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("threads", [1, 2, 8])
def test_rows_are_numbered_in_the_files_order_whatever_the_threads(tmp_path: Path, threads: int) -> None:
    import duckdb

    from zhijian.exchange.source import opened

    con = duckdb.connect()
    con.execute(f"SET threads={threads}")
    (table,) = opened(con, [big_csv(tmp_path / "a.csv", 2_000_000, "utf-8")], tmp_path / "work")
    assert table.about["reading"] == "straight"
    wrong = con.execute(
        f"SELECT count(*) FROM (SELECT _row, 序号, 备注 FROM {table.relation}) WHERE _row <> 序号::BIGINT + 2"
    ).fetchone()
    assert wrong == (0,)
    con.execute(f"CREATE TABLE kept AS SELECT _row, 序号 FROM {table.relation}")
    assert con.execute("SELECT count(*) FROM kept WHERE _row <> 序号::BIGINT + 2").fetchone() == (0,)
