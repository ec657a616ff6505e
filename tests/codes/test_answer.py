"""Answers: everything known with its evidence, nothing to whoever guesses, and an alarm when rows were touched."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.codes.submitting import Counter, counter
from tests.conftest import Seeded

from zhijian.codes import Desk, Office, parse
from zhijian.codes.change import change_state
from zhijian.codes.code import compose, parts
from zhijian.codes.model import (
    CodeMalformed,
    CodesError,
    CodeUnknown,
    CredentialRefused,
    EvidenceBroken,
    Issued,
    State,
    VerifierWrong,
)
from zhijian.codes.qr import read
from zhijian.codes.requested import Wanted, decision
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

ANYONE = Scope.anyone()


@pytest.fixture
def desk(lab: Counter, db: Db) -> Desk:
    return lab.node.desk(db)


@pytest.fixture
def logged(seeded: Seeded) -> tuple[str, str]:
    """Code and verifier of a valid report that the log has seen."""
    shown = seeded.shown["valid"]
    return parse(shown["code"]), shown["verifier"]


def ask(desk: Desk, db: Db, lab: Counter, code: str, tail: str | None = None) -> object:
    return desk.answer(db, ANYONE, code, tail, lab.at)


def test_without_the_verifier_the_public_sees_state_institution_and_date(lab: Counter, db: Db, desk: Desk) -> None:
    issued = lab.issue(db, "PUB-1")
    seen = desk.answer(db, ANYONE, issued.code, None, lab.at)
    assert (seen.state, seen.level, seen.full, seen.verifier) == (State.VALID, 2, None, None)
    assert str(seen.issued_on) == lab.report["issued_on"]
    for secret in (lab.report["client_name"], lab.report["sample_name"], "PUB-1", issued.verifier):
        assert secret not in repr(seen)


def test_the_verifier_opens_the_facts_and_masks_client_and_signatory(lab: Counter, db: Db, desk: Desk) -> None:
    issued = lab.issue(db, "FULL-1")
    for tail in (issued.verifier, issued.verifier.lower(), f" {issued.verifier} "):
        seen = desk.answer(db, ANYONE, issued.code, tail, lab.at)
        assert seen.full is not None
        assert seen.full.own_number == "FULL-1"
        assert len(seen.full.items) == len(lab.report["items"])
    assert lab.report["client_name"] not in repr(seen)
    assert lab.facts(db).people[lab.report["signatory"]].name not in repr(seen)


def test_a_wrong_verifier_opens_nothing(lab: Counter, db: Db, desk: Desk) -> None:
    issued, other = lab.issue(db, "V-1"), lab.issue(db, "V-2")
    for wrong in (other.verifier, "000000", "YYYYYY"):
        with pytest.raises(VerifierWrong):
            ask(desk, db, lab, issued.code, wrong)
    for wrong in ("12345", "?"):
        with pytest.raises(CodesError):
            ask(desk, db, lab, issued.code, wrong)


def test_the_whole_qr_opens_the_facts_and_that_of_another_report_is_refused(lab: Counter, db: Db, desk: Desk) -> None:
    one, two = lab.issue(db, "QR-1"), lab.issue(db, "QR-2")
    office = lab.node.office(db)
    tail = office.qr_texts(one)[0].rpartition("/")[2]
    assert desk.answer(db, ANYONE, one.code, tail, lab.at).verifier == one.verifier
    crossed = one.verifier + office.qr_texts(two)[0].rpartition("/")[2][6:]
    with pytest.raises(CredentialRefused, match=two.code):
        ask(desk, db, lab, one.code, crossed)
    flipped = tail[:40] + ("A" if tail[40] != "A" else "B") + tail[41:]
    with pytest.raises(CredentialRefused):
        ask(desk, db, lab, one.code, flipped)


def test_what_we_print_as_qr_our_own_reader_takes_apart(lab: Counter, db: Db, desk: Desk) -> None:
    issued = lab.issue(db, "OWNQR-1")
    for text in lab.node.office(db).qr_texts(issued):
        assert read(text).code == issued.code
    assert read(desk.qr_text(db, ANYONE, issued.code, issued.verifier)).credential == issued.credential


def test_the_qr_of_the_pages_address_is_read_by_our_own_reader(lab: Counter, db: Db, desk: Desk) -> None:
    issued = lab.issue(db, "OWNQR-2")
    assert read(desk.qr_text(db, ANYONE, issued.code, None)).code == issued.code


def test_a_guessed_code_is_unknown_and_a_mistyped_one_malformed(lab: Counter, db: Db, desk: Desk) -> None:
    """Neighbours of a real serial, among them places of a lease that nobody used yet."""
    p = parts(lab.issue(db, "GUESS-1").code)
    permute = lab.node.issuing.secret.permutation(p.province, p.year, p.institution)
    counter_ = permute.inverse(p.serial)
    guesses = [p.serial + 1, p.serial - 1, permute.serial(counter_ + 1), permute.serial(10**11)]
    for serial in guesses:
        with pytest.raises(CodeUnknown):
            ask(desk, db, lab, compose(p.province, p.year, p.institution, serial))
    with pytest.raises(CodeMalformed):
        ask(desk, db, lab, "332608K70049M302A9")


def test_a_code_leased_for_offline_work_is_not_yet_issued(lab: Counter, db: Db, desk: Desk) -> None:
    made, _, places = lab.node.office(db).lease(db, lab.scope, lab.facts(db), 2, lab.at)
    for place in places:
        seen = desk.answer(db, ANYONE, place.code, None, lab.at)
        assert (seen.state, seen.level, seen.issued_on, seen.full) == (State.RESERVED, 0, None, None)
        assert seen.issuer.uscc == lab.uscc
    assert made.offline


def test_another_institution_sees_nothing(seeded: Seeded, lab: Counter, db: Db, desk: Desk) -> None:
    code = lab.issue(db, "SCOPE-1").code
    other = counter(seeded, but=lab.uscc)
    for scope in (other.scope, Scope(), Scope(frozenset({"99"}), None)):
        with pytest.raises(CodeUnknown):
            desk.answer(db, scope, code, None, lab.at)
    assert desk.answer(db, lab.scope, code, None, lab.at).code == code


def test_todays_habit_certificate_and_own_number_finds_the_report(lab: Counter, db: Db, desk: Desk) -> None:
    issued, number = lab.issue(db, "HABIT-1"), lab.report["certificate_number"]
    assert desk.by_own_number(db, ANYONE, f" {number} ", " HABIT-1 ", lab.at).code == issued.code
    for wrong in ((number, "HABIT-2"), ("000000000000", "HABIT-1")):
        with pytest.raises(CodeUnknown):
            desk.by_own_number(db, ANYONE, *wrong, lab.at)


def test_an_own_number_with_a_blank_at_its_end_is_found_or_refused(lab: Counter, db: Db, desk: Desk) -> None:
    outcome = lab.submit(db, [lab.fresh("BLANK-1 ")])[0]
    if isinstance(outcome, Issued):
        found = desk.by_own_number(db, ANYONE, lab.report["certificate_number"], "BLANK-1 ", lab.at)
        assert found.code == outcome.code


def test_a_file_is_found_by_its_digest_under_its_own_algorithm(lab: Counter, db: Db, desk: Desk) -> None:
    issued = lab.issue(db, "FILE-1", file_digest="cd" * 32)
    algorithm = lab.report["file_digest_algorithm"]
    other = {"sm3": "sha256", "sha256": "sm3"}[algorithm]
    assert [a.code for a in desk.by_digest(db, ANYONE, algorithm.upper(), "CD" * 32, lab.at)] == [issued.code]
    assert desk.by_digest(db, ANYONE, other, "cd" * 32, lab.at) == ()
    assert desk.file_matches(db, ANYONE, issued.code, algorithm, "cd" * 32) is True
    assert desk.file_matches(db, ANYONE, issued.code, algorithm, "ce" * 32) is False
    assert desk.file_matches(db, ANYONE, issued.code, other, "cd" * 32) is None


def test_the_trace_needs_the_verifier_and_masks_people(lab: Counter, db: Db, desk: Desk) -> None:
    issued = lab.issue(db, "TRACE-1")
    with pytest.raises(VerifierWrong):
        desk.trace(db, ANYONE, issued.code, "000000", lab.at)
    trace = desk.trace(db, ANYONE, issued.code, issued.verifier, lab.at)
    assert [i.item.parameter for i in trace.items] == [i["parameter"] for i in lab.report["items"]]
    assert all(i.in_scope for i in trace.items)
    assert all(person.name not in repr(trace) for person in lab.facts(db).people.values())


# Rows changed directly in the database: the answer is an alarm, never another answer.

TOUCHED = {
    "the digest of the file": "UPDATE report SET file_digest = repeat('0', 64) WHERE code = :c",
    "the digest of the facts": r"UPDATE report SET facts_digest = decode(repeat('00', 32), 'hex') WHERE code = :c",
    "the credential": "UPDATE report SET credential = set_byte(credential, 60, get_byte(credential, 60) # 1) WHERE code = :c",
    "the signature": "UPDATE report SET credential = set_byte(credential, length(credential) - 1, "
                     "get_byte(credential, length(credential) - 1) # 1) WHERE code = :c",
    "the credential for another's": "UPDATE report SET credential = (SELECT credential FROM report WHERE code <> :c LIMIT 1) WHERE code = :c",
    "the record": "UPDATE log_entry SET record = record || '\\x00' WHERE code = :c AND kind = 1",
    "the leaf": "UPDATE log_entry SET entry = set_byte(entry, 40, get_byte(entry, 40) # 1) WHERE code = :c AND kind = 1",
    "the place in the log": 'UPDATE log_entry SET "index" = 999999, origin = NULL WHERE "index" = 0; '
                            'UPDATE log_entry SET "index" = 0 WHERE code = :c AND kind = 1',
}  # fmt: skip


@pytest.mark.parametrize("what", TOUCHED)
def test_a_row_that_was_touched_is_an_alarm(
    lab: Counter, db: Db, desk: Desk, logged: tuple[str, str], what: str
) -> None:
    code, tail = logged
    assert desk.answer(db, ANYONE, code, tail, lab.at).level == 3
    for statement in TOUCHED[what].split("; "):
        db.execute(sa.text(statement), {"c": code})
    with pytest.raises(EvidenceBroken):
        ask(desk, db, lab, code)


FORGED = {
    "a result": "UPDATE report_item SET result = '0.001' WHERE code = :c",
    "a verdict": "UPDATE report SET verdict = '不判定' WHERE code = :c",
    "the day of issue": "UPDATE report SET issued_on = issued_on - 1 WHERE code = :c",
    "the own number": "UPDATE report SET own_number = 'FORGED' WHERE code = :c",
    "the site": "UPDATE report SET site_no = '2' WHERE code = :c",
    "the reviewer": "UPDATE report SET reviewed_by = NULL WHERE code = :c",
    "the client's address": "UPDATE report SET client_address = 'elsewhere' WHERE code = :c",
    "a subcontractor": "UPDATE report SET subcontracted = 'all of it' WHERE code = :c",
    "an instrument": "UPDATE report_item SET instruments = array_append(instruments, 'YQ-9') WHERE code = :c AND seq = 1",
    "the day of a test": "UPDATE report_item SET tested_on = tested_on - 1 WHERE code = :c AND seq = 1",
    "a tester": "UPDATE report_item SET tester = 'nobody' WHERE code = :c AND seq = 1",
    "an item that was taken out": "DELETE FROM report_item WHERE code = :c AND seq = 1",
    "the time of issue": "UPDATE report SET issued_at = issued_at - interval '1 day' WHERE code = :c",
    "the time of registration": "UPDATE report SET registered_at = registered_at - interval '1 day' WHERE code = :c",
}


@pytest.mark.parametrize("what", FORGED)
def test_a_fact_that_was_touched_is_an_alarm(
    lab: Counter, db: Db, desk: Desk, logged: tuple[str, str], what: str
) -> None:
    code, tail = logged
    db.execute(sa.text(FORGED[what]), {"c": code})
    with pytest.raises(EvidenceBroken):
        ask(desk, db, lab, code, tail)


@pytest.mark.parametrize("statement", [
    "UPDATE report SET state = 'valid', successor = NULL WHERE code = :c",
    "UPDATE report SET state = 'doubted' WHERE code = :c",
    "DELETE FROM state_change WHERE code = :c",
])  # fmt: skip
def test_a_state_that_nobody_set_is_an_alarm(seeded: Seeded, lab: Counter, db: Db, desk: Desk, statement: str) -> None:
    code = parse(seeded.shown["withdrawn"]["code"])
    assert desk.answer(db, ANYONE, code, None, lab.at).state is State.WITHDRAWN
    db.execute(sa.text(statement), {"c": code})
    with pytest.raises(EvidenceBroken):
        ask(desk, db, lab, code)


INVENTED = {
    "no request at all": lambda asked: replace(asked, base=b"", body=b""),
    "the request for another report": lambda asked: replace(
        asked, base=asked.base.replace(b"/reports/", b"/reports/3")
    ),
    "another body under the same signature": lambda asked: replace(
        asked, body=asked.body.replace(b"withdrawn", b"corrected")
    ),
    "a signature of nobody": lambda asked: replace(asked, signature=bytes(64)),
    "a key that nobody vouches for": lambda asked: replace(asked, kid="00000000"),
}


@pytest.mark.parametrize("how", INVENTED)
def test_a_change_written_straight_into_the_tables_is_an_alarm(lab: Counter, db: Db, desk: Desk, how: str) -> None:
    """Whoever can write rows, and so have a leaf sequenced, still cannot sign for the institution."""
    code = lab.issue(db, "INVENT-1").code
    asked = INVENTED[how](Office.request(code, State.WITHDRAWN, "原因", None, lab.kid, lab.key))
    lab.node.office(db).change(db, lab.scope, code, State.WITHDRAWN, actor="示例", reason="原因", successor=None, asked=asked,
                               at=lab.at)  # fmt: skip
    with pytest.raises(EvidenceBroken):
        ask(desk, db, lab, code)


def test_an_institution_cannot_sign_a_regulators_decision(lab: Counter, db: Db, desk: Desk) -> None:
    code = lab.issue(db, "INVENT-2").code
    wanted = Wanted(code, State.DOUBTED, lab.at, "regulator", "示例监管局", "原因", None)
    change_state(db, Scope.everything(), lab.node.issuing, code, State.DOUBTED, by="regulator", actor="示例监管局", reason="原因",
                 successor=None, asked=decision(wanted, lab.kid, lab.key), at=lab.at)  # fmt: skip
    with pytest.raises(EvidenceBroken, match="is a institution"):
        ask(desk, db, lab, code)


def test_both_parties_changes_stand_when_they_signed_them(lab: Counter, db: Db, desk: Desk) -> None:
    code = lab.issue(db, "SIGNED-1").code
    lab.change(db, code, State.WITHDRAWN)
    lab.change(db, code, State.FALSE, "regulator")
    assert [c.state for c in desk.answer(db, ANYONE, code, None, lab.at).history] == [
        State.FALSE,
        State.WITHDRAWN,
        State.VALID,
    ]
