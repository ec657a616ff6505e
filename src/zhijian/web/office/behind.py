"""Lists behind figures: instruments whose calibration is due, complaints that are open."""

from zhijian.cases.flow import areas_store as cases
from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas
from zhijian.spec import specification
from zhijian.web.office.asked_fields import PER_PAGE, area_of, page_of
from zhijian.web.office.cases import address
from zhijian.web.office.door import Asked, Page, Shown


def overdue(asked: Asked) -> Shown:
    area, page = area_of(asked), page_of(asked)
    on = asked.at.astimezone(SHANGHAI).date()
    rows = areas.overdue(asked.db, asked.who.scope, area, on, (page - 1) * PER_PAGE, PER_PAGE + 1)
    return Shown("overdue.html", {
        "rows": rows[:PER_PAGE], "is_more": len(rows) > PER_PAGE, "page": page, "area": area, "on": on, "name": lambda a: areas.name(a, asked.t.lang),
        "own": asked.who.scope.institutions is not None,
    })  # fmt: skip


def complaints(asked: Asked) -> Shown:
    area, page = area_of(asked)[:2], page_of(asked)
    rows = cases.complaints(asked.db, asked.who.scope, area, (page - 1) * PER_PAGE, PER_PAGE + 1)
    lists = specification().codelists
    return Shown("complaints.html", {
        "rows": rows[:PER_PAGE], "is_more": len(rows) > PER_PAGE, "page": page, "area": area, "name": lambda a: areas.name(a, asked.t.lang),
        "kinds": lists["complaint_kind"], "states": lists["complaint_state"], "to_case": address, "on": asked.at.astimezone(SHANGHAI).date(),
        "masked": mask.words,
    })  # fmt: skip


PAGES = (
    Page("/office/overdue", "institutions.see", overdue),
    Page("/office/complaints", "cases.see", complaints),
)
