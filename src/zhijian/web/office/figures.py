"""What the desk and the comparison say of areas: figures put together from registry, reports and cases."""

from dataclasses import dataclass
from datetime import date, datetime

from zhijian.cases.flow import areas_store as cases
from zhijian.codes import registered
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import areas


@dataclass(frozen=True, slots=True)
class Line:
    """Of one place."""

    place: str
    institutions: int
    certificates: int
    ending_30: int
    ending_90: int
    overdue: int
    """Instruments whose calibration is due."""
    reports: int
    """Registered this year."""
    cases: int
    """Open."""
    late: int
    """Of which with a deadline that is over."""

    def per_hundred(self, name: str) -> float | None:
        """Of a figure, for a hundred institutions; None where there is none."""
        return round(100 * float(getattr(self, name)) / self.institutions, 1) if self.institutions else None


COUNTED = ("institutions", "certificates", "ending_30", "ending_90", "overdue", "reports", "cases", "late")


def lines(db: Db, scope: Scope, area: str, digits: int, on: date, at: datetime) -> tuple[list[Line], datetime]:
    """(a line for each place within `area` by the first `digits` of its code, when institutions were counted). A case that names no
    institution stands under its province."""
    counted, counted_at = areas.by_place(db, scope, area, digits, on, at)
    reports = registered.by_place(db, scope, area, digits, on.year, on)
    opened = cases.open_by_place(db, scope, area, digits, on)
    known = {one.place: one for one in counted}
    found = []
    for place in sorted({*known, *reports, *opened}):
        f = known.get(place) or areas.Figures(place, 0, 0, 0, 0, 0)
        count, late = opened.get(place, (0, 0))
        found.append(
            Line(
                place,
                f.institutions,
                f.certificates,
                f.ending_30,
                f.ending_90,
                f.overdue,
                reports.get(place, 0),
                count,
                late,
            )
        )
    return found, counted_at


def whole(place: str, some: list[Line]) -> Line:
    """All of them together."""
    return Line(place, *(sum(getattr(one, name) for one in some) for name in COUNTED))
