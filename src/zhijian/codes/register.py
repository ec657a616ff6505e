"""Register reports: checked, numbered, signed, and put down for the log, in the caller's transaction.

What one report breaks stops that report only; the rest of the batch goes through.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from zhijian.codes import credential, facts, record, store
from zhijian.codes.code import grouped
from zhijian.codes.intake import refusals
from zhijian.codes.lease import Place
from zhijian.codes.leased import leased_code, refusal
from zhijian.codes.leasing import take, verifier_for
from zhijian.codes.model import Code, Declined, Issued, Signed, State, own_number_key
from zhijian.codes.node import IssuingNode, day, log_number, log_origin
from zhijian.codes.trust import TrustList
from zhijian.kit.db import Db, text_array
from zhijian.kit.scope import Scope
from zhijian.registry import Finding, InstitutionFacts
from zhijian.spec import specification


@dataclass(frozen=True, slots=True)
class _Ready:
    position: int
    report: Mapping[str, Any]
    own_number_key: str
    place: Place | None = None
    credential: bytes | None = None


def register(
    db: Db, scope: Scope, node: IssuingNode, trust: TrustList, institution: InstitutionFacts, signed: Signed,
    reports: Sequence[Any],
) -> list[Issued | Declined]:  # fmt: skip
    """One outcome a report, in order. `reports` are parsed JSON values of any shape. The caller holds the
    institution's lock."""
    outcomes: dict[int, Issued | Declined] = {}
    ready: list[_Ready] = []
    for position, report in enumerate(reports):
        found = refusals(report, institution, day(signed.at))
        if found:
            outcomes[position] = Declined(position, tuple(found))
        else:
            ready.append(_Ready(position, report, own_number_key(report["own_number"])))
    ready = _with_leased_codes(db, scope, node, trust, institution, signed, ready, outcomes)
    ready = _own_numbers_free(db, scope, institution, ready, outcomes)
    fresh = iter(take(db, scope, node, institution, sum(r.place is None for r in ready), signed.at))
    issued = [_issue(node, institution, signed, r, r.place or next(fresh)) for r in ready]
    if issued:
        store.insert_reports(db, scope, (i.row for i in issued), (row for i in issued for row in i.items),
                             (i.leaf for i in issued))  # fmt: skip
    outcomes.update({i.outcome.position: i.outcome for i in issued})
    return [outcomes[position] for position in range(len(reports))]


def _with_leased_codes(
    db: Db, scope: Scope, node: IssuingNode, trust: TrustList, institution: InstitutionFacts, signed: Signed,
    ready: list[_Ready], outcomes: dict[int, Issued | Declined],
) -> list[_Ready]:  # fmt: skip
    """`ready` with the places of the leased codes they name; those whose code cannot be used are declined."""
    placed: list[_Ready] = []
    claimed: set[Code] = set()
    for r in ready:
        found = leased_code(db, scope, node, trust, institution, signed.at, r.report)
        if isinstance(found, Finding):
            outcomes[r.position] = Declined(r.position, (found,))
        elif found is None:
            placed.append(r)
        elif found.place.code in claimed:
            outcomes[r.position] = Declined(r.position, (refusal("/code", r.report["code"], "code-used"),))
        else:
            claimed.add(found.place.code)
            placed.append(replace(r, place=found.place, credential=found.credential))
    return placed


def _own_numbers_free(
    db: Db, scope: Scope, institution: InstitutionFacts, ready: list[_Ready], outcomes: dict[int, Issued | Declined]
) -> list[_Ready]:  # fmt: skip
    taken = store.own_numbers_taken(db, scope, institution.uscc, [r.own_number_key for r in ready])
    free, seen = [], set()
    for r in ready:
        number, key = r.report["own_number"], r.own_number_key
        if key in taken or key in seen:
            where = grouped(taken[key]) if key in taken else "本批次 this batch"
            outcomes[r.position] = Declined(r.position, (_duplicate(number, where),), taken.get(key))
        else:
            seen.add(key)
            free.append(r)
    return free


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
        "uscc": institution.uscc, "own_number_key": r.own_number_key, "code": place.code, "institution": institution.code_index,
        "province": institution.province, "lease_id": place.lease_id, "yymm": place.yymm,
        "status_index": place.status_index, "state": State.VALID.value, "successor": None, "facts_digest": facts_digest,
        "credential": raw, "submission_id": signed.submission_id, "position": r.position, "issued_at": issued_at,
        "registered_at": signed.at,
    }  # fmt: skip
    row = _REPORT_ROW({**_NO_REPORT, **report, **platform})
    items = [_item_row(place.code, item) for item in report["items"]]
    outcome = Issued(r.position, place.code, verifier_for(node, place.lease_id, place.code, facts_digest), raw)
    return _Rows(outcome, row, items, (place.code, record.REGISTERED, kept, leaf))


def _item_row(code: Code, item: Mapping[str, Any]) -> tuple[Any, ...]:
    lists = {name: text_array(tuple(item.get(name) or ())) for name in _ITEM_LISTS}
    row: tuple[Any, ...] = _ITEM_ROW({**_NO_ITEM, **item, **lists, "code": code})
    return row


_NO_REPORT: Mapping[str, Any] = dict.fromkeys(store.REPORT_COLUMNS)
_NO_ITEM: Mapping[str, Any] = dict.fromkeys(store.ITEM_COLUMNS)
_ITEM_LISTS = tuple(e.id for e in specification().entities["report_item"].elements if e.many)
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
