"""Cases are opened, and acts are done to them: each under the version that was seen, in the caller's transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from zhijian.cases.filed import close as close_complaint
from zhijian.cases.filed import pass_on
from zhijian.cases.flow import store
from zhijian.cases.flow.acts import ACTS, known
from zhijian.cases.flow.allowing import allowed, refuse_without_right
from zhijian.cases.flow.checking import checked
from zhijian.cases.flow.fold import applied, first
from zhijian.cases.flow.model import ENDS, Actor, Case, CaseNo, CaseUnknown, Done, Event, Fields, Refused, Stale, State
from zhijian.cases.flow.number import number
from zhijian.cases.flow.reading import read
from zhijian.cases.flow.rows import rows_of
from zhijian.cases.model import ReceiptUnknown, read_receipt
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

MOST_EVIDENCE_BYTES = 32 << 20


def open_case(db: Db, scope: Scope, actor: Actor, fields: Mapping[str, Any], at: datetime) -> Done:
    """A lead becomes a case. `fields` are those of `receive`; of a complaint, `source_ref` is its receipt number.

    Raises: Refused.
    """
    act = ACTS["receive"]
    refuse_without_right(act, actor)
    kept = checked(act, fields, day(at))
    refused = scope.public or scope.institutions is not None
    if refused or (scope.provinces is not None and kept["province"] not in scope.provinces):
        raise Refused(
            "out-of-scope", f"省份 {kept['province']} 不在您的范围内", f"province {kept['province']} is not yours"
        )
    year = day(at).year
    no = number(kept["province"], year, store.next_number(db, scope, kept["province"], year))
    if kept["source"] == "complaint":
        kept = _taken_over(db, scope, no, kept, at)
    event = Event.after(no, "", 1, "receive", actor.account, at, kept)
    case = first(no, event)
    if not store.insert_case(db, scope, rows_of(case)):  # another's case, which cannot be seen from here
        raise Refused("complaint-has-case", "这条举报已是别处的案件", "this complaint is a case elsewhere already")
    _insert(db, scope, no, event)
    return Done(no, 1, case.state)


def _taken_over(db: Db, scope: Scope, no: CaseNo, fields: Fields, at: datetime) -> Fields:
    """The complaint knows where it went; one complaint is one case."""
    wrong = ("没有这个回执编号，或不在您的范围内", "no such receipt number, or not yours to see")
    try:
        receipt = read_receipt(fields.get("source_ref", ""))
        pass_on(db, scope, receipt, no, at)  # holds its row: two who open it at once come one after the other
    except ReceiptUnknown:
        raise Refused("fields-wrong", wrong[0], wrong[1], {"source_ref": wrong}) from None
    if other := store.of_complaint(db, scope, receipt):
        raise Refused("complaint-has-case", f"这条举报已是案件 {other}", f"this complaint is case {other} already")
    return {**fields, "source_ref": receipt}


def act(
    db: Db, scope: Scope, actor: Actor, no: CaseNo, seen: int, name: str, fields: Mapping[str, Any], at: datetime,
    content: bytes | None = None,
) -> Done:  # fmt: skip
    """Do an act to a case as it was at version `seen`. `content`: the bytes of `add-evidence`, whose digest is made here.

    Raises: CaseUnknown; Stale when somebody acted since; Refused with the reason. Then nothing has changed.
    """
    into = _into(name, fields)
    rows = store.locked(db, scope, [no, *([into] if into else [])])
    if no not in rows:
        raise CaseUnknown(no)
    case, events = read(db, scope, no)
    if seen != case.version:
        since = [] if scope.institutions is not None else events[seen:] if seen >= 0 else []
        raise Stale(seen, since, case.version)
    given = _with_digest(fields, content) if name == "add-evidence" else fields
    if scope.institutions is not None and given.get("by_other"):
        wrong = ("当事人只为自己提出", "a party objects for itself")
        raise Refused("fields-wrong", wrong[0], wrong[1], {"by_other": wrong})
    kept = _allowed(scope, case, actor, name, given, day(at))
    if into is not None:
        _join(db, scope, actor, CaseNo(into), case, kept, at, into in rows)
    after = _happened(db, scope, case, name, actor, kept, at)
    if name == "add-evidence" and content is not None:
        values = {key: kept.get(key) for key in ("name", "sha256", "media_type", "size_bytes", "place")}
        values |= {"no": no, "evidence_no": len(after.evidence), "content": content,
                   "obtained_at": datetime.fromisoformat(kept["obtained_at"])}  # fmt: skip
        store.insert_evidence(db, scope, values)
    return Done(no, after.version, after.state)


def _into(name: str, fields: Mapping[str, Any]) -> str | None:
    """The other case of a merge, if what was given is a number at all."""
    if name != "merge":
        return None
    return checked(ACTS["merge"], fields, date.max).get("into")


def _allowed(scope: Scope, case: Case, actor: Actor, name: str, fields: Mapping[str, Any], on: date) -> Fields:
    try:
        return allowed(case, actor, name, fields, on)
    except Refused as why:
        if why.why == "not-now" and scope.institutions is not None:  # its words tell how far the case has come inside
            act_ = known(name).said
            raise Refused("not-now", f"案件现在不能{act_.zh}", f"{act_.en} is not possible now") from None
        raise


def _with_digest(fields: Mapping[str, Any], content: bytes | None) -> Fields:
    if content is None or not 0 < len(content) <= MOST_EVIDENCE_BYTES:
        size = f"{MOST_EVIDENCE_BYTES >> 20} MB"
        raise Refused("evidence-size", f"证据要附上文件，1 字节到 {size}", f"evidence needs its file, 1 byte to {size}")
    return {**fields, "sha256": sha256(content).hexdigest(), "size_bytes": len(content)}


def _join(
    db: Db, scope: Scope, actor: Actor, into: CaseNo, case: Case, kept: Fields, at: datetime, found: bool
) -> None:
    """The other case learns of the one that is merged into it."""
    wrong = ("没有这个未结的案件，或不在您的范围内", "no such open case, or not yours to see")
    if not found:
        raise Refused("fields-wrong", wrong[0], wrong[1], {"into": wrong})
    other, _ = read(db, scope, into)
    if other.state in ENDS:
        raise Refused("fields-wrong", wrong[0], wrong[1], {"into": wrong})
    _happened(db, scope, other, "join", actor, {"case_no": case.no, "reason": kept["reason"]}, at)


def _happened(db: Db, scope: Scope, case: Case, name: str, actor: Actor, kept: Fields, at: datetime) -> Case:
    event = Event.after(case.no, case.head, case.version + 1, name, actor.account, at, kept)
    after = applied(case, event)
    _insert(db, scope, case.no, event)
    store.keep(db, scope, rows_of(after))
    has_ended = after.state != case.state and after.state in (State.CLOSED, State.NOT_TAKEN)
    if has_ended and after.facts["source"] == "complaint":
        # Not the caller's scope: a complaint is of the province of the report, its case may be handled by another.
        close_complaint(db, Scope.everything(), read_receipt(after.facts["source_ref"]), at)
    return after


def _insert(db: Db, scope: Scope, no: CaseNo, event: Event) -> None:
    store.insert_event(db, scope, {"no": no, "seq": event.seq, "act": event.act, "by": event.by, "at": event.at,
                                   "fields": dict(event.fields), "previous": event.previous, "digest": event.digest})  # fmt: skip
