"""What must hold besides state, right and form: one small rule an act. Each raises Refused with what to do instead."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from zhijian.cases.days import DEADLINES
from zhijian.cases.flow.asked import Asked, field_wrong
from zhijian.cases.flow.deciding import decide
from zhijian.cases.flow.model import Refused

Guard = Callable[[Asked], None]
_FIXED = frozenset({"uscc", "field", "subject", "nature", "conduct_from", "conduct_to"})
"""Facts that a decision rests on."""


def _two_officers(asked: Asked) -> None:
    if len(asked.fields["officers"]) < 2:
        raise field_wrong("officers", "不少于两人（《行政处罚法》第四十二条）", "two or more, by law")


def _begin(asked: Asked) -> None:
    inspectors, officers = asked.fields["inspectors"], asked.case.officers
    if len(inspectors) < 2 or not set(inspectors) <= set(officers):
        told = "、".join(officers)
        raise field_wrong(
            "inspectors", f"不少于两人，且都是承办人：{told}", f"two or more, all of them officers of the case: {told}"
        )


def _something_found(asked: Asked) -> None:
    if not asked.case.findings:
        raise Refused(
            "nothing-found", "还没有记录问题：先记录问题（find）", "no finding is recorded: record one first (find)"
        )


def _order(asked: Asked) -> None:
    _something_found(asked)
    if asked.case.rectifies:
        raise Refused("rectification-open", "已责令整改，还没有了结：验收或终止后再责令",
                      "a rectification is open: accept, refuse or end it first")  # fmt: skip
    _within_thirty_days(asked)


def _within_thirty_days(asked: Asked) -> None:
    longest = asked.on + timedelta(days=DEADLINES["rectification"].days)
    if date.fromisoformat(asked.fields["due_on"]) > longest:
        raise field_wrong(
            "due_on", f"最长 {DEADLINES['rectification'].days} 天，到 {longest}", f"{longest} at the latest"
        )


def _rectification_in(*states: str) -> Guard:
    def guard(asked: Asked) -> None:
        track = asked.case.rectification
        if track is None or track.state not in states:
            now = track.state if track else "没有责令整改 none was ordered"
            raise Refused("rectification-not-so", f"整改应为：{'、'.join(states)}；现在：{now}",
                          f"the rectification should be {', '.join(states)}; now: {now}")  # fmt: skip

    return guard


def _refuse(asked: Asked) -> None:
    _rectification_in("已提交")(asked)
    _within_thirty_days(asked)


def _file(asked: Asked) -> None:
    _something_found(asked)
    if not asked.case.facts.get("uscc"):
        raise Refused("party-unknown", "当事人的统一社会信用代码还没有：先更正（correct，fact=uscc）",
                      "the party's credit code is not known: correct it first (correct, fact=uscc)")  # fmt: skip


def _hearing(asked: Asked) -> None:
    if "asks-hearing" not in asked.case.heard or "hearing" in asked.case.heard:
        raise Refused("no-hearing-due", "当事人没有要求听证，或已经听证", "no hearing is asked for, or it was held")


def _confirm(asked: Asked) -> None:
    pending = asked.case.pending
    if pending is not None and pending.by == asked.actor.account:
        raise Refused("same-account", f"{pending.by} 自己提出的不能自己复核：请另一人复核",
                      f"{pending.by} proposed it and cannot confirm it: another account must")  # fmt: skip


def _serve(asked: Asked) -> None:
    decision = asked.case.decision
    if decision is None or not decision.is_penalty or asked.case.served_on:
        raise Refused("nothing-to-serve", "没有待送达的处罚决定", "no penalty decision waits to be served")


def _settle(asked: Asked) -> None:
    if not asked.case.fine_due or not asked.case.served_on:
        raise Refused("no-fine-due", "没有已送达未了结的罚款", "no fine was served and is open")
    if asked.fields["settled"] != "paid" and not asked.fields.get("reason"):
        raise field_wrong("reason", "没有缴的，写明理由", "say why, where it was not paid")


def _publish(asked: Asked) -> None:
    decision = asked.case.decision
    if decision is not None and decision.is_penalty and not asked.case.served_on:
        raise Refused(
            "not-served",
            "处罚决定还没有送达：先送达（serve）",
            "the decision is not served yet: serve it first (serve)",
        )


def _close(asked: Asked) -> None:
    case = asked.case
    if case.rectifies:
        raise Refused("rectification-open", "整改还没有了结：验收（accept）或终止（end-rectification）",
                      "the rectification is open: accept it, or end it (end-rectification)")  # fmt: skip
    if case.open_objections:
        numbers = "、".join(str(one.no) for one in case.open_objections)
        raise Refused("objection-open", f"异议 {numbers} 还没有答复（answer-objection）",
                      f"objection {numbers} is not answered yet (answer-objection)")  # fmt: skip
    if case.fine_due:
        raise Refused("fine-open", "罚款还没有了结（settle）", "the fine is not settled yet (settle)")
    _retracted(asked)


def _retracted(asked: Asked) -> None:
    if asked.case.is_public and asked.case.decision is None and asked.case.past_decisions:
        raise Refused("still-published", "撤销的决定还公示着：先撤回公示（retract）",
                      "the withdrawn decision is still published: take it back first (retract)")  # fmt: skip


def _withdraw(asked: Asked) -> None:
    if asked.case.decision is None:
        raise Refused("no-decision", "没有可撤销的决定", "there is no decision to withdraw")
    if asked.fields["withdrawn_as"] == "有效":
        raise field_wrong("withdrawn_as", "有效不是撤销", "valid is not withdrawn")


def _retract(asked: Asked) -> None:
    if not asked.case.is_public or asked.case.decision is not None:
        raise Refused("not-published", "没有待撤回的公示", "nothing published waits to be taken back")


def _answer(asked: Asked) -> None:
    if asked.fields["objection_no"] not in [one.no for one in asked.case.open_objections]:
        numbers = "、".join(str(one.no) for one in asked.case.open_objections) or "—"
        raise field_wrong("objection_no", f"应为未答复的异议：{numbers}", f"one that is open: {numbers}")
    if asked.case.objections[asked.fields["objection_no"] - 1].by == asked.actor.account:
        raise Refused("same-account", "自己提出的异议不能自己答复", "an objection is answered by another account")


def _correct(asked: Asked) -> None:
    case, fact, value = asked.case, asked.fields["fact"], asked.fields["value"]
    if fact in _FIXED and (case.decision is not None or case.pending is not None):
        raise Refused("decision-stands", "决定以这一项为据：先撤销决定（withdraw）再更正",
                      "the decision rests on it: withdraw the decision first (withdraw)")  # fmt: skip
    facts = {**case.facts, fact: value}
    if facts.get("conduct_from", "") > facts.get("conduct_to", "9"):
        raise field_wrong("value", "行为结束日期早于开始日期", "the last day of the conduct would lie before the first")


def _merge(asked: Asked) -> None:
    if asked.fields["into"] == asked.case.no:
        raise field_wrong("into", "不能并入自己", "a case cannot be merged into itself")


GUARDS: Mapping[str, Guard] = {
    "assign": _two_officers, "hand-over": _two_officers, "begin": _begin, "order": _order, "refuse": _refuse, "file": _file,
    "rectify": _rectification_in("待整改", "不通过"), "accept": _rectification_in("已提交"),
    "end-rectification": _rectification_in("待整改", "已提交", "不通过"), "hold-hearing": _hearing, "decide": decide,
    "confirm": _confirm, "serve": _serve, "settle": _settle, "publish": _publish, "keep-unpublished": _publish, "close": _close,
    "withdraw": _withdraw, "retract": _retract, "reopen": _retracted, "answer-objection": _answer, "correct": _correct,
    "merge": _merge,
}  # fmt: skip
