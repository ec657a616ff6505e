"""Submission: one report or a batch, once and only once, each with its outcome."""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from zhijian.api.caller import Caller, Received, authenticate
from zhijian.api.problems import Problem, refused
from zhijian.api.signature import check_root
from zhijian.codes import Office, grouped
from zhijian.codes.model import Declined, Issued, Signed
from zhijian.kit.db import Db
from zhijian.wiring import Node

BATCH_MAX = 1000
_KEY = re.compile(r"[!-~]{1,100}")


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Body of a batch; each report stays as its bytes, over which the institution signed."""

    reports: list[msgspec.Raw]


Answered = tuple[int, bytes]
"""HTTP status and JSON body."""


def once(
    db: Db, node: Node, received: Received, work: Callable[[Caller, int], Answered], *, leaves: list[bytes] | None = None
) -> Answered:  # fmt: skip
    """Run `work` for an idempotency key the first time; give its kept answer every time after.

    Raises: Problem 401; 400 without a key; 422 for the same key with another body.
    """
    caller = authenticate(db, node, received, root=leaves is not None)
    root = check_root(received.headers, leaves) if leaves is not None else None
    key = received.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key-missing", "缺少 Idempotency-Key", "Idempotency-Key is missing or not 1 to 100 visible characters",
                      remedy_zh="每次新提交用一个新的键，重试用同一个键", remedy_en="a new key for each submission, the same key for a retry")  # fmt: skip
    digest = hashlib.sha256(received.path.encode() + b"\n" + received.body).digest()
    office, uscc = node.office(db), caller.institution.uscc
    values = {
        "uscc": uscc, "idempotency_key": key, "body_digest": digest, "kid": caller.kid, "root": root,
        "leaves": b"".join(leaves) if leaves is not None else None, "signature_base": caller.request.base,
        "signature": caller.request.signature, "received_at": received.at,
    }  # fmt: skip
    submission_id = office.begin(db, caller.scope, values)
    if submission_id is None:
        kept = office.submission(db, caller.scope, uscc, key)
        if kept is None or bytes(kept["body_digest"]) != digest:
            raise Problem(422, "idempotency-key-reused", "同一个 Idempotency-Key 用于不同的请求", "this Idempotency-Key was used for another request",
                          remedy_zh="换一个新的键", remedy_en="use a new key")  # fmt: skip
        return kept["response_status"], bytes(kept["response"])
    status, body = work(caller, submission_id)
    office.answered(db, caller.scope, submission_id, status, body)
    return status, body


def submit_one(db: Db, node: Node, received: Received) -> Answered:
    """POST /reports. 201 with the code, or a problem."""
    report = decode(received.body)

    def work(caller: Caller, submission_id: int) -> Answered:
        outcome = _register(db, node, caller, submission_id, received, [report])[0]
        if isinstance(outcome, Declined):
            raise refused(outcome.findings, _grouped(outcome.registered_as))
        return 201, msgspec.json.encode(issued_json(node.office(db), node, outcome, received))

    return once(db, node, received, work, leaves=[Office.leaf(received.body)])


def submit_batch(db: Db, node: Node, received: Received) -> Answered:
    """POST /reports:batch. 207 with an outcome a report, in order."""
    try:
        raws = msgspec.json.decode(received.body, type=Batch).reports
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeDecodeError) as why:
        raise _malformed(str(why)) from None
    if not 1 <= len(raws) <= BATCH_MAX:
        raise Problem(413 if raws else 400, "batch-size", f"一批 1 至 {BATCH_MAX} 份，这次 {len(raws)} 份",
                      f"a batch has 1 to {BATCH_MAX} reports, this one {len(raws)}",
                      remedy_zh="分成几批提交", remedy_en="split it")  # fmt: skip
    reports = [_report(bytes(raw)) for raw in raws]

    def work(caller: Caller, submission_id: int) -> Answered:
        office = node.office(db)
        outcomes = _register(db, node, caller, submission_id, received, reports)
        results = [_outcome_json(office, node, o, received) for o in outcomes]
        issued = sum(isinstance(o, Issued) for o in outcomes)
        return 207, msgspec.json.encode({"issued": issued, "declined": len(outcomes) - issued, "results": results})

    return once(db, node, received, work, leaves=[Office.leaf(bytes(raw)) for raw in raws])


def decode(body: bytes) -> Any:
    """Raises: Problem 400 for what is no JSON."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as why:
        raise _malformed(str(why)) from None


def _report(raw: bytes) -> Any:
    """One report of a batch; what cannot be decoded becomes a value that no schema accepts, so that the rest goes on."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _register(
    db: Db, node: Node, caller: Caller, submission_id: int, received: Received, reports: Sequence[Any]
) -> list[Issued | Declined]:  # fmt: skip
    office = node.office(db)
    used = office.use_key(db, caller.kid, len(reports), received.at)
    if used > caller.reports_per_day:
        raise Problem(429, "quota-exceeded", f"密钥今日已提交 {used - len(reports)} 份，限额 {caller.reports_per_day} 份",
                      f"the key has submitted {used - len(reports)} reports today, its quota is {caller.reports_per_day}",
                      remedy_zh="明日继续，或申请提高限额", remedy_en="go on tomorrow, or ask for a higher quota",
                      headers={"Retry-After": "3600"})  # fmt: skip
    root = check_root_bytes(received)
    signed = Signed(submission_id, caller.kid, root, received.at)
    return office.register(db, caller.scope, caller.institution, signed, reports)


def check_root_bytes(received: Received) -> bytes:
    """The root that `once` has verified already."""
    return bytes.fromhex(received.headers["report-root"])


def issued_json(office: Office, node: Node, issued: Issued, received: Received) -> dict[str, Any]:
    whole, small = office.qr_texts(issued)
    return {
        "code": issued.code, "printed": grouped(issued.code), "verifier": issued.verifier, "state": "valid",
        "registered_at": received.at.isoformat(), "qr": whole, "qr_small": small,
        "credential": base64.urlsafe_b64encode(issued.credential).decode().rstrip("="),
        "verify_url": f"{node.settings.public_url}/v/{issued.code}", "log": "pending",
    }  # fmt: skip


def _outcome_json(office: Office, node: Node, outcome: Issued | Declined, received: Received) -> dict[str, Any]:
    if isinstance(outcome, Issued):
        return {"index": outcome.position, "status": 201, "report": issued_json(office, node, outcome, received)}
    problem = refused(outcome.findings, _grouped(outcome.registered_as))
    return {"index": outcome.position, "status": problem.status, "problem": problem.body}


def _grouped(code: str | None) -> str | None:
    return grouped(code) if code else None


def _malformed(detail: str) -> Problem:
    return Problem(400, "json-malformed", "请求体不是 JSON", "the body is not the JSON asked for", detail=detail[:200],
                   remedy_zh="检查括号、引号和编码（UTF-8）", remedy_en="check brackets, quotes and encoding (UTF-8)")  # fmt: skip
