"""What the regulator holds of an institution besides its certificate: changes, credit class, penalties; and its annual report.

Shares are assumptions: a change to one certificate in three, a penalty to one institution in twelve, one annual report in
twenty missing. What would lie after the day of the world is not there yet.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from .days import iso
from .institution import Institution, Record
from .staff import Person
from .streams import stream

_POINTS = {"A": 95, "B": 85, "C": 70, "D": 50}
_FACTS = (
    ("未按规定保存原始记录（模拟）。", "第十四条", ["警告", "罚款"], 10_000),
    ("仪器设备未按期检定校准即用于检测（模拟）。", "第十四条", ["罚款"], 20_000),
    ("非授权签字人签发报告（模拟）。", "第十二条", ["警告", "罚款"], 15_000),
)


def records(
    it: Institution, institution: Record, people: tuple[Person, ...], instruments: int, seed: int, on: int
) -> Iterator[tuple[str, Record]]:
    """`institution`: its own record. Nothing after `on`."""
    rng = stream(seed, it.index, "supervision")
    day = date.fromordinal(on)
    found = [
        *(("certificate_change", one) for one in _changes(rng, it, people)),
        ("credit", _credit(rng, it, institution, day.year)),
        *(("annual_report", one) for one in _annual(rng, it, institution, people, instruments, day.year - 1)),
        *(("penalty", one) for one in _penalties(rng, it, day)),
    ]
    first = iso(it.established)
    last = iso(on)
    return ((entity, one) for entity, one in found if first < min(_days(one)) and max(_days(one)) <= last)


def _days(record: Record) -> list[str]:
    known = ("applied_on", "effective_on", "assessed_on", "submitted_on", "decided_on", "published_on")
    return [record[name] for name in known if name in record]


def _changes(rng: Random, it: Institution, people: tuple[Person, ...]) -> Iterator[Record]:
    for one in it.certificates:
        if rng.random() < 1 / 3:
            applied = one.issued + rng.randrange(60, 900)
            kind = rng.choice(("技术负责人", "授权签字人", "地址"))
            old, new = ("变更前示例地址", it.sites[0].address) if kind == "地址" else ("R001", people[1].no)
            yield {
                "number": one.number, "change_no": f"BG{iso(applied)[:4]}{it.index:05}", "kind": kind, "old": old, "new": new,
                "happened_on": iso(applied - 10), "applied_on": iso(applied), "decided_on": iso(applied + 12),
                "outcome": "准予变更", "effective_on": iso(applied + 12),
            }  # fmt: skip


def _credit(rng: Random, it: Institution, institution: Record, year: int) -> Record:
    grade = institution["credit_class"]
    return {
        "uscc": it.uscc, "assessed_on": f"{year}-03-20", "class": grade, "authority": f"{it.province.name}市场监督管理局（模拟）",
        "rules": "信用风险分类管理规范（试行）", "points": round(_POINTS[grade] + rng.uniform(0, 4.9), 2),
        "period_from": f"{year - 1}-01-01", "period_to": f"{year - 1}-12-31", "valid_to": f"{year + 1}-03-19",
        "reason": "按规则计分（模拟）",
    }  # fmt: skip


def _annual(
    rng: Random, it: Institution, institution: Record, people: tuple[Person, ...], instruments: int, year: int
) -> Iterator[Record]:
    last = date(year, 12, 31).toordinal()
    issued = rng.randrange(200, 900) * max(1, len(people) // 8)
    if rng.random() < 0.05 or it.certificates[0].issued > last:
        return  # not handed in, or nothing to report on
    yield {
        "uscc": it.uscc, "year": year, "submitted_on": iso(last + rng.randrange(15, 86)), "conditions_kept": True,
        "staff_count": sum(one.employed(last, last) for one in people), "instrument_count": instruments,
        "area_m2": institution["area_m2"], "report_count": issued, "cma_report_count": issued - rng.randrange(issued // 10 + 1),
        "revenue": round(issued * rng.uniform(0.08, 0.12), 2), "subcontracted_count": rng.randrange(5),
        "proficiency_count": rng.randrange(4),
    }  # fmt: skip


def _penalties(rng: Random, it: Institution, day: date) -> Iterator[Record]:
    if rng.random() < 1 / 12:
        facts, article, kinds, fine = rng.choice(_FACTS)
        decided = day - timedelta(days=rng.randrange(40, 700))
        yield {
            "decision_no": f"示市监处罚〔{decided.year}〕{it.uscc[8:17]}号", "uscc": it.uscc,
            "authority": f"{it.sites[0].division.city}市场监督管理局（模拟）", "kinds": kinds, "facts": facts,
            "law": f"《检验检测机构监督管理办法》{article}", "conduct_from": iso(decided.toordinal() - 120),
            "conduct_to": iso(decided.toordinal() - 60), "fine": fine * rng.randrange(1, 3), "confiscated": 0, "serious": False,
            "decided_on": decided.isoformat(), "state": "有效", "published_on": iso(decided.toordinal() + 7),
            "published_to": iso(decided.toordinal() + 372),
        }  # fmt: skip
