"""The specification agrees with itself, and what is derived from it says the same."""

import csv
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator, meta

import zhijian.spec
from zhijian.kit import mask
from zhijian.spec import CHECKS, SpecificationWrong, json_schema, markdown, specification
from zhijian.spec.load import _agree, _dated, _element, code_of, entity_of
from zhijian.spec.model import Element, Entity, Specification

SPEC = specification()
HOME = Path(zhijian.spec.__file__).parent
ELEMENTS = [(entity.id, e.id) for entity in SPEC.entities.values() for e in entity.elements]
HAN = re.compile(r"[一-鿿]")


def test_every_file_is_an_entity_or_a_code_list_of_its_own_name() -> None:
    assert {f.stem for f in (HOME / "schema").glob("*.yaml")} == set(SPEC.entities)
    assert {f.stem for f in (HOME / "codelists").glob("*.csv")} == set(SPEC.codelists)
    assert all(name == entity.id for name, entity in SPEC.entities.items())
    assert {"institution", "site", "certificate", "capability", "staff", "instrument", "report", "report_item"} <= set(
        SPEC.entities
    )


def test_yaml_is_read_whole_and_in_order() -> None:
    for name, entity in SPEC.entities.items():
        raw = yaml.safe_load((HOME / "schema" / f"{name}.yaml").read_text())
        assert [e["id"] for e in raw["elements"]] == [e.id for e in entity.elements]
        for written, read in zip(raw["elements"], entity.elements, strict=True):
            plain = {k: tuple(v) if k == "aliases" else v for k, v in written.items() if k != "definition"}
            assert {k: getattr(read, "notation" if k == "type" else k) for k in plain} == plain
            defined = written.get("definition", {"zh": "", "en": ""})
            assert {"zh": read.definition_zh, "en": read.definition_en} == defined


def test_code_lists_are_read_whole_and_no_code_stands_twice() -> None:
    for name, codes in SPEC.codelists.items():
        with (HOME / "codelists" / f"{name}.csv").open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        assert [(r["code"], r["zh"], r["en"]) for r in rows] == [(c.code, c.zh, c.en) for c in codes.values()]
        assert all(c.code and c.zh and c.en for c in codes.values())


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_an_element_has_a_name_in_both_languages_and_only_known_properties(entity: str, name: str) -> None:
    e = SPEC.entities[entity].element(name)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", e.id)
    assert HAN.search(e.zh)
    assert re.search(r"[A-Za-z]", e.en)
    assert e.sensitivity in ("public", "client", "personal")
    assert (e.mask is None) == (e.sensitivity == "public")
    assert e.mask is None or callable(getattr(mask, e.mask))
    longest = max(map(len, SPEC.codelists[e.codes])) if e.codes else 0
    assert longest <= e.type.length or e.type.kind != "text", "every code fits its element"


def test_an_element_that_repeats_a_key_has_its_type() -> None:
    for entity in SPEC.entities.values():
        for e in entity.elements:
            if e.refers:
                target = SPEC.entities[e.refers]
                assert e.type == target.element(target.key[0]).type


GOOD: dict[str, Any] = {"id": "a", "zh": "甲", "en": "A", "type": "C..10"}


def one_entity(*elements: Element, key: tuple[str, ...] = ("a",)) -> Specification:
    return Specification("0", {"x": Entity("x", "x", "x", "", "", "", key, elements, {})}, {})


@pytest.mark.parametrize("wrong", [{"codes": "nowhere"}, {"refers": "nobody"}, {"check": "nothing"}])
def test_an_element_that_names_what_is_not_there_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SpecificationWrong, match=next(iter(wrong.values()))):
        _agree(one_entity(_element("x", GOOD | wrong)))


def test_a_key_without_its_element_and_an_element_twice_are_refused() -> None:
    element = _element("x", GOOD)
    for spec in (one_entity(element, element), one_entity(element, key=("b",))):
        with pytest.raises(SpecificationWrong):
            _agree(spec)


def test_an_unknown_property_is_refused_by_name() -> None:
    with pytest.raises(SpecificationWrong, match="lenght"):
        _element("x", GOOD | {"lenght": 5})
    with pytest.raises(SpecificationWrong, match="commas"):
        _element("x", GOOD | yaml.safe_load("definition: {zh: 甲, en: Of these, some}"))


@pytest.mark.parametrize("entity", list(SPEC.entities))
def test_an_entity_has_a_theme_and_a_source_and_a_person_in_it_is_masked(entity: str) -> None:
    e = SPEC.entities[entity]
    assert e.theme in SPEC.codelists["theme"]
    assert all(one.source in SPEC.codelists["source"] for one in (e, *e.elements))
    assert re.search(r"[《]|GB/T|DB", e.basis)
    for one in e.elements:
        if re.search(r"姓名|法定代表人|执法人员|专家|责任人员|负责人", one.zh) and "编号" not in one.zh:
            assert one.sensitivity == "personal", one.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "0.2.0"},
        {"since": "9.0.0"},
        {"until": "0.0.9"},
        {"since": "2"},
        {"since": "0.02.0"},
        {"until": "soon"},
    ],
)
def test_versions_out_of_order_and_new_elements_without_a_definition_are_refused(wrong: dict[str, str]) -> None:
    spec = Specification("0.2.0", one_entity(_element("x", GOOD | wrong)).entities, {})
    with pytest.raises(SpecificationWrong, match=r"since|definition|version"):
        _dated(spec)


@pytest.mark.parametrize("wrong", [{"theme": "nowhere"}, {"source": "nobody"}, {"parts": {"rows": "nothing"}}])
def test_an_entity_that_names_what_is_not_there_is_refused(wrong: dict[str, Any]) -> None:
    raw = {"entity": "x", "title": {"zh": "x", "en": "x"}, "definition": {"zh": "x", "en": "x"}, "basis": "x",
           "key": ["a"], "elements": [GOOD]}  # fmt: skip
    lists = {name: SPEC.codelists[name] for name in ("theme", "source")}
    _agree(Specification("0.2.0", {"x": entity_of(raw)}, lists))
    with pytest.raises(SpecificationWrong, match="no such"):
        _agree(Specification("0.2.0", {"x": entity_of(raw | wrong)}, lists))
    with pytest.raises(SpecificationWrong, match="themes"):
        entity_of(raw | {"themes": "a"})


@pytest.mark.parametrize("entity", list(SPEC.entities))
def test_every_schema_is_a_schema(entity: str) -> None:
    made = json_schema(SPEC, entity)
    meta.validate(made)
    Draft202012Validator(made, validate_formats=True)
    assert made["additionalProperties"] is False
    wanted = {e.id for e in SPEC.entities[entity].elements} | set(SPEC.entities[entity].parts)
    assert set(made["properties"]) == wanted
    assert set(made["required"]) == {e.id for e in SPEC.entities[entity].elements if e.required} | set(
        SPEC.entities[entity].parts
    )


def samples(e: Element) -> tuple[list[Any], list[Any]]:
    """Values that this element takes, and values that it does not."""
    n = e.type
    if e.codes:
        return list(SPEC.codelists[e.codes]), ["", "没有", 5]
    match n.kind:
        case "text":
            good = ["A" * n.length] if n.exact else ["A", "文" * n.length]
            bad: list[Any] = ["", "A" * (n.length + 1), 5, True, "a\tb", *(["A" * (n.length - 1)] if n.exact else [])]
            (good if e.lines else bad).append("a\nb")
            return good, bad
        case "integer":
            return [e.minimum or 0, 10**n.length - 1], [(e.minimum or 0) - 1, 10**n.length, 1.5, "1", True]
        case "decimal":
            return [e.minimum or 0, 10 ** (n.length - n.places) - 0.5], [
                (e.minimum or 0) - 1,
                10 ** (n.length - n.places),
                "1.0",
            ]
        case "bool":
            return [True, False], [0, 1, "true"]
        case "date":
            return ["2026-02-28", "2024-02-29"], ["2026-02-29", "2026-2-1", "20260201", "2026-02-01T00:00:00Z", 5]
        case _:
            return ["2026-02-28T08:00:00Z"], ["2026-02-28", 5]


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_a_schema_takes_what_its_element_takes_and_nothing_else(entity: str, name: str) -> None:
    e = SPEC.entities[entity].element(name)
    valid = Draft202012Validator(json_schema(SPEC, entity)["properties"][name], validate_formats=True).is_valid
    good, bad = samples(e)
    if e.many:
        assert all(valid([value]) for value in good)
        assert not any(valid([value]) for value in bad)
        assert valid([]) == (not e.required)
        assert not valid(None)
        return
    assert [value for value in good if not valid(value)] == []
    assert [value for value in bad if valid(value)] == []
    assert valid(None) == (not e.required)


@pytest.mark.parametrize("entity", list(SPEC.entities))
def test_titles_and_units_go_into_the_schema(entity: str) -> None:
    properties = json_schema(SPEC, entity)["properties"]
    for e in SPEC.entities[entity].elements:
        assert properties[e.id]["title"] == e.zh
        assert properties[e.id]["description"].startswith(e.en)
        assert e.unit is None or e.unit in properties[e.id]["description"]


def test_what_the_caller_fills_in_can_be_left_out() -> None:
    made = json_schema(SPEC, "report", without=frozenset({"uscc"}))
    assert "uscc" not in made["properties"]
    assert "uscc" not in made["required"]


def test_the_reference_page_names_every_entity_element_and_code() -> None:
    page = markdown(SPEC)
    for entity in SPEC.entities.values():
        assert f"## {entity.zh} `{entity.id}`" in page
        for e in entity.elements:
            assert f"| `{e.id}` | {e.zh} {e.en} | {e.notation}" in page
            assert f"| {e.definition_zh} {e.definition_en}".strip() in page.replace("\\|", "|")
    for name, codes in SPEC.codelists.items():
        assert f"## `{name}`" in page
        for c in codes.values():
            assert f"| {c.code} | {c.zh} | {c.en} |" in page


def test_the_reference_page_goes_theme_by_theme() -> None:
    page = markdown(SPEC)
    for theme, code in SPEC.codelists["theme"].items():
        section = page.split(f"\n# {code.zh} {code.en}\n", 1)[1].split("\n# ", 1)[0]
        found = re.findall(r"^## .* `(\w+)`$", section, re.M)
        assert found == [e.id for e in SPEC.entities.values() if e.theme == theme] != []


def test_the_reference_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs/reference/spec.md"
    assert page.read_text(encoding="utf-8") == markdown(SPEC) + "\n"


def test_provinces_are_those_of_gb_t_2260_and_the_nation() -> None:
    codes = {c for c in SPEC.codelists["province"] if c != "10"}
    first = {"1": "12345", "2": "123", "3": "1234567", "4": "123456", "5": "01234", "6": "12345"}
    mainland = {d + u for d, units in first.items() for u in units}
    assert mainland <= codes <= mainland | {"71", "81", "82", "66"}


def test_checks_named_in_the_files_exist_and_take_any_text() -> None:
    for check in CHECKS.values():
        for text in ("", "x", "0" * 18, "中文", "\0", "9" * 1000, str(date.max)):
            found = check(text)
            assert found is None or (HAN.search(found.zh) and found.en)


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_an_element_says_what_it_means_in_both_languages(entity: str, name: str) -> None:
    e = SPEC.entities[entity].element(name)
    assert re.search(r"[一-鿿].*。$", e.definition_zh)
    assert re.search(r"^[A-Z].*\.$", e.definition_en)
    assert not HAN.search(e.definition_en)
    assert e.definition_zh.rstrip("。") != e.zh


def test_a_code_has_days_or_is_always_in_force() -> None:
    told = {"code": "a", "zh": "甲", "en": "A"}
    always, dated = code_of("x", told), code_of("x", told | {"from": "2021-07-15", "to": "2026-05-18"})
    assert all(always.in_force(day) for day in (date.min, date.max))
    days = [date(2021, 7, 14), date(2021, 7, 15), date(2026, 5, 18), date(2026, 5, 19)]
    assert [dated.in_force(day) for day in days] == [False, True, True, False]
    for wrong in ({"from": "15.7.2021"}, {"from": "2026-05-18", "to": "2026-05-17"}):
        with pytest.raises(SpecificationWrong, match="#x/a"):
            code_of("x", told | wrong)


def test_penalties_that_the_law_of_2021_brought_begin_with_it() -> None:
    """行政处罚法 as revised on 2021-01-22, in force since 2021-07-15 (article 86), against article 8 of the law of 2017."""
    begun = {c.code for c in SPEC.codelists["penalty_kind"].values() if c.valid_from == date(2021, 7, 15)}
    assert begun == {"通报批评", "降低资质等级", "限制经营", "责令关闭", "限制从业"}
