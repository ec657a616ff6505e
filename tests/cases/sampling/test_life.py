"""A draw goes one way, each step once; what was kept cannot be changed, and nobody sees another province's."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cases.sampling.worlds import SECRET, frame, inspector, institution, plan

from zhijian.cases.sampling import checked, life
from zhijian.cases.sampling.model import (
    DrawUnknown,
    Frame,
    Outcome,
    OutOfOrder,
    PlanRefused,
    PublicationBroken,
    SamplingError,
    State,
    Stratum,
)
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
OFFICE = Scope(frozenset({"33"}), None)
SALT, VALUE = "bb" * 32, "03 07 11 19 22 31 09"
NUMBERS = count()


def drafted(db: Db, scope: Scope = OFFICE) -> str:
    name = f"33-life-{next(NUMBERS)}"
    life.draft(db, scope, plan(id=name), frame(60, 16), SALT, "zhang", AT)
    return name


def outcomes(file: dict[str, Any]) -> dict[str, Outcome]:
    return {row["uscc"]: Outcome.NONE for row in file["result"]["drawn"]}


def test_a_whole_life_ends_in_an_estimate_and_a_file_that_anybody_can_check(db: Db) -> None:
    name = drafted(db)
    assert life.standing(db, OFFICE, name).state is State.DRAFT
    bound = life.commit(db, OFFICE, name, SECRET, "zhang", AT)
    assert (bound.state, len(bound.commitment or ""), len(bound.commitment_sm3 or "")) == (State.COMMITTED, 64, 64)
    life.run(db, OFFICE, name, VALUE, "zhang", AT + timedelta(days=1))
    file = life.publish(db, OFFICE, name, "https://scjgj.example", "zhang", AT + timedelta(days=2))
    assert checked(json.loads(json.dumps(file)), bound.commitment).plan == name
    found = life.evaluate(db, OFFICE, name, outcomes(file), "zhang", AT + timedelta(days=90))
    assert (found[0].share, found[0].low) == (0.0, 0.0)
    last = life.standing(db, OFFICE, name)
    assert (last.state, last.commitment) == (State.EVALUATED, bound.commitment)
    assert name in [one.id for one in life.listed(db, OFFICE)]


ACTS = [State.COMMITTED, State.DRAWN, State.PUBLISHED, State.EVALUATED, State.WITHDRAWN]


def act(db: Db, name: str, to: State, at: datetime) -> None:
    match to:
        case State.COMMITTED:
            life.commit(db, OFFICE, name, SECRET, "zhang", at)
        case State.DRAWN:
            life.run(db, OFFICE, name, VALUE, "zhang", at)
        case State.PUBLISHED:
            life.publish(db, OFFICE, name, "here", "zhang", at)
        case State.EVALUATED:
            life.evaluate(db, OFFICE, name, outcomes(life.published(db, OFFICE, name)), "zhang", at)
        case State.WITHDRAWN:
            life.withdraw(db, OFFICE, name, "wrong frame", "zhang", at)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.sampled_from(ACTS), max_size=7))
def test_no_order_of_acts_leads_round_a_step(db: Db, order: list[State]) -> None:
    name, state = drafted(db), State.DRAFT
    for turn, to in enumerate(order):
        at = AT + timedelta(hours=turn)
        if to in life.NEXT[state]:
            act(db, name, to, at)
            state = to
        else:
            with pytest.raises(OutOfOrder):
                act(db, name, to, at)
        assert life.standing(db, OFFICE, name).state is state
    db.rollback()


def test_nobody_gives_up_a_draw_whose_result_is_known_and_one_given_up_stays_in_the_list(db: Db) -> None:
    name = drafted(db)
    life.commit(db, OFFICE, name, SECRET, "zhang", AT)
    life.withdraw(db, OFFICE, name, "名录有误", "zhang", AT + timedelta(hours=1))
    assert (name, State.WITHDRAWN) in [(one.id, one.state) for one in life.listed(db, OFFICE)]
    assert State.WITHDRAWN not in life.NEXT[State.DRAWN]
    with pytest.raises(OutOfOrder, match="已撤回"):
        life.run(db, OFFICE, name, VALUE, "zhang", AT + timedelta(hours=2))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE draw_plan SET name = 'x'",
        "DELETE FROM draw_result",
        "UPDATE draw_result SET content = 'x'",
        "UPDATE draw_frame SET salt = 'x'",
        "DELETE FROM draw_frame",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_row(db: Db, statement: str) -> None:
    life.commit(db, OFFICE, drafted(db), SECRET, "zhang", AT)
    with pytest.raises(sa.exc.IntegrityError, match="only added"):
        db.execute(sa.text(statement))
    db.rollback()


def test_rows_changed_behind_the_database_are_found_before_anybody_is_drawn(db: Db) -> None:
    name = drafted(db)
    life.commit(db, OFFICE, name, SECRET, "zhang", AT)
    db.execute(sa.text("ALTER TABLE draw_frame DISABLE TRIGGER ALL"))
    other = sa.text(
        "UPDATE draw_frame SET frame = convert_to(replace(convert_from(frame, 'utf8'), :a, :b), 'utf8') WHERE plan = :p"
    )
    assert db.execute(other, {"p": name, "a": '"weight":400', "b": '"weight":1'}).rowcount == 1
    with pytest.raises(PublicationBroken):
        life.run(db, OFFICE, name, VALUE, "zhang", AT + timedelta(days=1))
    db.rollback()


@pytest.mark.parametrize(
    "scope", [Scope(frozenset({"43"}), None), Scope.of_institution("91330100MA0000001X"), Scope.anyone(), Scope()]
)
def test_another_province_an_institution_and_the_public_see_none(db: Db, scope: Scope) -> None:
    name = drafted(db)
    life.commit(db, OFFICE, name, SECRET, "zhang", AT)
    assert name not in [one.id for one in life.listed(db, scope)]
    for call in (
        lambda: life.standing(db, scope, name),
        lambda: life.run(db, scope, name, VALUE, "li", AT),
        lambda: life.withdraw(db, scope, name, "x", "li", AT),
    ):
        with pytest.raises(DrawUnknown):
            call()
    with pytest.raises(SamplingError):
        life.published(db, scope, name)
    with pytest.raises(PlanRefused):
        drafted(db, scope)
    db.rollback()


def test_the_same_id_is_not_taken_twice(db: Db) -> None:
    name = drafted(db)
    with pytest.raises(PlanRefused, match="已用过"):
        life.draft(db, OFFICE, plan(id=name), frame(60, 16), SALT, "li", AT)


def test_one_whom_nobody_may_inspect_is_told_before_anybody_is_drawn(db: Db) -> None:
    staff = (inspector(1, fields=("00",)), inspector(2, fields=("00",)), inspector(3))
    of = Frame((institution(1, fields=("13",)), institution(2)), staff)
    strata = (Stratum("all", "全部", ("*",), count=1),)
    with pytest.raises(PlanRefused) as told:
        life.draft(db, OFFICE, plan(id="33-alone", strata=strata), of, SALT, "zhang", AT)
    assert "能去的检查人员 1 人，要 2 人（回避 0、领域不符 2、辖区不符 0）" in told.value.zh
    assert institution(1).uscc in told.value.en
