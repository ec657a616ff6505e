"""The grade falls with the damage. A file of its own, so that another worker may run it."""

import pytest
from tests.exchange.grading import damaged, grades_of


@pytest.mark.parametrize("percents", [(0, 2, 25), pytest.param((0, 0.5, 2, 8, 25), marks=pytest.mark.soak)])
def test_the_grade_falls_as_damage_grows(percents: tuple[float, ...]) -> None:
    grades = [grades_of(damaged(percent)) for percent in percents]
    scores = [g.whole.score for g in grades if g.whole]
    levels = [g.whole.level for g in grades if g.whole]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] - scores[-1] > 3
    assert levels == sorted(levels)
    assert levels[0] < levels[-1]
