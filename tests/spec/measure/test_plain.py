"""Numbers by themselves and words for yes and no, as every reader of a source takes them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.spec.measure import TRUTH, NotReadable, read_number
from zhijian.spec.measure.plain import _NO, _YES
from zhijian.spec.versions.steps import Step


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_every_plain_number_is_read_as_what_it_is(number: Decimal) -> None:
    assert read_number(f"{number:f}") == number
    assert read_number(f"{number:,f}") == number


@given(st.text())
def test_any_text_is_a_number_or_is_refused_with_a_reason(text: str) -> None:
    read = read_number(text)
    assert read.zh if isinstance(read, NotReadable) else len(f"{read:f}") < 2100


@pytest.mark.parametrize("text", ["1_000", "12,34", "1,5", "NaN", "Infinity", "1 000", "", "1e", "2E9999999", "2E-9999999", "1" * 3000])  # fmt: skip
def test_what_is_no_plain_number_is_refused_wherever_numbers_are_read(text: str) -> None:
    assert isinstance(read_number(text), NotReadable)
    if text:
        made = FUNCTIONS["number"]((text,), {})
        assert made.value is None
        assert made.why
    with pytest.raises(ArithmeticError):
        Step("scale", "fine", factor="0.0001").scaled(text)


def test_a_number_with_its_power_is_written_out() -> None:
    assert [FUNCTIONS["number"]((t,), {}).value for t in ("2E3", "1，234", "－０.5", ".5")] == [
        "2000",
        "1234",
        "-0.5",
        "0.5",
    ]


def test_no_word_means_yes_and_no() -> None:
    assert not set(_YES) & set(_NO)
    assert all(TRUTH[word] for word in _YES)
    assert not any(TRUTH[word] for word in _NO)


@pytest.mark.parametrize("word", [*TRUTH, "yEs"])
def test_a_mapping_reads_yes_and_no_as_they_are_listed(word: str) -> None:
    assert FUNCTIONS["truth"]((word,), {}).value == str(TRUTH[word.casefold()]).lower()
