"""`/office`, `/office/areas/{division}`: an area at a glance. Its figures, its course, what waits, and its parts, down to institutions; a
number opens its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from urllib.parse import urlencode

from zhijian.cases import flow
from zhijian.cases.days import DEADLINES
from zhijian.cases.flow import areas_store as cases
from zhijian.cases.flow.acts import possible
from zhijian.cases.flow.model import State
from zhijian.codes import registered
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas, listing
from zhijian.web.office import figures
from zhijian.web.office.asked_fields import choice_of, home_of, is_within, page_of, text_of
from zhijian.web.office.cases import address
from zhijian.web.office.chart import course
from zhijian.web.office.door import Asked, NotThere, Page, Shown
from zhijian.web.say import zh

DAYS = 30
PER_PAGE = 50
MOST_DUE = 6
COURSE = zh("近 {days} 天每日登记报告：共 {count} 份，最多一天 {most} 份")
SORTS = ("place", "institutions", "reports", "ending_90", "overdue", "cases", "cases_per_hundred")


@dataclass(frozen=True, slots=True)
class Sorted:
    """What the address asks of the table of places."""

    path: str
    sort: str
    down: bool
    words: str
    only: str

    def to(self, sort: str) -> str:
        down = not self.down if sort == self.sort else sort != "place"
        said = {"sort": sort, "order": "desc" if down else "asc", "q": self.words, "only": self.only}
        return self.path + "?" + urlencode({name: value for name, value in said.items() if value})


def desk(asked: Asked) -> Shown:
    if asked.who.scope.institutions is not None:
        return _laboratory(asked)
    return _area(asked, home_of(asked.who.scope), "/office")


def area(asked: Asked) -> Shown:
    """Raises: NotThere, also for a foreign area."""
    division = asked.path["division"]
    if not division or not areas.is_area(division) or not is_within(asked.who.scope, division):
        raise NotThere
    return _area(asked, division, f"/office/areas/{division}")


def _laboratory(asked: Asked) -> Shown:
    scope, on = asked.who.scope, _today(asked.at)
    return Shown("desk_own.html", {
        "on": on, "uscc": min(scope.institutions or [""]), "figures": areas.total("", areas.by_place(asked.db, scope, "", 2, on, asked.at)[0]),
        **_reports(asked, "", on, sum(registered.by_place(asked.db, scope, "", 2, on.year, on).values())),
    })  # fmt: skip


def _area(asked: Asked, area: str, path: str) -> Shown:
    db, scope, on = asked.db, asked.who.scope, _today(asked.at)
    digits = 2 if not area else 4 if len(area) == 2 else 6
    found, counted_at = figures.lines(db, scope, area, digits, on, asked.at)
    whole = figures.whole(area, found)
    home = home_of(scope)
    may_cases = asked.who.may("cases.see")
    return Shown("desk.html", {
        "area": area, "on": on, "at": counted_at, "whole": whole, "year": date(on.year, 1, 1), "soon": on + timedelta(days=30),
        "by": on + listing.RENEWAL, "crumbs": [one for one in areas.steps(area) if len(one) >= len(home)], "name": lambda one: areas.name(one, asked.t.lang),
        "complaints": cases.complaints_open(db, scope, area) if may_cases and len(area) <= 2 and scope.divisions is None else None,
        "may_cases": may_cases, "may_reports": asked.who.may("reports.see"), "may_export": asked.who.may("institutions.export"),
        "due": _waiting(asked, on) if may_cases else (), "to_case": address, "deadlines": DEADLINES,
        "all_due": "/office/due",
        **_reports(asked, area, on, whole.reports),
        **(_places(asked, area, path, found) if len(area) < 4 else _institutions(asked, area, on)),
    })  # fmt: skip


def _waiting(asked: Asked, on: date) -> Sequence[flow.reading.Due]:
    """Deadlines of cases that are this account's, and of those that are nobody's yet and that its role may take further."""
    states = [state for state in State if any(asked.who.may(act.right) for act in possible(state))]
    return flow.reading.waiting(asked.db, asked.who.scope, asked.who.login, states, on, within=DAYS, most=MOST_DUE)


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _reports(asked: Asked, area: str, on: date, count: int) -> dict[str, object]:
    """The course of registrations, with that of a year before where there was any."""
    since = on - timedelta(days=DAYS - 1)
    days = registered.by_day(asked.db, asked.who.scope, area, since, on)
    before = registered.by_day(asked.db, asked.who.scope, area, since - timedelta(days=364), on - timedelta(days=364))
    before = before if any(before.values()) else {}
    said = asked.t(
        COURSE,
        days=DAYS,
        count=f"{sum(days.values()):,}",
        most=f"{max(days.values()):,}",
    )
    return {"days": days, "before": before, "yesterday": days[on - timedelta(days=1)], "day_before": on - timedelta(days=1), "reports": count,
            "chart": course(days, before, str(said), asked.t.lang)}  # fmt: skip


def _places(asked: Asked, area: str, path: str, found: list[figures.Line]) -> dict[str, object]:
    wanted = Sorted(path, choice_of(asked, "sort", SORTS, "cases"), text_of(asked, "order", 4) != "asc", text_of(asked, "q", 40),
                    choice_of(asked, "only", ("", "cases", "overdue", "ending_90"), ""))  # fmt: skip
    kept = [one for one in found if (not wanted.words or wanted.words in one.place or wanted.words.casefold() in areas.name(one.place, asked.t.lang).casefold())
            and (not wanted.only or getattr(one, wanted.only))]  # fmt: skip
    if wanted.sort == "cases_per_hundred":
        kept.sort(key=lambda one: one.per_hundred("cases") or 0, reverse=wanted.down)
    else:
        kept.sort(key=attrgetter(wanted.sort), reverse=wanted.down)
    most = max([one.per_hundred("cases") or 0 for one in found], default=0)
    return {
        "places": kept,
        "all_places": sum(one.place != area for one in found),
        "wanted": wanted,
        "bar": lambda one: round(72 * (one.per_hundred("cases") or 0) / most) if most else 0,
    }


def _institutions(asked: Asked, area: str, on: date) -> dict[str, object]:
    page = page_of(asked)
    count, rows = listing.institutions(
        asked.db, asked.who.scope, listing.Wanted(division=area), on, (page - 1) * PER_PAGE, PER_PAGE
    )
    return {
        "places": None,
        "rows": rows,
        "count": count,
        "page": page,
        "pages": min(200, max(1, -(-count // PER_PAGE))),
    }


PAGES = (Page("/office", "desk.see", desk), Page("/office/areas/{division}", "areas.compare", area))
