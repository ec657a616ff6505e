"""Columns that are no texts: a list is several values of a cell, a time is read by China's clocks, wherever the machine stands."""

from pathlib import Path

import duckdb
import pytest

from zhijian.exchange.mapping import applied, read_mapping
from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.exchange.mapping.gathering import gathered
from zhijian.exchange.mapping.profiling import profiles
from zhijian.exchange.migration.carrying import connected
from zhijian.exchange.source import SourceTable, opened
from zhijian.spec import specification

TEXT = """
mapping: demo
specification: 0.2.0
tables: {报告: {files: "报告"}, 机构: {files: "机构"}}
derived: {再: {from: 机构, add: {另: 项}}}
records:
  - entity: sample
    from: 报告
    join: [{table: 再, as: 同, on: {号: 号}}, {table: 再, as: 又, on: {号: 号}}]
    fields: {sample_no: 同.项, name: 又.另, sampled_at: 时}
  - {entity: report_item, from: 报告, each: {split: 食品, by: ";"}, fields: {parameter: 食品}}
  - {entity: report_item, from: 报告, fields: {instruments: {from: 食品, as: list}}}
"""


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("SET TimeZone = 'America/New_York'")
    return made


def tables(con: duckdb.DuckDBPyConnection, folder: Path) -> list[SourceTable]:
    con.execute(
        f"COPY (SELECT 'A1' AS 号, ['饼', '糕'] AS 食品, TIMESTAMPTZ '2026-06-30 18:30:00+00' AS 时) TO '{folder}/报告.parquet'"
    )
    con.execute(f"COPY (SELECT 'A1' AS 号, [1, 2] AS 项) TO '{folder}/机构.parquet'")
    return list(opened(con, [folder], folder / "work"))


@pytest.mark.parametrize("united", [True, False])
def test_a_list_becomes_the_values_of_a_cell_and_a_time_chinas(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, united: bool
) -> None:
    mapping, found = read_mapping(TEXT, specification()), tables(con, tmp_path)
    sources = gathered(mapping, found).tables if united else {Path(t.name).stem: t for t in found}
    made = applied(con, mapping, sources, specification())
    assert con.execute(f"SELECT sample_no, name, sampled_at FROM {made.tables['sample'].relation}").fetchall() == [
        ("1;2", "1;2", "2026-07-01 02:30:00")
    ]
    assert con.execute(
        f"SELECT coalesce(parameter, instruments) FROM {made.tables['report_item'].relation} ORDER BY 1"
    ).fetchall() == [("糕",), ("饼",), ("饼；糕",)]
    assert not made.losses


def test_a_list_is_looked_at_as_it_is_mapped(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    report = next(t for t in tables(con, tmp_path) if "报告" in t.name)
    seen = profiles(con, report)
    assert (seen["食品"].values, seen["时"].values) == (("饼;糕",), ("2026-07-01 02:30:00",))


OFFSETS = [("2026-06-30 18:30:00+00", "2026-07-01 02:30:00"), ("2026-06-30T18:30Z", "2026-07-01 02:30:00"),
           ("2026-07-01 02:30:00.125+08", "2026-07-01 02:30:00"), ("2026/7/1 2:30:00 +0800", "2026-07-01 02:30:00"),
           ("2026-06-30 13:30:00-05:00", "2026-07-01 02:30:00"), ("2026-07-01 02:30", "2026-07-01 02:30:00")]  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), OFFSETS)
def test_a_time_with_its_offset_is_chinas_time_and_day(text: str, moment: str) -> None:
    assert FUNCTIONS["moment"]((text,), {}).value == moment
    assert FUNCTIONS["day"]((text,), {}).value == moment[:10]


@pytest.mark.parametrize(
    "text", ["2026-06-30 18:30:61", "2026-06-30 24:30:00", "2026-06-30 18:30:00+99", "2026-06-30 18:30:00+0"]
)
def test_what_no_clock_shows_is_no_time(text: str) -> None:
    assert FUNCTIONS["moment"]((text,), {}).why


def test_a_run_reckons_by_chinas_clocks_wherever_the_machine_stands() -> None:
    with connected() as one:
        assert one.execute("SELECT CAST(TIMESTAMPTZ '2026-06-30 18:30:00+00' AS VARCHAR)").fetchone() == (
            "2026-07-01 02:30:00+08",
        )


def test_gathered_tables_hold_the_text_of_lists_and_times(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = gathered(read_mapping(TEXT, specification()), tables(con, tmp_path)).tables["报告"]
    assert con.execute(f"SELECT CAST(食品 AS VARCHAR), CAST(时 AS VARCHAR) FROM {found.relation}").fetchone() == (
        "饼;糕",
        "2026-07-01 02:30:00",
    )
