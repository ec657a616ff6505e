"""A laboratory's client before a real API, over a network that breaks when told to."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from tests.conftest import Laboratory, Seeded
from tests.servers import free_port, running

from zhijian.api import api_app
from zhijian.client import Client, Key

Fault = str
"""lose: the request arrives, its answer does not. cut: half of the answer. refuse: nothing arrives. busy: 503. broken: 502
without a problem document."""


@dataclass
class Wire:
    """A door in front of the API. Each connection takes the next of `faults`; without any it passes all through."""

    port: int
    behind: int
    faults: list[Fault] = field(default_factory=list)
    requests: int = 0
    """That reached the API."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(link,), daemon=True).start()

    def _one(self, link: socket.socket) -> None:
        fault = self.faults.pop(0) if self.faults else ""
        with link:
            link.settimeout(20)
            if fault == "refuse":
                return
            asked = _whole(link)
            if fault in ("busy", "broken"):
                body = json.dumps({"why": "documents-busy"}).encode() if fault == "busy" else b"<html>"
                status = b"503 Busy\r\nRetry-After: 7" if fault == "busy" else b"502 Bad"
                link.sendall(
                    b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body)
                )
                return
            self.requests += 1
            with socket.create_connection(("127.0.0.1", self.behind), timeout=20) as api:
                api.sendall(asked.replace(b"Connection: keep-alive", b"Connection: close"))
                answer = b"".join(iter(lambda: api.recv(65536), b""))
            if fault != "lose":
                link.sendall(answer[: len(answer) - 20] if fault == "cut" else answer)


def _whole(link: socket.socket) -> bytes:
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += link.recv(65536)
    head, _, body = raw.partition(b"\r\n\r\n")
    length = next((int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += link.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture(scope="module")
def wire(seeded: Seeded) -> Iterator[Wire]:
    wire = Wire(free_port(), free_port())
    before = seeded.node.settings
    seeded.node.settings = replace(before, office_url=wire.url)
    with running(api_app(seeded.node), wire.behind), socket.create_server(("127.0.0.1", wire.port)) as listening:
        threading.Thread(target=wire.serve, args=(listening,), daemon=True).start()
        yield wire
    seeded.node.settings = before


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def client(wire: Wire, lab: Laboratory, waited: list[float]) -> Client:
    wire.faults.clear()
    wire.requests = 0
    key = Key(lab.lims.kid, lab.lims.key.suite.value, lab.lims.key.secret)
    return Client(wire.url, key, tries=4, wait=waited.append)
