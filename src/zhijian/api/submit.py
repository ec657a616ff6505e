"""Submission: one report or a batch, once and only once, each with its outcome."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from zhijian.api.caller import Caller, Received, authenticate
from zhijian.api.problems import refused
from zhijian.api.signature import check_root
from zhijian.codes import Office, grouped
from zhijian.codes.model import Declined, Issued, Signed
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.wiring import Node

BATCH_MAX = 1000
_KEY = re.compile(r"[!-~]{1,100}")


class Batch(msgspec.Struct, forbid_unknown_fields=True):
    """Body of a batch; each report stays as its bytes, over which the institution signed."""

    reports: list[msgspec.Raw]


Answered = tuple[int, bytes]
"""HTTP status and JSON body."""
AnsweredWithHeaders = tuple[int, bytes, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a body asks for, once its signature was found right. `leaves` only where reports are submitted."""

    value: Any
    leaves: list[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A submission under way: its caller, its row, the Merkle root over its reports."""

    caller: Caller
    submission_id: int
    root: bytes


def once(
    db: Db, node: Node, received: Received, read: Callable[[bytes], Asked], work: Callable[[Begun, Any], Answered],
    *, reports: bool = False,
) -> Answered:  # fmt: skip
    """Do `work` for an idempotency key the first time; give its kept answer every time after.

    Nothing of the body is decoded before the signature was verified: a stranger's body costs no more than its bytes.

    Raises: Problem 401; 400 without a key; 422 for the same key with another body; and those of `read` and `work`.
    """
    caller = authenticate(db, node, received, root=reports)
    not_restored(node)
    asked = read(received.body)
    root = check_root(received.headers, asked.leaves) if asked.leaves is not None else b""
    key = received.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key-missing", "缺少 Idempotency-Key", "Idempotency-Key is missing or not 1 to 100 visible characters",
                      remedy_zh="每次新提交用一个新的键，重试用同一个键", remedy_en="a new key for each submission, the same key for a retry")  # fmt: skip
    digest = hashlib.sha256(received.path.encode() + b"\n" + received.body).digest()
    office, uscc = node.office(db), caller.institution.uscc
    if not office.lock(db, caller.scope, uscc):
        raise Problem(503, "institution-busy", "本机构的另一个请求还在处理", "another request of this institution is under way",
                      remedy_zh="几秒后用同一个 Idempotency-Key 重试", remedy_en="retry in seconds with the same Idempotency-Key",
                      headers={"Retry-After": "2"})  # fmt: skip
    values = {
        "uscc": uscc, "idempotency_key": key, "body_digest": digest, "kid": caller.kid, "root": root or None,
        "leaves": b"".join(asked.leaves) if asked.leaves is not None else None, "signature_base": caller.request.base,
        "signature": caller.request.signature, "received_at": received.at,
    }  # fmt: skip
    submission_id = office.begin(db, caller.scope, values)
    if submission_id is None:
        kept = office.submission(db, caller.scope, uscc, key)
        if kept is None or bytes(kept["body_digest"]) != digest:
            raise Problem(422, "idempotency-key-reused", "同一个 Idempotency-Key 用于不同的请求", "this Idempotency-Key was used for another request",
                          remedy_zh="换一个新的键", remedy_en="use a new key")  # fmt: skip
        return kept["response_status"], bytes(kept["response"])
    status, body = work(Begun(caller, submission_id, root), asked.value)
    office.answered(db, caller.scope, submission_id, status, body)
    return status, body


def not_restored(node: Node) -> None:
    """Raises: Problem 503 on a node that was put back to an older day and not recovered."""
    if (marked := node.restored()) is not None:
        raise Problem(503, "node-restored", f"本节点的数据从较早的备份恢复（{marked['since']}），暂停赋码",
                      f"this node was put back to an older day ({marked['since']}) and does not issue yet",
                      remedy_zh="稍后用同一个 Idempotency-Key 重试；备份之后提交的报告恢复后须重新提交",
                      remedy_en="retry later with the same Idempotency-Key; reports of the time after the backup must be submitted again",
                      headers={"Retry-After": "600"})  # fmt: skip


def submit_one(db: Db, node: Node, received: Received) -> Answered:
    """POST /reports. 201 with the code, or a problem."""

    def work(begun: Begun, report: Any) -> Answered:
        outcome = _register(db, node, begun, received, [report])[0]
        if isinstance(outcome, Declined):
            raise refused(outcome.findings, _grouped(outcome.registered_as))
        return 201, msgspec.json.encode(issued_json(node.office(db), node, outcome, received))

    return once(db, node, received, lambda body: Asked(decode(body), [Office.leaf(body)]), work, reports=True)


def submit_batch(db: Db, node: Node, received: Received) -> Answered:
    """POST /reports:batch. 207 with an outcome a report, in order."""

    def work(begun: Begun, reports: list[Any]) -> Answered:
        office = node.office(db)
        outcomes = _register(db, node, begun, received, reports)
        results = [_outcome_json(office, node, o, received) for o in outcomes]
        issued = sum(isinstance(o, Issued) for o in outcomes)
        return 207, msgspec.json.encode({"issued": issued, "declined": len(outcomes) - issued, "results": results})

    return once(db, node, received, _batch, work, reports=True)


def _batch(body: bytes) -> Asked:
    try:
        raws = [bytes(raw) for raw in msgspec.json.decode(body, type=Batch).reports]
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeDecodeError) as why:
        raise _malformed(str(why)) from None
    if not 1 <= len(raws) <= BATCH_MAX:
        raise Problem(413 if raws else 400, "batch-size", f"一批 1 至 {BATCH_MAX} 份，这次 {len(raws)} 份",
                      f"a batch has 1 to {BATCH_MAX} reports, this one {len(raws)}",
                      remedy_zh="分成几批提交", remedy_en="split it")  # fmt: skip
    return Asked([_report(raw) for raw in raws], [Office.leaf(raw) for raw in raws])


def decode(body: bytes) -> Any:
    """The JSON value; a field that stands twice is refused, for readers differ on which one counts.

    Raises: Problem 400.
    """
    try:
        if b"\\u" in body:
            msgspec.json.decode(body)  # refuses half a character, which the other reader lets through
        return json.loads(body.decode(), object_pairs_hook=_each_once, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as why:
        raise _malformed(str(why)) from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a field stands twice in one object")
    return made


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number too large")
    return value


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def _report(raw: bytes) -> Any:
    """One report of a batch; what cannot be decoded becomes a value that no schema accepts, so that the rest goes on."""
    try:
        return decode(raw)
    except Problem:
        return None


def _register(
    db: Db, node: Node, begun: Begun, received: Received, reports: Sequence[Any]
) -> list[Issued | Declined]:  # fmt: skip
    office, caller = node.office(db), begun.caller
    count_use(office, db, caller, len(reports), received)
    signed = Signed(begun.submission_id, caller.kid, begun.root, received.at)
    return office.register(db, caller.scope, caller.institution, signed, reports)


def count_use(office: Office, db: Db, caller: Caller, codes: int, received: Received) -> None:
    """Count reports submitted and codes leased on the key's quota of the day.

    Raises: Problem 429; the transaction rolls back, and with it the count.
    """
    used = office.use_key(db, caller.kid, codes, received.at)
    if used > caller.reports_per_day:
        raise Problem(429, "quota-exceeded", f"密钥今日已用 {used - codes} 份，限额 {caller.reports_per_day} 份",
                      f"the key has used {used - codes} codes today, its quota is {caller.reports_per_day}",
                      remedy_zh="明日继续，或申请提高限额", remedy_en="go on tomorrow, or ask for a higher quota",
                      headers={"Retry-After": "3600"})  # fmt: skip


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
