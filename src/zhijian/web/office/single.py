"""One instrument and one person of an institution, today."""

from zhijian.codes import registered
from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.mask import STAR
from zhijian.registry import areas, listing
from zhijian.registry.model import AsOf
from zhijian.spec import specification
from zhijian.web.office.door import Asked, NotThere, Page, Shown
from zhijian.web.office.institution import PATH, shown

USES = 50
"""Items that a page shows; its link finds the rest."""


def instrument(asked: Asked) -> Shown:
    """Raises: NotThere, also for one of a foreign institution."""
    uscc, no, found = _institution(asked, "instrument")
    one = found.facts.instruments.get(no)
    if one is None:
        raise NotThere
    entity = specification().entities["instrument"]
    record = next(r for r in found.records["instrument"] if r["management_no"] == no)
    uses = (
        registered.items_with(asked.db, asked.who.scope, uscc, instrument=no, most=USES)
        if asked.who.may("reports.see")
        else ()
    )
    return Shown("instrument.html", {
        "uscc": uscc, "institution": found.facts, "one": one, "facts": [(e, shown(e, record.get(e.id))) for e in entity.elements if e.id != "uscc"],
        "calibrations": sorted(one.calibrations, key=lambda c: c.good.from_on, reverse=True), "good": one.calibration_on(found.on), "on": found.on,
        "uses": uses, "most": USES, "may_reports": asked.who.may("reports.see"), "kinds": specification().codelists["calibration_kind"],
    })  # fmt: skip


def person(asked: Asked) -> Shown:
    """Raises: NotThere, also for one of a foreign institution."""
    uscc, no, found = _institution(asked, "staff")
    one = found.facts.people.get(no)
    if one is None:
        raise NotThere
    entity = specification().entities["staff"]
    record = next(r for r in found.records["staff"] if r["staff_no"] == no)
    scope, may = asked.who.scope, asked.who.may("reports.see")
    return Shown("person.html", {
        "uscc": uscc, "institution": found.facts, "one": one, "called": mask.name(one.name), "on": found.on, "star": STAR,
        "facts": [(e, shown(e, record.get(e.id))) for e in entity.elements if e.id != "uscc"],
        "authorised": sorted(one.authorised, key=lambda a: a[1].from_on, reverse=True), "most": USES, "may_reports": may,
        "tested": registered.items_with(asked.db, scope, uscc, tester=no, most=USES) if may else (),
        "elsewhere": areas.employed_elsewhere(asked.db, scope, uscc, no), "own": scope.institutions is not None,
    })  # fmt: skip


def _institution(asked: Asked, name: str) -> tuple[str, str, AsOf]:
    uscc, no = asked.path["uscc"].upper()[:18], asked.path[name][:40]
    wanted = ("instrument", "calibration") if name == "instrument" else ("staff", "authorisation")
    found = listing.present(asked.db, asked.who.scope, uscc, asked.at.astimezone(SHANGHAI).date(), wanted)
    if found is None:
        raise NotThere
    return uscc, no, found


PAGES = (
    Page(PATH + "/instruments/{instrument:path}", "institutions.see", instrument),
    Page(PATH + "/staff/{staff:path}", "institutions.see", person),
)
