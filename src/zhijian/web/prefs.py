"""Language and type size: links set them, cookies keep them. Chinese is the default for everyone."""

from dataclasses import dataclass
from typing import Literal, NewType

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from zhijian.web.say import Lang

Variant = NewType("Variant", str)
"""Key of a rendered page beside its code."""

COOKIE_AGE_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Prefs:
    lang: Lang = "zh"
    size: Literal["normal", "large"] = "normal"

    @property
    def variant(self) -> Variant:
        return Variant(f"{self.lang}-{self.size}")


def cookie_prefs(scope: Scope) -> Prefs:
    """From the cookies alone, as cheaply as possible: this runs for every cached page."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            pairs = {pair.strip() for pair in value.split(b";")}
            return Prefs("en" if b"lang=en" in pairs else "zh", "large" if b"size=large" in pairs else "normal")
    return Prefs()


def request_prefs(request: HTTPConnection) -> Prefs:
    kept = cookie_prefs(request.scope)
    lang, size = request.query_params.get("lang"), request.query_params.get("size")
    return Prefs(
        "en" if lang == "en" else "zh" if lang == "zh" else kept.lang,
        "large" if size == "large" else "normal" if size == "normal" else kept.size,
    )


def keep_prefs(request: HTTPConnection, response: Response, secure: bool) -> None:
    """Sets a cookie for what the address asked for, and for nothing else: nobody is followed."""
    prefs = request_prefs(request)
    for name, value in (("lang", prefs.lang), ("size", prefs.size)):
        if request.query_params.get(name) == value:
            response.set_cookie(
                name, value, max_age=COOKIE_AGE_S, path="/", secure=secure, httponly=True, samesite="lax"
            )


def wants_json(headers: Headers, path: str) -> bool:
    return path.startswith("/api/") or "application/json" in headers.get("accept", "")
