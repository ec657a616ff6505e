"""`/draws`: what is public of 双随机抽查. Commitments as they bind, withdrawn ones too; once published, the file, and how anybody runs the
draw again. Nothing else of a draw is told here."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from zhijian.cases import sampling
from zhijian.cases.sampling.public import Announced
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import specification
from zhijian.web.prefs import keep_prefs, request_prefs
from zhijian.web.render import TEMPLATES, Renderer
from zhijian.web.say import zh
from zhijian.web.settings import DoorSettings
from zhijian.wiring import Node

T = TypeVar("T")
ANYONE = Scope.anyone()
MINUTE = "public, max-age=60"
"""A commitment that binds is seen by everybody a minute later at the latest."""
CHECK = TEMPLATES / "public/parts/draw_check.txt"
"""docs/reference/draw_check.py, byte for byte."""
STATES = {"committed": zh("已承诺，还没有公开结果"), "published": zh("已公开"), "withdrawn": zh("抽取前撤回")}
_ID = re.compile(r"[0-9A-Za-z\u4e00-\u9fff_-]{1,40}")


def draw_routes(node: Node, clock: Callable[[], datetime], settings: DoorSettings) -> list[BaseRoute]:
    pages = _DrawPages(node, Renderer(settings, clock), settings)
    return [
        Route("/draws", pages.listed),
        Route("/draws/draw_check.py", pages.check),
        Route("/draws/{id}", pages.one),
        Route("/draws/{id}/draw.json", pages.file),
    ]


class _DrawPages:
    def __init__(self, node: Node, renderer: Renderer, settings: DoorSettings) -> None:
        self._node, self._renderer, self._settings = node, renderer, settings

    async def listed(self, request: Request) -> Response:
        rows = await self._read(lambda db: sampling.public.announced(db, ANYONE))
        return self._page(request, "draws.html", rows=rows)

    async def one(self, request: Request) -> Response:
        found = await self._found(request)
        return self._page(request, "draw.html", one=found)

    async def file(self, request: Request) -> Response:
        id_ = self._id(request)
        content = await self._read(lambda db: sampling.public.file(db, ANYONE, id_))
        if content is None:
            raise HTTPException(404)
        kept = {"cache-control": MINUTE, "content-disposition": 'attachment; filename="draw.json"'}
        return Response(content, media_type="application/json", headers=kept)

    async def check(self, _: Request) -> Response:
        kept = {"cache-control": MINUTE, "content-disposition": 'attachment; filename="draw_check.py"'}
        return Response(CHECK.read_bytes(), media_type="text/plain; charset=utf-8", headers=kept)

    async def _found(self, request: Request) -> Announced:
        id_ = self._id(request)
        found = await self._read(lambda db: sampling.public.one(db, ANYONE, id_))
        if found is None:
            raise HTTPException(404)
        return found

    async def _read(self, how: Callable[[Db], T]) -> T:
        def read() -> T:
            with self._node.reading() as db:
                return how(db)

        return await run_in_threadpool(read)

    @staticmethod
    def _id(request: Request) -> str:
        """Raises: HTTPException for what no draw can be called."""
        id_: str = request.path_params["id"]
        if not _ID.fullmatch(id_):
            raise HTTPException(404)
        return id_

    def _page(self, request: Request, template: str, **values: object) -> HTMLResponse:
        prefs = request_prefs(request)
        names = specification().codelists["province"]
        said = (lambda w: w.en) if prefs.lang == "en" else (lambda w: w.zh)
        html = self._renderer.page(
            template, prefs, request.url.query, names=names, said=said, words_of=STATES, **values
        )
        response = HTMLResponse(html, headers={"cache-control": "no-store", "vary": "cookie"})
        keep_prefs(request, response, self._settings.secure_cookies)
        return response
