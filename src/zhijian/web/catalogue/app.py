"""`/spec`: the addresses of the catalogue, and how its pages are kept."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from zhijian.kit.settings import Settings
from zhijian.kit.threads import in_thread
from zhijian.spec import specification
from zhijian.web.catalogue.view import (
    FIELDS,
    Asked,
    changes_view,
    codelist_view,
    entity_view,
    index_view,
    lists_view,
    missing_view,
    spoken,
)
from zhijian.web.prefs import keep_prefs, request_prefs
from zhijian.web.render import Renderer
from zhijian.web.settings import DoorSettings
from zhijian.web.static_files import hashed_files

KEEP = "public, max-age=300"
"""The pages change with a version of the platform; language and size are in the cookie that they vary by."""


def spec_app(settings: Settings, clock: Callable[[], datetime]) -> Starlette:
    """`/spec` and its static files."""
    door = DoorSettings(public_host=urlsplit(settings.public_url).netloc, demo=settings.demo)
    pages = _Pages(Renderer(door, clock, "spec"), urlsplit(settings.office_url).scheme == "https")
    return Starlette(
        routes=[
            Route("/spec", pages.index),
            Route("/spec/", lambda _: RedirectResponse("/spec", 308)),
            Route("/spec/codes", pages.lists),
            Route("/spec/codes/{name}", pages.codelist),
            Route("/spec/changes", pages.changes),
            Route("/spec/{name}", pages.entity),
            Mount("/static", hashed_files(door), name="static"),
        ],
        exception_handlers={HTTPException: pages.missing},
    )


class _Pages:
    def __init__(self, renderer: Renderer, secure: bool) -> None:
        self._renderer, self._secure = renderer, secure

    async def index(self, request: Request) -> Response:
        given = request.query_params
        asked = Asked(**{name: given.get(name, "")[:100].strip() for name in FIELDS})
        status = 422 if asked.unknown(specification()) else 200
        return await self._respond(request, "index.html", status, here=asked.theme or "all", asked=asked,
                                   **index_view(specification(), asked))  # fmt: skip

    async def entity(self, request: Request) -> Response:
        entity = specification().entities.get(name := request.path_params["name"])
        if entity is None:
            return await self._missing(request, name)
        return await self._respond(request, "entity.html", here=entity.theme, **entity_view(specification(), entity))

    async def lists(self, request: Request) -> Response:
        return await self._respond(request, "codelists.html", here="codes", **lists_view(specification()))

    async def codelist(self, request: Request) -> Response:
        if (name := request.path_params["name"]) not in specification().codelists:
            return await self._missing(request, name)
        return await self._respond(request, "codelist.html", here="codes", **codelist_view(specification(), name))

    async def changes(self, request: Request) -> Response:
        return await self._respond(request, "changes.html", here="changes", **changes_view(specification()))

    async def missing(self, request: Request, why: Exception) -> Response:
        status = why.status_code if isinstance(why, HTTPException) else 404
        return await self._missing(request, request.url.path.rpartition("/")[2], status)

    async def _missing(self, request: Request, name: str, status: int = 404) -> Response:
        name = name[:100]
        return await self._respond(request, "missing.html", status, here="", **missing_view(specification(), name))

    async def _respond(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        prefs, spec = request_prefs(request), specification()
        themes = [
            (c, sum(e.theme == code for e in spec.entities.values())) for code, c in spec.codelists["theme"].items()
        ]
        html = await in_thread(
            lambda: self._renderer.page(template, prefs, request.url.query, spec=spec, themes=themes,
                                        sources=spec.codelists["source"], **spoken(prefs.lang), **values)
        )  # fmt: skip
        tag = f'"{sha256(html.encode()).hexdigest()[:32]}"'
        chosen = request.query_params.keys() & {"lang", "size"}
        headers = {"etag": tag, "vary": "cookie", "cache-control": "no-store" if chosen or status != 200 else KEEP}
        if status == 200 and not chosen and tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        response = HTMLResponse(html, status, headers)
        keep_prefs(request, response, self._secure)
        return response
