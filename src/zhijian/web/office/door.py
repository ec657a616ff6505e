"""What every page of the office goes through: session, right, form secret, the database behind the wall, and errors in words.

A page is a function `(Asked) -> Shown | Sent` that runs in one transaction within the scope of whoever asks. It declares the act that it
is (`Page.act`, see `identity/data/rights.csv`); a page without one does not start.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import structlog
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from zhijian.identity import Session, noted, rights, sessions
from zhijian.identity.model import NotAllowed, NotSignedIn
from zhijian.identity.passkeys import Party
from zhijian.identity.refusals import Refusals
from zhijian.kit.db import UNAVAILABLE, Db
from zhijian.kit.principal import Principal
from zhijian.kit.threads import in_thread
from zhijian.web.office.nav import nav_of
from zhijian.web.prefs import Prefs, keep_prefs, request_prefs
from zhijian.web.render import Renderer
from zhijian.web.say import Say
from zhijian.wiring import Node

log = structlog.get_logger("web.office")
SIGN_IN = "/office/sign-in"
OWN = "/office/me"
UNTIL_PASSKEY = frozenset(
    {
        OWN,
        *(
            OWN + rest
            for rest in ("/password", "/sessions/end", "/passkeys/begin", "/passkeys", "/passkeys/{passkey}/remove")
        ),
    }
)
"""What is open to a role of which a passkey is demanded before it has one."""
BODY_MAX = 1 << 20
NO_STORE = {"cache-control": "no-store", "vary": "cookie"}


class NotThere(Exception):
    """No such thing, or not the caller's to see: nobody learns which."""


class PasskeyDemanded(Exception):
    """The role must sign in with a passkey, and this session did not: nothing is open but one's own account."""


class Wrong(Exception):
    """A field of the address or the form that cannot be: which, what came, and what is right."""

    def __init__(self, name: str, value: str, zh: str, en: str) -> None:
        super().__init__(name)
        self.name, self.value, self.zh, self.en = name, value, zh, en


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of somebody who is signed in."""

    db: Db
    who: Principal
    at: datetime
    t: Say
    path: Mapping[str, str]
    query: QueryParams
    form: FormData
    token: str
    """The session's cookie."""
    posted: bool = False
    party: Party | None = None
    """Who asks for passkeys; None where there are none."""


@dataclass(frozen=True, slots=True)
class Shown:
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """On to another address, as after every form."""

    to: str


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Data:
    """For a script of the page: JSON."""

    content: str
    status: int = 200


Answer = Shown | Sent | File | Data


@dataclass(frozen=True, slots=True)
class Page:
    path: str
    act: str
    show: Callable[[Asked], Answer]
    method: str = "GET"
    most_bytes: int = BODY_MAX
    of_accounts: bool = False
    """Works on accounts and sessions, which the office's role cannot read: goes by the owner, and asks by scope alone."""


class Door:
    def __init__(self, node: Node, renderer: Renderer) -> None:
        self.node, self.renderer = node, renderer
        self.secure = urlsplit(node.settings.office_url).scheme == "https"
        self.cookie = "__Host-office" if self.secure else "office"
        self.party = Party.of(node.settings.office_url)
        self._refusals = Refusals()

    def routes(self, pages: Sequence[Page]) -> list[Route]:
        """Raises: ValueError for a page whose act nobody has a right to."""
        for page in pages:
            if page.act not in rights():
                raise ValueError(f"{page.path}: no such act {page.act!r} in rights.csv")
        return [Route(page.path, self._endpoint(page), methods=[page.method], name=page.act) for page in pages]

    def _endpoint(self, page: Page) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            prefs = request_prefs(request)
            try:
                who = await in_thread(
                    lambda: self._who(page, request)
                )  # before a form is read: a stranger's is none of ours
                form = await self.form_of(request, page.most_bytes) if page.method == "POST" else FormData()
                made = await in_thread(lambda: self._made(page, request, form, prefs, who))
            except NotSignedIn:
                return self._to_sign_in(request)
            except PasskeyDemanded:
                return RedirectResponse(f"{OWN}?passkey=demanded", 303, NO_STORE)
            except Exception as why:
                return await self.failed(request, why)
            keep_prefs(request, made, self.secure)
            return made

        return answer

    async def form_of(self, request: Request, most_bytes: int = BODY_MAX) -> FormData:
        """Of one's own site: a form that another page sends is refused before it is read. Raises: HTTPException."""
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > most_bytes:
            raise HTTPException(413 if length else 411)
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none") or origin not in (None, "null", f"{request.url.scheme}://{request.headers.get('host')}"):  # fmt: skip
            raise HTTPException(403)
        return await request.form(max_files=20, max_fields=500)

    def _who(self, page: Page, request: Request) -> Principal:
        """Raises: NotSignedIn, PasskeyDemanded, NotAllowed."""
        found = self.session(request.cookies.get(self.cookie, ""), self.renderer.now())
        who = found.principal
        if (
            who.role in self.node.settings.passkey_demanded
            and "passkey" not in found.how
            and page.path not in UNTIL_PASSKEY
        ):
            raise PasskeyDemanded
        if not who.may(page.act):
            raise NotAllowed(page.act)
        return who

    def _made(self, page: Page, request: Request, form: FormData, prefs: Prefs, who: Principal) -> Response:
        at, token = self.renderer.now(), request.cookies.get(self.cookie, "")
        if page.method == "POST" and not sessions.is_form_secret(token, str(form.get("form", ""))):
            raise HTTPException(403)
        for name, value in (*request.query_params.items(), *request.path_params.items(), *form.items()):
            if not is_text(str(value)):
                raise Wrong(name, "", "没有控制字符的文字", "text without control characters")
        with self.node.transaction() if page.of_accounts else self.node.gate.within(who.scope, at) as db:
            asked = Asked(
                db, who, at, self.renderer.say(prefs), request.path_params, request.query_params, form, token,
                page.method == "POST", self.party,
            )  # fmt: skip
            answer = page.show(asked)
            return self.response(answer, request, prefs, who, token)

    def session(self, token: str, at: datetime) -> Session:
        """Raises: NotSignedIn."""
        if not token:
            raise NotSignedIn
        with self.node.transaction() as db:
            return sessions.session(db, token, at)

    def response(
        self, answer: Answer, request: Request, prefs: Prefs, who: Principal | None = None, token: str = ""
    ) -> Response:
        if isinstance(answer, Sent):
            return RedirectResponse(answer.to, 303, NO_STORE)
        if isinstance(answer, File):
            kept = {**NO_STORE, "content-disposition": f'attachment; filename="{answer.name}"'}
            return Response(answer.content, media_type=answer.media_type, headers=kept)
        if isinstance(answer, Data):
            return Response(answer.content, answer.status, NO_STORE, "application/json")
        html = self.renderer.page(
            answer.template, prefs, request.url.query, who=who, here=request.url.path, nav=nav_of(who) if who else (),
            form_secret=sessions.form_secret(token) if token else "",
            office_url=self.node.settings.office_url.rstrip("/"), said=lambda x: x.en if prefs.lang == "en" else x.zh,
            **answer.values,
        )  # fmt: skip
        return HTMLResponse(html, answer.status, NO_STORE)

    def _to_sign_in(self, request: Request) -> Response:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = SIGN_IN + "?" + urlencode({"back": back} if request.method == "GET" else {"ended": "1"})
        return RedirectResponse(to, 303, NO_STORE)

    async def failed(self, request: Request, why: Exception) -> Response:
        """In words; the reader sees no trace, and what is not the caller's looks like what is not there."""
        template, status, values = _told(why)
        if status >= 500:
            log.error("fault", path=request.url.path, error=type(why).__name__)
        prefs, token, who = request_prefs(request), request.cookies.get(self.cookie, ""), None
        with contextlib.suppress(NotSignedIn, *UNAVAILABLE):
            who = (await in_thread(lambda: self.session(token, self.renderer.now()))).principal
            await in_thread(lambda: self._noted(request, why, status, who))
        shown = Shown(template, values, status)
        return await in_thread(lambda: self.response(shown, request, prefs, who, token if who else ""))

    def _noted(self, request: Request, why: Exception, status: int, who: Principal) -> None:
        """What was refused, in a transaction of its own: that of the request is undone."""
        if status != 403 and (status, request.method) != (404, "POST"):
            return
        at = self.renderer.now()
        if (count := self._refusals.counted(who.account, at)) is not None:
            what = f"{request.method} {quote(request.url.path, errors='replace')}"[:200]
            said = {"status": status, "count": count, **({"act": why.value} if isinstance(why, NotAllowed) else {})}
            with self.node.transaction() as db:
                noted(db, who, "refused", what, at, detail=said)


def is_text(value: str) -> bool:
    """What PostgreSQL and UTF-8 can hold."""
    return "\x00" not in value and not any(0xD800 <= ord(ch) <= 0xDFFF for ch in value)


def _told(why: Exception) -> tuple[str, int, dict[str, Any]]:
    if isinstance(why, NotThere) or (isinstance(why, HTTPException) and why.status_code == 404):
        return "missing.html", 404, {}
    if isinstance(why, NotAllowed):
        return "refused.html", 403, {"act": rights().get(why.value)}
    if isinstance(why, Wrong):
        return "wrong.html", 422, {"wrong": why}
    if isinstance(why, HTTPException):
        return "form.html", why.status_code, {}
    return "fault.html", 503 if isinstance(why, UNAVAILABLE) else 500, {}


@contextlib.contextmanager
def field_of(name: str, value: str, zh: str, en: str) -> Iterator[None]:
    """A ValueError inside is this field's."""
    try:
        yield
    except ValueError:
        raise Wrong(name, value, zh, en) from None
