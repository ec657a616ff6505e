"""Looks at the public door of a node, as they come to stand in its database: by themselves, at the end, without an address."""

import asyncio
import base64
import contextlib
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.conftest import Laboratory, no_looks
from tests.servers import sequence

from zhijian.codes.code import compose
from zhijian.kit.scope import Scope
from zhijian.lookups import LookCounter, LookWriter, Shown, document, statement
from zhijian.web import public_app
from zhijian.web.look_flush import LookFlusher
from zhijian.wiring import Node

ADDRESSES = ("203.0.113.77", "203.0.113.78", "198.51.100.23", "2001:db8:77:1::5", "2001:db8:77:2::6")
NETWORKS = 3


@pytest.fixture
def code(lab: Laboratory, node: Node) -> str:
    found = str(lab.lims.submit(lab.fresh(f"LOOK-{time.time_ns()}")).json()["code"])
    sequence(node)
    return found


@pytest.fixture(autouse=True)
def clean(node: Node) -> Iterator[None]:
    with no_looks(node):
        yield


@pytest.fixture
def row_of(node: Node) -> Callable[[str], Any]:
    def ask(code: str) -> Any:
        with node.transaction() as db:
            return db.execute(sa.text("SELECT * FROM look_day WHERE code = :c"), {"c": code}).mappings().one_or_none()

    return ask


def ask_from_everywhere(node: Node, code: str, verifier: str, unknown: str) -> None:
    app = public_app(node)
    with TestClient(app, base_url="https://verify.test") as keeper:  # runs the door
        assert keeper.get("/healthz").status_code == 200
        for address in ADDRESSES:
            client = TestClient(app, base_url="https://verify.test", client=(address, 5000))
            assert [client.get(f"/v/{code}").status_code for _ in range(2)] == [200, 200]
            assert client.get(f"/v/{code}?v={verifier}").status_code == 200
            assert client.get(f"/v/{code}?v=222222").status_code == 403
            assert client.get(f"/v/{unknown}").status_code == 404


@pytest.fixture
def asked(node: Node, lab: Laboratory, code: str) -> str:
    verifier = lab.lims.get(f"/api/v1/reports/{code}").json()["verifier"]
    ask_from_everywhere(node, code, verifier, compose(code[:2], 2026, code[4:8], 31**8 - 7))
    return code


def test_what_was_counted_stands_in_the_database_after_the_door_has_closed(
    node: Node, lab: Laboratory, asked: str, row_of: Callable[[str], Any]
) -> None:
    row = row_of(asked)
    assert (row["looks"], row["verified_looks"], row["wrong_verifier"]) == (15, 5, 5)
    assert (row["places"], row["uscc"]) == (NETWORKS, lab.uscc)
    today = row["on_day"]
    with node.transaction() as db:
        told = document(statement(db, Scope.of_institution(lab.uscc), lab.uscc, today, today))
    assert told["unknown_codes"] == [{"on": today.isoformat(), "looks": 5, "codes": 1, "places": NETWORKS}]


def test_no_address_and_no_network_is_anywhere_in_the_database_or_the_home(node: Node, asked: str) -> None:
    assert asked
    with node.transaction() as db:
        tables = list(db.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
        dumped = {name: "\n".join(db.execute(sa.text(f'SELECT t::text FROM "{name}" t')).scalars()) for name in tables}
    assert {"look_day", "look_unknown", "look_sketch"} <= set(tables)
    assert all(dumped[name] for name in ("look_day", "look_unknown", "look_sketch"))
    wanted = re.compile(r"203\.0\.113|198\.51\.100|2001:0?db8|cb00\s?71|20010db8", re.IGNORECASE)
    assert [name for name, text in dumped.items() if wanted.search(text)] == []
    numbers = {int.from_bytes(bytes(map(int, head.split("."))), "big") for head in ("203.0.113", "198.51.100")}
    numbers |= {number << 8 for number in numbers} | {
        (number << 8) + last for number in numbers for last in (23, 77, 78)
    }
    marks = [int(n) for n in re.findall(r"\d+", dumped["look_sketch"])]
    assert not numbers & set(marks)
    folder = node.settings.home / "places"
    held = [file.read_bytes() for file in folder.iterdir()]
    assert [len(one) for one in held] == [32]
    salt = held[0]
    everything = "\n".join(dumped.values())
    assert salt.hex() not in everything
    assert base64.b64encode(salt).decode() not in everything


class Flushing:
    """A flusher over the node, at a pace that a test can wait for."""

    def __init__(self, node: Node, folder: Path, every_s: float = 0.05) -> None:
        self.counter, self.writer = LookCounter(), LookWriter(node.transaction, folder)
        self.flusher = LookFlusher(self.counter, self.writer, lambda: datetime.now(UTC), every_s=every_s)

    def look(self, code: str) -> None:
        self.counter.answered(code, "203.0.113.77", Shown.IN_USE)


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if await asyncio.to_thread(holds):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


def test_counts_are_written_while_the_door_runs(
    node: Node, code: str, tmp_path: Path, row_of: Callable[[str], Any]
) -> None:
    async def run() -> None:
        one = Flushing(node, tmp_path)
        async with one.flusher.running():
            for looks in (1, 2):
                one.look(code)
                await until(lambda looks=looks: (row := row_of(code)) is not None and row["looks"] == looks)

    asyncio.run(run())


def test_when_the_door_closes_nothing_is_left_uncounted(
    node: Node, code: str, tmp_path: Path, row_of: Callable[[str], Any]
) -> None:
    async def run() -> None:
        one = Flushing(node, tmp_path, every_s=3600)
        async with one.flusher.running():
            one.look(code)
        assert row_of(code)["looks"] == 1

    asyncio.run(run())


def test_a_database_that_goes_away_and_comes_back_costs_no_look(
    node: Node, code: str, tmp_path: Path, row_of: Callable[[str], Any]
) -> None:
    @contextlib.contextmanager
    def away() -> Iterator[None]:
        with node.transaction() as db:
            db.execute(sa.text("ALTER TABLE look_day RENAME TO look_day_away"))
        try:
            yield
        finally:
            with node.transaction() as db:
                db.execute(sa.text("ALTER TABLE look_day_away RENAME TO look_day"))

    async def run() -> None:
        one = Flushing(node, tmp_path)
        async with one.flusher.running():
            with away():
                one.look(code)
                await until(lambda: one.writer.waiting == 1)
                one.look(code)
                await until(lambda: one.writer.waiting == 2)
            await until(lambda: (row := row_of(code)) is not None and row["looks"] == 2)

    asyncio.run(run())


def test_two_doors_over_one_node_add_up(node: Node, code: str, row_of: Callable[[str], Any]) -> None:
    apps = [public_app(node), public_app(node)]
    with contextlib.ExitStack() as stack:
        doors = [
            stack.enter_context(TestClient(app, base_url="https://verify.test", client=("203.0.113.77", 1)))
            for app in apps
        ]
        for door in doors:
            assert [door.get(f"/api/v1/verify/{code}").status_code for _ in range(3)] == [200] * 3
    assert (row_of(code)["looks"], row_of(code)["places"]) == (6, 1)


def test_a_withdrawn_report_s_looks_are_told_apart_at_once(
    node: Node, lab: Laboratory, code: str, row_of: Callable[[str], Any]
) -> None:
    with TestClient(public_app(node), base_url="https://verify.test") as door:
        door.get(f"/v/{code}")
        lab.lims.post(f"/api/v1/reports/{code}/state", {"state": "withdrawn", "reason": "样品标识有误"})
        for _ in range(600):
            if "已撤回" in door.get(f"/v/{code}").text:
                break
            time.sleep(0.02)
        door.get(f"/v/{code}")
    row = row_of(code)
    assert row["after_end"] >= 2
    assert row["after_end"] < row["looks"]
