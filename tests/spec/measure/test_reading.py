"""Results, limits and days are read as a person reads them, or come back with the reason why not."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

import zhijian
from zhijian.spec.measure import Limit, NotReadable, Result, UnitUnknown, read_day, read_limit, read_result

from .golden import cases

REAL = Path(zhijian.__file__).parents[2].parent / "shared" / "data"


@pytest.mark.parametrize(
    "case", cases("results"), ids=lambda case: f"{case['class']}: {case['result'][:20]}|{case['unit'][:20]}"
)
def test_a_result_is_read_or_says_why_not(case: dict[str, str]) -> None:
    read = read_result(case["result"], case["unit"])
    if case["read"] == "no":
        assert isinstance(read, NotReadable)
        assert (read.why.value, read.text) == (case["kind"], case["canonical"])
        assert read.zh
        assert read.en
    else:
        assert isinstance(read, Result), read
        got = (read.kind.value, read.text, read.unit_text or "", " ".join(read.inferred))
        assert got == (case["kind"], case["canonical"], case["canonical_unit"], case["inferred"])


@pytest.mark.parametrize("case", cases("limits"), ids=lambda case: f"{case['class']}: {case['limit'][:30]}")
def test_a_limit_is_read_or_says_why_not(case: dict[str, str]) -> None:
    read = read_limit(case["limit"])
    if case["read"] == "no":
        assert isinstance(read, NotReadable)
        assert (read.why.value, read.text) == (case["kind"], case["canonical"])
    else:
        assert isinstance(read, Limit), read
        assert (read.kind.value, read.whole, " ".join(read.inferred)) == (
            case["kind"],
            case["canonical"],
            case["inferred"],
        )


@pytest.mark.parametrize("case", cases("days"), ids=lambda case: case["text"])
def test_a_day_is_read_or_says_why_not(case: dict[str, str]) -> None:
    read = read_day(case["text"])
    if case["read"] == "no":
        assert isinstance(read, NotReadable)
        assert read.why.value == case["day"]
        assert read.zh
    else:
        assert not isinstance(read, NotReadable)
        assert read.isoformat() == case["day"]


def test_a_day_number_of_excel_is_a_day_only_when_told_so() -> None:
    days = [read_day(text, excel_serial=True) for text in ("44927", "44927.5", "46025", "61", "20260103", "2026-01-03")]
    assert [str(day) for day in days] == [
        "2023-01-01",
        "2023-01-01",
        "2026-01-03",
        "1900-03-01",
        "2026-01-03",
        "2026-01-03",
    ]
    for text in ("60", "999999", "0"):
        assert isinstance(read_day(text, excel_serial=True), NotReadable)


def test_the_golden_cases_are_many() -> None:
    assert sum(len(cases(name)) for name in ("results", "limits", "days")) >= 200


def test_of_the_canonical_forms_all_fit_the_specification() -> None:
    for case in cases("results"):
        assert len(case["canonical"]) <= 200
        assert len(case["canonical_unit"]) <= 40
    assert all(len(case["canonical"]) <= 100 for case in cases("limits"))


LOST = {
    # why → how many of the distinct values of the real files come back with it
    "results": {"exponent_lost": 12, "bad_value": 1, "words": 1, "unit_unknown": 2},
    "limits": {"limit_cut": 5, "unit_unknown": 1},
}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real notices are not beside this checkout (../shared/data)")
def test_of_the_real_notices_every_value_is_read_but_those_that_the_crawl_destroyed() -> None:
    """96 distinct results, 33 distinct limits. Of what the crawl left whole, all is read but one unit and one remark."""
    results, limits = set(), set()
    for path in sorted(REAL.glob("food_sampling_*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                results.add((row["检测结果"], row["单位"]))
                limits.add(row["限量值"])
    results.discard(("", ""))
    limits.discard("")
    assert (len(results), len(limits)) == (96, 33)
    read = {"results": [read_result(*one) for one in results], "limits": [read_limit(one) for one in limits]}
    for name, values in read.items():
        lost: dict[str, int] = dict.fromkeys(LOST[name], 0)
        for value in values:
            if isinstance(value, NotReadable):
                assert value.text, value
                lost[value.why.value] += 1
            elif isinstance(value.unit, UnitUnknown):
                lost["unit_unknown"] += 1
        assert lost == LOST[name]
    whole = {name: 1 - sum(LOST[name].values()) / len(values) for name, values in read.items()}
    assert whole["results"] >= 0.83
    assert whole["limits"] >= 0.81
    destroyed = {"results": 13, "limits": 5}
    for name, values in read.items():
        left = len(values) - destroyed[name]
        assert 1 - (sum(LOST[name].values()) - destroyed[name]) / left >= {"results": 0.96, "limits": 0.96}[name]


@pytest.mark.parametrize("name", ["results", "limits"])
def test_a_canonical_form_reads_back_as_the_same_value(name: str) -> None:
    for case in cases(name):
        if case["read"] == "no":
            continue
        if name == "results":
            result = read_result(case["result"], case["unit"])
            assert isinstance(result, Result)
            assert read_result(result.text, result.unit_text) == replace(result, inferred=(), remark="")
        else:
            limit = read_limit(case["limit"])
            assert isinstance(limit, Limit)
            assert read_limit(limit.whole) == replace(limit, inferred=())
