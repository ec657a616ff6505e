"""Whatever a cell holds: no crash, an answer soon, the same answer again, and canonical forms that read back."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhijian.spec.measure import Limit, NotReadable, Result, judge, read_day, read_limit, read_result, unit

PIECES = st.lists(
    st.sampled_from(
        ["1", "2.5", "10", "×", "×10", "⁵", "^4", "<", "≤", "≥", "；", ";", "，", ",", "、", " ", "①", "②", "mg/kg", "CFU/g", "/25g",
         "未检出", "检出", "ND", "（", "）", "~", "-", "±", "%", "n=5", "c=2", "m=", "M=", "初检", "复检结果：", "不得", "使用", "以下",
         "不超过", "一级", "符合", "<sup>4</sup>", "e5", ".", "/", "0", "L", "单位：", "\n", "年", "月", "日", "二〇", "2026", "年"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
TEXTS = st.one_of(PIECES, st.text(max_size=2100))


@given(TEXTS, TEXTS)
@example("1" * 2000, "")
@example("①" * 1000, "×10" * 300)
@example("<sup>" * 400, "")
@example("，" * 900, "，" * 900)
@example("\x001\x002", "\u202e5mg")
def test_any_text_is_read_or_refused_and_what_is_read_reads_back(result: str, beside: str) -> None:
    read = read_result(result, beside)
    assert read == read_result(result, beside)
    if isinstance(read, Result):
        assert read_result(read.text, read.unit_text) == replace(read, inferred=(), remark=""), (
            read.text,
            read.unit_text,
        )
    else:
        assert read.zh
        assert read.en


@given(TEXTS)
@example("n=" * 900)
@example("n=5，" * 400)
@example("≤" * 2000)
@example("不大于" * 600)
@example("a" * 1999 + "!")
def test_any_limit_is_read_or_refused_and_what_is_read_reads_back(text: str) -> None:
    read = read_limit(text)
    if isinstance(read, Limit):
        assert read_limit(read.whole) == replace(
            read, inferred=(), parts=tuple(replace(p, inferred=()) for p in read.parts)
        )
    else:
        assert read.zh
        assert read.en


@given(TEXTS)
@example("20260103T" * 200)
@example("2026-01-03T00:00:00+99:99")
@example("٢٠٢٦-٠١-٠٣")
def test_any_day_is_read_or_refused(text: str) -> None:
    for excel_serial in (False, True):
        read = read_day(text, excel_serial=excel_serial)
        assert isinstance(read, date) or read.zh


@given(PIECES, PIECES, PIECES)
def test_whatever_was_read_can_be_judged(result: str, beside: str, limit: str) -> None:
    read, bound = read_result(result, beside), read_limit(limit)
    if isinstance(read, Result) and isinstance(bound, Limit):
        assert judge(read, bound).zh


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_reads_back(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
    ):
        assert read_day(text) == day


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9),
    st.integers(-9, 9),
)
def test_every_number_reads_back_exactly(number: Decimal, power: int) -> None:
    for text in (f"{number:f}×10^{power}", f"{number:f}E{power}"):
        read = read_result(text, "mg/kg")
        assert isinstance(read, Result)
        assert read.values[0].amount == number.scaleb(power)


@pytest.mark.parametrize(
    "piece",
    [
        "1,",
        "1",
        "①1",
        "n=5，",
        "≤1，",
        "a/",
        "(",
        "（单位：",
        "<sup>",
        "未检出",
        "不得",
        "1~",
        "以下",
        "mg/",
        "1 ",
        "×10",
        "\u0301",
        "一",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    """Doubling a text that was chosen to be awkward may not square the time: a second is far beyond what 2,000 characters need."""
    text = (piece * 2000)[:2000]
    for end in ("", "!"):
        begun = time.process_time()
        for read in (read_result, read_limit, read_day, unit):
            read(text[:1999] + end)
        read_result("1.3", text[:1990] + end)
        assert time.process_time() - begun < 1


def test_a_text_beyond_two_thousand_characters_is_refused_unread() -> None:
    for read in (read_result("1" * 2001), read_limit("1" * 2001), read_day("1" * 2001)):
        assert isinstance(read, NotReadable)
        assert read.why.value == "too_long"
