"""The public door over a node: pages, JSON, log, status lists, trust list."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from starlette.applications import Starlette

from zhijian.web.changes import ChangeListener
from zhijian.web.draw_pages import draw_routes
from zhijian.web.look_flush import LookFlusher
from zhijian.web.node_concern import NodeConcerns
from zhijian.web.node_service import NodeService
from zhijian.web.public_files import routes
from zhijian.web.settings import DoorSettings
from zhijian.web.verify_app import verify_app
from zhijian.web.witness_door import witness_routes
from zhijian.wiring import Node

_NO_END = 1_000_000_000


def public_app(node: Node, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Starlette:
    """The ASGI app; while it runs, changes of state evict the pages kept in memory."""
    url = urlsplit(node.settings.public_url)
    rate = node.settings.verify_rate_per_s
    settings = DoorSettings(
        public_host=url.netloc, demo=node.settings.demo, secure_cookies=url.scheme == "https",
        rate=rate if rate > 0 else 1e9, burst=node.settings.verify_burst if rate > 0 else 1_000_000_000,
    )  # fmt: skip
    if rate <= 0:  # no limits are wanted at all
        settings = replace(
            settings, inspect_rate=1e9, inspect_burst=_NO_END, concern_rate=1e9, concern_burst=_NO_END, worked_rate=1e9,
            worked_burst=_NO_END, worked_all_rate=1e9, worked_all_burst=_NO_END, unworked_rate=1e9, unworked_burst=_NO_END,
            unworked_all_rate=1e9, unworked_all_burst=_NO_END,
        )  # fmt: skip
    app = verify_app(
        NodeService(node),
        concerns=NodeConcerns(node),
        clock=clock,
        settings=settings,
        extra_routes=[*routes(node, clock), *witness_routes(node.witness, clock), *draw_routes(node, clock, settings)],
    )
    inner = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(running: Starlette) -> AsyncIterator[None]:
        loop, cache = asyncio.get_running_loop(), running.state.cache
        listener = ChangeListener(
            node,
            lambda code: _on_loop(loop, cache.evict, code),
            lambda: _on_loop(loop, cache.clear),
        )
        listener.start()
        try:
            async with LookFlusher(running.state.looks, node.look_writer(), clock).running(), inner(running):
                yield
        finally:
            listener.stop()

    app.router.lifespan_context = lifespan
    return app


def _on_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: str) -> None:
    # The loop may be closed between the last notice and the listener's end.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(call, *args)
