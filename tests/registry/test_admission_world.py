"""The synthetic world before the real registry: every honest report is admitted, every faulty one refused for its fault."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from tests.conftest import Seeded

from zhijian.codes.intake import shape_findings
from zhijian.kit.scope import Scope
from zhijian.registry import InstitutionFacts, facts, findings

RULE = {
    "signatory_not_authorised": "signatory-not-authorised",
    "out_of_scope": "parameter-out-of-scope",
    "standard_year_unknown": "standard-year-unknown",
    "standard_without_year": "standard-year-unknown",
    "certificate_expired": "certificate-not-in-force",
    "calibration_overdue": "calibration-overdue",
    "instrument_unknown": "instrument-unknown",
    "dates_out_of_order": "dates-out-of-order",
    "future_issue_date": "issued-in-future",
    "signatory_unknown": "signatory-unknown",
    "site_unknown": "site-unknown",
    "certificate_of_another": "certificate-unknown",
}
"""Fault of the world → rule of the registry."""
BESIDE = {"certificate_of_another": {"signatory-not-authorised"}}
"""What is said beside it, while a certificate of another institution has no scope."""


@pytest.fixture(scope="module")
def known(seeded: Seeded) -> dict[str, InstitutionFacts]:
    usccs = {record["uscc"] for entity, record in seeded.world.registry() if entity == "institution"}
    with seeded.node.transaction() as db:
        found = {uscc: facts(db, Scope.everything(), uscc) for uscc in usccs}
    return {uscc: one for uscc, one in found.items() if one is not None}


def judged(report: dict[str, Any], known: dict[str, InstitutionFacts], today: date) -> set[str]:
    uscc, bare = report["uscc"], {k: v for k, v in report.items() if k != "uscc"}
    assert shape_findings(bare) == []
    return {f.rule for f in findings(bare, known[uscc], today)}


def test_every_honest_report_is_admitted(seeded: Seeded, known: dict[str, InstitutionFacts]) -> None:
    broken = Counter(rule for report in seeded.world.reports() for rule in judged(report, known, seeded.world.on))
    assert broken == {}


def test_every_faulty_report_is_refused_for_its_fault(seeded: Seeded, known: dict[str, InstitutionFacts]) -> None:
    faulty = list(seeded.world.refusable(each=2))
    assert {name for name, _ in faulty} == set(RULE)
    for name, report in faulty:
        rules = judged(report, known, seeded.world.on)
        assert RULE[name] in rules
        assert rules - {RULE[name]} <= BESIDE.get(name, set()), name


def test_no_report_is_issued_before_its_own_day(seeded: Seeded, known: dict[str, InstitutionFacts]) -> None:
    for report in list(seeded.world.reports())[::20]:
        on = date.fromisoformat(report["issued_on"])
        assert "issued-in-future" in judged(report, known, on - timedelta(days=1))
        assert "issued-in-future" not in judged(report, known, on)
