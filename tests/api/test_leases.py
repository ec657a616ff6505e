"""Codes leased for work without the node: registered later under the laboratory's own signature, once, by it alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
import sqlalchemy as sa
from tests.api.offline_laboratory import COSE, Claims, Offline, text
from tests.api.problem_documents import finding_is_whole, problem
from tests.conftest import Laboratory

from zhijian.codes.model import Answer, CodeUnknown
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.wiring import Node

Told = Callable[..., Answer]
Rows = Callable[..., list[Any]]


@pytest.fixture(scope="module")
def offline(lab: Laboratory) -> Offline:
    return Offline(lab, leased(lab, 120))


def leased(lab: Laboratory, count: int) -> dict[str, Any]:
    answer = lab.lims.post("/api/v1/leases", {"count": count})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def moved_back(lab: Laboratory, rows: Rows, count: int, days: float) -> Offline:
    """A lease as if it had been made so many days ago."""
    lease = leased(lab, count)
    rows("UPDATE code_lease SET leased_at = leased_at - CAST(:d AS interval), expires_at = expires_at - CAST(:d AS interval) "
         "WHERE id = :i", d=f"{days} days", i=lease["lease"])  # fmt: skip
    return Offline(lab, lease)


def refused(answer: Any, pointer: str) -> dict[str, Any]:
    body = problem(answer, 422, why="leased-code-refused")
    assert [e["pointer"] for e in body["errors"]] == [pointer], body
    finding_is_whole(body["errors"][0], by_law=False)
    return body


def test_a_lease_gives_distinct_codes_places_and_a_verifier_key(lab: Laboratory) -> None:
    one, two = leased(lab, 30), leased(lab, 30)
    codes = [c["code"] for c in one["codes"] + two["codes"]]
    places = [c["status_index"] for c in one["codes"] + two["codes"]]
    assert len(set(codes)) == len(set(places)) == 60
    assert one["verifier_key"] != two["verifier_key"]
    before = datetime.fromisoformat(one["issue_before"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < before <= timedelta(days=7)


def test_the_verifier_key_is_told_again_for_the_same_key_and_lies_nowhere_in_clear(lab: Laboratory, node: Node) -> None:
    asked = {"count": 2}
    first, again = (lab.lims.post("/api/v1/leases", asked, idempotency_key="LEASE-AGAIN").json() for _ in range(2))
    assert first == again
    with node.transaction() as db:
        kept = db.execute(sa.text("SELECT response FROM submission WHERE idempotency_key = 'LEASE-AGAIN'")).scalar_one()
    assert first["verifier_key"].encode() not in bytes(kept)


def test_a_leased_code_is_reserved_until_it_is_registered(offline: Offline, told: Told) -> None:
    report, claims = offline.report("L-RESERVED")
    found = told(report["code"])
    assert (found.state, found.level, found.signature, found.log) == ("reserved", 0, None, None)
    assert offline.submit(report, claims).status_code == 201
    assert told(report["code"]).state == "valid"


def test_a_code_of_an_online_lease_that_was_given_to_nobody_is_unknown(
    lab: Laboratory, node: Node, told: Told, rows: Rows
) -> None:
    from zhijian.codes.code import compose

    lab.lims.submit(lab.fresh("L-ONLINE"))
    sql = "SELECT * FROM code_lease WHERE uscc = :u AND NOT offline AND used < count ORDER BY id DESC LIMIT 1"
    row = rows(sql, u=lab.uscc)[0]
    permutation = node.issuing.secret.permutation(row["province"], row["year"], row["institution"])
    unused = compose(
        row["province"], row["year"], row["institution"], permutation.serial(row["first"] + row["count"] - 1)
    )
    with pytest.raises(CodeUnknown):
        told(unused)
    refused(lab.lims.submit(lab.fresh("L-ONLINE-2", code=unused)), "/code")


def test_the_laboratorys_own_credential_is_kept_and_countersigned(
    offline: Offline, node: Node, told: Told, rows: Rows, sequence: Callable[[], None]
) -> None:
    report, claims = offline.report("L-OWN")
    raw = offline.sealed(claims)
    answer = offline.lab.lims.submit({**report, "credential": text(raw)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["credential"] == text(raw)
    sequence()
    found = told(report["code"], answer.json()["verifier"])
    assert (found.state, found.level, found.late) == ("valid", 3, False)
    assert found.signature is not None
    assert found.signature.kid == found.signature.institution_kid == offline.lab.lims.kid
    assert found.signature.issued_at == datetime.fromtimestamp(claims.issued_at, UTC)
    (row,) = rows("SELECT record FROM log_entry WHERE code = :c", c=report["code"])
    kept = cbor2.loads(bytes(row["record"]))
    assert kept[2] == raw
    node.issuing.key.public.verify(b"zhijian-countersign-v1\n" + raw, kept[8])


def test_the_verifier_made_without_the_node_is_the_nodes(offline: Offline, told: Told) -> None:
    report, claims = offline.report("L-VERIFIER")
    printed = offline.verifier(report)
    assert offline.submit(report, claims).json()["verifier"] == printed
    assert told(report["code"], printed).full is not None


def test_a_leased_code_needs_no_credential_of_the_laboratorys(offline: Offline, told: Told) -> None:
    report, _ = offline.report("L-NODE-SIGNS")
    assert offline.lab.lims.submit(report).status_code == 201
    found = told(report["code"])
    assert found.signature is not None
    assert found.signature.kid != offline.lab.lims.kid


def test_a_leased_code_may_be_written_as_printed(offline: Offline) -> None:
    report, claims = offline.report("L-PRINTED")
    code = report["code"].lower()
    printed = "-".join((code[:4], code[4:8], code[8:12], code[12:16], code[16:]))
    assert offline.submit({**report, "code": printed}, claims).json()["code"] == report["code"]


@pytest.mark.parametrize(("days_ago", "late"), [(6.9, False), (7.1, True), (9, True)])
def test_what_is_registered_later_than_the_window_is_shown_as_late(
    lab: Laboratory, rows: Rows, told: Told, sequence: Callable[[], None], days_ago: float, late: bool
) -> None:
    offline = moved_back(lab, rows, 1, 10)
    report, claims = offline.report(f"L-LATE-{days_ago}")
    claims.issued_at = int((datetime.now(UTC) - timedelta(days=days_ago)).timestamp())
    assert offline.submit(report, claims).status_code == 201
    assert told(report["code"]).late is late
    sequence()
    assert told(report["code"]).late is late


def test_a_code_is_registered_once(offline: Offline) -> None:
    report, claims = offline.report("L-ONCE")
    assert offline.submit(report, claims).status_code == 201
    twin = {**report, "own_number": "L-ONCE-2"}
    refused(offline.lab.lims.submit(twin), "/code")
    refused(
        offline.submit(twin, offline.claims(twin, {"code": report["code"], "status_index": claims.status_index})),
        "/code",
    )


def test_a_code_twice_in_one_batch_is_registered_once(offline: Offline) -> None:
    report, _ = offline.report("L-BATCH-1")
    rest = offline.lab.fresh("L-BATCH-3")
    answer = offline.lab.lims.submit_batch([report, {**report, "own_number": "L-BATCH-2"}, rest])
    assert answer.status_code == 207, answer.text
    assert [r["status"] for r in answer.json()["results"]] == [201, 422, 201]


def test_a_code_leased_to_another_institution_is_refused_and_stays_theirs(
    lab: Laboratory, other: Laboratory, told: Told
) -> None:
    theirs = Offline(other, leased(other, 1))
    report, claims = theirs.report("L-THEIRS")
    mine = lab.fresh("L-NOT-MINE", code=report["code"])
    refused(lab.lims.submit(mine), "/code")
    assert told(report["code"]).state == "reserved"
    assert theirs.submit(report, claims).status_code == 201


def test_a_lease_past_its_time_is_refused(lab: Laboratory, rows: Rows, told: Told) -> None:
    """Seven days to issue, seven more to register."""
    offline = moved_back(lab, rows, 2, 13.99)
    report, claims = offline.report("L-LAST-DAY")
    claims.issued_at -= 13 * 86_400
    assert offline.submit(report, claims).status_code == 201
    gone = moved_back(lab, rows, 1, 14.01)
    report, claims = gone.report("L-GONE")
    refused(gone.submit(report, claims), "/code")
    assert told(report["code"]).state == "reserved"


WRONG_CLAIMS: dict[str, Callable[[Claims], Any]] = {
    "another code": lambda c: setattr(c, "code", (int.from_bytes(c.code, "big") + 1).to_bytes(10, "big")),
    "another file": lambda c: setattr(c, "file_digest", bytes(32)),
    "other facts": lambda c: setattr(c, "facts_digest", bytes(16)),
    "the whole digest of the facts": lambda c: setattr(c, "facts_digest", bytes(32)),
    "another certificate": lambda c: setattr(c, "cma_number", bytes(5)),
    "no certificate": lambda c: setattr(c, "cma_number", None),
    "another list": lambda c: setattr(c, "status_list", c.status_list + 1),
    "another place on the list": lambda c: setattr(c, "status_index", c.status_index + 1),
    "a place below the list": lambda c: setattr(c, "status_index", -1),
    "fifteen days ago": lambda c: setattr(c, "issued_at", c.issued_at - 15 * 86_400),
    "ten minutes from now": lambda c: setattr(c, "issued_at", c.issued_at + 600),
    "a time before 1970": lambda c: setattr(c, "issued_at", -1),
    "a time beyond every calendar": lambda c: setattr(c, "issued_at", 2**62),
    "a time as text": lambda c: setattr(c, "issued_at", "2026-11-24"),
    "a claim more": lambda c: c.tail.append(0),
    "a code as text": lambda c: setattr(c, "code", "332608K70049M302AR"),
    "a code of eleven bytes": lambda c: setattr(c, "code", b"\0" + c.code),
    "a place with a point": lambda c: setattr(c, "status_index", float(c.status_index) + 0.5),
    "a log below nought": lambda c: setattr(c, "log", -1),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG_CLAIMS)
def test_a_credential_with_a_wrong_claim_is_refused(offline: Offline, told: Told, what: str) -> None:
    report, claims = offline.report("L-CLAIM")
    WRONG_CLAIMS[what](claims)
    refused(offline.submit(report, claims), "/credential")
    assert told(report["code"]).state == "reserved"


@pytest.mark.parametrize("number", [9999, 2**64])
def test_a_credential_that_names_a_log_nobody_keeps_is_refused(offline: Offline, number: int) -> None:
    report, claims = offline.report(f"L-LOG-{number}")
    claims.log = number
    refused(offline.submit(report, claims), "/credential")


@pytest.mark.parametrize("days", [1, 6, 13])
def test_a_code_was_not_issued_before_it_was_leased(offline: Offline, days: int) -> None:
    report, claims = offline.report(f"L-BEFORE-{days}")
    claims.issued_at -= days * 86_400
    refused(offline.submit(report, claims), "/credential")


def test_a_code_was_not_issued_after_its_lease_had_run_out(lab: Laboratory, rows: Rows) -> None:
    offline = moved_back(lab, rows, 1, 10)
    report, claims = offline.report("L-AFTER")
    refused(offline.submit(report, claims), "/credential")


FORGED: dict[str, Callable[[Offline, Claims], bytes]] = {
    "a stranger's key": lambda o, c: o.sealed(c, key=PrivateKey.generate(o.lab.lims.key.suite)),
    "a keyid that nobody has": lambda o, c: o.sealed(c, kid="00000000"),
    "a keyid of one byte": lambda o, c: o.sealed(c, kid="00"),
    "the other suite's algorithm": lambda o, c: o.sealed(c, algorithm=COSE[next(s for s in Suite if s is not o.lab.lims.key.suite)]),
    "EdDSA": lambda o, c: o.sealed(c, algorithm=-8),
    "a header more": lambda o, c: o.sealed(c, header={3: "text/plain"}),
    "an unprotected header": lambda o, c: o.sealed(c, unprotected={4: b"1234"}),
    "another tag": lambda o, c: o.sealed(c, tag=17),
    "a byte behind the signature": lambda o, c: o.sealed(c, signature=bytes(65)),
    "a signature of zeros": lambda o, c: o.sealed(c, signature=bytes(64)),
    "a byte behind it all": lambda o, c: o.sealed(c) + b"\0",
    "a byte missing": lambda o, c: o.sealed(c)[:-1],
    "one bit": lambda o, c: o.sealed(c)[:40] + bytes([o.sealed(c)[40] ^ 1]) + o.sealed(c)[41:],
    "the tag spelt longer": lambda o, c: b"\xd8\x12" + o.sealed(c)[1:],
    "an indefinite array": lambda o, c: o.sealed(c)[:1] + b"\x9f" + o.sealed(c)[2:] + b"\xff",
    "nothing": lambda o, c: b"\0",
    "a bomb of arrays": lambda o, c: b"\x81" * 250,
    "a bomb of length": lambda o, c: b"\x9b" + b"\xff" * 8,
    "three hundred bytes": lambda o, c: o.sealed(c) + bytes(120),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_credential_is_refused(offline: Offline, told: Told, what: str) -> None:
    report, claims = offline.report("L-FORGED")
    refused(offline.lab.lims.submit({**report, "credential": text(FORGED[what](offline, claims))}), "/credential")
    assert told(report["code"]).state == "reserved"


def test_another_institutions_signature_is_refused(offline: Offline, other: Laboratory) -> None:
    report, claims = offline.report("L-OTHERS-KEY")
    refused(offline.submit(report, claims, key=other.lims.key, kid=other.lims.kid), "/credential")


@pytest.mark.parametrize("sealed", ["A", "AAAAA"])
def test_a_credential_that_is_no_base64_is_refused(offline: Offline, sealed: str) -> None:
    report, _ = offline.report("L-BASE64")
    refused(offline.lab.lims.submit({**report, "credential": sealed}), "/credential")


@pytest.mark.parametrize("sealed", ["", "a b", "AA==", "+/+/", "\x00", "A" * 401])
def test_a_credential_in_the_wrong_form_is_refused(offline: Offline, sealed: str) -> None:
    report, _ = offline.report("L-FORM")
    body = problem(offline.lab.lims.submit({**report, "credential": sealed}), 422)
    assert body["errors"][0]["pointer"] == "/credential"


def test_a_credential_without_its_code_is_refused(offline: Offline) -> None:
    report, claims = offline.report("L-NO-CODE")
    refused(offline.submit({k: v for k, v in report.items() if k != "code"}, claims), "/code")


@pytest.mark.parametrize("code", ["332608K70049M302AR", "332608K70049M302AX", "1", "a\x00b", " ", "３３２６", "🧪"])
def test_a_code_that_nobody_leased_is_refused(lab: Laboratory, code: str) -> None:
    refused(lab.lims.submit(lab.fresh("L-NOBODYS", code=code)), "/code")


@pytest.mark.parametrize("count", [0, -1, 10_001, "5", None, True, 1.5, [1]])
def test_a_lease_has_one_to_ten_thousand_codes(lab: Laboratory, count: Any) -> None:
    problem(lab.lims.post("/api/v1/leases", {"count": count}), 422)


def test_a_report_declined_for_its_lease_stops_that_report_only(offline: Offline, other: Laboratory) -> None:
    good, claims = offline.report("L-MIX-GOOD")
    used, _ = offline.report("L-MIX-USED")
    assert offline.lab.lims.submit(used).status_code == 201
    good["credential"] = text(offline.sealed(claims))
    batch = [good, {**used, "own_number": "L-MIX-AGAIN"}, offline.lab.fresh("L-MIX-ONLINE"),
             offline.lab.fresh("L-MIX-NOBODYS", code="332608K70049M302AR")]  # fmt: skip
    answer = offline.lab.lims.submit_batch(batch)
    assert [r["status"] for r in answer.json()["results"]] == [201, 422, 201, 422]


def test_a_number_refused_for_its_leased_code_is_free_for_the_next_report(lab: Laboratory) -> None:
    batch = [lab.fresh("L-SECOND-TRY", code="332608K70049M302AR"), lab.fresh("L-SECOND-TRY")]
    answer = lab.lims.submit_batch(batch)
    assert [r["status"] for r in answer.json()["results"]] == [422, 201]
