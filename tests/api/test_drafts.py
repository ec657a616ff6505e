"""A report checked and printed before it is registered, and what it may refer to."""

import io
from typing import Any

from pypdf import PdfReader
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

from zhijian.kit.signing import sm3

PATH = "/api/v1/reports:draft"


def without_file(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if not name.startswith("file_")}


def test_a_draft_is_printed_with_its_names_and_registers_nothing(lab: Laboratory) -> None:
    report = without_file(lab.fresh("DRAFT-1"))
    answer = lab.lims.post(PATH, report)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text[:300]
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert answer.headers["report-pages"] == str(len(pages))
    words = "".join(page.extract_text() for page in pages)
    known = lab.lims.get("/api/v1/institution").json()
    signatory = next(p["name"] for p in known["people"] if p["staff_no"] == report["signatory"])
    for said in ("DRAFT-1", known["name"], signatory, report["items"][0]["parameter"], "演示数据"):
        assert said in words
    assert "DRAFT-1" not in lab.lims.get("/api/v1/reports", "limit=500").text


def test_what_was_printed_is_what_is_registered(lab: Laboratory) -> None:
    """The same report gives the same bytes, and they are stamped under its code."""
    report = without_file(lab.fresh("DRAFT-2"))
    pdf = lab.lims.post(PATH, report).content
    assert lab.lims.post(PATH, report).content == pdf
    file = {
        "file_digest": sm3(pdf).hex(),
        "file_digest_algorithm": "sm3",
        "file_pages": len(PdfReader(io.BytesIO(pdf)).pages),
    }
    issued = lab.lims.submit({**report, **file})
    assert issued.status_code == 201, issued.text
    stamped = lab.lims.post_file(f"/api/v1/reports/{issued.json()['code']}/stamp", pdf)
    assert stamped.status_code == 200, stamped.text[:300]
    assert issued.json()["printed"] in PdfReader(io.BytesIO(stamped.content)).pages[0].extract_text().replace("\n", "")


def test_a_draft_that_breaks_rules_is_told_all_of_them_as_its_submission_would_be(lab: Laboratory) -> None:
    report = {**without_file(lab.fresh("DRAFT-3")), "signatory": "NOBODY", "issued_on": "2099-01-01"}
    drafted = problem(lab.lims.post(PATH, report), 422)
    submitted = lab.lims.submit({**report, "file_digest": "0" * 64, "file_digest_algorithm": "sm3", "file_pages": 1})
    assert drafted["errors"] == submitted.json()["errors"]
    assert len(drafted["errors"]) >= 2


def test_a_draft_that_is_no_report_is_told_what_is_missing(lab: Laboratory) -> None:
    for value in ([], {}, {"items": 1}, "x", None):
        answer = lab.lims.post(PATH, value)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"]


def test_an_institution_sees_what_its_reports_may_refer_to(lab: Laboratory) -> None:
    known = lab.lims.get("/api/v1/institution").json()
    report, item = lab.report, lab.report["items"][0]
    assert known["uscc"] == lab.uscc
    assert report["certificate_number"] in {c["number"] for c in known["certificates"] if c["state"] == "有效"}
    assert report["site_no"] in {s["site_no"] for s in known["sites"]}
    assert {"signs", "name"} < set(next(p for p in known["people"] if p["staff_no"] == report["signatory"]))
    assert item["instruments"][0] in {i["management_no"] for i in known["instruments"]}
    assert (item["parameter"], item["standard"]) in {(c["parameter"], c["standard"]) for c in known["capabilities"]}


def test_nobody_asks_without_a_signature(api: Any) -> None:
    assert api.get("/api/v1/institution").status_code == 401
    assert api.post(PATH, json={}).status_code == 401


def test_an_instrument_that_nobody_registered_is_printed_by_its_number(lab: Laboratory) -> None:
    """Without the mark the rules let it pass."""
    report = without_file(lab.fresh("DRAFT-4", cma_marked=False))
    report["items"][0]["instruments"] = ["NOT-OURS"]
    answer = lab.lims.post(PATH, report)
    assert answer.status_code == 200, answer.text
    assert "NOT-OURS" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
