"""A file sent here to be judged: GET and POST /inspect as pages, POST /api/v1/inspect as JSON.

Nothing is changed and nothing is kept, so that no token guards the form; but a file takes a core for seconds. Hence a limit
of its own for each client, and few at once: the threads of this process also answer everybody who only asks for a code.
"""

from math import ceil

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from zhijian.documents import MAX_BYTES, OFD, PDF
from zhijian.kit.aside import AsideFailed
from zhijian.kit.media_type import essence
from zhijian.kit.rate_limit import TokenBuckets
from zhijian.kit.threads import in_thread
from zhijian.web import dates
from zhijian.web.asking import client_of
from zhijian.web.inspect_json import inspected_file
from zhijian.web.inspect_refusal import NotInspected
from zhijian.web.inspect_view import inspect_view
from zhijian.web.looks import Looks
from zhijian.web.prefs import request_prefs
from zhijian.web.problems import respond
from zhijian.web.render import Renderer
from zhijian.web.service import CodeUnknown, DocumentRefused, Inspected, VerifyService
from zhijian.web.settings import DoorSettings
from zhijian.web.uploads import Turns, UploadRefused, body_of, file_of
from zhijian.web.verify_pages import VerifyPages

FIELD = "file"


class InspectDoor:
    def __init__(
        self, service: VerifyService, pages: VerifyPages, renderer: Renderer, settings: DoorSettings, looks: Looks
    ) -> None:
        self._service, self._pages, self._renderer, self._settings = service, pages, renderer, settings
        self._looks = looks
        self._clients = TokenBuckets(settings.inspect_rate, settings.inspect_burst, settings.max_clients)
        self._turns = Turns(settings.inspect_at_once, settings.inspect_each)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/inspect", self.form),
            Route("/inspect", self.page, methods=["POST"]),
            Route("/api/v1/inspect", self.api, methods=["POST"]),
        ]

    async def form(self, request: Request) -> Response:
        return self._pages.respond(request, "inspect.html", problem=None)

    async def page(self, request: Request) -> Response:
        prefs = request_prefs(request)
        try:
            found = await self._inspected(request, is_form=True)
        except NotInspected as why:
            response = self._pages.respond(request, "inspect.html", why.status, problem=why.words(prefs.lang))
            response.headers.update(why.headers)
            return response
        view = inspect_view(found, self._renderer.say(prefs))
        return self._pages.respond(
            request, "inspect_result.html", view=view, asked_at=dates.second(self._renderer.now())
        )

    async def api(self, request: Request) -> Response:
        try:
            if essence(request.headers.get("content-type", "")) not in (PDF, OFD):
                raise NotInspected.of("media-type")
            found = await self._inspected(request, is_form=False)
        except NotInspected as why:
            return respond(why.problem())
        body = msgspec.json.encode(inspected_file(found))
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})

    async def _inspected(self, request: Request, is_form: bool) -> Inspected:
        """Raises: NotInspected."""
        client, seconds = client_of(request.scope), self._settings.upload_s
        wait_s = self._clients.take(client)  # before a byte is read: that costs, too
        if wait_s:
            raise NotInspected.too_many(max(1, ceil(wait_s)))
        try:
            with self._turns.taken(client):
                if is_form:
                    sent = await file_of(request, FIELD, MAX_BYTES, seconds)
                else:
                    sent = await body_of(request, MAX_BYTES, seconds)
                found = await in_thread(self._service.inspect, sent, self._renderer.now())
        except (UploadRefused, DocumentRefused, AsideFailed) as why:
            raise NotInspected.by(why) from why
        if found.answer is not None:
            self._looks.answered(request, found.answer)
        elif found.code is not None and found.reason == CodeUnknown.why:
            self._looks.unknown(request, found.code)
        return found
