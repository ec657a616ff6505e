"""The pages of the public door, one method an address. Errors rise to error_pages.py."""

from datetime import datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from zhijian.lookups import Shown, shown
from zhijian.web import dates
from zhijian.web.answer_view import answer_view
from zhijian.web.asking import Asking, OtherSpelling, client_of, tidy_tail
from zhijian.web.evidence_view import evidence
from zhijian.web.front import PAGE
from zhijian.web.looks import Looks
from zhijian.web.page_cache import CachedAnswer, PageCache
from zhijian.web.prefs import Prefs, keep_prefs, request_prefs
from zhijian.web.render import TIME_HERE, Renderer, TimeNow
from zhijian.web.security import SECURITY_HEADERS
from zhijian.web.service import Answer, Code, CodeUnknown
from zhijian.web.settings import DoorSettings
from zhijian.web.trace_view import trace_view
from zhijian.web.typed import CODE_LENGTH, MAX_VERIFIER, is_canonical, read_typed, tidy

NO_STORE, NO_CACHE = "no-store", "no-cache"
QR_AGE = "public, max-age=86400"


class VerifyPages:
    def __init__(
        self, asking: Asking, renderer: Renderer, cache: PageCache, settings: DoorSettings, looks: Looks
    ) -> None:
        self._asking, self._renderer, self._cache, self._settings = asking, renderer, cache, settings
        self._looks = looks
        self._time_now = TimeNow(renderer.now, lambda at: str(dates.second(at)))
        self._hosts = {settings.public_host.lower(), *(host.lower() for host in settings.other_hosts)}

    async def home(self, request: Request) -> Response:
        return self.respond(request, "home.html")

    async def about(self, request: Request) -> Response:
        return self.respond(request, "about.html")

    async def typed(self, request: Request) -> Response:
        """Where the form leads. A QR's text may be pasted too; another website's is shown, never followed."""
        given = request.query_params.get("code", "")
        typed = read_typed(given)
        if not given.strip():
            return RedirectResponse("/", 303)
        if typed.host is not None and typed.host not in self._hosts:
            return self.respond(
                request, "other_host.html", 422, host=typed.host,
                code=typed.text if is_canonical(typed.text) else None,
                groups=dates.groups(typed.text),
            )  # fmt: skip
        if len(typed.text) == CODE_LENGTH and typed.text.isascii() and typed.text.isalnum():
            return RedirectResponse(_path(typed.text, typed.tail), 303)
        answer = await self._asking.look_up(typed.text, self._renderer.now())
        return RedirectResponse(_path(answer.code, typed.tail), 303)

    async def answer(self, request: Request) -> Response:
        """/v/CODE, and with ?v= the facts that the verifier opens."""
        text = request.path_params["code"]
        verifier = tidy_tail(request.query_params.get("v", ""))
        at = self._renderer.now()
        if verifier:
            answer = await self._asking.look_up_with_tail(text, verifier, at, client_of(request.scope))
            return self._answered(request, answer, at)
        ticket = self._cache.ticket()
        answer = await self._asking.look_up(text, at)
        if answer.code != text:
            raise OtherSpelling(answer.code)
        if request.url.query:
            return self._answered(request, answer, at)
        self._looks.answered(request, answer)
        return self._kept(ticket, request_prefs(request), answer)

    async def from_qr(self, request: Request) -> Response:
        """/CODE/TAIL, as it stands in the QR."""
        code, tail = request.path_params["code"], request.path_params["tail"].upper()
        if not CODE_LENGTH - 2 <= len(tidy(code)) <= CODE_LENGTH + 2:
            raise HTTPException(404)
        at = self._renderer.now()
        answer = await self._asking.look_up_with_tail(code, tail, at, client_of(request.scope))
        return self._answered(request, answer, at)

    async def own(self, request: Request) -> Response:
        certificate = request.query_params.get("cma", "").strip()[:64]
        number = request.query_params.get("number", "").strip()[:128]
        found = True
        if certificate and number:
            try:
                answer = await run_in_threadpool(
                    self._asking.service.by_own_number, certificate, number, self._renderer.now()
                )
                return RedirectResponse(_path(answer.code, None), 303)
            except CodeUnknown:
                found = False
        return self.respond(request, "own.html", 200 if found else 404, found=found, cma=certificate, number=number)

    async def trace(self, request: Request) -> Response:
        """Without the verifier the caller sees what the public page shows, and is asked for it."""
        text = request.path_params["code"]
        verifier = tidy_tail(request.query_params.get("v", ""))
        at = self._renderer.now()
        prefs = request_prefs(request)
        t = self._renderer.say(prefs)
        if not verifier or not is_canonical(text):
            answer = await self._asking.look_up(text, at)
            if answer.code != text:
                raise OtherSpelling(answer.code)
            return self.respond(
                request, "trace.html", view=answer_view(answer, t), trace=None, asked_at=dates.second(at)
            )
        trace = await self._asking.trace(Code(text), verifier, at, client_of(request.scope))
        return self.respond(
            request, "trace.html", view=answer_view(trace.answer, t), trace=trace_view(trace, t),
            asked_at=dates.second(at), verifier=verifier,
        )  # fmt: skip

    async def proof(self, request: Request) -> Response:
        """The proof of the log; with ?v= it carries what ties it to the QR."""
        code = await self._canonical(request.path_params["code"])
        verifier = tidy_tail(request.query_params.get("v", "")) or None
        prove = self._asking.service.proof
        if verifier:
            text = await self._asking.guarded(client_of(request.scope), code, prove, code, verifier)
        else:
            text = await run_in_threadpool(prove, code, None)
        if text is None:
            return self.respond(request, "no_proof.html", 404, code=code)
        name = f'attachment; filename="{code}.tlog-proof"'
        return PlainTextResponse(text, headers={"content-disposition": name, "cache-control": NO_CACHE})

    async def qr(self, request: Request) -> Response:
        """The small symbol, or with ?v= the one that leads to the full facts."""
        code = await self._canonical(request.path_params["code"])
        verifier = tidy_tail(request.query_params.get("v", "")) or None
        service = self._asking.service
        if verifier:
            svg = await self._asking.guarded(client_of(request.scope), code, service.qr_svg, code, verifier)
        else:
            svg = await run_in_threadpool(service.qr_svg, code, None)
        age = NO_STORE if verifier else QR_AGE
        return Response(svg, media_type="image/svg+xml", headers={"cache-control": age})

    async def healthz(self, _: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"cache-control": NO_STORE})

    async def _canonical(self, text: str) -> Code:
        if is_canonical(text):
            return Code(text)
        return (await self._asking.look_up(text, self._renderer.now())).code

    def respond(self, request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
        prefs = request_prefs(request)
        html = self._renderer.page(template, prefs, request.url.query, **values)
        response = HTMLResponse(html, status, {"cache-control": NO_STORE, "vary": "cookie"})
        keep_prefs(request, response, self._settings.secure_cookies)
        return response

    def _answered(self, request: Request, answer: Answer, at: datetime) -> Response:
        self._looks.answered(request, answer)
        t = self._renderer.say(request_prefs(request))
        return self.respond(
            request, "answer.html", view=answer_view(answer, t), evidence=evidence(answer, t), asked_at=dates.second(at)
        )

    def _kept(self, ticket: int, prefs: Prefs, answer: Answer) -> Response:
        """Renders the page once, cut where the time goes; nothing of this one request is in it."""
        t = self._renderer.say(prefs)
        html = self._renderer.page(
            "answer.html", prefs, view=answer_view(answer, t), evidence=evidence(answer, t), asked_at=TIME_HERE
        )
        cached = self._cached(tuple(html.encode().split(TIME_HERE.encode())), shown(answer.state))
        if answer.level >= 3:  # less will change within seconds, and nothing tells of it
            self._cache.put(ticket, answer.code, prefs.variant, cached)
        return cached.response()

    def _cached(self, pieces: tuple[bytes, ...], as_: Shown) -> CachedAnswer:
        size = sum(map(len, pieces)) + (len(pieces) - 1) * len(self._time_now())
        headers = (
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(size).encode()),
            (b"cache-control", NO_CACHE.encode()),
            (b"vary", b"cookie"),
            *SECURITY_HEADERS,
        )
        return CachedAnswer(pieces, self._time_now, headers, as_)


def _path(code: str, tail: str | None) -> str:
    if not tail:
        return f"{PAGE}{code}"
    return f"{PAGE}{code}?v={quote(tail)}" if len(tail) <= MAX_VERIFIER else f"/{code}/{quote(tail, safe='')}"
