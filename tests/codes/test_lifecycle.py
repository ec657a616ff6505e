"""The life of a report: a machine that tries every way, and finds none round the rules."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.codes.sealing import CODE

from zhijian.codes.lifecycle import WITH_SUCCESSOR, ChangeNotAllowed, allowed, check
from zhijian.codes.model import Code, Party, State

FINAL_FOR_INSTITUTION = {"corrected", "replaced", "withdrawn"}
FOUND = {"doubted", "inaccurate", "false"}
states = st.sampled_from(list(State))
successors = st.sampled_from([None, CODE])


def may(state: str, to: str, by: Party, successor: Code | None, last_said: str) -> bool:
    """The rules once more, in the regulator's words."""
    if by == "institution":
        names_one = to in {"corrected", "replaced"}
        return state == "valid" and to in FINAL_FOR_INSTITUTION and names_one == (successor is not None)
    if state == "reserved" or to == "reserved" or to == state:
        return False
    if to in FOUND:
        return True
    return state in FOUND and to == last_said


class Life(RuleBasedStateMachine):
    """One report, an institution that tries everything, and a regulator who keeps to what the institution last said."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.last_said = State.VALID, State.VALID

    def tried(self, to: State, by: Party, successor: Code | None) -> None:
        try:
            check(self.state, to, by, successor)
        except ChangeNotAllowed as why:
            assert why.why == "change-not-allowed"
            assert not may(self.state, to, by, successor, self.last_said)
            return
        assert may(self.state, to, by, successor, self.last_said), f"{self.state} → {to} by {by}"
        self.state = to
        if by == "institution":
            self.last_said = to

    @rule(to=states, successor=successors)
    def the_institution_tries(self, to: State, successor: Code | None) -> None:
        self.tried(to, "institution", successor)

    @rule(to=states, successor=st.none())
    def the_regulator_tries(self, to: State, successor: None) -> None:
        if to in FOUND or to in (self.last_said, State.RESERVED):
            self.tried(to, "regulator", successor)

    @precondition(lambda self: self.state in FOUND)
    @rule()
    def the_regulator_takes_it_back(self) -> None:
        self.tried(self.last_said, "regulator", None)
        assert self.state is self.last_said

    @invariant()
    def what_the_regulator_holds_the_institution_cannot_move(self) -> None:
        if self.state in FOUND:
            assert allowed(self.state, "institution") == frozenset()

    @invariant()
    def it_is_never_unissued_again(self) -> None:
        assert self.state is not State.RESERVED

    @invariant()
    def what_the_institution_ended_it_cannot_begin_again(self) -> None:
        if self.last_said is not State.VALID:
            assert allowed(self.state, "institution") == frozenset()


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


@pytest.mark.parametrize("by", ["institution", "regulator"])
def test_what_is_listed_as_allowed_is_what_the_check_lets_through(by: Party) -> None:
    for state in State:
        for to in State:
            passed = False
            for successor in (None, CODE):
                try:
                    check(state, to, by, successor)
                    passed = True
                except ChangeNotAllowed:
                    continue
            assert passed == (to in allowed(state, by)), f"{state} → {to}"


def test_nobody_changes_a_code_that_was_not_issued() -> None:
    assert allowed(State.RESERVED, "institution") == allowed(State.RESERVED, "regulator") == frozenset()


def test_nobody_makes_a_change_to_the_same_state() -> None:
    for state in State:
        assert state not in allowed(state, "institution") | allowed(state, "regulator")


def test_only_a_corrected_or_replaced_report_names_a_successor() -> None:
    assert {"corrected", "replaced"} == WITH_SUCCESSOR
    for to in (State.CORRECTED, State.REPLACED):
        check(State.VALID, to, "institution", CODE)
        with pytest.raises(ChangeNotAllowed, match="names a successor"):
            check(State.VALID, to, "institution", None)
    with pytest.raises(ChangeNotAllowed, match="has no successor"):
        check(State.VALID, State.WITHDRAWN, "institution", CODE)
