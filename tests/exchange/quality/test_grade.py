"""Grades by the published formula."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zhijian.exchange.checks import Cells, Check
from zhijian.exchange.model import Dimension, Severity, State, Text
from zhijian.exchange.quality import Outcome, graded

WORD = Text("字", "word")


def outcome(
    dimension: Dimension, severity: Severity, applicable: int, failing: int, state: State | None = None
) -> Outcome:
    check = Check("x", dimension, severity, WORD, WORD, lambda bound, context: ())
    said = state or (State.FAILED if failing else State.PASSED)
    return Outcome(0, check, Cells(("a",), "TRUE", WORD, WORD), 0, said, applicable, failing)


def outcomes() -> st.SearchStrategy[list[Outcome]]:
    def one(draw: Any) -> Outcome:
        applicable = draw(st.integers(1, 1000))
        return outcome(
            draw(st.sampled_from(Dimension)),
            draw(st.sampled_from(Severity)),
            applicable,
            draw(st.integers(0, applicable)),
        )

    return st.lists(st.composite(one)(), min_size=1, max_size=30)


@given(outcomes(), st.data())
def test_one_more_bad_row_never_makes_a_grade_better(given_: list[Outcome], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(given_) - 1))
    one = given_[n]
    if one.failing == one.applicable:
        return
    worse = [*given_[:n], replace(one, failing=one.failing + 1, state=State.FAILED), *given_[n + 1 :]]
    before, after = graded(given_), graded(worse)
    for dimension, grade in before.dimensions.items():
        assert after.dimensions[dimension].score <= grade.score + 1e-9
        assert after.dimensions[dimension].level >= grade.level
    if before.whole and after.whole:
        assert after.whole.score <= before.whole.score + 1e-9
        assert after.whole.level >= before.whole.level


def test_a_worked_example() -> None:
    """Two rules of completeness: an error in 10 of 100, a warning in 50 of 100; one of conformity, clean."""
    made = graded(
        [
            outcome(Dimension.COMPLETENESS, Severity.ERROR, 100, 10),
            outcome(Dimension.COMPLETENESS, Severity.WARNING, 100, 50),
            outcome(Dimension.CONFORMITY, Severity.ERROR, 100, 0),
        ]
    )
    complete = made.dimensions[Dimension.COMPLETENESS]
    assert (round(complete.score, 6), complete.level) == (80.0, 4)
    assert made.whole is not None
    assert (round(made.whole.score, 4), made.whole.level) == (round((25 * 80 + 20 * 100) / 45, 4), 3)


def test_one_field_wrong_throughout_cannot_hide_behind_many_that_are_right() -> None:
    many = [outcome(Dimension.ACCURACY, Severity.ERROR, 100, 0) for _ in range(200)]
    made = graded([*many, outcome(Dimension.ACCURACY, Severity.ERROR, 100, 100)])
    assert made.dimensions[Dimension.ACCURACY].score > 99
    assert made.dimensions[Dimension.ACCURACY].level == 5


def test_what_was_not_evaluated_and_notes_do_not_count() -> None:
    assert graded([outcome(Dimension.ACCURACY, Severity.NOTE, 10, 10)]).whole is None
    assert graded([outcome(Dimension.ACCURACY, Severity.ERROR, 10, 10, State.NOT_EVALUATED)]).whole is None
