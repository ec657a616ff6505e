"""What waits goes out as a workbook, is mended there as people do, and comes back; what people did is noted."""

import contextlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from tests.exchange.migration.conftest import database
from tests.exchange.migration.small import MAPPING, built
from typer.testing import CliRunner

from zhijian.cli import migrate_sheet
from zhijian.cli.migrate import app
from zhijian.cli.migrate_quarantine import shown
from zhijian.codes.document import protocol
from zhijian.kit.db import engine
from zhijian.spec import specification

INSTITUTION = specification().entities["institution"].elements


@dataclass
class Command:
    folder: Path
    target: str

    def __call__(self, *words: str, status: int = 0) -> str:
        """In this process, in the folder; what it said on both ways."""
        env = {"ZHIJIAN_HOME": str(self.folder / "home"), "ZHIJIAN_DATABASE_URL": self.target,
               "MIGRATION_SOURCE_URL": f"sqlite:///{self.folder / 's.db'}"}  # fmt: skip
        with contextlib.chdir(self.folder):
            done = CliRunner().invoke(app, list(words), env=env)
        assert done.exit_code == status, (words, done.output, done.exception)
        return done.output


@pytest.fixture
def migrate(tmp_path: Path, server: str) -> Command:
    source = built(tmp_path / "s.db")
    with source.begin() as db:
        db.execute(sa.text("UPDATE 机构 SET 名称 = '=1+1 检测' WHERE id = 7"))
    (tmp_path / "m.yaml").write_text(MAPPING, "utf-8")
    made = Command(tmp_path, database(server))
    made("plan", "m.yaml", "--work", "w", "--province", "33", "--on", "2026-11-01")
    made("run", "--work", "w", status=1)
    return made


def test_a_workbook_is_mended_and_read_back_and_every_act_is_noted(migrate: Command) -> None:
    q = ("quarantine", "export", "--work", "w", "--entity", "institution", "--out", "wait.xlsx")
    migrate(*q)
    file = migrate.folder / "wait.xlsx"
    book = openpyxl.load_workbook(file)
    sheet = book.active
    head = [c.value for c in sheet[1]]
    assert head[:5] == ["编号", "原因", "怎么改", "源表", "源行"]
    assert "统一社会信用代码 uscc" in head
    rows = {row[head.index("源行")].value: row for row in sheet.iter_rows(min_row=2)}
    assert set(rows) == {"6", "7", "14", "21", "28"}
    assert "主键 uscc 为空" in rows["7"][1].value
    assert rows["7"][2].value.startswith("补填")
    assert (rows["7"][head.index("机构名称 name")].value, rows["7"][head.index("机构名称 name")].data_type) == ("=1+1 检测", "s")  # fmt: skip
    rows["7"][head.index("统一社会信用代码 uscc")].value = "91330100MA00000007"
    rows["14"][head.index("统一社会信用代码 uscc")].value = "太长" * 30
    book.save(file)
    assert "装入 loaded 1，仍不合格 still refused 4" in migrate("quarantine", "mend", "--work", "w", "wait.xlsx")
    assert "不在待处理之列" in migrate("quarantine", "mend", "--work", "w", "wait.xlsx")
    migrate(
        "quarantine", "export", "--work", "w", "--entity", "site", "--out", "all.csv", "--reveal", "--reason", "核对"
    )
    migrate("quarantine", "retry", "--work", "w")
    number = str(sheet.cell(2, 1).value)
    migrate("quarantine", "give-up", "--work", "w", number, "--note", "源库重复")
    migrate("gone", "--work", "w")
    with engine(migrate.target).begin() as db:
        name = db.execute(
            sa.text("SELECT name FROM collected.institution WHERE uscc = '91330100MA00000007'")
        ).scalar_one()
        acts = db.execute(sa.text("SELECT act, records, note FROM migration_act ORDER BY id")).all()
    assert name == "=1+1 检测"
    assert [tuple(a) for a in acts] == [("mend", 1, "wait.xlsx"), ("mend", 0, "wait.xlsx"), ("reveal", 8, "核对"),
                                        ("retry", 0, ""), ("give-up", 1, "源库重复"), ("gone", 0, "")]  # fmt: skip
    said = migrate("protocol", "--work", "w", "--out", "p.pdf", "--seed", "7", "--count", "4")
    data = protocol.figures((migrate.folder / "p.pdf").read_bytes())
    drawn = json.loads(migrate("sample", "--work", "w", "--seed", "7", "--count", "4", "--format", "json").strip().splitlines()[0])  # fmt: skip
    assert [(p["label"], p["source_row"]) for p in data["sample"]] == [(p["label"], p["source_row"]) for p in drawn["records"]]  # fmt: skip
    assert len(data["sample"]) == 4
    assert [a["act"] for a in data["acts"]] == [a[0] for a in acts]
    assert data["lines"][1]["sums"][0]["element"] == "area_m2"
    assert "已写入" in said
    migrate("sample", "--work", "w", "--seed", "7", "--out", "sample.html")
    page = (migrate.folder / "sample.html").read_text("utf-8")
    assert page.count("<section") == 20
    assert "<script" not in page
    assert " style=" not in page


def test_the_dry_run_command_says_what_would_wait_and_loads_nothing(tmp_path: Path, server: str) -> None:
    built(tmp_path / "s.db")
    (tmp_path / "m.yaml").write_text(MAPPING, "utf-8")
    migrate = Command(tmp_path, database(server))
    migrate("plan", "m.yaml", "--work", "w", "--province", "33", "--on", "2026-11-01")
    said = migrate("run", "--work", "w", "--dry-run", status=1)
    assert "什么都没有装入" in said
    assert "将装入 23 + 将隔离 5" in said
    out = migrate("run", "--work", "w", "--dry-run", "--format", "json", status=1)
    data = json.loads(next(line for line in out.splitlines() if line.startswith("{")))
    assert data["lines"][0]["reasons"][0]["count"] == 4
    assert "接着用" in out
    with engine(migrate.target).begin() as db:
        assert db.execute(sa.text("SELECT count(*) FROM collected.institution")).scalar_one() == 0
        assert db.execute(sa.text("SELECT count(*) FROM migration_step")).scalar_one() == 0
    assert "取出 extracted" in migrate("run", "--work", "w", "--extract-again", status=1)
    assert "已从现有的取数装入" in migrate("run", "--work", "w", "--extract-again", status=2)


def kept(**more: Any) -> dict[str, Any]:
    return {"uscc": "91330100MA00000007", "name": "甲", "legal_representative": "王小明"} | more


def test_a_cell_that_is_masked_or_a_column_that_was_taken_out_changes_nothing() -> None:
    row = {"编号": "1", "uscc": "91330100MA00000008", "legal_representative": "王＊＊"}
    made = migrate_sheet.changed(INSTITUTION, kept(), row, shown)
    assert made == kept(uscc="91330100MA00000008")
    assert "name" not in migrate_sheet.changed(INSTITUTION, kept(), row | {"name": ""}, shown)  # emptied on purpose


def test_what_excel_makes_of_cells_comes_back_as_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["编号", "面积 area_m2", "批准 approved_on", "独立 independent", "名 name"])
    book.active.append([3, 12.0, date(2026, 1, 3), True, None])
    book.active.append([None, None, None, None, None])
    book.save(tmp_path / "x.xlsx")
    assert migrate_sheet.read(tmp_path / "x.xlsx") == {
        3: {"编号": "3", "area_m2": "12", "approved_on": "2026-01-03", "independent": "true", "name": ""}}  # fmt: skip


def test_another_file_is_refused_with_what_it_should_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    with pytest.raises(BaseException, match="2"):
        migrate_sheet.read(tmp_path / "x.xlsx")
    assert "不是 export 写出的表" in capsys.readouterr().err
