"""An institution's keys: which it has, and how it asks for the next one before the old one runs out."""

from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator

from zhijian.api.caller import Received, authenticate
from zhijian.api.own import checked, problem_of
from zhijian.api.submit import Answered, Asked, Begun, decode, once
from zhijian.codes.model import CodesError
from zhijian.kit.db import Db
from zhijian.kit.problem import Problem
from zhijian.kit.signing import PublicKey, Suite
from zhijian.wiring import Node

KEY_SCHEMA: dict[str, Any] = {
    "type": "object", "additionalProperties": False, "required": ["name", "suite", "point", "proof"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 60, "pattern": r"^[^\u0000-\u001f\u007f]*$", "title": "密钥名称"},
        "suite": {"enum": [suite.value for suite in Suite], "title": "算法"},
        "point": {"type": "string", "pattern": "^04[0-9a-f]{128}$", "title": "公钥", "description": "Uncompressed point, hex"},
        "proof": {"type": "string", "pattern": "^[0-9a-f]{128}$", "title": "持有证明",
                  "description": "The new key's signature r ‖ s, hex, over four lines: zhijian-key-request-v1, USCC, suite, point"},
    },
}  # fmt: skip
_key = Draft202012Validator(KEY_SCHEMA)


def ask(db: Db, node: Node, received: Received) -> Answered:
    """POST /keys: ask for a further key, signed with one that is good. The operator decides."""

    def work(begun: Begun, wanted: dict[str, Any]) -> Answered:
        caller = begun.caller
        key = PublicKey(Suite(wanted["suite"]), bytes.fromhex(wanted["point"]))
        try:
            kid = node.office(db).ask_key(db, caller.scope, caller.institution.uscc, wanted["name"], key,
                                          bytes.fromhex(wanted["proof"]), caller.kid, received.at)  # fmt: skip
        except CodesError as why:
            raise _problem(why) from why
        return 202, msgspec.json.encode({"kid": kid, "state": "waiting"})

    return once(db, node, received, lambda body: Asked(checked(_key, decode(body))), work)


def own(db: Db, node: Node, received: Received) -> Answered:
    """GET /keys: the institution's keys and requests, with the day's use of each."""
    caller = authenticate(db, node, received)
    keys, requests = node.office(db).keys(db, caller.institution.uscc)
    return 200, msgspec.json.encode({
        "keys": [{"kid": k["kid"], "name": k["name"], "suite": k["suite"], "not_before": k["not_before"].isoformat(),
                  "not_after": k["not_after"].isoformat(), "reports_per_day": k["reports_per_day"],
                  "used_today": node.office(db).use_key(db, k["kid"], 0, received.at),
                  "revoked_at": k["revoked_at"].isoformat() if k["revoked_at"] else None} for k in keys],
        "requests": [{"kid": r["kid"], "name": r["name"], "suite": r["suite"], "asked_at": r["asked_at"].isoformat(),
                      "state": _STATE[r["granted"]], "reason": r["reason"]} for r in requests],
    })  # fmt: skip


_STATE = {None: "waiting", True: "granted", False: "refused"}


def _problem(why: CodesError) -> Problem:
    if why.why == "key-not-shown":
        return Problem(422, why.why, "新密钥没有为自己的申请签名", "the new key did not sign the request for itself",
                       remedy_zh="用新私钥对 zhijian-key-request-v1、USCC、算法、公钥四行签名", value=why.value,
                       remedy_en="sign four lines with the new key: zhijian-key-request-v1, USCC, suite, point")  # fmt: skip
    if why.why == "key-taken":
        return Problem(409, why.why, "这个密钥已登记或已申请", "this key is registered or was asked for already",
                       remedy_zh="生成新的密钥，或用 GET /api/v1/keys 查看申请", value=why.value,
                       remedy_en="make a new key, or look at GET /api/v1/keys")  # fmt: skip
    return problem_of(why)
