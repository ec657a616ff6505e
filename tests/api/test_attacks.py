"""Attacks on what was registered: rows changed behind the node's back, guessed codes, stolen keys, borrowed proofs.

Every change is made in a transaction that is rolled back. An answer that shows the change as registered fails the test.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from tests.api.offline_laboratory import Offline
from tests.conftest import Laboratory, Seeded

from zhijian.codes import Desk
from zhijian.codes.code import compose, parts
from zhijian.codes.log import LogError
from zhijian.codes.model import Answer, CodesError, CodeUnknown, CredentialRefused, VerifierWrong
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

Sequence = Callable[[], None]


@dataclass(frozen=True)
class Target:
    code: str
    verifier: str
    neighbour: str
    withdrawn: str
    withdrawn_verifier: str


@pytest.fixture(scope="module")
def target(lab: Laboratory, sequence: Sequence) -> Target:
    """Two logged reports, and one that was withdrawn, its withdrawal logged."""
    one, two, gone = (lab.lims.submit(lab.fresh(f"A-{n}")).json() for n in range(3))
    body = {"state": "withdrawn", "reason": "样品标识有误"}
    assert lab.lims.post(f"/api/v1/reports/{gone['code']}/state", body).status_code == 200
    sequence()
    return Target(one["code"], one["verifier"], two["code"], gone["code"], gone["verifier"])


@pytest.fixture
def db(node: Node) -> Iterator[Db]:
    with node.engine.connect() as connection:
        yield connection
        connection.rollback()


def run(db: Db, target: Target, *statements: str, **values: Any) -> None:
    for statement in statements:
        db.execute(
            sa.text(statement), {"code": target.code, "near": target.neighbour, "gone": target.withdrawn, **values}
        )


def ask(db: Db, node: Node, code: str, tail: str | None) -> Answer:
    return node.desk(db).answer(db, Scope.anyone(), code, tail, datetime.now(UTC))


def test_untouched_rows_are_answered(db: Db, node: Node, target: Target) -> None:
    found = ask(db, node, target.code, target.verifier)
    assert (found.state, found.level, found.late) == ("valid", 3, False)
    assert ask(db, node, target.withdrawn, target.withdrawn_verifier).state == "withdrawn"


def of_report(column: str, value: str) -> str:
    return f"UPDATE report SET {column} = {value} WHERE code = :code"


def of_item(column: str, value: str) -> str:
    return f"UPDATE report_item SET {column} = {value} WHERE code = :code"


NOTICED = {
    "digest of the file": [of_report("file_digest", "repeat('0', 64)")],
    "digest of the facts": [of_report("facts_digest", "sha256('x')")],
    "credential": [of_report("credential", "sha256('x')")],
    "credential of another report": [of_report("credential", "(SELECT credential FROM report WHERE code = :near)")],
    "credential, file and facts of another report": [
        "UPDATE report a SET credential = b.credential, file_digest = b.file_digest, facts_digest = b.facts_digest "
        "FROM report b WHERE a.code = :code AND b.code = :near"
    ],
    "leaf": ["UPDATE log_entry SET entry = entry || 'x' WHERE code = :code AND kind = 1"],
    "leaf of another report": [
        "UPDATE log_entry a SET entry = b.entry FROM log_entry b WHERE a.code = :code AND b.code = :near AND a.kind = 1 AND b.kind = 1"
    ],
    "leaf and record of another report": [
        "UPDATE log_entry a SET entry = b.entry, record = b.record FROM log_entry b WHERE a.code = :code AND b.code = :near "
        "AND a.kind = 1 AND b.kind = 1"
    ],
    "record": ["UPDATE log_entry SET record = record || 'x' WHERE code = :code AND kind = 1"],
    "place in the log": [
        'UPDATE log_entry SET "index" = NULL WHERE origin = (SELECT origin FROM log_entry WHERE code = :code) AND "index" = 0',
        'UPDATE log_entry SET "index" = 0 WHERE code = :code AND kind = 1',
    ],
    "log that nobody keeps": ["UPDATE log_entry SET origin = 'log.elsewhere.example/2026h2' WHERE code = :code"],
    "registered before the node had its key": [of_report("registered_at", "'2020-01-01'")],
    "another lease": [of_report("lease_id", "(SELECT min(id) FROM code_lease)")],
    "report gone": ["DELETE FROM report WHERE code = :code"],
    "leaf gone": ["DELETE FROM log_entry WHERE code = :code"],
}
FACTS = {
    "result of an item": [of_item("result", "'9999'")],
    "parameter of an item": [of_item("parameter", "'别的参数'")],
    "standard of an item": [of_item("standard", "'GB 1-2020'")],
    "limit of an item": [of_item('"limit"', "'9999'")],
    "unit of an item": [of_item("unit", "'kg'")],
    "verdict of an item": [of_item("verdict", "'不合格'")],
    "number of an item": [of_item("seq", "seq + 100")],
    "an item gone": [
        "DELETE FROM report_item WHERE code = :code AND seq = (SELECT max(seq) FROM report_item WHERE code = :code)"
    ],
    "own number": [of_report("own_number", "'A-ANOTHER'")],
    "title": [of_report("title", "'别的报告'")],
    "sample": [of_report("sample_name", "'别的样品'")],
    "client": [of_report("client_name", "'别的委托单位'")],
    "verdict": [of_report("verdict", "'不判定'"), of_report("conclusion", "'改过的结论'")],
    "day of issue": [of_report("issued_on", "issued_on - 365")],
    "algorithm of the file's digest": [
        of_report("file_digest_algorithm", "CASE file_digest_algorithm WHEN 'sm3' THEN 'sha256' ELSE 'sm3' END")
    ],
    "signatory": [of_report("signatory", "'P-NOBODY'")],
    "certificate": [of_report("certificate_number", "(SELECT min(number) FROM certificate WHERE uscc <> report.uscc)")],
    "mark of the certificate": [of_report("cma_marked", "false")],
    "institution": [of_report("uscc", "(SELECT min(uscc) FROM institution WHERE uscc <> report.uscc)")],
    "place in the status list": [of_report("status_index", "status_index + 1")],
    "month of the status list": [of_report("yymm", "2601")],
    "time of issue": [of_report("issued_at", "issued_at + interval '3 minutes'")],
    "time of registration": [of_report("registered_at", "registered_at - interval '5 minutes'")],
    "submission": [of_report("submission_id", "(SELECT min(id) FROM submission)")],
    "successor out of nowhere": [of_report("successor", ":near")],
    "state to withdrawn": [of_report("state", "'withdrawn'")],
    "state to false": [of_report("state", "'false'")],
}
CHANGES = {
    "state back to valid": ["UPDATE report SET state = 'valid' WHERE code = :gone"],
    "state back to valid, its change gone": [
        "UPDATE report SET state = 'valid' WHERE code = :gone", "DELETE FROM state_change WHERE code = :gone"],
    "another state in both places": [
        "UPDATE report SET state = 'replaced' WHERE code = :gone", "UPDATE state_change SET state = 'replaced' WHERE code = :gone"],
    "reason of the change": ["UPDATE state_change SET reason = '别的原因' WHERE code = :gone"],
    "author of the change": ["UPDATE state_change SET actor = '别的机构', by = 'regulator' WHERE code = :gone"],
    "time of the change": ["UPDATE state_change SET at = at - interval '1 year' WHERE code = :gone"],
    "record of the change": ["UPDATE log_entry SET record = record || 'x' WHERE code = :gone AND kind = 2"],
    "leaf of the change": ["UPDATE log_entry SET entry = sha256('x') WHERE code = :gone AND kind = 2"],
    "place of the change": ['UPDATE log_entry SET "index" = NULL WHERE "index" = 0',
                            'UPDATE log_entry SET "index" = 0 WHERE code = :gone AND kind = 2'],
}  # fmt: skip


@pytest.mark.parametrize("what", NOTICED)
def test_a_row_changed_behind_the_node_is_not_answered(db: Db, node: Node, target: Target, what: str) -> None:
    run(db, target, *NOTICED[what])
    with pytest.raises((CodesError, LogError)):
        ask(db, node, target.code, target.verifier)


@pytest.mark.parametrize("what", FACTS)
def test_a_fact_changed_behind_the_node_is_not_answered(db: Db, node: Node, target: Target, what: str) -> None:
    run(db, target, *FACTS[what])
    with pytest.raises((CodesError, LogError)):
        ask(db, node, target.code, target.verifier)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_state_undone_behind_the_node_is_not_answered(
    db: Db, node: Node, target: Target, what: str
) -> None:
    run(db, target, *CHANGES[what])
    with pytest.raises((CodesError, LogError)):
        ask(db, node, target.withdrawn, target.withdrawn_verifier)


def test_a_row_made_up_under_a_leased_code_is_not_answered(db: Db, node: Node, target: Target, lab: Laboratory) -> None:
    """Who can write rows cannot sign: the row of a genuine report, copied under a code that is reserved."""
    code = lab.lims.post("/api/v1/leases", {"count": 1}).json()["codes"][0]["code"]
    for table in ("report", "log_entry"):
        names = [
            c["name"]
            for c in sa.inspect(db).get_columns(table)
            if c["name"] not in ("code", "own_number", "own_number_key", "id", "index")
        ]
        listed = ", ".join(f'"{n}"' for n in names)
        more = (", own_number, own_number_key", ", 'A-FORGED', 'a-forged'") if table == "report" else ("", "")
        run(db, target, f"INSERT INTO {table} (code, {listed}{more[0]}) SELECT :new, {listed}{more[1]} FROM {table} "
            "WHERE code = :code", new=code)  # fmt: skip
    with pytest.raises(CodesError):
        ask(db, node, code, None)


def test_guessed_codes_are_unknown(db: Db, node: Node, target: Target) -> None:
    """Well-formed, of a real province, year and institution, with right check characters; also the neighbours of a real one."""
    real, chance = parts(target.code), random.Random(20261124)  # type: ignore[arg-type]
    serials = [chance.randrange(31**8) for _ in range(300)] + [real.serial + n for n in (*range(-20, 0), *range(1, 21))]
    for serial in serials:
        with pytest.raises(CodeUnknown):
            ask(db, node, compose(real.province, real.year, real.institution, serial % 31**8), None)
    for year in (2020, real.year + 1):
        with pytest.raises(CodeUnknown):
            ask(db, node, compose(real.province, year, real.institution, real.serial), None)


def test_a_guessed_verifier_opens_nothing(db: Db, node: Node, target: Target) -> None:
    chance = random.Random(7)
    for _ in range(200):
        guess = "".join(chance.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
        with pytest.raises(VerifierWrong):
            ask(db, node, target.code, guess)


def test_codes_of_one_batch_tell_nothing_of_their_order(lab: Laboratory) -> None:
    batch = lab.lims.submit_batch([lab.fresh(f"A-ORDER-{n}") for n in range(60)]).json()
    serials = [parts(r["report"]["code"]).serial for r in batch["results"]]
    steps = [b - a for a, b in pairwise(serials)]
    assert len(set(steps)) == len(steps)
    assert 15 < sum(s > 0 for s in steps) < 45, "as many go up as down"


def test_a_genuine_code_does_not_take_another_reports_credential(
    db: Db, node: Node, target: Target, lab: Laboratory
) -> None:
    """The QR's tail is verifier and credential; here the credential is genuine, of the report beside it."""
    near = lab.lims.get(f"/api/v1/reports/{target.neighbour}").json()
    whole = lab.lims.submit(lab.fresh("A-QR")).json()
    tail = whole["qr"].rsplit("/", 1)[1]
    assert ask(db, node, whole["code"], tail).verifier == whole["verifier"]
    swapped = whole["verifier"] + lab.lims.submit(lab.fresh("A-QR-2")).json()["qr"].rsplit("/", 1)[1][6:]
    with pytest.raises(CredentialRefused):
        ask(db, node, whole["code"], swapped)
    with pytest.raises(VerifierWrong):
        ask(db, node, whole["code"], near["verifier"])


def test_a_file_with_other_bytes_does_not_match(db: Db, node: Node, target: Target) -> None:
    row = db.execute(
        sa.text("SELECT file_digest, file_digest_algorithm FROM report WHERE code = :c"), {"c": target.code}
    ).one()
    desk, code = node.desk(db), target.code
    assert desk.file_matches(db, Scope.anyone(), code, row.file_digest_algorithm, row.file_digest) is True  # type: ignore[arg-type]
    assert desk.file_matches(db, Scope.anyone(), code, row.file_digest_algorithm, "0" * 64) is False  # type: ignore[arg-type]


def revoke(db: Db, node: Node, kid: str, at: datetime) -> Desk:
    """A desk at the trust list that says the key was out of its owner's hands since `at`."""
    db.execute(sa.text("UPDATE institution_key SET revoked_at = :at WHERE kid = :k"), {"at": at, "k": kid})
    trust = node.keyring().publish(db, datetime.now(UTC))
    return Desk(node.issuing, trust, node.logbook, node.institution)


def test_what_was_logged_before_a_key_was_revoked_stays_valid(
    db: Db, node: Node, target: Target, lab: Laboratory
) -> None:
    desk = revoke(db, node, lab.lims.kid, datetime.now(UTC) + timedelta(seconds=1))
    assert desk.answer(db, Scope.anyone(), target.code, None, datetime.now(UTC)).state == "valid"


def test_a_credential_signed_by_a_stolen_key_is_not_answered(db: Db, node: Node, lab: Laboratory) -> None:
    offline = Offline(lab, lab.lims.post("/api/v1/leases", {"count": 1}).json())
    report, claims = offline.report("A-STOLEN-OFFLINE")
    assert offline.submit(report, claims).status_code == 201
    desk = revoke(db, node, lab.lims.kid, datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(CodesError):
        desk.answer(db, Scope.anyone(), report["code"], None, datetime.now(UTC))


def test_a_report_submitted_with_a_stolen_key_is_not_answered(
    db: Db, node: Node, target: Target, lab: Laboratory
) -> None:
    desk = revoke(db, node, lab.lims.kid, datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(CodesError):
        desk.answer(db, Scope.anyone(), target.code, None, datetime.now(UTC))


def test_a_report_dated_months_ago_is_shown_as_late(
    seeded: Seeded, lab: Laboratory, told: Callable[..., Answer], sequence: Sequence
) -> None:
    old = next(r for r in seeded.world.reports() if r["uscc"] == lab.uscc)
    answer = lab.lims.submit({k: v for k, v in old.items() if k != "uscc"} | {"own_number": "A-BACKDATED"})
    assert answer.status_code == 201, answer.text
    sequence()
    found = told(answer.json()["code"])
    assert found.issued_on is not None
    assert found.issued_on < (datetime.now(UTC) - timedelta(days=60)).date()
    assert found.late


def test_a_late_registration_stays_late_when_the_logs_time_is_moved(
    db: Db, node: Node, lab: Laboratory, rows: Callable[..., list[Any]], sequence: Sequence
) -> None:
    lease = lab.lims.post("/api/v1/leases", {"count": 1}).json()
    moved = "UPDATE code_lease SET leased_at = leased_at - interval '10 days', expires_at = expires_at - interval '10 days' WHERE id = :i"
    rows(moved, i=lease["lease"])
    report, claims = (offline := Offline(lab, lease)).report("A-LATE")
    claims.issued_at -= 9 * 86_400
    assert offline.submit(report, claims).status_code == 201
    sequence()
    assert ask(db, node, report["code"], None).late
    db.execute(
        sa.text("UPDATE log_entry SET logged_at = logged_at - interval '5 days' WHERE code = :c"), {"c": report["code"]}
    )
    assert ask(db, node, report["code"], None).late
