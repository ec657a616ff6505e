"""Who calls: the institution behind a signed request, and what it may see."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from zhijian.api.signature import ALGORITHM, SignedRequest, read
from zhijian.kit.db import Db
from zhijian.kit.media_type import essence
from zhijian.kit.problem import Problem
from zhijian.kit.scope import Scope
from zhijian.kit.signing import BadSignature, PublicKey, Suite
from zhijian.registry import InstitutionFacts
from zhijian.wiring import Node


@dataclass(frozen=True, slots=True)
class Received:
    """One HTTP request, read whole."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    at: datetime

    @property
    def media_type(self) -> str:
        return essence(self.headers.get("content-type", ""))


@dataclass(frozen=True, slots=True)
class Caller:
    institution: InstitutionFacts
    scope: Scope
    kid: str
    request: SignedRequest
    reports_per_day: int


def authenticate(db: Db, node: Node, received: Received, *, root: bool = False) -> Caller:
    """The institution whose key signed the request.

    Raises: Problem 401 for an unknown, expired or revoked key and for a signature that does not verify; all alike
    from outside, so that nobody learns which keys exist.
    """
    authority = urlsplit(node.settings.office_url).netloc.lower()
    signed = read(received.method, authority, received.path, received.query, received.headers, received.body, received.at,
                  root=root)  # fmt: skip
    key = node.office(db).key(db, signed.kid)
    wrong = Problem(401, "signature-wrong", "签名不被接受", "the signature was not accepted",
                    remedy_zh=f"核对 keyid、密钥、算法和签名基（@authority 为 {authority}）；密钥可能已停用",
                    headers={"WWW-Authenticate": 'Signature realm="zhijian"'},
                    remedy_en=f"compare keyid, key, algorithm and signature base (@authority is {authority}); the key may be out of use")  # fmt: skip
    if key is None or signed.algorithm != ALGORITHM[Suite(key["suite"])]:
        raise wrong
    if not key["not_before"] <= received.at <= key["not_after"] or key["revoked_at"] is not None:
        raise wrong
    try:
        PublicKey(Suite(key["suite"]), bytes(key["point"])).verify(signed.base, signed.signature)
    except BadSignature:
        raise wrong from None
    institution = node.institution(db, key["uscc"])
    if institution is None:
        raise wrong
    return Caller(institution, Scope.of_institution(key["uscc"]), signed.kid, signed, key["reports_per_day"])
