"""Acts for walks through the flow: what a careful officer would hand in, whatever the case has come to."""

from datetime import date, timedelta
from typing import Any

from zhijian.cases.flow.acts import RIGHTS
from zhijian.cases.flow.asked import Asked
from zhijian.cases.flow.deciding import bases
from zhijian.cases.flow.model import Actor, Case, State

LI, SUN, ZHOU = (Actor(name, RIGHTS) for name in ("li", "sun", "zhou"))
LAB = Actor("lab", frozenset({"cases.answer"}))
USCC = "91330100MA2EXAMPL0"
LEAD: dict[str, Any] = {
    "source": "signal", "source_ref": "C2-0317", "province": "33", "uscc": USCC, "institution_name": "示例检测（浙江）有限公司",
    "field": "01", "matter": "授权签字人在授权范围外签发 12 份报告", "nature": "报告管理", "conduct_from": "2025-11-03",
    "conduct_to": "2026-01-20",
}  # fmt: skip
TEXT = "写明了"


def filled(act: str, case: Case, on: date, *, choose: int = 0) -> dict[str, Any]:
    """Fields that make the act as right as the case allows; `choose` picks among what is open."""
    said = {"reason": TEXT, "summary": TEXT, "opinion": TEXT}
    soon = (on + timedelta(days=1 + choose % 30)).isoformat()
    one: dict[str, dict[str, Any]] = {
        "take-up": said, "not-take": said, "merge": {"into": "浙检查〔2026〕9999", **said},
        "assign": {"division": "检验检测监管处", "officers": ["li", "sun"]},
        "hand-over": {"division": "稽查处", "officers": ["li", "zhou"] if choose % 2 else ["li", "sun"], **said},
        "begin": {"way": "remote" if choose % 2 else "on-site", "began_on": on.isoformat(), "inspectors": list(case.officers)},
        "find": {"nature": "报告管理", "description": TEXT}, "end": {"ended_on": on.isoformat(), **said},
        "order": {"demands": TEXT, "due_on": soon}, "rectify": {"measures": TEXT}, "accept": said,
        "refuse": {"opinion": TEXT, "due_on": soon}, "end-rectification": said,
        "file": {"nature": case.facts.get("nature", "报告管理"), **said},
        "notify": {"facts": TEXT, "proposed": TEXT, "told_on": on.isoformat(), "law": "《办法》", "article": "第二十六条"},
        "state": {"words": TEXT, "asks_hearing": choose % 2 == 1}, "hold-hearing": {"held_on": on.isoformat(), "record": TEXT},
        "return": said, "decide": decision(case, on, choose) if act == "decide" else {}, "confirm": said, "send-back": said,
        "serve": {"served_on": on.isoformat(), "how": "直接送达"}, "settle": {"settled": "paid"},
        "publish": {"published_on": on.isoformat(), "where": "公示网"}, "keep-unpublished": said, "note-credit": {"credit": TEXT},
        "close": said, "withdraw": {"withdrawn_as": "撤销", **said}, "retract": {"explanation": TEXT, "where": "公示网"},
        "reopen": said, "object": {"objection_kind": "correction" if choose % 2 else "objection", "about": TEXT, "words": TEXT},
        "answer-objection": {"objection_no": (case.open_objections[0].no if case.open_objections else 1), "result": "upheld", **said},
        "correct": {"fact": "matter", "value": f"更正后 {choose}", **said},
        "add-evidence": {"name": "笔录", "proves": TEXT, "sha256": f"{choose:064x}", "media_type": "application/pdf",
                         "size_bytes": 10, "obtained_at": f"{on}T10:00:00+08:00"},
    }  # fmt: skip
    wanted = one.get(act, {})
    return {name: value for name, value in wanted.items() if name in _asked(act)}


def _asked(act: str) -> set[str]:
    from zhijian.cases.flow.acts import ACTS

    return {*ACTS[act].needs, *ACTS[act].may} if act in ACTS else set()


def decision(case: Case, on: date, choose: int) -> dict[str, Any]:
    """A decision that the state allows: fines with and without a finding of 虚假 among them."""
    plain = {"facts": TEXT, "reason": TEXT}
    if case.state == State.INSPECTED:
        return {"outcome": "no-violation", **plain}
    if case.state == State.RECTIFYING:
        return {"outcome": "rectified", **plain}
    if case.state != State.NOTIFIED:
        return (
            {"outcome": "referred", "referred_to": "公安机关", **plain}
            if choose % 2
            else {"outcome": "no-penalty", **plain}
        )
    found = {"found": "虚假"} if choose % 2 else {}
    first = bases(Asked(case, LI, found, on))[0]
    return {"outcome": "fine", "fine": "10000.00", "law": first.law, "version": first.version, "article": first.article,
            "decision_no": "浙市监罚〔2026〕1号", "answer_to_defence": TEXT, **found, **plain}  # fmt: skip
