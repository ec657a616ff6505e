"""What is due, as a page and as a calendar: filters, another's area, and a key that reads one account's list until it ends."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.office.conftest import PASSWORD, Desk, Place, SignIn

from zhijian.identity import accounts
from zhijian.kit.principal import Role
from zhijian.wiring import Node

CALENDAR = "text/calendar; charset=utf-8"


@pytest.fixture(scope="module")
def ending(node: Node, places: tuple[Place, Place]) -> str:
    """A certificate of the first place that ended yesterday."""
    with node.transaction() as db:
        db.execute(sa.text("INSERT INTO certificate (number, uscc, authority, issued_on, expires_on, province, since_on, source, recorded_at) "
                           "VALUES ('209900000001', :u, '到期试验', '2020-01-01', current_date - 1, :p, '2020-01-01', 'test', now()) ON CONFLICT DO NOTHING"),
                   {"u": places[0].uscc, "p": places[0].province})  # fmt: skip
    return "209900000001"


def key_of(desk: Desk) -> str:
    said = desk.http.post("/office/me/feed", data={"form": desk.form}).text
    found = re.search(r"/office/due\.ics\?key=([\w-]{43})", said)
    assert found, said
    return found[1]


def test_each_sees_what_is_due_in_the_own_area_and_a_laboratory_its_own(
    sign_in: SignIn, places: tuple[Place, Place], ending: str
) -> None:
    for role in (Role.NATIONAL, Role.PROVINCIAL, Role.CITY, Role.MANAGER):
        said = sign_in(role, places[0]).http.get("/office/due", params={"kind": "certificate"}).text
        assert ending in said, role
        assert "已过 " in said
    for role in (Role.PROVINCIAL, Role.CITY, Role.MANAGER):
        for query in ({}, {"kind": "certificate"}, {"division": places[0].province}):
            assert ending not in sign_in(role, places[1]).http.get("/office/due", params=query).text, role


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "x"), ("within", "31"), ("division", "x"), ("division", "３３"), ("page", "0"), ("page", "9999")],
)
def test_what_cannot_be_asked_is_said(sign_in: SignIn, places: tuple[Place, Place], name: str, value: str) -> None:
    answer = sign_in(Role.PROVINCIAL, places[0]).http.get("/office/due", params={name: value})
    assert answer.status_code == 422
    assert value in answer.text


def test_a_calendar_reads_by_its_key_alone_until_it_is_ended(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], ending: str, client: Callable[[], TestClient]
) -> None:
    desk, calendar = sign_in(Role.MANAGER, places[0]), client()
    key = key_of(desk)
    answer = calendar.get("/office/due.ics", params={"key": key})
    assert (answer.status_code, answer.headers["content-type"]) == (200, CALENDAR)
    assert ending in answer.text.replace("\r\n ", "")
    foreign = calendar.get("/office/due.ics", params={"key": key_of(sign_in(Role.MANAGER, places[1]))})
    assert foreign.status_code == 200
    assert ending not in foreign.text.replace("\r\n ", "")
    assert key not in desk.http.get("/office/me").text, "it is shown once"
    with node.transaction() as db:
        kept = db.execute(sa.text("SELECT encode(digest, 'hex'), feed_key::text FROM feed_key WHERE account = :a"), {"a": desk.account.id}).one()  # fmt: skip
        assert key not in kept[1]
        acts = db.execute(sa.text("SELECT act FROM audit WHERE object = :l"), {"l": desk.account.login}).scalars().all()
    assert "feed.made" in acts
    again = key_of(desk)
    assert calendar.get("/office/due.ics", params={"key": key}).status_code == 404, "another key takes its place"
    assert desk.http.post("/office/me/feed/end", data={"form": desk.form}).status_code == 303
    assert calendar.get("/office/due.ics", params={"key": again}).status_code == 404


def test_a_key_dies_with_its_account_and_opens_no_page(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], client: Callable[[], TestClient]
) -> None:
    desk, calendar = sign_in(Role.CLERK, places[0]), client()
    key = key_of(desk)
    calendar.cookies.set("office", key)
    assert calendar.get("/office/due").status_code == 303
    with node.transaction() as db:
        accounts.close(db, None, desk.account, "离职", datetime.now(UTC))
        query = sa.text("SELECT count(*) FROM feed_key WHERE account = :a")
        assert db.execute(query, {"a": desk.account.id}).scalar_one() == 0
    assert client().get("/office/due.ics", params={"key": key}).status_code == 404


@pytest.mark.parametrize("query", ["", "?key=", "?key=x", "?key=%00", "?key=" + "a" * 5000, "?key='%20OR%201=1--"])
def test_a_key_that_there_is_not_reads_nothing(client: Callable[[], TestClient], query: str) -> None:
    answer = client().get("/office/due.ics" + query)
    assert answer.status_code == 404
    assert "BEGIN" not in answer.text


def test_no_other_site_makes_a_key(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.CLERK, places[0])
    assert desk.http.post("/office/me/feed", data={"form": "0" * 64}).status_code == 403
    assert desk.http.post("/office/me/feed", data={"form": desk.form}, headers={"origin": "https://evil.example"}).status_code == 403  # fmt: skip


@pytest.mark.parametrize("how", ["own", "given"])
def test_a_key_ends_with_the_password_that_it_was_made_under(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], client: Callable[[], TestClient], how: str
) -> None:
    desk, calendar = sign_in(Role.CLERK, places[0]), client()
    key = key_of(desk)
    assert calendar.get("/office/due.ics", params={"key": key}).status_code == 200
    if how == "own":
        new = "another-long-word-7"
        form = {"form": desk.form, "old": PASSWORD, "new": new, "again": new}
        assert desk.http.post("/office/me/password", data=form).status_code == 303
    else:
        with node.transaction() as db:
            accounts.give_password(db, None, desk.account, "another-long-word-7", datetime.now(UTC))
    assert calendar.get("/office/due.ics", params={"key": key}).status_code == 404


def test_nobody_gives_a_password_to_the_own_account(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    """Whoever sits at an open session would be past the old one."""
    desk = sign_in(Role.ADMINISTRATOR, places[0])
    form = {"form": desk.form, "password": "another-long-word-7"}
    assert desk.http.post(f"/office/accounts/{desk.account.login}/password", data=form).status_code == 422
    assert desk.http.get("/office/me").status_code == 200, "its session goes on"
