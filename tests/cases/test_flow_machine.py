"""Whatever is tried in whatever order: no step is skipped, no case is lost, what is refused changes nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.cases.walking import LAB, LEAD, LI, SUN, ZHOU, filled

from zhijian.cases.flow.acts import ACTS, STATES, possible
from zhijian.cases.flow.allowing import allowed
from zhijian.cases.flow.fold import applied, fold
from zhijian.cases.flow.model import ENDS, FALSE_KINDS, Actor, Case, CaseNo, Event, Refused, State, broken_at
from zhijian.cases.flow.rows import rows_of
from zhijian.kit.clock import day

NO = CaseNo("浙检查〔2026〕0001")
BEGAN = datetime(2026, 3, 24, 2, tzinfo=UTC)
BEFORE = {
    State.TAKEN: State.LEAD, State.ASSIGNED: State.TAKEN, State.INSPECTING: State.ASSIGNED, State.INSPECTED: State.INSPECTING,
    State.RECTIFYING: State.INSPECTED, State.FILED: State.INSPECTED, State.NOTIFIED: State.FILED, State.DECIDED: State.INSPECTED,
    State.WITHDRAWN: State.DECIDED, State.PUBLISHED: State.DECIDED, State.CREDITED: State.DECIDED, State.CLOSED: State.CREDITED,
}  # fmt: skip
"""What every state must have behind it, written down apart from the table of the flow."""
TO_THE_END = (
    "close", "note-credit", "keep-unpublished", "retract", "settle", "serve", "hold-hearing", "decide", "end-rectification", "file", "end", "begin",
    "assign", "take-up", "answer-objection", "return", "send-back",
)  # fmt: skip


FILED = ("take-up", "assign", "begin", "find", "end", "order", "rectify", "file")
DECIDED = (*FILED, "notify", "state", "decide")
AHEAD = ((), FILED[:5], FILED[:7], FILED, DECIDED[:-2], DECIDED, (*DECIDED, "serve", "publish"))
"""Where walks begin: at the lead, or so far on."""


class Walk(RuleBasedStateMachine):
    @initialize(ahead=st.sampled_from(AHEAD), finding=st.integers(0, 1))
    def lead(self, ahead: tuple[str, ...], finding: int) -> None:
        self.at = BEGAN
        self.events = [Event.after(NO, "", 1, "receive", "li", self.at, LEAD)]
        self.case = fold(NO, self.events)
        self.seen = [self.case.state]
        for act in ahead:
            assert self.try_to(act, LI, finding if act == ahead[-1] == "decide" else 0, 0), act

    @rule(act=st.sampled_from(sorted(ACTS)), actor=st.sampled_from([LI, SUN, ZHOU, LAB]), choose=st.integers(0, 40),
          days=st.integers(0, 12))  # fmt: skip
    def anything(self, act: str, actor: Actor, choose: int, days: int) -> None:
        self.try_to(act, actor, choose, days)

    @rule(
        which=st.integers(0, 60),
        actor=st.sampled_from([LI, SUN, ZHOU]),
        choose=st.integers(0, 40),
        days=st.integers(0, 12),
    )
    def something_that_may_come_next(self, which: int, actor: Actor, choose: int, days: int) -> None:
        """What ends a case early is left to the other rule, so that walks come far."""
        on = [one.id for one in possible(self.case.state) if one.id not in ("merge", "not-take")]
        self.try_to(on[which % len(on)], actor, choose, days)

    def try_to(self, act: str, actor: Actor, choose: int, days: int) -> bool:
        at = min(self.at + timedelta(days=days), datetime(2026, 12, 1, tzinfo=UTC))  # within the years that are known
        before, was = self.case, rows_of(self.case)
        try:
            kept = allowed(self.case, actor, act, filled(act, self.case, day(at), choose=choose), day(at))
        except Refused as why:
            assert why.zh
            assert why.en
            assert self.case is before
            assert rows_of(self.case) == was
            return False
        assert actor is not LAB or {ACTS[act].right, ACTS[act].also} & LAB.rights
        event = Event.after(NO, self.case.head, self.case.version + 1, act, actor.account, at, kept)
        self.case, self.at = applied(self.case, event), at
        self.events.append(event)
        self.seen.append(self.case.state)
        self.looked_at(before, act)
        return True

    def looked_at(self, before: Case, act: str) -> None:
        case = self.case
        assert case.version == before.version + 1
        if needed := BEFORE.get(case.state):
            assert needed in self.seen, f"{case.state} without {needed}: {self.seen}"
        decision = case.decision
        if decision and decision.is_penalty:
            assert State.NOTIFIED in self.seen
        if decision and decision.found in FALSE_KINDS:
            assert decision.confirmed_by not in (None, decision.by)
        if case.state == State.CLOSED and before.state != State.CLOSED and act != "send-back":
            assert not case.rectifies
            assert not case.open_objections
            assert not case.fine_due
            assert case.decision or not case.is_public

    @invariant()
    def the_fold_is_the_case(self) -> None:
        if hasattr(self, "case"):
            assert fold(NO, self.events) == self.case
            assert broken_at(NO, self.events) is None
            assert self.case.state in STATES
            assert (self.case.pending is not None) == (self.case.state == State.CONFIRMING)

    def teardown(self) -> None:
        """Wherever the walk came to: careful people bring the case to an end."""
        for _ in range(60):
            if not hasattr(self, "case") or self.case.state in ENDS:
                return
            # 0: the decision takes one account; the answer to an objection is given by whoever did not raise it.
            assert any(self.try_to(act, actor, 0, 0) for act in TO_THE_END for actor in (LI, ZHOU, SUN)), self.case
        raise AssertionError(f"no end is reached from {self.seen}")


def test_no_walk_skips_a_step_or_loses_a_case_and_what_is_refused_changes_nothing() -> None:
    run_state_machine_as_test(Walk, settings=settings(max_examples=30, stateful_step_count=30, deadline=None))


def test_every_state_is_reached_by_some_step_and_leads_to_an_end() -> None:
    onward = {
        state: {to for act in ACTS.values() for a, to in act.steps.items() if a == state and to} for state in State
    }
    onward[State.CONFIRMING] = {State.DECIDED, State.WITHDRAWN}
    reached = set().union(*onward.values()) | {State.LEAD, State.CONFIRMING}
    assert reached == set(State)
    ending = set(ENDS)
    for _ in State:
        ending |= {state for state, to in onward.items() if to & ending}
    assert ending == set(State)
