"""Every rule with a day that stands out, one that does not, and one it does not apply to; and what holds for all days."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.lookups.anomalies import (
    Anomaly,
    Baseline,
    Judged,
    Kind,
    NotJudged,
    baseline,
    guessed,
    judge_code,
    looked_before_issued,
    many_places,
    spike,
    unknown_codes,
    withdrawn_still_shown,
)
from zhijian.lookups.model import PLACES_MOST, CodeDay, DayTotal, Thresholds, UnknownDay
from zhijian.lookups.words import REASONS, words

ON, OVER = date(2026, 5, 18), Thresholds()
QUIET = CodeDay("332608K70049M302AR", ON, 30, 3, 1, 0, 0, 2)
USUAL = Baseline(28, 40, 2)
TOTAL = DayTotal(ON, 9, 60, 5, 1, 0, 0)
UNKNOWN = UnknownDay(ON, 3, 2, 1)


def code_day(**changes: int) -> CodeDay:
    return replace(QUIET, **changes)  # type: ignore[arg-type]


CASES: dict[Kind, tuple[Callable[[], Judged], ...]] = {
    Kind.MANY_PLACES: (
        lambda: many_places(code_day(places=20), USUAL, OVER),
        lambda: many_places(code_day(places=19), USUAL, OVER),
        lambda: many_places(code_day(places=64), Baseline(6, 40, 2), OVER),
    ),
    Kind.GUESSED: (
        lambda: guessed(code_day(wrong_verifier=10), OVER),
        lambda: guessed(code_day(wrong_verifier=9), OVER),
        lambda: guessed(code_day(looks=30, before_issue=30, wrong_verifier=10), OVER),
    ),
    Kind.UNKNOWN_CODES: (
        lambda: unknown_codes(replace(UNKNOWN, looks=20), OVER),
        lambda: unknown_codes(replace(UNKNOWN, looks=19), OVER),
        lambda: unknown_codes(replace(UNKNOWN, looks=0), OVER),
    ),
    Kind.LOOKED_BEFORE_ISSUED: (
        lambda: looked_before_issued(code_day(before_issue=5), OVER),
        lambda: looked_before_issued(code_day(before_issue=4), OVER),
        lambda: looked_before_issued(QUIET, OVER),
    ),
    Kind.WITHDRAWN_STILL_SHOWN: (
        lambda: withdrawn_still_shown(code_day(looks=5, after_end=5, places=3), OVER),
        lambda: withdrawn_still_shown(code_day(looks=50, after_end=50, places=2), OVER),
        lambda: withdrawn_still_shown(code_day(looks=50, after_end=49, places=30), OVER),
    ),
    Kind.SPIKE: (
        lambda: spike(replace(TOTAL, looks=200), USUAL, OVER),
        lambda: spike(replace(TOTAL, looks=199), USUAL, OVER),
        lambda: spike(replace(TOTAL, looks=9_999), Baseline(6, 40, 2), OVER),
    ),
}


@pytest.mark.parametrize("kind", Kind)
def test_each_rule_finds_passes_over_and_does_not_apply(kind: Kind) -> None:
    found, nothing, not_applicable = (case() for case in CASES[kind])
    assert isinstance(found, Anomaly)
    assert (found.kind, found.on_day) == (kind, ON)
    assert nothing is None
    assert isinstance(not_applicable, NotJudged)
    assert (not_applicable.kind, bool(not_applicable.reason)) == (kind, True)


@pytest.mark.parametrize("kind", Kind)
def test_each_finding_has_its_words_with_its_numbers_and_accuses_nobody(kind: Kind) -> None:
    found = CASES[kind][0]()
    assert isinstance(found, Anomaly)
    zh, en = words(found)
    for name, value in found.numbers.items():
        told = f"{value:g}"
        assert (told in zh, told in en) == (True, True) or name in {"looks", "verified_looks"}, (name, zh, en)
    assert not re.search(r"\{|假冒|伪造|诈|造假", zh)
    assert not re.search(r"\{|fraud|forg|fake|counterfeit", en)
    assert not re.search(r"[\u3400-\u9fff]", en)


def test_the_words_say_that_a_popular_product_looks_the_same() -> None:
    for kind in (Kind.MANY_PLACES, Kind.SPIKE):
        found = CASES[kind][0]()
        assert isinstance(found, Anomaly)
        zh, en = words(found)
        assert "畅销" in zh
        assert "popular" in en


def test_what_was_counted_to_its_end_is_said_to_be_that_or_more() -> None:
    found = many_places(code_day(places=PLACES_MOST), USUAL, OVER)
    assert isinstance(found, Anomaly)
    assert all("64+" in text for text in words(found))


def test_unknown_places_and_usually_many_are_no_reason_to_find_anything() -> None:
    for row, usual, reason in (
        (code_day(places=0), USUAL, "places-unknown"),
        (code_day(places=PLACES_MOST), Baseline(28, 40, 20), "usually-many"),
        (code_day(places=PLACES_MOST), Baseline(0, 0, 0), "too-little-history"),
    ):
        assert many_places(row, usual, OVER) == NotJudged(Kind.MANY_PLACES, ON, reason)
        assert reason in REASONS


COUNTS = st.integers(0, 500)
ROWS = st.builds(
    lambda looks, verified, wrong, ended, before, places: CodeDay(
        QUIET.code, ON, looks, min(verified, looks), wrong, min(ended, looks), min(before, looks), places
    ),
    COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, PLACES_MOST),
)  # fmt: skip
USUALS = st.builds(Baseline, st.integers(0, 28), st.floats(0, 500), st.floats(0, 64))


@given(ROWS, USUALS)
def test_a_code_with_little_of_everything_is_never_found(row: CodeDay, usual: Baseline) -> None:
    quiet = replace(row, wrong_verifier=min(row.wrong_verifier, 9), after_end=min(row.after_end, 4),
                    before_issue=min(row.before_issue, 4), places=min(row.places, 19))  # fmt: skip
    assert [one for one in judge_code(quiet, usual, OVER) if isinstance(one, Anomaly)] == []


@given(ROWS, USUALS, st.integers(1, 100))
def test_more_wrong_verifiers_and_more_places_never_hide_a_finding(row: CodeDay, usual: Baseline, more: int) -> None:
    def kinds(one: CodeDay) -> set[Kind]:
        return {found.kind for found in judge_code(one, usual, OVER) if isinstance(found, Anomaly)}

    worse = replace(row, wrong_verifier=row.wrong_verifier + more, places=min(PLACES_MOST, row.places + more))
    assert kinds(row) <= kinds(worse)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 900)), max_size=40, unique_by=lambda one: one[0]))
def test_what_is_usual_rests_on_the_28_days_before_and_counts_days_without_looks(days: list[tuple[int, int]]) -> None:
    totals = [DayTotal(ON - timedelta(days=back), 1, looks, 0, 0, 0, 0) for back, looks in days]
    usual = baseline(ON, totals, {}, OVER)
    within = {back: looks for back, looks in days if back <= 28}
    assert usual.days == (max(within) if within else 0)
    if within:
        every = sorted(within.get(back, 0) for back in range(1, usual.days + 1))
        assert every[(len(every) - 1) // 2] <= usual.looks <= every[len(every) // 2]


def test_the_day_itself_is_not_what_is_usual() -> None:
    totals = [DayTotal(ON - timedelta(days=back), 1, 10, 0, 0, 0, 0) for back in range(15)]
    today = [*totals[1:], replace(totals[0], looks=90_000)]
    places = {ON: {64: 900}, ON - timedelta(days=3): {2: 5, 9: 1}, ON - timedelta(days=40): {50: 900}}
    assert baseline(ON, today, places, OVER) == Baseline(14, 10, 2)
