"""What every way into the office ends with: a session, or the passkey that the account has first."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from zhijian.identity import passkeys, sessions
from zhijian.identity.challenges import LIVES
from zhijian.identity.model import Account
from zhijian.kit.db import Db
from zhijian.kit.settings import Settings
from zhijian.web.office.door import Door

ENTRY = "entry"
"""Cookie to which a challenge is bound before there is a session."""
OFFICE = "/office"


@dataclass(frozen=True, slots=True)
class Entered:
    """`session` is its cookie; else `options` of the passkey that is still wanted, with the cookie `entry`."""

    session: str = ""
    options: str = ""
    entry: str = ""


def entered(door: Door, db: Db, account: Account, how: str, request: Request, back: str) -> Entered:
    """After a first factor: who has a passkey shows it too, where this address can ask for one."""
    at = door.renderer.now()
    if door.party and passkeys.of_account(db, account.id):
        cookie = secrets.token_urlsafe(32)
        return Entered(options=passkeys.entering(db, door.party, cookie, at, account, f"{how} {back}"), entry=cookie)
    return Entered(sessions.begin(db, account, how, request.headers.get("user-agent", ""), at))


def keep_session(door: Door, response: Response, token: str) -> None:
    response.set_cookie(door.cookie, token, httponly=True, samesite="lax", path="/", secure=door.secure)


def keep_entry(door: Door, response: Response, token: str) -> None:
    """For two minutes, as long as its challenge lives; `lax`, since a provider sends the browser back from another site."""
    response.set_cookie(
        _name(door), token, int(LIVES.total_seconds()), httponly=True, samesite="lax", path="/", secure=door.secure
    )


def entry_of(door: Door, request: Request) -> str:
    return request.cookies.get(_name(door), "")[:200]


def drop_entry(door: Door, response: Response) -> None:
    response.delete_cookie(_name(door), path="/", secure=door.secure, httponly=True, samesite="lax")


def _name(door: Door) -> str:
    return f"__Host-{ENTRY}" if door.secure else ENTRY


def provider_name(settings: Settings) -> str:
    """Empty where there is none."""
    return settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or ""


def inside(path: str) -> str:
    """Only to a page of the office.

    >>> inside("/office/audit?act=x"), inside("//evil.example/office"), inside("https://evil.example"), inside("/office/..//evil")
    ('/office/audit?act=x', '/office', '/office', '/office')
    """
    is_inside = path == OFFICE or path.startswith((f"{OFFICE}/", f"{OFFICE}?"))
    return path if is_inside and ".." not in path and "\\" not in path and path.isprintable() else OFFICE
