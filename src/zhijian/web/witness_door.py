"""Witnesses over HTTP (C2SP tlog-witness): those that a node hosts, or one that runs alone for outsiders.

Anyone may call; what costs something is bounded: body, time to send it, calls an address, and calls at one time.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from zhijian.codes.log import Answered, LogError, Witness
from zhijian.kit.rate_limit import TokenBuckets
from zhijian.web.asking import client_of

log = structlog.get_logger("web.witness")
AT_ONCE = 8
BODY_S = 10.0
RATE, BURST = 20.0, 200
"""Calls a second from one address: a log makes one or two for each checkpoint."""
_NONE = Answered(404, "没有这个见证 no such witness here\n".encode())
_BUSY = Answered(503, "见证正忙，请稍后再试 busy, try again\n".encode())
_TOO_MANY = Answered(429, "请求过于频繁，请稍后再试 too many requests, try again later\n".encode())
_SLOW = Answered(408, "请求体没有及时送到 the body did not arrive in time\n".encode())
_FAULT = Answered(500, "见证出错，没有签名，已记录 the witness failed, signed nothing, and put it down\n".encode())


def witness_routes(find: Callable[[str], Witness | None], clock: Callable[[], datetime]) -> list[BaseRoute]:
    """`POST /witness/{name}/add-checkpoint`. `find` may touch the database; it is asked in a thread."""
    return [Route("/witness/{name}/add-checkpoint", _Door(find, clock, monotonic).add_checkpoint, methods=["POST"])]


def witness_app(witness: Witness, clock: Callable[[], datetime], timer: Callable[[], float] = monotonic) -> Starlette:
    """One witness alone: `POST /add-checkpoint`, `GET /vkey`, `GET /healthz`."""

    async def vkey(_: Request) -> Response:
        return Response(f"{witness.key.verifier.vkey()}\n", media_type="text/plain")

    async def healthz(_: Request) -> Response:
        return JSONResponse({"alive": True})

    door = _Door(lambda _: witness, clock, timer)
    routes = [
        Route("/add-checkpoint", door.add_checkpoint, methods=["POST"]),
        Route("/vkey", vkey),
        Route("/healthz", healthz),
    ]
    return Starlette(routes=routes)


class _Door:
    def __init__(
        self, find: Callable[[str], Witness | None], clock: Callable[[], datetime], timer: Callable[[], float]
    ) -> None:
        self._find, self._clock = find, clock
        self._callers = TokenBuckets(RATE, BURST, max_keys=10_000, timer=timer)
        self._under_way = 0

    async def add_checkpoint(self, request: Request) -> Response:
        answer = await self._answer(request)
        headers = {"retry-after": "1"} if answer.status in (429, 503) else {}
        # As stated and no more: Starlette would add a charset to the type by which clients know a size.
        return Response(answer.body, answer.status, {"content-type": answer.content_type, **headers})

    async def _answer(self, request: Request) -> Answered:
        if self._callers.take(client_of(request.scope)):
            return _TOO_MANY
        if self._under_way >= AT_ONCE:
            return _BUSY
        self._under_way += 1
        try:
            body = await asyncio.wait_for(_body(request), BODY_S)
            return await run_in_threadpool(self._ask, request.path_params.get("name", ""), body)
        except TimeoutError:
            return _SLOW
        finally:
            self._under_way -= 1

    def _ask(self, name: str, body: bytes) -> Answered:
        try:
            witness = self._find(name)
            if witness is None:
                return _NONE
            answer = witness.add_checkpoint(body, self._clock())
        except (LogError, OSError) as why:
            log.error("witness_failed", witness=name, error=type(why).__name__, detail=str(why)[:300])
            return _FAULT
        if answer.alarm:
            log.warning("witness_alarm", witness=name, detail=answer.alarm)
        return answer


async def _body(request: Request) -> bytes:
    """Not beyond one byte more than a witness reads: that much it refuses by itself."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > Witness.BODY_BYTES_MAX:
            break
    return body[: Witness.BODY_BYTES_MAX + 1]
