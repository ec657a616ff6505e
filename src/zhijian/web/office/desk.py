"""`/office`: the desk. What there is and what is due, of as much as one may see; a number opens its list."""

from zhijian.kit.clock import SHANGHAI
from zhijian.registry import listing
from zhijian.spec import specification
from zhijian.web.office.door import Asked, Page, Shown, Wrong


def show(asked: Asked) -> Shown:
    on = asked.at.astimezone(SHANGHAI).date()
    scope = asked.who.scope
    place = asked.query.get("place", "")[:6]
    if place and (not place.isdecimal() or len(place) != 2):
        raise Wrong("place", place, "两位省级代码，如 33", "two digits of a province, such as 33")
    cities = bool(place) or (scope.provinces is not None and len(scope.provinces) == 1)
    rows = listing.by_division(asked.db, scope, 4 if cities else 2, on)
    if place:
        rows = [row for row in rows if row["place"].startswith(place)]
    return Shown("desk.html", {
        "figures": listing.figures(asked.db, scope, on), "rows": rows, "on": on, "cities": cities, "place": place,
        "names": specification().codelists["province"], "by": on + listing.RENEWAL,
    })  # fmt: skip


PAGES = (Page("/office", "desk.see", show),)
