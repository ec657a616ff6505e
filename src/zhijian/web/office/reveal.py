"""What is masked, shown for one record after a reason: a person of an institution, and whoever reported what became a case."""

from collections.abc import Mapping, Sequence

from zhijian.cases import flow
from zhijian.cases.flow.model import CaseUnknown
from zhijian.identity import revealing
from zhijian.identity.revealing import AN_HOUR, RevealRefused
from zhijian.registry import listing
from zhijian.spec import specification
from zhijian.web.office.door import Answer, Asked, NotThere, Page, Shown
from zhijian.web.say import zh

PERSON = "/office/institutions/{uscc}/staff/{staff:path}/reveal"
REPORTER = "/office/cases/{no}/reporter"
REASONS = {
    "case": zh("办案取证"),
    "verify": zh("核对身份"),
    "contact": zh("联系本人"),
    "answer": zh("答复举报"),
    "other": zh("其他工作"),
}
WRONG = {
    "kind": zh("请选一种理由"), "reason": zh("理由写 5 到 200 个字"),
    "often": zh("一小时内最多看 {count} 条，现在已经够了：过一会儿再看，或申请双人复核的导出"),
}  # fmt: skip
Values = Mapping[str, object]


def person(asked: Asked) -> Answer:
    """Form first; by POST with a reason the values. Raises: NotThere, also for one that is not the caller's."""
    uscc, staff_no = asked.path["uscc"].upper()[:18], asked.path["staff"][:30]
    row = listing.person(asked.db, asked.who.scope, uscc, staff_no)
    if row is None:
        raise NotThere
    names = {e.id: (e.zh, e.en) for e in specification().entities["staff"].elements}
    shown = {names[one]: row[one] for one in listing.PERSONAL}
    place = listing.province_of(asked.db, asked.who.scope, uscc)
    to = f"/office/institutions/{uscc}"
    return _answer(
        asked,
        f"staff {uscc} {staff_no}",
        listing.PERSONAL,
        shown,
        place,
        f"{row['institution_name']} {staff_no}",
        f"{to}?tab=people",
    )


def reporter(asked: Asked) -> Answer:
    """As `person`, for whoever sees cases. Raises: NotThere, also where nobody left a way to be reached."""
    if not asked.who.may("cases.see"):
        raise NotThere
    try:
        no = flow.read_number(asked.path["no"])
        contact = flow.reading.reporter(asked.db, asked.who.scope, no)
        case = flow.case(asked.db, asked.who.scope, no)
    except CaseUnknown:
        raise NotThere from None
    if not contact:
        raise NotThere
    shown = {("举报人联系方式", "Contact of whoever reported it"): contact}
    back = f"/office/cases/{asked.path['no']}"
    return _answer(asked, f"case {no}", ("contact",), shown, case.facts["province"], no, back)


def _answer(
    asked: Asked,
    record: str,
    fields: Sequence[str],
    values: Mapping[tuple[str, str], object],
    place: str | None,
    title: str,
    back: str,
) -> Shown:
    given = {name: str(asked.form.get(name, "")).strip()[:300] for name in ("kind", "reason")}
    said = {
        "title": title,
        "back": back,
        "reasons": REASONS,
        "given": given,
        "values": {},
        "wrong": "",
        "count": AN_HOUR,
    }
    if not asked.posted:
        return Shown("reveal.html", said)
    try:
        revealing.reveal(asked.db, asked.who, record, fields, given["kind"], given["reason"], asked.at, province=place)
    except RevealRefused as why:
        return Shown("reveal.html", {**said, "wrong": WRONG[why.value]}, 429 if why.value == "often" else 422)
    lang = 1 if asked.t.lang == "en" else 0
    return Shown("reveal.html", {**said, "values": {name[lang]: value for name, value in values.items()}})


PAGES = tuple(
    Page(path, revealing.RIGHT, show, method)
    for path, show in ((PERSON, person), (REPORTER, reporter))
    for method in ("GET", "POST")
)
