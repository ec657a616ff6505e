"""Changes of state: allowed ones are told to everybody and logged, all others are refused and change nothing."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import cbor2
import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

from zhijian.codes.log import LogReader, Trust, Verifier, folder_fetch
from zhijian.codes.logbook import folder
from zhijian.codes.model import Answer, State
from zhijian.codes.status import unseal
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

Told = Callable[..., Answer]
Rows = Callable[..., list[Any]]
REASON = "结果单位写错"


def issue(lab: Laboratory, own_number: str) -> str:
    answer = lab.lims.submit(lab.fresh(own_number))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


def change(lab: Laboratory, code: str, state: str, successor: str | None = None, **more: Any) -> Any:
    body = {"state": state, "reason": REASON, **({"successor": successor} if successor else {}), **more}
    return lab.lims.post(f"/api/v1/reports/{code}/state", body)


def by_the_regulator(node: Node, code: str, state: State) -> None:
    with node.transaction() as db:
        node.office(db).decide(
            db, Scope.everything(), code, state, actor="演示市场监督管理局", reason="正在核查", at=datetime.now(UTC)
        )


def status_on_the_list(node: Node, found: Answer) -> int:
    with node.transaction() as db:
        raw = node.office(db).status_list(db, found.status.list_id, 900, datetime.now(UTC))
        assert raw is not None
        trust = node.trust(db)
        return unseal(raw, lambda kid: trust.key(kid).public, datetime.now(UTC)).value(found.status.index)


@pytest.mark.parametrize(("state", "value"), [("withdrawn", 1), ("corrected", 3), ("replaced", 3)])
def test_a_change_is_in_the_answer_the_history_the_list_and_the_log(
    lab: Laboratory, node: Node, told: Told, rows: Rows, sequence: Callable[[], None], state: str, value: int
) -> None:
    issued = lab.lims.submit(lab.fresh(f"ST-{state}")).json()
    code, verifier = issued["code"], issued["verifier"]
    successor = None if state == "withdrawn" else issue(lab, f"ST-{state}-NEXT")
    answer = change(lab, code, state, successor)
    assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text

    found = told(code, verifier)
    assert (found.state, found.successor, found.status.value) == (state, successor, value)
    newest = found.history[0]
    assert (newest.state, newest.by, newest.reason, newest.successor) == (state, "institution", REASON, successor)
    assert newest.logged is False
    assert status_on_the_list(node, found) == value
    assert lab.lims.get(f"/api/v1/reports/{code}").json()["history"][0]["reason"] == REASON

    sequence()
    assert told(code).history[0].logged is True
    leaf_is_the_change(node, rows, code, state, successor)


def leaf_is_the_change(node: Node, rows: Rows, code: str, state: str, successor: str | None) -> None:
    """The leaf at its place commits to a record of who, when, why and with what signature."""
    (row,) = rows('SELECT origin, "index", record, entry FROM log_entry WHERE code = :c AND kind = 2', c=code)
    with node.transaction() as db:
        log = node.trust(db).log(row["origin"])
    trust = Trust(log.origin, (Verifier.parse(log.vkey),))
    reader = LogReader.open(folder_fetch(folder(node.settings.home, log.origin)), trust)
    assert reader.entry(row["index"]) == bytes(row["entry"])
    kind, *said, _, signature = cbor2.loads(bytes(row["record"]))
    assert (kind, said[0], said[1], said[3], said[5], said[6]) == (2, code, state, "institution", REASON, successor)
    assert len(signature) == 64


@pytest.mark.parametrize("state", ["corrected", "replaced"])
def test_a_successor_is_needed_and_must_be_another_valid_report(lab: Laboratory, told: Told, state: str) -> None:
    code, gone = issue(lab, f"ST-SUCC-{state}"), issue(lab, f"ST-SUCC-{state}-GONE")
    assert change(lab, gone, "withdrawn").status_code == 200
    for successor in (None, code, gone):
        problem(change(lab, code, state, successor), 409, why="change-not-allowed")
    problem(change(lab, code, state, "332608K70049M302AX"), 400, why="code-malformed")
    leased = lab.lims.post("/api/v1/leases", {"count": 1}).json()["codes"][0]["code"]
    problem(change(lab, code, state, leased), 409, why="change-not-allowed")
    assert told(code).state == "valid"


def test_a_withdrawn_report_has_no_successor(lab: Laboratory, told: Told) -> None:
    code, next_ = issue(lab, "ST-W"), issue(lab, "ST-W-NEXT")
    problem(change(lab, code, "withdrawn", next_), 409, why="change-not-allowed")
    assert told(code).state == "valid"


@pytest.mark.parametrize("present", ["corrected", "replaced", "withdrawn", "doubted", "inaccurate", "false"])
def test_what_is_no_longer_valid_is_no_longer_the_institutions_to_change(
    lab: Laboratory, node: Node, told: Told, rows: Rows, present: str
) -> None:
    code, spare = issue(lab, f"ST-FROM-{present}"), issue(lab, f"ST-FROM-{present}-SPARE")
    if present in ("doubted", "inaccurate", "false"):
        by_the_regulator(node, code, State(present))
    else:
        successor = None if present == "withdrawn" else issue(lab, f"ST-FROM-{present}-NEXT")
        assert change(lab, code, present, successor).status_code == 200
    for wanted in ("corrected", "replaced", "withdrawn"):
        successor = None if wanted == "withdrawn" else spare
        problem(change(lab, code, wanted, successor), 409, why="change-not-allowed")
    assert told(code).state == present
    assert len(rows("SELECT 1 FROM state_change WHERE code = :c", c=code)) == 1


@pytest.mark.parametrize(
    "state", ["valid", "reserved", "doubted", "inaccurate", "false", "", "VALID", None, 1, ["withdrawn"]]
)
def test_a_state_that_is_not_the_institutions_to_set_is_refused(lab: Laboratory, told: Told, state: Any) -> None:
    code = issue(lab, f"ST-TO-{state!r}-{str(state).isupper()}")
    problem(lab.lims.post(f"/api/v1/reports/{code}/state", {"state": state, "reason": REASON}), 422, why="body-invalid")
    assert told(code).state == "valid"


@pytest.mark.parametrize(
    "body",
    [None, [], {}, "withdrawn", {"state": "withdrawn"}, {"state": "withdrawn", "reason": ""}, {"state": "withdrawn", "reason": "x"},
     {"state": "withdrawn", "reason": "x" * 501}, {"state": "withdrawn", "reason": "a\x00b"}, {"state": "withdrawn", "reason": "a\nb"},
     {"state": "withdrawn", "reason": None}, {"state": "withdrawn", "reason": REASON, "by": "regulator"},
     {"state": "withdrawn", "reason": REASON, "successor": 5}, {"state": "replaced", "reason": REASON, "successor": "A" * 41}],
)  # fmt: skip
def test_a_change_in_the_wrong_form_is_refused(lab: Laboratory, told: Told, body: Any) -> None:
    code = issue(lab, f"ST-FORM-{crc32(str(body).encode())}")
    problem(lab.lims.post(f"/api/v1/reports/{code}/state", body), 422, why="body-invalid")
    assert told(code).state == "valid"


def test_the_same_change_sent_twice_is_one_change(lab: Laboratory, rows: Rows) -> None:
    code = issue(lab, "ST-TWICE")
    path, body = f"/api/v1/reports/{code}/state", {"state": "withdrawn", "reason": REASON}
    first, again = (lab.lims.post(path, body, idempotency_key="st-twice") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert len(rows("SELECT 1 FROM state_change WHERE code = :c", c=code)) == 1


def test_a_key_used_for_one_code_changes_no_other(lab: Laboratory, told: Told) -> None:
    one, two = issue(lab, "ST-KEY-1"), issue(lab, "ST-KEY-2")
    body = {"state": "withdrawn", "reason": REASON}
    assert lab.lims.post(f"/api/v1/reports/{one}/state", body, idempotency_key="st-key").status_code == 200
    problem(
        lab.lims.post(f"/api/v1/reports/{two}/state", body, idempotency_key="st-key"), 422, why="idempotency-key-reused"
    )
    assert told(two).state == "valid"


def test_a_refused_change_leaves_its_key_free(lab: Laboratory) -> None:
    code = issue(lab, "ST-FREE")
    path, key = f"/api/v1/reports/{code}/state", "st-free"
    problem(lab.lims.post(path, {"state": "replaced", "reason": REASON}, idempotency_key=key), 409)
    assert lab.lims.post(path, {"state": "withdrawn", "reason": REASON}, idempotency_key=key).status_code == 200


def test_a_chain_of_corrections_never_makes_a_circle(lab: Laboratory) -> None:
    a, b, c = (issue(lab, f"ST-CHAIN-{n}") for n in range(3))
    assert change(lab, a, "corrected", b).status_code == 200
    assert change(lab, b, "corrected", c).status_code == 200
    problem(change(lab, c, "corrected", a), 409)
    problem(change(lab, c, "corrected", b), 409)
