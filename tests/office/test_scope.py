"""A capability table handed in at the office: errors by cell, what it changes, and nothing enrolled without whoever reviews."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from tests.office.conftest import Desk, Place, SignIn

from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.registry import drafts
from zhijian.registry.scope_table import Line, render
from zhijian.wiring import Node

ALL = Scope.everything()


@pytest.fixture
def certificate(node: Node, places: tuple[Place, Place]) -> str:
    with node.transaction() as db:
        return str(drafts.certificates(db, ALL, places[0].uscc)[0]["number"])


def now(node: Node, place: Place, number: str) -> tuple[Line, ...]:
    with node.transaction() as db:
        return drafts.in_force(db, ALL, place.uscc, number, datetime.now(SHANGHAI).date())


def sent(desk: Desk, place: Place, number: str, raw: bytes, **more: str) -> Any:
    data = {"form": desk.form, "number": number, **more}
    return desk.http.post(f"/office/institutions/{place.uscc}/scope", data=data, files={"file": ("附表.xlsx", raw)})


def confirm(desk: Desk, said: str) -> Any:
    where, seen = re.search(
        r'action="(/office/institutions/\w+/scope/\w{64})".*?name="seen" value="(\w+)"', said, re.S
    ).groups()  # type: ignore[union-attr]
    return desk.http.post(where, data={"form": desk.form, "seen": seen})


def test_a_table_is_compared_and_enrolled_only_by_the_second_step(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str
) -> None:
    desk, before = sign_in(Role.PROVINCIAL, places[0]), now(node, places[0], certificate)
    gone, changed = before[0], replace(before[1], restriction="只做第一法")
    raw = render([changed, *before[2:]])
    said = sent(desk, places[0], certificate, raw)
    assert said.status_code == 200
    assert re.search(r"取消 1", said.text)
    assert "限制变更 1" in said.text
    assert now(node, places[0], certificate) == before, "nothing is enrolled by a look"
    assert confirm(desk, said.text).status_code == 303
    after = now(node, places[0], certificate)
    assert len(after) == len(before) - 1
    assert (gone.site_no, gone.sequence) not in {(line.site_no, line.sequence) for line in after}
    assert "只做第一法" in {line.restriction for line in after}
    assert confirm(desk, said.text).status_code == 409, "once"
    with node.transaction() as db:
        query = sa.text("SELECT count(*) FROM audit WHERE act = 'scope.confirmed' AND object LIKE :u")
        assert db.execute(query, {"u": f"{places[0].uscc}%"}).scalar_one() == 1
    back = sent(desk, places[0], certificate, render(before)).text
    assert confirm(desk, back).status_code == 303
    assert set(now(node, places[0], certificate)) == set(before), "what went out comes back in"


def test_what_changed_since_it_was_compared_is_compared_again(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str
) -> None:
    desk, before = sign_in(Role.REVIEWER, places[0]), now(node, places[0], certificate)
    one = sent(desk, places[0], certificate, render(before[1:])).text
    other = sent(desk, places[0], certificate, render([replace(before[0], note="先登记的"), *before[1:]])).text
    assert confirm(desk, other).status_code == 303
    assert confirm(desk, one).status_code == 409
    assert confirm(desk, sent(desk, places[0], certificate, render(before)).text).status_code == 303


def test_errors_stand_at_their_cells_and_nothing_can_be_confirmed(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str
) -> None:
    desk, lines = sign_in(Role.PROVINCIAL, places[0]), now(node, places[0], certificate)
    book = load_workbook(io.BytesIO(render(lines[:3])))
    page = book.active
    cell = next(c for row in page.iter_rows() for c in row if c.value and lines[0].standard in str(c.value))
    cell.value = "不知道什么标准"
    raw = io.BytesIO()
    book.save(raw)
    said = sent(desk, places[0], certificate, raw.getvalue())
    assert said.status_code == 200
    assert f"!{cell.coordinate}<" in said.text
    assert "按这份表登记" not in said.text


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CLERK, Role.INSPECTOR])
def test_a_laboratory_checks_and_keeps_nothing(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str, role: Role
) -> None:
    desk, lines = sign_in(role, places[0]), now(node, places[0], certificate)
    raw = render([replace(lines[0], note=f"试 {role}")])
    said = sent(desk, places[0], certificate, raw)
    assert said.status_code == 200
    assert "按这份表登记" not in said.text
    with node.transaction() as db:
        assert db.execute(sa.text("SELECT count(*) FROM scope_draft WHERE \"by\" = :l"), {"l": desk.account.login}).scalar_one() == 0  # fmt: skip


@pytest.mark.parametrize("raw", [b"", b"no workbook", b"PK\x03\x04" + bytes(200)])
def test_what_is_no_workbook_is_refused_in_words(
    sign_in: SignIn, places: tuple[Place, Place], certificate: str, raw: bytes
) -> None:
    said = sent(sign_in(Role.MANAGER, places[0]), places[0], certificate, raw)
    assert said.status_code == 422
    assert "没有办成" in said.text


def test_another_province_neither_checks_nor_confirms(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str
) -> None:
    lines = now(node, places[0], certificate)
    own, foreign = sign_in(Role.PROVINCIAL, places[0]), sign_in(Role.PROVINCIAL, places[1])
    said = sent(own, places[0], certificate, render([replace(lines[0], note="外省")])).text
    assert sent(foreign, places[0], certificate, render(lines)).status_code == 404
    assert confirm(foreign, said).status_code == 404
    assert now(node, places[0], certificate) == lines


def test_what_holds_from_a_later_day_is_not_enrolled_before_it(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str
) -> None:
    desk, before = sign_in(Role.PROVINCIAL, places[0]), now(node, places[0], certificate)
    later = (datetime.now(SHANGHAI).date() + timedelta(days=30)).isoformat()
    said = sent(desk, places[0], certificate, render([replace(before[0], valid_from=later), *before[1:]])).text
    refused = confirm(desk, said)
    assert refused.status_code == 409
    assert later in refused.text
    assert now(node, places[0], certificate) == before, "today's rows hold until then"


def test_a_table_can_come_back_after_another_was_in_force(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], certificate: str
) -> None:
    desk, before = sign_in(Role.PROVINCIAL, places[0]), now(node, places[0], certificate)
    first, second = (
        render([replace(before[0], note="一"), *before[1:]]),
        render([replace(before[0], note="二"), *before[1:]]),
    )
    for raw in (first, second, first, second, render(before)):
        assert confirm(desk, sent(desk, places[0], certificate, raw).text).status_code == 303
