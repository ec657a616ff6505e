"""What an institution does with its own reports: read them, change their state, lease codes for offline work."""

import base64
from collections.abc import Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator

from zhijian.api.caller import Received, authenticate
from zhijian.api.submit import Answered, Asked, Begun, count_use, decode, once
from zhijian.codes import Office, grouped
from zhijian.codes.model import Code, CodesError, Issued, State
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.wiring import Node

_TEXT = {"type": "string", "pattern": r"^[^\u0000-\u001f\u007f]*$"}
STATE_SCHEMA: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["state", "reason"],
    "properties": {
        "state": {"enum": ["corrected", "replaced", "withdrawn"], "title": "新状态", "description": "已更正、已替换、已撤回"},
        "reason": {**_TEXT, "minLength": 2, "maxLength": 500, "title": "原因", "description": "Shown to the public"},
        "successor": {**_TEXT, "type": ["string", "null"], "maxLength": 40, "title": "后继报告编码",
                      "description": "For corrected and replaced: the code of the report to use instead"},
    },
}  # fmt: skip
LEASE_SCHEMA: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["count"],
    "properties": {"count": {"type": "integer", "minimum": 1, "maximum": 10_000, "title": "个数"}},
}  # fmt: skip
_state, _lease = Draft202012Validator(STATE_SCHEMA), Draft202012Validator(LEASE_SCHEMA)


def change_state(db: Db, node: Node, received: Received, code: str) -> Answered:
    """POST /reports/{code}/state."""

    def work(begun: Begun, wanted: dict[str, Any]) -> Answered:
        caller = begun.caller
        try:
            changed = node.office(db).change(
                db, caller.scope, code, State(wanted["state"]), actor=caller.institution.name, reason=wanted["reason"],
                successor=wanted.get("successor"), at=received.at,
                asked=Office.asked(caller.kid, caller.request.signature, caller.request.base, received.body),
            )  # fmt: skip
        except CodesError as why:
            raise problem_of(why) from why
        return 200, msgspec.json.encode(
            {"code": changed, "state": wanted["state"], "changed_at": received.at.isoformat(), "log": "pending"}
        )

    return once(db, node, received, lambda body: Asked(checked(_state, decode(body))), work)


def lease(db: Db, node: Node, received: Received) -> Answered:
    """POST /leases: codes with their status places, and the verifier key. Keep the answer safe: it opens facts."""

    def work(begun: Begun, wanted: dict[str, Any]) -> Answered:
        caller, office = begun.caller, node.office(db)
        count = wanted["count"]
        if not isinstance(count, int) or count > node.settings.lease_max:
            raise Problem(422, "body-invalid", f"个数应为 1 至 {node.settings.lease_max} 的整数", f"/count: an integer of 1 to {node.settings.lease_max}",
                          remedy_zh="分几次租用", remedy_en="lease in several goes")  # fmt: skip
        count_use(office, db, caller, count, received)
        try:
            made, _, places = office.lease(db, caller.scope, caller.institution, count, received.at)
        except CodesError as why:
            raise problem_of(why) from why
        return 201, msgspec.json.encode({
            "lease": made.id, "issue_before": made.expires_at.isoformat(),
            "status_list": made.yymm, "log": node.issuing.log_number_at(received.at), "institution": made.institution,
            "codes": [{"code": p.code, "status_index": p.status_index} for p in places],
        })  # fmt: skip

    status, body = once(db, node, received, lambda body: Asked(checked(_lease, decode(body))), work)
    if status != 201:
        return status, body
    # Added after the answer was kept for repetitions: the key is derived, and not to lie in the database in clear.
    told = msgspec.json.decode(body)
    return status, msgspec.json.encode({**told, "verifier_key": node.issuing.secret.lease_key(told["lease"]).hex()})


def one(db: Db, node: Node, received: Received, code: str) -> Answered:
    """GET /reports/{code}: the institution's own report, unmasked, with history and place in the log."""
    caller = authenticate(db, node, received)
    try:
        row, items, changes, verifier = node.office(db).own_report(db, caller.scope, code)
    except CodesError as why:
        raise problem_of(why) from why
    hidden = {"credential", "facts_digest", "record", "entry", "lease_id", "submission_id", "position", "institution",
              "log_origin", "log_index", "logged_at", "offline", "submitted_kid", "yymm", "status_index"}  # fmt: skip
    body = {k: _plain(v) for k, v in row.items() if k not in hidden}
    whole, small = node.office(db).qr_texts(Issued(0, row["code"], verifier, bytes(row["credential"])))
    body |= {
        "printed": grouped(row["code"]), "verifier": verifier, "qr": whole, "qr_small": small,
        "verify_url": f"{node.settings.public_url}/v/{row['code']}", "facts_digest": bytes(row["facts_digest"]).hex(),
        "credential": base64.urlsafe_b64encode(bytes(row["credential"])).decode().rstrip("="),
        "items": [{k: _plain(v) for k, v in i.items() if k != "code"} for i in items],
        "history": [{"state": c["state"], "at": c["at"].isoformat(), "by": c["by"], "actor": c["actor"], "reason": c["reason"],
                     "successor": c["successor"]} for c in changes],
        "log": {"origin": row["log_origin"], "index": row["log_index"]} if row["log_index"] is not None else "pending",
    }  # fmt: skip
    return 200, msgspec.json.encode(body)


def page(
    db: Db, node: Node, received: Received, equal: Mapping[str, str | None], after: str | None, limit: int
) -> Answered:
    """GET /reports: own reports, newest first; `next` is the cursor of the next page, null on the last. `equal`: what is
    asked of columns, None for whatever."""
    caller = authenticate(db, node, received)
    rows = node.office(db).own_reports(
        db, caller.scope, caller.institution.uscc, before=_cursor(after) if after else None,
        equal={name: value for name, value in equal.items() if value}, limit=limit + 1,
    )  # fmt: skip
    shown = rows[:limit]
    following = f"{shown[-1]['registered_at'].isoformat()}~{shown[-1]['code']}" if len(rows) > limit else None
    return 200, msgspec.json.encode(
        {"reports": [{k: _plain(v) for k, v in r.items()} for r in shown], "next": following}
    )


def problem_of(why: CodesError) -> Problem:
    """The problem that tells a caller of the API what a room refused."""
    status, zh, remedy_zh, remedy_en = {
        "code-malformed": (400, "编码格式不对", "核对 18 位编码", "compare the 18 characters"),
        "code-unknown": (404, "没有这份报告", "只能查看和变更本机构的报告", "only the institution's own reports can be seen and changed"),
        "change-not-allowed": (409, "不允许这样变更状态", "有效报告可更正、替换（须写后继编码）或撤回",
                               "a valid report can be corrected or replaced (name the successor) or withdrawn"),
        "file-not-taken": (409, "不再接收这份报告的文件", "有效报告可登记文件，至多 20 个", "a valid report takes files, 20 at most"),
        "lease-refused": (422, "租码请求不被接受", "见数据规范", "see the specification"),
    }.get(why.why, (422, "请求不被接受", "", ""))  # fmt: skip
    return Problem(status, why.why, zh, str(why), remedy_zh=remedy_zh, remedy_en=remedy_en, value=why.value[:100])


def checked(validator: Draft202012Validator, body: Any) -> dict[str, Any]:
    try:
        errors = list(islice(validator.iter_errors(body), 1))
    except (ValueError, RecursionError):
        raise Problem(422, "body-invalid", "请求体嵌套太深", "the body is nested too deeply", remedy_zh="见 /api/openapi.json",
                      remedy_en="see /api/openapi.json") from None  # fmt: skip
    for error in errors:
        pointer = "".join(f"/{p}" for p in error.instance_path)
        raise Problem(422, "body-invalid", f"请求体不符合要求：{pointer or '/'}", f"{pointer or '/'}: {error.message[:200]}",
                      remedy_zh="见 /api/openapi.json", remedy_en="see /api/openapi.json")  # fmt: skip
    return dict(body)


def _cursor(text: str) -> tuple[datetime, Code]:
    try:
        at, _, code = text.partition("~")
        time = datetime.fromisoformat(at)
        if time.tzinfo is None or "\x00" in code:
            raise ValueError(at)
        return time, Code(code)
    except ValueError:
        raise Problem(400, "cursor-malformed", "after 不是上一页给出的 next", "after is not the next of a page before",
                      remedy_zh="从第一页开始", remedy_en="start from the first page") from None  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
