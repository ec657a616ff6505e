"""`zhijian registry scope`: statuses, what is said, and files that are never replaced."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.registry.scope.sheets import GOOD, LEAD, workbook
from typer.testing import CliRunner

from zhijian.cli import app


def scope(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["registry", "scope", *map(str, words)], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.xlsx").write_bytes(workbook(GOOD))
    (tmp_path / "bad.xlsx").write_bytes(
        workbook([*GOOD, ["3", "1", "食品", "1.1", "粮食", "1.1.3", "铬", "GB 5009.123"]])
    )
    return tmp_path


def test_a_sound_table_is_read_whole(folder: Path) -> None:
    status, out, _ = scope("read", folder / "good.xlsx", "--format", "json")
    data: dict[str, Any] = json.loads(out)
    assert status == 0
    assert [c["parameter"] for c in data["capabilities"]] == ["铅", "镉"]
    assert data["capabilities"][0]["cells"]["standard"] == "H8"
    assert len(data["capability_levels"]) == 6


def test_what_cannot_be_read_is_listed_and_marked(folder: Path) -> None:
    status, out, _ = scope("read", folder / "bad.xlsx", "--marked", folder / "marked.xlsx")
    assert status == 1
    assert "能力附表!H10  错误 error  标准 GB 5009.123 没有年号；补上年号" in out
    assert "能力 lines 2，未读入 refused 1" in out
    assert "没有年号" in load_workbook(folder / "marked.xlsx")["能力附表"]["H10"].comment.text


def test_what_the_table_does_not_say_is_given(folder: Path) -> None:
    (folder / "bare.xlsx").write_bytes(workbook(GOOD, titles=[], head_merged=[]))
    given = ("--certificate", "161705070076", "--site", "S7", "--from", "2025-03-01", "--batch", "首次")
    status, out, _ = scope("read", folder / "bare.xlsx", "--format", "json", *given)
    first = json.loads(out)["capabilities"][0]
    assert status == 0
    assert (first["number"], first["site_no"], first["valid_from"], first["batch"]) == (
        "161705070076",
        "S7",
        "2025-03-01",
        "首次",
    )


def test_two_versions_are_compared(folder: Path) -> None:
    (folder / "later.xlsx").write_bytes(workbook([[*GOOD[0][:7], LEAD, "只测大米"], GOOD[1]]))
    assert scope("compare", folder / "good.xlsx", folder / "good.xlsx")[:2] == (
        0,
        "没有变化 no change；不变 unchanged 2\n",
    )
    status, out, _ = scope("compare", folder / "good.xlsx", folder / "later.xlsx")
    assert status == 1
    assert "限制 无 → 只测大米" in out
    status, out, _ = scope("compare", folder / "bad.xlsx", folder / "good.xlsx")
    assert status == 1
    assert "有 1 行没有读入，未比较" in out


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["read", "{}/none.xlsx"], "没有这个文件"), (["read", "{}/text.xlsx"], "文本文件"), (["read", "{}/good.xlsx", "--certificate", "1"], "12 位"),
        (["read", "{}/good.xlsx", "--from", "1.3.2025"], "2026-01-31"), (["read", "{}/good.xlsx", "--site-name", "总部"], "总部=S1"),
        (["read", "{}/bad.xlsx", "--marked", "{}/good.xlsx"], "不会覆盖"), (["template", "{}/good.xlsx"], "不会覆盖"),
        (["template", "{}/no/empty.xlsx"], "没有这个文件夹"), (["compare", "{}/good.xlsx", "{}/empty.xlsx"], "文件是空的"),
        (["read", "{}/good.xlsx", "--batch", "别的"], "批次"),
    ],
)  # fmt: skip
def test_wrong_use_says_what_to_do(folder: Path, words: list[str], part: str) -> None:
    (folder / "text.xlsx").write_text("序号,类别\n1,食品\n", encoding="utf-8")
    (folder / "empty.xlsx").touch()
    status, _, err = scope(*(w.format(folder) for w in words))
    assert (status, part in err) == (2, True), err
