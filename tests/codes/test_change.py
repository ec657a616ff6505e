"""Changes at the office, on real rows: allowed, recorded, put down for the log, seen by whoever asks."""

from collections.abc import Callable
from functools import partial

import psycopg
import pytest
import sqlalchemy as sa
from tests.codes.submitting import Counter, counter, rolled_back
from tests.conftest import Seeded

from zhijian.codes import parse
from zhijian.codes.change import change_state
from zhijian.codes.lifecycle import ChangeNotAllowed
from zhijian.codes.model import Answer, Code, CodeMalformed, CodeUnknown, State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

Change = Callable[..., Code]


@pytest.fixture
def change(lab: Counter, db: Db) -> Change:
    return partial(lab.change, db)


def answer(lab: Counter, db: Db, code: str) -> Answer:
    return lab.node.desk(db).answer(db, Scope.anyone(), code, None, lab.at)


def test_a_correction_names_its_successor_and_both_are_seen(lab: Counter, db: Db, change: Change) -> None:
    old, new = lab.issue(db, "C-1").code, lab.issue(db, "C-2").code
    assert change(old.lower(), State.CORRECTED, successor=new) == old
    seen = answer(lab, db, old)
    assert (seen.state, seen.successor, seen.status.value) == (State.CORRECTED, new, 3)
    assert [(c.state, c.by, c.successor, c.logged) for c in seen.history] == [
        (State.CORRECTED, "institution", new, False),
        (State.VALID, "institution", None, False),
    ]
    assert answer(lab, db, new).state is State.VALID


def test_each_change_is_a_leaf_of_its_own_kind_that_waits_for_the_log(lab: Counter, db: Db, change: Change) -> None:
    code = lab.issue(db, "L-1").code
    change(code, State.WITHDRAWN)
    rows = db.execute(
        sa.text('SELECT kind, "index", entry FROM log_entry WHERE code = :c ORDER BY id'), {"c": code}
    ).all()
    assert [(r.kind, r.index, bytes(r.entry)[0]) for r in rows] == [(1, None, 1), (2, None, 2)]


def test_a_successor_is_another_valid_report_of_the_same_institution(
    seeded: Seeded, lab: Counter, db: Db, change: Change
) -> None:
    old, gone = lab.issue(db, "S-1").code, lab.issue(db, "S-2").code
    change(gone, State.WITHDRAWN)
    strange = counter(seeded, but=lab.uscc).issue(db, "S-3").code
    unknown = parse("332608K700 49M302AR")
    for successor in (old, gone, strange, unknown):
        with pytest.raises(ChangeNotAllowed, match="successor"):
            change(old, State.CORRECTED, successor=successor)
    with pytest.raises(CodeMalformed):
        change(old, State.CORRECTED, successor="hello")
    assert answer(lab, db, old).state is State.VALID
    assert len(answer(lab, db, old).history) == 1


def test_a_chain_of_corrections_never_closes_into_a_ring(lab: Counter, db: Db, change: Change) -> None:
    a, b, c = (lab.issue(db, f"R-{n}").code for n in range(3))
    change(a, State.CORRECTED, successor=b)
    change(b, State.REPLACED, successor=c)
    with pytest.raises(ChangeNotAllowed):
        change(c, State.CORRECTED, successor=a)
    with pytest.raises(ChangeNotAllowed):
        change(c, State.CORRECTED, successor=b)


def test_an_institution_cannot_change_a_report_of_another(seeded: Seeded, lab: Counter, db: Db, change: Change) -> None:
    other = counter(seeded, but=lab.uscc)
    code = other.issue(db, "O-1").code
    with pytest.raises(CodeUnknown):
        change(code, State.WITHDRAWN)
    with pytest.raises(CodeUnknown):
        change(code, State.WITHDRAWN, scope=Scope())
    change(code, State.WITHDRAWN, scope=other.scope)


def test_an_institution_cannot_withdraw_what_the_regulator_examines(lab: Counter, db: Db, change: Change) -> None:
    code = lab.issue(db, "D-1").code
    change(code, State.DOUBTED, "regulator")
    for to in State:
        with pytest.raises(ChangeNotAllowed):
            change(code, to)
    assert answer(lab, db, code).state is State.DOUBTED


def test_a_successor_survives_examination(lab: Counter, db: Db, change: Change) -> None:
    old, new = lab.issue(db, "E-1").code, lab.issue(db, "E-2").code
    change(old, State.CORRECTED, successor=new)
    change(old, State.DOUBTED, "regulator")
    assert answer(lab, db, old).successor == new
    change(old, State.CORRECTED, "regulator")
    assert (answer(lab, db, old).state, answer(lab, db, old).successor) == (State.CORRECTED, new)


@pytest.mark.parametrize("to", [State.VALID, State.CORRECTED, State.REPLACED])
def test_a_withdrawn_report_comes_out_of_examination_withdrawn(lab: Counter, db: Db, change: Change, to: State) -> None:
    """ "Back to what the institution last said": neither valid again, nor corrected by a successor that nobody named."""
    code = lab.issue(db, f"W-{to}").code
    change(code, State.WITHDRAWN)
    change(code, State.DOUBTED, "regulator")
    with pytest.raises(ChangeNotAllowed):
        change(code, to, "regulator")


def test_the_regulator_names_no_successor(lab: Counter, db: Db) -> None:
    code, other = lab.issue(db, "N-1").code, lab.issue(db, "N-2").code
    with pytest.raises(ChangeNotAllowed):
        change_state(db, Scope.everything(), lab.node.issuing, code, State.DOUBTED, by="regulator", actor="示例监管局",
                     reason="原因", successor=other, asked=None, at=lab.at)  # fmt: skip


def test_a_code_that_nobody_registered_cannot_be_changed(lab: Counter, db: Db, change: Change) -> None:
    for text, kind in (("332608K70049M302AR", CodeUnknown), ("332608K70049M302A9", CodeMalformed)):
        with pytest.raises(kind):
            change(text, State.WITHDRAWN)


def test_whoever_keeps_answers_is_told_when_the_change_commits_and_not_before(lab: Counter) -> None:
    url = lab.node.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as ear:
        ear.execute("LISTEN zhijian_report")
        with lab.node.transaction() as db:
            code = lab.issue(db, "TELL-1").code
        with rolled_back(lab.node) as db:
            lab.change(db, code, State.WITHDRAWN)
        assert list(ear.notifies(timeout=0.2)) == []
        with lab.node.transaction() as db:
            lab.change(db, code, State.WITHDRAWN)
        assert [n.payload for n in ear.notifies(timeout=5, stop_after=1)] == [code]


def test_a_successor_that_is_withdrawn_later_is_not_recommended_any_more(lab: Counter, db: Db, change: Change) -> None:
    old, new = lab.issue(db, "LATER-1").code, lab.issue(db, "LATER-2").code
    change(old, State.CORRECTED, successor=new)
    assert answer(lab, db, old).successor_state is State.VALID
    change(new, State.WITHDRAWN)
    assert (answer(lab, db, old).successor, answer(lab, db, old).successor_state) == (new, State.WITHDRAWN)
