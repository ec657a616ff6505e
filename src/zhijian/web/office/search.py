"""`/office/search`: one field for everything; `/office/search/capability`: who may test a parameter by a standard."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from zhijian.cases import flow
from zhijian.cases.flow.model import CaseUnknown
from zhijian.codes import grouped, registered
from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import search
from zhijian.registry.search import COUNTED, Hit, Sought
from zhijian.spec import specification
from zhijian.web.office.asked_fields import area_of, day_of, page_of
from zhijian.web.office.cases import address
from zhijian.web.office.door import Asked, Page, Shown
from zhijian.web.say import zh

PATH = "/office/search"
CAPABILITY = PATH + "/capability"
PER_PAGE, MOST_PAGES, MOST = 50, 100, 6
GROUPS = {
    "institution": zh("机构"), "case": zh("案件"), "report": zh("报告"), "certificate": zh("证书"), "standard": zh("标准"),
    "parameter": zh("参数"), "staff": zh("人员"), "instrument": zh("仪器设备"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Something found, as the page shows it."""

    to: str
    name: str
    about: str
    is_number: bool = False


def everything(asked: Asked) -> Shown:
    words = asked.query.get("q", "").strip()[:100]
    lines: dict[str, list[Line]] = {name: [] for name in GROUPS}
    if words:
        for hit in search.everything(
            asked.db, asked.who.scope, words, MOST + 1, names=asked.who.may("personal.reveal")
        ):
            lines[hit.group].append(_line(hit))
        lines["report"] = _reports(asked, words)
        lines["case"] = _cases(asked, words)
    kept = {name: some for name, some in lines.items() if some}
    rest = {"institution": "/office/institutions?" + urlencode({"q": words})}
    return Shown("search.html", {"words": words, "groups": GROUPS, "lines": kept, "most": MOST, "rest": rest})


def _line(hit: Hit) -> Line:
    one = f"/office/institutions/{hit.uscc}"
    match hit.group:
        case "institution":
            return Line(one, hit.name, hit.uscc)
        case "certificate":
            return Line(f"{one}?tab=certificates", hit.key, hit.name, True)
        case "staff":
            return Line(
                f"{one}?" + urlencode({"tab": "people", "q": hit.key}), f"{mask.name(hit.about)} {hit.key}", hit.name
            )
        case "instrument":
            return Line(f"{one}?" + urlencode({"tab": "instruments", "q": hit.key}), f"{hit.about} {hit.key}", hit.name)
        case _:
            return Line(f"{CAPABILITY}?" + urlencode({hit.group: hit.key}), hit.name, "")


def _reports(asked: Asked, words: str) -> list[Line]:
    if not asked.who.may("reports.see"):
        return []
    rows = registered.by_number(asked.db, asked.who.scope, words, MOST + 1)
    return [
        Line(f"/office/reports/{r['code']}", grouped(r["code"]), f"{r['own_number']} {r['title']}", True) for r in rows
    ]


def _cases(asked: Asked, words: str) -> list[Line]:
    """By its number; a laboratory sees what it was told of."""
    if not asked.who.may("cases.see"):
        return []
    try:
        no = flow.read_number(words)
        if asked.who.scope.institutions is not None:
            return [Line(address(no), no, "", True)] if no in flow.told_of(asked.db, asked.who.scope) else []
        case = flow.case(asked.db, asked.who.scope, no)
    except CaseUnknown:
        return []
    return [Line(address(no), no, str(case.facts.get("institution_name") or ""), True)]


@dataclass(frozen=True, slots=True)
class Question:
    """What an address asks of the capability tables."""

    wanted: Sought
    page: int
    today: date

    @classmethod
    def of(cls, asked: Asked) -> "Question":
        """Raises: Wrong."""
        given, today = asked.query, asked.at.astimezone(SHANGHAI).date()
        division, day, page = area_of(asked), day_of(asked, "on") or today, page_of(asked, MOST_PAGES)
        parameter, standard = (given.get(name, "").strip()[:200] for name in ("parameter", "standard"))
        return cls(Sought(parameter, standard, division, day), page, today)

    def address(self, **changes: Any) -> str:
        page = changes.pop("page", 1)
        w = replace(self.wanted, **changes)
        said = {"parameter": w.parameter, "standard": w.standard, "division": w.division, "on": "" if w.on == self.today else w.on.isoformat(),
                "page": "" if page == 1 else str(page)}  # fmt: skip
        return f"{CAPABILITY}?" + urlencode({name: value for name, value in said.items() if value}, quote_via=quote)


def capability(asked: Asked) -> Shown:
    one = Question.of(asked)
    scope, asks = asked.who.scope, bool(one.wanted.parameter or one.wanted.standard)
    able = search.able(asked.db, scope, one.wanted, (one.page - 1) * PER_PAGE, PER_PAGE) if asks else None
    provinces = specification().codelists["province"]
    mine = {
        code: entry
        for code, entry in provinces.items()
        if code != "10" and (scope.provinces is None or code in scope.provinces)
    }
    return Shown("capability.html", {
        "one": one, "asks": asks, "able": able, "counted": COUNTED, "names": provinces, "provinces": mine if scope.institutions is None else {},
        "pages": min(MOST_PAGES, max(1, -(-able.count.rows // PER_PAGE))) if able else 1,
        "near": search.near(asked.db, scope, one.wanted) if able and not able.count.rows else None,
    })  # fmt: skip


PAGES = (Page(PATH, "institutions.see", everything), Page(CAPABILITY, "institutions.see", capability))
