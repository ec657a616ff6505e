"""The rules of admission over whole tables: signatory, calibration, certificate, scope."""

from tests.exchange.checks.given import (
    NUMBER,
    V,
    authorisation,
    calibration,
    capability,
    certificate,
    instrument,
    item,
    report,
)
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import Severity, State


def test_an_authorised_signatory_passes() -> None:
    tables = {
        "report": [report()],
        "report_item": [item()],
        "capability": [capability()],
        "authorisation": [authorisation()],
    }
    assert states("signatory-not-authorised", tables) == {State.PASSED}


def test_an_authorisation_that_had_ended_is_none() -> None:
    tables = {
        "report": [report("R0", issued_on="2026-09-04"), report()],
        "authorisation": [authorisation(to_on="2026-09-04")],
    }
    assert found("signatory-not-authorised", tables) == [("signatory", 3, "P1")]


def test_a_category_left_out_is_found_and_a_star_covers_all() -> None:
    tables = {"report": [report()], "report_item": [item()], "capability": [capability()]}
    assert found("signatory-not-authorised", tables | {"authorisation": [authorisation(categories="气")]})[0][:2] == (
        "signatory",
        2,
    )
    assert State.FAILED not in states(
        "signatory-not-authorised", tables | {"authorisation": [authorisation(categories="*")]}
    )


def test_one_of_several_categories_is_enough() -> None:
    both = [capability(), capability(sequence="1.2", category="废水")]
    tables = {"report": [report()], "report_item": [item()], "capability": both}
    one = authorisation(categories="废水")
    assert State.FAILED not in states("signatory-not-authorised", tables | {"authorisation": [one]})


def test_reports_without_the_mark_are_signed_by_anybody() -> None:
    tables = {"report": [report(cma_marked="否", signatory="P9")], "authorisation": [authorisation()]}
    assert states("signatory-not-authorised", tables) == {State.NOT_APPLICABLE}


def test_without_authorisations_it_says_so() -> None:
    outcomes = judged("signatory-not-authorised", {"report": [report()]})
    assert all(o.state is State.NOT_APPLICABLE and o.reason and "授权" in o.reason.zh for o in outcomes)


USED = {"report": [report()], "report_item": [item(instruments="E1")], "instrument": [instrument()]}


def test_a_good_calibration_passes() -> None:
    assert states("calibration-overdue", USED | {"calibration": [calibration()]}) == {State.PASSED}


def test_an_overdue_calibration_is_found() -> None:
    tables = USED | {"calibration": [calibration(due_on="2026-09-02")]}
    assert found("calibration-overdue", tables) == [("instruments", 2, "E1 2026-09-03")]


def test_a_failed_calibration_ends_what_an_earlier_one_allowed() -> None:
    failed = calibration(calibrated_on="2026-08-01", due_on="2027-07-31", passed="否")
    assert found("calibration-overdue", USED | {"calibration": [calibration(), failed]}) == [
        ("instruments", 2, "E1 2026-09-03")
    ]


def test_a_failed_calibration_allows_nothing_until_the_next() -> None:
    later = calibration(calibrated_on="2026-10-01", due_on="2027-09-30")
    tables = USED | {"calibration": [calibration(passed="否"), later]}
    assert found("calibration-overdue", tables) == [("instruments", 2, "E1 2026-09-03")]


def test_what_needs_none_and_what_bears_no_mark_does_not_apply() -> None:
    rows = {"calibration": [calibration(due_on="2026-02-01")]}
    assert states("calibration-overdue", USED | rows | {"instrument": [instrument(needs_calibration="否")]}) == {
        State.NOT_APPLICABLE
    }
    assert states("calibration-overdue", USED | rows | {"report": [report(cma_marked="否")]}) == {State.NOT_APPLICABLE}


def test_a_certificate_in_force_passes() -> None:
    tables = {"report": [report()], "report_item": [item()], "certificate": [certificate()]}
    assert states("certificate-not-in-force", tables) == {State.PASSED, State.NOT_APPLICABLE}


def test_days_of_issue_and_of_test_outside_the_term_are_found() -> None:
    tables = {"report": [report()], "report_item": [item()], "certificate": [certificate(expires_on="2026-09-02")]}
    assert {f[:2] for f in found("certificate-not-in-force", tables)} == {("issued_on", 2), ("tested_on", 2)}


def test_a_suspension_ends_on_its_last_day() -> None:
    state = {"number": NUMBER, "state": "暂停", "from_on": "2026-08-01", "to_on": "2026-09-03"}
    tables = {"report": [report()], "report_item": [item()], "certificate_state": [state]}
    assert found("certificate-not-in-force", tables) == [("tested_on", 2, "2026-09-03 暂停")]


def test_without_certificates_it_does_not_apply() -> None:
    assert states("certificate-not-in-force", {"report": [report()]}) == {State.NOT_APPLICABLE}


SCOPE = {"report": [report()], "capability": [capability()]}


def test_writing_does_not_make_another_parameter() -> None:
    assert states("out-of-scope", SCOPE | {"report_item": [item(), item(seq=2, standard="hj 828—2017")]}) == {
        State.PASSED
    }


def test_a_parameter_that_is_not_listed_is_an_error() -> None:
    (one,) = (o for o in judged("out-of-scope", SCOPE | {"report_item": [item(parameter="总磷")]}) if o.failing)
    assert (one.severity, one.rule.on[0], one.examples[0].row) == (Severity.ERROR, "parameter", 2)


def test_a_superseded_year_is_a_warning_of_its_own() -> None:
    (one,) = (o for o in judged("out-of-scope", SCOPE | {"report_item": [item(standard="HJ 828-2007")]}) if o.failing)
    assert (one.severity, one.rule.on[0], one.examples[0].row) == (Severity.WARNING, "standard", 2)


def test_what_had_lapsed_on_the_day_is_out_of_scope() -> None:
    tables = SCOPE | {"capability": [capability(valid_to="2026-09-02")], "report_item": [item()]}
    assert [f[:2] for f in found("out-of-scope", tables)] == [("parameter", 2)]


def test_a_certificate_without_its_table_says_nothing() -> None:
    tables = SCOPE | {"report": [report(certificate_number="231100000009", uscc=V)], "report_item": [item(uscc=V)]}
    assert states("out-of-scope", tables) == {State.NOT_APPLICABLE}
