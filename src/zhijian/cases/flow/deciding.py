"""When a decision may be made: of a kind that the state allows, the party heard, on a basis chosen by the day of the conduct."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from zhijian.cases.days import NotKnownYet, due
from zhijian.cases.flow.asked import Asked, field_wrong
from zhijian.cases.flow.model import PENALTIES, Fields, Refused, State
from zhijian.cases.law import CONFIRM, Proposal, propose

OUTCOMES: Mapping[State, frozenset[str]] = {
    State.INSPECTED: frozenset({"no-violation"}),
    State.RECTIFYING: frozenset({"rectified"}),
    State.FILED: frozenset({"no-violation", "no-penalty", "referred"}),
    State.NOTIFIED: frozenset({"no-violation", "no-penalty", "referred"}) | PENALTIES,
}
"""A penalty, and a finding of 不实 or 虚假, only after the party was notified (《行政处罚法》 articles 44, 62)."""


def decide(asked: Asked) -> None:
    """Guard of `decide`."""
    case, fields = asked.case, asked.fields
    outcome, found = fields["outcome"], fields.get("found")
    if outcome not in OUTCOMES[case.state]:
        told = ", ".join(sorted(OUTCOMES[case.state]))
        raise field_wrong(
            "outcome",
            f"这一步可以是：{told}；处罚须先告知（notify）",
            f"possible now: {told}; a penalty needs the notice first",
        )
    if outcome == "no-violation" and case.state == State.INSPECTED and case.findings:
        raise Refused(
            "something-found",
            "记录了问题：责令整改（order）或立案（file）",
            "there are findings: order rectification or file the case",
        )
    if outcome == "rectified" and (case.rectification is None or case.rectification.state != "通过"):
        raise Refused("not-accepted", "整改还没有验收通过（accept）", "the rectification is not accepted yet (accept)")
    if outcome == "referred" and not fields.get("referred_to"):
        raise field_wrong("referred_to", "写明移送哪个机关", "say to which authority")
    if found and (case.state != State.NOTIFIED or outcome not in PENALTIES | {"referred"}):
        raise field_wrong(
            "found",
            "认定不实或虚假，须先告知，且决定为处罚或移送",
            "needs the notice first, and a penalty or a referral",
        )
    if ("fine" in fields) != (outcome == "fine"):
        raise field_wrong("fine", "罚款决定要有金额，其他决定没有", "a fine needs its amount, and only a fine has one")
    if outcome in PENALTIES or found:
        _heard(asked)
        _based(asked)


def _heard(asked: Asked) -> None:
    case = asked.case
    if "asks-hearing" in case.heard and "hearing" not in case.heard:
        raise Refused(
            "hearing-open",
            "当事人要求听证：先听证（hold-hearing）",
            "a hearing was asked for: hold it first (hold-hearing)",
        )
    if "statement" in case.heard:
        if not asked.fields.get("answer_to_defence"):
            raise field_wrong(
                "answer_to_defence", "写明采纳或不采纳申辩的理由", "say why the statement is followed or not"
            )
        return
    try:
        last = due("hearing", case.told_on or asked.on)
    except NotKnownYet as why:
        raise Refused(why.why, why.zh, why.en) from None
    if asked.on <= last:
        raise Refused("time-to-be-heard", f"当事人还可以申辩到 {last}：收到申辩或过了这天再决定",
                      f"the party may still make a statement until {last}: decide after it, or after that day")  # fmt: skip


def _based(asked: Asked) -> None:
    fields = asked.fields
    missing = [name for name in ("law", "version", "article", "decision_no") if not fields.get(name)]
    if missing:
        raise field_wrong(
            missing[0],
            "处罚或认定要写明法律、版本、条款和文号",
            "law, version, article and number of the decision are needed",
        )
    chosen = next((one for one in bases(asked) if (one.law, one.version) == (fields["law"], fields["version"])), None)
    if chosen is None and not fields.get("other_basis_reason"):
        listed = "；".join(map(str, bases(asked))) or "—"
        raise field_wrong("other_basis_reason", f"不在建议的依据里，写明理由。建议：{listed}（{CONFIRM[0]}）",
                          f"not among the bases proposed, say why. Proposed: {listed} ({CONFIRM[1]})")  # fmt: skip
    if chosen is not None and fields["outcome"] == "fine":
        _in_range(chosen, fields)


def bases(asked: Asked) -> tuple[Proposal, ...]:
    """Proposed for the case as it stands, by the last day of the conduct. Raises: Refused when that is not known."""
    facts = asked.case.facts
    on = facts.get("conduct_to") or facts.get("conduct_from")
    if not on:
        raise Refused("conduct-day-unknown", "行为日期还没有，选不出适用的法律：先更正（correct，fact=conduct_to）",
                      "the day of the conduct is not known, no law can be chosen: correct it first (correct, fact=conduct_to)")  # fmt: skip
    nature = asked.fields.get("found") or facts.get("nature", "其他")
    return propose(nature, facts["field"], date.fromisoformat(on), facts.get("subject"))


def _in_range(chosen: Proposal, fields: Fields) -> None:
    if chosen.fine is None:
        return  # not given in the table: people look it up
    fee = Decimal(fields["fee"]) if "fee" in fields else None
    least, most = chosen.fine.bounds(fee)
    zh, en = chosen.range_said()
    if most is None and fee is None:
        raise field_wrong("fee", f"这条按所收费用计算：{zh}", f"this article goes by the fee charged: {en}")
    if not least <= Decimal(fields["fine"]) <= (most if most is not None else Decimal("Infinity")):
        raise field_wrong("fine", f"超出 {chosen.article} 的幅度：{zh}", f"outside the range of {chosen.article}: {en}")
