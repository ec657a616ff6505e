"""Templates out of the specification, and back: what was put in is what is read."""

import io
from datetime import date
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from openpyxl import load_workbook
from tests.spec.sheets import ITEM, REPORT, reports

from zhijian.codes.intake import shape_findings
from zhijian.kit.base31 import ALPHABET
from zhijian.spec import CHECKS, Element, json_schema, specification
from zhijian.spec.workbook import read, template

SPEC = specification()
PHASES = (Phase.generate,)
"""A record has thirty fields: to find the smallest of them takes minutes and says no more."""
USCC = next(c for c in (f"91350203M0001QAY9{ch}" for ch in ALPHABET) if CHECKS["uscc"](c) is None)
GOOD = {"uscc": USCC, "cma_number": "161705070076", "division": "330100",
        "standard_code": "GB 5009.12-2023", "hex64": "0f" * 32}  # fmt: skip


@cache
def text(least: int, most: int, *, many: bool = False) -> st.SearchStrategy[str]:
    """What the API takes: no control or unseen characters; and no blanks at the ends, which people do not mean.
    Of several values none has a separator, nor a comma, of which the reader asks whether one was meant."""
    letters = st.characters(
        exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"], exclude_characters=";；,，、" if many else ""
    )
    awkward = st.sampled_from(
        ["=1+1", "#N/A", "00123", "1e5", "2026-11-03", "_x0041_", "'a", "TRUE", "是", "@SUM(A1)", "<b>&</b>"]
    )
    free = st.text(letters, min_size=least, max_size=min(most, 30))
    return st.one_of(free, awkward).map(str.strip).filter(lambda t: least <= len(t) <= most)


@cache
def value(e: Element) -> st.SearchStrategy[Any]:
    if e.codes:
        one: st.SearchStrategy[Any] = st.sampled_from(list(SPEC.codelists[e.codes]))
    elif e.check:
        one = st.just(GOOD[e.check])
    elif e.type.kind == "text":
        one = text(e.type.length if e.type.exact else 1, e.type.length, many=e.many)
    elif e.type.kind == "integer":
        one = st.integers(e.minimum or 0, 10**e.type.length - 1)
    elif e.type.kind == "decimal":
        one = st.integers(0, 10**e.type.length - 1).map(lambda n: n / 10**e.type.places)
    elif e.type.kind == "bool":
        one = st.booleans()
    else:
        one = st.dates(date(1954, 1, 1), date(2999, 12, 31)).map(lambda d: d.isoformat())
    return st.lists(one, min_size=1, max_size=3) if e.many else one


@cache
def records(entity: str) -> st.SearchStrategy[dict[str, Any]]:
    elements = [e for e in SPEC.entities[entity].elements if e.refers != "institution"]
    return st.fixed_dictionaries(
        {e.id: value(e) for e in elements if e.required}, optional={e.id: value(e) for e in elements if not e.required}
    )


@st.composite
def filled(draw: st.DrawFn, entity: str) -> list[dict[str, Any]]:
    made = draw(st.lists(records(entity), min_size=1, max_size=4))
    key = next(k for k in SPEC.entities[entity].key if SPEC.entities[entity].element(k).refers != "institution")
    for n, record in enumerate(made):
        if SPEC.entities[entity].element(key).check is None:
            record[key] = f"{record[key][:6]}-{n}"
        for part, nested in SPEC.entities[entity].parts.items():
            record[part] = [
                one | {"seq": seq} for seq, one in enumerate(draw(st.lists(records(nested), min_size=1, max_size=3)), 1)
            ]
    return made if SPEC.entities[entity].element(key).check is None else made[:1]


@pytest.mark.parametrize("entity", ["report", "institution", "site", "staff", "instrument"])
def test_what_is_put_into_a_template_is_read_from_it_without_a_word(entity: str) -> None:
    @settings(max_examples=25, suppress_health_check=list(HealthCheck), phases=PHASES)
    @given(filled(entity))
    def holds(made: list[dict[str, Any]]) -> None:
        found = read(template([entity], {entity: made}), [entity])
        assert found.records == made
        assert found.findings == ()

    holds()


@settings(max_examples=15, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(filled("report"))
def test_what_reads_without_error_has_the_form_that_the_api_asks_for(made: list[dict[str, Any]]) -> None:
    for record in read(template(["report"], {"report": made})).records:
        assert shape_findings(record) == []


def test_every_entity_has_a_template_and_several_share_a_workbook() -> None:
    for entity in SPEC.entities:
        assert load_workbook(io.BytesIO(template([entity]))).sheetnames[-1] == "代码"
    both = {"staff": [{"staff_no": "P1", "name": "甲", "employed_from": "2020-01-01"}],
            "site": [{"site_no": "S1", "name": "总部", "division": "330100", "address": "某路", "used_from": "2020-01-01"}]}  # fmt: skip
    found = read(template(["staff", "site"], both), ["staff", "site"])
    assert [row.entity for row in found.rows] == ["staff", "site"]
    assert found.records == both["staff"] + both["site"]
    assert found.locate("/address", 1).sheet == "检验检测场所"


def test_who_sends_is_asked_only_where_another_than_the_institution_sends() -> None:
    for entity in ("staff", "report", "inspection", "penalty", "proficiency_test"):
        book = load_workbook(io.BytesIO(template([entity])))
        asked = any(
            str(cell.value).startswith("uscc\n") for sheet in book for row in sheet.iter_rows(max_row=2) for cell in row
        )
        assert asked == (entity not in ("staff", "report")), entity


def listing(raw: bytes) -> list[str]:
    """What a template holds, a line a column: for the golden file."""
    book = load_workbook(io.BytesIO(raw))
    lines = []
    for page in book.worksheets:
        lines.append(f"## {page.title} {page.sheet_state} frozen={page.freeze_panes}")
        if page.title in ("说明", "代码"):
            lines += [" | ".join(str(c.value) for c in row if c.value) for row in page.iter_rows()]
            continue
        rules = {str(area): rule for rule in page.data_validations.dataValidation for area in rule.sqref.ranges}
        for cell in page[1]:
            letter = cell.column_letter
            rule = next((r for area, r in rules.items() if area.startswith(f"{letter}3:")), None)
            said = (
                f"{rule.type} {rule.operator or ''} {rule.formula1} {rule.formula2 or ''}".strip() if rule else "free"
            )
            named = str(page[f"{letter}2"].value).replace("\n", " / ")
            lines.append(f"{letter} {cell.value} / {named} [{page.column_dimensions[letter].number_format}] {said}")
            lines.append("    " + " ‖ ".join(cell.comment.text.splitlines()[1:]))
    return lines


def test_the_template_of_reports_is_as_the_golden_file_lists_it(request: pytest.FixtureRequest) -> None:
    """When the specification changes, look at the difference and write the file anew: it is `listing(template(["report"]))`."""
    golden = request.path.parent / "golden" / "template_report.txt"
    assert listing(template(["report"])) == golden.read_text("utf-8").splitlines()


def test_numbers_and_results_are_text_and_days_are_days_in_every_prepared_row() -> None:
    book = load_workbook(io.BytesIO(template(["report"])))
    page = book["报告"]
    formats = {str(page.cell(2, n).value).split("\n")[0]: page.column_dimensions[page.cell(2, n).column_letter].number_format
               for n in range(1, page.max_column + 1)}  # fmt: skip
    assert {formats[name] for name in ("own_number", "sample_no", "file_digest", "verdict", "certificate_number")} == {
        "@"
    }
    assert formats["issued_on"] == "yyyy-mm-dd"
    assert all("1002" in str(rule.sqref) for rule in page.data_validations.dataValidation)


def test_a_list_offers_every_code_and_reads_back_each_of_its_spellings() -> None:
    book = load_workbook(io.BytesIO(template(["report"])))
    offered = {str(c[0].value): [str(x.value) for x in c[1:] if x.value] for c in book["代码"].iter_cols()}
    assert {"report_form", "report_kind", "verdict", "digest_algorithm"} == set(offered)
    assert all(len(offered[name]) == len(SPEC.codelists[name]) for name in offered)
    assert "sm3 SM3（GB/T 32905）" in offered["digest_algorithm"]


def test_a_value_that_no_cell_can_hold_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="instruments"):
        template(["report"], {"report": [REPORT | {"items": [{"seq": 1} | ITEM | {"instruments": ["a；b"]}]}]})
    with pytest.raises(ValueError, match="control"):
        template(["report"], {"report": [REPORT | {"title": "a\x07b", "items": []}]})


def test_a_pointer_of_the_api_finds_its_cell() -> None:
    found = read(template(["report"], {"report": reports(2, 3)}))
    assert (found.locate("/own_number", 1).sheet, found.locate("/own_number", 1).cell) == ("报告", "A4")
    place = found.locate("/items/2/result", 1)
    assert (place.sheet, place.cell, place.field) == ("检测项目", "E8", "result")
    assert found.locate("/items/0/instruments/1", 0).cell[-1] == "3"
    assert found.locate("/items", 1).cell == found.locate("", 1).cell == "A4"
    assert found.locate("/items/99/result", 0).cell == "A3"


def test_the_records_have_the_schemas_form() -> None:
    valid = Draft202012Validator(json_schema(SPEC, "report", without=frozenset({"uscc"})), validate_formats=True)
    assert all(valid.is_valid(r) for r in read(template(["report"], {"report": reports()})).records)
    assert set(CHECKS) == set(GOOD)
