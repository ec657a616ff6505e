"""Late, stopped, missing, changed: what the days of a table show."""

from datetime import date

from tests.exchange.checks.given import Row, months, report
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import State


def test_what_came_within_a_week_passes() -> None:
    rows = [report(上报时间="2026-09-12 08:00:00"), report("R2", 上报时间="2026/9/6 10:00")]
    assert states("late-arrival", {"report": rows}) == {State.PASSED}


def test_what_came_later_is_found() -> None:
    rows = [report(上报时间="2026-09-05"), report("R2", 上报时间="2026年9月13日")]
    assert [f[1:] for f in found("late-arrival", {"report": rows})] == [(3, "2026年9月13日")]


def test_without_a_column_of_arrival_it_says_so() -> None:
    (one,) = judged("late-arrival", {"report": [report()]})
    assert one.state is State.NOT_APPLICABLE
    assert one.reason is not None
    assert "上报时间" in one.reason.zh


def test_a_table_that_stopped_is_found_at_its_newest_record() -> None:
    rows = [report(), report("R2", issued_on="2026-09-16")]
    assert found("stale-table", {"report": rows}) == [("issued_on", 3, "2026-09-16")]


def test_a_table_of_last_month_passes() -> None:
    assert states("stale-table", {"report": [report(issued_on="2026-09-17")]}) == {State.PASSED}


def test_days_to_come_keep_no_table_fresh() -> None:
    assert states("stale-table", {"report": [report(issued_on="2027-01-01")]}) == {State.NOT_APPLICABLE}


def test_missing_months_are_found_after_the_gap() -> None:
    rows = [*months(30, 30, 30), *months(30, 30, 30, 30, first=6)]
    assert found("month-gap", {"report": rows}) == [("issued_on", 92, "2026-04～2026-05")]


def test_month_after_month_passes_and_a_thin_table_does_not_apply() -> None:
    assert states("month-gap", {"report": months(*[30] * 7)}) == {State.PASSED}
    assert states("month-gap", {"report": [*months(2, 2, 2, 2), *months(2, 2, 2, first=8)]}) == {State.NOT_APPLICABLE}


def filled(*fills: int) -> list[Row]:
    """40 reports a month, of each so many with a title."""
    return [r | {"title": "报告" if n % 40 < fills[n // 40] else ""} for n, r in enumerate(months(*[40] * len(fills)))]


def test_a_column_that_empties_is_found_in_its_first_month() -> None:
    assert found("fill-rate-change", {"report": filled(40, 38, 40, 5, 4, 6)}) == [("title", 122, "2026-04 95 % → 13 %")]


def test_a_column_that_fills_is_found_too() -> None:
    assert [f[:2] for f in found("fill-rate-change", {"report": filled(0, 2, 0, 40, 40)})] == [("title", 122)]


def test_what_does_not_stay_or_moves_little_passes() -> None:
    assert states("fill-rate-change", {"report": filled(40, 38, 4, 40, 40, 39)}) == {State.PASSED}
    assert states("fill-rate-change", {"report": filled(40, 38, 36, 34, 32, 30)}) == {State.PASSED}


def test_few_months_do_not_tell() -> None:
    assert states("fill-rate-change", {"report": filled(40, 4, 4)}) == {State.NOT_APPLICABLE}


def test_a_month_sent_thrice_is_found() -> None:
    assert found("volume-jump", {"report": months(20, 100, 100, 320, 100, 100, 20)}) == [
        ("issued_on", 222, "2026-04 320 / 100.0")
    ]


def test_a_month_left_out_by_half_is_not_and_by_three_quarters_is() -> None:
    assert states("volume-jump", {"report": months(20, 210, 210, 100, 210, 210, 20)}) == {State.PASSED}
    assert [f[1] for f in found("volume-jump", {"report": months(20, 210, 210, 50, 210, 210, 20)})] == [442]


def test_small_tables_do_not_tell() -> None:
    assert states("volume-jump", {"report": months(20, 30, 30, 120, 30, 30)}, date(2026, 11, 1)) == {
        State.NOT_APPLICABLE
    }
