"""Who may use the page: whoever has the address that the command printed, once; then that browser.

Other pages open in the same browser cannot: the cookie is SameSite=Strict, every change carries a secret of the page, the Host must be
this machine's (a name that a stranger points here is refused), and so must the Origin.
"""

from http.cookies import CookieError, SimpleCookie
from secrets import compare_digest, token_urlsafe

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from zhijian.web.front import with_security

COOKIE = "zhijian-review"
_REFUSED = (
    "请用 zhijian map review 打印的地址打开；地址只能用一次，用过了请重新运行命令。\n"
    "Open the address that the command printed; it works once, run the command again for another.\n"
)


class Guard:
    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._session, self.secret = token_urlsafe(24), token_urlsafe(24)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = self._answer(Request(scope))
        await (answer or self._app)(scope, receive, with_security(send))

    def _answer(self, request: Request) -> Response | None:
        """None: let through."""
        origin = request.headers.get("origin")
        # "null" is what a browser sends with a form under our own Referrer-Policy; cookie and secret stand behind it.
        here = origin in (None, "null") or origin.removeprefix("http://") in self._hosts
        if request.headers.get("host") not in self._hosts or not here:
            return PlainTextResponse(_REFUSED, 403)
        path = request.url.path
        if path.startswith("/open/"):
            return self._opened(path.removeprefix("/open/"))
        if path.startswith("/static/") or self._known(request):
            return None
        return PlainTextResponse(_REFUSED, 403)

    def _opened(self, token: str) -> Response:
        if not self._token or not compare_digest(token.encode(), self._token.encode()):
            return PlainTextResponse(_REFUSED, 403)
        self._token = ""
        response = RedirectResponse("/", 303, {"cache-control": "no-store"})
        response.set_cookie(COOKIE, self._session, httponly=True, samesite="strict", path="/")
        return response

    def _known(self, request: Request) -> bool:
        try:
            kept = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return False
        return kept is not None and compare_digest(kept.value.encode(), self._session.encode())
