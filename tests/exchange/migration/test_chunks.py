"""A table in chunks comes to the same records as one at once: what looks into itself sees all of itself."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from zhijian.exchange.mapping import read_mapping
from zhijian.exchange.migration import MigrationRun, extracting
from zhijian.exchange.migration.model import Migration
from zhijian.spec import specification

MAPPING = """
mapping: itself
specification: 0.2.0
tables: {机构: {}}
records:
  - entity: institution
    from: 机构
    where: "作废 IS NULL"
    distinct: [代码]
    join: [{table: 机构, as: 上级, on: {上: id}}]
    fields:
      uscc: 代码
      name: 上级.名称
      legal_form: {value: 企业, because: 源表只收企业}
      independent: {value: "true", because: 源表只收独立法人}
      division: 区划
      address: {from: 旧名, find: {in: 机构, by: 名称, take: 地址}}
"""
ROWS = [
    {"id": 1, "代码": "91330100MA00000001", "名称": "甲", "上": 6, "旧名": "己", "作废": None},
    {"id": 2, "代码": "91330100MA00000002", "名称": "乙", "上": 1, "旧名": "甲", "作废": None},
    {"id": 3, "代码": "91330100MA00000001", "名称": "丙", "上": 2, "旧名": "丁", "作废": None},
    {"id": 4, "代码": "91330100MA00000003", "名称": "丁", "上": 5, "旧名": "乙", "作废": "1"},
    {"id": 5, "代码": "91330100MA00000003", "名称": "戊", "上": 4, "旧名": "没有", "作废": None},
    {"id": 6, "代码": "91330100MA00000002", "名称": "己", "上": 3, "旧名": "戊", "作废": None},
]  # fmt: skip


def carried(folder: Path, rows: int, monkeypatch: pytest.MonkeyPatch, mapping: str = MAPPING) -> tuple[list[Any], ...]:
    """Lines to be loaded, losses, left out and refused."""
    monkeypatch.setattr(extracting, "ROWS", rows)
    folder.mkdir()
    source = sa.create_engine(f"sqlite:///{folder / 's.db'}")
    with source.begin() as db:
        db.execute(sa.text("CREATE TABLE 机构 (id INTEGER PRIMARY KEY, 代码, 名称, 区划, 地址, 上, 旧名, 作废)"))
        for one in ROWS:
            db.execute(
                sa.text(
                    "INSERT INTO 机构 VALUES (:id, :代码, :名称, '330100', '第' || :id || '号', :上, :旧名, :作废)"
                ),
                one,
            )
    made = Migration(read_mapping(mapping, specification()), hashlib.sha256(b"").hexdigest(), "33", 1)
    one = MigrationRun(made, specification(), folder / "work", date(2026, 11, 1))
    for _ in one.extract(source):
        pass
    lines: list[str] = []
    counts = [0, 0]
    refused: list[Any] = []
    for step in one.steps():
        ready = one.carry(step)
        lines += ready.file.read_text("utf-8").splitlines()
        counts = [counts[0] + ready.left_out, counts[1] + ready.lost]
        refused += [(r.row, sorted(r.record.items()), [w["check"] for w in r.reasons]) for r in ready.refused]
    losses = duckdb.execute(f"SELECT row, element, value FROM '{one.losses_of(0)}' ORDER BY ALL").fetchall()
    return sorted(lines), losses, counts, sorted(refused)


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_a_table_that_looks_into_itself_comes_to_the_same_in_chunks(
    rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = carried(tmp_path / "whole", 100, monkeypatch)
    assert [len(whole[0]) + len(whole[3]), whole[2][0]] == [3, 3]
    assert carried(tmp_path / "chunks", rows, monkeypatch) == whole


def test_rows_spread_out_are_told_apart_over_all_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spread = MAPPING.replace("    distinct:", '    each: {split: 旧名, by: "[+]"}\n    distinct:')
    assert carried(tmp_path / "chunks", 2, monkeypatch, spread) == carried(tmp_path / "whole", 100, monkeypatch, spread)
