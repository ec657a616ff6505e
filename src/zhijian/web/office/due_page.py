"""`/office/due`: all work that is due in one list, and the same as a calendar's feed."""

from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from zhijian.cases import due
from zhijian.cases.due import KINDS, WITHIN, Item, Wanted
from zhijian.identity import feeds
from zhijian.identity.model import NotSignedIn
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.db import UNAVAILABLE
from zhijian.kit.principal import Principal
from zhijian.kit.rate_limit import TokenBuckets, client_key
from zhijian.kit.threads import in_thread
from zhijian.spec import specification
from zhijian.web.asking import client_of
from zhijian.web.office.asked_fields import area_of, choice_of, page_of
from zhijian.web.office.cases import address
from zhijian.web.office.door import NO_STORE, Asked, Door, Page, Shown, is_text, log

PATH = "/office/due"
FEED = PATH + ".ics"
PER_PAGE, MOST_PAGES = 50, 200
MOST_EVENTS, AHEAD, BEHIND = 1000, 90, 90
"""Of a calendar, events and days: what was left undone for longer would take the room of what is ahead."""
RATE, BURST, CLIENTS = 1 / 10, 30, 100_000
"""Feeds a second that one network may fetch for long: a calendar asks a few times a day."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What an address asks of the list."""

    wanted: Wanted
    page: int = 1

    @classmethod
    def of(cls, asked: Asked) -> "Listed":
        """Raises: Wrong."""
        within = int(choice_of(asked, "within", tuple(map(str, WITHIN)), "30"))
        return cls(
            Wanted(within, choice_of(asked, "kind", ("", *KINDS), ""), area_of(asked)), page_of(asked, MOST_PAGES)
        )

    def address(self, page: int = 1, kind: str | None = None) -> str:
        wanted = self.wanted if kind is None else replace(self.wanted, kind=kind)
        given = {"within": wanted.within if wanted.within != 30 else "", "kind": wanted.kind, "division": wanted.division,
                 "page": page if page > 1 else ""}  # fmt: skip
        return PATH + ("?" + urlencode(kept) if (kept := {k: v for k, v in given.items() if v != ""}) else "")


def show(asked: Asked) -> Shown:
    one, on = Listed.of(asked), asked.at.astimezone(SHANGHAI).date()
    found = due.gathered(
        asked.db, asked.who.scope, on, one.wanted, cases=asked.who.may("cases.see"), draws=asked.who.may("draws.see"),
        start=(one.page - 1) * PER_PAGE, most=PER_PAGE,
    )  # fmt: skip
    count = found.total(one.wanted.kind)
    return Shown("due.html", {
        "one": one, "found": found, "on": on, "kinds": KINDS, "withins": WITHIN, "count": count, "link": link,
        "pages": min(MOST_PAGES, -(-count // PER_PAGE)), "filtered": one.wanted != Wanted(),
        "names": specification().codelists["province"], "alone": asked.who.scope.institutions is not None,
    })  # fmt: skip


def link(item: Item) -> str:
    """Where the list behind the line is."""
    match item.kind:
        case "case":
            return address(item.ref)
        case "draw":
            return f"/office/draws/{quote(item.ref)}"
        case "certificate":
            return f"/office/institutions/{item.uscc}?tab=certificates"
        case "calibration":
            return f"/office/institutions/{item.uscc}?tab=instruments"
        case "standard":
            return f"/office/institutions/{item.uscc}?tab=scope"
        case _:
            return f"/office/institutions/{item.uscc}?tab=credit"


class DueFeed:
    """`/office/due.ics?key=…`: for a calendar, which signs in by the key alone and only reads."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._clients = TokenBuckets(RATE, BURST, CLIENTS)

    async def answer(self, request: Request) -> Response:
        key = request.query_params.get("key", "")[:100]
        wait_s = self._clients.take(client_key(client_of(request.scope)))
        if wait_s:
            return PlainTextResponse(
                "请稍后再取 ask again later\n", 429, {**NO_STORE, "retry-after": str(int(wait_s) + 1)}
            )
        try:
            content = await in_thread(lambda: self._content(key, request.query_params.get("lang", "")))
        except NotSignedIn:
            said = (
                "订阅地址已失效；在「我的账号」里重新生成 the address is no longer good: make another at /office/me\n"
            )
            return PlainTextResponse(said, 404, NO_STORE)
        except UNAVAILABLE as why:  # in plain words: a page would repeat the address, and a calendar shows none
            log.error("fault", path=FEED, error=type(why).__name__)
            return PlainTextResponse(
                "暂时答不上来，请稍后再取 ask again later\n", 503, {**NO_STORE, "retry-after": "60"}
            )
        return Response(content, media_type="text/calendar; charset=utf-8", headers=NO_STORE)

    def _content(self, key: str, lang: str) -> bytes:
        """Raises: NotSignedIn."""
        node, at = self._door.node, self._door.renderer.now()
        if not key or not is_text(key):
            raise NotSignedIn
        with node.transaction() as db:
            who = feeds.reader(db, key)
        with node.gate.within(who.scope, at) as db:
            found = due.gathered(db, who.scope, at.astimezone(SHANGHAI).date(), Wanted(AHEAD, behind=BEHIND), cases=self._may(who, "cases.see"),
                                 draws=self._may(who, "draws.see"), most=MOST_EVENTS)  # fmt: skip
        base = node.settings.office_url.rstrip("/")
        host = base.partition("://")[2]
        return due.calendar(found.items, at, host, lambda one: base + link(one), "en" if lang == "en" else "zh")

    @staticmethod
    def _may(who: Principal, act: str) -> bool:
        return who.may("desk.see") and who.may(act)


PAGES = (Page(PATH, "desk.see", show),)
