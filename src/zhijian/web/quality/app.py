"""`/quality`: the addresses, what each answers when it cannot, and who is shown it at all."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from zhijian.exchange.scorecard import provinces
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.db import UNAVAILABLE, Db
from zhijian.kit.threads import in_thread
from zhijian.web.prefs import keep_prefs, request_prefs
from zhijian.web.quality import words
from zhijian.web.quality.asked import Asked, AskedWrong
from zhijian.web.quality.province_view import Of, RunUnknown, province_view
from zhijian.web.quality.view import index_view
from zhijian.web.render import Renderer
from zhijian.web.say import Lang
from zhijian.web.settings import DoorSettings
from zhijian.web.static_files import hashed_files
from zhijian.wiring import Node

log = structlog.get_logger("web.quality")
Shown = tuple[str, int, dict[str, Any]]
"""Template, status, values."""


def quality_app(node: Node, clock: Callable[[], datetime]) -> Starlette:
    """`/quality` and its static files."""
    settings = node.settings
    door = DoorSettings(public_host=urlsplit(settings.public_url).netloc, demo=settings.demo)
    pages = _Pages(node, Renderer(door, clock, "quality"))
    return Starlette(
        routes=[
            Route("/quality", pages.index),
            Route("/quality/", lambda _: RedirectResponse("/quality", 308)),
            Route("/quality/{province}", pages.province),
            Mount("/static", hashed_files(door), name="static"),
        ],
        exception_handlers={HTTPException: pages.missing, Exception: pages.fault},
    )


class _Pages:
    def __init__(self, node: Node, renderer: Renderer) -> None:
        self._node, self._renderer = node, renderer

    async def index(self, request: Request) -> Response:
        today = self._renderer.now().astimezone(SHANGHAI).date()
        t = self._renderer.say(request_prefs(request))
        return await self._answer(
            request, lambda db: ("index.html", 200, index_view(db, Asked.of(request.query_params, today), today, t))
        )

    async def province(self, request: Request) -> Response:
        province, today = request.path_params["province"], self._renderer.now().astimezone(SHANGHAI).date()
        t = self._renderer.say(request_prefs(request))
        if province not in provinces():
            return await self.missing(request, HTTPException(404))
        return await self._answer(
            request,
            lambda db: ("province.html", 200, province_view(db, Of.of(province, request.query_params), today, t)),
        )

    async def missing(self, request: Request, why: Exception) -> Response:
        status = why.status_code if isinstance(why, HTTPException) else 404
        return await self._page(request, ("missing.html", status, {"run": False}))

    async def fault(self, request: Request, why: Exception) -> Response:
        """The reader sees no trace; the condition stays in the address."""
        log.error("fault", path=request.url.path, error=type(why).__name__)
        status = 503 if isinstance(why, UNAVAILABLE) else 500
        return await self._page(
            request, ("fault.html", status, {"again": str(request.url.replace(scheme="", netloc=""))})
        )

    async def _answer(self, request: Request, made: Callable[[Db], Shown]) -> Response:
        if not self._node.settings.scorecard_shown:
            return await self._page(request, ("closed.html", 403, {}))
        try:
            shown = await in_thread(self._read, made)
        except AskedWrong as wrong:
            shown = "wrong.html", 422, {"field": wrong.field, "value": wrong.value[:40], "clear": request.url.path}
        except RunUnknown:
            shown = "missing.html", 404, {"run": request.url.path}
        except UNAVAILABLE as why:
            return await self.fault(request, why)
        return await self._page(request, shown)

    def _read(self, made: Callable[[Db], Shown]) -> Shown:
        with self._node.reading() as db:
            return made(db)

    async def _page(self, request: Request, shown: Shown) -> Response:
        prefs = request_prefs(request)
        template, status, values = shown
        html = await in_thread(
            lambda: self._renderer.page(template, prefs, request.url.query, w=words, provinces=provinces(),
                                        said=_speaks(prefs.lang), **values)
        )  # fmt: skip
        response = HTMLResponse(html, status, {"cache-control": "no-store", "vary": "cookie"})
        keep_prefs(request, response, urlsplit(self._node.settings.office_url).scheme == "https")
        return response


def _speaks(lang: Lang) -> Callable[[Any], str]:
    """What has `zh` and `en`, in the reader's language."""
    return lambda thing: str(thing.en if lang == "en" else thing.zh)
