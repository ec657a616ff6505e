"""`/office/twins`: what may be one and the same in two institutions, side by side, for a person to judge. No verdict is made here."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from zhijian.identity import noted
from zhijian.registry import matching
from zhijian.registry.matching import Queued, SideBySide
from zhijian.spec import specification
from zhijian.web.office.door import Answer, Asked, NotThere, Page, Sent, Shown, Wrong, is_text
from zhijian.web.office.institution import shown
from zhijian.web.say import zh

PATH = "/office/twins"
ONE = PATH + "/{pair}"
MOST = 100
KINDS = {"person": zh("人员"), "instrument": zh("仪器"), "institution": zh("机构")}
ENTITIES = {"person": "staff", "instrument": "instrument", "institution": "institution"}
STATES = {"open": zh("待判断"), "same": zh("同一个"), "different": zh("不是同一个")}
WHY = {
    "name": zh("名称相同"), "near-name": zh("名称相近"), "address": zh("地址相同"), "phone": zh("电话相同"),
    "legal-representative": zh("法定代表人相同"), "title-and-education": zh("职称和学历相同"), "same-city": zh("同一城市"),
    "both-sign": zh("都是授权签字人"), "rare": zh("只有这两处"), "serial": zh("出厂编号相同"), "model": zh("型号相同"), "maker": zh("厂家相同"),
}  # fmt: skip
ANSWERS = {"same": zh("是同一个"), "different": zh("不是同一个"), "unsure": zh("还不能判断")}


@dataclass(frozen=True, slots=True)
class Line:
    """An element of both records, as pages show it: personal data masked."""

    element: Any
    a: str
    b: str
    agrees: bool


def list_(asked: Asked) -> Shown:
    kind, state = (asked.query.get(name, "") for name in ("kind", "state"))
    if kind not in ("", *KINDS):
        raise Wrong("kind", kind[:20], "人员、仪器或机构", "person, instrument or institution")
    if state not in ("", *STATES):
        raise Wrong("state", state[:20], "列出的状态之一", "one of the states listed")
    rows = matching.queue(asked.db, asked.who.scope, state=state or "open", kind=kind or None, limit=MOST)
    return Shown("twins.html", {
        "rows": rows, "kind": kind, "state": state or "open", "kinds": KINDS, "states": STATES, "why_words": WHY, "to": address,
        "most": MOST, "names": specification().codelists["province"], "filtered": bool(kind or state),
    })  # fmt: skip


def show(asked: Asked) -> Shown:
    return _shown(asked, _found(asked))


def _shown(asked: Asked, found: SideBySide, why: str = "", status: int = 200) -> Shown:
    return Shown("twin.html", {
        "one": found, "lines": _lines(found), "kinds": KINDS, "states": STATES, "why_words": WHY, "answers": ANSWERS, "why": why,
        "here_to": address(found.queued), "names": specification().codelists["province"], "typed": asked.form,
    }, status)  # fmt: skip


def decide(asked: Asked) -> Answer:
    """Same, different, or not yet: always with the reason, which the next one reads."""
    found = _found(asked)
    answer, note = (str(asked.form.get(name, "")).strip()[:500] for name in ("answer", "note"))
    if answer not in ANSWERS:
        return _shown(asked, found, "answer", 422)
    if not note:
        return _shown(asked, found, "note", 422)
    state: Any = "open" if answer == "unsure" else answer
    twin = found.queued.twin
    if not matching.decide(asked.db, asked.who.scope, twin, state, by=asked.who.login, at=asked.at, note=note):
        raise NotThere
    provinces = {twin.a_province, twin.b_province}
    noted(asked.db, asked.who, "twins.judge", f"{twin.kind} {twin.a_uscc} {twin.b_uscc}", asked.at, reason=note,
          province=min(provinces) if len(provinces) == 1 else None, detail={"answer": answer})  # fmt: skip
    return Sent(PATH + ("?" + urlencode({"kind": twin.kind}) if answer != "unsure" else ""))


def _found(asked: Asked) -> SideBySide:
    """Raises: NotThere, also for a pair of which a side is another's."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(asked.path["pair"]))
    except (ValueError, RecursionError):
        raise NotThere from None
    if not isinstance(parts, list) or len(parts) != 5 or not all(isinstance(p, str) and is_text(p) for p in parts):
        raise NotThere
    kind, a, a_key, b, b_key = parts
    found = matching.side_by_side(asked.db, asked.who.scope, kind, (a, a_key), (b, b_key)) if kind in KINDS else None
    if found is None:
        raise NotThere
    return found


def _lines(found: SideBySide) -> list[Line]:
    made = []
    for element in specification().entities[ENTITIES[found.queued.twin.kind]].elements:
        a, b = ((one or {}).get(element.id) for one in (found.a, found.b))
        if a not in (None, [], "") or b not in (None, [], ""):
            made.append(Line(element, shown(element, a), shown(element, b), a == b))
    return made


def address(queued: Queued) -> str:
    twin = queued.twin
    key = json.dumps([twin.kind, twin.a_uscc, twin.a_key, twin.b_uscc, twin.b_key], ensure_ascii=False).encode()
    return f"{PATH}/{base64.urlsafe_b64encode(key).decode()}"


PAGES = (
    Page(PATH, "twins.judge", list_),
    Page(ONE, "twins.judge", show),
    Page(ONE, "twins.judge", decide, "POST"),
)
