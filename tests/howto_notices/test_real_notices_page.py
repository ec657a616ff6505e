"""The page on real notices: its code runs, and its list of reasons is the code's."""

import csv
import re
from pathlib import Path

import pytest

import zhijian
from zhijian.synthetic.notice_rows import COLUMNS, REASONS

PAGE = Path(zhijian.__file__).parents[2] / "docs" / "howto" / "real-notices.md"


def test_the_code_on_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "notices").mkdir()
    with (tmp_path / "notices" / "a.csv").open("w", encoding="utf-8-sig", newline="") as out:
        row = {"物料名称": "示例雪糕", "判定": "待定", "发布单位": "浙江市场监管局", "发布日期": "2022-03-28"}
        csv.writer(out).writerows([COLUMNS, [row.get(column, "") for column in COLUMNS]])
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S)
    exec(compile(block, str(PAGE), "exec"), {})
    assert "bad_verdict" in (tmp_path / "unmapped.csv").read_text(encoding="utf-8-sig")


def test_the_page_lists_every_reason() -> None:
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), flags=re.M))
    assert {why.value: words[0] for why, words in REASONS.items()}.items() <= rows.items()
