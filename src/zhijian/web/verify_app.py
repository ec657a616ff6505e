"""The public door: anyone asks about a report and gets an answer with its evidence.

app = verify_app(service, concerns=concerns, clock=utc_now, settings=DoorSettings(public_host="verify.example"))
app.state.cache.evict(code)   # when a state changes
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route

from zhijian.kit.problem import Problem
from zhijian.kit.rate_limit import PairedLimit, TokenBuckets
from zhijian.lookups import LookCounter
from zhijian.web.asking import Asking, OtherSpelling, TooManyGuesses
from zhijian.web.concern_door import ConcernDoor
from zhijian.web.concern_service import ConcernService
from zhijian.web.error_pages import ErrorPages
from zhijian.web.front import Front
from zhijian.web.inspect_door import InspectDoor
from zhijian.web.looks import Looks
from zhijian.web.offline_pages import OfflinePages
from zhijian.web.page_cache import PageCache
from zhijian.web.render import Renderer
from zhijian.web.service import CodesError, VerifyService
from zhijian.web.settings import DoorSettings
from zhijian.web.static_files import hashed_files
from zhijian.web.verify_api import VerifyApi
from zhijian.web.verify_openapi import openapi
from zhijian.web.verify_pages import VerifyPages


def verify_app(
    service: VerifyService,
    *,
    concerns: ConcernService,
    clock: Callable[[], datetime],
    settings: DoorSettings | None = None,
    extra_routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """`clock` gives the aware UTC time. `extra_routes` come before the QR path /CODE/TAIL, which is the last resort.

    `app.state.cache` is the PageCache, to be told of changes; `app.state.looks` the LookCounter, to be emptied.
    """
    settings = settings or DoorSettings()
    cache = PageCache(settings.cache_ttl_s, settings.cache_codes, settings.cache_bytes)
    clients = TokenBuckets(settings.rate, settings.burst, settings.max_clients)
    counter = LookCounter()
    looks = Looks(counter)
    asking = Asking(service, _guess_limit(settings), counter)
    renderer = Renderer(settings, clock)
    pages = VerifyPages(asking, renderer, cache, settings, looks)
    offline = OfflinePages(pages, renderer, service, settings)
    concern = ConcernDoor(concerns, pages, renderer, settings)
    inspecting = InspectDoor(service, pages, renderer, settings, looks)
    api = VerifyApi(asking, renderer, cache, settings, looks)
    errors = ErrorPages(pages, renderer, looks)
    app = Starlette(
        routes=[
            *_routes(pages, api, settings),
            *offline.routes(),
            *inspecting.routes(),
            *concern.routes(),
            *extra_routes,
            Route("/{code}/{tail}", pages.from_qr),
        ],
        exception_handlers=_handlers(errors),
    )
    # Outside of Starlette's own layers: a cached answer pays for none of them, and a fault gets the headers too.
    app.middleware_stack = Front(app.build_middleware_stack(), cache, clients, errors.too_many, counter)
    app.state.cache, app.state.looks = cache, counter
    return app


def _handlers(errors: ErrorPages) -> dict[Any, Any]:
    return {
        CodesError: errors.codes_error,
        OtherSpelling: errors.other_spelling,
        TooManyGuesses: errors.too_many_guesses,
        Problem: errors.problem,
        HTTPException: errors.http_error,
        Exception: errors.fault,
    }


def _routes(pages: VerifyPages, api: VerifyApi, settings: DoorSettings) -> list[BaseRoute]:
    return [
        Route("/", pages.home),
        Route("/q", pages.typed),
        Route("/v/{code}", pages.answer),
        Route("/v/{code}/trace", pages.trace),
        Route("/v/{code}/qr.svg", pages.qr),
        Route("/own", pages.own),
        Route("/proof/{code}", pages.proof),
        Route("/about", pages.about),
        Route("/api/v1/verify", api.post, methods=["POST"]),
        Route("/api/v1/verify/{code}", api.get),
        Route("/api/openapi.json", openapi),
        Route("/healthz", pages.healthz),
        Mount("/static", hashed_files(settings), name="static"),
    ]


def _guess_limit(settings: DoorSettings) -> PairedLimit:
    return PairedLimit(
        TokenBuckets(settings.guess_rate, settings.guess_burst, settings.max_clients),
        TokenBuckets(settings.code_guess_rate, settings.code_guess_burst, settings.max_clients),
    )
