"""One test under many spellings, and two tests never under one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.registry.model import (
    Calibration,
    Certificate,
    Instrument,
    Span,
    normal_parameter,
    normal_standard,
    standard_without_year,
)

written = st.text(st.sampled_from("GBHJTgbhjt 0123456789.-/—–（）()铅镉化学需氧量αβμ℃Ａｇ５　"), max_size=30)


@given(written)
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normal_standard(normal_standard(text)) == normal_standard(text)
    assert normal_parameter(normal_parameter(text)) == normal_parameter(text)


@given(st.text("GBHJT/ 0123456789.-", min_size=3, max_size=20))
def test_case_width_and_blanks_make_no_difference(text: str) -> None:
    wide = "".join(chr(ord(ch) + 0xFEE0) if "!" <= ch <= "~" else ch for ch in text)
    for form in (text.lower(), f" {text} ", " ".join(text), wide, text.replace("-", "—"), text.replace("-", "–")):
        assert normal_standard(form) == normal_standard(text)


@pytest.mark.parametrize("dash", ["-", "—", "–", "－"])
def test_every_dash_that_people_type_is_a_hyphen(dash: str) -> None:
    assert normal_standard(f"GB 5009.12{dash}2023") == "GB5009.12-2023"


@pytest.mark.parametrize("dash", ["−", "‐", "―"])
def test_a_minus_or_a_bar_is_a_hyphen_too(dash: str) -> None:
    assert normal_standard(f"GB 5009.12{dash}2023") == "GB5009.12-2023"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("GB 5009.12-2023", "GB5009.12"),
        ("HJ 535-09", "HJ535"),
        ("GB 5009.12", "GB5009.12"),
        ("GB/T 5750.6-2023", "GB/T5750.6"),
        ("DB33/T 310007-2021", "DB33/T310007"),
    ],
)
def test_a_standard_is_known_without_its_year(text: str, bare: str) -> None:
    assert standard_without_year(text) == bare


@given(st.dates(), st.dates(), st.none() | st.dates())
def test_a_span_holds_both_its_ends(on, first, last) -> None:  # type: ignore[no-untyped-def]
    span = Span(first, last)
    assert span.covers(on) == (first <= on and (last is None or on <= last))
    assert span.covers(first) == (last is None or first <= last)


@given(
    st.dates(),
    st.lists(st.tuples(st.sampled_from(["暂停", "撤销", "注销", "有效"]), st.dates(), st.dates()), max_size=4),
)
def test_a_certificate_has_one_state_a_day(on, records) -> None:  # type: ignore[no-untyped-def]
    term = Span(min((r[1] for r in records), default=on), max((r[2] for r in records), default=on))
    certificate = Certificate("1", term, tuple((state, Span(a, b)) for state, a, b in records))
    state = certificate.state_on(on)
    holding = {s for s, a, b in records if a <= on <= b and s != "有效"}
    gravest = [s for s in ("撤销", "注销", "暂停") if s in holding]
    if gravest:
        assert state == gravest[0]
    else:
        assert (state == "有效") == term.covers(on)


@given(st.lists(st.tuples(st.dates(), st.dates(), st.booleans()), max_size=5, unique_by=lambda s: s[0]), st.dates())
def test_the_newest_calibration_is_the_one_that_counts(spans, on) -> None:  # type: ignore[no-untyped-def]
    """One that failed ends what the one before it allowed."""
    all_ = tuple(Calibration("校准", None, None, Span(a, b), passed) for a, b, passed in spans)
    found = Instrument("1", "1", "天平", None, None, Span(on, None), True, True, all_).calibration_on(on)
    newest = max((s for s in spans if s[0] <= on), default=None)
    good = newest is not None and newest[2] and on <= newest[1]
    assert (found is not None) == good
    assert found is None or newest is None or found.good == Span(newest[0], newest[1])
