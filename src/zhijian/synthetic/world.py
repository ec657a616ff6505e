"""A seeded world: institutions that may issue, and the reports they issued in the ten months up to a day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from heapq import merge
from itertools import islice

from . import methods, mix
from .faults import faulty
from .institution import Institution, Record, Seat, found
from .laboratory import Laboratory
from .schedule import may_issue, reports
from .streams import stream

_FAULT_POOL = 120
"""Institutions looked at for something to break; a small world is looked at whole."""


class World:
    """The same arguments give the same records, byte for byte. Nothing lies after `on`, a day in Asia/Shanghai.

    An institution's records depend on seed, `provinces`, `on` and its own index, so a world with one more institution
    holds the others unchanged; only the split of `reports` over them shifts.

    Records are built institution by institution. `registry` and `reports_of` keep one institution in memory; `reports`
    keeps all of them, for it merges by day: at national scale (53,000) go by `reports_of`.

    >>> world = World(seed=7, institutions=3, reports=20, on=date(2026, 6, 30))
    >>> next(world.registry())[0], sum(1 for _ in world.reports())
    ('institution', 20)
    """

    def __init__(
        self,
        seed: int,
        *,
        on: date,
        provinces: tuple[str, ...] = ("33", "32", "37"),
        institutions: int = 60,
        reports: int = 20_000,
    ) -> None:
        self.seed = seed
        self.on = on
        self.provinces = provinces
        self.count = institutions
        self.report_count = reports
        start = stream(seed, "world")
        self._line_start, self._size_start = start.random(), start.random()

    def institutions(self) -> Iterator[Institution]:
        """Without tables, staff and instruments: cheap to go through."""
        known = methods.provinces()
        pool = [known[code] for code in self.provinces]
        seen: dict[str, int] = defaultdict(int)
        for index in range(self.count):
            province = stream(self.seed, index, "province").choices(pool, [one.weight for one in pool])[0]
            line, score = mix.line_of(index, self._line_start), mix.size_of(index, self._size_start)
            yield found(Seat(index, seen[province.code], province, line, score), self.seed, self.on.toordinal())
            seen[province.code] += 1

    def laboratories(self) -> Iterator[Laboratory]:
        """Institutions with all they have, one at a time."""
        return (Laboratory.build(one, self.seed, self.on.toordinal()) for one in self.institutions())

    def registry(self) -> Iterator[tuple[str, Record]]:
        """(entity, record) by institution, parents before children."""
        for lab in self.laboratories():
            yield from lab.records()

    def report_counts(self) -> list[int]:
        """How many reports each institution issues; they add up to what was asked for."""
        weights = [mix.output_weight(mix.size_of(index, self._size_start)) for index in range(self.count)]
        weights = [w if may else 0.0 for w, may in zip(weights, self._may_issue(), strict=True)]
        total, counts, given, run = sum(weights), [], 0, 0.0
        for weight in weights:
            run += weight
            upto = round(self.report_count * run / total)
            counts.append(upto - given)
            given = upto
        return counts

    def reports_of(self, lab: Laboratory, count: int) -> Iterator[Record]:
        """Honest reports of one institution by day of issue."""
        return reports(lab, count, self.on.toordinal())

    def reports(self) -> Iterator[Record]:
        """All honest reports by day of issue; `items` inside."""
        streams = [
            self.reports_of(lab, count)
            for lab, count in zip(self.laboratories(), self.report_counts(), strict=True)
            if count
        ]
        return merge(*streams, key=lambda report: report["issued_on"])

    def refusable(self, each: int = 1) -> Iterator[tuple[str, Record]]:
        """(rule, report): reports that must be refused, each for that one rule."""
        pool = list(islice(self.laboratories(), _FAULT_POOL))
        return faulty(pool, self.seed, self.on.toordinal(), each)

    def _may_issue(self) -> Iterator[bool]:
        return (may_issue(one, self.on.toordinal()) for one in self.institutions())
