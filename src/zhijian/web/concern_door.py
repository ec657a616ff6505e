"""A suspicion reported by the public: the form at /concern, and what became of it at /concern/RECEIPT.

No captcha: the browser works for a second or two (`kit/work.py`). Who has no JavaScript sends the same form by a slower lane,
with far smaller limits of its own, which a flood in one lane leaves alone in the other.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from math import ceil
from urllib.parse import urlsplit

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from zhijian.kit.aside import AsideFailed
from zhijian.kit.rate_limit import PairedLimit, TokenBuckets
from zhijian.kit.threads import in_thread
from zhijian.kit.work import WorkRefused
from zhijian.web.asking import client_of
from zhijian.web.concern_form import LIMITS, PHOTOS, WORDS_ALONE, Draft
from zhijian.web.concern_refusal import MOST_MB, ConcernRefused, FieldProblem
from zhijian.web.concern_service import (
    KINDS,
    MOST_PHOTOS,
    PROGRESS,
    RETENTION_YEARS,
    ConcernService,
    FormUsed,
    PhotoRefused,
    Receipt,
    ReceiptUnknown,
    most,
    read_receipt,
)
from zhijian.web.prefs import request_prefs
from zhijian.web.render import Renderer
from zhijian.web.settings import DoorSettings
from zhijian.web.uploads import Form, Turns, UploadRefused, form_of
from zhijian.web.verify_pages import NO_STORE, VerifyPages

log = structlog.get_logger("web.concern")
EVERYONE = "everyone"
WORDS_S = 10.0
"""For what is read of a form that is not received now."""


class ConcernDoor:
    def __init__(self, service: ConcernService, pages: VerifyPages, renderer: Renderer, settings: DoorSettings) -> None:
        self._service, self._pages, self._renderer, self._settings = service, pages, renderer, settings
        self._attempts = TokenBuckets(settings.concern_rate, settings.concern_burst, settings.max_clients)
        self._lanes = {
            True: _lane(settings, settings.worked_rate, settings.worked_burst, settings.worked_all_rate,
                        settings.worked_all_burst),
            False: _lane(settings, settings.unworked_rate, settings.unworked_burst, settings.unworked_all_rate,
                         settings.unworked_all_burst),
        }  # fmt: skip
        self._turns = Turns(settings.inspect_at_once, settings.inspect_each)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/concern", self.form),
            Route("/concern", self.send, methods=["POST"]),
            Route("/concern/challenge", self.challenge),
            Route("/concern/{receipt}", self.standing),
        ]

    async def form(self, request: Request) -> Response:
        """With ?code= filled in; with ?receipt= it leads to what became of that one."""
        asked = request.query_params
        if "receipt" in asked:
            try:
                return RedirectResponse(f"/concern/{read_receipt(asked['receipt'])}", 303)
            except ReceiptUnknown:
                return self._unknown(request)
        return self._page(request, Draft.asked(asked.get("code", ""), asked.get("from", "")))

    async def challenge(self, _: Request) -> Response:
        """Another one, for a form that has been open for long."""
        body = msgspec.json.encode({"challenge": self._service.work.new(self._renderer.now())})
        return Response(body, media_type="application/json", headers={"cache-control": NO_STORE})

    async def standing(self, request: Request) -> Response:
        try:
            receipt = read_receipt(request.path_params["receipt"])
            found = await in_thread(self._service.standing, receipt)
        except ReceiptUnknown:
            return self._unknown(request)
        names = [
            (code, entry.zh if request_prefs(request).lang == "zh" else entry.en) for code, entry in PROGRESS.items()
        ]
        return self._pages.respond(
            request, "concern_receipt.html", found=found, names=dict(names), groups=[receipt[:5], receipt[5:]],
            years=RETENTION_YEARS,
        )  # fmt: skip

    async def send(self, request: Request) -> Response:
        draft, had_photos = Draft(), True
        try:
            with (
                ExitStack() as turn
            ):  # also while photos are worked on: those who wait for that hold a thread and their bytes
                form = await self._read(request, turn)
                draft, had_photos = Draft.of(form.fields), bool(form.files.get(PHOTOS))
                receipt = await self._received(request, form, draft)
        except ConcernRefused as why:
            shown = draft if why.typed is None else Draft.of(why.typed)
            return self._page(request, shown, why, had_photos=had_photos)
        return RedirectResponse(f"/concern/{receipt}", 303)  # who reloads the answer sends nothing again

    async def _read(self, request: Request, turn: ExitStack) -> Form:
        """The form, under a turn that `turn` gives back. Raises: ConcernRefused."""
        if _from_elsewhere(request, self._settings.public_host):
            raise ConcernRefused("other-site")
        client = client_of(request.scope)
        wait_s = self._attempts.take(client)  # before the photos are read: that costs, too
        try:
            if not wait_s:
                turn.enter_context(self._turns.taken(client))
                return await form_of(request, LIMITS, self._settings.upload_s)
            why = "too-many"
        except UploadRefused as refused:
            if refused.why != "busy":
                raise ConcernRefused(refused.why, typed=refused.fields) from refused
            why = refused.why
        raise ConcernRefused(why, wait_s=wait_s, typed=await self._typed(request))

    async def _typed(self, request: Request) -> Mapping[str, str]:
        try:
            return (await form_of(request, WORDS_ALONE, WORDS_S)).fields
        except UploadRefused as why:
            return why.fields

    async def _received(self, request: Request, form: Form, draft: Draft) -> Receipt:
        """Raises: ConcernRefused."""
        at, client = self._renderer.now(), client_of(request.scope)
        photos = form.files.get(PHOTOS, ())
        key, worked = self._work_of(form)
        complaint = draft.complaint(photos)
        wait_s = self._lanes[worked].take(client, EVERYONE)
        if wait_s:
            raise ConcernRefused("too-many" if worked else "too-many-unworked", wait_s=wait_s)
        try:
            receipt = await in_thread(partial(self._service.receive, complaint, photos, key, worked=worked, at=at))
        except PhotoRefused as why:
            self._lanes[worked].give_back(client, EVERYONE)
            self._service.work.spend(key)  # it cost a decoding, and left nothing behind that would know it again
            raise ConcernRefused("fields", (FieldProblem(PHOTOS, why.value, why.position),)) from why
        except FormUsed as why:
            self._service.work.spend(key)  # and its token is gone: whoever sends it on and on gets no further
            raise ConcernRefused(why.why) from why
        except AsideFailed as why:
            self._lanes[worked].give_back_to(
                client
            )  # not to everyone: it waited for seconds, and some of its photos were decoded
            raise ConcernRefused("busy") from why
        log.info(
            "complaint_received", kind=complaint.kind, photos=len(photos), worked=worked, has_code=bool(complaint.code)
        )
        return receipt

    def _work_of(self, form: Form) -> tuple[bytes, bool]:
        """Digest of the form's challenge, and whether its work was done. Raises: ConcernRefused."""
        challenge, solution = form.fields.get("challenge", ""), form.fields.get("solution", "")
        at = self._renderer.now()
        try:
            if solution:
                return self._service.work.solved(challenge, solution, at), True
            return self._service.work.signed(challenge, at), False
        except WorkRefused as why:
            raise ConcernRefused(why.why) from why

    def _page(
        self, request: Request, draft: Draft, refused: ConcernRefused | None = None, *, had_photos: bool = False
    ) -> Response:
        prefs = request_prefs(request)
        t = self._renderer.say(prefs)
        response = self._pages.respond(
            request, "concern.html", refused.status if refused else 200, draft=draft,
            refusal=refused.words(t) if refused else None,
            problems={one.field: one.said(t) for one in refused.problems} if refused else {},
            challenge=self._service.work.new(self._renderer.now()), had_photos=had_photos,
            kinds=[(code, entry.zh if prefs.lang == "zh" else entry.en) for code, entry in KINDS.items()],
            most=most, most_photos=MOST_PHOTOS, most_mb=MOST_MB, years=RETENTION_YEARS,
            slow_each=self._settings.unworked_burst, slow_minutes=ceil(1 / self._settings.unworked_rate / 60),
        )  # fmt: skip
        response.headers.update(refused.headers if refused else {})
        return response

    def _unknown(self, request: Request) -> Response:
        return self._pages.respond(request, "concern_unknown.html", 404)


def _lane(settings: DoorSettings, rate: float, burst: int, all_rate: float, all_burst: int) -> PairedLimit:
    return PairedLimit(TokenBuckets(rate, burst, settings.max_clients), TokenBuckets(all_rate, all_burst, 1))


def _from_elsewhere(request: Request, public_host: str) -> bool:
    """Whether another website made this browser send the form. Browsers say so, and no page can make them say otherwise;
    there is nobody logged in, and a cookie would follow people."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")  # null is what our own pages send, by their referrer policy
    try:
        host = urlsplit(origin).netloc
    except ValueError:  # such as http://[::1
        return True
    return origin != "null" and host not in (public_host, request.headers.get("host"))
