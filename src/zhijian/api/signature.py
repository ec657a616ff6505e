"""Request signatures: RFC 9421 in one fixed form, Content-Digest by RFC 9530.

    Signature-Input: sig=("@method" "@path" …);created=1764000000;keyid="a1b2c3d4";alg="sm2-sm3"
    Signature: sig=:BASE64:

Covered, in any order: `@method`, `@authority` and `@path` always (the authority being the host by which this node is
called, so that what was signed for one node is good at no other); `@query` when there is a query; `content-digest` and
`idempotency-key` when there is a body; `report-root` when reports are submitted. `created` within five minutes. The
signature over `report-root` (the Merkle root of the reports as sent) is the institution's signature over each report.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhijian.codes import Office
from zhijian.kit.problem import Problem
from zhijian.kit.signing import Suite

WINDOW_S = 300
ALGORITHM = {Suite.SM2: "sm2-sm3", Suite.ES256: "ecdsa-p256-sha256"}
_INPUT = re.compile(
    r'sig=\((?P<items>"[a-z@-]{1,40}"(?: "[a-z@-]{1,40}"){0,9})\)(?P<params>(?:;[a-z]{1,20}=(?:\d{1,12}|"[ -!#-\[\]-~]{1,100}"))+)'
)
_PARAM = re.compile(r';([a-z]+)=(?:(\d+)|"([^"]*)")')
_SIGNATURE = re.compile(r"sig=:([A-Za-z0-9+/]{1,200}={0,2}):")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request's signature, taken apart but not verified."""

    kid: str
    algorithm: str
    base: bytes
    signature: bytes


def read(
    method: str, authority: str, path: str, query: str, headers: Mapping[str, str], body: bytes, at: datetime,
    *, root: bool,
) -> SignedRequest:  # fmt: skip
    """Take the signature apart and hold the digest against the body. `root`: reports are submitted. `authority` is this
    node's own, whatever the request's Host says.

    Raises: Problem 401 or 400.
    """
    given = _INPUT.fullmatch(headers.get("signature-input", ""))
    signed = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if given is None or signed is None:
        raise _refused(
            "signature-missing",
            "请求没有签名，或签名的写法不对",
            "the request is not signed, or not in the form asked for",
        )
    items = re.findall(r'"([^"]+)"', given["items"])
    params = {name: number or text for name, number, text in _PARAM.findall(given["params"])}
    _check_covered(items, method, query, root=root)
    _check_time(params, at)
    if method == "POST":
        _check_digest(headers.get("content-digest", ""), body)
    base = _base(items, {"@method": method, "@authority": authority, "@path": path, "@query": f"?{query}"}, headers)
    base += f'"@signature-params": ({given["items"]}){given["params"]}'
    try:
        signature = base64.b64decode(signed[1], validate=True)
    except binascii.Error:
        raise _refused("signature-missing", "签名不是 Base64", "the signature is not Base64") from None
    return SignedRequest(params.get("keyid", ""), params.get("alg", ""), base.encode(), signature)


def _check_covered(items: list[str], method: str, query: str, *, root: bool) -> None:
    needed = (
        {"@method", "@authority", "@path"} | ({"@query"} if query else set()) | ({"report-root"} if root else set())
    )
    needed |= {"content-digest", "idempotency-key"} if method == "POST" else set()
    if missing := ", ".join(sorted(needed - set(items))):
        raise _refused("signature-incomplete", f"签名没有覆盖 {missing}", f"the signature does not cover {missing}")
    if len(set(items)) != len(items):
        raise _refused("signature-incomplete", "签名项重复", "a component is covered twice")


def _base(items: list[str], derived: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """A line for each covered component (RFC 9421, 2.5)."""
    lines = ""
    for item in items:
        value = derived.get(item) if item.startswith("@") else headers.get(item)
        if value is None:
            raise _refused("signature-incomplete", f"请求没有 {item}", f"the request has no {item}")
        lines += f'"{item}": {value}\n'
    return lines


def check_root(headers: Mapping[str, str], leaves: list[bytes]) -> bytes:
    """The root, when the header `Report-Root` states it (lower-case hex).

    Raises: Problem 400.
    """
    root = Office.batch_root(leaves)
    if headers.get("report-root", "") != root.hex():
        raise Problem(400, "report-root-wrong", "Report-Root 与报告不符", "Report-Root is not the Merkle root of the reports as sent",
                      remedy_zh="对每份报告的原始字节计算，见 docs/howto/lims.md",
                      remedy_en="compute it over each report's bytes exactly as sent, see docs/howto/lims.md",
                      expected=root.hex())  # fmt: skip
    return root


def _check_time(params: Mapping[str, str], at: datetime) -> None:
    created, expires = params.get("created", ""), params.get("expires")
    if not created.isdigit() or abs(int(created) - at.timestamp()) > WINDOW_S:
        raise _refused("signature-time", "签名时间 created 与服务器相差超过 5 分钟", "created is more than 5 minutes from the server's time",
                       "校准时钟后重新签名", "set the clock and sign again", server_time=at.isoformat())  # fmt: skip
    if expires is not None and (not expires.isdigit() or int(expires) < at.timestamp()):
        raise _refused(
            "signature-time", "签名已过其自定的有效期", "the signature is past its own expiry", "重新签名", "sign again"
        )


def _check_digest(stated: str, body: bytes) -> None:
    right = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    if stated != right:
        raise Problem(400, "content-digest-wrong", "Content-Digest 与请求体不符", "Content-Digest is not that of the body",
                      remedy_zh="按 RFC 9530 计算 sha-256", remedy_en="compute sha-256 by RFC 9530", expected=right)  # fmt: skip


def _refused(why: str, zh: str, en: str, remedy_zh: str = "按 docs/howto/lims.md 签名",
             remedy_en: str = "sign as docs/howto/lims.md shows", **more: Any) -> Problem:  # fmt: skip
    return Problem(401, why, zh, en, remedy_zh=remedy_zh, remedy_en=remedy_en,
                   headers={"WWW-Authenticate": 'Signature realm="zhijian"'}, **more)  # fmt: skip
