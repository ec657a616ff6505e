"""`/office/sign-in/passkey`: for the sign-in page's script. A passkey alone, or the one that is wanted after the first factor."""

import json
import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from zhijian.identity import passkeys, sessions
from zhijian.identity.passkeys import ALONE, SECOND, Party, PasskeyRefused
from zhijian.kit.rate_limit import TokenBuckets, client_key
from zhijian.kit.threads import in_thread
from zhijian.web.asking import client_of
from zhijian.web.office.door import NO_STORE, Door
from zhijian.web.office.entering import drop_entry, entry_of, inside, keep_entry, keep_session
from zhijian.web.prefs import request_prefs
from zhijian.web.say import zh

WRONG = {
    "challenge": zh("等得太久或用过一次了，请再试一次"),
    "answer": zh("通行密钥核对不上，没有登录"),
    "unknown": zh("这里没有登记这个通行密钥，或账号已停用：用密码登录"),
    "other": zh("这是另一个账号的通行密钥"),
    "copied": zh("这个通行密钥可能被复制过，没有登录：请管理账号的人给新密码，通行密钥会一并删除"),
    "nowhere": zh("这个地址不能用通行密钥：用密码登录"),
    "wait": zh("试得太多了，过一会儿再试"),
}


class PasskeyDoor:
    def __init__(self, door: Door, tries: TokenBuckets) -> None:
        self._door, self._tries = door, tries

    async def options(self, request: Request) -> Response:
        """What the browser is asked, with the cookie that its answer must come with."""
        door = self._door
        try:
            form = await door.form_of(request)
            if (party := door.party) is None:
                return self._no(request, "nowhere")
            if self._tries.take(client_key(client_of(request.scope))):
                return self._no(request, "wait", 429)
            cookie, back = secrets.token_urlsafe(32), inside(str(form.get("back", ""))[:500])
            content = await in_thread(lambda: self._begun(party, cookie, back))
        except Exception as why:
            return await door.failed(request, why)
        response = Response(content, 200, NO_STORE, "application/json")
        keep_entry(door, response, cookie)
        return response

    async def enter(self, request: Request) -> Response:
        door = self._door
        try:
            form = await door.form_of(request)
            credential, purpose = str(form.get("credential", "")), SECOND if form.get("second") == "1" else ALONE
            token, back = await in_thread(lambda: self._entered(credential, purpose, request))
        except PasskeyRefused as why:
            return self._no(request, why.value)
        except Exception as why:
            return await door.failed(request, why)
        if purpose == ALONE:  # a second factor gives back nothing: the password did
            self._tries.give_back(client_key(client_of(request.scope)))
        response = JSONResponse({"to": back}, 200, NO_STORE)
        keep_session(door, response, token)
        drop_entry(door, response)
        return response

    def _begun(self, party: Party, cookie: str, back: str) -> str:
        with self._door.node.transaction() as db:
            return passkeys.entering(db, party, cookie, self._door.renderer.now(), kept=f" {back}")

    def _entered(self, credential: str, purpose: str, request: Request) -> tuple[str, str]:
        """(session cookie, where to). Raises: PasskeyRefused, with the challenge used up."""
        door, at = self._door, self._door.renderer.now()
        if door.party is None:
            raise PasskeyRefused("nowhere")
        refused: PasskeyRefused | None = None
        with door.node.transaction() as db:
            try:
                account, kept = passkeys.entered(db, door.party, credential, purpose, entry_of(door, request), at)
                first, _, back = kept.partition(" ")
                how = f"{first}+passkey" if first else "passkey"
                return sessions.begin(db, account, how, request.headers.get("user-agent", ""), at), inside(back)
            except PasskeyRefused as why:
                refused = why
        raise refused

    def _no(self, request: Request, why: str, status: int = 403) -> Response:
        said = self._door.renderer.say(request_prefs(request))(WRONG.get(why, WRONG["answer"]))
        content = json.dumps({"why": why, "said": str(said)}, ensure_ascii=False)
        return Response(content, status, NO_STORE, "application/json")
