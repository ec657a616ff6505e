"""The code: one spelling on paper, many as typed, and no wrong character goes unnoticed."""

import random
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.codes import grouped, parse
from zhijian.codes.code import ALPHABET, INSTITUTIONS, LENGTH, SERIALS, _checks, compose, number, parts, symbols
from zhijian.codes.model import Code, CodeMalformed
from zhijian.spec import specification

PROVINCES = sorted(specification().codelists["province"])
codes = st.builds(
    compose, st.sampled_from(PROVINCES), st.integers(2000, 2099), st.text(ALPHABET, min_size=4, max_size=4),
    st.integers(0, SERIALS - 1),
)  # fmt: skip
LOOKALIKES = {"0": "0Oo", "1": "1Ii", "2": "2Zz", "5": "5Ss", "U": "UuVv"}
BLANKS = [" ", "-", "\t", "\u3000", "\u2013", "－", "\n"]


def some(count: int, seed: int) -> list[Code]:
    rnd = random.Random(seed)
    return [
        compose(rnd.choice(PROVINCES), rnd.randrange(2000, 2100), symbols(rnd.randrange(INSTITUTIONS), 4), rnd.randrange(SERIALS))
        for _ in range(count)
    ]  # fmt: skip


def refused(text: str) -> CodeMalformed:
    with pytest.raises(CodeMalformed) as why:
        parse(text)
    return why.value


@given(codes)
def test_a_code_is_made_of_its_parts_and_taken_apart_into_them(code: Code) -> None:
    p = parts(code)
    assert compose(p.province, p.year, p.institution, p.serial) == code
    assert parse(code) == parse(grouped(code)) == code
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)


@given(st.integers(0, SERIALS - 1))
def test_symbols_and_numbers_are_inverse(value: int) -> None:
    assert number(symbols(value, 8)) == value


@pytest.mark.parametrize("serial", [SERIALS, SERIALS + 1, -1])
def test_a_serial_that_does_not_fit_makes_no_code(serial: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        compose("33", 2026, "0001", serial)


def test_every_single_wrong_character_is_located_and_repaired() -> None:
    for code in some(40, seed=1):
        for at, wrong in product(range(LENGTH), ALPHABET):
            if wrong != code[at]:
                why = refused(code[:at] + wrong + code[at + 1 :])
                assert (why.reason, why.position, why.suggestion) == ("check", at + 1, code)


def test_two_wrong_characters_at_any_two_places_are_caught() -> None:
    rnd = random.Random(2)
    for code in some(100, seed=2):
        for places in combinations(range(LENGTH), 2):
            wrong = list(code)
            for at in places:
                wrong[at] = rnd.choice([ch for ch in ALPHABET if ch != code[at]])
            assert refused("".join(wrong)).reason == "check"


def every_double_error(code: Code, pairs: "list[tuple[int, int]]") -> None:
    for (one, two), (a, b) in product(pairs, product(ALPHABET, ALPHABET)):
        if a != code[one] and b != code[two]:
            refused(code[:one] + a + code[one + 1 : two] + b + code[two + 1 :])


def test_every_two_wrong_neighbours_are_caught() -> None:
    every_double_error(some(1, seed=3)[0], [(at, at + 1) for at in range(LENGTH - 1)])


@pytest.mark.soak
def test_every_two_wrong_characters_are_caught() -> None:
    for code in some(10, seed=4):
        every_double_error(code, list(combinations(range(LENGTH), 2)))


def test_two_characters_that_changed_places_are_caught() -> None:
    for code in some(200, seed=5):
        for one, two in combinations(range(LENGTH), 2):
            if code[one] != code[two]:
                swapped = list(code)
                swapped[one], swapped[two] = swapped[two], swapped[one]
                refused("".join(swapped))


def test_a_lost_or_doubled_character_is_a_wrong_length() -> None:
    for code in some(20, seed=6):
        for at in range(LENGTH):
            assert refused(code[:at] + code[at + 1 :]).reason == "length"
            assert refused(code[:at] + code[at] + code[at:]).reason == "length"


@given(codes, st.data())
def test_a_code_is_read_as_people_type_it(code: Code, data: st.DataObject) -> None:
    typed = ""
    for ch in code:
        typed += data.draw(st.sampled_from(LOOKALIKES.get(ch, ch + ch.lower())))
        typed += data.draw(st.sampled_from(["", *BLANKS]))
    assert parse(typed) == code


def test_letters_that_the_alphabet_lacks_read_as_what_they_look_like() -> None:
    code = next(c for c in some(10_000, seed=7) if {"0", "1", "2", "5", "U"} <= set(c))
    assert parse(code.translate(str.maketrans("0125U", "OIZSV"))) == code
    assert parse(code.translate(str.maketrans("0125U", "oizsv"))) == code


@pytest.mark.parametrize("stranger", ["３", "Ａ", "?", ".", "_", "中", "é", "\0", "٣", "😀"])
def test_a_strange_character_is_named_by_its_place(stranger: str) -> None:
    code = some(1, seed=8)[0]
    why = refused(code[:6] + stranger + code[7:])
    assert (why.reason, why.position, why.suggestion) == ("symbol", 7, None)


def test_one_character_is_never_read_as_two() -> None:
    code = next(c for c in some(10_000, seed=9) if "55" in c)
    refused(code.replace("55", "ß", 1))


@settings(max_examples=500)
@given(st.text() | st.text(ALPHABET + "OIZSV -", min_size=14, max_size=26))
def test_any_text_is_a_canonical_code_or_a_refusal(text: str) -> None:
    try:
        code = parse(text)
    except CodeMalformed as why:
        assert why.reason in {"length", "symbol", "check", "province"}
        assert why.value == text
        if why.suggestion is not None:
            assert parse(why.suggestion) == why.suggestion
    else:
        assert parse(code) == code
        assert len(code) == LENGTH


@pytest.mark.parametrize("province", ["00", "09", "16", "99", "A1"])
def test_a_right_sum_over_an_unknown_province_is_no_code(province: str) -> None:
    assert refused(compose(province, 2026, "0001", 5)).reason == "province"


def test_a_right_sum_over_a_year_of_letters_is_no_code() -> None:
    assert refused(some_code_with_year("2A")).reason == "province"


def some_code_with_year(year: str) -> str:
    body = f"33{year}000100000005"
    return body + _checks([ALPHABET.index(ch) for ch in body])


def test_a_suggestion_is_never_a_code_of_no_province() -> None:
    """Where the only single repair is senseless, more than one character must be wrong."""
    for code in some(300, seed=10):
        rnd = random.Random(code)
        wrong = list(code)
        for at in rnd.sample(range(LENGTH), 2):
            wrong[at] = rnd.choice([ch for ch in ALPHABET if ch != code[at]])
        hint = refused("".join(wrong)).suggestion
        assert hint is None or hint[:2] in PROVINCES
