"""Register reports: checked, numbered, signed, and put down for the log, in the caller's transaction.

What one report breaks stops that report only; the rest of the batch goes through.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from zhijian.codes import credential, facts, record, store
from zhijian.codes.code import grouped, parse
from zhijian.codes.intake import shape_findings
from zhijian.codes.lease import Place
from zhijian.codes.leasing import OFFLINE_DAYS, place_of, take, verifier_for
from zhijian.codes.model import Code, CodeMalformed, CredentialRefused, Declined, Issued, Signed, State
from zhijian.codes.node import IssuingNode, day, log_number, log_origin
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import Finding, InstitutionFacts, findings
from zhijian.spec import specification


@dataclass(frozen=True, slots=True)
class _Ready:
    position: int
    report: Mapping[str, Any]
    place: Place | None
    credential: bytes | None


def register(
    db: Db, scope: Scope, node: IssuingNode, trust: TrustList, institution: InstitutionFacts, signed: Signed,
    reports: Sequence[Any],
) -> list[Issued | Declined]:  # fmt: skip
    """One outcome a report, in order. `reports` are parsed JSON values of any shape."""
    store.lock_institution(db, scope, institution.uscc)
    outcomes: dict[int, Issued | Declined] = {}
    ready: list[_Ready] = []
    for position, report in enumerate(reports):
        found = shape_findings(report) or findings(report, institution, day(signed.at))
        if found:
            outcomes[position] = Declined(position, tuple(found))
        else:
            ready.append(_Ready(position, report, None, None))
    ready = _own_numbers_free(db, scope, institution, ready, outcomes)
    ready = [r for r in (_leased(db, scope, node, trust, institution, signed, r, outcomes) for r in ready) if r]
    fresh = iter(take(db, scope, node, institution, sum(r.place is None for r in ready), signed.at))
    issued = [_issue(node, institution, signed, r, r.place or next(fresh)) for r in ready]
    if issued:
        store.insert_reports(db, scope, (i.row for i in issued), (row for i in issued for row in i.items),
                             (i.leaf for i in issued))  # fmt: skip
    outcomes.update({i.outcome.position: i.outcome for i in issued})
    return [outcomes[position] for position in range(len(reports))]


def _own_numbers_free(
    db: Db, scope: Scope, institution: InstitutionFacts, ready: list[_Ready], outcomes: dict[int, Issued | Declined]
) -> list[_Ready]:  # fmt: skip
    taken = store.own_numbers_taken(db, scope, institution.uscc, [r.report["own_number"] for r in ready])
    free, seen = [], set()
    for r in ready:
        number = r.report["own_number"]
        if number in taken or number in seen:
            where = grouped(taken[number]) if number in taken else "本批次 this batch"
            outcomes[r.position] = Declined(r.position, (_duplicate(number, where),), taken.get(number))
        else:
            seen.add(number)
            free.append(r)
    return free


def _leased(
    db: Db, scope: Scope, node: IssuingNode, trust: TrustList, institution: InstitutionFacts, signed: Signed, r: _Ready,
    outcomes: dict[int, Issued | Declined],
) -> _Ready | None:  # fmt: skip
    """`r` with the place of the leased code it names; None when that code cannot be used."""
    text, sealed = r.report.get("code"), r.report.get("credential")
    if text is None:
        if sealed is None:
            return r
        outcomes[r.position] = Declined(
            r.position, (_lease_finding("/code", None, "有凭证就要有编码", "a credential needs its code"),)
        )
        return None
    try:
        code = parse(text)
        known = place_of(db, scope, node, code)
        if known is None or known[0].uscc != institution.uscc or not known[0].offline:
            raise CodeMalformed(text, "not-leased")
        if signed.at > known[0].expires_at + timedelta(days=OFFLINE_DAYS):
            raise CodeMalformed(text, "lease-expired")
        if store.codes_registered(db, scope, [code]):
            raise CodeMalformed(text, "code-used")
        raw = _own_credential(trust, institution, signed, r.report, known[1], sealed) if sealed else None
    except CodeMalformed as why:
        outcomes[r.position] = Declined(
            r.position, (_lease_finding("/code", text, *_LEASE_WORDS.get(why.reason, _LEASE_WORDS[""])),)
        )
        return None
    except CredentialRefused as why:
        outcomes[r.position] = Declined(r.position, (_lease_finding("/credential", None, "凭证不被接受", str(why)),))
        return None
    if any(isinstance(o, Issued) and o.code == code for o in outcomes.values()):
        return None
    return _Ready(r.position, r.report, known[1], raw)


def _own_credential(
    trust: TrustList, institution: InstitutionFacts, signed: Signed, report: Mapping[str, Any], place: Place, sealed: str
) -> bytes:  # fmt: skip
    """A credential that the institution signed itself must say exactly what the node would have said.

    Raises: CredentialRefused.
    """
    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except ValueError as why:
        raise CredentialRefused(sealed, "not base64url") from why
    verified = credential.verify(
        raw, lambda kid: trust.key_for(kid, institution.province, institution.code_index, signed.at)
    )
    said = verified.claims
    facts_digest = facts.digest(institution.uscc, report)
    expected = (place.code, bytes.fromhex(report["file_digest"]), facts_digest[:16],
                report.get("certificate_number") if report["cma_marked"] else None, place.yymm, place.status_index)  # fmt: skip
    if (
        said.code,
        said.file_digest,
        said.facts_digest,
        said.cma_number,
        said.status_list,
        said.status_index,
    ) != expected:
        raise CredentialRefused(
            raw.hex(), "its claims differ from the report: code, digests, certificate or status place"
        )
    if not signed.at - timedelta(days=2 * OFFLINE_DAYS) <= said.issued_at <= signed.at + timedelta(minutes=5):
        raise CredentialRefused(raw.hex(), f"issued at {said.issued_at.isoformat()}, outside the lease's window")
    return raw


@dataclass(frozen=True, slots=True)
class _Rows:
    outcome: Issued
    row: tuple[Any, ...]
    items: list[tuple[Any, ...]]
    leaf: tuple[Code, int, bytes, bytes]


def _issue(node: IssuingNode, institution: InstitutionFacts, signed: Signed, r: _Ready, place: Place) -> _Rows:
    report, facts_digest = r.report, facts.digest(institution.uscc, r.report)
    raw, countersignature, issued_at = r.credential, None, signed.at
    if raw is None:
        raw = credential.sign(_claims(node, report, place, facts_digest, signed.at), node.key, node.kid)
    else:
        issued_at = credential.read(raw).issued_at
        countersignature = node.key.sign(b"zhijian-countersign-v1\n" + raw)
    kept = record.registration(
        place.code, raw, facts_digest, signed.at, signed.kid, signed.root, r.position, countersignature
    )
    leaf = record.entry(kept, node.secret.tag_key(institution.code_index))
    platform = {
        "uscc": institution.uscc, "code": place.code, "institution": institution.code_index,
        "province": institution.province, "lease_id": place.lease_id, "yymm": place.yymm,
        "status_index": place.status_index, "state": State.VALID.value, "successor": None, "facts_digest": facts_digest,
        "credential": raw, "submission_id": signed.submission_id, "position": r.position, "issued_at": issued_at,
        "registered_at": signed.at,
    }  # fmt: skip
    row = _REPORT_ROW({**_NO_REPORT, **report, **platform})
    items = [_ITEM_ROW({**_NO_ITEM, **item, "code": place.code}) for item in report["items"]]
    outcome = Issued(r.position, place.code, verifier_for(node, place.lease_id, place.code, facts_digest), raw)
    return _Rows(outcome, row, items, (place.code, record.REGISTERED, kept, leaf))


_NO_REPORT: Mapping[str, Any] = dict.fromkeys(store.REPORT_COLUMNS)
_NO_ITEM: Mapping[str, Any] = {e.id: [] if e.many else None for e in specification().entities["report_item"].elements}
_REPORT_ROW, _ITEM_ROW = itemgetter(*store.REPORT_COLUMNS), itemgetter(*store.ITEM_COLUMNS)
"""Rows in the order of their table's columns."""


def _claims(
    node: IssuingNode, report: Mapping[str, Any], place: Place, facts_digest: bytes, at: datetime
) -> credential.Claims:
    return credential.Claims(
        place.code, at.replace(microsecond=0), bytes.fromhex(report["file_digest"]), facts_digest[:16],
        report.get("certificate_number") if report["cma_marked"] else None, place.yymm, place.status_index,
        log_number(log_origin(node.log_host, at)),
    )  # fmt: skip


def _duplicate(number: str, where: str) -> Finding:
    return Finding("own-number-duplicate", "/own_number", number,
                   f"机构报告编号 {number} 已登记：{where}", f"this own number is registered already: {where}",
                   "重复提交请忽略；更正报告请用新编号，并把原报告状态改为 corrected",
                   "ignore it if this is a repetition; give a corrected report a new number, and set the old one to corrected")  # fmt: skip


_LEASE_WORDS = {
    "not-leased": ("不是租给本机构离线使用的编码", "no code leased to this institution for offline use"),
    "lease-expired": ("租约已过补登记期限", "the lease is past its time for late registration"),
    "code-used": ("编码已登记", "the code is registered already"),
    "": ("编码格式不对", "the code is not well-formed"),
}


def _lease_finding(pointer: str, value: str | None, zh: str, en: str) -> Finding:
    return Finding("leased-code-refused", pointer, value, zh, en,
                   "核对编码与租约；在线签发不要填 code 和 credential",
                   "compare code and lease; for online issue send neither code nor credential")  # fmt: skip
