"""Several threads at once over a real socket: what is promised once is done once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import sqlalchemy as sa
from tests.api.conftest import Door
from tests.conftest import Laboratory
from tests.lims import Lims

from zhijian.wiring import Node

THREADS = 8
Rows = Callable[..., list[Any]]


def at_once(work: Callable[[int], Any], threads: int = THREADS) -> list[Any]:
    """`work(0)` … together; their results in order."""
    start = Barrier(threads)

    def run(n: int) -> Any:
        start.wait(10)
        return work(n)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def statuses(answers: list[Any]) -> list[int]:
    return sorted(a.status_code for a in answers)


def test_one_key_and_one_body_are_one_report_and_one_answer(wired: Laboratory, rows: Rows) -> None:
    for turn in range(3):
        report, key = wired.fresh(f"C-SAME-{turn}"), f"c-same-{turn}"
        answers = at_once(lambda _, r=report, k=key: wired.lims.submit(r, idempotency_key=k))
        assert statuses(answers) == [201] * THREADS
        assert len({a.content for a in answers}) == 1
        assert len(rows("SELECT 1 FROM report WHERE own_number = :n", n=f"C-SAME-{turn}")) == 1


def test_one_own_number_with_several_keys_is_one_report(wired: Laboratory, rows: Rows) -> None:
    for turn in range(3):
        answers = at_once(lambda _, t=turn: wired.lims.submit(wired.fresh(f"C-OWN-{t}")))
        assert statuses(answers) == [201] + [409] * (THREADS - 1)
        code = next(a.json()["printed"] for a in answers if a.status_code == 201)
        assert {a.json()["registered_as"] for a in answers if a.status_code == 409} == {code}
        assert len(rows("SELECT 1 FROM report WHERE own_number = :n", n=f"C-OWN-{turn}")) == 1


def test_one_key_with_several_bodies_is_the_first_of_them(wired: Laboratory, rows: Rows) -> None:
    answers = at_once(lambda n: wired.lims.submit(wired.fresh(f"C-KEY-{n}"), idempotency_key="c-key"))
    assert statuses(answers) == [201] + [422] * (THREADS - 1)
    assert len(rows("SELECT 1 FROM report WHERE own_number LIKE 'C-KEY-%'")) == 1


def test_batches_that_share_numbers_register_each_number_once(wired: Laboratory, rows: Rows) -> None:
    answers = at_once(lambda n: wired.lims.submit_batch([wired.fresh(f"C-MIX-{n + i}") for i in range(THREADS)]))
    assert statuses(answers) == [207] * THREADS
    issued = [r["report"]["code"] for a in answers for r in a.json()["results"] if r["status"] == 201]
    kept = rows("SELECT code, own_number FROM report WHERE own_number LIKE 'C-MIX-%'")
    assert sorted(issued) == sorted(r["code"] for r in kept)
    assert len({r["own_number"] for r in kept}) == len(kept) == 2 * THREADS - 1


def test_codes_given_at_once_are_all_different(wired: Laboratory) -> None:
    answers = at_once(lambda n: wired.lims.post("/api/v1/leases", {"count": 100}) if n % 2 else
                      wired.lims.submit_batch([wired.fresh(f"C-CODES-{n}-{i}") for i in range(50)]))  # fmt: skip
    codes = [c["code"] for a in answers for c in a.json().get("codes", [])]
    codes += [r["report"]["code"] for a in answers for r in a.json().get("results", [])]
    assert len(set(codes)) == len(codes) == THREADS // 2 * 150


def test_a_leased_code_is_taken_by_one(wired: Laboratory) -> None:
    code = wired.lims.post("/api/v1/leases", {"count": 1}).json()["codes"][0]["code"]
    answers = at_once(lambda n: wired.lims.submit(wired.fresh(f"C-LEASED-{n}", code=code)))
    assert statuses(answers) == [201] + [422] * (THREADS - 1)


def test_a_report_is_withdrawn_once(wired: Laboratory, rows: Rows) -> None:
    code = wired.lims.submit(wired.fresh("C-WITHDRAWN")).json()["code"]
    path, body = f"/api/v1/reports/{code}/state", {"state": "withdrawn", "reason": "样品标识有误"}
    assert statuses(at_once(lambda _: wired.lims.post(path, body))) == [200] + [409] * (THREADS - 1)
    assert len(rows("SELECT 1 FROM state_change WHERE code = :c", c=code)) == 1
    assert len(rows("SELECT 1 FROM log_entry WHERE code = :c AND kind = 2", c=code)) == 1


def test_a_report_is_not_withdrawn_while_it_becomes_a_successor(wired: Laboratory, rows: Rows) -> None:
    """Whichever comes first, nobody is sent to a successor that was withdrawn before."""
    for turn in range(6):
        old, new = (wired.lims.submit(wired.fresh(f"C-RACE-{turn}-{n}")).json()["code"] for n in range(2))
        bodies = [
            (old, {"state": "corrected", "reason": "更正", "successor": new}),
            (new, {"state": "withdrawn", "reason": "撤回"}),
        ]
        answers = at_once(lambda n, b=bodies: wired.lims.post(f"/api/v1/reports/{b[n][0]}/state", b[n][1]), 2)
        assert answers[1].status_code == 200, answers[1].text
        changes = rows("SELECT code, id FROM state_change WHERE code IN (:o, :n) ORDER BY id", o=old, n=new)
        if answers[0].status_code == 200:
            assert [c["code"] for c in changes] == [old, new]
        else:
            assert answers[0].status_code == 409, answers[0].text


def test_two_reports_that_correct_each_other_end_with_one_corrected(wired: Laboratory) -> None:
    for turn in range(25):
        codes = [wired.lims.submit(wired.fresh(f"C-CIRCLE-{turn}-{n}")).json()["code"] for n in range(2)]
        bodies = [{"state": "corrected", "reason": "互相更正", "successor": code} for code in reversed(codes)]
        answers = at_once(lambda n, c=codes, b=bodies: wired.lims.post(f"/api/v1/reports/{c[n]}/state", b[n]), 2)
        assert statuses(answers) == [200, 409], turn


def test_one_laboratorys_queue_does_not_stop_another(
    wired: Laboratory, other: Laboratory, door: Door, node: Node
) -> None:
    """As when one institution sends many large batches at once: here its lock is held by the test."""
    neighbour = Laboratory(other.uscc, Lims(door, other.lims.kid, other.lims.key), other.report)
    with ThreadPoolExecutor(26) as pool:
        try:
            with node.transaction() as db:
                db.execute(sa.text("SELECT pg_advisory_xact_lock(736002, hashtext(:u))"), {"u": wired.uscc})
                queue = [pool.submit(wired.lims.submit, wired.fresh(f"C-QUEUE-{n}")) for n in range(25)]
                time.sleep(1.0)
                asked = pool.submit(neighbour.lims.submit, neighbour.fresh("C-NEIGHBOUR"))
                assert asked.result(4).status_code == 201
        finally:
            # Whoever waits longer than a moment is told to come again, and holds no connection meanwhile.
            assert set(statuses([q.result(60) for q in queue])) <= {201, 503}
