"""`/office`: the regulators' and laboratories' pages. One list of pages, each with the act that it is."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from zhijian.web.catalogue import spec_app
from zhijian.web.lab import beside, lab_app
from zhijian.web.office import (
    accounts_page,
    audit_page,
    behind,
    cases,
    checklist,
    compare,
    desk,
    draws,
    due_page,
    export,
    institution,
    institutions,
    me,
    oidc_door,
    reports,
    requests,
    reveal,
    scope_page,
    search,
    single,
    twins,
)
from zhijian.web.office.door import Door, Page
from zhijian.web.office.oidc_door import OidcDoor
from zhijian.web.office.passkey_door import PasskeyDoor
from zhijian.web.office.signing_in import SigningIn
from zhijian.web.quality import quality_app
from zhijian.web.render import Renderer
from zhijian.web.settings import DoorSettings
from zhijian.web.static_files import hashed_files
from zhijian.wiring import Node

PAGES: tuple[Page, ...] = (
    *desk.PAGES,
    *institutions.PAGES,
    *institution.PAGES,
    # These before what takes any word in its path: the acts of cases, the pages of single things.
    *checklist.PAGES,
    *reveal.PAGES,
    *scope_page.PAGES,
    *single.PAGES,
    *reports.PAGES,
    *behind.PAGES,
    *compare.PAGES,
    *export.PAGES,
    *due_page.PAGES,
    *search.PAGES,
    *cases.PAGES,
    *requests.PAGES,
    *draws.PAGES,
    *twins.PAGES,
    *audit_page.PAGES,
    *accounts_page.PAGES,
    *me.PAGES,
)


def office_app(node: Node, clock: Callable[[], datetime], *, free_of_limit: bool = False) -> Starlette:
    """`free_of_limit`: passwords may be tried without end, for tests of many accounts."""
    settings = DoorSettings(public_host=urlsplit(node.settings.public_url).netloc, demo=node.settings.demo)
    door = Door(node, Renderer(settings, clock, "office"))
    signing_in = SigningIn(door, free_of_limit)
    by_passkey, by_provider = PasskeyDoor(door, signing_in.tries), OidcDoor(door, signing_in)
    return Starlette(
        routes=[
            Route("/office/", lambda _: RedirectResponse("/office", 308)),
            Route("/office/sign-in", signing_in.show, methods=["GET"]),
            Route("/office/sign-in", signing_in.enter, methods=["POST"]),
            Route("/office/sign-in/passkey/options", by_passkey.options, methods=["POST"]),
            Route("/office/sign-in/passkey", by_passkey.enter, methods=["POST"]),
            Route(oidc_door.PATH, by_provider.start, methods=["GET"]),
            Route(oidc_door.BACK, by_provider.back, methods=["GET"]),
            Route("/office/sign-out", signing_in.leave, methods=["POST"]),
            checklist.worker(settings),
            Route(due_page.FEED, due_page.DueFeed(door).answer, methods=["GET"]),
            *door.routes(PAGES),
            Mount("/static", hashed_files(settings), name="static"),
        ],
        exception_handlers={HTTPException: door.failed, Exception: door.failed},
    )


def office_door(node: Node, api: ASGIApp, clock: Callable[[], datetime]) -> ASGIApp:
    """All that stands on the office's address: these pages, the laboratory's desk, specification, data quality, and the API."""
    settings = node.settings
    rest = beside(office_app(node, clock), api, "/office")
    rest = beside(spec_app(settings, clock), beside(quality_app(node, clock), rest, "/quality"), "/spec")
    return beside(lab_app(settings, clock), rest)
