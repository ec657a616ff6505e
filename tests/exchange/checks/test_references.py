"""References within an institution, and whether what they name was in service that day."""

from tests.exchange.checks.given import U, V, certificate, instrument, item, report, staff
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import State

SITE = {"uscc": U, "site_no": "S1", "name": "本部", "division": "330100", "address": "一号", "used_from": "2020-01-01"}


def test_numbers_of_the_same_institution_pass() -> None:
    tables = {"report": [report()], "staff": [staff()], "site": [SITE], "certificate": [certificate()]}
    assert states("reference-pair", tables) == {State.PASSED, State.NOT_APPLICABLE}


def test_a_number_of_another_institution_is_found() -> None:
    tables = {"report": [report(), report("R2", uscc=V)], "staff": [staff()]}
    assert found("reference-pair", tables) == [("signatory", 3, "P1")]


def test_each_of_several_instruments_is_looked_up() -> None:
    tables = {"report_item": [item()], "instrument": [instrument()]}
    assert found("reference-pair", tables) == [("instruments", 2, "E2")]


def test_anothers_certificate_is_found() -> None:
    tables = {"report": [report()], "certificate": [certificate(uscc=V)]}
    assert found("reference-pair", tables) == [("certificate_number", 2, "231100000001")]


def test_without_the_other_table_it_says_so() -> None:
    outcomes = judged("reference-pair", {"report": [report()]})
    assert {o.state for o in outcomes} == {State.NOT_APPLICABLE}
    assert any(o.reason and "检验检测场所" in o.reason.zh for o in outcomes)


def test_who_had_left_did_not_sign() -> None:
    tables = {"report": [report(), report("R2", issued_on="2026-08-31")], "staff": [staff(employed_to="2026-08-31")]}
    assert found("not-in-service", tables) == [("signatory", 2, "P1 2026-09-05")]


def test_who_came_back_is_there_again() -> None:
    terms = [staff(employed_to="2025-01-01"), staff(employed_from="2026-01-01")]
    assert State.FAILED not in states("not-in-service", {"report": [report()], "staff": terms})


def test_an_instrument_not_yet_in_use_is_found() -> None:
    tables = {"report_item": [item(instruments="E1")], "instrument": [instrument(used_from="2026-10-01")]}
    assert found("not-in-service", tables) == [("instruments", 2, "E1 2026-09-03")]


def test_without_a_register_nobody_is_missed() -> None:
    assert states("not-in-service", {"report": [report()]}) == {State.NOT_APPLICABLE}
