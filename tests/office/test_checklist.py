"""The checklist at the office's door: evidence and findings once, all or nothing, and what is wrong said at its item."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
from tests.office.conftest import Desk, Place, SignIn
from tests.office.test_cases import opened

from zhijian.cases.flow import read_number
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.principal import Role
from zhijian.wiring import Node

JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 100


@pytest.fixture
def inspecting(sign_in: SignIn, places: tuple[Place, Place]) -> tuple[Desk, str]:
    """An inspector, and the address of a case that is being inspected."""
    case, desk, other = (
        opened(sign_in, places[0]),
        sign_in(Role.PROVINCIAL, places[0]),
        sign_in(Role.INSPECTOR, places[0]),
    )
    officers = f"{desk.account.login}\n{other.account.login}"
    day = datetime.now(UTC).astimezone(SHANGHAI).date().isoformat()
    steps: list[tuple[Desk, str, dict[str, str]]] = [
        (desk, "take-up", {"reason": "核对"}), (desk, "assign", {"division": "处", "officers": officers}),
        (other, "begin", {"way": "on-site", "began_on": day, "inspectors": officers}),
    ]  # fmt: skip
    for seen, (who, act, fields) in enumerate(steps, 1):
        assert who.http.post(f"{case}/{act}", data={"form": who.form, "seen": str(seen), **fields}).status_code == 303
    return other, case


def hand_in(desk: Desk, case: str, photos: tuple[bytes, ...] = (), **fields: str) -> Any:
    files = [("photo-calibration", (f"{n}.jpg", content, "image/jpeg")) for n, content in enumerate(photos)]
    data = {"form": desk.form, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return desk.http.post(f"{case}/checklist", data=data, files=files or [("none", ("", b""))])


def events(node: Node, case: str) -> list[tuple[str, dict[str, Any]]]:
    with node.engine.connect() as db:
        no = read_number(unquote(case.rsplit("/", 1)[1]))
        rows = db.execute(sa.text("SELECT act, fields FROM case_event WHERE no = :n ORDER BY seq"), {"n": no}).all()
    return [(row.act, row.fields) for row in rows][3 + 1 :]


def test_photos_and_list_become_evidence_and_what_is_wrong_a_finding(node: Node, inspecting: tuple[Desk, str]) -> None:
    desk, case = inspecting
    at = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    fields = {"answer_calibration": "no", "note_calibration": "电子天平 B-12 过期 40 天", "at_calibration": at,
              "place_calibration": "30.274100,120.155100,12", "digests_calibration": hashlib.sha256(JPEG).hexdigest(),
              "answer_site": "yes"}  # fmt: skip
    assert hand_in(desk, case, (JPEG,), **fields).status_code == 303
    photo, finding, listed = events(node, case)
    assert (photo[0], photo[1]["sha256"], photo[1]["place"]) == (
        "add-evidence", hashlib.sha256(JPEG).hexdigest(), "30.27410,120.15510 ±12 m")  # fmt: skip
    assert datetime.fromisoformat(photo[1]["obtained_at"]) == datetime.fromisoformat(at)
    assert (finding[0], finding[1]["nature"], finding[1]["article"]) == ("find", "报告管理", "第十四条第（二）项")
    assert "电子天平 B-12 过期 40 天" in finding[1]["description"]
    assert (listed[0], listed[1]["name"], listed[1]["media_type"]) == ("add-evidence", "检查表", "application/json")
    assert hand_in(desk, case, (JPEG,), **fields).status_code == 303, "the phone heard no answer"
    assert len(events(node, case)) == 3


def test_what_is_wrong_is_said_at_its_item_and_nothing_is_kept(node: Node, inspecting: tuple[Desk, str]) -> None:
    desk, case = inspecting
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    cases: list[tuple[dict[str, str], str]] = [
        ({}, "一项也没有填"), ({"answer_calibration": "no"}, "不符合要写明"), ({"answer_calibration": "maybe"}, "不是列出的回答"),
        ({"answer_site": "yes", "at_site": ahead}, "校准手机的时钟"), ({"answer_site": "yes", "place_site": "91,0,1"}, "纬度,经度,精度米"),
        ({"answer_site": "no", "note_site": "搬了", "nature_site": "没有"}, "应为列出的一种"),
        ({"answer_calibration": "yes", "digests_calibration": "00" * 32}, "摘要不同"),
    ]  # fmt: skip
    for fields, why in cases:
        answer = hand_in(desk, case, (JPEG,) if "digests_calibration" in fields else (), **fields)
        assert (answer.status_code, why in answer.text) == (422, True), (fields, answer.text[:300])
    assert events(node, case) == []


def test_only_whom_the_case_is_given_to_finds(
    node: Node, inspecting: tuple[Desk, str], sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    _, case = inspecting
    stranger = sign_in(Role.INSPECTOR, places[0])
    answer = hand_in(stranger, case, (JPEG,), answer_calibration="no", note_calibration="过期")
    assert answer.status_code == 422
    assert events(node, case) == [], "the photo before the finding is not kept either"


def test_the_worker_is_a_script_and_the_page_may_ask_where_it_is(inspecting: tuple[Desk, str]) -> None:
    desk, case = inspecting
    script = desk.http.get("/office/checklist-sw.js")
    assert (script.status_code, script.headers["content-type"].split(";")[0]) == (200, "text/javascript")
    assert desk.http.get(f"{case}/checklist").status_code == 200
