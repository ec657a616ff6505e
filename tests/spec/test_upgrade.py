"""Records go from one version of the specification to the next: nothing is lost or made up in silence."""

import json
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from typer.testing import CliRunner

from zhijian.cli.spec import app
from zhijian.kit import yaml_text
from zhijian.spec import Element, Specification, SpecificationWrong, json_schema, specification
from zhijian.spec.catalogue import example
from zhijian.spec.model import CodeEntry
from zhijian.spec.notation import read
from zhijian.spec.versions import Effect, compare, release, releases, upgrade
from zhijian.spec.versions.steps import StepFile, step_file, steps_of, uncovered
from zhijian.spec.versions.upgrade import Upgraded, apply

SPEC = specification()
VERSIONS = sorted({*releases(), SPEC.version}, key=lambda v: tuple(map(int, v.split("."))))


@pytest.mark.parametrize(("old", "new"), list(pairwise(VERSIONS)))
def test_every_breaking_change_between_two_versions_has_a_step_or_a_reason(old: str, new: str) -> None:
    steps = step_file(old, new)
    assert (steps.old, steps.new) == (old, new)
    assert uncovered(compare(release(old), release(new)), steps, release(new)) == ()


@pytest.mark.parametrize("entity", list(release("0.1.0").entities))
def test_a_right_record_of_the_first_version_is_right_now_and_nothing_of_it_is_lost(entity: str) -> None:
    record = example(release("0.1.0"), entity)
    made = upgrade(record, entity, VERSIONS[0], SPEC.version)
    assert (made.record, made.told) == (record, ())
    assert Draft202012Validator(json_schema(SPEC, entity), validate_formats=True).is_valid(made.record)


def element(name: str, **changes: Any) -> Element:
    made = replace(SPEC.entities["report"].element("title"), id=name)
    notation = changes.pop("notation", made.notation)
    return replace(made, notation=notation, type=read(notation), **changes)


def version(number: str, header: tuple[Element, ...], rows: tuple[Element, ...], parts: dict[str, str] | None = None) -> Specification:  # fmt: skip
    one = replace(
        SPEC.entities["report"], id="paper", elements=header, parts=parts or {"rows": "row"}, key=(header[0].id,)
    )
    row = replace(SPEC.entities["report_item"], id="row", elements=rows, key=(rows[0].id,))
    lists = {"colour": {c: CodeEntry(c, c, c) for c in (("red", "blue") if number == "0.1.0" else ("crimson", "blue"))}}
    return Specification(number, {"paper": one, "row": row}, lists)


OLD = version(
    "0.1.0",
    (element("no"), element("sampled"), element("price", unit="元", notation="N..9"), element("colour", codes="colour"),
     element("long", notation="C..20"), element("gone"), element("shared"), element("single", many=False)),
    (element("seq", notation="N..3"), element("unit", required=False), element("tints", many=True, codes="colour", required=False)),
)  # fmt: skip
NEW = version(
    "0.2.0",
    (element("no"), element("sampled_on"), element("price", unit="万元", notation="N..9,4"), element("colour", codes="colour"),
     element("long", notation="C..5"), element("form"), element("unit", required=False), element("single", many=True)),
    (element("seq", notation="N..3"), element("shared", required=True), element("tints", many=True, codes="colour", required=False)),
)  # fmt: skip
STEPS = steps_of(yaml_text.read("""
from: 0.1.0
to: 0.2.0
entities:
  paper:
    - {do: rename, element: sampled, to: sampled_on}
    - {do: scale, element: price, factor: "0.0001"}
    - {do: codes, element: colour, map: {red: crimson}}
    - {do: cut, element: long, length: 5, zh: 只留 5 个字, en: five characters are kept}
    - {do: drop, element: gone, zh: 不再使用, en: no longer used}
    - {do: default, element: form, value: paper, zh: 旧版都是纸面, en: all were on paper}
    - {do: into, element: shared, part: rows, to: shared}
    - {do: out-of, element: unit, part: rows, to: unit, zh: 各行单位不同, en: rows differ}
    - {do: many, element: single}
  row:
    - {do: codes, element: tints, map: {red: null}, zh: 不再有红色, en: there is no red}
"""))  # fmt: skip
PAPER: dict[str, Any] = {
    "no": "A1", "sampled": "2026-05-18", "price": 35000, "colour": "red", "long": "一二三四五六七", "gone": "x", "shared": "S",
    "single": "one", "rows": [{"seq": 1, "unit": "mg", "tints": ["red", "blue"]}, {"seq": 2, "unit": "kg"}],
}  # fmt: skip


def way(steps: StepFile = STEPS, new: Specification = NEW) -> list[tuple[StepFile, Specification]]:
    return [(steps, new)]


def test_each_kind_of_step_does_what_it_says_and_tells_what_it_lost_or_invented() -> None:
    before = deepcopy(PAPER)
    made = apply(PAPER, "paper", way())
    assert before == PAPER, "the record that was given stays"
    assert made.record == {
        "no": "A1", "sampled_on": "2026-05-18", "price": 3.5, "colour": "crimson", "long": "一二三四五", "single": ["one"],
        "rows": [{"seq": 1, "tints": ["blue"], "shared": "S"}, {"seq": 2, "shared": "S"}], "form": "paper", "unit": "mg",
    }  # fmt: skip
    assert {t.where: t.value for t in made.lost} == {
        "/long": "六七", "/gone": "x", "/rows/1/unit": "kg", "/rows/0/tints": "red",
    }  # fmt: skip
    assert [(t.where, t.value, t.zh) for t in made.invented] == [("/form", "paper", "旧版都是纸面")]
    assert all(t.zh and t.en for t in made.told)


def test_what_a_record_does_not_have_is_not_made_up_and_what_nobody_knows_is_told() -> None:
    made = apply({"no": "A1", "price": "dear", "note": "of ours", "rows": []}, "paper", way())
    assert made.record == {"no": "A1", "form": "paper", "rows": []}
    assert {t.where: t.value for t in made.lost} == {"/price": "dear", "/note": "of ours"}


def test_a_value_is_never_written_over_another_one() -> None:
    made = apply({"no": "A1", "sampled": "old", "sampled_on": "new", "shared": "S", "rows": [{"seq": 1, "shared": "T"}]}, "paper", way())  # fmt: skip
    assert made.record["sampled_on"] == "new"
    assert made.record["rows"][0]["shared"] == "T"
    assert [(t.where, t.value) for t in made.lost] == [("/sampled", "old"), ("/shared", "S")]


def test_several_become_one_with_the_others_told() -> None:
    steps = steps_of({"from": "0.2.0", "to": "0.3.0", "entities": {"paper": [{"do": "many", "element": "single"}]}})
    made = apply({"single": ["a", "b", "c"]}, "paper", way(steps))
    assert made.record == {"single": "a"}
    assert [(t.where, t.value) for t in made.lost] == [("/single/1", "b"), ("/single/2", "c")]


def test_an_entity_under_a_new_name_is_found() -> None:
    new = Specification("0.2.0", {"sheet": replace(NEW.entities["paper"], id="sheet"), "row": NEW.entities["row"]}, {})
    steps = steps_of({"from": "0.1.0", "to": "0.2.0", "renamed": {"paper": "sheet"}})
    assert apply({"no": "A1"}, "paper", way(steps, new)).entity == "sheet"
    with pytest.raises(SpecificationWrong, match="no entity"):
        apply({}, "nothing", way())


def test_steps_go_over_every_version_between() -> None:
    paper = NEW.entities["paper"]
    later = replace(paper, elements=(*paper.elements, element("made_on")))
    third = replace(NEW, version="0.3.0", entities={**NEW.entities, "paper": later})
    rename = {"do": "rename", "element": "sampled_on", "to": "made_on"}
    on = steps_of({"from": "0.2.0", "to": "0.3.0", "entities": {"paper": [rename]}})
    made = apply(PAPER, "paper", [*way(), (on, third)])
    assert made.record["made_on"] == "2026-05-18"
    assert "sampled_on" not in made.record


def test_all_changes_of_the_made_up_versions_are_met_and_each_step_that_is_taken_away_is_missed() -> None:
    changes = compare(OLD, NEW)
    assert len(changes.of(Effect.BREAKING)) >= 10
    assert uncovered(changes, STEPS, NEW) == ()
    for entity, of in STEPS.entities.items():
        for gone in of:
            fewer = replace(STEPS, entities={**STEPS.entities, entity: tuple(s for s in of if s is not gone)})
            assert uncovered(changes, fewer, NEW), gone


def test_a_reason_stands_for_a_step_where_no_record_has_to_be_touched() -> None:
    stricter = replace(
        NEW, version="0.3.0", entities={**NEW.entities, "paper": replace(NEW.entities["paper"], key=("form",))}
    )
    changes, none = compare(NEW, stricter), steps_of({"from": "0.2.0", "to": "0.3.0"})
    assert [c.what for c in uncovered(changes, none, stricter)] == ["key"]
    reason = {"change": "paper key", "zh": "只影响查重", "en": "only who looks for duplicates sees it"}
    assert not uncovered(changes, steps_of({"from": "0.2.0", "to": "0.3.0", "needless": [reason]}), stricter)


@pytest.mark.parametrize(
    "raw", [{}, {"from": "1", "to": "2", "entities": {"a": [{"do": "guess", "element": "x"}]}},
            {"from": "1", "to": "2", "entities": {"a": [{"do": "default", "element": "x", "value": 1}]}},
            {"from": "1", "to": "2", "entities": {"a": [{"do": "rename", "element": "x", "too": "y"}]}},
            {"from": "1", "to": "2", "entities": {"a": [{"do": "codes", "element": "x", "map": {"r": None}}]}},
            {"from": "1", "to": "2", "entities": []}, {"from": "1", "to": "2", "entities": {"a": [5]}}]
)  # fmt: skip
def test_steps_that_say_too_little_or_something_unknown_are_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(SpecificationWrong):
        steps_of(raw)


@pytest.mark.parametrize(("old", "new"), [("0.2.0", "0.1.0"), ("0.0.1", "0.2.0"), ("0.1.0", "9.0.0"), ("x", "0.2.0")])
def test_going_back_and_unknown_versions_are_refused(old: str, new: str) -> None:
    with pytest.raises(SpecificationWrong):
        upgrade({}, "report", old, new)


plain = (st.none(), st.text(max_size=8), st.integers(-(10**12), 10**12), st.floats(), st.booleans())
values = st.one_of(*plain, st.lists(st.text(max_size=3), max_size=3))
names = [e.id for spec in (OLD, NEW) for of in spec.entities.values() for e in of.elements] + ["other"]
records = st.dictionaries(st.sampled_from(names), values, max_size=8)


@given(st.builds(lambda top, rows: {**top, "rows": rows}, records, st.lists(records, max_size=3)))
def test_whatever_stood_in_a_record_is_in_the_new_one_or_told(record: dict[str, Any]) -> None:
    made: Upgraded = apply(record, "paper", way())
    known = {e.id for e in NEW.entities["paper"].elements} | {"rows"}
    assert set(made.record) <= known
    texts = json.dumps([made.record, [t.value for t in made.told]], default=str)
    for name, value in record.items():
        if isinstance(value, str) and value and name not in ("colour", "long", "price"):
            assert json.dumps(value) in texts, name


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["upgrade", *arguments])


def test_a_file_of_records_is_upgraded_with_what_was_lost_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    site = example(release("0.1.0"), "site")
    (tmp_path / "a.jsonl").write_text(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in (site, site | {"colour": "蓝"})) + "\n\n"
    )
    done = run("a.jsonl", "--entity", "site", "--from", "0.1.0", "--to", "0.2.0", "--out", "b.jsonl")
    assert done.exit_code == 1, done.stderr
    assert "第 2 行" in done.stdout
    assert "/colour" in done.stdout
    assert [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()] == [site, site]
    (tmp_path / "a.csv").write_text("uscc,name,unheard\n91330100MA2EXAMPL0,总部,\n", encoding="utf-8-sig")
    done = run("a.csv", "--entity", "site", "--from", "0.1.0", "--to", "0.2.0", "--out", "b.csv")
    assert done.exit_code == 0, (done.stdout, done.stderr)
    assert (tmp_path / "b.csv").read_text("utf-8-sig").splitlines()[1] == "91330100MA2EXAMPL0,总部"


@pytest.mark.parametrize(
    ("name", "content", "arguments", "said"),
    [("a.jsonl", b"{}\n[1]\n", [], "第 2 行"), ("a.jsonl", b"{broken\n", [], "第 1 行"), ("a.jsonl", b"\xff\xfe{}", [], "UTF-8"),
     ("a.xlsx", b"PK", [], ".jsonl"), ("a.jsonl", b"{}", ["--entity", "nothing"], "nothing"),
     ("a.jsonl", b"{}", ["--from", "9.9.9"], "9.9.9"), ("a.csv", b"uscc,uscc\n1,2\n", [], "uscc"),
     ("a.csv", b"uscc,name\n1,2,3\n", [], "第 2 行"), ("a.jsonl", b"[" * 100_000, [], "第 1 行")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    given = {"--entity": "site", "--from": "0.1.0", "--to": "0.2.0"} | dict(
        zip(arguments[::2], arguments[1::2], strict=True)
    )
    done = run(name, *(word for pair in given.items() for word in pair), "--out", "out")
    assert done.exit_code == 2, (done.stdout, done.stderr)
    assert said in done.stderr
    assert isinstance(done.exception, SystemExit)
    assert {f.name for f in tmp_path.iterdir()} == {name}
