"""Institution and regulator try every change on real rows, in any order: the rules hold, and the rows say what was done."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.codes.submitting import Counter, counter, rolled_back
from tests.conftest import Seeded

from zhijian.codes.lifecycle import ChangeNotAllowed
from zhijian.codes.model import Code, Party, State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

FOUND = {State.DOUBTED, State.INACCURATE, State.FALSE}
NAMES_ONE = {State.CORRECTED, State.REPLACED}
reports = st.integers(0, 2)


class Office(RuleBasedStateMachine):
    """Three reports of one institution; what each should be stands in `state`, `said` and `follows`."""

    def __init__(self, lab: Counter, db: Db) -> None:
        super().__init__()
        self.lab, self.db = lab, db

    @initialize()
    def three_reports(self) -> None:
        self.place = self.db.begin_nested()
        outcomes = self.lab.submit(self.db, [self.lab.fresh(f"MACHINE-{n}") for n in range(3)])
        self.codes: list[Code] = [o.code for o in outcomes]  # type: ignore[union-attr]
        self.state, self.said = [State.VALID] * 3, [State.VALID] * 3
        self.follows: list[int | None] = [None] * 3
        self.changes = [0] * 3

    def teardown(self) -> None:
        if hasattr(self, "place"):
            self.place.rollback()

    def may(self, n: int, to: State, by: Party, successor: int | None) -> bool:
        if by == "institution":
            ends = to in NAMES_ONE | {State.WITHDRAWN} and (to in NAMES_ONE) == (successor is not None)
            fits = successor is None or (successor != n and self.state[successor] is State.VALID)
            return self.state[n] is State.VALID and ends and fits
        if to is State.RESERVED or to is self.state[n]:
            return False
        return to in FOUND or (self.state[n] in FOUND and to is self.said[n])

    def change(self, n: int, to: State, by: Party, successor: int | None) -> None:
        self.lab.change(self.db, self.codes[n], to, by, None if successor is None else self.codes[successor])

    @rule(
        n=reports,
        to=st.sampled_from(list(State)),
        by=st.sampled_from(["institution", "regulator"]),
        successor=st.none() | reports,
    )
    def somebody_tries(self, n: int, to: State, by: Any, successor: int | None) -> None:
        if by == "regulator":
            successor = None
        try:
            with self.db.begin_nested():
                self.change(n, to, by, successor)
        except ChangeNotAllowed:
            assert not self.may(n, to, by, successor), f"{self.state[n]} → {to} by {by} should be allowed"
            return
        assert self.may(n, to, by, successor), f"{self.state[n]} → {to} by {by}, {successor} should not be allowed"
        self.state[n] = to
        self.changes[n] += 1
        if by == "institution":
            self.said[n], self.follows[n] = to, successor

    @invariant()
    def the_answers_say_what_was_done(self) -> None:
        if not hasattr(self, "codes"):
            return
        desk = self.lab.node.desk(self.db)
        for n, code in enumerate(self.codes):
            seen = desk.answer(self.db, Scope.anyone(), code, None, self.lab.at)
            follows = self.follows[n]
            assert (seen.state, seen.successor) == (self.state[n], None if follows is None else self.codes[follows])
            assert len(seen.history) == self.changes[n] + 1
            assert seen.history[0].state is self.state[n]


@pytest.mark.parametrize("steps", [12])
def test_there_is_no_way_round_a_rule(seeded: Seeded, steps: int) -> None:
    lab = counter(seeded)
    with rolled_back(lab.node) as db:
        limits = settings(
            max_examples=12, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        )
        run_state_machine_as_test(lambda: Office(lab, db), settings=limits)  # type: ignore[arg-type]
