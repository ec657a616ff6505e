"""The field's notation of types, read and nothing else read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.spec.notation import Notation, NotationWrong, read


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("C18", Notation("text", 18, True)),
        ("C..200", Notation("text", 200, False)),
        ("N..6", Notation("integer", 6, False)),
        ("N4", Notation("integer", 4, True)),
        ("N..10,2", Notation("decimal", 10, False, 2)),
        ("N..10,0", Notation("integer", 10, False)),
        ("date", Notation("date")),
        ("datetime", Notation("datetime")),
        ("bool", Notation("bool")),
    ],
)
def test_each_form_is_read(text: str, wanted: Notation) -> None:
    assert read(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", "C", "C..", "X5", "c5", "C.5", "C...5", "N..10,", "N..,2", "C5 ", " C5", "C5\n", "C-5", "Date", "C..5..6"],
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(NotationWrong):
        read(text)


@pytest.mark.parametrize("text", ["C..10,2", "C0", "N..2,5"])
def test_a_form_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(NotationWrong):
        read(text)


def test_digits_are_those_of_ascii() -> None:
    with pytest.raises(NotationWrong):
        read("C５")


@given(st.text(max_size=10))
def test_any_text_is_read_or_refused_and_raises_nothing_else(text: str) -> None:
    try:
        assert isinstance(read(text), Notation)
    except NotationWrong:
        pass
