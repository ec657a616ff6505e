"""The first thing a request meets: the client's limit, then the cached answer, then the application.

Plain ASGI: a cached answer costs no routing, no thread and no template.
"""

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhijian.kit.rate_limit import TokenBuckets
from zhijian.lookups import LookCounter
from zhijian.web.asking import client_of
from zhijian.web.page_cache import CachedAnswer, PageCache
from zhijian.web.prefs import cookie_prefs
from zhijian.web.security import LOCATED, SECURITY_HEADERS
from zhijian.web.typed import CODE_LENGTH

PAGE, API = "/v/", "/api/v1/verify/"
JSON_VARIANT = "json"
FREE_OF_LIMIT = ("/static/", "/log/", "/status/")
"""Files that whoever verifies by himself reads many of."""
FREE_EXACTLY = {"/healthz", "/readyz", "/trust", "/trust/root.pem", "/status", "/sw.js"}
"""A browser that keeps the offline page asks for its worker again with every page."""
WITNESS, ADD_CHECKPOINT = "/witness/", "/add-checkpoint"
"""Calls of witnesses, which have a limit of their own."""
_OWN = frozenset(name for name, _ in SECURITY_HEADERS)


class Front:
    def __init__(
        self, app: ASGIApp, cache: PageCache, clients: TokenBuckets, refuse: Callable[[Scope, float], Response],
        looks: LookCounter,
    ) -> None:  # fmt: skip
        self._app, self._cache, self._clients, self._refuse = app, cache, clients, refuse
        self._looks = looks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        client = client_of(scope)
        cosigns = scope["method"] == "POST" and path.startswith(WITNESS) and path.endswith(ADD_CHECKPOINT)
        if not cosigns and not path.startswith(FREE_OF_LIMIT) and path not in FREE_EXACTLY:
            wait_s = self._clients.take(client)
            if wait_s:
                await self._refuse(scope, wait_s)(scope, receive, with_security(send))
                return
        cached = self._cached(scope, path)
        if cached is None:
            await self._app(scope, receive, with_security(send))
            return
        if scope["method"] == "HEAD":
            body = b""
        else:
            body = cached.body()
            self._looks.answered(path[-CODE_LENGTH:], client, cached.shown)
        await send({"type": "http.response.start", "status": 200, "headers": cached.headers})
        await send({"type": "http.response.body", "body": body})

    def _cached(self, scope: Scope, path: str) -> CachedAnswer | None:
        if scope["query_string"] or scope["method"] not in {"GET", "HEAD"}:
            return None
        if path.startswith(PAGE) and len(path) == len(PAGE) + CODE_LENGTH:
            return self._cache.get(path[len(PAGE) :], cookie_prefs(scope).variant)
        if path.startswith(API) and len(path) == len(API) + CODE_LENGTH:
            return self._cache.get(path[len(API) :], JSON_VARIANT)
        return None


def with_security(send: Send, *, is_located: bool = False) -> Send:
    """Adds the headers of security.py to whatever is sent. `is_located`: the page may ask where the device is."""
    own = LOCATED if is_located else SECURITY_HEADERS

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [pair for pair in message.get("headers", ()) if pair[0].lower() not in _OWN]
            message = {**message, "headers": [*given, *own]}
        await send(message)

    return send_with_headers
