"""The API for laboratories: `/api/v1`, JSON, signed requests, problem documents."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from zhijian.api import openapi, routes, sandbox_door, scorecard, specification, submit
from zhijian.api.caller import Received, authenticate
from zhijian.api.document_turns import DocumentTurns
from zhijian.api.problems import internal, on_problem, respond, unavailable, unsigned
from zhijian.kit.db import UNAVAILABLE
from zhijian.kit.media_type import essence
from zhijian.kit.problem import Problem
from zhijian.kit.signing import SignerFailed
from zhijian.kit.threads import in_thread
from zhijian.readiness import readiness
from zhijian.wiring import Node

BODY_S = 180.0
"""For a body to come whole: 20 MB by a line of one megabit a second."""
BODY_MAX = 20 * 1024 * 1024
"""Bytes; a thousand ordinary reports take about two million."""
log = structlog.get_logger()


def api_app(node: Node, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> FastAPI:
    """The ASGI app. `clock` gives aware UTC."""
    app = FastAPI(
        redirect_slashes=False, title="智检 API", version="1", openapi_url=None, docs_url=None, redoc_url=None
    )
    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_error)

    documents = DocumentTurns()

    async def run(request: Request, work: routes.Work) -> Response:
        received = await _receive(request, clock())
        status, body = await in_thread(_in_transaction, node, received, work)
        return Response(body, status, media_type="application/json")

    async def run_document(request: Request, takes: routes.Takes, work: routes.DocumentWork) -> Response:
        received = await _receive(request, clock(), tuple(takes))
        institution = await in_thread(_institution, node, received)  # a stranger takes no room of theirs
        status, body, headers = await documents.run(institution, work, node, received)
        return Response(body, status, headers, takes[received.media_type])

    routes.submissions(app, run)
    routes.report_files_of(app, run_document)
    routes.own_reports(app, run)
    routes.own_institution(app, run)
    routes.own_keys(app, run)
    if node.settings.sandbox:
        sandbox_door.routes(app, node, clock)
    routes.own_events(app, run)
    routes.own_statement(app, run)
    specification.routes(app)
    scorecard.routes(app, node, clock)
    _about(app, node, clock)
    return app


def _about(app: FastAPI, node: Node, clock: Callable[[], datetime]) -> None:
    """What the API says of itself."""

    @app.get("/api/openapi.json", include_in_schema=False)
    async def description() -> Response:
        return JSONResponse(openapi.document(app))

    @app.get("/", include_in_schema=False)
    async def front() -> Response:
        return JSONResponse(
            {"api": "/api/openapi.json", "verify": node.settings.public_url, "how_to": "docs/howto/lims.md"}
        )

    @app.get("/healthz", include_in_schema=False)
    async def alive() -> Response:
        return JSONResponse({"alive": True})

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> Response:
        found = await in_thread(readiness, node, clock())
        return JSONResponse(found.document(), 200 if found.reason is None else 503)


def _in_transaction(node: Node, received: Received, work: routes.Work) -> submit.Answered:
    """One request is one transaction."""
    with node.transaction() as db:
        return work(db, node, received)


def _institution(node: Node, received: Received) -> str:
    """USCC of who signed the request. Raises: Problem 401."""
    with node.transaction() as db:
        return authenticate(db, node, received).institution.uscc


async def _receive(request: Request, at: datetime, takes: tuple[str, ...] = ("application/json",)) -> Received:
    """The request, read whole and not beyond the limit.

    Raises: Problem 413, 415, 408.
    """
    try:
        async with asyncio.timeout(BODY_S):
            chunks, size = await _body(request)
    except TimeoutError:
        raise Problem(408, "body-too-slow", f"请求体 {BODY_S:.0f} 秒内没有收全", f"the body did not come within {BODY_S:.0f} seconds",
                      remedy_zh="分成几批，或换一个网络", remedy_en="split it, or use another network",
                      headers={"Connection": "close"}) from None  # fmt: skip
    if size > BODY_MAX:
        raise Problem(413, "body-too-large", f"请求体超过 {BODY_MAX >> 20} MB", f"the body is larger than {BODY_MAX >> 20} MB",
                      remedy_zh=f"一批最多 {submit.BATCH_MAX} 份，分成几批", remedy_en=f"a batch has at most {submit.BATCH_MAX} reports; split it",
                      headers={"Connection": "close"})  # fmt: skip
    if request.method == "POST" and essence(request.headers.get("content-type", "")) not in takes:
        wanted = " | ".join(takes)
        raise Problem(415, "not-json" if takes == ("application/json",) else "media-type-unknown",
                      f"请求体应为 {wanted}", f"the body must be {wanted}",
                      remedy_zh=f"设置 Content-Type: {wanted}", remedy_en=f"set Content-Type: {wanted}")  # fmt: skip
    scope: dict[str, Any] = dict(request.scope)
    raw_path = scope.get("raw_path") or request.url.path.encode()
    return Received(
        request.method, raw_path.decode("latin-1"), request.url.query, dict(request.headers), b"".join(chunks), at
    )


async def _body(request: Request) -> tuple[list[bytes], int]:
    """Its pieces and its size, until they are beyond the limit."""
    stated = request.headers.get("content-length", "0")
    chunks, size = [], int(stated) if stated.isdigit() else 0
    if size <= BODY_MAX:
        size = 0
        async for chunk in request.stream():
            chunks.append(chunk)
            size += len(chunk)
            if size > BODY_MAX:
                break
    return chunks, size


async def _on_invalid(_: Request, why: Exception) -> Response:
    errors = why.errors() if isinstance(why, RequestValidationError) else []
    where = "、".join(".".join(str(p) for p in e["loc"]) for e in errors)
    return respond(Problem(422, "parameter-invalid", f"参数不对：{where}", f"wrong parameter: {where}",
                           remedy_zh="见 /api/openapi.json", remedy_en="see /api/openapi.json"))  # fmt: skip


async def _on_http(_: Request, why: Exception) -> Response:
    status = why.status_code if isinstance(why, HTTPException) else 500
    zh, en = {404: ("没有这个地址", "no such address"), 405: ("不支持这个方法", "method not allowed")}.get(
        status, ("请求不被接受", "refused")
    )
    headers = dict(why.headers or {}) if isinstance(why, HTTPException) else {}
    return respond(Problem(status, f"http-{status}", zh, en, remedy_zh="见 /api/openapi.json",
                           remedy_en="see /api/openapi.json", headers=headers))  # fmt: skip


async def _on_error(request: Request, why: Exception) -> Response:
    log.error("request_failed", path=request.url.path, error=type(why).__name__, detail=str(why)[:300])
    if isinstance(why, SignerFailed):
        return unsigned()
    return unavailable() if isinstance(why, UNAVAILABLE) else internal()
