"""Registration: what one report breaks stops that report only, and what was issued says what was submitted."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.codes.submitting import Counter, counter
from tests.conftest import Seeded

from zhijian.codes import credential, facts, parse
from zhijian.codes.lease import Lease, Place
from zhijian.codes.model import Code, Declined, Issued
from zhijian.codes.secrets import verifier
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope


def shape(outcomes: list[Issued | Declined]) -> list[str]:
    return ["issued" if isinstance(o, Issued) else o.findings[0].rule for o in outcomes]


def lease(lab: Counter, db: Db, count: int) -> tuple[Lease, bytes, list[Place]]:
    made, key, places = lab.node.office(db).lease(db, lab.scope, lab.facts(db), count, lab.at)
    return made, key, list(places)


def test_what_was_issued_says_what_was_submitted(lab: Counter, db: Db) -> None:
    report = lab.fresh("REG-1")
    issued = lab.submit(db, [report])[0]
    assert isinstance(issued, Issued)
    trust, p = lab.node.trust(db), parse(issued.code)
    said = credential.verify(issued.credential, lambda kid: trust.key_for(kid, p[:2], p[4:8], lab.at)).claims
    digest = facts.digest(lab.uscc, report)
    assert (said.code, said.facts_digest, said.file_digest.hex()) == (issued.code, digest[:16], report["file_digest"])
    assert (said.cma_number, said.issued_at) == (report["certificate_number"], lab.at.replace(microsecond=0))
    row = db.execute(sa.text("SELECT * FROM report WHERE code = :c"), {"c": issued.code}).mappings().one()
    assert (row["own_number"], row["status_index"], row["yymm"]) == ("REG-1", said.status_index, said.status_list)
    assert bytes(row["facts_digest"]) == digest
    assert issued.verifier == verifier(lab.node.issuing.secret.lease_key(row["lease_id"]), issued.code, digest)


def test_a_report_without_the_mark_claims_no_certificate(lab: Counter, db: Db) -> None:
    issued = lab.issue(db, "NOMARK-1", cma_marked=False)
    assert credential.read(issued.credential).cma_number is None


def test_outcomes_stand_in_the_order_of_the_batch(lab: Counter, db: Db) -> None:
    batch = [
        lab.fresh("B-1"),
        None,
        lab.fresh("B-2", title=5),
        lab.fresh("B-3"),
        lab.fresh("B-1"),
        lab.fresh("B-4", issued_on="2099-01-01"),
        [],
    ]
    outcomes = lab.submit(db, batch)
    assert [o.position for o in outcomes] == list(range(7))
    assert shape(outcomes) == [
        "issued", "schema-type", "schema-type", "issued", "own-number-duplicate", "issued-in-future", "schema-type",
    ]  # fmt: skip
    codes = [o.code for o in outcomes if isinstance(o, Issued)]
    assert len(set(codes)) == 2


def test_an_own_number_is_taken_once_and_its_code_is_told(seeded: Seeded, lab: Counter, db: Db) -> None:
    first = lab.issue(db, "OWN-1")
    again = lab.submit(db, [lab.fresh("OWN-1", title="另一份")])[0]
    assert isinstance(again, Declined)
    assert again.registered_as == first.code
    other = counter(seeded, but=lab.uscc)
    assert isinstance(other.submit(db, [other.fresh("OWN-1")])[0], Issued), "own numbers are the institution's own"


def test_an_empty_batch_issues_nothing(lab: Counter, db: Db) -> None:
    assert lab.submit(db, []) == []


def test_a_thousand_reports_at_once_have_a_thousand_codes(lab: Counter, db: Db) -> None:
    outcomes = lab.submit(db, [lab.fresh(f"K-{n}") for n in range(1000)])
    codes = {o.code for o in outcomes if isinstance(o, Issued)}
    assert len(codes) == 1000
    assert len({credential.read(o.credential).status_index for o in outcomes if isinstance(o, Issued)}) == 1000


def test_an_integer_written_with_a_point_stops_its_own_report_only(lab: Counter, db: Db) -> None:
    assert "issued" in shape(lab.submit(db, [lab.fresh("F-1"), lab.fresh("F-2", file_pages=3.0)]))


def test_a_date_of_year_0_stops_its_own_report_only(lab: Counter, db: Db) -> None:
    assert "issued" in shape(lab.submit(db, [lab.fresh("Y-1"), lab.fresh("Y-2", issued_on="0000-01-01")]))


def test_the_digest_can_be_made_again_from_the_rows(lab: Counter, db: Db) -> None:
    items = [{**lab.report["items"][0], "seq": n} for n in (2, 1)]
    issued = lab.issue(db, "AGAIN-1", items=items)
    kept, rows = lab.node.office(db).own_report(db, lab.scope, issued.code)[:2]
    report = {**kept, "items": [dict(row) for row in rows]}
    assert facts.digest(lab.uscc, report) == bytes(kept["facts_digest"])


# Codes leased for offline work.


def test_a_leased_code_is_registered_under_its_own_place(lab: Counter, db: Db) -> None:
    made, key, places = lease(lab, db, 3)
    report = lab.fresh("OFF-1", code=places[1].code.lower())
    issued = lab.submit(db, [report])[0]
    assert isinstance(issued, Issued)
    assert issued.code == places[1].code
    assert issued.verifier == verifier(key, issued.code, facts.digest(lab.uscc, report)), "as the laboratory printed it"
    said = credential.read(issued.credential)
    assert (said.status_list, said.status_index) == (made.yymm, places[1].status_index)


def own(lab: Counter, place: Place, report: dict[str, Any], **changes: Any) -> str:
    """A credential as the laboratory's system seals it."""
    claims = credential.Claims(
        place.code, lab.at.replace(microsecond=0), bytes.fromhex(report["file_digest"]), facts.digest(lab.uscc, report)[:16],
        report["certificate_number"], place.yymm, place.status_index, lab.node.issuing.log_number_at(lab.at),
    )  # fmt: skip
    sealed = credential.sign(replace(claims, **changes), lab.key, bytes.fromhex(lab.kid))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def test_a_credential_of_the_institutions_own_is_kept_and_countersigned(lab: Counter, db: Db) -> None:
    place = lease(lab, db, 1)[2][0]
    report = lab.fresh("SELF-1", code=place.code)
    sealed = own(lab, place, report)
    issued = lab.submit(db, [{**report, "credential": sealed}])[0]
    assert isinstance(issued, Issued)
    assert base64.urlsafe_b64encode(issued.credential).decode().rstrip("=") == sealed
    seen = lab.node.desk(db).answer(db, Scope.anyone(), issued.code, issued.verifier, lab.at)
    assert seen.signature is not None
    assert seen.signature.kid == lab.kid
    assert seen.level == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"file_digest": bytes(32)},
        {"facts_digest": bytes(16)},
        {"cma_number": "000000000000"},
        {"cma_number": None},
        {"status_index": 0},
        {"status_list": 2601},
        {"code": Code("332608K70049M302AR")},
        {"issued_at": timedelta(days=15)},
        {"issued_at": timedelta(minutes=-6)},
    ],
    ids=lambda c: "-".join(f"{k}={v}"[:30] for k, v in c.items()),
)
def test_an_own_credential_that_says_something_else_is_refused(lab: Counter, db: Db, changes: dict[str, Any]) -> None:
    if "issued_at" in changes:
        changes = {"issued_at": lab.at.replace(microsecond=0) - changes["issued_at"]}
    place = lease(lab, db, 1)[2][0]
    report = lab.fresh("LIE-1", code=place.code)
    outcome = lab.submit(db, [{**report, "credential": own(lab, place, report, **changes)}, lab.fresh("LIE-2")])
    assert shape(outcome) == ["leased-code-refused", "issued"]
    assert isinstance(outcome[0], Declined)
    assert outcome[0].findings[0].pointer == "/credential"


def test_an_own_credential_that_names_another_log_is_refused(lab: Counter, db: Db) -> None:
    place = lease(lab, db, 1)[2][0]
    report = lab.fresh("LOG-1", code=place.code)
    assert shape(lab.submit(db, [{**report, "credential": own(lab, place, report, log=17)}])) == ["leased-code-refused"]


def test_a_code_that_was_not_leased_to_this_institution_is_refused(seeded: Seeded, lab: Counter, db: Db) -> None:
    other = counter(seeded, but=lab.uscc)
    strange = lease(other, db, 1)[2][0].code
    online = lab.issue(db, "ON-1").code
    used = lease(lab, db, 1)[2][0].code
    lab.issue(db, "USED-1", code=used)
    for code in (strange, online, used, "332608K70049M302AR", "332608K70049M302A9", "hello"):
        outcome = lab.submit(db, [lab.fresh("BAD-1", code=code)])[0]
        assert isinstance(outcome, Declined), code
        assert (outcome.findings[0].rule, outcome.findings[0].pointer) == ("leased-code-refused", "/code")
    assert shape(lab.submit(db, [lab.fresh("BAD-2", credential="aGVsbG8")])) == ["leased-code-refused"]


def test_a_lease_is_over_after_its_days_of_use_and_of_registration(lab: Counter, db: Db) -> None:
    made, _, places = lease(lab, db, 2)
    last = made.expires_at + timedelta(days=7)
    assert shape(lab.submit(db, [lab.fresh("LATE-1", code=places[0].code)], last)) == ["issued"]
    assert shape(lab.submit(db, [lab.fresh("LATE-2", code=places[1].code)], last + timedelta(seconds=1))) == [
        "leased-code-refused"
    ]


def test_one_leased_code_named_twice_in_a_batch_is_given_once(lab: Counter, db: Db) -> None:
    code = lease(lab, db, 1)[2][0].code
    outcomes = lab.submit(db, [lab.fresh("TWICE-1", code=code), lab.fresh("TWICE-2", code=code), lab.fresh("TWICE-3")])
    assert shape(outcomes) == ["issued", "leased-code-refused", "issued"]
