"""`/office/sign-in`: the only page that nobody has to be signed in for, and the way out."""

import asyncio

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zhijian.identity import sessions
from zhijian.identity.model import NotSignedIn, SignInRefused, TooManyTries
from zhijian.kit.rate_limit import TokenBuckets, client_key
from zhijian.kit.threads import in_thread
from zhijian.web.asking import client_of
from zhijian.web.office.door import NO_STORE, Door, Shown, is_text
from zhijian.web.office.entering import Entered, entered, inside, keep_entry, keep_session, provider_name
from zhijian.web.prefs import keep_prefs, request_prefs

AT_ONCE = 2
"""Passwords hashed at once: each takes 64 MB, and holds a connection of the owner's."""
RATE, BURST, CLIENTS = 1 / 3, 20, 100_000
"""Passwords a second that one network may try for long, whosever they are. An account has a limit of its own, see `identity.model`."""


class SigningIn:
    def __init__(self, door: Door, free_of_limit: bool = False) -> None:
        self._door = door
        self._hashing = asyncio.Semaphore(AT_ONCE)
        self.tries = TokenBuckets(1e9 if free_of_limit else RATE, 1 << 30 if free_of_limit else BURST, CLIENTS)

    async def show(self, request: Request) -> Response:
        if await in_thread(lambda: self._signed_in(request)):
            return RedirectResponse(inside(request.query_params.get("back", "")), 303, NO_STORE)
        return await self.page(request, 200, {"ended": "ended" in request.query_params})

    async def enter(self, request: Request) -> Response:
        try:
            form = await self._door.form_of(request)
        except Exception as why:
            return await self._door.failed(request, why)
        login, password, back = (str(form.get(name, ""))[:500] for name in ("login", "password", "back"))
        if not is_text(login + password):
            return await self.page(request, 401, {"refused": True, "back": back})
        wait_s = self.tries.take(client_key(client_of(request.scope)))
        if wait_s:
            return await self.page(request, 429, {"login": login, "wait_s": int(wait_s) + 1, "back": back})
        try:
            async with self._hashing:
                done = await in_thread(lambda: self._entered(login, password, request, inside(back)))
        except TooManyTries as why:
            return await self.page(request, 429, {"login": login, "wait_s": int(why.value), "back": back})
        except SignInRefused:
            return await self.page(request, 401, {"login": login, "refused": True, "back": back})
        except Exception as why:
            return await self._door.failed(request, why)
        self.tries.give_back(client_key(client_of(request.scope)))  # many enter from one office
        return await self.answered(request, done, inside(back))

    async def answered(self, request: Request, done: Entered, back: str) -> Response:
        """After a first factor: in, or the page that asks for the passkey."""
        if done.session:
            response: Response = RedirectResponse(back, 303, NO_STORE)
            keep_session(self._door, response, done.session)
            return response
        response = await self.page(request, 200, {"options": done.options, "back": back})
        keep_entry(self._door, response, done.entry)
        return response

    async def leave(self, request: Request) -> Response:
        try:
            form = await self._door.form_of(request)
            await in_thread(lambda: self._left(request, form))
        except NotSignedIn:
            pass
        except Exception as why:
            return await self._door.failed(request, why)
        response = RedirectResponse("/office/sign-in", 303, NO_STORE)
        response.delete_cookie(self._door.cookie, path="/", secure=self._door.secure, httponly=True, samesite="lax")
        return response

    def _signed_in(self, request: Request) -> bool:
        try:
            self._door.session(request.cookies.get(self._door.cookie, ""), self._door.renderer.now())
        except NotSignedIn:
            return False
        return True

    def _entered(self, login: str, password: str, request: Request, back: str) -> Entered:
        at = self._door.renderer.now()
        refused: SignInRefused | None = None
        with self._door.node.transaction() as db:
            try:
                account = sessions.sign_in(db, login, password, at)
                return entered(self._door, db, account, "password", request, back)
            except SignInRefused as why:
                refused = why  # the wrong try is counted: the transaction is kept
        raise refused

    def _left(self, request: Request, form: FormData) -> None:
        token, at = request.cookies.get(self._door.cookie, ""), self._door.renderer.now()
        who = self._door.session(token, at).principal
        if not sessions.is_form_secret(token, str(form.get("form", ""))):
            raise HTTPException(403)
        with self._door.node.transaction() as db:
            sessions.sign_out(db, who, token, at)

    async def page(self, request: Request, status: int, values: dict[str, object]) -> Response:
        prefs = request_prefs(request)
        plain = {
            "login": "",
            "refused": False,
            "wait_s": 0,
            "ended": False,
            "options": "",
            "passkeys": self._door.party is not None,
            "provider": provider_name(self._door.node.settings),
            "unknown": "",
            "back": request.query_params.get("back", "")[:500],
        }
        shown = Shown("sign_in.html", {**plain, **values}, status)
        response = await in_thread(lambda: self._door.response(shown, request, prefs))
        keep_prefs(request, response, self._door.secure)
        if values.get("wait_s"):
            response.headers["retry-after"] = str(values["wait_s"])
        return response
