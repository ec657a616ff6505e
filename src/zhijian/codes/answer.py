"""Verify: everything that can be known about a code, with its evidence, or the reason why there is no answer.

Levels: 0 format → 1 signature → 2 fresh status → 3 log proof → 4 file digest equal. A level counts only when all
below it hold. A credential or a leaf that does not verify is not a lower level but an alarm: it raises.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from zhijian.codes import credential, evidence, filing_store, record, store
from zhijian.codes.code import parse
from zhijian.codes.evidence import Means
from zhijian.codes.lease import Lease
from zhijian.codes.leasing import place_of, verifier_for
from zhijian.codes.log import LogError
from zhijian.codes.model import (
    Answer,
    Change,
    Code,
    CodeUnknown,
    CredentialRefused,
    EvidenceBroken,
    FileFacts,
    FullFacts,
    Issuer,
    ItemFacts,
    Standing,
    State,
    StatusEvidence,
    VerifierWrong,
)
from zhijian.codes.qr import split_tail
from zhijian.codes.status import VALUE, list_id
from zhijian.kit import mask
from zhijian.kit.base31 import read_as
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import InstitutionFacts

LATE_AFTER = timedelta(minutes=10)
LATE_AFTER_OFFLINE = timedelta(days=7)
_STANDING = {"有效": Standing.IN_FORCE, "过期": Standing.EXPIRED, "未生效": Standing.NOT_YET, "暂停": Standing.SUSPENDED,
             "撤销": Standing.REVOKED, "注销": Standing.CANCELLED}  # fmt: skip


def answer(db: Db, scope: Scope, desk: Means, text: str, tail: str | None, at: datetime) -> Answer:
    """`text` as a person typed it; `tail` the verifier, or verifier and credential as the QR has them, or None.

    Raises: CodeMalformed, CodeUnknown, VerifierWrong, CredentialRefused, EvidenceBroken.
    """
    code = parse(text)
    row = store.report(db, scope, code)
    if row is None:
        return _reserved(db, scope, desk, code, at)
    verifier = opened(desk, row, tail) if tail else None
    institution = _institution(desk, db, row["uscc"])
    items = store.items(db, scope, code)
    changes = store.changes(db, scope, code) if row["is_changed"] else ()
    signature = evidence.signature(desk, row, items)
    evidence.state(desk, row, changes)
    proven = evidence.proven(desk, row)
    level = 3 if proven else 2
    return Answer(
        code=code, state=State(row["state"]), asked_at=at, issuer=_issuer(institution, row, at),
        issued_on=row["issued_on"], late=_late(desk, row), level=level,
        signature=signature, status=StatusEvidence(list_id(row["province"], row["yymm"]), row["status_index"] if verifier else None,
                                                   VALUE[State(row["state"])], at),
        log=proven.evidence if proven else None, history=_history(institution, row, changes),
        successor=Code(row["successor"]) if row["successor"] else None,
        full=_full(institution, row, items, _files(db, scope, desk, code)) if verifier else None, verifier=verifier, file_matches=None,
        successor_state=store.state_of(db, row["successor"]) if row["successor"] else None,
    )  # fmt: skip


def proof(db: Db, scope: Scope, desk: Means, text: str, verifier: str | None) -> bytes:
    """tlog-proof of the registration. With the verifier it carries leaf and record as extra data, so that it can be
    checked against the QR offline; without it, the leaf alone, which tells nothing of the report.

    Raises: CodeMalformed, CodeUnknown (also while no checkpoint covers the leaf), VerifierWrong.
    """
    code = parse(text)
    row = store.report(db, scope, code)
    if row is None:
        raise CodeUnknown(code)
    extra = bytes(row["entry"])
    if verifier is not None:
        opened(desk, row, verifier)
        extra = record.staple(extra, bytes(row["record"]))
    proven = evidence.proven(desk, row, extra)
    if proven is None:
        raise CodeUnknown(code)
    return proven.text


def opened(desk: Means, row: store.Row, tail: str) -> str:
    """The verifier, when it (and the credential, if the tail has one) belongs to this report.

    Raises: VerifierWrong, CredentialRefused.
    """
    given, raw = split_tail(tail.strip().upper())
    right = verifier_for(desk.node, row["lease_id"], row["code"], bytes(row["facts_digest"]))
    if read_as(given) != right:
        raise VerifierWrong(given)
    if raw is not None and raw != bytes(row["credential"]):
        # Verified for its reason only: a genuine credential of another report, or a forged one.
        said = credential.verify(raw, lambda kid: desk.trust.key(kid).public).claims
        raise CredentialRefused(raw.hex(), f"credential is of {said.code}, not the one registered for this code")
    return right


def _late(desk: Means, row: store.Row) -> bool:
    """Whether the time of issue is believed, or shown as 补登记.

    The time in the credential must lie within ten minutes (a leased code: seven days) of the first checkpoint that
    covers the leaf; the date of issue on the report, which people write, within seven days of it. Until there is one,
    the time of registration takes its place: it stands in the record. What the database says of the log's time is not
    asked.

    Raises: EvidenceBroken when the log's history cannot be read.
    """
    seen_at = None
    if row["log_index"] is not None:
        try:
            seen_at = desk.logbook.covered_since(row["log_origin"], row["log_index"])
        except (LogError, OSError) as why:
            raise EvidenceBroken(row["code"], f"{row['code']}: {type(why).__name__} {why}") from why
    seen_at = seen_at or row["registered_at"]
    window = LATE_AFTER_OFFLINE if row["offline"] else LATE_AFTER
    return bool(seen_at - row["issued_at"] > window or day(seen_at) - row["issued_on"] > LATE_AFTER_OFFLINE)


def reserved_in(db: Db, scope: Scope, desk: Means, code: Code) -> Lease:
    """The lease for offline work that holds this code.

    Raises: CodeUnknown for one that nobody leased. An online lease's unused codes are unknown too: they were never
    given to anyone.
    """
    found = place_of(db, scope, desk.node, code)
    if found is None or not found[0].offline:
        raise CodeUnknown(code)
    return found[0]


def _reserved(db: Db, scope: Scope, desk: Means, code: Code, at: datetime) -> Answer:
    lease = reserved_in(db, scope, desk, code)
    institution = _institution(desk, db, lease.uscc)
    return Answer(
        code=code, state=State.RESERVED, asked_at=at, issuer=_issuer(institution, None, at), issued_on=None, late=False,
        level=0, signature=None, status=StatusEvidence(list_id(lease.province, lease.yymm), None, 0, at),
        log=None, history=(Change(lease.leased_at, State.RESERVED, "institution", institution.name, None, None, False),),
        successor=None, full=None, verifier=None, file_matches=None,
    )  # fmt: skip


def _institution(desk: Means, db: Db, uscc: str) -> InstitutionFacts:
    found = desk.institution(db, uscc)
    if found is None:
        raise CodeUnknown(uscc)
    return found


def _issuer(institution: InstitutionFacts, row: store.Row | None, at: datetime) -> Issuer:
    number = row["certificate_number"] if row and row["cma_marked"] else None
    certificate = institution.certificates.get(number or "")
    on_issue = today = Standing.NONE
    if certificate and row:
        on_issue, today = _STANDING[certificate.state_on(row["issued_on"])], _STANDING[certificate.state_on(day(at))]
    return Issuer(institution.code_index, institution.name, institution.uscc, institution.province,
                  institution.public_phone, number, on_issue, today, certificate.term.to_on if certificate else None)  # fmt: skip


def _history(institution: InstitutionFacts, row: store.Row, changes: Sequence[store.Row]) -> tuple[Change, ...]:
    first = Change(
        row["registered_at"], State.VALID, "institution", institution.name, None, None, row["log_index"] is not None
    )
    later = [
        Change(c["at"], State(c["state"]), c["by"], c["actor"], c["reason"],
               Code(c["successor"]) if c["successor"] else None, c["log_index"] is not None)
        for c in changes
    ]  # fmt: skip
    return tuple(reversed([first, *later]))


def _files(db: Db, scope: Scope, desk: Means, code: Code) -> tuple[FileFacts, ...]:
    return tuple(evidence.filed(desk, file) for file in filing_store.files(db, scope, code))


def _full(
    institution: InstitutionFacts, row: store.Row, items: Sequence[store.Row], files: tuple[FileFacts, ...]
) -> FullFacts:
    person = institution.people.get(row["signatory"])
    same: dict[str, Any] = {
        name: row[name]
        for name in ("own_number", "title", "form", "kind", "sample_name", "sample_no", "sample_count", "sample_batch",
                     "producer", "sampled_on", "received_on", "tested_from", "tested_to", "verdict", "conclusion",
                     "file_pages", "file_digest_algorithm", "file_digest")
    }  # fmt: skip
    return FullFacts(
        **same, client=mask.organisation(row["client_name"]), signatory=mask.name(person.name) if person else mask.STAR,
        facts_digest=bytes(row["facts_digest"]).hex(), items=tuple(item_facts(i) for i in items),
        files=files,
    )  # fmt: skip


def item_facts(row: store.Row) -> ItemFacts:
    return ItemFacts(
        row["seq"], row["parameter"], row["standard"], row["result"], row["unit"], row["limit"], row["verdict"]
    )
