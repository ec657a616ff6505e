"""`/office/cases`: cases as one may see them, and every act as a form made of `cases/flow/acts.yaml`.

A regulator sees the whole case; a laboratory what it was told of its own.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.datastructures import UploadFile

from zhijian.cases import flow, following
from zhijian.cases.days import DEADLINES
from zhijian.cases.flow.acts import ACTS, FIELDS, STATES, Act, Field, possible
from zhijian.cases.flow.model import Actor, CaseNo, CaseUnknown, Refused, Stale, State
from zhijian.identity import noted
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas
from zhijian.spec import specification
from zhijian.web.office.asked_fields import PER_PAGE, area_of, page_of
from zhijian.web.office.door import Answer, Asked, NotThere, Page, Sent, Shown, Wrong

PATH = "/office/cases"
ONE = PATH + "/{no}"
LINE = (State.LEAD, State.TAKEN, State.ASSIGNED, State.INSPECTING, State.INSPECTED, State.FILED, State.NOTIFIED, State.DECIDED,
        State.PUBLISHED, State.CREDITED, State.CLOSED)  # fmt: skip
"""The way that most cases go, drawn at the head of each."""
COMPUTED = frozenset({"sha256", "media_type", "size_bytes"})
"""Of the file that comes with evidence: nobody types them."""
NOT_THE_PARTYS = frozenset({"by_other"})
"""What is asked of a regulator who writes down somebody else's objection."""
MOST_FILE = 32 << 20


def listed(asked: Asked) -> Shown:
    wanted = asked.query.get("state", "")
    if wanted not in ("", "open", "mine", "late", *(s.value for s in State)):
        raise Wrong("state", wanted, "列出的状态之一", "one of the states listed")
    scope, on = asked.who.scope, asked.at.astimezone(SHANGHAI).date()
    if scope.institutions is not None:
        told = [flow.told(asked.db, scope, no) for no in flow.told_of(asked.db, scope)]
        return Shown("cases_told.html", {"told": told, "acts": ACTS, "deadlines": DEADLINES, "to": address})
    area, page = area_of(asked), page_of(asked)
    count, rows = flow.areas_store.cases(
        asked.db, scope, area, state=wanted if wanted in set(State) else None, officer=asked.who.login if wanted == "mine" else None,
        is_open=wanted in ("open", "mine"), late_on=on if wanted == "late" else None, start=(page - 1) * PER_PAGE, most=PER_PAGE,
    )  # fmt: skip
    return Shown("cases.html", {
        "rows": rows, "wanted": wanted, "states": STATES, "on": on, "to": address, "due": flow.due(asked.db, scope, on, within=7),
        "deadlines": DEADLINES, "may_open": asked.who.may("cases.receive"), "area": area, "name": areas.name(area, asked.t.lang) if area else "",
        "count": count, "page": page, "pages": min(200, max(1, -(-count // PER_PAGE))), "may_export": asked.who.may("institutions.export"),
        "kept": urlencode({name: value for name, value in (("state", wanted), ("division", area)) if value}),
    })  # fmt: skip


def new(asked: Asked) -> Shown:
    return _form(asked, {}, {}, "", 200)


def _form(asked: Asked, filled: Mapping[str, Any], wrong: Mapping[str, Any], why: str, status: int) -> Shown:
    provinces = asked.who.scope.provinces
    given = {"province": min(provinces)} if provinces and len(provinces) == 1 else {}
    return Shown("case_new.html", {"act": ACTS["receive"], "fields": _fields(ACTS["receive"]), "filled": {**given, **filled},
                                   "wrong": wrong, "why": why}, status)  # fmt: skip


def receive(asked: Asked) -> Answer:
    filled = _filled(asked, ACTS["receive"])
    try:
        with asked.db.begin_nested():  # what is refused leaves nothing, though the page is an answer
            done = flow.open_case(asked.db, asked.who.scope, actor_of(asked), filled, asked.at)
    except Refused as why:
        return _form(asked, filled, why.fields, asked.t(why.zh) if asked.t.lang == "zh" else why.en, 422)
    noted(asked.db, asked.who, "case.receive", done.no, asked.at, province=filled["province"])
    return Sent(address(done.no))


def show(asked: Asked) -> Shown:
    """Raises: NotThere, also for one that is not the caller's."""
    return _shown(asked, "", {}, {}, "", 200)


def _shown(
    asked: Asked, name: str, filled: Mapping[str, Any], wrong: Mapping[str, Any], why: str, status: int
) -> Shown:
    no, scope = number_of(asked), asked.who.scope
    try:
        if scope.institutions is not None:
            view = flow.told(asked.db, scope, no)
            acts = [ACTS[one] for one in ("rectify", "state", "object", "add-evidence") if _may(asked, ACTS[one])]
            said = {"view": view, "version": view.version, "template": "case_told.html"}
        else:
            case, events = flow.case(asked.db, scope, no), flow.reading.events(asked.db, scope, no)
            acts = [one for one in possible(case.state) if _may(asked, one)]
            said = {"case": case, "events": events, "version": case.version, "template": "case.html", "line": LINE,
                    "followed": following.standing(asked.db, scope, no, case.version)}  # fmt: skip
    except CaseUnknown:
        raise NotThere from None
    template = str(said.pop("template"))
    return Shown(template, {
        **said, "no": no, "acts": acts, "all_acts": ACTS, "fields_of": lambda act: _fields(act, scope.institutions is not None),
        "states": STATES, "all_fields": FIELDS, "name": name,
        "filled": filled, "wrong": wrong, "why": why, "to": address(no), "deadlines": DEADLINES, "words": words,
        "on": asked.at.astimezone(SHANGHAI).date(), "provinces": specification().codelists["province"],
    }, status)  # fmt: skip


def do(asked: Asked) -> Answer:
    """One act. What is wrong is said at the form, with what was filled in; nothing is done by halves."""
    no, act = number_of(asked), ACTS.get(asked.path["act"])
    if act is None or act.by_platform or act.id == "receive":
        raise NotThere
    filled, content = _filled(asked, act), None
    if act.id == "add-evidence" and (file := asked.form.get("file")) and isinstance(file, UploadFile):
        content, filled["media_type"] = _content(file), file.content_type or "application/octet-stream"
    seen = str(asked.form.get("seen", ""))
    try:
        if not seen.isdecimal():
            raise Refused("fields-wrong", "请重新打开案件再办", "open the case again first")
        with asked.db.begin_nested():
            done = flow.act(
                asked.db, asked.who.scope, actor_of(asked), no, int(seen[:9]), act.id, filled, asked.at, content=content
            )
    except CaseUnknown:
        raise NotThere from None
    except Refused as why:
        said = why.zh if asked.t.lang == "zh" else why.en
        return _shown(asked, act.id, filled, why.fields, said, 409 if isinstance(why, Stale) else 422)
    place = flow.reading.province(asked.db, asked.who.scope, done.no)
    noted(asked.db, asked.who, f"case.{act.id}", done.no, asked.at, province=place, detail={"version": done.version})
    return Sent(address(done.no))


def number_of(asked: Asked) -> CaseNo:
    try:
        return flow.read_number(asked.path["no"])
    except CaseUnknown:
        raise NotThere from None


def actor_of(asked: Asked) -> Actor:
    return Actor(asked.who.login, frozenset(a for a in asked.who.acts if a.startswith("cases.")))


def _may(asked: Asked, act: Act) -> bool:
    return asked.who.may(act.right) or (act.also is not None and asked.who.may(act.also))


def _fields(act: Act, party: bool = False) -> list[tuple[Field, bool]]:
    """(field, whether it must be filled in) of an act's form."""
    hidden = COMPUTED | (NOT_THE_PARTYS if party else frozenset())
    return [(FIELDS[name], name in act.needs) for name in (*act.needs, *act.may) if name not in hidden]


def _filled(asked: Asked, act: Act) -> dict[str, Any]:
    """As the flow takes them: lists a line each, numbers as numbers, days as they are."""
    found: dict[str, Any] = {}
    for field, _ in _fields(act, asked.who.scope.institutions is not None):
        if not (text := str(asked.form.get(field.id, "")).strip()):
            continue
        match field.kind:
            case "list":
                found[field.id] = [line.strip() for line in text.replace("、", "\n").splitlines() if line.strip()]
            case "flag":
                found[field.id] = True
            case "count":
                found[field.id] = int(text) if text.isdecimal() and len(text) < 10 else text
            case "time":
                found[field.id] = text + ":00+08:00" if len(text) == 16 else text
            case _:
                found[field.id] = text
    return found


def _content(file: UploadFile) -> bytes:
    """Raises: Wrong."""
    raw = file.file.read(MOST_FILE + 1)
    if not 0 < len(raw) <= MOST_FILE:
        raise Wrong(
            "file", file.filename or "", "有内容、最大 32 MB 的文件", "a file with something in it, of at most 32 MB"
        )
    return raw


def address(no: str) -> str:
    """Without the brackets, which nobody can type: `read_number` takes it."""
    return f"{PATH}/{quote(no.replace('〔', '').replace('〕', '-'))}"


def words(field: Field, value: Any) -> Any:
    """A value of an event: codes in words, several a list."""
    if isinstance(value, list):
        return "、".join(str(words(field, one)) for one in value)
    if isinstance(value, bool):
        return "✓" if value else "–"
    return field.choices.get(str(value), value)


PAGES = (
    Page(PATH, "cases.see", listed),
    Page(PATH + "/new", "cases.receive", new),
    Page(PATH, "cases.receive", receive, "POST"),
    Page(ONE, "cases.see", show),
    Page(ONE + "/{act}", "cases.see", do, "POST", most_bytes=MOST_FILE + (1 << 20)),
)
