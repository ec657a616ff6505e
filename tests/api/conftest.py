"""A second institution, a live door, and what the public is told."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import sqlalchemy as sa
import uvicorn
from starlette.testclient import TestClient
from tests.conftest import Laboratory, Seeded, laboratory
from tests.lims import Lims

from zhijian.api import api_app
from zhijian.codes.model import Answer
from zhijian.kit.scope import Scope
from zhijian.kit.signing import Suite
from zhijian.wiring import Node


@pytest.fixture(scope="session")
def other(seeded: Seeded, api: TestClient, lab: Laboratory) -> Laboratory:
    """Another institution; suites alternate, so that the other suite is another's."""
    found = laboratory(seeded, api, next(s for s in Suite if s is not lab.lims.key.suite))
    assert found.uscc != lab.uscc
    return found


class Door:
    """The API behind a real socket."""

    def __init__(self, port: int) -> None:
        self.port, self.url = port, f"http://127.0.0.1:{port}"

    def request(self, method: str, url: str, content: bytes = b"", headers: Any = None) -> requests.Response:
        return requests.request(
            method, self.url + url, data=content, headers=headers, timeout=60, allow_redirects=False
        )

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@pytest.fixture(scope="session")
def door(node: Node) -> Iterator[Door]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(api_app(node), log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield Door(listening.getsockname()[1])
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def wired(lab: Laboratory, door: Door) -> Laboratory:
    """`lab` over the socket, for several threads at once."""
    return Laboratory(lab.uscc, Lims(door, lab.lims.kid, lab.lims.key), lab.report)


@pytest.fixture(scope="session")
def told(node: Node) -> Callable[..., Answer]:
    """What the public is told about a code now."""

    def ask(code: str, tail: str | None = None) -> Answer:
        with node.transaction() as db:
            return node.desk(db).answer(db, Scope.anyone(), code, tail, datetime.now(UTC))

    return ask


@pytest.fixture(scope="session")
def sequence(node: Node) -> Callable[[], None]:
    """Write into the log what waits, and publish the checkpoint."""

    def run() -> None:
        with node.sequencer(datetime.now(UTC)) as sequencer:
            while sequencer.run_once(datetime.now(UTC)):
                pass

    return run


@pytest.fixture(scope="session")
def rows(node: Node) -> Callable[..., list[Any]]:
    """The database looked at from beside."""

    def ask(sql: str, **values: Any) -> list[Any]:
        with node.transaction() as db:
            found = db.execute(sa.text(sql), values)
            return list(found.mappings()) if found.returns_rows else []

    return ask


@pytest.fixture(scope="session")
def registered(rows: Callable[..., list[Any]], lab: Laboratory) -> Callable[[str], int]:
    """How many reports `lab` has under this own number."""

    def count(own_number: str) -> int:
        sql = "SELECT count(*) AS n FROM report WHERE uscc = :u AND own_number = :n"
        return int(rows(sql, u=lab.uscc, n=own_number)[0]["n"])

    return count
