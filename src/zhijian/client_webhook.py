"""A laboratory's side of webhooks, in one file that imports nothing of the platform: copy it beside `client.py`.

It needs the standard library alone. A receiver keeps the ids of events that it has dealt with: a delivery whose answer was
lost is sent again. How to build one in twenty lines: docs/howto/webhooks.md.

    body = verify_webhook(SECRET, request.headers, request.body)
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE_S = 300
TIMESTAMP_MAX = 12
"""Digits: seconds for the next 30000 years. Python turns no text of thousands of digits into a number."""


class NotGenuine(Exception):
    """Not sent by the platform, or changed, or too old: answer 401 and do nothing. `why` is a stable key: header |
    time | signature | body."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


def verify_webhook(
    secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None
) -> dict[str, Any]:  # fmt: skip
    """What was delivered, once it is known to be genuine (Standard Webhooks 1.0). `secret` is `whsec_…`, `body` the bytes
    as they came, `now` in seconds since 1970.

    Raises: NotGenuine; ValueError for a secret that is none.
    """
    key = _key(secret)
    given = {name.lower(): value for name, value in headers.items()}
    try:
        id_, sent_at, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as why:
        raise NotGenuine("header", f"缺少请求头 a header is missing: {why}") from None
    if (
        not (len(sent_at) <= TIMESTAMP_MAX and sent_at.isascii() and sent_at.isdigit())
        or abs((time.time() if now is None else now) - int(sent_at)) > TOLERANCE_S
    ):
        raise NotGenuine(
            "time",
            f"时间相差超过 5 分钟，核对本机时钟 more than 5 minutes off, check this machine's clock: {sent_at[:20]}",
        )
    mac = hmac.new(key, f"{id_}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    expected = f"v1,{base64.b64encode(mac).decode()}".encode()
    # There are two while a secret is being changed.
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures.split(" ")):
        raise NotGenuine(
            "signature",
            "签名不对，核对密钥，并用收到的原始字节验证 wrong signature: compare the secret, and verify the bytes as they came",
        )
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        raise NotGenuine("body", "内容不是 JSON 对象 the body is no JSON object") from None


def answer_to(delivered: Mapping[str, Any]) -> bytes:
    """The body of a 200: repeats the challenge of a ping, which is how the platform learns that this address wants
    its events."""
    return json.dumps({"challenge": delivered["data"].get("challenge")}).encode()


def _key(secret: str) -> bytes:
    try:
        if not secret.startswith("whsec_"):
            raise ValueError
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError("密钥应以 whsec_ 开头，后接 Base64 a secret is whsec_ and Base64") from None
