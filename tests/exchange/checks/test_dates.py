"""Days in the future and days before the thing could be."""

from tests.exchange.checks.given import authorisation, calibration, report, staff
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import Severity, State


def test_what_has_happened_is_not_in_the_future() -> None:
    assert found("future-date", {"report": [report(), report("R2", issued_on="2026-11-02")]}) == [
        ("issued_on", 3, "2026-11-02")
    ]


def test_terms_end_in_the_future_as_a_matter_of_course() -> None:
    assert states("future-date", {"calibration": [calibration(due_on="2030-01-01")]}) == {State.PASSED}


def test_a_planned_beginning_is_a_warning() -> None:
    (one,) = (o for o in judged("future-date", {"authorisation": [authorisation(from_on="2026-12-01")]}) if o.failing)
    assert one.severity is Severity.WARNING


def test_an_unreadable_day_is_neither_future_nor_past() -> None:
    bad = report(received_on="明天", tested_from="", tested_to="/", issued_on="2026-13-01")
    assert states("future-date", {"report": [bad]}) == {State.NOT_APPLICABLE}
    assert states("ancient-date", {"report": [bad]}) == {State.NOT_APPLICABLE}


def test_the_zero_of_a_spreadsheet_is_found() -> None:
    people = [staff(), staff("P2", employed_from="1900-01-01")]
    assert found("ancient-date", {"staff": people}) == [("employed_from", 3, "1900-01-01")]


def test_nothing_was_accredited_before_the_law() -> None:
    rows = [authorisation(), authorisation(from_on="1985-01-01")]
    assert found("ancient-date", {"authorisation": rows}) == [("from_on", 3, "1985-01-01")]


def test_old_hands_pass() -> None:
    assert State.FAILED not in states("ancient-date", {"staff": [staff(employed_from="1968-12-01")]})
