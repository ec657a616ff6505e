"""The real notices of food sampling: every kind of defect that their README names is found, and located."""

from pathlib import Path

import pytest
from tests.exchange.tables import ON

from zhijian.exchange.model import State
from zhijian.exchange.quality import SelfCheck
from zhijian.exchange.quality.result import CheckResult

NAMED = {
    "生产日期 equals 发布日期 in every row": {("constant-relation", "生产日期")},
    "搜索条件, 批号, 项目分类 always empty": {
        ("column-empty", "搜索条件"),
        ("column-empty", "批号"),
        ("column-empty", "项目分类"),
    },
    "rows that pass carry no item and no result": {("blank-by-value", "判定")},
    "供应商 is the place sampled": {("place-as-party", "供应商")},
    "a quarter of 生产商 is blank or /": {("gaps", "生产商")},
    "line breaks inside cells": {("line-break-inside", "物料名称"), ("line-break-inside", "生产商")},
    "trailing blanks": {("blanks-around", "生产商"), ("blanks-around", "供应商")},
    "<sup> tags": {("markup", "单位"), ("markup", "限量值")},
    "results split between 单位 and 检测结果": {("unit-holds-result", "单位")},
    "full- and half-width brackets": {("bracket-mix", "物料名称")},
    "spellings of one unit": {("unit-spelling", "单位")},
    "limits in words": {("limit-in-words", "限量值")},
    "provinces in several spellings": {("province-spelling", "发布单位")},
    "exact duplicates": {("exact-duplicate", "信息来源")},
    "no laboratory column: no entity is recognised": {("table-unrecognised", "信息来源")},
}


@pytest.fixture(scope="module")
def result(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    files = sorted((shared / "data").glob("food_sampling_*.csv"))
    if not files:
        pytest.skip("../shared/data has no food_sampling_*.csv: real data is not part of the project")
    with SelfCheck(tmp_path_factory.mktemp("check")) as check:
        check.open(files)
        return check.judge(ON, profile=False)


@pytest.mark.parametrize("said", NAMED)
def test_a_defect_that_is_known_is_found(result: CheckResult, said: str) -> None:
    found = {(r.check, r.columns[0]) for r in result.rules if r.failing and r.columns}
    assert NAMED[said] <= found


def test_what_is_found_has_rows_of_the_files(result: CheckResult) -> None:
    for rule in result.rules:
        if rule.failing and rule.check not in ("column-empty", "table-unrecognised", "place-as-party"):
            rows = [e.row for e in rule.examples]
            assert rows, rule.check
            assert all(row is not None and 2 <= row <= result.tables[rule.table].rows + 1 for row in rows), rule.check


def test_nothing_was_left_unevaluated(result: CheckResult) -> None:
    assert not [r for r in result.rules if r.state is State.NOT_EVALUATED]
