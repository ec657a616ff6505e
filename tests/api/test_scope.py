"""An institution sees and changes its own reports and no others, whatever it writes where a code or a cursor goes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

from zhijian.codes.model import Answer

Rows = Callable[..., list[Any]]
WITHDRAW = {"state": "withdrawn", "reason": "样品标识有误"}
UNKNOWN = "332608K70049M302AR"
HOSTILE = ["' OR '1'='1", "'; DROP TABLE report; --", "1 UNION SELECT * FROM institution_key", "%' OR uscc LIKE '%", "\x00", "{}",
           "$(id)", "../../etc/passwd", "\\", "NULL", "%s", ":code"]  # fmt: skip


@pytest.fixture(scope="module")
def theirs(other: Laboratory) -> dict[str, Any]:
    answer = other.lims.submit(other.fresh("SC-THEIRS"))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def same_but_for_the_code(one: dict[str, Any], another: dict[str, Any]) -> bool:
    hidden = {"value", "title"}
    return {k: v for k, v in one.items() if k not in hidden} == {k: v for k, v in another.items() if k not in hidden}


def test_another_institutions_report_is_not_there(lab: Laboratory, theirs: dict[str, Any]) -> None:
    found = problem(lab.lims.get(f"/api/v1/reports/{theirs['code']}"), 404, why="code-unknown")
    assert same_but_for_the_code(found, problem(lab.lims.get(f"/api/v1/reports/{UNKNOWN}"), 404))


def test_another_institutions_report_cannot_be_changed(
    lab: Laboratory, theirs: dict[str, Any], told: Callable[..., Answer]
) -> None:
    path = f"/api/v1/reports/{theirs['code']}/state"
    found = problem(lab.lims.post(path, WITHDRAW), 404, why="code-unknown")
    assert same_but_for_the_code(found, problem(lab.lims.post(f"/api/v1/reports/{UNKNOWN}/state", WITHDRAW), 404))
    assert told(theirs["code"]).state == "valid"


def test_another_institutions_report_is_no_successor(lab: Laboratory, theirs: dict[str, Any]) -> None:
    path = f"/api/v1/reports/{lab.lims.submit(lab.fresh('SC-MINE')).json()['code']}/state"
    replaced = {"state": "replaced", "reason": "重新出具"}
    found = problem(lab.lims.post(path, {**replaced, "successor": theirs["code"]}), 409, why="change-not-allowed")
    unknown = problem(lab.lims.post(path, {**replaced, "successor": UNKNOWN}), 409)
    assert same_but_for_the_code(found, unknown), "a stranger's code must look like nobody's"


def test_a_list_shows_every_own_report_once_and_no_other(lab: Laboratory, theirs: dict[str, Any], rows: Rows) -> None:
    seen, after = [], ""
    for _ in range(10_000):
        page = lab.lims.get("/api/v1/reports", f"limit=37{after}").json()
        seen += [r["code"] for r in page["reports"]]
        if page["next"] is None:
            break
        after = f"&after={quote(page['next'])}"
    assert len(seen) == len(set(seen))
    assert set(seen) == {r["code"] for r in rows("SELECT code FROM report WHERE uscc = :u", u=lab.uscc)}
    assert theirs["code"] not in seen


def test_pages_of_one_batch_neither_skip_nor_repeat(lab: Laboratory) -> None:
    """All of a batch share one time of registration; the code breaks the tie."""
    batch = lab.lims.submit_batch([lab.fresh(f"SC-TIE-{n}") for n in range(7)]).json()
    codes, after = [], ""
    for _ in range(7):
        page = lab.lims.get("/api/v1/reports", f"limit=1{after}").json()
        codes += [r["code"] for r in page["reports"]]
        after = f"&after={quote(page['next'])}"
    assert sorted(codes) == sorted(r["report"]["code"] for r in batch["results"])


@pytest.mark.parametrize("state", ["valid", "withdrawn"])
def test_a_list_by_state_holds_that_state_only(lab: Laboratory, rows: Rows, state: str) -> None:
    code = lab.lims.submit(lab.fresh(f"SC-STATE-{state}")).json()["code"]
    lab.lims.post(f"/api/v1/reports/{code}/state", WITHDRAW)
    shown = lab.lims.get("/api/v1/reports", f"state={state}&limit=500").json()["reports"]
    assert {r["state"] for r in shown} == {state}
    wanted = rows("SELECT count(*) AS n FROM report WHERE uscc = :u AND state = :s", u=lab.uscc, s=state)[0]["n"]
    assert len(shown) == min(500, wanted)


def test_a_cursor_made_of_anothers_report_opens_nothing(lab: Laboratory, theirs: dict[str, Any], rows: Rows) -> None:
    own = {r["code"] for r in rows("SELECT code FROM report WHERE uscc = :u", u=lab.uscc)}
    for at in (theirs["registered_at"], "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+23:59"):
        page = lab.lims.get("/api/v1/reports", f"limit=500&after={quote(at + '~' + theirs['code'])}")
        assert page.status_code == 200, page.text
        assert {r["code"] for r in page.json()["reports"]} <= own


@pytest.mark.parametrize("text", [*HOSTILE, "~", "x~y", "2026-01-01~A", "2026-01-01T00:00:00~A", "99999-01-01T00:00:00+00:00~A",
                                  "2026-01-01T00:00:00+00:00~\x00", "2026-01-01T24:00:00+00:00~A", "1e9~A", "A" * 101])  # fmt: skip
def test_a_cursor_that_no_page_gave_is_refused(lab: Laboratory, text: str) -> None:
    problem(lab.lims.get("/api/v1/reports", f"after={quote(text)}"), 400, 422)


@pytest.mark.parametrize("name", ["state", "limit"])
@pytest.mark.parametrize(
    "text", [*HOSTILE, "", "VALID", "reserved", "valid,withdrawn", "-1", "0", "501", "1e2", "１", "9" * 400]
)
def test_a_wrong_parameter_is_refused(lab: Laboratory, name: str, text: str) -> None:
    answer = lab.lims.get("/api/v1/reports", f"{name}={quote(text)}")
    if (name, text) == ("limit", "１"):
        assert answer.status_code in (200, 422)
    else:
        problem(answer, 422, why="parameter-invalid")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_opens_no_report_and_drops_no_table(lab: Laboratory, rows: Rows, text: str) -> None:
    before = rows("SELECT count(*) AS n FROM report")
    for path in (f"/api/v1/reports/{quote(text, safe='')}", f"/api/v1/reports/{quote(text + UNKNOWN, safe='')}"):
        problem(lab.lims.get(path), 400, 404, 422)
        problem(lab.lims.post(f"{path}/state", {**WITHDRAW, "reason": "样品错误"}), 400, 404, 422)
    code = lab.lims.submit(lab.fresh(f"SC-HOSTILE-{HOSTILE.index(text)}")).json()["code"]
    for body in ({**WITHDRAW, "successor": text}, {"state": "replaced", "reason": "重新出具", "successor": text}):
        problem(lab.lims.post(f"/api/v1/reports/{code}/state", body), 400, 409, 422)
    problem(lab.lims.post(f"/api/v1/reports/{code}/state", {"state": text, "reason": "样品错误"}), 422)
    assert rows("SELECT count(*) AS n FROM report")[0]["n"] == before[0]["n"] + 1


def test_two_institutions_may_use_one_idempotency_key_and_one_own_number(lab: Laboratory, other: Laboratory) -> None:
    mine = lab.lims.submit(lab.fresh("SC-SAME"), idempotency_key="sc-same")
    yours = other.lims.submit(other.fresh("SC-SAME"), idempotency_key="sc-same")
    assert (mine.status_code, yours.status_code) == (201, 201)
    assert mine.json()["code"] != yours.json()["code"]


def test_an_own_report_is_shown_unmasked_and_its_secrets_are_not(lab: Laboratory) -> None:
    report = lab.fresh("SC-WHOLE")
    issued = lab.lims.submit(report).json()
    shown = lab.lims.get(f"/api/v1/reports/{issued['printed']}").json()
    assert {k: shown[k] for k in report if k != "items"} == {k: v for k, v in report.items() if k != "items"}
    for sent, kept in zip(report["items"], shown["items"], strict=True):
        assert {k: kept[k] for k in sent} == sent
    assert (shown["verifier"], shown["credential"]) == (issued["verifier"], issued["credential"])
    assert not {"lease_id", "submission_id", "record", "entry"} & set(shown)
