"""A draw from plan to publication through the pages, without a script; what anybody sees of it; and what is refused."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.office.conftest import Desk, Place, SignIn

from zhijian.kit.principal import Role
from zhijian.kit.scope import Scope
from zhijian.web import public_app
from zhijian.web.draw_pages import CHECK
from zhijian.wiring import Node

ROOT = Path(__file__).parents[2]
STAFF = "工号,姓名,辖区,领域,最多家数,所属系统\n" + "".join(f"J{n:02},王小明,330102,*,9,\n" for n in range(4))
NUMBERS = count(1)


@pytest.fixture(scope="module")
def public(node: Node) -> Iterator[TestClient]:
    with TestClient(public_app(node), follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def places(node: Node) -> tuple[Place, Place]:
    """The province with the most institutions, and one with fewer."""
    with node.transaction() as db:
        rows = db.execute(sa.text(
            "SELECT i.province, min(i.division) AS division, min(i.uscc) AS uscc FROM institution i WHERE EXISTS "
            "(SELECT FROM certificate c WHERE c.uscc = i.uscc AND c.issued_on <= current_date AND c.expires_on >= current_date) "
            "GROUP BY 1 ORDER BY count(*) DESC, 1"
        )).all()  # fmt: skip
    one, other = (Place(r.province, r.division[:4], r.uscc) for r in (rows[0], rows[-1]))
    return one, other


def typed(desk: Desk, place: Place, **changes: str) -> dict[str, str]:
    """The form as a browser sends it back, with the fields that a person fills in."""
    said = desk.http.get("/office/draws/new").text
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', said))
    found |= {"province": place.province, "division": "any", "kind": "numbers", "words": "彩票第 1 期", "name": "第一次抽查",
              "id": f"{place.province}-page-{next(NUMBERS)}", "s1_take": "2", "form": desk.form}  # fmt: skip
    return found | changes


def sent(desk: Desk, data: dict[str, str], staff: str = STAFF, **more: str) -> Any:
    files = {"inspectors": ("inspectors.csv", staff.encode(), "text/csv")}
    files |= {name: (f"{name}.csv", text.encode(), "text/csv") for name, text in more.items()}
    return desk.http.post("/office/draws", data=data, files=files)


def step(desk: Desk, draw: str, name: str, /, **fields: str) -> Any:
    return desk.http.post(f"{draw}/{name}", data={"form": desk.form, **fields})


@pytest.fixture
def desk(sign_in: SignIn, places: tuple[Place, Place]) -> Desk:
    return sign_in(Role.PROVINCIAL, places[0])


def state(desk: Desk, where: str) -> str:
    return re.search(r'class="tag changed">([^<]+)<', desk.http.get(where).text)[1]  # type: ignore[index]


def test_a_draw_goes_from_the_plan_to_the_estimate_and_anybody_runs_it_again(
    node: Node, desk: Desk, sign_in: SignIn, places: tuple[Place, Place], public: TestClient, tmp_path: Path
) -> None:
    answer = sent(desk, typed(desk, places[0]))
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    id_ = where.rpartition("/")[2]
    assert state(desk, where) == "草案"
    assert public.get(f"/draws/{id_}").status_code == 404, "a draft is nobody's"

    assert step(desk, where, "commit").status_code == 303
    bound = re.search(r'<dd class="bytes">([0-9a-f]{64})</dd>', desk.http.get(where).text)[1]  # type: ignore[index]
    assert bound in public.get(f"/draws/{id_}").text
    assert public.get(f"/draws/{id_}/draw.json").status_code == 404

    assert step(desk, where, "run", value="").status_code == 422
    assert step(desk, where, "run", value="3 1 4").status_code == 303
    assert state(desk, where) == "已抽取"
    drawn = re.findall(r'href="/office/institutions/(\w{18})"', desk.http.get(where).text)
    assert len(drawn) == 2
    said = public.get(f"/draws/{id_}")
    assert said.status_code == 200
    assert not any(uscc in said.text for uscc in drawn)
    assert public.get(f"/draws/{id_}/draw.json").status_code == 404, "drawn is not published"

    assert step(desk, where, "publish", where="https://scjgj.example/1").status_code == 303
    (tmp_path / "draw.json").write_bytes(public.get(f"/draws/{id_}/draw.json").content)
    (tmp_path / "draw_check.py").write_bytes(public.get("/draws/draw_check.py").content)
    done = subprocess.run(
        [sys.executable, "draw_check.py", "draw.json"], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    file = json.loads((tmp_path / "draw.json").read_text("utf-8"))
    assert file["commitment"] == bound
    assert {row["uscc"] for row in file["result"]["drawn"]} == set(drawn)
    assert "王小明" not in json.dumps(file, ensure_ascii=False)

    assert step(desk, where, "leads").status_code == 303
    assert step(desk, where, "leads").status_code == 303, "a second time opens none"
    with node.transaction() as db:
        cases = db.execute(
            sa.text("SELECT uscc, source, province FROM case_file WHERE source_ref = :i"), {"i": id_}
        ).all()
    assert sorted(cases) == sorted((uscc, "plan", places[0].province) for uscc in drawn)

    half = {f"of_{drawn[0]}": "violation"}
    refused = step(desk, where, "evaluate", **half)
    assert refused.status_code == 422
    assert re.search(r'value="violation" selected', refused.text), "what was chosen is still there"
    assert step(desk, where, "evaluate", **half, **{f"of_{drawn[1]}": "none"}).status_code == 303
    whole = desk.http.get(where).text
    assert state(desk, where) == "已评估"
    assert "95% 区间" in whole
    assert "有违法" not in public.get(f"/draws/{id_}").text
    assert step(desk, where, "withdraw", why="不满意").status_code == 409, "who was drawn stays drawn"

    auditor = sign_in(Role.AUDITOR, places[0]).http.get("/office/audit", params={"object": id_}).text
    for act in ("draw.draft", "draw.commit", "draw.run", "draw.publish", "draw.leads", "draw.evaluate"):
        assert act in auditor


def test_a_withdrawn_commitment_stays_in_the_public_list_with_its_reason(
    desk: Desk, places: tuple[Place, Place], public: TestClient
) -> None:
    where = sent(desk, typed(desk, places[0], name="撤回的抽查")).headers["location"]
    step(desk, where, "commit")
    assert step(desk, where, "withdraw", why="").status_code == 422
    assert step(desk, where, "withdraw", why="名录有误").status_code == 303
    said = public.get(f"/draws/{where.rpartition('/')[2]}").text
    assert "名录有误" in said
    assert "撤回的抽查" in public.get("/draws").text


def test_a_draft_that_was_withdrawn_is_not_told(desk: Desk, places: tuple[Place, Place], public: TestClient) -> None:
    where = sent(desk, typed(desk, places[0], name="没有承诺的抽查")).headers["location"]
    assert step(desk, where, "withdraw", why="重做").status_code == 303
    assert "没有承诺的抽查" not in public.get("/draws").text


@pytest.mark.parametrize(
    ("changes", "staff", "said"),
    [
        ({"s1_take": "999"}, STAFF, "要抽 999 家"),
        ({"s1_take": "x"}, STAFF, "应是整数"),
        ({"s1_fields": "99"}, STAFF, "领域 99"),
        ({"team": "1"}, STAFF, "不得少于 2 人"),
        ({"equal": "0"}, STAFF, "equal"),
        ({"on": "2026-13-01"}, STAFF, "应是日期"),
        ({"weight_D": "0"}, STAFF, "风险权重 D"),
        ({"excluded": "91330106XNN3A0257A"}, STAFF, "写明原因"),
        ({"excluded": "913301000000000000 停业"}, STAFF, "不在名录里"),
        ({}, "", "没有选择文件"),
        ({}, "工号,姓名\nJ1,王\n", "缺少"),
        ({}, "工号,姓名,辖区,领域,最多家数\nJ1,王,330102,*,9\n", "能去的检查人员 1 人"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason_and_kept_in_the_form(
    desk: Desk, places: tuple[Place, Place], changes: dict[str, str], staff: str, said: str
) -> None:
    answer = sent(desk, typed(desk, places[0], name="写了一半的方案", **changes), staff)
    assert answer.status_code == 422
    assert said in answer.text
    assert "写了一半的方案" in answer.text


def test_a_list_that_is_no_utf8_says_so(desk: Desk, places: tuple[Place, Place]) -> None:
    files = {"inspectors": ("名录.csv", STAFF.encode("gbk"), "text/csv")}
    answer = desk.http.post("/office/draws", data=typed(desk, places[0]), files=files)
    assert (answer.status_code, "CSV UTF-8" in answer.text) == (422, True)


def test_whom_the_office_excludes_and_who_is_barred_are_not_drawn_together(
    desk: Desk, places: tuple[Place, Place], public: TestClient
) -> None:
    conflicts = f"工号,统一社会信用代码,回避类型\nJ00,{places[0].uscc},亲属\n"
    where = sent(desk, typed(desk, places[0], s1_take="1"), conflicts=conflicts).headers["location"]
    for name, fields in (("commit", {}), ("run", {"value": "1"}), ("publish", {"where": "x"})):
        assert step(desk, where, name, **fields).status_code == 303
    file = public.get(f"/draws/{where.rpartition('/')[2]}/draw.json").json()
    assert next(who["barred"] for who in file["frame"]["inspectors"] if who["no"] == "J00") == [places[0].uscc]
    assert "亲属" not in json.dumps(file, ensure_ascii=False)


def test_another_province_sees_no_draw_and_draws_none_there(
    desk: Desk, sign_in: SignIn, places: tuple[Place, Place]
) -> None:
    where = sent(desk, typed(desk, places[0], name="本省的抽查")).headers["location"]
    foreign = sign_in(Role.PROVINCIAL, places[1])
    assert "本省的抽查" not in foreign.http.get("/office/draws").text
    assert foreign.http.get(where).status_code == 404
    for name in ("commit", "run", "publish", "withdraw", "leads", "evaluate"):
        assert step(foreign, where, name, value="1", why="x", where="x").status_code == 404
    answer = sent(foreign, typed(foreign, places[0]))
    assert answer.status_code == 422, "the frame of another province is empty to him"


@pytest.mark.parametrize("table", ["draw_plan", "draw_frame", "draw_result"])
def test_the_database_itself_shows_the_offices_role_no_draw_of_another_province(
    node: Node, desk: Desk, places: tuple[Place, Place], table: str
) -> None:
    where = sent(desk, typed(desk, places[0])).headers["location"]
    step(desk, where, "commit")
    key = "id" if table == "draw_plan" else "plan"
    query = sa.text(f"SELECT count(*) FROM {table} WHERE {key} = :id")
    counted = {}
    scopes = {"own": Scope.of_province(places[0].province), "foreign": Scope.of_province(places[1].province),
              "laboratory": Scope.of_institution(places[0].uscc)}  # fmt: skip
    for name, scope in scopes.items():
        with node.gate.within(scope, datetime.now(UTC)) as db:
            counted[name] = db.execute(query, {"id": where.rpartition("/")[2]}).scalar_one()
    assert counted == {"own": 1, "foreign": 0, "laboratory": 0}


def test_the_national_office_draws_over_the_whole_country(
    sign_in: SignIn, places: tuple[Place, Place], public: TestClient
) -> None:
    desk = sign_in(Role.NATIONAL, places[0])
    answer = sent(desk, typed(desk, places[0], province="10", s1_take="1/1"))
    assert answer.status_code == 303, re.findall(r"role=.alert.*?</div>", answer.text, re.S)
    where = answer.headers["location"]
    for name, fields in (("commit", {}), ("run", {"value": "1"}), ("publish", {"where": "x"}), ("leads", {})):
        assert step(desk, where, name, **fields).status_code == 303, name
    file = public.get(f"/draws/{where.rpartition('/')[2]}/draw.json").json()
    assert len({one["division"][:2] for one in file["frame"]["institutions"]}) > 1


def test_the_programme_that_the_public_downloads_is_the_one_of_the_documentation() -> None:
    assert CHECK.read_bytes() == (ROOT / "docs/reference/draw_check.py").read_bytes()


@pytest.mark.parametrize("id_", ["nothing", "%00", "a'b", "x" * 41, "..%2f..%2fetc"])
def test_a_draw_that_there_is_not_is_not_found(public: TestClient, id_: str) -> None:
    assert public.get(f"/draws/{id_}").status_code == 404
    assert public.get(f"/draws/{id_}/draw.json").status_code == 404
