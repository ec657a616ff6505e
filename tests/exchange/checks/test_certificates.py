"""A certificate's number, term and authority."""

from tests.exchange.checks.given import certificate, institution
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import Severity, State


def test_number_and_day_of_issue_agree() -> None:
    assert State.FAILED not in states("certificate-year", {"certificate": [certificate()]})


def test_a_number_of_a_later_year_is_an_error() -> None:
    rows = [certificate(), certificate(number="251100000001")]
    (one,) = (o for o in judged("certificate-year", {"certificate": rows}) if o.failing)
    assert (one.severity, one.examples[0].row, one.rule.on[0]) == (Severity.ERROR, 3, "number")


def test_issued_anew_after_a_change_is_a_warning() -> None:
    (one,) = (
        o for o in judged("certificate-year", {"certificate": [certificate(issued_on="2025-02-01")]}) if o.failing
    )
    assert one.severity is Severity.WARNING


def test_other_numbers_do_not_apply() -> None:
    assert states("certificate-year", {"certificate": [certificate(number="CNAS L1234")]}) == {State.NOT_APPLICABLE}


def test_six_years_to_the_day_or_the_day_before_pass() -> None:
    rows = [certificate(), certificate(expires_on="2029-02-01")]
    assert State.FAILED not in states("certificate-term", {"certificate": rows})


def test_a_longer_term_is_an_error_and_a_shorter_one_a_warning() -> None:
    rows = [certificate(expires_on="2032-01-31"), certificate(expires_on="2026-01-31")]
    outcomes = {o.severity: o.examples[0].row for o in judged("certificate-term", {"certificate": rows}) if o.failing}
    assert outcomes == {Severity.ERROR: 2, Severity.WARNING: 3}


def test_terms_of_the_old_law_do_not_apply() -> None:
    old = certificate(issued_on="2014-02-01", expires_on="2017-01-31")
    assert states("certificate-term", {"certificate": [old]}) == {State.NOT_APPLICABLE}


def test_the_authority_is_of_the_institutions_province() -> None:
    assert states("division-mismatch", {"certificate": [certificate()], "institution": [institution()]}) == {
        State.PASSED
    }


def test_an_authority_of_elsewhere_is_found() -> None:
    tables = {"certificate": [certificate(), certificate(number="231900000001")], "institution": [institution()]}
    assert found("division-mismatch", tables) == [("number", 3, "231900000001 / 330100")]


def test_the_national_authority_accredits_everywhere() -> None:
    tables = {"certificate": [certificate(number="230000000001")], "institution": [institution()]}
    assert states("division-mismatch", tables) == {State.NOT_APPLICABLE}
