"""A filled workbook read by the API: reports as they would be submitted, and findings at their cells."""

import io
from typing import Any

import openpyxl
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

from zhijian.api.workbooks import XLSX
from zhijian.spec.workbook import template

PATH = "/api/v1/workbooks:read"


def post(lab: Laboratory, raw: bytes) -> Any:
    return lab.lims.post_file(PATH, raw, XLSX)


def test_what_was_filled_in_comes_back_as_reports_that_are_registered(lab: Laboratory) -> None:
    filled = [lab.fresh(f"BOOK-{n}") for n in range(3)]
    answer = post(lab, template(["report"], {"report": filled}))
    assert answer.status_code == 200, answer.text
    read = answer.json()
    assert [f for f in read["findings"] if f["severity"] == "error"] == []
    assert [r["own_number"] for r in read["reports"]] == ["BOOK-0", "BOOK-1", "BOOK-2"]
    assert lab.lims.submit_batch(read["reports"]).json()["issued"] == 3


def test_what_is_wrong_is_named_by_its_cell_and_each_report_has_its_place(lab: Laboratory) -> None:
    raw = template(["report"], {"report": [lab.fresh("BOOK-A"), lab.fresh("BOOK-B")]})
    book = openpyxl.load_workbook(io.BytesIO(raw))
    page = book["报告"]
    header = {str(cell.value).split()[0]: cell.column for cell in page[2]}
    page.cell(4, header["issued_on"]).value = "昨天"
    out = io.BytesIO()
    book.save(out)
    read = post(lab, out.getvalue()).json()
    [found] = [f for f in read["findings"] if f["severity"] == "error"]
    letter = read["columns"][page.title]["issued_on"]
    assert (found["sheet"], found["cell"], found["field"]) == (page.title, f"{letter}4", "issued_on")
    assert found["message"]["zh"]
    assert found["remedy"]["en"]
    assert [row[:2] for row in read["rows"]] == [[page.title, 3], [page.title, 4]]


def test_what_is_no_workbook_is_refused_with_words(lab: Laboratory) -> None:
    for raw in (b"", b"%PDF-1.7", b"PK\x03\x04 cut", "编号,名称".encode()):
        problem(post(lab, raw), 422)
    problem(lab.lims.post(PATH, {}), 415)
