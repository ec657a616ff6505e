"""Of a refused request nothing stays in memory, though nobody signed it."""

import asyncio
import gc
import tracemalloc
from typing import Any

import pytest

from zhijian.api import api_app
from zhijian.wiring import Node

MB = 1 << 20


@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/reports:draft"])
def test_a_body_without_a_signature_is_let_go_with_the_collector_off(node: Node, path: str) -> None:
    app = api_app(node)

    async def status() -> int:
        sent: list[Any] = []
        coming = [{"type": "http.request", "body": bytes(MB), "more_body": False}]

        async def receive() -> Any:
            return coming.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        await app({"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
                   "headers": [(b"host", b"api.test"), (b"content-type", b"application/json")], "client": ("198.51.100.7", 1),
                   "server": ("api.test", 80), "http_version": "1.1", "root_path": ""}, receive, send)  # fmt: skip
        return int(sent[0]["status"])

    async def left() -> int:
        assert await status() == 401
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(12):
            assert await status() == 401
        return tracemalloc.get_traced_memory()[0] - before

    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        assert asyncio.run(left()) < 2 * MB
    finally:
        tracemalloc.stop()
        gc.enable()
