"""Intake: whatever JSON comes in, each thing wrong with it is named by field, in both languages, and nothing raises."""

import json
import re
import tracemalloc
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import meta
from tests.codes.test_facts import REPORT

from zhijian.codes import intake
from zhijian.codes.intake import MAX_FINDINGS, shape_findings
from zhijian.registry import Finding

GOOD = {k: v for k, v in REPORT.items() if k != "uscc"}
HAN = re.compile(r"[一-鿿]")


def found(**changes: Any) -> list[Finding]:
    return shape_findings({**json.loads(json.dumps(GOOD)), **changes})


def item(**changes: Any) -> list[Finding]:
    items = json.loads(json.dumps(GOOD["items"]))
    items[1] |= changes
    return found(items=items)


def without(name: str) -> list[Finding]:
    return shape_findings({k: v for k, v in GOOD.items() if k != name})


def test_a_right_report_has_nothing_wrong_with_its_form() -> None:
    assert found() == []
    assert found(code="3326-08K7-0049-M302-AR", credential="aGVsbG8") == []
    assert found(conclusion=None, sampled_on=None, code=None, credential=None) == []


CASES: dict[str, tuple[Any, str, str]] = {
    "a field that is missing": (lambda: without("title"), "schema-required", "/title"),
    "a field that nobody knows": (lambda: found(colour="red"), "schema-additionalproperties", ""),
    "our own field": (lambda: found(uscc="91330000MA0000000A"), "schema-additionalproperties", ""),
    "a number instead of a text": (lambda: found(title=5), "schema-type", "/title"),
    "a null where something must be": (lambda: found(title=None), "schema-type", "/title"),
    "an empty text": (lambda: found(title=""), "schema-minlength", "/title"),
    "a text that is too long": (lambda: found(title="长" * 201), "schema-maxlength", "/title"),
    "a control character": (lambda: found(title="a\nb"), "schema-pattern", "/title"),
    "a word that is not in its list": (lambda: found(verdict="良"), "schema-enum", "/verdict"),
    "a date that is none": (lambda: found(issued_on="2026-02-30"), "schema-format", "/issued_on"),
    "a time instead of a date": (lambda: found(issued_on="2026-11-10T08:00:00Z"), "schema-pattern", "/issued_on"),
    "a number that is too small": (lambda: found(file_pages=0), "schema-minimum", "/file_pages"),
    "a number that is too large": (lambda: found(file_pages=100_000), "schema-maximum", "/file_pages"),
    "a broken number": (lambda: found(file_pages=2.5), "schema-type", "/file_pages"),
    "a truth instead of a number": (lambda: found(file_pages=True), "schema-type", "/file_pages"),
    "a number instead of a truth": (lambda: found(cma_marked=1), "schema-type", "/cma_marked"),
    "no items": (lambda: found(items=[]), "schema-minitems", "/items"),
    "too many items": (lambda: found(items=GOOD["items"] * 5000), "schema-maxitems", "/items"),
    "an item that is none": (lambda: found(items=[None]), "schema-type", "/items/0"),
    "an item without its result": (lambda: found(items=[{**GOOD["items"][0], "result": None}]), "schema-type", "/items/0/result"),
    "a strange field in an item": (lambda: item(colour="red"), "schema-additionalproperties", "/items/1"),
    "an item twice": (lambda: item(seq=1), "item-twice", "/items"),
    "an instrument that is no text": (lambda: item(instruments=["YQ-1", 5]), "schema-type", "/items/1/instruments/1"),
    "a certificate number of another authority": (lambda: found(certificate_number="249909110001"), "cma_number-malformed", "/certificate_number"),
    "a digest in capitals": (lambda: found(file_digest="AB" * 32), "hex64-malformed", "/file_digest"),
    "a credential that is no base64url": (lambda: found(credential="a+b/="), "schema-pattern", "/credential"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_named_by_rule_and_field_in_both_languages(name: str) -> None:
    make, rule, pointer = CASES[name]
    findings = [f for f in make() if (f.rule, f.pointer) == (rule, pointer)]
    assert findings, [(f.rule, f.pointer) for f in make()]
    for f in findings:
        assert HAN.search(f.zh)
        assert HAN.search(f.remedy_zh)
        assert re.search(r"[a-z]{3}", f.en)
        assert re.search(r"[a-z]{3}", f.remedy_en)


def test_the_field_is_named_in_chinese_too() -> None:
    assert found(title=5)[0].zh.startswith("报告标题：")
    assert item(result=5)[0].zh.startswith("结果：")
    assert found(colour="red")[0].zh == "报告：没有这些字段：colour"


def test_all_that_is_wrong_is_said_at_once_up_to_a_bound() -> None:
    rules = {(f.rule, f.pointer) for f in found(title=5, verdict="良", file_pages=0)}
    assert rules == {("schema-type", "/title"), ("schema-enum", "/verdict"), ("schema-minimum", "/file_pages")}
    assert len(found(items=[{}] * 400)) == MAX_FINDINGS


def test_pointers_lead_to_the_value_they_name() -> None:
    broken = {**GOOD, "title": 5, "items": [{**GOOD["items"][0], "unit": 7, "instruments": [1]}]}
    for f in shape_findings(broken):
        place: Any = broken
        for step in f.pointer.split("/")[1:]:
            place = place[int(step)] if isinstance(place, list) else place[step]
        assert str(place) == f.value


CONTROL = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in ("Cc", "Zl", "Zp")]
C1 = [ch for ch in CONTROL if 0x80 <= ord(ch) <= 0x9F]


@pytest.mark.parametrize("name", ["own_number", "title", "client_name", "sample_name", "conclusion"])
def test_no_control_character_comes_in(name: str) -> None:
    for ch in CONTROL:
        if ch not in C1:
            for text in (ch, f"a{ch}", f"{ch}a", f"a{ch}b"):
                assert [f.pointer for f in found(**{name: text})] == [f"/{name}"], hex(ord(ch))


def test_no_control_character_of_the_second_block_comes_in() -> None:
    assert [hex(ord(ch)) for ch in C1 if not found(title=f"a{ch}b")] == []


def test_no_control_character_comes_in_with_an_item() -> None:
    for name in ("parameter", "standard", "result", "unit", "limit"):
        assert [f.pointer for f in item(**{name: "a\nitem.9.result=1"})] == [f"/items/1/{name}"]
    assert item(instruments=["YQ\n1"])[0].pointer == "/items/1/instruments/0"


@pytest.mark.parametrize("text", [" ", "   ", "\u3000", "\u200b", "\u00a0"])
def test_a_blank_is_no_number_and_no_name(text: str) -> None:
    for name in ("own_number", "title", "client_name"):
        assert found(**{name: text})


def test_a_date_that_no_calendar_of_ours_has_is_no_date() -> None:
    assert [f.pointer for f in found(issued_on="0000-01-01")] == ["/issued_on"]


@pytest.mark.parametrize(
    "report", [{"file_pages": 3.0}, {"sample_count": 2.0}, {"items": [{**GOOD["items"][0], "seq": 1.0}]}]
)
def test_an_integer_is_written_as_one(report: dict[str, Any]) -> None:
    assert found(**report)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
    | st.sampled_from(["2026-11-10", "合格", "sm3", "\0", "0" * 12, "ab" * 32]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*GOOD, "x/y~z", ""]), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip


@given(json_values)
def test_any_json_value_is_wrong_and_never_raises(value: object) -> None:
    assert shape_findings(value)


@settings(max_examples=300)
@given(st.sampled_from([*GOOD, "code", "credential"]), json_values)
def test_any_json_value_in_any_field_never_raises(name: str, value: object) -> None:
    assert isinstance(found(**{name: value}), list)


@given(st.sampled_from(list(GOOD["items"][0])), json_values)
def test_any_json_value_in_any_field_of_an_item_never_raises(name: str, value: object) -> None:
    assert isinstance(item(**{name: value}), list)


@pytest.mark.parametrize(
    "value", [10**400, -(10**400), float("nan"), float("inf"), "x" * 5_000_000, "\0" * 1000, [[]] * 10_000]
)
def test_huge_values_are_wrong_and_the_finding_stays_small(value: object) -> None:
    for name in ("title", "file_pages", "items"):
        findings = found(**{name: value})
        assert findings
        assert all(len(f.zh) + len(f.en) + len(f.value or "") < 1000 for f in findings)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


def test_a_nested_value_is_wrong() -> None:
    assert found(title=nested(100))[0].pointer == "/title"
    assert found(items=nested(100))[0].pointer == "/items/0"


def test_a_deeply_nested_value_is_wrong() -> None:
    assert found(title=nested(900))


@pytest.mark.parametrize("report", [{"title": "\ud800"}, {"\udfff": 1}], ids=["value", "name"])
def test_half_a_character_is_wrong(report: dict[str, Any]) -> None:
    assert found(**report)


def test_the_schema_is_one_and_closed() -> None:
    meta.validate(intake.schema())
    assert intake.schema()["additionalProperties"] is False
    assert "uscc" not in intake.schema()["properties"]


def test_a_report_of_half_a_million_fields_costs_no_more_than_one_finding() -> None:
    """Each of twenty findings once read the whole object out of the validator, and named every field."""
    tracemalloc.start()
    try:
        found = shape_findings({f"k{n}": n for n in range(500_000)})
        assert tracemalloc.get_traced_memory()[1] < 200 << 20
    finally:
        tracemalloc.stop()
    assert [f.rule for f in found] == ["too-many-fields"]


def test_of_many_unknown_fields_some_are_named() -> None:
    (found,) = shape_findings({**GOOD, **{f"unknown_{n}": 1 for n in range(100)}})
    assert "unknown_" in found.zh
    assert len(found.zh) < 400
