"""The same answers as JSON: GET /api/v1/verify/CODE and POST /api/v1/verify."""

from dataclasses import replace
from typing import Annotated, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from zhijian.lookups import shown
from zhijian.web.asking import Asking, OtherSpelling, client_of, tidy_tail
from zhijian.web.front import JSON_VARIANT
from zhijian.web.looks import Looks
from zhijian.web.page_cache import CachedAnswer, PageCache
from zhijian.web.problems import problem
from zhijian.web.render import Renderer, TimeNow
from zhijian.web.security import SECURITY_HEADERS
from zhijian.web.service import Answer, DigestAlgorithm
from zhijian.web.settings import DoorSettings
from zhijian.web.typed import read_typed, tidy

Text = Annotated[str, msgspec.Meta(max_length=2_000)]
ASKED_AT = b'"asked_at":"'
Outcome = Literal["found", "same", "differs", "incomparable", "unknown"]


class Digest(msgspec.Struct, forbid_unknown_fields=True):
    algorithm: DigestAlgorithm
    value: Annotated[str, msgspec.Meta(pattern="^[0-9A-Fa-f]{64}$")]


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """One of: a QR's text; a code, perhaps with its verifier; a file's digest, perhaps with the code it should have."""

    qr: Text | None = None
    code: Text | None = None
    verifier: Text | None = None
    digest: Digest | None = None


class VerifyApi:
    def __init__(
        self, asking: Asking, renderer: Renderer, cache: PageCache, settings: DoorSettings, looks: Looks
    ) -> None:
        self._asking, self._renderer, self._cache, self._settings = asking, renderer, cache, settings
        self._looks = looks
        self._time_now = TimeNow(renderer.now, lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"))

    async def get(self, request: Request) -> Response:
        text = request.path_params["code"]
        verifier = tidy_tail(request.query_params.get("v", ""))
        at = self._renderer.now()
        if verifier:
            answer = await self._asking.look_up_with_tail(text, verifier, at, client_of(request.scope))
            self._looks.answered(request, answer)
            return _json(msgspec.json.encode(answer))
        ticket = self._cache.ticket()
        answer = await self._asking.look_up(text, at)
        if answer.code != text:
            raise OtherSpelling(answer.code)
        self._looks.answered(request, answer)
        cached = self._cached(answer)
        if answer.level >= 3:  # less will change within seconds, and nothing tells of it
            self._cache.put(ticket, answer.code, JSON_VARIANT, cached)
        return cached.response()

    async def post(self, request: Request) -> Response:
        question = await self._question(request)
        if question.digest:
            return await self._by_digest(request, question.digest, question.code)
        if question.qr:
            typed = read_typed(question.qr)
            if typed.host and typed.host not in (self._settings.public_host, *self._settings.other_hosts):
                raise problem("foreign-host", typed.host)
            text, tail = typed.text, typed.tail
        elif question.code:
            text, tail = tidy(question.code), tidy_tail(question.verifier or "") or None
        else:
            raise problem("body-malformed", "One of qr, code, digest is needed.")
        at = self._renderer.now()
        if not tail:
            return self._found(request, "found", await self._asking.look_up(text, at))
        client = client_of(request.scope)
        try:
            answer = await self._asking.look_up_with_tail(text, tail, at, client)
        except OtherSpelling as other:
            answer = await self._asking.look_up_with_tail(other.code, tail, at, client)
        return self._found(request, "found", answer)

    async def _by_digest(self, request: Request, digest: Digest, code: str | None) -> Response:
        at = self._renderer.now()
        answers = await self._asking.by_digest(digest.algorithm, digest.value.lower(), at)
        equal = [_equal(answer) for answer in answers]
        if code is None:
            return self._found(request, "same" if equal else "unknown", *equal)
        expected = await self._asking.look_up(tidy(code), at)
        matches = await self._asking.file_matches(expected.code, digest.algorithm, digest.value.lower())
        if matches:
            return self._found(request, "same", _equal(expected))
        others = [answer for answer in answers if answer.code != expected.code]
        if matches is None:
            reason = _incomparable(expected, digest.algorithm)
            return self._found(request, "incomparable", expected, *others, reason=reason)
        return self._found(request, "differs", replace(expected, file_matches=False), *others)

    def _found(self, request: Request, outcome: Outcome, *answers: Answer, **more: object) -> Response:
        for answer in answers:
            self._looks.answered(request, answer)
        return _json(msgspec.json.encode({"outcome": outcome, "answers": answers, **more}))

    async def _question(self, request: Request) -> Question:
        limit = self._settings.max_body_bytes
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise problem("body-too-large", f"The body may have {limit} bytes.")
        try:
            return msgspec.json.decode(bytes(body), type=Question)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise problem("body-malformed", str(error)) from error

    def _cached(self, answer: Answer) -> CachedAnswer:
        head, found, rest = msgspec.json.encode(answer).partition(ASKED_AT)
        pieces = (head + found, rest[rest.index(b'"') :])
        headers = (
            (b"content-type", b"application/json"),
            (b"content-length", str(sum(map(len, pieces)) + len(self._time_now())).encode()),
            (b"cache-control", b"no-cache"),
            *SECURITY_HEADERS,
        )
        return CachedAnswer(pieces, self._time_now, headers, shown(answer.state))


def _equal(answer: Answer) -> Answer:
    """The file is that of the answer: level 4, if no level below it is missing."""
    return replace(answer, file_matches=True, level=4 if answer.level >= 3 else answer.level)


def _incomparable(answer: Answer, algorithm: DigestAlgorithm) -> dict[str, str]:
    """Why nothing can be said of the file: no statement about it at all, unlike "differs"."""
    if answer.issued_on is None:
        why, zh, en = (
            "no-file",
            "这个编码下还没有登记报告，没有可比对的文件",
            "no report is registered under this code yet",
        )
    else:
        other = "sha256" if algorithm == "sm3" else "sm3"
        why, zh = "other-algorithm", f"登记的文件摘要不是 {algorithm}，不能比对；请计算 {other} 再比"
        en = f"the registered digest is no {algorithm} and cannot be compared; compute {other} and ask again"
    return {"why": why, "zh": zh, "en": en}


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
