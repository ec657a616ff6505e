"""Versions of the specification: what was released stays, what changed is told, and the number says what it means."""

import hashlib
import json
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from zhijian.kit import yaml_text
from zhijian.spec import Element, Specification, SpecificationWrong, json_schema, specification
from zhijian.spec.load import version_key
from zhijian.spec.model import CodeEntry
from zhijian.spec.notation import Notation, read
from zhijian.spec.versions import (
    Change,
    Changes,
    Effect,
    as_contract,
    as_data,
    change_log,
    compare,
    from_data,
    release,
    releases,
    text,
)
from zhijian.spec.versions.compare import widened

SPEC = specification()
FROZEN = {
    "0.1.0": "655c54ecf46741b6794679a5e23f5af831828f2f73af18c0c1d549c778862c50",
    "0.2.0": "5c47403833fcb87e17d0c36155943e9935af75b6a0cb7930373359b0a32ee0c6",
}
"""SHA-256 of every released file: a line is added with a release, none is ever changed."""


def test_a_released_file_is_never_changed() -> None:
    folder = files("zhijian.spec") / "released"
    assert set(FROZEN) == set(releases())
    for version, digest in FROZEN.items():
        assert hashlib.sha256((folder / f"{version}.json").read_bytes()).hexdigest() == digest
        assert release(version).version == version


def test_a_changed_specification_has_a_version_that_says_so() -> None:
    last = release(releases()[-1])
    changes = compare(last, SPEC)
    if SPEC.version == last.version:
        assert not changes.listed, "released is released: raise the version"
    assert changes.version_suffices, f"should be at least {changes.least_version}"


def test_the_change_log_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs/reference/spec-changes.md"
    assert page.read_text("utf-8") == change_log(SPEC) + "\n", "run make docs"


def test_every_change_that_is_more_than_wording_has_its_line_in_the_change_log() -> None:
    page = change_log(SPEC)
    for change in compare(release("0.1.0"), SPEC).listed:
        assert f"`{change.where.split('.')[0] if change.effect is Effect.WORDING else change.where}`" in page


def test_since_tells_in_which_version_an_element_came() -> None:
    before = {(n, e.id) for n, entity in release("0.1.0").entities.items() for e in entity.elements}
    for name, entity in SPEC.entities.items():
        for e in entity.elements:
            assert (e.since == "0.1.0") == ((name, e.id) in before), (name, e.id)


def test_what_was_right_under_the_first_version_is_right_now() -> None:
    """Nothing that the first version's JSON Schema asks for is asked for more strictly."""
    old = release("0.1.0")
    assert not compare(old, SPEC).of(Effect.BREAKING)
    for name in old.entities:
        before, now = json_schema(old, name), json_schema(SPEC, name)
        assert set(now["required"]) <= set(before["required"])
        assert set(before["properties"]) <= set(now["properties"])


def test_an_export_is_read_back_as_it_was_and_is_plain_json() -> None:
    for spec in (SPEC, *map(release, releases())):
        assert from_data(json.loads(json.dumps(as_data(spec), ensure_ascii=False))) == spec


@pytest.mark.parametrize(
    "data", [{}, [], None, 5, {"version": "1"}, {"version": "0.1.0", "entities": [{}], "codelists": {}},
             {"version": "0.1.0", "entities": [], "codelists": []}, {"version": "0.1.0", "entities": 5, "codelists": {}},
             {"version": "0.1.0", "entities": [], "codelists": {"a": [5]}}]
)  # fmt: skip
def test_what_is_no_export_is_refused(data: Any) -> None:
    with pytest.raises(SpecificationWrong):
        from_data(data)


LOGICAL = {"string", "integer", "number", "date", "timestamp", "boolean", "array", "object"}


def test_a_data_contract_has_every_element_with_its_key_and_limits() -> None:
    contract = yaml_text.read(yaml_text.write(as_contract(SPEC)))
    assert {"apiVersion", "kind", "id", "version", "status"} <= set(contract)
    assert [o["name"] for o in contract["schema"]] == list(SPEC.entities)
    for told, entity in zip(contract["schema"], SPEC.entities.values(), strict=True):
        assert [p["name"] for p in told["properties"]] == [e.id for e in entity.elements] + list(entity.parts)
        keys = sorted((p["primaryKeyPosition"], p["name"]) for p in told["properties"] if p.get("primaryKey"))
        assert tuple(name for _, name in keys) == entity.key
        for p, e in zip(told["properties"], entity.elements, strict=False):
            assert (p["logicalType"] == "array") == e.many
            one = p["items"] if e.many else p
            assert one["logicalType"] in LOGICAL
            limits, schema = one.get("logicalTypeOptions", {}), json_schema(SPEC, entity.id)["properties"][e.id]
            schema = schema["items"] if e.many else schema
            assert e.codes or all(schema[name] == limit for name, limit in limits.items())
            assert p["required"] == e.required
            assert p["classification"] == e.sensitivity


def test_a_version_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(SpecificationWrong, match=r"there are 0\.1\.0"):
        release("0.0.1")


def changed(element: str = "report.verdict", **to: Any) -> Specification:
    """The specification with one element of `report` otherwise, one version later."""
    entity, name = element.split(".")
    was = SPEC.entities[entity]
    if "notation" in to:
        to["type"] = read(to["notation"])
    elements = tuple(replace(e, **to) if e.id == name else e for e in was.elements)
    return later(**{entity: replace(was, elements=elements)})


def later(codelists: dict[str, Any] | None = None, **entities: Any) -> Specification:
    kept = {n: e for n, e in (dict(SPEC.entities) | entities).items() if e is not None}
    lists = {n: c for n, c in (dict(SPEC.codelists) | (codelists or {})).items() if c is not None}
    return Specification("0.2.1", kept, lists)


REPORT = SPEC.entities["report"]
NEW = Element(
    "fresh", "新", "Fresh", "C..10", read("C..10"), False, False, None, None, None, "public", None, None, None, None
)
VERDICTS = dict(SPEC.codelists["verdict"])
CASES: list[tuple[Effect, Specification]] = [
    (Effect.COMPATIBLE, later(report=replace(REPORT, elements=(*REPORT.elements, NEW)))),
    (Effect.BREAKING, later(report=replace(REPORT, elements=(*REPORT.elements, replace(NEW, required=True))))),
    (Effect.BREAKING, later(report=replace(REPORT, elements=REPORT.elements[:-1]))),
    (Effect.BREAKING, later(report=replace(REPORT, key=("uscc", "own_number", "issued_on")))),
    (Effect.BREAKING, later(report=replace(REPORT, parts={}))),
    (Effect.WORDING, later(report=replace(REPORT, definition_zh="另一种说法"))),
    (Effect.BREAKING, later(complaint=None)),
    (Effect.COMPATIBLE, later(fresh=replace(REPORT, id="fresh"))),
    (Effect.COMPATIBLE, changed("report.title", notation="C..201")),
    (Effect.BREAKING, changed("report.title", notation="C..199")),
    (Effect.BREAKING, changed("report.title", notation="C200")),
    (Effect.COMPATIBLE, changed("report.file_digest", notation="C..64")),
    (Effect.BREAKING, changed("report.issued_on", notation="datetime")),
    (Effect.COMPATIBLE, changed("report.title", required=False)),
    (Effect.BREAKING, changed("report.conclusion", required=True)),
    (Effect.COMPATIBLE, changed("report.verdict", codes=None)),
    (Effect.BREAKING, changed("report.title", codes="verdict")),
    (Effect.BREAKING, changed("report.title", check="hex64")),
    (Effect.COMPATIBLE, changed("report.file_digest", check=None)),
    (Effect.BREAKING, changed("report.own_number", refers="institution")),
    (Effect.COMPATIBLE, changed("report.sample_count", minimum=0)),
    (Effect.COMPATIBLE, changed("report.sample_count", minimum=None)),
    (Effect.BREAKING, changed("report.sample_count", minimum=2)),
    (Effect.BREAKING, changed("report.title", many=True)),
    (Effect.COMPATIBLE, changed("report.title", lines=True)),
    (Effect.BREAKING, changed("complaint.words", lines=False)),
    (Effect.BREAKING, changed("penalty.fine", unit="万元")),
    (Effect.BREAKING, changed("staff.name", sensitivity="public", mask=None)),
    (Effect.WORDING, changed("report.title", zh="题目")),
    (Effect.WORDING, changed("report.title", source="regulator")),
    (Effect.WORDING, changed("report.title", until="0.3.0")),
    (Effect.COMPATIBLE, later({"verdict": VERDICTS | {"存疑": CodeEntry("存疑", "存疑", "doubtful")}})),
    (Effect.BREAKING, later({"verdict": {k: v for k, v in VERDICTS.items() if k != "合格"}})),
    (Effect.WORDING, later({"verdict": VERDICTS | {"合格": CodeEntry("合格", "合格", "meets it")}})),
    (Effect.BREAKING, later({"verdict": VERDICTS | {"合格": replace(VERDICTS["合格"], valid_to=date(2026, 5, 18))}})),
    (Effect.BREAKING, later({"verdict": VERDICTS | {"合格": replace(VERDICTS["合格"], valid_from=date(2026, 5, 18))}})),
    (
        Effect.COMPATIBLE,
        later({"penalty_kind": {k: replace(c, valid_from=None) for k, c in SPEC.codelists["penalty_kind"].items()}}),
    ),
    (Effect.COMPATIBLE, later({"fresh": VERDICTS})),
    (Effect.BREAKING, later({"theme": None})),
]


@pytest.mark.parametrize(("effect", "new"), CASES)
def test_a_change_is_of_the_class_that_its_readers_and_writers_feel(effect: Effect, new: Specification) -> None:
    found = compare(SPEC, new)
    assert {c.effect for c in found.listed} == {effect}
    assert found.version_suffices == (effect is Effect.WORDING), "0.2.1 is enough for wording alone"


def test_the_same_twice_has_no_change() -> None:
    assert compare(SPEC, SPEC).listed == ()
    assert compare(SPEC, SPEC).version_suffices


@pytest.mark.parametrize("new", [n for effect, n in CASES if effect is Effect.COMPATIBLE])
def test_going_back_on_a_compatible_change_is_never_mere_wording(new: Specification) -> None:
    assert compare(new, SPEC).of(Effect.BREAKING)


@pytest.mark.parametrize(
    ("old", "effect", "least"),
    [("0.1.0", Effect.BREAKING, "0.2.0"), ("0.1.0", Effect.COMPATIBLE, "0.2.0"), ("0.1.0", Effect.WORDING, "0.1.1"),
     ("1.4.2", Effect.BREAKING, "2.0.0"), ("1.4.2", Effect.COMPATIBLE, "1.5.0"), ("1.4.2", Effect.WORDING, "1.4.3")],
)  # fmt: skip
def test_the_least_version_follows_semantic_versioning(old: str, effect: Effect, least: str) -> None:
    changes = Changes(old, least, (Change(effect, "x", "added"),))
    assert changes.least_version == least
    assert changes.version_suffices
    assert not Changes(old, old, changes.listed).version_suffices


def notations() -> st.SearchStrategy[Notation]:
    texts = st.tuples(st.integers(1, 30), st.booleans()).map(lambda t: read(f"C{'' if t[1] else '..'}{t[0]}"))
    numbers = st.tuples(st.integers(1, 9), st.integers(0, 9)).filter(lambda t: t[1] <= t[0])
    return st.one_of(
        texts, numbers.map(lambda t: read(f"N..{t[0]},{t[1]}")), st.sampled_from(["date", "bool"]).map(read)
    )


def values(n: Notation) -> list[Any]:
    """The longest and the shortest that the type takes."""
    match n.kind:
        case "text":
            return ["x" * n.length] if n.exact else ["x", "x" * n.length]
        case "integer":
            return [0, 10**n.length - 1]
        case "decimal":
            return [0, (10**n.length - 1) / 10**n.places]
        case "bool":
            return [True]
        case _:
            return ["2026-02-28"]


def takes(n: Notation) -> Draft202012Validator:
    entity = replace(REPORT, parts={}, elements=(replace(NEW, type=n),))
    return Draft202012Validator(json_schema(Specification("0", {"x": entity}, {}), "x"), validate_formats=True)


@given(notations(), notations())
def test_a_wider_type_takes_whatever_the_old_one_took(old: Notation, new: Notation) -> None:
    assert widened(old, old)
    if widened(old, new):
        assert all(takes(new).is_valid({"fresh": value}) for value in values(old))


def test_versions_are_ordered_as_numbers() -> None:
    assert sorted(["0.10.0", "0.2.0", "0.2.10", "1.0.0"], key=version_key) == ["0.2.0", "0.2.10", "0.10.0", "1.0.0"]


def test_a_difference_is_told_for_people() -> None:
    said = text(compare(SPEC, changed("report.title", notation="C..199")))
    assert "不兼容 Breaking 1" in said
    assert "`report.title` type: C..200 → C..199" in said
    assert "0.3.0" in said
