"""From the records back to the source: the same cells, or cells that mean the same; what differs is named with its row."""

import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.tables import written

from zhijian.exchange.mapping import applied, read_mapping
from zhijian.exchange.mapping.roundtrip import Returned, RoundTrip, round_trip
from zhijian.exchange.source import opened
from zhijian.spec import specification

TEXT = """
mapping: demo
specification: 0.2.0
tables: {表: {files: "表"}}
records:
  - entity: report_item
    from: 表
    fields:
      own_number: {from: [年, 号], with: "-"}
      seq: 序
      parameter: 项目
      result: {from: [结果, 单位], as: result}
      unit: {from: [结果, 单位], as: result-unit}
      limit: {from: 限值, as: limit}
      verdict: {from: 判定, codes: {合: 合格, 否: 不合格}}
      tested_on: 日期
      tester: {sql: "年 || '号'", because: 试}
"""
ROW = {
    "年": "2026",
    "号": "17",
    "序": "1",
    "项目": "铅",
    "结果": "0.05",
    "单位": "mg/kg",
    "限值": "≤0.2mg/kg",
    "判定": "合",
    "日期": "2026-01-03",
}


def went(*rows: dict[str, str], text: str = TEXT) -> RoundTrip:
    spec, con = specification(), duckdb.connect()
    mapping = read_mapping(text, spec)
    with tempfile.TemporaryDirectory() as folder:
        (table,) = opened(con, [written(Path(folder), "表", rows)], Path(folder))
        applied(con, mapping, {"表": table}, spec)
        return round_trip(con, mapping, {"表": table}, spec)


def of(trip: RoundTrip, element: str) -> Returned:
    return next(f for f in trip.fields if f.element == element)


def test_what_is_only_renamed_translated_or_glued_comes_back_the_same() -> None:
    trip = went(ROW)
    assert trip.proven
    assert {f.element: (f.same, f.alike) for f in trip.fields} == dict.fromkeys(
        ("own_number", "seq", "parameter", "result", "limit", "verdict", "tested_on"), (1, 0)
    )


def test_another_way_of_writing_is_the_same_in_meaning() -> None:
    trip = went(ROW | {"日期": "2026年1月3日", "结果": "1.3", "单位": "×10⁵CFU/g", "限值": "不得超过 0.2 ㎎／㎏"})
    assert trip.proven
    for element in ("tested_on", "result", "limit"):
        assert (of(trip, element).same, of(trip, element).alike) == (0, 1), element


def test_what_was_lost_differs_and_its_row_is_named() -> None:
    trip = went(ROW, ROW | {"判定": "待定", "日期": "去年"})
    assert not trip.proven
    assert (of(trip, "verdict").different, of(trip, "verdict").rows) == (1, (3,))
    assert of(trip, "tested_on").rows == (3,)


def test_what_has_no_way_back_says_why() -> None:
    why = {w.element: w.why.en for w in went(ROW).without}
    assert set(why) == {"unit", "tester"}
    folded = TEXT.replace("{合: 合格, 否: 不合格}", "{合: 合格, 好: 合格}")
    assert "verdict" in {w.element for w in went(ROW, text=folded).without}


@settings(max_examples=25, deadline=None)
@given(
    st.dates(min_value=__import__("datetime").date(1990, 1, 1), max_value=__import__("datetime").date(2030, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d"]),
    st.decimals(min_value=0, max_value=1000, places=3),
)
def test_every_day_and_number_that_can_be_read_comes_back(day: object, form: str, number: object) -> None:
    assert went(ROW | {"日期": day.strftime(form), "结果": str(number)}).proven  # type: ignore[attr-defined]
