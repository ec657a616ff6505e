"""`/office/cases/{no}/checklist`: what to look at, on a phone, also where there is no network. A plain form; a script keeps it on the device.

The worker that keeps the page (`/office/checklist-sw.js`) keeps this page and its files, and no other.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zhijian.cases import flow
from zhijian.cases.checklist import (
    ANSWERS,
    KINDS,
    MOST_PHOTO_BYTES,
    MOST_PHOTOS,
    Checked,
    ChecklistWrong,
    Item,
    Photo,
    Place,
    hand_in,
    items,
)
from zhijian.cases.flow.model import Case, CaseUnknown, Refused
from zhijian.identity import noted
from zhijian.kit.clock import SHANGHAI
from zhijian.spec import specification
from zhijian.web.office.cases import actor_of, address, number_of
from zhijian.web.office.door import Answer, Asked, NotThere, Page, Sent, Shown
from zhijian.web.render import static_names
from zhijian.web.say import zh
from zhijian.web.settings import DoorSettings

PATH = "/office/cases/{no}/checklist"
WORKER = "/office/checklist-sw.js"
MOST_NOTE = 1_000
_AHEAD = timedelta(minutes=10)
"""How far a phone's clock may be before ours."""


def worker(settings: DoorSettings) -> Route:
    """The script that keeps the page. It holds nothing of anybody, so that no session is asked for."""

    def answer(_: Request) -> Response:
        name = static_names(settings.static_dir).get("checklist-sw.js")
        if name is None:
            raise HTTPException(404)
        body = (settings.static_dir / name).read_bytes()
        return Response(body, media_type="text/javascript", headers={"cache-control": "no-cache"})

    return Route(WORKER, answer)


def show(asked: Asked) -> Shown:
    return _form(asked, _case(asked), {}, "", 200)


def _case(asked: Asked) -> Case:
    """Raises: NotThere."""
    try:
        return flow.case(asked.db, asked.who.scope, number_of(asked))
    except CaseUnknown:
        raise NotThere from None


def _form(asked: Asked, case: Case, wrong: dict[str, tuple[str, str]], why: str, status: int) -> Shown:
    return Shown("checklist.html", {
        "case": case, "items": items(case.facts["field"]), "answers": ANSWERS, "natures": specification().codelists["finding_nature"],
        "wrong": wrong, "why": why, "to": address(case.no), "filled": asked.form, "most_photos": MOST_PHOTOS,
        "most_mb": MOST_PHOTO_BYTES >> 20,
    }, status)  # fmt: skip


def receive(asked: Asked) -> Answer:
    """All of it or nothing; what is wrong is said at the item."""
    case = _case(asked)
    try:
        found = _found(asked, items(case.facts["field"]))
        with asked.db.begin_nested():
            done = hand_in(asked.db, asked.who.scope, actor_of(asked), case.no, found, asked.at)
    except ChecklistWrong as why:
        return _form(asked, case, why.fields, asked.t(zh("没有交上：有 {count} 项要改"), count=len(why.fields)), 422)
    except Refused as why:
        return _form(asked, case, {}, why.en if asked.t.lang == "en" else why.zh, 422)
    noted(
        asked.db, asked.who, "case.checklist", done.no, asked.at, detail={"version": done.version, "items": len(found)}
    )
    return Sent(address(case.no))


def _found(asked: Asked, listed: Sequence[Item]) -> list[Checked]:
    """Of the items that were looked at. Raises: ChecklistWrong."""
    wrong: dict[str, tuple[str, str]] = {}
    found = [one for item in listed if (one := _checked(asked, item, wrong)) is not None]
    if sum(len(one.photos) for one in found) > MOST_PHOTOS:
        wrong["photos"] = (
            f"一次最多 {MOST_PHOTOS} 张照片，分几次交",
            f"at most {MOST_PHOTOS} photos at once: hand in several times",
        )
    if not found and not wrong:
        wrong["items"] = ("一项也没有填：选一项再交", "nothing is filled in: choose at least one")
    if wrong:
        raise ChecklistWrong(wrong)
    return found


def _checked(asked: Asked, item: Item, wrong: dict[str, tuple[str, str]]) -> Checked | None:
    def said(name: str) -> str:
        return str(asked.form.get(f"{name}-{item.id}", "")).strip()

    photos = [f for f in asked.form.getlist(f"photo-{item.id}") if isinstance(f, UploadFile) and f.filename]
    if said("answer") in ("", "open") and not photos and not said("note"):
        return None
    if (answer := said("answer") or "open") not in ANSWERS:
        wrong[item.id] = (f"“{answer[:20]}”不是列出的回答", f"“{answer[:20]}” is none of the answers listed")
    nature = said("nature") or item.nature
    if nature not in specification().codelists["finding_nature"]:
        wrong[item.id] = ("问题性质应为列出的一种", "the nature should be one of those listed")
    if answer == "no" and not said("note"):
        wrong[item.id] = ("不符合要写明：何时、何处、何事", "say what is not as it should be: when, where, what")
    if len(said("note")) > MOST_NOTE:
        wrong[item.id] = (f"说明最长 {MOST_NOTE} 字", f"at most {MOST_NOTE} characters")
    at, place = _at(asked, said("at"), item, wrong), _place(said("place"), item, wrong)
    digests = said("digests").split()
    kept = [_photo(photo, digests, at, place, item, wrong) for photo in photos]
    return Checked(item.id, answer, said("note"), nature, at, place, tuple(p for p in kept if p is not None))


def _at(asked: Asked, text: str, item: Item, wrong: dict[str, tuple[str, str]]) -> datetime | None:
    """When it was looked at, by the phone."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None or at > asked.at + _AHEAD:
            raise ValueError(text)
    except ValueError:
        wrong[item.id] = (
            f"时间 {text[:30]} 在以后或读不懂：校准手机的时钟",
            f"time {text[:30]} lies ahead or cannot be read: set the phone's clock",
        )
        return None
    return min(at, asked.at).astimezone(SHANGHAI)


def _place(text: str, item: Item, wrong: dict[str, tuple[str, str]]) -> Place | None:
    try:
        return Place.read(text)
    except ValueError:
        wrong[item.id] = (
            f"位置 {text[:40]} 读不懂：应为 纬度,经度,精度米",
            f"place {text[:40]}: should be latitude,longitude,metres",
        )
        return None


def _photo(
    file: UploadFile,
    digests: Sequence[str],
    at: datetime | None,
    place: Place | None,
    item: Item,
    wrong: dict[str, tuple[str, str]],
) -> Photo | None:
    content = file.file.read(MOST_PHOTO_BYTES + 1)
    name = (file.filename or "")[:60]
    if not 0 < len(content) <= MOST_PHOTO_BYTES or file.content_type not in KINDS:
        wrong[item.id] = (f"照片 {name}：要 JPEG、PNG、WebP 或 HEIC，最大 {MOST_PHOTO_BYTES >> 20} MB",
                          f"photo {name}: JPEG, PNG, WebP or HEIC of at most {MOST_PHOTO_BYTES >> 20} MB")  # fmt: skip
        return None
    digest = hashlib.sha256(content).hexdigest()
    if digests and digest not in digests:
        wrong[item.id] = (
            f"照片 {name} 与拍下时的摘要不同：重拍或重新选",
            f"photo {name} is not what its digest says: take it again",
        )
        return None
    return Photo(content, file.content_type or "", digest, at, place)


PAGES = (
    Page(PATH, "cases.inspect", show),
    Page(PATH, "cases.inspect", receive, "POST", most_bytes=MOST_PHOTOS * MOST_PHOTO_BYTES + (1 << 20)),
)
