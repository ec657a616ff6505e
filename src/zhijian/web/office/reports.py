"""`/office/reports`: what is registered, down to one item with the row, the people, the instruments and the calibrations behind it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from zhijian.codes import registered
from zhijian.codes.model import CodesError, State
from zhijian.codes.registered import FURTHEST, LOOKED_AT, Wanted
from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas
from zhijian.spec import specification
from zhijian.web.office.asked_fields import PER_PAGE, area_of, choice_of, day_of, page_of, text_of
from zhijian.web.office.door import Asked, NotThere, Page, Shown, Wrong

PATH = "/office/reports"
ITEMS = 100
KINDS = {State.VALID: "valid", State.CORRECTED: "changed", State.REPLACED: "changed", State.WITHDRAWN: "stopped", State.DOUBTED: "care",
         State.INACCURATE: "penalty", State.FALSE: "penalty false"}  # fmt: skip
"""State → class of its tag."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What an address asks of the list."""

    wanted: Wanted
    page: int

    @classmethod
    def of(cls, asked: Asked) -> "Listed":
        """Raises: Wrong."""
        uscc = text_of(asked, "uscc", 18).upper()
        if uscc and not re.fullmatch(r"[0-9A-Z]{18}", uscc):
            raise Wrong("uscc", uscc, "18 位统一社会信用代码", "a credit code of 18 characters")
        since, until = day_of(asked, "since"), day_of(asked, "until")
        if since and until and since > until:
            raise Wrong("since", str(since), f"不晚于 {until} 的日期", f"a day no later than {until}")
        words = {name: text_of(asked, name) for name in ("parameter", "standard", "category")}
        of_one = {"staff_no": text_of(asked, "staff"), "instrument": text_of(asked, "instrument")}
        if any(of_one.values()) and not uscc:
            raise Wrong(
                "uscc",
                "",
                "查人员或仪器时要有机构的信用代码",
                "the institution's credit code, with a person or an instrument",
            )
        wanted = Wanted(
            uscc, area_of(asked), since, until, choice_of(asked, "state", ("", "bad", *(s.value for s in KINDS)), ""), text_of(asked, "number"),
            words["category"], words["parameter"], words["standard"], **of_one,
            sort=choice_of(asked, "sort", registered.SORTS, "registered_at"), down=text_of(asked, "order", 4) != "asc",
        )  # fmt: skip
        return cls(wanted, page_of(asked, FURTHEST // PER_PAGE))

    def address(self, path: str = PATH, **changes: object) -> str:
        page = changes.pop("page", 1)
        w = replace(self.wanted, **changes)  # type: ignore[arg-type]
        said = {
            "uscc": w.uscc, "division": w.division, "since": w.since or "", "until": w.until or "", "state": w.state, "number": w.number,
            "category": w.category, "parameter": w.parameter, "standard": w.standard, "staff": w.staff_no, "instrument": w.instrument,
            "sort": "" if w.sort == "registered_at" else w.sort, "order": "" if w.down else "asc", "page": "" if page == 1 else str(page),
        }  # fmt: skip
        kept = {name: str(value) for name, value in said.items() if value}
        return path + (f"?{urlencode(kept)}" if kept else "")

    def sorted_by(self, name: str) -> str:
        return self.address(sort=name, down=not self.wanted.down if self.wanted.sort == name else True)

    @property
    def is_narrowed(self) -> bool:
        return replace(self.wanted, sort="registered_at", down=True) != Wanted()


def listed(asked: Asked) -> Shown:
    one = Listed.of(asked)
    found = registered.listed(asked.db, asked.who.scope, one.wanted, (one.page - 1) * PER_PAGE, PER_PAGE)
    lists = specification().codelists
    return Shown("reports.html", {
        "one": one, "found": found, "pages": max(1, -(-found.count // PER_PAGE)), "kinds": KINDS, "states": lists["report_state"],
        "verdicts": lists["verdict"], "fields": lists["field"], "looked_at": LOOKED_AT, "name": lambda a: areas.name(a, asked.t.lang),
        "may_export": asked.who.may("institutions.export"), "own": asked.who.scope.institutions is not None,
    })  # fmt: skip


def show(asked: Asked) -> Shown:
    """Raises: NotThere, also for one that is not the caller's."""
    page, on = page_of(asked), asked.at.astimezone(SHANGHAI).date()
    try:
        found = registered.whole(asked.db, asked.who.scope, asked.path["code"][:40], on, (page - 1) * ITEMS, ITEMS)
    except CodesError:
        raise NotThere from None
    return Shown(
        "report.html",
        {**_said(asked, found), "page": page, "pages": max(1, -(-found.count // ITEMS)), "first": (page - 1) * ITEMS},
    )


def item(asked: Asked) -> Shown:
    """Raises: NotThere, also for one of a report that is not the caller's."""
    if not re.fullmatch(r"[1-9]\d{0,4}", asked.path["n"], re.ASCII):
        raise NotThere
    on = asked.at.astimezone(SHANGHAI).date()
    try:
        found, one = registered.item(asked.db, asked.who.scope, asked.path["code"][:40], int(asked.path["n"]), on)
    except CodesError:
        raise NotThere from None
    return Shown("report_item.html", {**_said(asked, found), "one": one})


def _said(asked: Asked, found: registered.Whole) -> dict[str, object]:
    """What report and item pages share. A laboratory sees its client's name; an office sees it masked."""
    own, lists = asked.who.scope.institutions is not None, specification().codelists
    return {
        "found": found, "row": found.row, "kinds": KINDS, "states": lists["report_state"], "verdicts": lists["verdict"], "mask": mask,
        "entity": specification().entities["report"], "forms": lists["report_form"], "report_kinds": lists["report_kind"],
        "changers": lists["state_changer"], "hidden": (lambda text: text) if own else mask.organisation, "name": lambda a: areas.name(a, asked.t.lang),
        "fields": lists["field"],
    }  # fmt: skip


PAGES = (
    Page(PATH, "reports.see", listed),
    Page(PATH + "/{code}", "reports.see", show),
    Page(PATH + "/{code}/items/{n}", "reports.see", item),
)
