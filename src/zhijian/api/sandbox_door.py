"""POST /api/v1/sandbox/laboratory: a test institution with its key and a report to begin with, for whoever asks."""

from collections.abc import Callable
from datetime import datetime
from math import ceil

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from zhijian import sandbox
from zhijian.kit.problem import Problem
from zhijian.kit.rate_limit import TokenBuckets, client_key
from zhijian.wiring import Node

EACH_PER_HOUR = 10
"""Institutions that one address may take: there is a stock, and others want some."""


def routes(app: FastAPI, node: Node, clock: Callable[[], datetime]) -> None:
    clients = TokenBuckets(EACH_PER_HOUR / 3600, EACH_PER_HOUR, 10_000)

    @app.post("/api/v1/sandbox/laboratory", include_in_schema=False)
    async def laboratory(request: Request) -> Response:
        if wait_s := clients.take(client_key(request.client.host) if request.client else "unknown"):
            raise Problem(429, "sandbox-enough", "这个地址领取的测试机构够多了", "this address has taken enough test institutions",
                          remedy_zh="继续用已领取的，或过一会儿再来", remedy_en="go on with those, or come later",
                          headers={"Retry-After": str(ceil(wait_s))})  # fmt: skip
        found = await run_in_threadpool(sandbox.take, node.settings.home, clock())
        if found is None:
            raise Problem(503, "sandbox-empty", "测试机构已领完", "no test institution is left",
                          remedy_zh="请运营方运行 zhijian admin sandbox", remedy_en="ask the operator to run `zhijian admin sandbox`",
                          headers={"Retry-After": "3600"})  # fmt: skip
        return JSONResponse(found, 201, {"cache-control": "no-store"})
