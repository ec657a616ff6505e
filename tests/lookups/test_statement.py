"""The statement of an institution out of its rows: days, codes, what stands out, and nobody else's."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.lookups.conftest import AT, Looks

from zhijian.kit.scope import Scope
from zhijian.lookups import Shown, Thresholds, code_document, codes, document, statement
from zhijian.wiring import Node

CodeOf = Callable[..., str]
ON = date(2026, 5, 18)


@pytest.fixture
def told(node: Node) -> Callable[..., dict[str, Any]]:
    def ask(uscc: str, scope: Scope | None = None, back: int = 0, **over: Any) -> dict[str, Any]:
        with node.transaction() as db:
            scope = scope or Scope.of_institution(uscc)
            return document(statement(db, scope, uscc, ON - timedelta(days=back), ON, Thresholds(**over)))

    return ask


def quiet_month(looks: Looks, code: str) -> None:
    """One look a day, from one place."""
    for back in range(28, 0, -1):
        looks.answered(code, "198.51.100.7")
        looks.flush(AT - timedelta(days=back))


def test_days_and_totals_are_the_sums_of_their_codes(
    looks: Looks, code_of: CodeOf, uscc_of: Callable[[str], str], told: Callable[..., dict[str, Any]]
) -> None:
    for back in (2, 0):
        looks.answered(code_of(1), "198.51.100.7", "203.0.113.9")
        looks.answered(code_of(2), "198.51.100.7", verified=True)
        looks.counter.refused(code_of(2), "198.51.100.7")
        looks.counter.unknown(code_of(9), "198.51.100.7")
        looks.flush(AT - timedelta(days=back))
    found = told(uscc_of(code_of(1)), back=5)
    assert [(d["on"], d["codes"], d["looks"], d["verified_looks"], d["wrong_verifier"]) for d in found["days"]] == [
        ("2026-05-16", 2, 3, 1, 1), ("2026-05-18", 2, 3, 1, 1)]  # fmt: skip
    assert (found["totals"]["looks"], found["totals"]["unknown_looks"]) == (6, 2)
    assert [d["on"] for d in found["unknown_codes"]] == ["2026-05-16", "2026-05-18"]
    assert found["anomalies"] == []
    assert told(uscc_of(code_of(1)), back=1)["totals"]["looks"] == 3


def test_all_that_stands_out_is_found_and_named(
    looks: Looks, code_of: CodeOf, uscc_of: Callable[[str], str], told: Callable[..., dict[str, Any]]
) -> None:
    quiet_month(looks, code_of(1))
    looks.answered(code_of(1), *(f"10.0.{n}.1" for n in range(60) for _ in range(2)))
    looks.answered(code_of(2), *(f"10.0.{n}.1" for n in range(5)), as_=Shown.ENDED)
    looks.answered(code_of(3), *["10.0.0.1"] * 5, as_=Shown.RESERVED)
    for number in range(25):
        looks.counter.refused(code_of(4), "10.0.0.1")
        looks.counter.unknown(code_of(500 + number), "10.0.0.1")
    looks.answered(code_of(5), *["10.0.0.1"] * 19)
    looks.flush()
    found = told(uscc_of(code_of(1)))
    assert {(a["kind"], a["code"]) for a in found["anomalies"]} == {
        ("many-places", code_of(1)), ("withdrawn-still-shown", code_of(2)), ("looked-before-issued", code_of(3)),
        ("guessed", code_of(4)), ("unknown-codes", None), ("spike", None)}  # fmt: skip
    assert found["not_judged"] == []
    many = next(a for a in found["anomalies"] if a["kind"] == "many-places")
    assert many["numbers"] == {"places": 60, "usual": 1, "looks": 120}


def test_with_too_little_history_it_says_so_and_calls_nothing_unusual(
    looks: Looks, code_of: CodeOf, uscc_of: Callable[[str], str], told: Callable[..., dict[str, Any]]
) -> None:
    looks.answered(code_of(1), *(f"10.0.{n}.1" for n in range(64) for _ in range(9)))
    looks.flush()
    found = told(uscc_of(code_of(1)))
    assert found["anomalies"] == []
    assert {(one["kind"], one["why"]) for one in found["not_judged"]} == {
        ("many-places", "too-little-history"), ("spike", "too-little-history")}  # fmt: skip
    assert all(one["message"]["zh"] and one["message"]["en"] for one in found["not_judged"])


def test_thresholds_are_the_caller_s(
    looks: Looks, code_of: CodeOf, uscc_of: Callable[[str], str], told: Callable[..., dict[str, Any]]
) -> None:
    looks.counter.refused(code_of(1), "10.0.0.1")
    looks.flush()
    assert told(uscc_of(code_of(1)))["anomalies"] == []
    assert [a["kind"] for a in told(uscc_of(code_of(1)), wrong_at_least=1)["anomalies"]] == ["guessed"]


def test_codes_come_page_by_page_each_once_and_most_looked_at_first(
    looks: Looks, node: Node, code_of: CodeOf, uscc_of: Callable[[str], str]
) -> None:
    counts = [7, 1, 3, 3, 3, 9, 1]
    for number, count in enumerate(counts):
        looks.answered(code_of(number), *["10.0.0.1"] * count)
    looks.flush()
    uscc, after, seen = uscc_of(code_of(0)), None, []
    with node.transaction() as db:
        while page := codes(db, Scope.of_institution(uscc), uscc, ON, ON, after, 2):
            seen += page
            after = page[-1].looks, page[-1].code
    assert [one.looks for one in seen] == sorted(counts, reverse=True)
    assert {one.code for one in seen} == {code_of(n) for n in range(len(counts))}
    assert code_document(seen[0])["places_most"] == 1


@pytest.mark.parametrize(
    "scope", [Scope.anyone(), Scope.of_institution("91330100MA2EXAMP0X"), Scope(), Scope(frozenset({"99"}), None)]
)
def test_out_of_scope_there_is_nothing(
    looks: Looks,
    node: Node,
    code_of: CodeOf,
    uscc_of: Callable[[str], str],
    told: Callable[..., dict[str, Any]],
    scope: Scope,
) -> None:
    for number in range(30):
        looks.answered(code_of(1), f"10.0.{number}.1")
        looks.counter.unknown(code_of(900 + number), "10.0.0.1")
        looks.counter.refused(code_of(1), "10.0.0.1")
    looks.flush()
    uscc = uscc_of(code_of(1))
    assert told(uscc)["anomalies"]
    found = told(uscc, scope)
    assert (found["days"], found["unknown_codes"], found["anomalies"], found["not_judged"]) == ([], [], [], [])
    with node.transaction() as db:
        assert codes(db, scope, uscc, ON, ON, None, 10) == []
