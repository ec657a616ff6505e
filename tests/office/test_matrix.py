"""Every page × every role × own and foreign area. A page without a line in matrix.csv fails; so does a line without its page."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cases.sampling.worlds import SECRET, frame, plan
from tests.office.conftest import Desk, Place, SignIn

from zhijian.cases import flow, sampling
from zhijian.identity import Account, four_eyes, rights
from zhijian.kit.principal import OF_LABORATORY, Role
from zhijian.kit.scope import Scope
from zhijian.registry import tables
from zhijian.registry.likeness import Twin
from zhijian.registry.matching import Queued
from zhijian.web.office import PAGES, twins
from zhijian.wiring import Node

with (Path(__file__).parent / "matrix.csv").open(encoding="utf-8", newline="") as file:
    LINES = {(row["method"], row["path"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def own(sign_in: SignIn, places: tuple[Place, Place]) -> dict[Role, Desk]:
    return {role: sign_in(role, places[0]) for role in Role}


@pytest.fixture(scope="session")
def foreign(sign_in: SignIn, places: tuple[Place, Place]) -> dict[Role, Desk]:
    return {role: sign_in(role, places[1]) for role in Role if role not in (Role.NATIONAL, Role.AUDITOR)}


def filled(path: str, names: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)(?::path)?}", lambda found: names[found[1]], path)


def asked(desk: Desk, method: str, path: str, place: Place, names: dict[str, str]) -> int:
    """A form is empty but for the session's secret: what may be done at all is then asked for its fields (422)."""
    where = filled(path, {**names, "uscc": place.uscc})
    data = {"form": desk.form} if method == "POST" else None
    return desk.http.request(method, where, data=data).status_code


@pytest.fixture(scope="session")
def names(node: Node, officer: Callable[[Role, Place], Account], places: tuple[Place, Place]) -> dict[str, str]:
    """Of things in the first place: an account that every manager of that place may close, a case of which nobody was told."""
    with node.transaction() as db:
        rights = frozenset({"cases.receive"})
        lead = {
            "source": "signal",
            "province": places[0].province,
            "uscc": places[0].uscc,
            "field": "01",
            "matter": "模拟线索",
        }
        done = flow.open_case(db, Scope.everything(), flow.model.Actor("li", rights), lead, datetime.now(UTC))
        one = {"u": places[0].uscc}
        code = db.execute(sa.text("SELECT min(code) FROM report WHERE uscc = :u"), one).scalar_one()
        instrument = db.execute(sa.text("SELECT min(management_no) FROM instrument WHERE uscc = :u"), one).scalar_one()
        staff = db.execute(sa.text("SELECT min(staff_no) FROM staff WHERE uscc = :u"), one).scalar_one()
        asks = officer(Role.PROVINCIAL, places[0]).principal
        request = four_eyes.ask(db, asks, four_eyes.EXPORT_PEOPLE, places[0].uscc, "核对持证人员", datetime.now(UTC), place=places[0].province)  # fmt: skip
    registered = {
        "code": code,
        "n": "1",
        "instrument": instrument,
        "staff": staff,
        "division": places[0].city,
        "what": "reports",
        "request": str(request.id),
        "passkey": "AAAA",
        "id": drawn(node, places[0]),
        "step": "publish",
        "digest": "0" * 64,
        "pair": twins.address(doubled(node, places[0])).rpartition("/")[2],
    }
    return {"login": officer(Role.CLERK, places[0]).login, "no": done.no, "act": "take-up", **registered}


def doubled(node: Node, place: Place) -> Queued:
    """A pair of which both sides are of that place."""
    twin = Twin("institution", place.uscc, "", place.uscc, "x", place.province, place.province, ("name",), 0.9)
    with node.transaction() as db:
        db.execute(sa.insert(tables.twin).values(**asdict(twin), found_at=datetime.now(UTC)))
    return Queued(twin, "open", None, None, None)


def drawn(node: Node, place: Place) -> str:
    """A draw of that place whose result is known and not published."""
    made, at, all_ = plan(id=f"{place.province}-matrix", province=place.province), datetime.now(UTC), Scope.everything()
    with node.transaction() as db:
        sampling.life.draft(db, all_, made, frame(60, 16), "bb" * 32, "zhang", at)
        sampling.life.commit(db, all_, made.id, SECRET, "zhang", at)
        sampling.life.run(db, all_, made.id, "1 2 3", "zhang", at)
    return made.id


def test_every_page_has_a_line_and_every_line_a_page() -> None:
    assert set(LINES) == {(page.method, page.path) for page in PAGES}


@pytest.mark.parametrize(("method", "path"), sorted(LINES))
def test_each_role_gets_what_the_matrix_says(
    method: str, path: str, own: dict[Role, Desk], places: tuple[Place, Place], names: dict[str, str]
) -> None:
    line = LINES[method, path]
    found = {role.value: str(asked(desk, method, path, places[0], names)) for role, desk in own.items()}
    assert found == {role.value: line[role.value] for role in Role}


@pytest.mark.parametrize(("method", "path"), sorted(LINES))
def test_nobody_reaches_into_another_area(
    method: str, path: str, foreign: dict[Role, Desk], places: tuple[Place, Place], names: dict[str, str]
) -> None:
    line = LINES[method, path]
    for role, desk in foreign.items():
        wanted = line[role.value] if line[role.value] == "403" else line["foreign"]
        assert str(asked(desk, method, path, places[0], names)) == wanted, role


@pytest.mark.parametrize(("method", "path"), sorted(LINES))
def test_who_is_not_signed_in_is_sent_to_sign_in(
    method: str, path: str, client: object, places: tuple[Place, Place]
) -> None:
    answer = client().request(method, filled(path, defaultdict(lambda: "x", uscc=places[0].uscc)))  # type: ignore[operator]
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/office/sign-in?")


def test_the_matrix_agrees_with_the_rights() -> None:
    """403 is said exactly where the role lacks the page's act."""
    for page in PAGES:
        line = LINES[page.method, page.path]
        for role in Role:
            assert (line[role.value] == "403") == (role not in rights()[page.act].roles), (page.path, role)


def test_a_foreign_list_holds_nothing_of_the_other_area(foreign: dict[Role, Desk], places: tuple[Place, Place]) -> None:
    for role, desk in foreign.items():
        said = desk.http.get("/office/institutions").text
        assert places[0].uscc not in said, role
        assert (places[1].uscc in said) or role not in OF_LABORATORY
        found = desk.http.get("/office/institutions", params={"q": places[0].uscc}).text
        assert f"/office/institutions/{places[0].uscc}" not in found
