"""Tables derived for joins, names looked up, and words for nothing that are values."""

import pytest
from tests.exchange.mapping.mapped import Outcome

from zhijian.exchange.mapping import MappingWrong, read_mapping
from zhijian.spec import specification

HEAD = """
mapping: demo
specification: 0.2.0
tables: {人员: {files: "*.csv"}, 仪器: {files: "*.csv"}}
derived:
  在职: {from: 人员, where: "删 IS NULL", first: {of: 编号, latest: 改}}
  多余: {from: 人员, twins: {of: 编号, latest: 改}}
records:
"""
PEOPLE = [{"编号": "P1", "姓名": "王一", "改": "2026-01-01", "删": ""}, {"编号": "P1", "姓名": "王壹", "改": "2026-02-01", "删": ""},
          {"编号": "P2", "姓名": "李二", "改": "2026-01-01", "删": ""}, {"编号": "P3", "姓名": "李二", "改": "2026-01-01", "删": ""},
          {"编号": "P4", "姓名": "赵四", "改": "2026-01-01", "删": "1"}]  # fmt: skip


def made(fields: str, where: str = "") -> Outcome:
    text = HEAD + f"  - {{entity: report_item, from: 仪器, fields: {{{fields}}}{where}}}"
    rows = [
        {"号": "P1", "人": "王壹", "词": "无"},
        {"号": "P2", "人": "李二", "词": "/"},
        {"号": "P3", "人": "赵四", "词": "锟斤拷"},
    ]
    return Outcome(text, {"人员": PEOPLE, "仪器": rows})


def test_a_name_becomes_a_number_and_one_that_is_several_or_none_is_lost_and_listed() -> None:
    found = made("tester: {from: 人, find: {in: 在职, by: 姓名, take: 编号}}")
    assert [r["tester"] for r in found.records("report_item")] == ["P1", None, None]
    assert [(row, value) for _, row, _, value in found.losses()] == [(3, "李二"), (4, "赵四")]


def test_of_rows_with_one_key_the_latest_stays_and_the_others_are_twins() -> None:
    joined = ", join: [{table: 多余, on: {号: 编号}}]"
    found = made("tester: 多余.姓名", joined)
    assert [r["tester"] for r in found.records("report_item")] == ["王一", None, None]


def test_a_word_for_nothing_can_be_a_value_and_what_an_encoding_destroyed_is_lost() -> None:
    found = made("result: {from: 词, as: tidy, keep: 无}")
    assert [r["result"] for r in found.records("report_item")] == ["无", None, None]
    assert [row for _, row, _, _ in found.losses()] == [4]


def test_records_come_out_of_the_sources_own_tables_only() -> None:
    with pytest.raises(MappingWrong, match="tables"):
        read_mapping(HEAD + "  - {entity: report_item, from: 在职, fields: {result: 姓名}}", specification())
    with pytest.raises(MappingWrong, match="find"):
        read_mapping(HEAD + "  - {entity: report_item, from: 仪器, fields: {tester: {from: 人, find: {in: 别处, by: a, take: b}}}}",
                     specification())  # fmt: skip
