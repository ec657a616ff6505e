"""A number that cannot be."""

from tests.exchange.tables import found, states

from zhijian.exchange.model import State

SAMPLE = {"uscc": "U", "sample_no": "Y1", "name": "水", "longitude": "120.1", "latitude": "30.2", "quantity": "2"}


def test_a_place_in_china_passes() -> None:
    assert states("number-range", {"sample": [SAMPLE]}) == {State.PASSED}


def test_swapped_coordinates_are_found() -> None:
    swapped = SAMPLE | {"longitude": "30.2", "latitude": "120.1"}
    assert set(found("number-range", {"sample": [SAMPLE, swapped]})) == {
        ("longitude", 3, "30.2"),
        ("latitude", 3, "120.1"),
    }


def test_below_the_minimum_of_the_specification_is_found() -> None:
    assert found("number-range", {"sample": [SAMPLE | {"quantity": "-1"}]}) == [("quantity", 2, "-1")]


def test_a_year_to_come_is_found() -> None:
    rows = [{"uscc": "U", "year": y, "submitted_on": "2026-02-01"} for y in (2025, 2027)]
    assert found("number-range", {"annual_report": rows}) == [("year", 3, "2027")]


def test_no_number_does_not_apply() -> None:
    blank = SAMPLE | {"longitude": "/", "latitude": "", "quantity": "两袋"}
    assert states("number-range", {"sample": [blank]}) == {State.NOT_APPLICABLE}
