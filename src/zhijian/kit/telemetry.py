"""What a door counts: requests by status and time taken, for Prometheus. A pure ASGI wrapper around any app."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
LOCAL = {"127.0.0.1", "::1", "localhost"}
"""Figures are for the operator: only callers on this machine get /metrics, others get the app's own answer."""


class Measured:
    """`app`, counted. `gauges` are asked in a thread at each look at /metrics."""

    def __init__(
        self, app: App, door: str, gauges: Mapping[str, tuple[str, Callable[[], float]]] | None = None
    ) -> None:
        self._app, self._gauges = app, gauges or {}
        self._registry = CollectorRegistry()
        labels = {"door": door}
        requests = Counter("zhijian_requests", "Requests answered", ["door", "status"], registry=self._registry)
        self._count = {status: requests.labels(status=f"{status}xx", **labels) for status in (1, 2, 3, 4, 5)}
        seconds = Histogram("zhijian_request_seconds", "Time to the last byte", ["door"], registry=self._registry)
        self._seconds = seconds.labels(**labels)
        self._shown = {n: Gauge(n, about, registry=self._registry) for n, (about, _) in self._gauges.items()}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] == "/metrics" and (scope.get("client") or ("",))[0] in LOCAL:
            await self._figures(send)
            return
        started = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count[message["status"] // 100].inc()
            await send(message)

        await self._app(scope, receive, counted)
        self._seconds.observe(time.perf_counter() - started)

    async def _figures(self, send: Send) -> None:
        for name, (_, ask) in self._gauges.items():
            self._shown[name].set(await asyncio.to_thread(ask))
        kind = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": generate_latest(self._registry)})
