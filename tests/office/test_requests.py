"""What takes two accounts: keys revoked, personal data exported."""

import csv
import io
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.office.conftest import PASSWORD, Desk, Place, SignIn

from zhijian.codes import Keyring
from zhijian.codes.model import KeyOrder
from zhijian.identity import Account, accounts, audit, four_eyes
from zhijian.identity.four_eyes import EXPORT_PEOPLE, HOLDS, OPEN, REVOKE_KEY, RequestRefused, RequestUnknown
from zhijian.identity.model import NotAllowed
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.wiring import RESTORED, Node
from zhijian.worker import carrying

WHY = {"reason": "私钥所在电脑失窃"}
AGREED = {"decision": "confirm", "opinion": "已电话核实"}
Officer = Callable[[Role, Place], Account]


def new_key(node: Node, place: Place) -> str:
    public = PrivateKey.generate(Suite.ES256).public
    with node.transaction() as db:
        found = node.institution(db, place.uscc)
        assert found is not None
        (kid,) = node.keyring().issue(db, Scope.everything(), [KeyOrder(place.uscc, found.code_index, "LIMS", public)], 10, datetime.now(UTC))  # fmt: skip
    return kid


def post(desk: Desk, path: str, **fields: str) -> tuple[int, str]:
    answer = desk.http.post(path, data={"form": desk.form, **fields})
    return answer.status_code, answer.headers.get("location", "") or answer.text


def test_a_key_is_revoked_by_two_accounts_and_never_by_one(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    kid, manager, officer = new_key(node, places[0]), sign_in(Role.MANAGER, places[0]), sign_in(Role.PROVINCIAL, places[0])  # fmt: skip
    status, page = post(manager, "/office/requests/keys", kid=kid, **WHY)
    assert status == 303
    with node.reading() as db:
        assert Keyring.holder(db, kid) == (places[0].uscc, None)
    assert post(manager, page, **AGREED)[0] == 403
    for foreign in (sign_in(Role.PROVINCIAL, places[1]), sign_in(Role.MANAGER, places[1])):
        assert foreign.http.get(page).status_code == 404
    assert post(officer, page, **AGREED)[0] == 303
    status, said = post(officer, page, **AGREED)
    assert (status, "已经有结果" in said) == (422, True)
    with node.transaction() as db:
        before = node.published_trust(db)
    carrying.turn(node, datetime.now(UTC))
    with node.transaction() as db:
        holder, after = Keyring.holder(db, kid), node.published_trust(db)
    assert holder is not None
    assert holder[1] is not None
    assert before is not None
    assert after is not None
    assert after.version > before.version
    assert next(key.revoked_at for key in after.keys if key.kid == kid) is not None
    assert "已执行" in officer.http.get(page).text
    status, said = post(officer, "/office/requests/keys", kid=kid, **WHY)
    assert (status, "已经吊销" in said) == (422, True)


def test_nobody_confirms_what_he_asked_and_a_lower_area_does_not_confirm_a_higher_ones(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    kid, nation, province = new_key(node, places[0]), sign_in(Role.NATIONAL, places[0]), sign_in(Role.PROVINCIAL, places[0])  # fmt: skip
    page = post(nation, "/office/requests/keys", kid=kid, **WHY)[1]
    status, said = post(nation, page, **AGREED)
    assert (status, "另一个账号" in said) == (422, True)
    assert province.http.get(page).status_code == 404
    assert post(province, page, **AGREED)[0] == 404
    assert post(sign_in(Role.NATIONAL, places[0]), page, **AGREED)[0] == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kid": "00000000"}, "没有这把密钥"),
        ({"kid": "' OR 1=1"}, "没有这把密钥"),
        ({"reason": "短"}, "5 到 500"),
        ({"since": "2999-01-01T00:00"}, "过去的时间"),
        ({"since": "昨天"}, "过去的时间"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_and_what_was_typed_stays(
    node: Node, sign_in: SignIn, places: tuple[Place, Place], fields: dict[str, str], said: str
) -> None:
    desk = sign_in(Role.PROVINCIAL, places[0])
    kid = new_key(node, places[0])
    status, text = post(desk, "/office/requests/keys", **{"kid": kid, "reason": "私钥所在电脑失窃", **fields})
    assert status == 422
    assert said in text
    assert fields.get("reason", "私钥所在电脑失窃") in text


def test_another_provinces_key_is_as_if_it_were_not_there(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    kid, desk = new_key(node, places[0]), sign_in(Role.PROVINCIAL, places[1])
    status, said = post(desk, "/office/requests/keys", kid=kid, **WHY)
    assert (status, "没有这把密钥" in said) == (422, True)
    with node.gate.within(Scope.of_province(places[1].province), datetime.now(UTC)) as db:
        seen = db.execute(sa.text("SELECT count(*) FROM institution_key WHERE kid = :k"), {"k": kid}).scalar_one()
        assert seen == 0


def test_an_export_is_open_once_to_whoever_asked_and_says_who_took_it(
    sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    asks, confirms = sign_in(Role.PROVINCIAL, places[0]), sign_in(Role.PROVINCIAL, places[0])
    page = post(asks, "/office/requests/exports", subject=places[0].uscc, reason="核对持证人员")[1]
    status, said = post(asks, page + "/file")
    assert (status, "还没有同意" in said) == (422, True)
    assert post(confirms, page, **AGREED)[0] == 303
    assert post(confirms, page + "/file")[0] == 404
    answer = asks.http.post(page + "/file", data={"form": asks.form})
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert asks.account.login in rows[0][0]
    assert confirms.account.login in rows[0][0]
    assert rows[1][:4] == ["统一社会信用代码", "机构名称", "人员编号", "姓名"]
    assert {row[0] for row in rows[2:]} == {places[0].uscc}
    assert not any("＊" in cell or "*" in cell for row in rows[2:] for cell in row)
    assert post(asks, page + "/file")[0] == 422


def test_a_province_is_exported_within_ones_area_alone(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    desk = sign_in(Role.PROVINCIAL, places[0])
    for subject in (places[1].province, places[1].uscc, "99", "x", "33' OR 1=1"):
        assert post(desk, "/office/requests/exports", subject=subject, reason="核对持证人员")[0] == 422
    assert post(desk, "/office/requests/exports", subject=places[0].province, reason="核对持证人员")[0] == 303


def test_requests_and_files_are_over_after_their_time(
    node: Node, officer: Officer, places: tuple[Place, Place]
) -> None:
    asks, confirms, at = officer(Role.PROVINCIAL, places[0]).principal, officer(Role.PROVINCIAL, places[0]).principal, datetime.now(UTC)  # fmt: skip
    clerk = officer(Role.CLERK, places[0]).principal
    with node.engine.connect() as db:
        one = four_eyes.ask(db, asks, EXPORT_PEOPLE, places[0].uscc, "核对持证人员", at, place=places[0].province)
        with pytest.raises(RequestRefused, match="waits"):
            four_eyes.ask(db, asks, EXPORT_PEOPLE, places[0].uscc, "核对持证人员", at, place=places[0].province)
        with pytest.raises(RequestRefused, match="expired"):
            four_eyes.decide(db, confirms, one.id, True, "已电话核实", at + HOLDS)
        later = four_eyes.ask(db, asks, EXPORT_PEOPLE, places[0].uscc, "核对持证人员", at + HOLDS, place=places[0].province)  # fmt: skip
        four_eyes.decide(db, confirms, later.id, True, "已电话核实", at + HOLDS)
        with pytest.raises(RequestRefused, match="not-open"):
            four_eyes.take(db, asks, later.id, at + HOLDS + OPEN)
        with pytest.raises(RequestUnknown):
            four_eyes.take(db, confirms, later.id, at + HOLDS)
        assert four_eyes.take(db, asks, later.id, at + HOLDS).id == later.id
        with pytest.raises(NotAllowed):
            four_eyes.ask(db, clerk, REVOKE_KEY, "x", "私钥失窃了", at, place=None)


def test_two_accounts_of_one_administrator_and_day_are_pointed_out_and_found_in_the_trail(
    node: Node, client: Callable[..., object], sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    made, at = [], datetime.now(UTC)
    with node.transaction() as db:
        admin = accounts.add(
            db, None, f"admin-{secrets.token_hex(4)}", "管", Role.ADMINISTRATOR, PASSWORD, at
        ).principal
        for day in (0, 1, 40):
            login = f"twin-{secrets.token_hex(4)}"
            made.append(accounts.add(db, admin, login, "双", Role.PROVINCIAL, PASSWORD, at + timedelta(days=day), province=places[0].province))  # fmt: skip
        one = four_eyes.ask(db, made[0].principal, EXPORT_PEOPLE, places[0].uscc, "核对持证人员", at, place=places[0].province)  # fmt: skip
        assert not four_eyes.made_together(db, made[0].login, made[2].login)
        assert four_eyes.made_together(db, made[1].login, made[0].login)
    http = client()  # type: ignore[operator]
    http.post("/office/sign-in", data={"login": made[1].login, "password": PASSWORD})
    twin = Desk(made[1], http)
    assert "同一个管理员 30 天内" in twin.http.get(f"/office/requests/{one.id}").text
    other = sign_in(Role.PROVINCIAL, places[0])
    assert "同一个管理员 30 天内" not in other.http.get(f"/office/requests/{one.id}").text
    assert post(twin, f"/office/requests/{one.id}", **AGREED)[0] == 303
    with node.reading() as db:
        last = audit.entries(db, Scope.everything(), audit.Sought(act="request.confirmed", login=made[1].login))
    assert [dict(e.detail) for e in last] == [{"request": one.id, "kind": "export-people", "made_together": True}]


def test_sql_that_is_smuggled_in_confirms_nothing_of_ones_own(
    node: Node, officer: Officer, places: tuple[Place, Place]
) -> None:
    asks, at = officer(Role.PROVINCIAL, places[0]).principal, datetime.now(UTC)
    with node.transaction() as db:
        one = four_eyes.ask(db, asks, EXPORT_PEOPLE, places[0].uscc, "核对持证人员", at, place=places[0].province)
    own = "UPDATE four_eyes SET state = 'confirmed', decided_by = :who, decided_login = 'x', decided_at = now() WHERE id = :id"
    for scope, statement, refused in (
        (asks.scope, own, "ck_four_eyes_two"),
        (asks.scope, "UPDATE four_eyes SET asked_by = 0 WHERE id = :id", "permission denied"),
        (asks.scope, "DELETE FROM four_eyes WHERE id = :id", "permission denied"),
    ):
        with pytest.raises(sa.exc.DBAPIError, match=refused), node.gate.within(scope, at) as db:
            db.execute(sa.text(statement), {"who": asks.account, "id": one.id})
    with node.gate.within(Scope.of_province(places[1].province), at) as db:
        assert db.execute(sa.text(own), {"who": 0, "id": one.id}).rowcount == 0


def test_a_revocation_that_cannot_be_done_is_noted_as_failed(
    node: Node, officer: Officer, places: tuple[Place, Place]
) -> None:
    kid, at = new_key(node, places[0]), datetime.now(UTC)
    one, two = officer(Role.PROVINCIAL, places[0]).principal, officer(Role.PROVINCIAL, places[0]).principal
    with node.transaction() as db:
        asked = four_eyes.ask(db, one, REVOKE_KEY, kid, "私钥所在电脑失窃", at, place=places[0].province)
        four_eyes.decide(db, two, asked.id, True, "已电话核实", at)
        node.office(db).revoke_key(db, kid, at, "操作员已吊销", at)
    (node.settings.home / RESTORED).write_text(json.dumps({"since": "x", "why": "x"}))
    try:
        assert carrying.turn(node, datetime.now(UTC)) == 0
        with node.reading() as db:
            assert four_eyes.one(db, Scope.everything(), asked.id).state == "confirmed", "a copy carries nothing out"
    finally:
        (node.settings.home / RESTORED).unlink()
    carrying.turn(node, datetime.now(UTC))
    with node.reading() as db:
        assert four_eyes.one(db, Scope.everything(), asked.id).state == "failed"
