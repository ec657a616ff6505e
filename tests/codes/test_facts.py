"""The facts as a text: written again by anyone, line by line, with one digest for one report."""

import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.codes.sealing import CODE

from zhijian.codes import facts
from zhijian.codes.secrets import verifier
from zhijian.kit.signing import sm3
from zhijian.spec import specification

USCC = "91330000MA0000000A"
REPORT: dict[str, Any] = {
    "own_number": "S-2026-0001", "cma_marked": True, "certificate_number": "241009110001", "site_no": "1",
    "title": "食品检验报告", "form": "检验", "kind": "委托送检", "client_name": "示例食品有限公司", "client_address": "杭州市示例路 1 号",
    "sample_name": "酱油", "sample_no": "Y-1", "sample_count": 2, "sample_batch": "20261101", "producer": "示例酿造厂",
    "sampled_on": "2026-11-02", "received_on": "2026-11-03", "tested_from": "2026-11-04", "tested_to": "2026-11-09",
    "prepared_by": "R001", "reviewed_by": "R002", "signatory": "R003", "issued_on": "2026-11-10", "verdict": "合格",
    "conclusion": "所检项目符合要求。", "file_digest": "ab" * 32, "file_digest_algorithm": "sm3", "file_pages": 3,
    "items": [
        {"seq": 1, "parameter": "铅", "standard": "GB 5009.12-2023", "result": "<0.02", "unit": "mg/kg", "limit": "≤1.0",
         "verdict": "合格", "instruments": ["YQ-1", "YQ-7"], "tested_on": "2026-11-05", "tester": "R004"},
        {"seq": 2, "parameter": "氨基酸态氮", "standard": "GB 5009.235-2016", "result": "0.71", "unit": "g/100mL",
         "tested_on": "2026-11-06"},
    ],
}  # fmt: skip
GOLDEN = f"""zhijian-facts-v1
uscc=91330000MA0000000A
certificate_number=241009110001
client_address=杭州市示例路 1 号
client_name=示例食品有限公司
cma_marked=true
conclusion=所检项目符合要求。
file_digest={"ab" * 32}
file_digest_algorithm=sm3
file_pages=3
form=检验
issued_on=2026-11-10
kind=委托送检
own_number=S-2026-0001
prepared_by=R001
producer=示例酿造厂
received_on=2026-11-03
reviewed_by=R002
sample_batch=20261101
sample_count=2
sample_name=酱油
sample_no=Y-1
sampled_on=2026-11-02
signatory=R003
site_no=1
tested_from=2026-11-04
tested_to=2026-11-09
title=食品检验报告
verdict=合格
item.1.instruments.1=YQ-1
item.1.instruments.2=YQ-7
item.1.limit=≤1.0
item.1.parameter=铅
item.1.result=<0.02
item.1.standard=GB 5009.12-2023
item.1.tested_on=2026-11-05
item.1.tester=R004
item.1.unit=mg/kg
item.1.verdict=合格
item.2.parameter=氨基酸态氮
item.2.result=0.71
item.2.standard=GB 5009.235-2016
item.2.tested_on=2026-11-06
item.2.unit=g/100mL
"""
visible = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)


def with_item(**changes: Any) -> dict[str, Any]:
    first, *rest = REPORT["items"]
    return {**REPORT, "items": [{**first, **changes}, *rest]}


def test_the_text_is_what_it_was_when_the_first_reports_were_signed() -> None:
    """Golden: digests in QRs on paper hang on every byte of it."""
    assert facts.text(USCC, REPORT) == GOLDEN
    assert facts.digest(USCC, REPORT) == sm3(GOLDEN.encode())
    assert facts.digest(USCC, REPORT).hex() == "055d3d2ff543a3947d8e942110a7e72e29b5bbe5e755300f92a2c24f694700c0"


@pytest.mark.parametrize("name", sorted(set(REPORT) - {"items"}))
def test_a_change_of_any_fact_changes_digest_and_verifier(name: str) -> None:
    value = REPORT[name]
    other = (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else value + "x"
    seen = {
        facts.digest(USCC, r) for r in (REPORT, {**REPORT, name: other}, {k: v for k, v in REPORT.items() if k != name})
    }
    assert len(seen) == 3
    assert len({verifier(bytes(32), CODE, digest) for digest in seen}) == 3


@pytest.mark.parametrize("name", sorted(set(REPORT["items"][0]) - {"seq"}))
def test_a_change_of_any_fact_of_an_item_changes_the_digest(name: str) -> None:
    value = REPORT["items"][0][name]
    other = value[::-1] if isinstance(value, list) else value + "x"
    seen = {facts.digest(USCC, r) for r in (REPORT, with_item(**{name: other}), with_item(**{name: None}))}
    assert len(seen) == 3


def test_institution_and_numbers_of_items_are_facts() -> None:
    others = [facts.digest("91330000MA0000000B", REPORT), facts.digest(USCC, with_item(seq=3))]
    others.append(facts.digest(USCC, {**REPORT, "items": REPORT["items"][:1]}))
    assert len({facts.digest(USCC, REPORT), *others}) == 4


def test_absent_null_and_an_empty_list_are_one() -> None:
    assert facts.digest(USCC, {**REPORT, "subcontracted": None}) == facts.digest(USCC, REPORT)
    assert facts.digest(USCC, with_item(instruments=[])) == facts.digest(USCC, with_item(instruments=None))
    bare = {k: v for k, v in REPORT.items() if k != "producer"}
    assert facts.digest(USCC, bare) == facts.digest(USCC, {**bare, "producer": None})


def test_two_lists_have_two_digests() -> None:
    lists = (["a", "b"], ["a、b"], ["ab"], ["b", "a"], ["a", "", "b"])
    assert len({facts.digest(USCC, with_item(instruments=one)) for one in lists}) == len(lists)


@given(visible)
def test_one_text_written_composed_or_decomposed_has_one_digest(title: str) -> None:
    forms = {facts.digest(USCC, {**REPORT, "title": unicodedata.normalize(form, title)}) for form in ("NFC", "NFD")}
    assert forms == {facts.digest(USCC, {**REPORT, "title": title})}
    assert unicodedata.is_normalized("NFC", facts.text(USCC, {**REPORT, "title": title}))


@given(visible, visible)
def test_two_texts_have_two_digests(one: str, two: str) -> None:
    assume(unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", two))
    for name in ("title", "own_number", "conclusion"):
        assert facts.digest(USCC, {**REPORT, name: one}) != facts.digest(USCC, {**REPORT, name: two})
    assert facts.digest(USCC, with_item(result=one)) != facts.digest(USCC, with_item(result=two))


@given(visible, visible)
def test_what_moves_from_one_field_to_another_changes_the_digest(one: str, two: str) -> None:
    assume(one != two)
    assert facts.digest(USCC, {**REPORT, "title": one, "conclusion": two}) != facts.digest(
        USCC, {**REPORT, "title": two, "conclusion": one}
    )


@given(visible)
def test_every_line_is_one_fact(value: str) -> None:
    lines = facts.text(USCC, {**REPORT, "title": value}).split("\n")
    assert len(lines) == GOLDEN.count("\n") + 1
    assert lines[-1] == ""


def test_every_line_has_its_equals_sign() -> None:
    text = facts.text(USCC, {**REPORT, "title": "\u0338title"})
    assert all("=" in line for line in text.splitlines()[1:])


def test_the_order_in_which_items_were_sent_is_no_fact() -> None:
    turned = {**REPORT, "items": REPORT["items"][::-1]}
    assert facts.digest(USCC, turned) == facts.digest(USCC, REPORT)


def test_every_element_of_the_specification_is_a_fact() -> None:
    report, item = (specification().entities[name].elements for name in ("report", "report_item"))
    assert {*facts.REPORT_FACTS, "uscc"} == {e.id for e in report}
    assert {*facts.ITEM_FACTS, "seq"} == {e.id for e in item}
