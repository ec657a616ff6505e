"""Files of one's own reports over the API: stamped, sealed by the laboratory, registered, and found again by anyone."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.api.problem_documents import problem
from tests.api.public_asking import by_digest
from tests.codes.document.papers import paper
from tests.conftest import Laboratory, Seeded, laboratory

from zhijian import documents
from zhijian.codes import record
from zhijian.codes.document import certificates
from zhijian.codes.document.seal import Seal, Sealer, seal
from zhijian.codes.model import EvidenceBroken
from zhijian.kit.scope import Scope
from zhijian.kit.signing import Suite, sm3
from zhijian.wiring import Node

Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def sealing(seeded: Seeded, api: TestClient) -> Laboratory:
    """A laboratory whose key can seal a PDF."""
    return laboratory(seeded, api, Suite.ES256)


@pytest.fixture(scope="module")
def original() -> bytes:
    return paper(pages=2, words=f"Lead (Pb) {datetime.now(UTC).timestamp()} mg/kg")


@pytest.fixture(scope="module")
def issued(sealing: Laboratory, original: bytes) -> dict[str, Any]:
    changes = {"file_digest_algorithm": "sm3", "file_digest": sm3(original).hex(), "file_pages": 2}
    answer = sealing.lims.submit(sealing.fresh(f"RF-{datetime.now(UTC).timestamp()}", **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def stamped(sealing: Laboratory, issued: dict[str, Any], original: bytes) -> bytes:
    answer = sealing.lims.post_file(f"/api/v1/reports/{issued['code']}/stamp", original)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text[:500]
    body: bytes = answer.content
    return body


@pytest.fixture(scope="module")
def sealed(node: Node, sealing: Laboratory, issued: dict[str, Any], stamped: bytes) -> bytes:
    """By the laboratory itself: its key never leaves it."""
    lims, at = sealing.lims, datetime.now(UTC)
    with node.transaction() as db:
        certificate = documents.certificate(node, db, lims.kid, at)
    root = node.root_certificate(Suite.ES256)
    by = Sealer("名称", lims.key, certificate, root, lims.key, bytes.fromhex(lims.kid))
    return seal(stamped, Seal(issued["code"], issued["qr"], b"proof", "sm3"), by, at)


def document_of(issued: dict[str, Any]) -> str:
    return f"/api/v1/reports/{issued['code']}/document"


def test_the_stamped_file_begins_with_the_original_and_says_its_code(
    node: Node, issued: dict[str, Any], original: bytes, stamped: bytes
) -> None:
    assert stamped.startswith(original)
    with node.transaction() as db:
        found = documents.inspect(node, node.trust(db), stamped, datetime.now(UTC))
    assert (found.code, found.code_printed, found.verifier_printed) == (
        issued["code"],
        issued["code"],
        issued["verifier"],
    )
    assert found.verdict == "not-sealed"


def test_another_file_than_the_registered_one_is_not_stamped(sealing: Laboratory, issued: dict[str, Any]) -> None:
    answer = sealing.lims.post_file(f"/api/v1/reports/{issued['code']}/stamp", paper(pages=1, words="another"))
    said = problem(answer, 422, why="file-differs")
    assert (said["algorithm"], len(said["found"])) == ("sm3", 64)


def test_a_sealed_file_is_registered_once_and_found_by_either_digest(
    node: Node, sealing: Laboratory, issued: dict[str, Any], sealed: bytes, sequence: Callable[[], None], told: Any
) -> None:
    assert by_digest(node, "sha256", sealed) == ()
    first = sealing.lims.post_file(document_of(issued), sealed)
    assert first.status_code == 201, first.text
    assert first.json() == {
        "code": issued["code"], "media_type": "application/pdf", "bytes": len(sealed), "sm3": sm3(sealed).hex(),
        "sha256": hashlib.sha256(sealed).hexdigest(), "sealed": True, "log": "pending",
    }  # fmt: skip
    again = sealing.lims.post_file(document_of(issued), sealed)
    assert (again.status_code, again.json()["log"]) == (200, "registered before")
    for algorithm in ("sm3", "sha256"):
        assert [a.code for a in by_digest(node, algorithm, sealed)] == [issued["code"]]
    sequence()
    files = told(issued["code"], issued["verifier"]).full.files
    assert [(f.sm3, f.length, f.logged) for f in files] == [(sm3(sealed).hex(), len(sealed), True)]
    with node.transaction() as db:
        desk = node.desk(db)
        assert desk.file_matches(db, Scope.anyone(), issued["code"], "sha256", hashlib.sha256(sealed).hexdigest())
        assert desk.file_matches(db, Scope.anyone(), issued["code"], "sm3", sm3(sealed + b"\n").hex()) is False


def test_what_was_changed_after_the_seal_is_not_registered(
    sealing: Laboratory, issued: dict[str, Any], sealed: bytes, original: bytes
) -> None:
    from tests.codes.document.inspecting import replaced_content, updated

    edited = updated(sealed, replaced_content)
    problem(sealing.lims.post_file(document_of(issued), edited), 422, why="document-edited")
    problem(sealing.lims.post_file(document_of(issued), original), 422, why="file-of-another")
    problem(sealing.lims.post_file(document_of(issued), b"PK\x03\x04"), 422, why="document-media-type")
    problem(sealing.lims.post_file(document_of(issued), b"", kind="application/ofd"), 422)
    problem(sealing.lims.post_file(document_of(issued), b"{}", kind="application/json"), 415)


def test_a_file_that_does_not_begin_with_the_registered_original_is_not_registered(
    node: Node, sealing: Laboratory, issued: dict[str, Any]
) -> None:
    """Code, verifier and QR are right; the report under them is another."""
    with node.transaction() as db:
        row, _, _, verifier = node.office(db).own_report(db, Scope.everything(), issued["code"])
        institution = node.institution(db, sealing.uscc)
        assert institution is not None
        what = documents.Stamped(issued["code"], verifier, bytes(row["credential"]), institution)
        office = node.office(db)
    swapped = documents.stamp(node, office, paper(pages=2, words="Lead (Pb) 0.000 mg/kg"), what)
    said = problem(sealing.lims.post_file(document_of(issued), swapped), 422, why="file-differs")
    assert said["registered"] != said["found"]


def test_another_institution_neither_stamps_nor_registers(
    lab: Laboratory, other: Laboratory, sealing: Laboratory, issued: dict[str, Any], sealed: bytes, original: bytes
) -> None:
    stranger = lab if lab.uscc != sealing.uscc else other
    problem(stranger.lims.post_file(document_of(issued), sealed), 404, why="code-unknown")
    problem(stranger.lims.post_file(f"/api/v1/reports/{issued['code']}/stamp", original), 404, why="code-unknown")


def test_a_file_sealed_by_another_institution_is_not_registered(
    node: Node, lab: Laboratory, other: Laboratory, sealing: Laboratory, issued: dict[str, Any], stamped: bytes
) -> None:
    at = datetime.now(UTC)
    stranger = lab if lab.uscc != sealing.uscc else other
    lims = sealing.lims
    with node.transaction() as db:
        certificate = documents.certificate(node, db, lims.kid, at)
    by = Sealer(
        "x",
        lims.key,
        certificate,
        node.root_certificate(Suite.ES256),
        stranger.lims.key,
        bytes.fromhex(stranger.lims.kid),
    )
    forged = seal(stamped, Seal(issued["code"], issued["qr"], b"proof", "sm3"), by, at)
    problem(sealing.lims.post_file(document_of(issued), forged), 422, why="document-edited")


@pytest.mark.parametrize("column", ["sm3", "sha256", "length", "media_type", "at", "signature_base", "code"])
def test_a_file_row_that_was_altered_is_an_alarm_and_never_a_match(
    node: Node, sealing: Laboratory, issued: dict[str, Any], sealed: bytes, rows: Rows, told: Any, column: str
) -> None:
    sealing.lims.post_file(document_of(issued), sealed)
    kept = rows(f"SELECT id, {column} AS v FROM report_file WHERE code = :c", c=issued["code"])[0]
    wrong: dict[str, Any] = {"sm3": bytes(32), "sha256": bytes(32), "length": 1, "media_type": "application/ofd",
                             "at": datetime(2020, 1, 1, tzinfo=UTC), "signature_base": b"x", "code": "x"}  # fmt: skip
    put = f"UPDATE report_file SET {column} = :v WHERE id = :i"
    rows(put, v=wrong[column], i=kept["id"])
    try:
        with pytest.raises(EvidenceBroken):
            told(issued["code"], issued["verifier"])
    finally:
        rows(put, v=kept["v"], i=kept["id"])
    assert told(issued["code"], issued["verifier"]).full.files


def test_a_leaf_that_does_not_commit_to_the_file_is_an_alarm(
    sealing: Laboratory, issued: dict[str, Any], stamped: bytes, rows: Rows, told: Any
) -> None:
    """Before the leaf has its place in the log, where a proof would tell."""
    assert sealing.lims.post_file(document_of(issued), stamped).status_code in (200, 201)
    kept = rows(
        "SELECT id, entry FROM log_entry WHERE code = :c AND kind = 3 ORDER BY id DESC LIMIT 1", c=issued["code"]
    )[0]
    put = "UPDATE log_entry SET entry = :e WHERE id = :i"
    rows(put, e=kept["entry"][:5] + bytes(44), i=kept["id"])
    try:
        with pytest.raises(EvidenceBroken):
            told(issued["code"], issued["verifier"])
    finally:
        rows(put, e=kept["entry"], i=kept["id"])


def test_a_forged_row_with_another_files_digest_matches_nothing(
    node: Node, sealing: Laboratory, issued: dict[str, Any], sealed: bytes, rows: Rows
) -> None:
    """Whoever can write rows adds a file to a report, log entry and all; the institution never signed for it."""
    sealing.lims.post_file(document_of(issued), sealed)
    forged = b"%PDF-1.7 forged"
    rows(
        "INSERT INTO report_file (code, media_type, length, sm3, sha256, at, signature_base, log_entry_id) "
        "SELECT code, media_type, :n, :sm3, :sha, at, signature_base, log_entry_id FROM report_file WHERE code = :c",
        c=issued["code"], n=len(forged), sm3=sm3(forged), sha=hashlib.sha256(forged).digest(),
    )  # fmt: skip
    try:
        with pytest.raises(EvidenceBroken):
            by_digest(node, "sha256", forged)
    finally:
        rows("DELETE FROM report_file WHERE sm3 = :s", s=sm3(forged))


@pytest.mark.parametrize("forger", ["nobody", "another institution", "for another file", "for another report"])
def test_a_forged_record_and_leaf_need_the_institutions_signature(
    node: Node, lab: Laboratory, other: Laboratory, sealing: Laboratory, issued: dict[str, Any], rows: Rows, forger: str
) -> None:
    """The forger writes row, record and leaf that agree with each other; they wait for the log like honest ones."""
    forged, code = b"%PDF-1.7 forged " + forger.encode(), issued["code"]
    sha256 = hashlib.sha256(forged if forger != "for another file" else b"honest").digest()
    by = {"another institution": lab if lab.uscc != sealing.uscc else other}.get(forger, sealing).lims
    path = f"/api/v1/reports/{code if forger != 'for another report' else 'X' * 18}/document"
    base = f'"@path": {path}\n"content-digest": sha-256=:{base64.b64encode(sha256).decode()}:'.encode()
    signature = by.key.sign(base) if forger != "nobody" else bytes(64)
    at, sha256 = datetime.now(UTC), hashlib.sha256(forged).digest()
    kept = record.filing(code, documents.PDF, len(forged), sm3(forged), sha256, at, by.kid, signature)
    entry = rows(
        "INSERT INTO log_entry (code, kind, record, entry) VALUES (:c, 3, :r, :e) RETURNING id",
        c=code, r=kept, e=record.entry(kept, bytes(32)),
    )[0]["id"]  # fmt: skip
    rows(
        "INSERT INTO report_file (code, media_type, length, sm3, sha256, at, signature_base, log_entry_id) "
        "VALUES (:c, :m, :n, :sm3, :sha, :at, :b, :e)",
        c=code, m=documents.PDF, n=len(forged), sm3=sm3(forged), sha=sha256, at=at, b=base, e=entry,
    )  # fmt: skip
    try:
        for algorithm in ("sm3", "sha256"):
            with pytest.raises(EvidenceBroken):
                by_digest(node, algorithm, forged)
    finally:
        rows("DELETE FROM report_file WHERE log_entry_id = :e", e=entry)
        rows("DELETE FROM log_entry WHERE id = :e", e=entry)


def test_a_withdrawn_report_takes_no_further_file(sealing: Laboratory, original: bytes) -> None:
    changes = {"file_digest_algorithm": "sm3", "file_digest": sm3(original).hex()}
    issued = sealing.lims.submit(sealing.fresh(f"RF-W-{datetime.now(UTC).timestamp()}", **changes)).json()
    stamped = sealing.lims.post_file(f"/api/v1/reports/{issued['code']}/stamp", original, query="place=bottom-left")
    assert stamped.status_code == 200, stamped.text[:300]
    sealing.lims.post(f"/api/v1/reports/{issued['code']}/state", {"state": "withdrawn", "reason": "样品有误"})
    problem(sealing.lims.post_file(document_of(issued), stamped.content), 409, why="file-not-taken")


def test_a_certificate_is_made_for_a_key_in_force_only(node: Node, sealing: Laboratory) -> None:
    from zhijian.codes.model import CodesError

    at = datetime.now(UTC)
    with node.transaction() as db:
        made = documents.certificate(node, db, sealing.lims.kid, at)
        chain = certificates.check_chain(made, [node.root_certificate(Suite.ES256)], at)
        assert (chain.kid.hex(), chain.subject.number) == (sealing.lims.kid, sealing.uscc)
        with pytest.raises(CodesError):
            documents.certificate(node, db, "00000000", at)
