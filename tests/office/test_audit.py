"""The trail as a page: names, filters, export, and what was refused."""

import ast
import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.office.conftest import Place, SignIn

import zhijian
from zhijian.cases.flow.acts import ACTS
from zhijian.identity import audit, noted
from zhijian.identity.audit import Sought
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.web.office import draws
from zhijian.web.office.audit_words import NAMES
from zhijian.wiring import Node


def trail(node: Node, login: str, act: str = "refused") -> list[audit.Entry]:
    with node.reading() as db:
        return audit.entries(db, Scope.everything(), Sought(login=login, act=act))


def test_every_act_that_is_noted_has_a_name() -> None:
    found = set()
    for path in Path(zhijian.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in (
                "noted",
                "_noted",
            ):
                found |= {one.value for arg in call.args[1:3] for one in ast.walk(arg)
                          if isinstance(one, ast.Constant) and isinstance(one.value, str) and not one.value.endswith(("case.", "draw."))}  # fmt: skip
    assert found - set(NAMES) - {f"case.{act}" for act in ACTS} == set()
    assert {f"draw.{step}" for step in draws.STEPS} <= set(NAMES)
    assert {"sign-in", "request.asked", "node.backed-up"} <= found


def test_what_was_refused_is_noted_with_who_and_what(node: Node, sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.CITY, places[0])
    desk.http.get("/office/audit")
    desk.http.post("/office/cases", data={"form": "0" * 64})
    desk.http.post("/office/cases/x/take-up", data={"form": desk.form})
    desk.http.get("/office/institutions/x")  # only looked for
    said = [
        (e.object, e.detail["status"], e.detail.get("act"), e.province)
        for e in reversed(trail(node, desk.account.login))
    ]
    place = places[0].province
    assert said == [("GET /office/audit", 403, "audit.see", place), ("POST /office/cases", 403, None, place),
                    ("POST /office/cases/x/take-up", 404, None, place)]  # fmt: skip


def test_refusals_do_not_flood_the_trail(node: Node, sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.CLERK, places[0])
    for _ in range(25):
        assert desk.http.get("/office/audit").status_code == 403
    counts = [e.detail["count"] for e in reversed(trail(node, desk.account.login))]
    assert set(counts) <= {1, 2, 3, 4, 5, 10}  # a minute may end in between
    assert len(counts) < 15


def test_a_laboratorys_acts_are_noted_in_its_province(node: Node, sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.MANAGER, places[0])
    assert [e.province for e in trail(node, desk.account.login, "sign-in")] == [places[0].province]
    page = sign_in(Role.PROVINCIAL, places[0]).http.get("/office/audit", params={"login": desk.account.login})
    assert "登录" in page.text


def test_what_the_nation_does_in_a_province_the_province_sees(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    nation, province = sign_in(Role.NATIONAL, places[0]), sign_in(Role.PROVINCIAL, places[0])
    lead = {
        "source": "signal",
        "field": "01",
        "matter": "模拟线索",
        "province": places[0].province,
        "form": nation.form,
    }
    case = nation.http.post("/office/cases", data=lead).headers["location"]
    done = nation.http.post(f"{case}/take-up", data={"form": nation.form, "seen": "1", "reason": "核对"})
    assert done.status_code == 303
    assert [e.province for e in trail(node, nation.account.login, "case.take-up")] == [places[0].province]
    seen = province.http.get("/office/audit", params={"login": nation.account.login, "act": "case.take-up"}).text
    assert "案件：" in seen
    assert "没有符合条件" not in seen


@pytest.mark.parametrize("query", ["from=x", "to=2026-13-01", "from=0001-01-01", "to=9999-12-31"])
def test_a_day_that_cannot_be_is_said(sign_in: SignIn, places: tuple[Place, Place], query: str) -> None:
    assert sign_in(Role.AUDITOR, places[0]).http.get(f"/office/audit?{query}").status_code == 422


def test_the_trail_is_filtered_by_act_account_and_day_and_exported(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    desk, auditor = sign_in(Role.PROVINCIAL, places[0]), sign_in(Role.AUDITOR, places[0])
    with node.transaction() as db:
        noted(
            db,
            desk.account.principal,
            "password.given",
            "=cmd|'/c calc'",
            datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC),
        )
    same = {"login": desk.account.login, "act": "password.given"}
    assert (
        "给新密码</td>"
        in auditor.http.get("/office/audit", params={**same, "from": "2026-01-31", "to": "2026-01-31"}).text
    )
    assert "没有符合条件" in auditor.http.get("/office/audit", params={**same, "from": "2026-02-01"}).text
    assert "Give a new password" in auditor.http.get("/office/audit", params={**same, "lang": "en"}).text
    answer = auditor.http.post("/office/audit/export", data={"form": auditor.form, **same})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert auditor.account.login in rows[0][0]
    assert rows[2][2:8] == [
        desk.account.login,
        "provincial",
        places[0].province,
        "password.given",
        "Give a new password",
        "'=cmd|'/c calc'",
    ]
    assert len(rows) == 3
    (left,) = trail(node, auditor.account.login, "audit.exported")
    assert left.detail == {"count": 1}
    assert left.at.astimezone(SHANGHAI).date() == datetime.now(SHANGHAI).date()
