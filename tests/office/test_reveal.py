"""Personal data is shown for one record, after a reason, and the trail knows."""

import secrets
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from markupsafe import escape
from tests.office.conftest import Place, SignIn

from zhijian.cases import Complaint, receive
from zhijian.identity import audit
from zhijian.identity.audit import Sought
from zhijian.identity.revealing import AN_HOUR
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

WHY = {"kind": "verify", "reason": "核对签字人身份"}


@pytest.fixture(scope="module")
def somebody(node: Node, places: tuple[Place, Place]) -> tuple[str, str]:
    """(address, name)."""
    with node.reading() as db:
        no, name = db.execute(sa.text("SELECT staff_no, name FROM staff WHERE uscc = :u ORDER BY 1 LIMIT 1"), {"u": places[0].uscc}).one()  # fmt: skip
    return f"/office/institutions/{places[0].uscc}/staff/{no}/reveal", name


def revealed(node: Node, login: str) -> list[audit.Entry]:
    with node.reading() as db:
        return audit.entries(db, Scope.everything(), Sought(login=login, act="personal.revealed"))


def test_a_name_is_shown_after_a_reason_and_noted(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], somebody: tuple[str, str]
) -> None:
    desk, (path, name) = sign_in(Role.CITY, places[0]), somebody
    listed = desk.http.get(f"/office/institutions/{places[0].uscc}?tab=people").text
    assert path in listed
    assert escape(name) not in listed
    assert escape(name) not in desk.http.get(path).text
    answer = desk.http.post(path, data={"form": desk.form, **WHY})
    assert answer.status_code == 200
    assert escape(name) in answer.text
    assert answer.headers["cache-control"] == "no-store"
    (entry,) = revealed(node, desk.account.login)
    assert (entry.reason, entry.detail, entry.province) == (WHY["reason"], {"kind": "verify", "fields": ["name"]}, places[0].province)  # fmt: skip
    assert name not in f"{entry}"


@pytest.mark.parametrize(
    "wrong", [{"reason": "短"}, {"reason": "    短    "}, {"kind": ""}, {"kind": "x"}, {"reason": "长" * 201}]
)
def test_without_a_reason_nothing_is_shown(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], somebody: tuple[str, str], wrong: dict[str, str]
) -> None:
    desk, (path, name) = sign_in(Role.INSPECTOR, places[0]), somebody
    answer = desk.http.post(path, data={"form": desk.form, **WHY, **wrong})
    assert answer.status_code == 422
    assert escape(name) not in answer.text
    assert not revealed(node, desk.account.login)


def test_a_reason_in_the_address_shows_nothing(sign_in: SignIn, places: tuple[Place, Place], somebody: tuple[str, str]) -> None:  # fmt: skip
    desk, (path, name) = sign_in(Role.PROVINCIAL, places[0]), somebody
    assert escape(name) not in desk.http.get(path, params=WHY).text


def test_an_account_sees_so_many_an_hour(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], somebody: tuple[str, str]
) -> None:
    desk, (path, name) = sign_in(Role.NATIONAL, places[0]), somebody
    for _ in range(AN_HOUR):
        assert desk.http.post(path, data={"form": desk.form, **WHY}).status_code == 200
    answer = desk.http.post(path, data={"form": desk.form, **WHY})
    assert answer.status_code == 429
    assert escape(name) not in answer.text
    assert "一小时" in answer.text
    assert len(revealed(node, desk.account.login)) == AN_HOUR
    assert sign_in(Role.PROVINCIAL, places[0]).http.post(path, data={"form": "x"}).status_code == 403


def test_who_reported_is_shown_to_whoever_handles_the_case(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    nation, desk, other = (
        sign_in(Role.NATIONAL, places[0]),
        sign_in(Role.PROVINCIAL, places[0]),
        sign_in(Role.PROVINCIAL, places[1]),
    )
    with node.transaction() as db:
        complaint = Complaint.written("not-tested", "没有检测就出了报告", contact="13812345678")
        receipt = receive(
            db, Scope.anyone(), complaint, [], datetime.now(UTC), form=secrets.token_bytes(32), worked=True
        )
    lead = {
        "source": "complaint",
        "source_ref": receipt,
        "field": "01",
        "matter": "举报",
        "province": places[0].province,
    }
    case = nation.http.post("/office/cases", data={"form": nation.form, **lead}).headers["location"]
    page = desk.http.get(case).text
    assert f"{case}/reporter" in page
    assert "13812345678" not in page
    assert "13812345678" in desk.http.post(f"{case}/reporter", data={"form": desk.form, **WHY}).text
    assert other.http.post(f"{case}/reporter", data={"form": other.form, **WHY}).status_code == 404
    (entry,) = revealed(node, desk.account.login)
    assert entry.detail["fields"] == ["contact"]
    assert "138" not in entry.object + entry.reason
