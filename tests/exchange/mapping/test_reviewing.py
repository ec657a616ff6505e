"""A mapping under review: changes touch one place, comments stay, nothing broken is taken, a step back is exact."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from tests.exchange.tables import written

from zhijian.exchange.mapping import MappingWrong, editing, read_mapping
from zhijian.exchange.mapping.reviewing import Review
from zhijian.exchange.mapping.shipping import shipped
from zhijian.exchange.source import opened
from zhijian.spec import specification

TEXT = """# 头上的话
mapping: demo
specification: 0.2.0
tables:
  报告: {files: "报告"}  # 表的话
records:
  # 一组
  - entity: report
    from: 报告
    fields:
      # verdict: 结论  # 判定，0.40：列名相近
      own_number: {from: 编号, confidence: 0.88}  # 机构报告编号：列名相近
      issued_on: 日期  # 日期的话
"""
ROWS = [
    {"编号": "B1", "日期": "2026-01-03", "结论": "合", "备注": "一"},
    {"编号": "B2", "日期": "去年", "结论": "不", "备注": ""},
]


@pytest.fixture
def review(tmp_path: Path) -> Review:
    con = duckdb.connect()
    tables = list(opened(con, [written(tmp_path, "报告", ROWS)], tmp_path))
    path = tmp_path / "demo.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return Review(con, tables, specification(), TEXT, path)


def test_a_changed_field_leaves_every_other_line_as_it_was(review: Review) -> None:
    review.set_field(0, "own_number", "编号")
    before, after = TEXT.splitlines(), review.text.splitlines()
    assert [a for a in after if a not in before] == ["      own_number: 编号  # 机构报告编号：列名相近"]
    assert len(after) == len(before)
    assert review.unsaved


def test_a_new_field_takes_the_place_of_its_candidate(review: Review) -> None:
    review.set_field(0, "verdict", {"from": "结论", "codes": {"合": "合格", "不": "不合格"}})
    assert review.field(0, "verdict").codes == {"合": "合格", "不": "不合格"}  # type: ignore[union-attr]
    assert "# verdict" not in review.text
    assert "# 头上的话" in review.text
    assert "# 一组" in review.text


def test_a_column_is_set_aside_with_its_reason_and_taken_back(review: Review) -> None:
    review.set_aside("报告", "备注", "没有对应字段")
    assert review.state_of("报告", "备注") == "set-aside"
    assert "# 表的话" in review.text
    review.take_back("报告", "备注")
    assert review.state_of("报告", "备注") == "open"


def test_the_last_field_can_go_and_another_come(review: Review) -> None:
    review.drop_field(0, "own_number")
    review.drop_field(0, "issued_on")
    assert not review.mapping.records[0].fields
    review.set_field(0, "title", {"value": "检测报告", "because": "源表只有检测报告"})
    assert [f.element for f in review.mapping.records[0].fields] == ["title"]


def test_what_cannot_be_read_is_not_taken(review: Review) -> None:
    with pytest.raises(MappingWrong):
        review.set_field(0, "title", {"value": "检测报告"})
    assert review.text == TEXT
    assert not review.can_undo


def test_undo_goes_back_step_by_step_and_save_keeps_what_was_there(review: Review) -> None:
    review.set_field(0, "title", "备注")
    review.set_field(0, "conclusion", "结论")
    review.undo()
    assert review.field(0, "conclusion") is None
    assert review.field(0, "title") is not None
    review.save()
    assert not review.unsaved
    assert review.path.with_name("demo.yaml.bak").read_text(encoding="utf-8") == TEXT
    assert read_mapping(review.path.read_text(encoding="utf-8"), specification()).records[0].fields
    review.undo()
    assert review.text == TEXT
    assert review.unsaved


def test_the_preview_shows_before_and_after_with_what_is_lost(review: Review) -> None:
    assert [(s.row, s.before, s.after, s.kind) for s in review.preview(0, "issued_on")] == [
        (2, ("2026-01-03",), "2026-01-03", ""),
        (3, ("去年",), None, "lost"),
    ]
    assert review.preview(0, "title") == []


def test_every_place_of_the_shipped_mapping_can_be_edited_though_it_is_written_in_blocks() -> None:
    spec, text = specification(), shipped()["foodmate"]
    whole = read_mapping(text, spec)
    for part, records in enumerate(whole.records):
        for one in records.fields:
            left = read_mapping(editing.drop_field(text, part, one.element), spec).records[part]
            assert left.fields == tuple(f for f in records.fields if f is not one)
            other = read_mapping(editing.set_field(text, part, one.element, "备注"), spec).records[part]
            assert [f.columns for f in other.fields if f.element == one.element] == [("备注",)]
            assert [f for f in other.fields if f.element != one.element] == [f for f in records.fields if f is not one]
    aside = read_mapping(editing.set_aside(text, "通报", "备注", "试"), spec)
    assert set(aside.source("通报").unused) == {*whole.source("通报").unused, "备注"}
    assert aside.records == whole.records


WHOLE = {
    "flow": "{confidence: 0.88, from: 编号, as: list, options: {by: '[+]'}, keep: 无, find: {in: 报告, by: 编号, take: 备注}, default: x, because: 缘由}",
    "last": "{from: 编号, sql2: x, confidence: 0.88}".replace("sql2: x", "codes: {B1: x}"),
    "block": """
        from: 编号
        confidence: 0.88  # 多大把握
        keep: [无]  # 无是一个值
        find: {in: 报告, by: 编号, take: 备注}
""",
}  # fmt: skip


@pytest.mark.parametrize("way", WHOLE)
def test_a_confirmed_field_says_all_that_it_said_but_how_sure_it_is(review: Review, way: str) -> None:
    text = TEXT.replace("{from: 编号, confidence: 0.88}", WHOLE[way])
    one = Review(review.con, review.tables, review.spec, text, review.path)
    before = one.field(0, "own_number")
    one.confirm(0, "own_number")
    assert one.field(0, "own_number") == replace(before, confidence=None)  # type: ignore[type-var]
    assert set(one.text.splitlines()) >= {line for line in text.splitlines() if "confidence" not in line}


def test_to_confirm_what_is_confirmed_changes_nothing(review: Review) -> None:
    review.confirm(0, "issued_on")
    review.confirm(0, "verdict")
    assert review.text == TEXT
