"""Signing in: what opens a session, what does not, and when it ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from zhijian.identity import accounts, audit, passwords, sessions, store
from zhijian.identity.audit import Sought
from zhijian.identity.model import (
    IDLE,
    LONGEST,
    Account,
    AccountWrong,
    NotAllowed,
    NotSignedIn,
    SignInRefused,
    TooManyTries,
)
from zhijian.kit.db import Db
from zhijian.kit.principal import Role
from zhijian.wiring import Node

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)
GOOD = "correct horse battery"
_NUMBERS = count(1)


@pytest.fixture
def db(node: Node) -> Iterator[Db]:
    with node.engine.connect() as link:
        yield link
        link.rollback()


def officer(db: Db, role: Role = Role.PROVINCIAL, **area: str | None) -> Account:
    where = area or ({} if role is Role.NATIONAL else {"province": "33"})
    return accounts.add(db, None, f"officer{next(_NUMBERS)}", "周某", role, GOOD, AT, **where)  # type: ignore[arg-type]


def test_the_right_password_opens_and_the_cookie_is_whose_it_is(db: Db) -> None:
    made = officer(db)
    assert sessions.sign_in(db, f" {made.login.upper()} ", GOOD, AT) == made
    token = sessions.begin(db, made, "password", "Chromium", AT)
    found = sessions.session(db, token, AT)
    assert found.principal == made.principal
    assert found.principal.scope.provinces == {"33"}
    stored = db.execute(sa.text("SELECT digest FROM session")).scalars()
    assert all(token.encode() not in bytes(one) for one in stored)


def test_a_login_that_nobody_has_waits_like_one_that_somebody_has(db: Db) -> None:
    def told(login: str) -> list[str]:
        said = []
        for _ in range(8):
            with pytest.raises((SignInRefused, TooManyTries)) as why:
                sessions.sign_in(db, login, "wrong", AT)
            said.append(f"{why.value.why} {why.value}")
        return said

    assert told(officer(db).login) == told("nobody-has-this") == ["sign-in-refused "] * 5 + ["too-many-tries 2"] * 3


def test_whoever_forgot_a_password_is_given_one_and_old_sessions_end(db: Db) -> None:
    made, manages = officer(db), officer(db, Role.ADMINISTRATOR)
    token = sessions.begin(db, made, "password", "", AT)
    for _ in range(6):
        with pytest.raises((SignInRefused, TooManyTries)):
            sessions.sign_in(db, made.login, "wrong", AT)
    accounts.give_password(db, manages.principal, made, "another good one", AT)
    assert sessions.sign_in(db, made.login, "another good one", AT) == made
    with pytest.raises(NotSignedIn):
        sessions.session(db, token, AT)
    with pytest.raises(NotAllowed):
        accounts.give_password(db, made.principal, manages, "another good one", AT)


def test_old_passwords_cannot_be_tried_without_end_in_an_open_session(db: Db) -> None:
    made = officer(db)
    own = sessions.begin(db, made, "password", "", AT)
    for _ in range(5):
        with pytest.raises(AccountWrong, match="old-password"):
            accounts.set_password(db, made.principal, "wrong", "another good one", own, AT)
    with pytest.raises(TooManyTries):
        accounts.set_password(db, made.principal, GOOD, "another good one", own, AT)


@pytest.mark.parametrize("password", ["", GOOD.upper(), GOOD + " ", "x" * 100_000])
def test_a_wrong_password_and_an_unknown_login_are_refused_alike(db: Db, password: str) -> None:
    for login in (officer(db).login, "nobody-here"):
        with pytest.raises(SignInRefused) as refused:
            sessions.sign_in(db, login, password, AT)
        assert str(refused.value) == ""


def test_after_five_wrong_ones_even_the_right_one_waits(db: Db) -> None:
    made = officer(db)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            sessions.sign_in(db, made.login, "wrong", AT)
    with pytest.raises(TooManyTries) as wait:
        sessions.sign_in(db, made.login, GOOD, AT)
    assert sessions.sign_in(db, made.login, GOOD, AT + timedelta(seconds=int(wait.value.value))) == made
    with pytest.raises(SignInRefused):  # counted from the beginning again
        sessions.sign_in(db, made.login, "wrong", AT + timedelta(minutes=1))


def test_a_session_ends_idle_or_old_or_signed_out_or_closed(db: Db) -> None:
    made = officer(db)
    idle = sessions.begin(db, made, "password", "", AT)
    with pytest.raises(NotSignedIn):
        sessions.session(db, idle, AT + IDLE)
    old = sessions.begin(db, made, "password", "", AT)
    at = AT
    while at + IDLE / 2 < AT + LONGEST:
        at += IDLE / 2
        sessions.session(db, old, at)
    with pytest.raises(NotSignedIn):
        sessions.session(db, old, AT + LONGEST)
    out, kept = (sessions.begin(db, made, "password", "", AT) for _ in range(2))
    sessions.sign_out(db, made.principal, out, AT)
    with pytest.raises(NotSignedIn):
        sessions.session(db, out, AT)
    assert sessions.session(db, kept, AT)
    accounts.close(db, None, made, "调离", AT)
    with pytest.raises(NotSignedIn):
        sessions.session(db, kept, AT)
    with pytest.raises(SignInRefused):
        sessions.sign_in(db, made.login, GOOD, AT)


def test_a_new_password_ends_the_other_sessions(db: Db) -> None:
    made = officer(db)
    other, own = (sessions.begin(db, made, "password", "", AT) for _ in range(2))
    with pytest.raises(AccountWrong, match="old-password"):
        accounts.set_password(db, made.principal, "wrong", "another good one", own, AT)
    accounts.set_password(db, made.principal, GOOD, "another good one", own, AT)
    assert sessions.session(db, own, AT)
    with pytest.raises(NotSignedIn):
        sessions.session(db, other, AT)


@given(st.text(max_size=12))
def test_no_short_password_is_taken(password: str) -> None:
    assert len(password) >= passwords.LEAST or passwords.weak(password, "zhou") == "short"


def test_nobody_makes_an_account_beyond_the_own_area(db: Db) -> None:
    zhejiang, city = officer(db, Role.ADMINISTRATOR), officer(db, Role.CITY, province="33", city="3301")
    decides = officer(db)
    manager = officer(db, Role.MANAGER, province="33", uscc="91330106MA2DEMX01W")
    for who, role, area in (
        (decides, Role.PROVINCIAL, {"province": "33"}), (zhejiang, Role.NATIONAL, {}), (zhejiang, Role.AUDITOR, {}),
        (zhejiang, Role.PROVINCIAL, {"province": "32"}),
        (zhejiang, Role.INSPECTOR, {"province": "32"}),
        (city, Role.CITY, {"province": "33", "city": "3301"}), (manager, Role.CLERK, {"province": "33", "uscc": "91320106MA2DEMX01W"}),
        (manager, Role.PROVINCIAL, {"province": "33"}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            accounts.add(db, who.principal, f"new{next(_NUMBERS)}", "李某", role, GOOD, AT, **area)  # type: ignore[arg-type]
    assert accounts.add(db, zhejiang.principal, f"new{next(_NUMBERS)}", "李某", Role.INSPECTOR, GOOD, AT, province="33")
    assert accounts.add(
        db, manager.principal, f"new{next(_NUMBERS)}", "李某", Role.CLERK, GOOD, AT, province="33", uscc=manager.uscc
    )


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.NATIONAL, {"province": "33"}),
        (Role.AUDITOR, {"province": "33"}),
        (Role.INSPECTOR, {}),
        (Role.REVIEWER, {}),
    ],
)
def test_the_nations_roles_have_no_area_and_all_others_have_one(db: Db, role: Role, area: dict[str, str]) -> None:
    with pytest.raises(AccountWrong, match="area"):
        accounts.add(db, None, f"odd{next(_NUMBERS)}", "李某", role, GOOD, AT, **area)  # type: ignore[arg-type]


def test_what_was_done_is_in_the_trail_and_the_trail_holds(db: Db) -> None:
    made = officer(db)
    token = sessions.begin(db, made, "password", "", AT)
    sessions.sign_out(db, made.principal, token, AT)
    acts = [e.act for e in audit.entries(db, made.scope, Sought(login=made.login))]
    assert acts == ["sign-out", "sign-in"]
    assert not [one for one in audit.checked(db) if isinstance(one, audit.Broken)]


def test_the_trail_cannot_be_changed_and_who_changes_it_all_the_same_is_found(db: Db) -> None:
    made = officer(db)
    for n in range(5):
        audit.noted(db, made.principal, "test", str(n), AT, reason="理由", detail={"n": n, "of": [None, "五"]})
    last = audit.noted(db, None, "test", "last", AT)
    for statement in ("UPDATE audit SET reason = ''", "DELETE FROM audit", "TRUNCATE audit"):
        point = db.begin_nested()
        with pytest.raises(sa.exc.DBAPIError, match="only grows"):
            db.execute(sa.text(statement))
        point.rollback()
    db.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
    db.execute(sa.text("UPDATE audit SET reason = '别的' WHERE seq = :s"), {"s": last.seq - 2})
    db.execute(sa.text("DELETE FROM audit WHERE seq = :s"), {"s": last.seq - 4})
    broken = [(one.seq, one.why) for one in audit.checked(db) if isinstance(one, audit.Broken)]
    assert broken == [(last.seq - 4, "gap"), (last.seq - 2, "changed")]


def test_a_province_sees_its_own_trail_and_a_laboratory_none(db: Db) -> None:
    zhejiang, jiangsu = officer(db), officer(db, Role.PROVINCIAL, province="32")
    audit.noted(db, zhejiang.principal, "test", "浙", AT, province="33")
    assert {e.object for e in audit.entries(db, zhejiang.scope, Sought(act="test"))} == {"浙"}
    assert not audit.entries(db, jiangsu.scope, Sought(act="test"))
    assert not audit.entries(db, officer(db, Role.MANAGER, province="33", uscc="91330106MA2DEMX01W").scope, Sought())


def test_what_is_over_is_forgotten(db: Db) -> None:
    made = officer(db)
    old, kept = sessions.begin(db, made, "password", "", AT), sessions.begin(db, made, "password", "", AT + IDLE)
    with pytest.raises(SignInRefused):
        sessions.sign_in(db, "nobody-here", "wrong", AT)
    sessions.forget_ended(db, AT + IDLE)
    assert db.execute(sa.text("SELECT count(*) FROM session WHERE account = :a"), {"a": made.id}).scalar_one() == 1
    assert sessions.session(db, kept, AT + IDLE)
    assert old != kept
    sessions.forget_ended(db, AT + timedelta(days=2))
    assert db.execute(sa.text("SELECT count(*) FROM sign_in_try WHERE failed_at <= :t"), {"t": AT}).scalar_one() == 0


def test_forms_are_of_one_session() -> None:
    assert sessions.is_form_secret("a", sessions.form_secret("a"))
    assert not sessions.is_form_secret("b", sessions.form_secret("a"))
    assert not sessions.is_form_secret("a", "é\udce9")


def test_the_account_is_not_shown_its_hash(db: Db) -> None:
    made = officer(db)
    row = store.by_id(db, made.id)
    assert row is not None
    assert GOOD not in row["password"]
    assert not hasattr(made, "password")
