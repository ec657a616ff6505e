"""Each rule of admission, broken alone: the problem names field, rule, legal basis and remedy; the rest goes through."""

from collections import defaultdict
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.problem_documents import finding_is_whole, problem
from tests.conftest import Laboratory, Seeded, key_of, kid_of
from tests.lims import Lims

from zhijian.synthetic import World

EXPECTED = {
    "signatory_not_authorised": ("signatory-not-authorised", "/signatory"),
    "signatory_unknown": ("signatory-unknown", "/signatory"),
    "out_of_scope": ("parameter-out-of-scope", "/items/0/parameter"),
    "standard_year_unknown": ("standard-year-unknown", "/items/0/standard"),
    "standard_without_year": ("standard-year-unknown", "/items/0/standard"),
    "certificate_expired": ("certificate-not-in-force", "/issued_on"),
    "certificate_of_another": ("certificate-unknown", "/certificate_number"),
    "calibration_overdue": ("calibration-overdue", "/items/0/instruments/0"),
    "instrument_unknown": ("instrument-unknown", "/items/0/instruments/0"),
    "dates_out_of_order": ("dates-out-of-order", "/tested_from"),
    "future_issue_date": ("issued-in-future", "/issued_on"),
    "site_unknown": ("site-unknown", "/site_no"),
}
"""Fault of the synthetic world → rule and place that must be named."""


@pytest.fixture(scope="module")
def refusable(seeded: Seeded) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fault, report in seeded.world.refusable(3):
        found[fault].append(report)
    return found


def lims_of(seeded: Seeded, api: TestClient, uscc: str) -> Lims:
    return Lims(api, kid_of(seeded.node, uscc), key_of(seeded.node, uscc))


def without_uscc(report: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in report.items() if k != "uscc"}


def test_the_world_has_every_fault(refusable: dict[str, list[dict[str, Any]]]) -> None:
    assert set(refusable) == set(EXPECTED)


@pytest.mark.parametrize("fault", EXPECTED)
def test_a_broken_rule_is_named_with_field_basis_and_remedy(
    seeded: Seeded, api: TestClient, refusable: dict[str, list[dict[str, Any]]], fault: str
) -> None:
    rule, pointer = EXPECTED[fault]
    for report in refusable[fault]:
        body = problem(lims_of(seeded, api, report["uscc"]).submit(without_uscc(report)), 422, why=rule)
        assert [(e["rule"], e["pointer"]) for e in body["errors"]] == [(rule, pointer)]
        finding_is_whole(body["errors"][0], by_law=True)


def test_in_a_batch_only_the_broken_ones_are_declined(
    seeded: Seeded, api: TestClient, refusable: dict[str, list[dict[str, Any]]], lab: Laboratory
) -> None:
    broken = [(fault, r) for fault, some in refusable.items() for r in some if r["uscc"] == lab.uscc]
    batch, expected = [], []
    for n, (fault, report) in enumerate(broken):
        batch += [without_uscc(report), lab.fresh(f"AD-REST-{n}")]
        expected += [EXPECTED[fault][0], "issued"]
    assert broken
    answer = lab.lims.submit_batch(batch)
    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [r["problem"]["why"] if "problem" in r else "issued" for r in results] == expected
    assert answer.json()["declined"] == len(broken)
    for result in results:
        for finding in result.get("problem", {}).get("errors", ()):
            finding_is_whole(finding, by_law=True)


def test_a_report_that_breaks_several_rules_names_them_all(lab: Laboratory) -> None:
    report = lab.fresh("AD-MANY", signatory="P-NOBODY", issued_on="2099-01-01", site_no="99")
    body = problem(lab.lims.submit(report), 422)
    assert {"signatory-unknown", "issued-in-future", "site-unknown"} <= {e["rule"] for e in body["errors"]}


def test_a_duplicate_names_the_code_it_is_registered_under(lab: Laboratory) -> None:
    first = lab.lims.submit(lab.fresh("AD-DUP")).json()
    body = problem(lab.lims.submit(lab.fresh("AD-DUP", title="另一份")), 409, why="own-number-duplicate")
    assert body["registered_as"] == first["printed"]
    finding_is_whole(body["errors"][0], by_law=False)
    assert body["errors"][0]["pointer"] == "/own_number"


def test_a_wrong_form_names_the_field(lab: Laboratory) -> None:
    report = lab.fresh("AD-FORM", form="口头", file_pages="六", received_on="昨天")
    report["items"][0]["seq"] = -1
    body = problem(lab.lims.submit(report), 422)
    assert {e["pointer"] for e in body["errors"]} == {"/form", "/file_pages", "/received_on", "/items/0/seq"}
    for finding in body["errors"]:
        finding_is_whole(finding, by_law=False)


def test_nobody_takes_another_institutions_certificate_number_without_the_mark(
    lab: Laboratory, other: Laboratory
) -> None:
    """The pair of certificate and own number is a second key that the public searches by."""
    report = lab.fresh("AD-SQUAT", cma_marked=False, certificate_number=other.report["certificate_number"])
    problem(lab.lims.submit(report), 422)


def test_two_worlds_break_the_same_rules(seeded: Seeded) -> None:
    again = World(seed=seeded.world.seed, on=seeded.world.on, institutions=seeded.world.count, reports=160)
    assert list(again.refusable(3)) == list(seeded.world.refusable(3))
