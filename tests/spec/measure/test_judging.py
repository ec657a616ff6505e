"""A result keeps a limit, does not, or it cannot be said: and then why."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.spec.measure import Limit, Result, judge, read_limit, read_result
from zhijian.spec.measure.judge import Judgement

PLAN = "n=5,c=2,m=10²,M=10³CFU/g"


def judged(result: str, unit: str, limit: str) -> Judgement:
    read, bound = read_result(result, unit), read_limit(limit)
    assert isinstance(read, Result), read
    assert isinstance(bound, Limit), bound
    return judge(read, bound)


@pytest.mark.parametrize(
    ("result", "unit", "limit", "keeps", "because"),
    [
        # numbers against bounds
        ("0.2", "mg/kg", "≤0.2mg/kg", True, "kept"),
        ("0.201", "mg/kg", "≤0.2mg/kg", False, "exceeded"),
        ("0.2", "mg/kg", "<0.2mg/kg", False, "exceeded"),
        ("0.31", "mg/kg", "≤0.2", False, "exceeded"),
        ("2.28", "g/100g", "≥2.5", False, "exceeded"),
        ("7.0", "无量纲", "6.5~8.5", True, "kept"),
        ("8.6", "无量纲", "6.5~8.5", False, "exceeded"),
        ("1.0", "g/kg", "≥0.5且<1.0g/kg", False, "exceeded"),
        ("-3", "%", "±5%", True, "kept"),
        ("-6", "%", "±5%", False, "exceeded"),
        ("0.5~0.8", "mg/kg", "≤0.7", False, "exceeded"),
        # units
        ("250", "μg/kg", "≤0.2mg/kg", False, "exceeded"),
        ("200", "μg/kg", "≤0.2mg/kg", True, "kept"),
        ("0.00002", "%", "≤0.2mg/kg", None, "units_differ"),
        ("0.1", "mg/L", "≤0.2mg/kg", None, "units_differ"),
        ("0.1", "", "≤0.2mg/kg", None, "no_unit"),
        ("624.3", "µ/g", "≥1000.0 µ/g", False, "exceeded"),
        ("624.3", "µ/g", "≥1000.0 mg/g", None, "units_differ"),
        ("0.1", "mg/kg（以Al计）", "≤0.2mg/kg", None, "units_differ"),
        # signs of results
        ("<0.1", "mg/kg", "≤0.2", True, "kept"),
        ("<0.2", "mg/kg", "<0.2", True, "kept"),
        ("<0.5", "mg/kg", "≤0.2", None, "undecided"),
        (">0.2", "mg/kg", "≤0.2", False, "exceeded"),
        ("≥0.2", "mg/kg", "≤0.2", None, "undecided"),
        (">0.1", "mg/kg", "≤0.2", None, "undecided"),
        ("≥20", "", "≥18", True, "kept"),
        ("<18", "", "≥18", False, "exceeded"),
        # words
        ("未检出", "mg/kg", "≤0.2", True, "not_found"),
        ("未检出（<0.01）", "mg/kg", "≤0.2", True, "not_found"),
        ("未检出（<0.5）", "mg/kg", "≤0.2", None, "undecided"),
        ("未检出（<300）", "μg/kg", "≤0.2mg/kg", None, "undecided"),
        ("未检出", "g/100g", "≥2.5", False, "not_found"),
        ("检出", "", "≤0.2", None, "no_number"),
        ("阴性", "", "≤0.2", None, "no_number"),
        ("未检出", "", "不得检出", True, "not_found"),
        ("检出", "", "不得检出", False, "found"),
        ("阳性", "", "阴性", False, "found"),
        ("0.02", "mg/kg", "不得检出", False, "found"),
        ("0", "mg/kg", "不得检出", True, "not_found"),
        ("<0.01", "mg/kg", "不得检出", None, "undecided"),
        ("0.161", "g/kg", "不得使用", False, "found_not_used"),
        ("未检出", "g/kg", "不得添加", True, "not_found"),
        ("未检出/10g", "", "不得检出/25g", None, "units_differ"),
        ("符合", "", "符合GB 0000规定要求", True, "said"),
        ("不符合", "", "符合GB 0000规定要求", False, "said"),
        ("符合", "", "≤0.2", None, "no_number"),
        ("0.3", "mg/kg", "符合GB 0000规定要求", None, "requirement"),
        # nothing to hold against
        ("0.3", "mg/kg", "200mg/kg", None, "no_direction"),
        ("0.3", "mg/kg", "按生产需要适量使用", None, "as_needed"),
        ("0.3", "mg/kg", "/", None, "no_limit"),
        ("/", "", "≤0.2", None, "no_result"),
        # several
        ("0.1；0.3", "mg/kg", "≤0.2", False, "exceeded"),
        ("初检0.3；复检0.1", "mg/kg", "≤0.2", None, "trials"),
        ("初检0.3；复检0.25", "mg/kg", "≤0.2", False, "exceeded"),
        ("0.1", "mg/kg", "一级≤0.2；二级≤0.3", True, "kept"),
        ("0.4", "mg/kg", "一级≤0.2；二级≤0.3", False, "exceeded"),
        ("0.25", "mg/kg", "一级≤0.2；二级≤0.3", None, "parts"),
        # sampling plans, GB 4789.1
        ("50；<10；10；100；20", "CFU/g", PLAN, True, "kept"),
        ("50；<10；10；1000；101", "CFU/g", PLAN, True, "kept"),
        ("50；<10；200；1000；101", "CFU/g", PLAN, False, "exceeded"),
        ("50；<10；10；20；1001", "CFU/g", PLAN, False, "exceeded"),
        ("50；<10；10；20；>1000", "CFU/g", PLAN, False, "exceeded"),
        ("50；<500；10；20；30", "CFU/g", PLAN, True, "kept"),
        ("200；<500；300；20；30", "CFU/g", PLAN, None, "undecided"),
        ("50；>500；10；20；30", "CFU/g", PLAN, None, "undecided"),
        ("50；10；20", "CFU/g", PLAN, None, "count"),
        ("50000；10；20；10；20", "CFU/kg", PLAN, True, "kept"),
        ("50；10；20；10；20", "CFU/mL", PLAN, None, "units_differ"),
        ("50；10；20；10；20", "", PLAN, None, "no_unit"),
        ("未检出；未检出；检出；未检出；未检出", "/25g", "n=5,c=0,m=0/25g", False, "exceeded"),
        ("未检出；未检出；未检出；未检出；未检出", "", "n=5,c=0,m=0/25g", True, "kept"),
        ("10；检出；10；10；10", "CFU/g", PLAN, None, "undecided"),
    ],
)
def test_a_result_is_held_against_its_limit(
    result: str, unit: str, limit: str, keeps: bool | None, because: str
) -> None:
    got = judged(result, unit, limit)
    assert (got.keeps, got.because.value) == (keeps, because)
    assert got.zh
    assert got.en


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=100)


@given(NUMBERS, NUMBERS, st.sampled_from("≤<≥>"), st.sampled_from(["", "<", "≤", ">", "≥"]))
def test_what_is_said_of_a_bounded_result_holds_for_every_number_it_may_be(
    number: Decimal, most: Decimal, bound: str, sign: str
) -> None:
    read = read_result(f"{sign}{number}", "mg/kg")
    limit = read_limit(f"{bound}{most}")
    assert isinstance(read, Result)
    assert isinstance(limit, Limit)
    step = Decimal("0.001")
    tried = (
        {most + way * step for way in (-1, 0, 1)}
        | {number + way * step for way in (-1, 0, 1)}
        | {Decimal(-9), Decimal(999)}
    )
    holds = {"≤": "__le__", "<": "__lt__", "≥": "__ge__", ">": "__gt__", "": "__eq__"}
    may_be = [one for one in tried if getattr(one, holds[sign])(number)]
    kept = {getattr(one, holds[bound])(most) for one in may_be}
    assert judge(read, limit).keeps == (kept.pop() if len(kept) == 1 else None)


@given(st.lists(st.integers(0, 2000), min_size=5, max_size=5), st.randoms())
def test_the_order_of_samples_does_not_matter_and_a_lower_count_never_breaks_a_plan(
    counts: list[int], order: object
) -> None:
    def keeps(values: list[int]) -> bool | None:
        return judged("；".join(map(str, values)), "CFU/g", PLAN).keeps

    first = keeps(counts)
    assert keeps(sorted(counts)) == first
    expected = max(counts) <= 1000 and sum(count > 100 for count in counts) <= 2
    assert first is expected
    if first:
        assert keeps([max(0, count - 1) for count in counts])


def test_a_judgement_does_not_look_at_how_the_number_was_written() -> None:
    limit = read_limit("≤10⁵CFU/g")
    assert isinstance(limit, Limit)
    for text in ("1.3×10⁵", "130000", "1.3E5", "130,000.0"):
        read = read_result(text, "CFU/g")
        assert isinstance(read, Result)
        assert judge(replace(read, inferred=()), limit).keeps is False
