"""`/office/sign-in/oidc`: to the provider and back. Who comes back has an account here already, or stays out."""

import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zhijian.identity import audit, challenges, oidc, sessions
from zhijian.identity import store as accounts
from zhijian.identity.oidc import Client, OidcRefused
from zhijian.kit.rate_limit import client_key
from zhijian.kit.settings import Settings
from zhijian.kit.threads import in_thread
from zhijian.web.asking import client_of
from zhijian.web.office.door import NO_STORE, Door, NotThere, is_text
from zhijian.web.office.entering import Entered, drop_entry, entered, entry_of, inside, keep_entry
from zhijian.web.office.signing_in import SigningIn
from zhijian.web.say import zh

PATH, BACK = "/office/sign-in/oidc", "/office/sign-in/oidc/back"
PURPOSE = "oidc"
WRONG = {
    "provider": zh("身份服务现在答不上来，请过一会儿再试，或用密码登录"),
    "state": zh("等得太久，或不是在这个浏览器里开始的，请重新开始"),
    "refused": zh("身份服务没有让您登录"),
    "token": zh("身份服务的答复核对不上，没有登录。请告诉管理账号的人"),
    "account": zh("这里没有您的账号，或已停用：请找管理账号的人"),
}


class OidcDoor:
    def __init__(self, door: Door, signing_in: SigningIn) -> None:
        self._door, self._signing_in = door, signing_in

    async def start(self, request: Request) -> Response:
        try:
            if not self._door.node.settings.oidc_issuer:
                raise NotThere
            if wait_s := self._signing_in.tries.take(client_key(client_of(request.scope))):
                return await self._signing_in.page(request, 429, {"wait_s": int(wait_s) + 1})
            cookie, back = secrets.token_urlsafe(32), inside(request.query_params.get("back", "")[:500])
            to = await in_thread(lambda: self._begun(cookie, back))
        except OidcRefused as why:
            return await self._no(request, why)
        except Exception as why:
            return await self._door.failed(request, why)
        response = RedirectResponse(to, 303, NO_STORE)
        keep_entry(self._door, response, cookie)
        return response

    async def back(self, request: Request) -> Response:
        try:
            if not self._door.node.settings.oidc_issuer:
                raise NotThere
            done, back = await in_thread(lambda: self._came_back(request))
        except OidcRefused as why:
            return await self._no(request, why)
        except Exception as why:
            return await self._door.failed(request, why)
        self._signing_in.tries.give_back(client_key(client_of(request.scope)))
        response = await self._signing_in.answered(request, done, back)
        if done.session:
            drop_entry(self._door, response)
        return response

    def _begun(self, cookie: str, back: str) -> str:
        client = _client(self._door.node.settings)
        provider = oidc.discovered(client)
        with self._door.node.transaction() as db:
            challenge = challenges.begin(db, PURPOSE, cookie, self._door.renderer.now(), kept=back)
        return oidc.address(client, provider, challenge)

    def _came_back(self, request: Request) -> tuple[Entered, str]:
        """Raises: OidcRefused."""
        node, at = self._door.node, self._door.renderer.now()
        with node.transaction() as db:
            waits = challenges.take(db, PURPOSE, entry_of(self._door, request), at)
        answer = {name: value[:4000] for name, value in request.query_params.items()}
        login = oidc.login(_client(node.settings), answer, waits.challenge if waits else None, at)
        back = inside(waits.kept if waits else "")
        with node.transaction() as db:
            row = accounts.by_login(db, login) if is_text(login) else None
            if row is not None and row["closed_at"] is None:
                return entered(self._door, db, sessions.account_of(row), PURPOSE, request, back), back
            if row is not None:
                audit.noted(db, None, "sign-in.refused", login, at, province=row["province"], detail={"how": PURPOSE})
        raise OidcRefused("account")

    async def _no(self, request: Request, why: OidcRefused) -> Response:
        status = 503 if why.value == "provider" else 401
        return await self._signing_in.page(request, status, {"unknown": WRONG[why.value], "back": ""})


def _client(settings: Settings) -> Client:
    """The secret's file is read each time: it may be changed while the node runs. Raises: OidcRefused (provider)."""
    try:
        secret = Path(settings.oidc_secret_file).read_text("utf-8").strip() if settings.oidc_secret_file else ""
    except OSError as why:
        raise OidcRefused("provider") from why
    redirect = settings.office_url.rstrip("/") + BACK
    return Client(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_claim, redirect)
