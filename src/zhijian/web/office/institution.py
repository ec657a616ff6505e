"""`/office/institutions/{uscc}`: all that is known of one institution, today or as of an earlier day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas, as_of, history, listing
from zhijian.registry.model import AsOf
from zhijian.spec import Element, specification
from zhijian.web.office.asked_fields import page_of
from zhijian.web.office.door import Asked, NotThere, Page, Shown, Wrong, field_of
from zhijian.web.say import zh

PATH = "/office/institutions/{uscc}"
MOST = 100
"""Rows of a table on one page."""
TABS: dict[str, str] = {
    "overview": zh("概况"), "certificates": zh("证书"), "scope": zh("能力附表"), "people": zh("人员"),
    "instruments": zh("设备"), "credit": zh("信用与监管"), "history": zh("变更"),
}  # fmt: skip
ALWAYS = ("site", "certificate", "certificate_state")
SUPERVISION = ("credit", "penalty", "inspection", "finding", "rectification", "annual_report", "proficiency_result")
WANTED = {"scope": ("capability",), "people": ("staff", "authorisation"), "instruments": ("instrument", "calibration"),
          "credit": SUPERVISION}  # fmt: skip
"""Tab → the entities that it reads besides: an institution can have thousands of records of each."""
_MASKS = {"name": mask.name, "phone": mask.phone, "organisation": mask.organisation, "address": mask.address, "contact": mask.contact,
          "words": mask.words}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one entity as the specification names their elements."""

    entity: Any
    elements: tuple[Element, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int


def show(asked: Asked) -> Shown:
    """Raises: NotThere, also for one that is not the caller's."""
    uscc, today = asked.path["uscc"].upper()[:18], asked.at.astimezone(SHANGHAI).date()
    tab, words = asked.query.get("tab", "overview"), asked.query.get("q", "").strip()[:100]
    if tab not in TABS:
        raise NotThere
    on = _day(asked.query.get("on", "").strip()[:20], today)
    wanted = (*ALWAYS, *WANTED.get(tab, ()))
    if (present := listing.present(asked.db, asked.who.scope, uscc, today, wanted if on == today else ALWAYS)) is None:
        raise NotThere
    found = present if on == today else as_of(asked.db, asked.who.scope, uscc, on, entities=wanted)
    kept = {"on": on.isoformat()} if on != today else {}
    return Shown("institution.html", {
        "uscc": uscc, "one": found.facts if found else None, "found": found, "on": on, "today": today, "tab": tab, "tabs": TABS, "q": words,
        "to": lambda name: "?" + urlencode({"tab": name, **kept}), "mask": mask, "names": specification().codelists["province"],
        "counts": _counts(asked, found, uscc, today), "may_reports": asked.who.may("reports.see"), "city": areas.name,
        "own": asked.who.scope.institutions is not None, **(_of_tab(asked, found, tab, words, uscc) if found else {}),
    })  # fmt: skip


def _day(text: str, today: date) -> date:
    with field_of("on", text, "今天或以前的日期，如 2026-03-01", "today or an earlier day, such as 2026-03-01"):
        on = date.fromisoformat(text) if text else today
    if not date(1980, 1, 1) <= on <= today:
        raise Wrong("on", text, "1980 年到今天之间的日期", "a day between 1980 and today")
    return on


def _counts(asked: Asked, found: AsOf | None, uscc: str, today: date) -> dict[str, int]:
    """Of today all; of another day those that the tab has read."""
    if found is None:
        return {}
    if found.on == today:
        number = listing.counts(asked.db, asked.who.scope, uscc)
        return {"certificates": number["certificate"], "scope": number["capability"], "people": number["staff"],
                "instruments": number["instrument"]}  # fmt: skip
    one = found.facts
    read = {"certificates": len(one.certificates), "scope": sum(map(len, one.scope.values())), "people": len(one.people),
            "instruments": len(one.instruments)}  # fmt: skip
    return {name: number for name, number in read.items() if number}


def _of_tab(asked: Asked, found: AsOf, tab: str, words: str, uscc: str) -> dict[str, Any]:
    one = found.facts
    match tab:
        case "certificates":
            return _cut(asked, one.certificates.values(), "", None)
        case "scope":
            rows = sorted((c for some in one.scope.values() for c in some), key=lambda c: (c.category, c.sequence))
            return _cut(asked, rows, words, lambda c: (c.category, c.parameter, c.standard, c.standard_name or ""))
        case "people":
            return _cut(asked, one.people.values(), words, lambda p: (p.staff_no, mask.name(p.name)))
        case "instruments":
            said = ("management_no", "name", "model", "serial_no")
            return _cut(asked, one.instruments.values(), words, lambda i: [getattr(i, name) or "" for name in said])
        case "credit":
            return {"tables": [_table(name, found.records.get(name, ())) for name in SUPERVISION]}
        case "history":
            page, number = page_of(asked, 1000), listing.number_of_changes(asked.db, asked.who.scope, uscc)
            changes = history(asked.db, asked.who.scope, uscc, newest=page * MOST)[(page - 1) * MOST :]
            return {"rows": changes, **_pages(page, number), "entities": specification().entities}
    return {}


def _cut(asked: Asked, rows: Iterable[Any], words: str, said: Any) -> dict[str, Any]:
    """Those in which the words stand, a page of them."""
    page = page_of(asked, 1000)
    fits = [row for row in rows if not words or any(words.casefold() in text.casefold() for text in said(row))]
    return {"rows": fits[(page - 1) * MOST : page * MOST], **_pages(page, len(fits))}


def _pages(page: int, count: int) -> dict[str, int]:
    return {"fitting": count, "page": page, "pages": max(1, -(-count // MOST))}


def _table(name: str, records: Iterable[dict[str, Any]]) -> Table:
    entity, kept = specification().entities[name], list(records)
    filled = tuple(
        e for e in entity.elements if e.id != "uscc" and any(r.get(e.id) not in (None, [], "") for r in kept)
    )
    rows = tuple(tuple(shown(e, r.get(e.id)) for e in filled) for r in kept[:MOST])
    return Table(entity, filled, rows, len(kept))


def shown(e: Element, value: object) -> str:
    """A value as a page shows it: personal data masked, codes in words, several joined."""
    if value is None or value == []:
        return ""
    if isinstance(value, list | tuple):
        return "、".join(shown(e, one) for one in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    if e.mask:
        return _MASKS.get(e.mask, lambda one: mask.STAR * len(one))(text)
    return text


PAGES = (Page(PATH, "institutions.see", show),)
