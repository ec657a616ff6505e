"""The page of the desk, and its place beside the API on one address."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from zhijian.kit.settings import Settings
from zhijian.spec import specification, workbook
from zhijian.web.front import with_security
from zhijian.web.lab.words import GROUPS, LISTS, SAID, STEPS
from zhijian.web.prefs import keep_prefs, request_prefs
from zhijian.web.render import Renderer
from zhijian.web.settings import DoorSettings
from zhijian.web.static_files import hashed_files

ROOMS = ("key", "report", "sheet", "files", "own", "statement")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class _Desk:
    renderer: Renderer
    settings: Settings

    async def page(self, request: Request) -> Response:
        prefs, spec = request_prefs(request), specification()
        t = self.renderer.say(prefs)
        html = self.renderer.page(
            "desk.html", prefs, request.url.query, rooms=ROOMS, spec=spec, report=spec.entities["report"],
            items=spec.entities["report_item"].elements, groups=[(t(title), names) for title, names in GROUPS], lists=LISTS,
            steps=[(step, t(words)) for step, words in STEPS], said=[(why, t(words)) for why, words in SAID.items()],
            authority=urlsplit(self.settings.office_url).netloc, public_url=self.settings.public_url, sandbox=self.settings.sandbox,
        )  # fmt: skip
        response = HTMLResponse(html, headers={"cache-control": "no-store", "vary": "cookie"})
        keep_prefs(request, response, urlsplit(self.settings.office_url).scheme == "https")
        return response


async def template(_: Request) -> Response:
    """The workbook to fill in, made once."""
    made = await run_in_threadpool(_template)
    name = "attachment; filename=\"zhijian-report.xlsx\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%E5%A1%AB%E6%8A%A5.xlsx"
    return Response(made, media_type=_XLSX, headers={"content-disposition": name, "cache-control": "no-cache"})


@cache
def _template() -> bytes:
    return workbook.template(["report"])


def lab_app(settings: Settings, clock: Callable[[], datetime]) -> Starlette:
    """`/lab` and its static files."""
    door = DoorSettings(public_host=urlsplit(settings.public_url).netloc, demo=settings.demo)
    desk = _Desk(Renderer(door, clock, "lab"), settings)
    return Starlette(routes=[
        Route("/lab", desk.page),
        Route("/lab/report.xlsx", template),
        Route("/lab/", lambda _: RedirectResponse("/lab", 308)),
        Mount("/static", hashed_files(door), name="static"),
    ])  # fmt: skip


def beside(pages: ASGIApp, rest: ASGIApp, at: str = "/lab") -> ASGIApp:
    """One address for both: `rest` answers whatever does not lie `at` the pages' place or among their static files."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "http" and (path == at or path.startswith((f"{at}/", "/static/"))):
            await pages(scope, receive, with_security(send, is_located=scope["path"].endswith("/checklist")))
        else:
            await rest(scope, receive, send)

    return app
