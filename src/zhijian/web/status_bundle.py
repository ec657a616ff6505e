"""Status lists for those who want many: which there are, and all of a province in one answer.

`GET /status` is a JSON array of {list, about_bytes}. `GET /status/bundle?province=33&since=2024-12` gives the signed
lists of that province from that month on, each behind its length (four bytes, big-endian). A province at a time: a
reader on a bad line loses one province, chooses some, and sees how far it is; the door's work for one request is bounded.
"""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from zhijian.wiring import Node

BELIEVED = timedelta(hours=24)
"""How long a list that was fetched for use without a network is believed. The `ttl` in it stays that of the node."""
_PROVINCE = re.compile(r"\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")


class KeptLists:
    """Sealed lists in memory, made again when a third of their `ttl` is over: sealing a list reads a month of a province,
    and many readers ask for the same."""

    def __init__(self, node: Node, clock: Callable[[], datetime]) -> None:
        self._node, self._clock = node, clock
        self._lock = threading.Lock()
        self._index: tuple[datetime, list[tuple[str, int]]] | None = None
        self._sealed: dict[str, tuple[datetime, bytes]] = {}

    def index(self) -> list[tuple[str, int]]:
        """(list, about how many bytes), by name."""
        with self._lock:
            return self._names(self._clock())

    def bundle(self, province: str, since: str) -> bytes:
        """Empty when there is none."""
        at = self._clock()
        with self._lock:
            wanted = [n for n, _ in self._names(at) if n.startswith(f"{province}-") and n[3:] >= since]
            self._seal([name for name in wanted if not self._young(self._sealed.get(name), at)], at)
            held = [self._sealed[name][1] for name in wanted if name in self._sealed]
        return b"".join(len(one).to_bytes(4, "big") + one for one in held)

    def _names(self, at: datetime) -> list[tuple[str, int]]:
        if self._index is None or not self._young(self._index, at):
            with self._node.transaction() as db:
                self._index = at, self._node.office(db).status_lists(db)
        return self._index[1]

    def _seal(self, names: list[str], at: datetime) -> None:
        if not names:
            return
        ttl_s, believed_s = self._node.settings.status_ttl_s, int(BELIEVED.total_seconds())
        with self._node.transaction() as db:
            office = self._node.office(db)
            for name in names:
                sealed = office.status_list(db, name, ttl_s, at, max(ttl_s, believed_s))
                if sealed is not None:
                    self._sealed[name] = at, sealed

    def _young(self, kept: tuple[datetime, object] | None, at: datetime) -> bool:
        age_s = (at - kept[0]).total_seconds() if kept else -1.0
        return 0 <= age_s < self._node.settings.status_ttl_s / 3


def status_routes(node: Node, clock: Callable[[], datetime]) -> list[BaseRoute]:
    lists = KeptLists(node, clock)

    async def index(_: Request) -> Response:
        found = await run_in_threadpool(lists.index)
        body = [{"list": name, "about_bytes": size} for name, size in found]
        return JSONResponse(body, headers={"Cache-Control": "public, max-age=60"})

    async def bundle(request: Request) -> Response:
        province, since = (request.query_params.get(name, "") for name in ("province", "since"))
        if not _PROVINCE.fullmatch(province) or (since and not _MONTH.fullmatch(since)):
            raise HTTPException(404)
        body = await run_in_threadpool(lists.bundle, province, since)
        headers = {"Cache-Control": "public, max-age=60"}
        return Response(body, media_type="application/octet-stream", headers=headers)

    return [Route("/status", index), Route("/status/bundle", bundle)]
