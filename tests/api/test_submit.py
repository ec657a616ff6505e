"""Submission through the API: a code for each report, once and only once."""

import hashlib
import json

from tests.conftest import Laboratory, Seeded, laboratory

from zhijian.codes import parse
from zhijian.kit.signing import Suite


def test_a_report_gets_a_code_and_the_public_answer_is_valid(lab: Laboratory, seeded: Seeded) -> None:
    answer = lab.lims.submit(lab.fresh("T-SPINE-1"))
    assert answer.status_code == 201, answer.text
    issued = answer.json()
    assert parse(issued["printed"]) == issued["code"]
    with seeded.node.transaction() as db:
        from zhijian.kit.scope import Scope

        found = seeded.node.desk(db).answer(db, Scope.anyone(), issued["code"], issued["verifier"], seeded.at)
    assert (found.state, found.level) == ("valid", 2), "level 3 comes with the next checkpoint"
    assert found.full is not None
    assert found.full.own_number == "T-SPINE-1"


def test_both_suites_may_sign(seeded: Seeded, api) -> None:  # type: ignore[no-untyped-def]
    for suite in Suite:
        lab = laboratory(seeded, api, suite)
        assert lab.lims.submit(lab.fresh(f"T-SUITE-{suite}")).status_code == 201


def test_the_same_key_gives_the_same_answer_and_no_second_report(lab: Laboratory) -> None:
    report = lab.fresh("T-IDEM-1")
    first = lab.lims.submit(report, idempotency_key="idem-1")
    again = lab.lims.submit(report, idempotency_key="idem-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = lab.lims.submit(lab.fresh("T-IDEM-2"), idempotency_key="idem-1")
    assert (other.status_code, other.json()["why"]) == (422, "idempotency-key-reused")


def test_one_own_number_is_registered_once(lab: Laboratory) -> None:
    code = lab.lims.submit(lab.fresh("T-DUP-1")).json()["printed"]
    answer = lab.lims.submit(lab.fresh("T-DUP-1", title="另一份报告"))
    assert answer.status_code == 409
    assert answer.json()["why"] == "own-number-duplicate"
    assert answer.json()["registered_as"] == code


def test_what_one_report_breaks_stops_that_report_only(lab: Laboratory) -> None:
    good, twin = lab.fresh("T-BATCH-1"), lab.fresh("T-BATCH-1")
    bad, worse = lab.fresh("T-BATCH-2", issued_on="2099-01-01"), {"own_number": 5}
    answer = lab.lims.submit_batch([good, bad, worse, twin, [1], lab.fresh("T-BATCH-3")])
    assert answer.status_code == 207, answer.text
    assert [r["status"] for r in answer.json()["results"]] == [201, 422, 422, 409, 422, 201]
    assert answer.json()["issued"] == 2


def test_a_report_is_signed_as_its_bytes_were_sent(lab: Laboratory) -> None:
    raw = json.dumps(lab.fresh("T-RAW-1"), ensure_ascii=False).encode()
    answer = lab.lims.send("POST", "/api/v1/reports", raw + b" ", root="00" * 32)
    assert (answer.status_code, answer.json()["why"]) == (400, "report-root-wrong")


def test_a_laboratory_finds_its_report_by_its_own_number_and_by_the_digest_of_its_file(lab: Laboratory) -> None:
    digest = hashlib.sha256(b"found by its digest").hexdigest()
    issued = lab.lims.submit(lab.fresh("Find-Me 7", file_digest=digest, file_digest_algorithm="sha256")).json()
    for query in (f"file_digest={digest}", "own_number=find-me7", "own_number=FIND-ME%207&limit=5"):
        assert [r["code"] for r in lab.lims.get("/api/v1/reports", query).json()["reports"]] == [issued["code"]], query
    assert lab.lims.get("/api/v1/reports", "own_number=find-me8").json() == {"reports": [], "next": None}
    for wrong in ("own_number=%00", "file_digest=xyz"):
        assert lab.lims.get("/api/v1/reports", wrong).status_code == 422
