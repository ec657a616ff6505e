"""On which days an institution issues, and its honest reports in that order."""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from . import days
from .institution import WINDOW_DAYS, Institution, Record
from .laboratory import Laboratory
from .names import company
from .report import QUIET_DAYS, draft
from .streams import stream


def reports(lab: Laboratory, count: int, on: int) -> Iterator[Record]:
    """In order of issue; numbers run on without a gap within a year. The institution must be one that `may_issue`."""
    it = lab.institution
    rng = stream(lab.seed, it.index, "report")
    first = on - WINDOW_DAYS
    cumulative = _openings(it, on)
    year = date.fromordinal(first).year
    before = round(count * (first - date(year, 1, 1).toordinal()) / WINDOW_DAYS)
    serial = {year: before}
    clients = [company(rng, it.sites[0].division.city) for _ in range(max(5, min(60, count // 12)))]
    for day in sorted(rng.choices(range(first, on + 1), cum_weights=cumulative, k=count)):
        year = date.fromordinal(day).year
        serial[year] = serial.get(year, 0) + 1
        yield draft(lab, rng, day, serial[year], clients)


def may_issue(it: Institution, on: int) -> bool:
    """Whether a certificate was in force long enough on any day of the window."""
    return _openings(it, on)[-1] > 0


def _openings(it: Institution, on: int) -> list[float]:
    """Running total of how much is issued on each day of the window."""
    first = on - WINDOW_DAYS
    saturday = 0.9 if it.line.fields == ("05",) else 0.15
    weights = enumerate(days.weights(first, on, saturday=saturday), start=first)
    return list(accumulate(w if it.certificate_on(day - QUIET_DAYS, day) else 0.0 for day, w in weights))
