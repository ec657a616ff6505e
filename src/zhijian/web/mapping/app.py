"""The addresses of the review. Every change is a form, checked, and answered with the page again; nothing needs a script."""

import anyio
import duckdb
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from zhijian.exchange.mapping import MappingWrong, reviewing
from zhijian.web.catalogue.view import spoken
from zhijian.web.mapping.forms import codes_value, column_value, constant_value, text_of
from zhijian.web.mapping.guard import Guard
from zhijian.web.mapping.view import page_view
from zhijian.web.prefs import keep_prefs, request_prefs
from zhijian.web.render import Renderer
from zhijian.web.settings import DoorSettings
from zhijian.web.static_files import hashed_files

MOST_FIELDS = 1_000


class _Desk:
    def __init__(self, review: reviewing.Review, renderer: Renderer) -> None:
        self._review, self._renderer = review, renderer
        self._one = anyio.Lock()
        self.secret = ""

    async def first(self, request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return (
            RedirectResponse(f"/records/0{query}", 303) if self._review.mapping.records else await self._empty(request)
        )

    async def page(self, request: Request) -> Response:
        return await self._shown(request, self._part(request), request.query_params.get("element", ""))

    async def change(self, request: Request) -> Response:
        part, element = self._part(request), request.path_params["element"]
        form = await self._form(request)
        action = text_of(form, "action")
        if element not in {e.id for e in self._review.elements(part)}:
            raise HTTPException(404)
        try:
            async with self._one:
                await anyio.to_thread.run_sync(lambda: self._changed(part, element, action, form))
        except MappingWrong as why:
            return await self._shown(request, part, element, why, action)
        return RedirectResponse(f"/records/{part}?element={element}#opened", 303)

    def _changed(self, part: int, element: str, action: str, form: FormData) -> None:
        review, old = self._review, self._review.as_written(part, element)
        if action == "column":
            review.set_field(part, element, column_value(form, old))
        elif action == "constant":
            review.set_field(part, element, constant_value(form))
        elif action == "codes" and old:
            review.set_field(part, element, codes_value(form, old))
        elif action == "confirm" and old:
            review.confirm(part, element)
        elif action == "drop":
            review.drop_field(part, element)
        else:
            raise HTTPException(400)

    async def aside(self, request: Request) -> Response:
        form = await self._form(request)
        part, column, reason = self._part(request), text_of(form, "column"), text_of(form, "reason")
        table = self._review.mapping.records[part].table
        try:
            if column not in self._review.columns(table):
                raise HTTPException(404)
            if text_of(form, "action") == "back":
                self._review.take_back(table, column)
            elif reason:
                self._review.set_aside(table, column, reason)
            else:
                raise MappingWrong(column, "请写明为什么不用这一列", "say why the column is left out")
        except MappingWrong as why:
            return await self._shown(request, part, "", why, "aside")
        return RedirectResponse(f"/records/{part}#columns", 303)

    async def undo(self, request: Request) -> Response:
        await self._form(request)
        self._review.undo()
        return RedirectResponse(f"/records/{min(self._part(request), len(self._review.mapping.records) - 1)}", 303)

    async def save(self, request: Request) -> Response:
        await self._form(request)
        try:
            self._review.save()
        except OSError as why:
            wrong = MappingWrong(str(self._review.path), f"没有保存：{why.strerror}", f"not saved: {why.strerror}")
            return await self._shown(request, self._part(request), "", wrong, "save")
        return RedirectResponse(f"/records/{self._part(request)}?saved=1", 303)

    async def _shown(
        self, request: Request, part: int, element: str, problem: MappingWrong | None = None, form: str = ""
    ) -> Response:
        prefs = request_prefs(request)

        def made() -> str:
            view = page_view(self._review, part, element, problem, form)
            return self._renderer.page(
                "review.html", prefs, request.url.query, secret=self.secret, reads=reviewing.READS, saved="saved" in request.query_params,
                **spoken(prefs.lang), **view,
            )  # fmt: skip

        async with self._one:
            html = await anyio.to_thread.run_sync(made)
        response = HTMLResponse(html, 422 if problem else 200, {"cache-control": "no-store"})
        keep_prefs(request, response, secure=False)
        return response

    async def _empty(self, request: Request) -> Response:
        return PlainTextResponse(
            "这份映射没有 records，没有可看的。\nThis mapping has no records; there is nothing to review.\n"
        )

    def _part(self, request: Request) -> int:
        part = int(request.path_params["part"])
        if part >= len(self._review.mapping.records):
            raise HTTPException(404)
        return part

    async def _form(self, request: Request) -> FormData:
        form = await request.form(max_fields=MOST_FIELDS, max_files=0)
        if form.get("secret") != self.secret:
            raise HTTPException(403)
        return form


def _could_not(request: Request, why: Exception) -> Response:
    said = str(why).splitlines()[0][:300]
    return PlainTextResponse(f"源数据读不出来：{said}\nThe source could not be read.\n", 500)


def review_app(review: reviewing.Review, renderer: Renderer, settings: DoorSettings, token: str, port: int) -> ASGIApp:
    """`token`: of the address that opens the page, once."""
    desk = _Desk(review, renderer)
    app = Starlette(
        routes=[
            Route("/", desk.first),
            Route("/records/{part:int}", desk.page),
            Route("/records/{part:int}/undo", desk.undo, methods=["POST"]),
            Route("/records/{part:int}/save", desk.save, methods=["POST"]),
            Route("/records/{part:int}/aside", desk.aside, methods=["POST"]),
            Route("/records/{part:int}/elements/{element}", desk.change, methods=["POST"]),
            Mount("/static", hashed_files(settings), name="static"),
        ],
        exception_handlers={duckdb.Error: _could_not},
    )
    guard = Guard(app, token, port)
    desk.secret = guard.secret
    return guard
