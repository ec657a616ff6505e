"""Possible duplicates are judged side by side, with a reason, by whoever has both sides in the own area."""

import base64
from dataclasses import asdict
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from tests.office.conftest import Desk, Place, SignIn

from zhijian.kit.principal import Role
from zhijian.registry import tables
from zhijian.registry.likeness import Twin
from zhijian.registry.matching import Queued
from zhijian.web.office.twins import address
from zhijian.wiring import Node


@pytest.fixture(scope="module")
def people(node: Node) -> tuple[Twin, Twin]:
    """Pairs of people: within the province that has two institutions or more, and over provinces."""
    with node.transaction() as db:
        rows = db.execute(sa.text(
            "SELECT s.province, s.uscc, min(s.staff_no) AS no FROM staff s GROUP BY 1, 2 "
            "ORDER BY count(*) OVER (PARTITION BY s.province) DESC, 1, 2"
        )).all()  # fmt: skip
        a, b, far = rows[0], rows[1], next(r for r in rows if r.province != rows[0].province)
        made = []
        for pair in ((a, b), (a, far)):
            x, y = sorted(pair, key=lambda r: r.uscc)
            made.append(Twin("person", x.uscc, x.no, y.uscc, y.no, x.province, y.province, ("name", "rare"), 0.8))
        db.execute(sa.insert(tables.twin), [asdict(one) | {"found_at": datetime.now(UTC)} for one in made])
    assert made[0].a_province == made[0].b_province
    return made[0], made[1]


def where(twin: Twin) -> str:
    return address(Queued(twin, "open", None, None, None))


def judged(desk: Desk, twin: Twin, answer: str, note: str) -> int:
    return desk.http.post(where(twin), data={"form": desk.form, "answer": answer, "note": note}).status_code


@pytest.fixture
def desk(sign_in: SignIn, people: tuple[Twin, Twin]) -> Desk:
    return sign_in(Role.PROVINCIAL, Place(people[0].a_province, "", people[0].a_uscc))


def test_a_pair_is_judged_with_a_reason_kept_and_taken_back(node: Node, desk: Desk, people: tuple[Twin, Twin]) -> None:
    twin = people[0]
    assert twin.a_uscc in desk.http.get("/office/twins?kind=person").text
    assert judged(desk, twin, "same", "") == 422
    assert judged(desk, twin, "certainly", "x") == 422
    assert judged(desk, twin, "unsure", "等社保记录") == 303
    assert "等社保记录" in desk.http.get("/office/twins?kind=person").text, (
        "not decided: it stays in the queue with its note"
    )
    assert judged(desk, twin, "same", "身份证号相同") == 303
    assert twin.a_key not in desk.http.get("/office/twins?kind=person").text
    assert "身份证号相同" in desk.http.get("/office/twins?state=same").text
    with node.transaction() as db:
        kept = db.execute(sa.text("SELECT state, decided_by FROM registry_twin WHERE a_uscc = :u AND b_uscc = :b"),
                          {"u": twin.a_uscc, "b": twin.b_uscc}).one()  # fmt: skip
        reasons = db.execute(sa.text("SELECT reason FROM audit WHERE act = 'twins.judge' ORDER BY seq")).scalars().all()
    assert kept == ("same", desk.account.login)
    assert reasons[-2:] == ["等社保记录", "身份证号相同"]
    assert judged(desk, twin, "unsure", "又有疑问") == 303


def test_names_are_masked_where_two_are_compared(node: Node, desk: Desk, people: tuple[Twin, Twin]) -> None:
    with node.transaction() as db:
        query = sa.text("SELECT name FROM staff WHERE uscc = :u AND staff_no = :k")
        name = db.execute(query, {"u": people[0].a_uscc, "k": people[0].a_key}).scalar_one()
    assert name not in desk.http.get(where(people[0])).text


def test_a_pair_over_provinces_is_the_national_offices_alone(
    desk: Desk, sign_in: SignIn, people: tuple[Twin, Twin]
) -> None:
    over = people[1]
    for province in (over.a_province, over.b_province):
        one = sign_in(Role.PROVINCIAL, Place(province, "", over.a_uscc))
        assert one.http.get(where(over)).status_code == 404
        assert judged(one, over, "same", "x") == 404
        assert where(over) not in one.http.get("/office/twins").text
    national = sign_in(Role.NATIONAL, Place("", "", ""))
    assert national.http.get(where(over)).status_code == 200
    assert judged(national, over, "different", "两人同名") == 303


@pytest.mark.parametrize(
    "said",
    [
        "",
        "1",
        '["person"]',
        '["x","","","",""]',
        '["person",{},[],1,null]',
        '["person","\\u0000","","",""]',
        "[" * 5000,
    ],
)
def test_a_pair_that_cannot_be_is_not_there(desk: Desk, said: str) -> None:
    pair = base64.urlsafe_b64encode(said.encode()).decode() or "!!"
    assert desk.http.get(f"/office/twins/{pair}").status_code == 404
