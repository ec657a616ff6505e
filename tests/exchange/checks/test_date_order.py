"""Days in an order in which things cannot have happened."""

from tests.exchange.checks.given import calibration, item, report, staff
from tests.exchange.tables import found, states

from zhijian.exchange.model import State


def test_days_in_order_pass_on_one_day_too() -> None:
    day = dict.fromkeys(("sampled_on", "received_on", "tested_from", "tested_to", "issued_on"), "2026-09-01")
    assert states("date-order", {"report": [report(), report("R2", **day)]}) == {State.PASSED, State.NOT_APPLICABLE} - {
        State.NOT_APPLICABLE
    }


def test_the_later_day_is_marked() -> None:
    wrong = report("R2", issued_on="2026-09-03")
    assert found("date-order", {"report": [report(), wrong]}) == [("issued_on", 3, "2026-09-03")]


def test_a_day_missing_in_the_middle_hides_nothing() -> None:
    wrong = report(tested_from=None, tested_to="2026-08-20")
    assert ("tested_to", 2, "2026-08-20") in found("date-order", {"report": [wrong]})


def test_a_calibration_is_not_due_on_the_day_itself() -> None:
    assert found("date-order", {"calibration": [calibration(due_on="2026-01-10")]}) == [("due_on", 2, "2026-01-10")]


def test_days_and_times_are_compared_by_day() -> None:
    sample = {
        "uscc": "U",
        "sample_no": "Y1",
        "name": "水",
        "received_at": "2026-09-01 15:00:00",
        "keep_until": "2026-09-01",
    }
    assert State.FAILED not in states("date-order", {"sample": [sample]})


def test_an_item_is_tested_within_the_days_of_its_report() -> None:
    tables = {"report": [report()], "report_item": [item(), item(seq=2, tested_on="2026-09-09")]}
    assert found("date-order", tables) == [("tested_on", 3, "2026-09-09")]


def test_what_has_no_end_does_not_apply() -> None:
    assert states("date-order", {"staff": [staff()]}) == {State.NOT_APPLICABLE}
