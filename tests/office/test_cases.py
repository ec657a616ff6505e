"""Cases at the office's door: what a form leads to, and what the wall lets through."""

import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from tests.office.conftest import Desk, Place, SignIn

from zhijian.cases import Complaint, receive
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

LEAD = {"source": "signal", "field": "01", "matter": "模拟线索"}


def opened(sign_in: SignIn, place: Place) -> str:
    desk = sign_in(Role.PROVINCIAL, place)
    answer = desk.http.post(
        "/office/cases", data={"form": desk.form, "province": place.province, "uscc": place.uscc, **LEAD}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_lead_becomes_a_case_of_its_province_alone(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    case = opened(sign_in, places[0])
    assert sign_in(Role.CITY, places[0]).http.get(case).status_code == 200
    assert sign_in(Role.NATIONAL, places[0]).http.get(case).status_code == 200
    for role, place in ((Role.PROVINCIAL, places[1]), (Role.MANAGER, places[0])):  # the party was told of nothing yet
        desk = sign_in(role, place)
        assert desk.http.get(case).status_code == 404
        data = {
            "form": desk.form,
            "seen": "1",
            "reason": "x",
            "objection_kind": "objection",
            "about": "x",
            "words": "x",
        }
        for act in ("take-up", "object"):
            assert desk.http.post(f"{case}/{act}", data=data).status_code == 404


def test_a_role_without_the_right_is_told_and_nothing_is_done(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    case = opened(sign_in, places[0])
    desk = sign_in(Role.INSPECTOR, places[0])
    answer = desk.http.post(f"{case}/take-up", data={"form": desk.form, "seen": "1", "reason": "x"})
    assert answer.status_code == 422
    assert "cases.triage" in answer.text
    assert "线索" in sign_in(Role.PROVINCIAL, places[0]).http.get(case).text


def test_what_two_accounts_must_do_one_alone_cannot(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    """认定虚假 waits for a second person."""
    case, desk, other = (
        opened(sign_in, places[0]),
        sign_in(Role.PROVINCIAL, places[0]),
        sign_in(Role.PROVINCIAL, places[0]),
    )
    party, officers = sign_in(Role.MANAGER, places[0]), f"{desk.account.login}\n{other.account.login}"
    day = datetime.now(UTC).astimezone(SHANGHAI).date().isoformat()
    law = {"law": "《检验检测机构监督管理办法》", "article": "第二十七条"}
    decision = {"outcome": "warning", "found": "虚假", "facts": "未检先出", "reason": "属实", "answer_to_defence": "不采纳",
                "version": "总局令第39号，2025年3月18日修正", "other_basis_reason": "按行为时", "decision_no": "苏市监罚〔2026〕1号", **law}  # fmt: skip
    steps: list[tuple[Desk, str, dict[str, str], int]] = [
        (desk, "take-up", {"reason": "核对"}, 303), (desk, "assign", {"division": "处", "officers": officers}, 303),
        (desk, "begin", {"way": "remote", "began_on": day, "inspectors": officers}, 303),
        (desk, "find", {"nature": "虚假", "description": "未检先出"}, 303), (desk, "end", {"ended_on": day, "summary": "属实"}, 303),
        (desk, "file", {"reason": "符合立案标准", "nature": "虚假"}, 303),
        (desk, "correct", {"fact": "conduct_to", "value": day, "reason": "核实"}, 303),
        (desk, "notify", {"facts": "未检先出", "proposed": "警告", "told_on": day, **law}, 303),
        (party, "state", {"words": "请求从轻"}, 303), (desk, "decide", decision, 303),
        (desk, "confirm", {"opinion": "同意"}, 422), (other, "confirm", {"opinion": "同意"}, 303),
    ]  # fmt: skip
    version = 1
    for who, act, fields, status in steps:
        answer = who.http.post(f"{case}/{act}", data={"form": who.form, "seen": str(version), **fields})
        assert answer.status_code == status, (act, answer.text[answer.text.find("problems") :][:900])
        version += status == 303
    assert "已决定" in desk.http.get(case).text


def test_the_party_sees_nothing_of_a_case_it_was_not_told_of_even_by_sql(
    node: Node, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    opened(sign_in, places[0])
    with node.gate.within(Scope.of_institution(places[0].uscc), datetime.now(UTC)) as db:
        seen = "SELECT count(*) FROM case_file WHERE NOT is_told"
        assert db.execute(sa.text(seen)).scalar_one() == 0
        assert db.execute(sa.text("SELECT count(*) FROM case_number")).scalar_one() == 0
        assert db.execute(sa.text("UPDATE case_file SET matter = '' WHERE NOT is_told")).rowcount == 0


def test_a_refused_lead_leaves_nothing_behind(node: Node, sign_in: SignIn, places: tuple[Place, Place]) -> None:
    """One complaint is one case, also where the other province's cannot be seen; and who handles it may close it."""
    receipts = []
    with node.transaction() as db:
        for _ in range(2):
            complaint = Complaint.written("not-tested", "没有检测就出了报告")
            receipts.append(
                receive(db, Scope.anyone(), complaint, [], datetime.now(UTC), form=secrets.token_bytes(32), worked=True)
            )
    national = sign_in(Role.NATIONAL, places[0])
    lead = {**LEAD, "source": "complaint", "form": national.form}
    first = national.http.post(
        "/office/cases", data={**lead, "source_ref": receipts[0], "province": places[0].province}
    )
    assert first.status_code == 303
    again = national.http.post(
        "/office/cases", data={**lead, "source_ref": receipts[0], "province": places[1].province}
    )
    assert again.status_code == 422
    assert "已是案件" in again.text
    own = sign_in(Role.PROVINCIAL, places[0])
    case = first.headers["location"]
    done = own.http.post(f"{case}/not-take", data={"form": own.form, "seen": "1", "reason": "另有部门管辖"})
    assert done.status_code == 303, done.text
    with node.reading() as db:
        state = sa.text("SELECT state, passed_to FROM complaint WHERE receipt = :r")
        closed, passed_to = db.execute(state, {"r": receipts[0]}).one()
        assert (closed, "0001" in passed_to or passed_to.count("〔") == 1) == ("closed", True)


def test_the_party_objects_for_itself(sign_in: SignIn, places: tuple[Place, Place]) -> None:
    case, desk, party = (
        opened(sign_in, places[0]),
        sign_in(Role.PROVINCIAL, places[0]),
        sign_in(Role.MANAGER, places[0]),
    )
    other, day = sign_in(Role.PROVINCIAL, places[0]), datetime.now(UTC).astimezone(SHANGHAI).date()
    officers = f"{desk.account.login}\n{other.account.login}"
    steps = [("take-up", {"reason": "核对"}), ("assign", {"division": "处", "officers": officers}),
             ("begin", {"way": "remote", "began_on": day.isoformat(), "inspectors": officers}),
             ("find", {"nature": "报告管理", "description": "缺页"}), ("end", {"ended_on": day.isoformat(), "summary": "属实"}),
             ("order", {"demands": "补齐", "due_on": (day + timedelta(days=9)).isoformat()})]  # fmt: skip
    for version, (act, fields) in enumerate(steps, 1):
        assert (
            desk.http.post(f"{case}/{act}", data={"form": desk.form, "seen": str(version), **fields}).status_code == 303
        ), act
    assert "by_other" not in party.http.get(case).text
    assert "by_other" in desk.http.get(case).text
    words = {"objection_kind": "objection", "about": "整改", "words": "期限太短"}
    answer = party.http.post(f"{case}/object", data={"form": party.form, "seen": "7", "by_other": "1", **words})
    assert answer.status_code == 303
    assert "期限太短" in party.http.get(case).text
