"""Rules of the flow, each where it bites: who, when, with what, and what the refusal says."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.cases.walking import LAB, LEAD, LI, SUN, ZHOU, filled

from zhijian.cases.flow.acts import ACTS, FIELDS, RIGHTS, STATES
from zhijian.cases.flow.allowing import allowed
from zhijian.cases.flow.fold import applied, fold
from zhijian.cases.flow.guards import GUARDS
from zhijian.cases.flow.model import Actor, Case, CaseNo, Event, Refused, State, broken_at
from zhijian.cases.flow.number import read_number
from zhijian.kit.clock import day

NO = CaseNo("浙检查〔2026〕0001")
AT = datetime(2026, 5, 18, 2, tzinfo=UTC)
TO_INSPECTED = ("take-up", "assign", "begin", "find", "end")
TO_NOTIFIED = (*TO_INSPECTED, "file", "notify")
Walked = Callable[..., Case]


def after(case: Case, act: str, actor: Actor = LI, at: datetime = AT, **other: Any) -> Case:
    fields = {**filled(act, case, day(at)), **other}
    kept = allowed(case, actor, act, fields, day(at))
    return applied(case, Event.after(NO, case.head, case.version + 1, act, actor.account, at, kept))


def walked(*acts: str, **lead: Any) -> Case:
    case = fold(NO, [Event.after(NO, "", 1, "receive", "li", AT, {**LEAD, **lead})])
    for act in acts:
        case = after(case, act)
    return case


def refused(case: Case, act: str, actor: Actor = LI, at: datetime = AT, **other: Any) -> Refused:
    with pytest.raises(Refused) as why:
        after(case, act, actor, at, **other)
    assert why.value.zh
    assert why.value.en
    return why.value


@pytest.mark.parametrize("act", sorted(set(ACTS) - {"receive", "join"}))
def test_nobody_does_an_act_without_its_right(act: str) -> None:
    own = {ACTS[act].right, ACTS[act].also}
    case = next(one for one in SOMEWHERE if ACTS[act].possible_in(one.state))
    assert refused(case, act, Actor("li", RIGHTS - own)).why == "may-not"


def somewhere() -> list[Case]:
    decided = walked(*TO_NOTIFIED, "state", "decide", "serve", "settle")
    waits = applied(
        walked(*TO_NOTIFIED, "state"), Event.after(NO, "", 9, "decide", "li", AT, {"outcome": "fine", "found": "虚假"})
    )
    credited = after(after(decided, "publish"), "note-credit")
    return [walked(*TO_NOTIFIED[:n]) for n in range(8)] + [decided, waits, after(decided, "publish"), credited,
            after(decided, "withdraw"), walked(*TO_INSPECTED, "order")]  # fmt: skip


SOMEWHERE = somewhere()


def test_only_an_officer_of_the_case_inspects() -> None:
    case = walked("take-up", "assign")
    assert refused(case, "begin", ZHOU).why == "not-assigned"
    assert "li、sun" in refused(case, "begin", ZHOU).zh
    assert "inspectors" in refused(case, "begin", inspectors=["li", "zhou"]).fields
    assert "officers" in refused(walked("take-up"), "assign", officers=["li"]).fields
    assert after(case, "begin", SUN).state == State.INSPECTING


def test_a_rectification_has_thirty_days_and_the_refusal_says_until_when() -> None:
    case = walked(*TO_INSPECTED)
    assert refused(case, "order", due_on="2026-06-18").fields["due_on"][0] == "最长 30 天，到 2026-06-17"
    ordered = after(case, "order", due_on="2026-06-17")
    assert refused(ordered, "order").why == "rectification-open"
    assert refused(ordered, "accept").why == "rectification-not-so"
    assert refused(ordered, "decide").why == "not-accepted"
    again = after(after(ordered, "rectify", LAB), "refuse")
    assert again.rectification is not None
    assert (again.rectification.state, again.rectification.attempts) == ("不通过", 1)
    done = after(after(again, "rectify", LAB), "accept")
    assert after(done, "decide").state == State.DECIDED
    assert [one.deadline for one in done.clocks] == []


def test_a_penalty_needs_the_notice_and_that_the_party_was_heard() -> None:
    case = walked(*TO_NOTIFIED[:-1])
    assert "outcome" in refused(case, "decide", outcome="fine").fields
    told = after(case, "notify")
    early = refused(told, "decide")
    assert early.why == "time-to-be-heard"
    assert "2026-05-25" in early.zh
    assert refused(told, "decide", at=AT + timedelta(days=7)).why == "time-to-be-heard"
    assert after(told, "decide", at=AT + timedelta(days=8)).state == State.DECIDED
    assert "answer_to_defence" in refused(after(told, "state"), "decide", answer_to_defence="").fields
    hearing = after(told, "state", asks_hearing=True)
    assert refused(hearing, "decide").why == "hearing-open"
    assert after(after(hearing, "hold-hearing"), "decide").state == State.DECIDED
    assert after(after(after(told, "return"), "notify"), "state").heard == ("statement",), "a new notice is heard anew"


def test_a_notice_over_the_end_of_the_known_years_says_that_the_day_is_not_known() -> None:
    late = datetime(2026, 12, 28, tzinfo=UTC)
    told = after(walked(*TO_NOTIFIED[:-1]), "notify", at=late)
    assert refused(told, "decide", at=late + timedelta(days=1)).why == "holidays-not-known"


def test_a_fine_keeps_to_the_range_where_it_is_known() -> None:
    case = after(walked(*TO_NOTIFIED), "state")
    assert "3 万元以下" in refused(case, "decide", fine="30000.01").fields["fine"][0]
    assert after(case, "decide", fine="30000").decision is not None
    assert "fine" in refused(case, "decide", outcome="warning").fields, "a warning has no amount"
    other = refused(case, "decide", law="《计量法》", version="2018年修正")
    assert "第二十六条" in other.fields["other_basis_reason"][0]
    assert after(case, "decide", law="《计量法》", version="2018年修正", other_basis_reason="竞合").decision is not None


def test_a_fine_by_the_fee_asks_for_the_fee() -> None:
    case = after(walked(*TO_NOTIFIED, field="00", nature="虚假"), "state")
    food = {"law": "《食品安全法》", "version": "2021年修正", "found": "虚假"}
    assert "fee" in refused(case, "decide", **food, fine="60000").fields
    assert "fine" in refused(case, "decide", **food, fine="49999", fee="9999").fields
    assert "fine" in refused(case, "decide", **food, fine="90000", fee="20000").fields
    assert after(case, "decide", **food, fine="60000", fee="9999").state == State.CONFIRMING
    assert after(case, "decide", **food, fine="150000", fee="20000").state == State.CONFIRMING


def test_the_law_cannot_be_chosen_without_the_day_of_the_conduct() -> None:
    case = walked(*TO_NOTIFIED, conduct_from="", conduct_to="")
    heard = after(case, "state")
    fields = {
        "outcome": "warning",
        **dict.fromkeys(("facts", "reason", "law", "version", "article", "decision_no", "answer_to_defence"), "x"),
    }
    with pytest.raises(Refused) as why:
        allowed(heard, LI, "decide", fields, day(AT))
    assert why.value.why == "conduct-day-unknown"
    mended = after(after(case, "correct", fact="conduct_to", value="2026-01-20"), "state")
    assert after(mended, "decide").state == State.DECIDED


def test_false_takes_two_accounts_and_so_does_taking_it_back() -> None:
    case = after(walked(*TO_NOTIFIED), "state")
    assert (
        "found"
        in refused(walked(*TO_NOTIFIED[:-1]), "decide", outcome="referred", referred_to="公安", found="虚假").fields
    )
    waits = after(
        case, "decide", found="虚假", law="《检验检测机构监督管理办法》", version="总局令第39号，2025年3月18日修正"
    )
    assert waits.state == State.CONFIRMING
    assert waits.decision is None
    assert refused(waits, "confirm", LI).why == "same-account"
    assert refused(waits, "decide").why == "not-now"
    assert refused(waits, "correct", fact="field", value="12").why == "decision-stands"
    back = after(waits, "send-back", ZHOU)
    assert (back.state, back.decision) == (State.NOTIFIED, None)
    assert {c.deadline for c in back.clocks} == {c.deadline for c in case.clocks}, "its deadlines went on"
    decided = after(waits, "confirm", ZHOU)
    assert decided.decision is not None
    assert (decided.decision.by, decided.decision.confirmed_by, decided.decision.found) == ("li", "zhou", "虚假")
    leaves = after(decided, "withdraw", ZHOU)
    assert leaves.state == State.CONFIRMING
    assert leaves.decision is not None, "it stands until the second agrees"
    assert refused(leaves, "confirm", ZHOU).why == "same-account"
    gone = after(leaves, "confirm", SUN)
    assert (gone.state, gone.decision, len(gone.past_decisions)) == (State.WITHDRAWN, None, 1)


def test_a_withdrawn_decision_that_was_published_is_taken_back_in_three_working_days() -> None:
    published = after(after(after(walked(*TO_NOTIFIED), "state"), "decide"), "serve")
    published = after(published, "publish")
    assert refused(walked(*TO_INSPECTED[:3]), "publish").why == "not-now"
    gone = after(published, "withdraw")
    assert [one.deadline for one in gone.clocks] == ["retraction"]
    assert refused(gone, "reopen").why == "still-published"
    assert refused(after(gone, "note-credit"), "close").why == "still-published"
    again = after(after(gone, "retract"), "reopen")
    assert again.state == State.FILED
    assert [one.deadline for one in again.clocks] == ["decision"]
    assert again.told_on is None, "the party is notified anew"


def test_a_case_is_not_closed_over_what_is_open() -> None:
    case = after(after(walked(*TO_NOTIFIED), "state"), "decide")
    assert refused(case, "publish").why == "not-served"
    served = after(after(case, "serve"), "order")
    credited = after(after(after(served, "publish"), "object", LAB), "note-credit")
    whys = []
    for act, actor in (("end-rectification", LI), ("answer-objection", ZHOU), ("settle", LI)):
        whys.append(refused(credited, "close").why)
        credited = after(credited, act, actor)
    assert whys == ["rectification-open", "objection-open", "fine-open"]
    assert after(credited, "close").state == State.CLOSED


@pytest.mark.parametrize("state", sorted(State))
def test_an_objection_is_possible_at_every_step_with_a_clock_of_its_own(state: State) -> None:
    assert ACTS["object"].possible_in(state)
    assert ACTS["answer-objection"].possible_in(state)
    assert ACTS["correct"].possible_in(state)


def test_objections_run_beside_each_other_and_are_answered_by_somebody_else() -> None:
    case = after(after(walked(), "object"), "object", objection_kind="correction")
    assert [(one.deadline, one.ref) for one in case.clocks] == [("triage", None), ("objection", 1), ("correction", 2)]
    assert refused(case, "answer-objection", LI).why == "same-account"
    answered = after(case, "answer-objection", ZHOU, objection_no=2)
    assert [(one.deadline, one.ref) for one in answered.clocks] == [("triage", None), ("objection", 1)]
    assert "objection_no" in refused(answered, "answer-objection", ZHOU, objection_no=2).fields


def test_a_correction_keeps_what_was_said_and_waits_for_no_decision_that_rests_on_it() -> None:
    case = after(walked(), "correct", fact="uscc", value="91350203m0001qay9b")
    assert case.facts["uscc"] == "91350203M0001QAY9B"
    assert "value" in refused(case, "correct", fact="field", value="99").fields
    assert "value" in refused(case, "correct", fact="conduct_to", value="2025-11-02").fields
    decided = after(after(walked(*TO_NOTIFIED), "state"), "decide")
    assert refused(decided, "correct", fact="conduct_to", value="2025-12-01").why == "decision-stands"
    assert after(decided, "correct", fact="matter", value="错字已改").facts["matter"] == "错字已改"


@pytest.mark.parametrize(
    ("act", "field", "values"),
    [("end", "ended_on", ["2026-05-19", "2026-13-01", "18.5.2026", 3]), ("end", "reports_examined", [-1, "3", True, 1.5]),
     ("find", "report_codes", ["a", ["a", "a"], [""], [3]]), ("find", "nature", ["假", 1]), ("find", "description", [["x"], "长" * 2001]),
     ("add-evidence", "obtained_at", ["2026-05-18", "x"]), ("add-evidence", "sha256", ["abc"]), ("end", "colour", ["red"]),
     ("find", "conduct_from", ["2026-05-19"])],
)  # fmt: skip
def test_what_a_field_cannot_be_is_refused_at_that_field(act: str, field: str, values: list[Any]) -> None:
    case = walked("take-up", "assign", "begin")
    for value in values:
        assert set(refused(case, act, **{field: value}).fields) == {field}, value


def test_signs_that_turn_or_end_a_text_are_not_kept() -> None:
    case = after(walked(), "take-up", reason=" 可核对\u202e\x00\r\n第二行 ")
    assert case.state == State.TAKEN
    events = Event.after(NO, "", 1, "x", "li", AT, {})
    assert events.digest != Event.after(NO, "", 1, "x", "li", AT, {"a": 1}).digest
    assert allowed(walked(), LI, "take-up", {"reason": " 可\u202e核\x00对 "}, date(2026, 5, 18)) == {"reason": "可核对"}


def test_every_word_of_the_table_is_there_in_both_languages() -> None:
    for act in ACTS.values():
        assert act.said.zh
        assert act.said.en
        assert act.steps or act.stays or act.id == "receive"
    assert all(one.why.zh and one.why.en and one.said.zh and one.said.en for one in FIELDS.values())
    assert all(one.zh and one.en for one in STATES.values())
    assert set(GUARDS) <= set(ACTS)


@pytest.mark.parametrize(
    "text", ["", "浙检查2026", "检查〔2026〕0001", "浙检查〔26〕1", "浙检查〔2026〕1x", "欧检查〔2026〕1"]
)
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    with pytest.raises(Refused):
        read_number(text)


def test_a_link_forged_with_its_own_digest_breaks_the_next() -> None:
    """The second event rewritten as if it had been so, and the third pointed at it: the third's digest covers what it pointed at."""
    first = Event.after(NO, "", 1, "receive", "li", AT, LEAD)
    second = Event.after(NO, first.digest, 2, "take-up", "li", AT, {"reason": "x"})
    third = Event.after(NO, second.digest, 3, "not-take", "li", AT, {"reason": "y"})
    assert broken_at(NO, [first, second, third]) is None
    forged = Event.after(NO, first.digest, 2, "take-up", "zhou", AT, {"reason": "x"})
    assert broken_at(NO, [first, forged, third]) == 3
    assert broken_at(NO, [first, forged, replace(third, previous=forged.digest)]) == 3
    assert broken_at(NO, [first, third]) == 2
    assert broken_at("浙检查〔2026〕0002", [first, second, third]) == 1
