"""Real servers over the shared node, on free ports of this machine."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import uvicorn

from zhijian.wiring import Node


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(app: Any, port: int | None = None) -> Iterator[str]:
    """The address of `app` for as long as the context lasts."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextlib.contextmanager
def public_door(node: Node) -> Iterator[str]:
    """The public door over `node`, which calls itself by the address it has."""
    from zhijian.web import public_app

    port = free_port()
    before = node.settings
    node.settings = replace(before, public_url=f"http://127.0.0.1:{port}")
    try:
        with running(public_app(node), port) as address:
            yield address
    finally:
        node.settings = before


def sequence(node: Node) -> None:
    """Write what waits into the log."""
    with node.sequencer(datetime.now(UTC)) as sequencer:
        while sequencer.run_once(datetime.now(UTC)):
            pass


@contextlib.contextmanager
def office(node: Node, **changes: Any) -> Iterator[str]:
    """The office's address with all that stands on it, which calls itself by the address it has. `changes` of its settings."""
    from zhijian.api import api_app
    from zhijian.web import office_door

    port = free_port()
    before = node.settings
    node.settings = replace(before, office_url=f"http://127.0.0.1:{port}", **changes)
    try:
        app = office_door(node, api_app(node), lambda: datetime.now(UTC))
        with running(app, port) as address:
            yield address
    finally:
        node.settings = before
