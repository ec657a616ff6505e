"""The addresses of the API: what each one takes from path and query, and whose work it is."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from fastapi import FastAPI, Path, Query, Request
from starlette.responses import Response

from zhijian.api import drafts, events, keys, openapi, own, report_files, statement, submit, webhooks, workbooks
from zhijian.api.caller import Received
from zhijian.codes.model import own_number_key
from zhijian.documents import OFD, PDF
from zhijian.kit.db import Db
from zhijian.wiring import Node

Work = Callable[[Db, Node, Received], submit.Answered]
Run = Callable[[Request, Work], Awaitable[Response]]
"""Does the work of a request in a transaction of its own."""
Takes = dict[str, str]
"""Media type of a request → that of its answer."""
DocumentWork = Callable[[Node, Received], submit.AnsweredWithHeaders]
RunDocument = Callable[[Request, Takes, DocumentWork], Awaitable[Response]]
"""Does work that holds no transaction all along: a document takes seconds."""
CodePath = Annotated[str, Path(min_length=1, max_length=60, description="报告编码")]

WebhookPath = Annotated[str, Path(pattern=r"^wh_[0-9a-f]{20}$", description="推送编号 wh_…")]


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
        own_number: Annotated[
            str | None, Query(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$", description="机构报告编号")
        ] = None,
        file_digest: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="原始文件的摘要")] = None,
        after: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        key = own_number_key(own_number) if own_number else None
        equal = {"state": state, "own_number_key": key, "file_digest": file_digest}
        return await run(request, lambda db, n, r: own.page(db, n, r, equal, after, limit))

    @app.get("/api/v1/reports/{code}", **openapi.GET_ONE)
    async def own_report(request: Request, code: CodePath) -> Response:
        return await run(request, lambda db, n, r: own.one(db, n, r, code))

    @app.post("/api/v1/reports/{code}/state", **openapi.CHANGE)
    async def change_state(request: Request, code: CodePath) -> Response:
        return await run(request, lambda db, n, r: own.change_state(db, n, r, code))


def report_files_of(app: FastAPI, run: RunDocument) -> None:
    @app.post("/api/v1/reports:draft", **openapi.DRAFT)
    async def draft_report(request: Request) -> Response:
        return await run(request, {"application/json": PDF}, drafts.draft)

    @app.post("/api/v1/workbooks:read", **openapi.READ_WORKBOOK)
    async def read_workbook(request: Request) -> Response:
        return await run(request, {workbooks.XLSX: "application/json"}, workbooks.read_workbook)

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


def own_institution(app: FastAPI, run: Run) -> None:
    @app.get("/api/v1/institution", **openapi.INSTITUTION)
    async def institution(request: Request) -> Response:
        return await run(request, drafts.institution)


def own_keys(app: FastAPI, run: Run) -> None:
    @app.get("/api/v1/keys", **openapi.KEYS)
    async def own_keys(request: Request) -> Response:
        return await run(request, keys.own)

    @app.post("/api/v1/keys", **openapi.ASK_KEY)
    async def ask_key(request: Request) -> Response:
        return await run(request, keys.ask)


def own_events(app: FastAPI, run: Run) -> None:
    @app.get("/api/v1/events", **openapi.EVENTS)
    async def own_events(
        request: Request,
        after: Annotated[str | None, Query(max_length=100, description="next 的值；end 为从现在开始")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        return await run(request, lambda db, n, r: events.page(db, n, r, after, limit))

    @app.get("/api/v1/webhooks", **openapi.WEBHOOKS)
    async def own_webhooks(request: Request) -> Response:
        return await run(request, webhooks.own)

    @app.post("/api/v1/webhooks", **openapi.MAKE_WEBHOOK)
    async def make_webhook(request: Request) -> Response:
        return await run(request, webhooks.create)

    @app.get("/api/v1/webhooks/{webhook}", **openapi.WEBHOOK)
    async def own_webhook(request: Request, webhook: WebhookPath) -> Response:
        return await run(request, lambda db, n, r: webhooks.one(db, n, r, webhook))

    @app.delete("/api/v1/webhooks/{webhook}", **openapi.DELETE_WEBHOOK)
    async def delete_webhook(request: Request, webhook: WebhookPath) -> Response:
        return await run(request, lambda db, n, r: webhooks.delete(db, n, r, webhook))

    @app.get("/api/v1/webhooks/{webhook}/attempts", **openapi.ATTEMPTS)
    async def webhook_attempts(request: Request, webhook: WebhookPath) -> Response:
        return await run(request, lambda db, n, r: webhooks.attempts(db, n, r, webhook))

    for name, work in (("test", webhooks.test), ("resume", webhooks.resume), ("rotate", webhooks.rotate)):
        _webhook_change(app, run, name, work)


def _webhook_change(
    app: FastAPI, run: Run, name: str, work: Callable[[Db, Node, Received, str], submit.Answered]
) -> None:
    @app.post(f"/api/v1/webhooks/{{webhook}}/{name}", operation_id=f"{name}_webhook", **openapi.WEBHOOK_CHANGES[name])
    async def change_webhook(request: Request, webhook: WebhookPath) -> Response:
        return await run(request, lambda db, n, r: work(db, n, r, webhook))


def own_statement(app: FastAPI, run: Run) -> None:
    @app.get("/api/v1/statement", **openapi.STATEMENT)
    async def own_statement(
        request: Request,
        from_: Annotated[str, Query(alias="from", max_length=40, json_schema_extra={"format": "date"})],
        to: Annotated[str, Query(max_length=40, json_schema_extra={"format": "date"})],
        after: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        return await run(request, lambda db, n, r: statement.page(db, n, r, (from_, to), after, limit))
