"""The addresses of the API: what each one takes from path and query, and whose work it is."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from zhijian.api import keys, openapi, own, report_files, submit
from zhijian.api.caller import Received
from zhijian.documents import OFD, PDF
from zhijian.kit.db import Db
from zhijian.wiring import Node

Work = Callable[[Db, Node, Received], submit.Answered]
Run = Callable[[Request, Work], Awaitable[Response]]
"""Does the work of a request in a transaction of its own."""
Takes = dict[str, str]
"""Media type of a request → that of its answer."""
DocumentWork = Callable[[Node, Received], submit.Answered]
RunDocument = Callable[[Request, Takes, DocumentWork], Awaitable[Response]]
"""Does work that holds no transaction all along: a document takes seconds."""
CodePath = Annotated[str, Path(min_length=1, max_length=60, description="报告编码")]


def submissions(app: FastAPI, run: Run) -> None:
    @app.post("/api/v1/reports", **openapi.SUBMIT_ONE)
    async def submit_report(request: Request) -> Response:
        return await run(request, submit.submit_one)

    @app.post("/api/v1/reports:batch", **openapi.SUBMIT_BATCH)
    async def submit_reports(request: Request) -> Response:
        return await run(request, submit.submit_batch)

    @app.post("/api/v1/leases", **openapi.LEASE)
    async def lease_codes(request: Request) -> Response:
        return await run(request, own.lease)


def own_reports(app: FastAPI, run: Run) -> None:
    @app.get("/api/v1/reports", **openapi.LIST)
    async def own_reports(
        request: Request,
        state: Literal["valid", "corrected", "replaced", "withdrawn", "doubted", "inaccurate", "false"] | None = None,
        after: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        return await run(request, lambda db, n, r: own.page(db, n, r, state, after, limit))

    @app.get("/api/v1/reports/{code}", **openapi.GET_ONE)
    async def own_report(request: Request, code: CodePath) -> Response:
        return await run(request, lambda db, n, r: own.one(db, n, r, code))

    @app.post("/api/v1/reports/{code}/state", **openapi.CHANGE)
    async def change_state(request: Request, code: CodePath) -> Response:
        return await run(request, lambda db, n, r: own.change_state(db, n, r, code))


def report_files_of(app: FastAPI, run: RunDocument) -> None:
    @app.post("/api/v1/reports/{code}/stamp", **openapi.STAMP)
    async def stamp_file(
        request: Request,
        code: CodePath,
        place: Literal["top-right", "bottom-right", "top-left", "bottom-left"] | None = None,
    ) -> Response:
        return await run(request, {PDF: PDF, OFD: OFD}, lambda n, r: report_files.stamp(n, r, code, place))

    @app.post("/api/v1/reports/{code}/document", **openapi.DOCUMENT)
    async def put_down_file(request: Request, code: CodePath) -> Response:
        takes = {PDF: "application/json", OFD: "application/json"}
        return await run(request, takes, lambda n, r: report_files.put_down(n, r, code))


def own_keys(app: FastAPI, run: Run) -> None:
    @app.get("/api/v1/keys", **openapi.KEYS)
    async def own_keys(request: Request) -> Response:
        return await run(request, keys.own)

    @app.post("/api/v1/keys", **openapi.ASK_KEY)
    async def ask_key(request: Request) -> Response:
        return await run(request, keys.ask)
