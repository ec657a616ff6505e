"""Every way in which there is no answer, as a page or as a problem document. Never a stack trace."""

from math import ceil
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from zhijian.kit.problem import Problem
from zhijian.web.asking import OtherSpelling, TooManyGuesses
from zhijian.web.looks import Looks
from zhijian.web.not_found_view import not_found_view, refused_view
from zhijian.web.prefs import request_prefs, wants_json
from zhijian.web.problems import problem, problem_of, respond, status_of
from zhijian.web.render import Renderer
from zhijian.web.service import (
    CodeMalformed,
    CodesError,
    CodeUnknown,
    CredentialRefused,
    EvidenceBroken,
    SignerRevoked,
    VerifierWrong,
)
from zhijian.web.typed import MAX_VERIFIER, read_typed, tidy
from zhijian.web.verify_pages import VerifyPages

log = structlog.get_logger("web.verify")


class ErrorPages:
    def __init__(self, pages: VerifyPages, renderer: Renderer, looks: Looks) -> None:
        self._pages, self._renderer, self._looks = pages, renderer, looks

    async def codes_error(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, CodesError):
            raise error
        if isinstance(error, CredentialRefused) and 0 < len(typed := request.query_params.get("v", "")) <= MAX_VERIFIER:
            error = VerifierWrong(typed)  # typed by hand, too short or too long: there was no QR
        if isinstance(error, CodeUnknown):
            self._looks.unknown(request, error.value)
        if isinstance(error, EvidenceBroken):
            log.error("evidence_broken", code=error.value, detail=str(error)[:300])
        if wants_json(request.headers, request.url.path):
            return respond(problem_of(error))
        t = self._renderer.say(request_prefs(request))
        match error:
            case VerifierWrong() | CredentialRefused() | SignerRevoked():
                code = tidy(request.path_params.get("code", ""))
                view = refused_view(error, t)
                return self._pages.respond(request, "refused.html", status_of(error), view=view, code=code,
                                           revoked=isinstance(error, SignerRevoked))  # fmt: skip
            case CodeMalformed() | CodeUnknown():
                view = not_found_view(error, _typed(request), t)
                return self._pages.respond(request, "not_found.html", status_of(error), view=view)
            case _:
                return await self.fault(request, error)

    async def other_spelling(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, OtherSpelling):
            raise error
        path = _respelled(request, error.code)
        return RedirectResponse(path, 303)

    async def too_many_guesses(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, TooManyGuesses):
            raise error
        return self.too_many(request.scope, error.wait_s)

    async def problem(self, _: Request, error: Exception) -> Response:
        if not isinstance(error, Problem):
            raise error
        return respond(error)

    async def http_error(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        headers = dict(error.headers or {})
        if wants_json(request.headers, request.url.path):
            return respond(problem("method-not-allowed" if error.status_code == 405 else "not-found", headers=headers))
        response = self._pages.respond(request, "no_page.html", error.status_code)
        response.headers.update(headers)
        return response

    async def fault(self, request: Request, error: Exception) -> Response:
        """The server logs the trace; the reader sees none."""
        log.error("fault", path=request.url.path, error=type(error).__name__)
        if wants_json(request.headers, request.url.path):
            return respond(problem("internal"))
        return self._pages.respond(request, "fault.html", 500)

    def too_many(self, scope: Scope, wait_s: float) -> Response:
        request = Request(scope)
        seconds = max(1, ceil(wait_s))
        headers = {"retry-after": str(seconds)}
        if wants_json(request.headers, request.url.path):
            return respond(problem("too-many-requests", headers=headers))
        response = self._pages.respond(request, "too_many.html", 429, seconds=seconds)
        response.headers.update(headers)
        return response


def _typed(request: Request) -> str:
    """What the reader gave: in the path, or in the form."""
    text: str = request.path_params.get("code") or read_typed(request.query_params.get("code", "")).text
    return text


def _respelled(request: Request, code: str) -> str:
    path = request.url.path.replace(request.path_params["code"], code, 1)
    return quote(path, safe="/$*-.:") + (f"?{request.url.query}" if request.url.query else "")
