"""Honest reports break no rule and faulty ones break the one they name, by an oracle that shares no code."""

from collections import Counter
from datetime import date

import pytest

from zhijian.synthetic import World
from zhijian.synthetic.methods import subjects
from zhijian.synthetic.results import can_fail, limit_of

from .admissibility import Book

ON = date(2026, 6, 30)
RULES = {
    "signatory_not_authorised",
    "out_of_scope",
    "standard_year_unknown",
    "standard_without_year",
    "certificate_expired",
    "calibration_overdue",
    "instrument_unknown",
    "dates_out_of_order",
    "future_issue_date",
    "signatory_unknown",
    "site_unknown",
    "certificate_of_another",
}


@pytest.mark.parametrize(("seed", "on"), [(11, ON), (12, date(2024, 9, 30)), (13, date(2025, 3, 3))])
def test_no_honest_report_breaks_a_rule(seed: int, on: date) -> None:
    world = World(seed=seed, on=on, reports=2_000)
    book = Book(world.registry(), on.isoformat())
    broken = Counter(fault for report in world.reports() for fault in book.faults(report))
    assert broken == {}


@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_each_faulty_report_breaks_exactly_the_rule_it_names(seed: int) -> None:
    world = World(seed=seed, on=ON, reports=2_000)
    book = Book(world.registry(), ON.isoformat())
    faulty = list(world.refusable(each=3))
    assert Counter(rule for rule, _ in faulty) == dict.fromkeys(RULES, 3)
    assert [(rule, book.faults(report)) for rule, report in faulty] == [(rule, {rule}) for rule, _ in faulty]


def test_faulty_reports_never_take_the_number_of_an_honest_one() -> None:
    world = World(seed=11, on=ON, reports=2_000)
    honest = {(r["uscc"], r["own_number"]) for r in world.reports()}
    faulty = [(r["uscc"], r["own_number"]) for _, r in world.refusable(each=3)]
    assert honest.isdisjoint(faulty)
    assert len(set(faulty)) == len(faulty)


def test_results_agree_with_their_limits_and_verdicts() -> None:
    """A number is judged as printed; a word is right when it does not say otherwise."""
    for report in World(seed=11, on=ON, reports=2_000).reports():
        verdicts = {item["verdict"] for item in report["items"]}
        assert report["verdict"] == "不判定" or ("不合格" in verdicts) == (report["verdict"] == "不合格")
        for item in report["items"]:
            limit = limit_of(item.get("limit") if "-4" not in item.get("limit", "") else None)
            try:
                value = float(item["result"])
            except ValueError:
                continue
            if item["verdict"] != "不判定" and (limit.low, limit.high) != (None, None):
                assert limit.holds(value) == (item["verdict"] == "合格"), item


def test_no_test_is_shorter_than_its_method_allows() -> None:
    minutes = {(row.parameter, row.standard): row.minutes for s in subjects() for row in s.rows}
    for report in World(seed=11, on=ON, reports=2_000).reports():
        days = (date.fromisoformat(report["tested_to"]) - date.fromisoformat(report["tested_from"])).days
        for item in report["items"]:
            needed = minutes.get((item["parameter"], item["standard"]), 0)
            assert needed <= 1_440 or days * 1_440 >= needed, (report["own_number"], item)


def test_values_do_not_pile_up_under_a_limit() -> None:
    """Among honest results with an upper limit, few lie within the last two percent below it."""
    near = total = 0
    for report in World(seed=11, on=ON, reports=2_000).reports():
        for item in report["items"]:
            limit = limit_of(item["limit"]) if item.get("limit", "").startswith("≤") else None
            if limit is not None and limit.high and item["result"].replace(".", "").isdigit():
                total += 1
                near += 0.98 * limit.high < float(item["result"]) <= limit.high
    assert total > 1_000
    assert near / total < 0.03


def test_every_numeric_row_with_a_limit_can_fail_and_hold() -> None:
    from random import Random

    from zhijian.synthetic.results import draw

    rng = Random(1)
    for row in (row for subject in subjects() for row in subject.rows if can_fail(row)):
        for _ in range(5):
            good, bad = draw(rng, row, fails=False), draw(rng, row, fails=True)
            assert good != bad
