"""Checks on one value: what the standards say is right passes, and an early pilot code is only warned of."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.spec.values import ALPHABET, CHECKS, cma_number, division, hex64, standard_code, uscc


def completed(body: str) -> str:
    """GB 32100-2015, 5.4: the check character by its formula."""
    return body + ALPHABET[(31 - sum(ALPHABET.index(ch) * 3**i for i, ch in enumerate(body)) % 31) % 31]


@given(st.text(ALPHABET, min_size=17, max_size=17))
def test_a_credit_code_with_its_check_character_is_right(body: str) -> None:
    assert uscc(completed(body)) is None


def test_every_wrong_character_of_a_credit_code_is_warned_of() -> None:
    rnd = random.Random(1)
    for _ in range(20):
        code = completed("".join(rnd.choices(ALPHABET, k=17)))
        for at in range(18):
            wrong = code[:at] + rnd.choice([ch for ch in ALPHABET if ch != code[at]]) + code[at + 1 :]
            found = uscc(wrong)
            assert found is not None
            assert found.warning


@pytest.mark.parametrize("code", ["91350203M0001QAY9B"])
def test_a_genuine_code_of_the_pilot_is_a_warning_and_no_refusal(code: str) -> None:
    found = uscc(code)
    assert found is not None
    assert found.warning


@pytest.mark.parametrize("code", ["91440300708461136T", "911100001000013428"])
def test_published_credit_codes_are_right_or_warned_of_and_never_refused(code: str) -> None:
    found = uscc(code)
    assert found is None or found.warning


@pytest.mark.parametrize(
    "code",
    [
        "",
        "9135",
        "91350203M0001QAY9",
        "91350203M0001QAY9BB",
        "91350203m0001qay9b",
        "91350203I0001QAY9B",
        "９1350203M0001QAY9B",
    ],
)
def test_another_form_of_a_credit_code_is_refused(code: str) -> None:
    found = uscc(code)
    assert found is not None
    assert not found.warning


@pytest.mark.parametrize("number", ["161705070076", "000000000000", "263199990000"])
def test_a_certificate_number_has_twelve_digits_and_a_known_authority(number: str) -> None:
    assert cma_number(number) is None


@pytest.mark.parametrize(
    "number",
    [
        "",
        "16170507007",
        "1617050700760",
        "16170507007A",
        "163205070076",
        "169905070076",
        "１61705070076",
        "161705070076\n",
    ],
)
def test_another_certificate_number_is_refused(number: str) -> None:
    assert cma_number(number) is not None


@pytest.mark.parametrize("code", ["330106", "110000", "659999"])
def test_a_division_has_six_digits(code: str) -> None:
    assert division(code) is None


@pytest.mark.parametrize("code", ["", "33010", "3301066", "730106", "030106", "33010A", "３30106"])
def test_another_division_is_refused(code: str) -> None:
    assert division(code) is not None


STANDARDS = ["GB 5009.12-2023", "GB/T 1.1-2020", "HJ 828-2017", "CJ/T 51-2018", "GB5009.12-2023", "SN/T 0001-95", "GB 5009.12-2023 第一法"]  # fmt: skip


@pytest.mark.parametrize("code", STANDARDS)
def test_a_standard_with_its_year_is_right(code: str) -> None:
    assert standard_code(code) is None


@pytest.mark.parametrize("code", ["DB33/T 310007-2021", "DB11/T 2317-2024", "DB5101/T 1-2018", "DBS33/ 3004-2015"])
def test_a_provincial_standard_is_right(code: str) -> None:
    assert standard_code(code) is None


METHODS = ["ISO 17025:2017", "ISO 4833-1:2013", "Q/YS 0001S-2021", "农业部1025号公告-18-2008", "农业部公告第1025号-23-2008",
           "《水和废水监测分析方法》（第四版）"]  # fmt: skip


@pytest.mark.parametrize("code", METHODS)
def test_a_method_of_a_capability_table_that_is_no_chinese_standard_can_be_written(code: str) -> None:
    assert standard_code(code) is None


@pytest.mark.parametrize("code", ["GB 5009.12-202", "GB 5009.12-20234"])
def test_a_year_has_four_digits_or_two(code: str) -> None:
    assert standard_code(code) is not None


@pytest.mark.parametrize(
    "code", ["", "GB 5009.12", "ISO 4833-1", "农业部1025号公告-18", "5009.12-2023", "GB-2023", "gb 5009.12-2023"]
)
def test_a_standard_without_its_year_is_refused(code: str) -> None:
    assert standard_code(code) is not None


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n", "０" * 64])
def test_a_digest_is_64_hex_digits_in_lower_case(text: str) -> None:
    assert hex64("0123456789abcdef" * 4) is None
    assert hex64(text) is not None


@given(st.sampled_from(sorted(CHECKS)), st.text(max_size=80))
def test_any_text_is_right_or_wrong_and_never_raises(name: str, text: str) -> None:
    found = CHECKS[name](text)
    assert found is None or (found.zh and found.en)
