"""A reference to a record that is not there."""

from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import State

CERTIFICATE = {
    "number": "161705070076",
    "uscc": "U1",
    "authority": "某局",
    "issued_on": "2020-01-01",
    "expires_on": "2026-01-01",
}


def test_a_number_that_is_nowhere_is_located() -> None:
    capability = [{"number": "161705070076", "site_no": "S1"}, {"number": "161705070077", "site_no": "S1"}]
    assert found("orphan", {"capability": capability, "certificate": [CERTIFICATE]}) == [("number", 3, "161705070077")]


def test_every_number_found_passes() -> None:
    tables = {"capability": [{"number": "161705070076", "site_no": "S1"}], "certificate": [CERTIFICATE]}
    assert State.PASSED in states("orphan", tables)
    assert State.FAILED not in states("orphan", tables)


def test_without_the_other_table_it_does_not_apply_and_says_why() -> None:
    (one,) = judged("orphan", {"capability": [{"number": "161705070076", "site_no": "S1"}]})
    assert one.state is State.NOT_APPLICABLE
    assert one.reason is not None
    assert "资质认定证书" in one.reason.zh
