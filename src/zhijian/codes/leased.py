"""A report that comes with a code leased for offline work, perhaps with a credential the institution signed itself."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from zhijian.codes import credential, facts, store
from zhijian.codes.code import parse
from zhijian.codes.lease import Lease, Place
from zhijian.codes.leasing import OFFLINE_DAYS, place_of
from zhijian.codes.model import CodeMalformed, CredentialRefused
from zhijian.codes.node import IssuingNode
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import Finding, InstitutionFacts

CLOCKS_DIFFER = timedelta(minutes=5)
_WORDS = {
    "no-code": ("有凭证就要有编码", "a credential needs its code"),
    "not-leased": ("不是租给本机构离线使用的编码", "no code leased to this institution for offline use"),
    "lease-expired": ("租约已过补登记期限", "the lease is past its time for late registration"),
    "code-used": ("编码已登记", "the code is registered already"),
    "malformed": ("编码格式不对", "the code is not well-formed"),
}


@dataclass(frozen=True, slots=True)
class Leased:
    place: Place
    credential: bytes | None


def leased_code(
    db: Db, scope: Scope, node: IssuingNode, trust: TrustList, institution: InstitutionFacts, at: datetime,
    report: Mapping[str, Any],
) -> Leased | Finding | None:  # fmt: skip
    """The leased place that `report` names; None when it names none; a finding when it cannot be used."""
    text, sealed = report.get("code"), report.get("credential")
    if text is None:
        return refusal("/code", None, "no-code") if sealed is not None else None
    try:
        code = parse(text)
    except CodeMalformed:
        return refusal("/code", text, "malformed")
    known = place_of(db, scope, node, code)
    if known is None or known[0].uscc != institution.uscc or not known[0].offline:
        return refusal("/code", text, "not-leased")
    lease, place = known
    if at > lease.expires_at + timedelta(days=OFFLINE_DAYS):
        return refusal("/code", text, "lease-expired")
    if store.codes_registered(db, scope, [code]):
        return refusal("/code", text, "code-used")
    if sealed is None:
        return Leased(place, None)
    try:
        return Leased(place, _own_credential(node, trust, institution, at, report, lease, place, sealed))
    except CredentialRefused as why:
        return _finding("/credential", None, "凭证不被接受", str(why))


def refusal(pointer: str, value: str | None, why: str) -> Finding:
    """`why` is a key of the words above."""
    return _finding(pointer, value, *_WORDS[why])


def _finding(pointer: str, value: str | None, zh: str, en: str) -> Finding:
    return Finding(
        "leased-code-refused", pointer, value, zh, en, "核对编码与租约；在线签发不要填 code 和 credential",
        "compare code and lease; for online issue send neither code nor credential",
    )  # fmt: skip


def _own_credential(
    node: IssuingNode, trust: TrustList, institution: InstitutionFacts, at: datetime, report: Mapping[str, Any],
    lease: Lease, place: Place, sealed: str,
) -> bytes:  # fmt: skip
    """A credential that the institution signed itself must say exactly what the node would have said.

    Raises: CredentialRefused.
    """
    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except ValueError as why:
        raise CredentialRefused(sealed, "not base64url") from why
    said = credential.verify(
        raw, lambda kid: trust.key_for(kid, institution.province, institution.code_index, at)
    ).claims
    digest = facts.digest(institution.uscc, report)[:16]
    certificate = report.get("certificate_number") if report["cma_marked"] else None
    expected = (place.code, bytes.fromhex(report["file_digest"]), digest, certificate, place.yymm, place.status_index)
    stated = (said.code, said.file_digest, said.facts_digest, said.cma_number, said.status_list, said.status_index)
    if stated != expected:
        raise CredentialRefused(
            raw.hex(), "its claims differ from the report: code, digests, certificate or status place"
        )
    if not lease.leased_at - CLOCKS_DIFFER <= said.issued_at <= min(at + CLOCKS_DIFFER, lease.expires_at):
        raise CredentialRefused(raw.hex(), f"issued at {said.issued_at.isoformat()}, outside the lease")
    if said.log not in {node.log_number_at(t) for t in (lease.leased_at, said.issued_at, at)}:
        raise CredentialRefused(raw.hex(), f"log {said.log} is not this node's")
    return raw
