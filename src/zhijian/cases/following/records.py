"""A case as records of the specification: its inspection, findings, rectification and penalties. Pure.

Inspectors are accounts in a case and names in a record, so that they are left out.
"""

from collections.abc import Sequence
from typing import Any

from zhijian.cases.flow.model import Case, Decision, Event
from zhijian.kit.clock import day
from zhijian.spec import specification

Record = tuple[str, dict[str, Any]]
NATIONAL = "10"
"""Code of the national office."""
_CODE_LENGTH = 18
_KINDS = {"complaint": "举报核查", "signal": "线索核查", "plan": "双随机", "authority": "专项", "other": "其他"}
_OUTCOMES = {"no-violation": "未发现问题", "rectified": "责令改正", "referred": "移送"}
_PENALTIES = {"warning": ("警告",), "fine": ("罚款",), "other-penalty": ("其他",)}


def authority(case: Case) -> str:
    """The office that handles it, as the public knows it."""
    province = case.facts["province"]
    if province == NATIONAL:
        return "国家市场监督管理总局"
    return f"{specification().codelists['province'][province].zh}市场监督管理局"


def records_of(case: Case, events: Sequence[Event]) -> list[Record]:
    """None while it is not known whom the case is about, or nothing was inspected and decided."""
    if not case.facts.get("uscc"):
        return []
    inspected = _inspection(case, events)
    findings = _findings(case) if inspected else []
    decisions = [*case.past_decisions, *([case.decision] if case.decision else [])]
    penalties = [
        _penalty(case, events, one, bool(inspected))
        for one in decisions
        if one.is_penalty and one.fields.get("decision_no")
    ]
    return [*inspected, *findings, *_rectifications(case, events, len(findings)), *penalties]


def _inspection(case: Case, events: Sequence[Event]) -> list[Record]:
    begun, ended = _last(events, "begin"), _last(events, "end")
    if begun is None:
        return []
    record = {
        "inspection_no": case.no, "uscc": case.facts["uscc"], "kind": _KINDS[case.facts["source"]], "authority": authority(case),
        "site_no": None, "began_on": begun.fields["began_on"], "outcome": _outcome(case, events),
    }  # fmt: skip
    if ended is not None and ended.seq > begun.seq:
        record |= {"ended_on": ended.fields["ended_on"], "reports_examined": ended.fields.get("reports_examined")}
    if case.is_public and (published := _last(events, "publish")):
        record["published_on"] = published.fields["published_on"]
    return [("inspection", _filled(record))]


def _outcome(case: Case, events: Sequence[Event]) -> str | None:
    decided = _OUTCOMES.get(case.decision.outcome) if case.decision else None
    if decided:
        return decided
    if _last(events, "file"):
        return "立案"
    return "责令改正" if case.rectification else None


def _findings(case: Case) -> list[Record]:
    kept = ("nature", "description", "law", "article", "conduct_from", "conduct_to")
    due = case.rectification.due_on.isoformat() if case.rectification else None
    return [
        ("finding", _filled({"inspection_no": case.no, "finding_no": n, **{k: one.get(k) for k in kept},
                             "report_codes": _codes(one.get("report_codes")), "rectification_due_on": due}))
        for n, one in enumerate(case.findings, 1)
    ]  # fmt: skip


def _rectifications(case: Case, events: Sequence[Event], findings: int) -> list[Record]:
    """The institution hands in one for all findings: the same is said of each."""
    found: list[Record] = []
    attempt = 0
    for at, event in enumerate(events):
        if event.act != "rectify":
            continue
        attempt += 1
        judged = next((e for e in events[at + 1 :] if e.act in ("accept", "refuse", "rectify")), None)
        state = {"accept": "通过", "refuse": "不通过"}.get(judged.act, "已提交") if judged else "已提交"
        record = {"inspection_no": case.no, "attempt": attempt, "uscc": case.facts["uscc"], "cause": event.fields.get("cause"),
                  "measures": event.fields["measures"], "submitted_on": day(event.at).isoformat(), "state": state}  # fmt: skip
        if judged is not None and judged.act != "rectify":
            record |= {"accepted_on": day(judged.at).isoformat(), "opinion": judged.fields["opinion"]}
        found += [("rectification", _filled({**record, "finding_no": n})) for n in range(1, findings + 1)]
    return found


def _penalty(case: Case, events: Sequence[Event], decision: Decision, is_inspected: bool) -> Record:
    f = decision.fields
    record = {
        "decision_no": f["decision_no"], "uscc": case.facts["uscc"], "authority": authority(case),
        "kinds": f.get("kinds") or list(_PENALTIES[decision.outcome]), "facts": f["facts"],
        "law": " ".join(filter(None, (f.get("law"), f.get("version"), f.get("article")))), "fine": float(f["fine"]) if f.get("fine") else None,
        "conduct_from": case.facts.get("conduct_from"), "conduct_to": case.facts.get("conduct_to"),
        "report_codes": _codes(f.get("report_codes")), "inspection_no": case.no if is_inspected else None,
        "decided_on": decision.decided_on.isoformat(), "state": "有效",
    }  # fmt: skip
    if decision.withdrawn_on is not None:
        withdrawn = next(e for e in events if e.act == "withdraw" and day(e.at) <= decision.withdrawn_on)
        record |= {"state": withdrawn.fields["withdrawn_as"], "changed_on": decision.withdrawn_on.isoformat()}
    elif case.is_public and (published := _last(events, "publish")):
        record["published_on"] = published.fields["published_on"]
    return "penalty", _filled(record)


def _last(events: Sequence[Event], act: str) -> Event | None:
    return next((e for e in reversed(events) if e.act == act), None)


def _codes(given: Sequence[str] | None) -> list[str]:
    """As people type them: 3326-08K7-0049-M302-AR. What has not the length of one is told with the reports' states."""
    plain = [one.replace("-", "").replace(" ", "").upper() for one in given or ()]
    return [one for one in plain if len(one) == _CODE_LENGTH]


def _filled(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in (None, "", [])}
