"""One institution's records as the specification knows them: the truth before it is written into the platform."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from tests.provincial import supervision
from zhijian.synthetic import Record, World
from zhijian.synthetic.methods import provinces

ON = date(2026, 6, 30)
PROVINCE = "33"
"""Real division codes of one province stand in for 示例省's: the code list knows no invented ones."""
INSTITUTIONS, REPORTS = 4, 320
"""For each unit of scale."""
MOST = 4_500
"""Institutions at most: certificate numbers have four digits for the serial, two to an institution, within a province."""

INVENTED_HERE = {"certificate_change", "credit", "annual_report", "penalty"}
"""Of these the platform has records of its own, which agree with its inspections and with each other."""


@dataclass
class Holding:
    """What one institution has. `records`: entity → records; `items` lie inside reports."""

    index: int
    uscc: str
    name: str
    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    def names(self) -> dict[str, str]:
        """Staff number → name."""
        return {one["staff_no"]: one["name"] for one in self.records["staff"]}


def offices() -> list[tuple[str, str, int]]:
    """(name, division code, level) of the market regulators, the province's first, then cities, then districts."""
    home = provinces()[PROVINCE]
    found = {f"{home.name}市场监督管理局（模拟）": (f"{PROVINCE}0000", 1)}
    for one in home.divisions:
        found.setdefault(f"{one.city}示例市场监督管理局", (f"{one.code[:4]}00", 2))
    for one in home.divisions:
        found.setdefault(f"{one.city}{one.district}示例市场监督管理局", (one.code, 3))
    return [(name, code, level) for name, (code, level) in found.items()]


def holdings(seed: int, scale: int) -> Iterator[Holding]:
    """In the world's order; the same arguments give the same records."""
    count = min(INSTITUTIONS * scale, MOST)
    world = World(seed, on=ON, provinces=(PROVINCE,), institutions=count, reports=REPORTS * scale)
    names = [name for name, _, _ in offices()]
    for index, (lab, reports) in enumerate(zip(world.laboratories(), world.report_counts(), strict=True)):
        holding = Holding(index, lab.institution.uscc, lab.institution.name)
        for entity, record in lab.records():
            if entity not in INVENTED_HERE:
                holding.records[entity].append(record)
        holding.records["report"] = list(world.reports_of(lab, reports)) if reports else []
        _add_levels(holding)
        for entity, record in _invented(holding, Random(f"{seed}/{index}/platform"), names):
            holding.records[entity].append(record)
        yield holding


def _add_levels(holding: Holding) -> None:
    for row in holding.records["capability"]:
        numbers = row["sequence"].split(".")
        for level, what in enumerate(("category", "object", "parameter"), start=1):
            record = {"number": row["number"], "site_no": row["site_no"], "sequence": row["sequence"], "level": level}
            record |= {"level_no": ".".join(numbers[:level]), "name": row[what]}
            holding.records["capability_level"].append(record)


def _invented(holding: Holding, rng: Random, names: list[str]) -> Iterator[supervision.Named]:
    index, uscc = holding.index, holding.uscc
    known = holding.records
    alone = Counter(holding.names().values())
    by_role: dict[str, list[str]] = defaultdict(list)
    for one in known["staff"]:
        if alone[one["name"]] == 1:
            for role in one["roles"]:
                by_role[role].append(one["staff_no"])
    for n, report in enumerate(known["report"]):
        yield "sample", supervision.sample(rng, report, by_role["采样"], by_role["样品管理"])
        if rng.random() < 0.3:
            yield from supervision.code_changes(rng, report, n, index)
    for certificate in known["certificate"]:
        yield from supervision.certificate_changes(rng, certificate, index, ON.isoformat())
    yield from supervision.proficiency(rng, uscc, index)
    testers = by_role["检验检测人员"]
    units = [one["management_no"] for one in known["instrument"][:20]]
    yield from supervision.inspections(rng, uscc, index, names, testers, units)
    yield from supervision.penalties(rng, uscc, index, names)
    yield from supervision.statistics(rng, uscc, index, names, holding.name)
