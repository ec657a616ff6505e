"""Results: against limit and verdict, against others of their kind, in a row."""

import pytest
from tests.exchange.checks.given import Row, item
from tests.exchange.tables import found, states

from zhijian.exchange.model import State


@pytest.mark.parametrize(
    ("result", "limit"), [("50", "≤50"), ("7.0", "6.5~8.5"), ("30.1", "≥30"), ("0.04", "<0.05"), ("0.1", "0.1")]
)
def test_within_the_limit_passes(result: str, limit: str) -> None:
    assert State.FAILED not in states("result-against-verdict", {"report_item": [item(result=result, limit=limit)]})


@pytest.mark.parametrize(
    ("result", "limit"), [("50.1", "≤50"), ("9.0", "6.5~8.5"), ("29.9", "≥ 30"), ("0.05", "<0.05"), ("0.11", "0.1")]
)
def test_beyond_the_limit_and_conforming_is_found(result: str, limit: str) -> None:
    rows = [item(), item(result=result, limit=limit)]
    assert found("result-against-verdict", {"report_item": rows}) == [("result", 3, result)]


@pytest.mark.parametrize(
    ("result", "limit"), [("<0.01", "≤0.05"), ("60", "n=5,c=2"), ("60", "不得检出"), ("未检出", "≤1")]
)
def test_what_is_no_plain_number_does_not_apply(result: str, limit: str) -> None:
    assert states("result-against-verdict", {"report_item": [item(result=result, limit=limit)]}) == {
        State.NOT_APPLICABLE
    }


def test_a_failing_item_may_be_beyond_its_limit() -> None:
    assert states("result-against-verdict", {"report_item": [item(result="99", verdict="不合格")]}) == {
        State.NOT_APPLICABLE
    }


def values(*results: str, **other: object) -> dict[str, list[Row]]:
    return {"report_item": [item(f"R{n}", result=r, **other) for n, r in enumerate(results)]}


def test_a_unit_mistaken_is_found() -> None:
    spread = [f"{10 + n * 0.7:.1f}" for n in range(25)]
    assert found("magnitude", values(*spread, "12500")) == [("result", 27, "12500")]


def test_lead_in_soil_and_in_rice_are_not_one_population() -> None:
    soil = [item(f"S{n}", result=f"{20 + n}", standard="GB/T 17141-1997") for n in range(25)]
    rice = [item(f"R{n}", result=f"0.0{n}", standard="GB 5009.12-2023") for n in range(1, 6)]
    assert states("magnitude", {"report_item": [*soil, *rice]}) == {State.PASSED}


def test_what_spreads_widely_by_nature_passes() -> None:
    counts = [str(10 ** (n % 7)) for n in range(70)]
    assert states("magnitude", values(*counts)) == {State.PASSED}


def test_few_values_do_not_tell() -> None:
    assert states("magnitude", values(*["12.5"] * 18, "12500")) == {State.NOT_APPLICABLE}


def test_a_long_run_of_one_value_is_found_at_its_beginning() -> None:
    rows = [*(f"{n}.37" for n in range(10)), *["12.5"] * 22, *(f"{n}.41" for n in range(10))]
    assert found("same-value-run", values(*rows)) == [("result", 12, "12.5 × 22")]


def test_one_value_often_and_not_in_a_row_passes() -> None:
    rows = [v for n in range(15) for v in ("12.5", "12.5", f"{n}.37")]
    assert states("same-value-run", values(*rows)) == {State.PASSED}


def test_non_detects_repeat_honestly() -> None:
    assert states("same-value-run", values(*["未检出"] * 40)) == {State.NOT_APPLICABLE}
