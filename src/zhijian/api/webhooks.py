"""Webhooks of an institution: made, looked at, tried, resumed, rotated, deleted. What is sent, the worker sends."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import structlog
from jsonschema_rs import Draft202012Validator

from zhijian.api.caller import Caller, Received, authenticate
from zhijian.api.events import not_a_cursor
from zhijian.api.own import checked
from zhijian.api.submit import Answered, Asked, Begun, decode, once
from zhijian.codes.events import EventType, PositionMalformed
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.webhooks import ERRORS
from zhijian.webhooks.model import BOTH_SECRETS, URL_MAX, Webhook, WebhooksError
from zhijian.wiring import Node

TYPES = [one.value for one in EventType]
WEBHOOK_SCHEMA: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["url"],
    "properties": {
        "url": {"type": "string", "minLength": 1, "maxLength": URL_MAX, "title": "接收地址", "description": "https, public, no redirect"},
        "types": {"type": "array", "minItems": 1, "maxItems": len(TYPES), "items": {"enum": TYPES}, "title": "事件类型",
                  "description": "All of them when left out"},
        "after": {"type": ["string", "null"], "maxLength": 100, "title": "起点",
                  "description": "A cursor of GET /api/v1/events to begin behind; from now on when left out"},
    },
}  # fmt: skip
NOTHING_SCHEMA: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": {}}
_webhook, _nothing = Draft202012Validator(WEBHOOK_SCHEMA), Draft202012Validator(NOTHING_SCHEMA)
_PAUSED = {
    "gone": ("接收方答复 410", "the receiver answered 410"),
    "failing": ("连续 3 天没有投递成功", "no delivery succeeded for 3 days"),
    "key-revoked": (
        "创建它的密钥已作废；核对接收地址是本机构的，再用另一个密钥恢复",
        "the key that made it was revoked; make sure that the address is your own, then resume it with another key",
    ),
    "unproven": ("3 天内没有回答 challenge", "the challenge was not answered for 3 days"),
}
log = structlog.get_logger()
Change = Callable[[Caller], Webhook]
T = TypeVar("T")


def create(db: Db, node: Node, received: Received) -> Answered:
    """POST /webhooks. The answer alone has the secret."""

    def work(begun: Begun, wanted: dict[str, Any]) -> Answered:
        caller = begun.caller
        made = _or_problem(lambda: node.webhooks.ledger.create(
            db, caller.scope, caller.institution.uscc, caller.kid, wanted["url"], wanted.get("types") or TYPES, wanted.get("after"),
            received.at,
        ))  # fmt: skip
        _audit("webhook_created", caller, made)
        return 201, msgspec.json.encode(_document(made, received.at))

    return _with_secret(node, *once(db, node, received, lambda body: Asked(checked(_webhook, decode(body))), work), 201)


def own(db: Db, node: Node, received: Received) -> Answered:
    """GET /webhooks."""
    caller = authenticate(db, node, received)
    found = node.webhooks.ledger.own(db, caller.scope, caller.institution.uscc)
    return 200, msgspec.json.encode({"webhooks": [_document(one, received.at) for one in found]})


def one(db: Db, node: Node, received: Received, webhook_id: str) -> Answered:
    """GET /webhooks/{id}."""
    caller = authenticate(db, node, received)
    found = _or_problem(lambda: node.webhooks.ledger.one(db, caller.scope, webhook_id))
    return 200, msgspec.json.encode(_document(found, received.at))


def attempts(db: Db, node: Node, received: Received, webhook_id: str) -> Answered:
    """GET /webhooks/{id}/attempts: the last hundred, newest first."""
    caller = authenticate(db, node, received)
    found = _or_problem(lambda: node.webhooks.ledger.attempts(db, caller.scope, webhook_id))
    return 200, msgspec.json.encode({"attempts": [
        {"at": a["at"].isoformat(), "kind": a["kind"], "message_id": a["message_id"], "events": a["events"], "status": a["status"],
         "error": _words(ERRORS, a["error"]), "took_ms": a["took_ms"]} for a in found
    ]})  # fmt: skip


def delete(db: Db, node: Node, received: Received, webhook_id: str) -> Answered:
    """DELETE /webhooks/{id}."""
    caller = authenticate(db, node, received)
    found = _or_problem(lambda: node.webhooks.ledger.one(db, caller.scope, webhook_id))
    node.webhooks.ledger.delete(db, caller.scope, webhook_id)
    _audit("webhook_deleted", caller, found)
    return 200, msgspec.json.encode({"id": webhook_id, "deleted": True})


def test(db: Db, node: Node, received: Received, webhook_id: str) -> Answered:
    """POST /webhooks/{id}/test: a ping, sent by the worker in a moment; its outcome is among the attempts."""
    return _changed(db, node, received, "webhook_tested", 202,
                    lambda caller: node.webhooks.ledger.test(db, caller.scope, webhook_id, received.at))  # fmt: skip


def resume(db: Db, node: Node, received: Received, webhook_id: str) -> Answered:
    """POST /webhooks/{id}/resume."""
    return _changed(db, node, received, "webhook_resumed", 202,
                    lambda caller: node.webhooks.ledger.resume(db, caller.scope, webhook_id, caller.kid, received.at))  # fmt: skip


def rotate(db: Db, node: Node, received: Received, webhook_id: str) -> Answered:
    """POST /webhooks/{id}/rotate. The answer alone has the new secret."""
    answered = _changed(db, node, received, "webhook_rotated", 200,
                        lambda caller: node.webhooks.ledger.rotate(db, caller.scope, webhook_id, received.at))  # fmt: skip
    return _with_secret(node, *answered, 200)


def _changed(db: Db, node: Node, received: Received, what: str, status: int, change: Change) -> Answered:
    """A change that takes no more than its address: the body is `{}`."""

    def work(begun: Begun, _: dict[str, Any]) -> Answered:
        changed = _or_problem(lambda: change(begun.caller))
        _audit(what, begun.caller, changed)
        return status, msgspec.json.encode(_document(changed, received.at))

    return once(db, node, received, lambda body: Asked(checked(_nothing, decode(body))), work)


def _with_secret(node: Node, status: int, body: bytes, wanted: int) -> Answered:
    """Added after the answer was kept for repetitions: the secret is derived, and not to lie in the database."""
    if status != wanted:
        return status, body
    told = msgspec.json.decode(body)
    return status, msgspec.json.encode({**told, "secret": node.webhooks.secrets.shown(told["id"], told["generation"])})


def _document(webhook: Webhook, at: datetime) -> dict[str, Any]:
    both = webhook.rotated_at + BOTH_SECRETS if webhook.rotated_at else None
    return {
        "id": webhook.id, "url": webhook.url, "types": list(webhook.types), "state": webhook.shown_state,
        "created_at": webhook.created_at.isoformat(), "generation": webhook.generation,
        "former_secret_until": both.isoformat() if both and both > at else None, "delivered_to": webhook.position,
        "failures": webhook.attempts, "next_attempt_at": webhook.next_attempt_at.isoformat() if webhook.next_attempt_at else None,
        "last_attempt": {"at": webhook.last_at.isoformat(), "status": webhook.last_status, "error": _words(ERRORS, webhook.last_error)}
        if webhook.last_at else None,
        "paused": _words(_PAUSED, webhook.paused_reason),
    }  # fmt: skip


def _words(known: dict[str, tuple[str, str]], key: str | None) -> dict[str, str] | None:
    if key is None:
        return None
    zh, en = known.get(key, (key, key))
    return {"why": key, "zh": zh, "en": en}


def _audit(what: str, caller: Caller, webhook: Webhook) -> None:
    log.info(what, uscc=caller.institution.uscc, kid=caller.kid, webhook=webhook.id, state=webhook.shown_state)


def _or_problem(work: Callable[[], T]) -> T:
    try:
        return work()
    except PositionMalformed as why:
        raise not_a_cursor(why) from None
    except WebhooksError as why:
        status, zh, remedy_zh, remedy_en, headers = _PROBLEMS[why.why]
        raise Problem(
            status, why.why, zh, str(why), remedy_zh=remedy_zh, remedy_en=remedy_en, value=why.value, headers=headers
        ) from None


_PROBLEMS: dict[str, tuple[int, str, str, str, dict[str, str]]] = {
    "webhook-url": (422, "接收地址不能用", "用公网上的 https 地址，端口 443 或 1024 以上，不含用户名和密码；没有公网地址的用 GET /api/v1/events",
                    "a public https address, port 443 or from 1024, without user and password; without one use GET /api/v1/events", {}),
    "webhook-unknown": (404, "没有这个推送", "用 GET /api/v1/webhooks 查看本机构的推送", "GET /api/v1/webhooks lists the institution's own", {}),
    "webhooks-too-many": (409, "推送已达上限", "删除不用的；一天内创建过多的，明天再建", "delete one that is not used; after too many in a day, wait", {}),
    "webhook-too-soon": (429, "刚刚发过探测", "30 秒后再试；结果见 attempts", "again in 30 seconds; attempts show what came of it", {"Retry-After": "30"}),
    "webhook-not-paused": (409, "推送没有暂停", "无需恢复；要发探测用 test", "nothing to resume; for a ping use test", {}),
    "webhook-paused": (409, "推送已暂停", "先用 resume 恢复", "resume it first", {}),
    "webhook-just-rotated": (409, "上次更换密钥不到 24 小时", "旧密钥仍有效，过后再换；密钥已泄露的，删除推送另建",
                             "the former secret still holds, wait; when a secret leaked, delete the webhook and make another", {}),
}  # fmt: skip
