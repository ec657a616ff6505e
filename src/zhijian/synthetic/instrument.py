"""Instruments and their calibrations. Each site has one steady unit of each kind it needs, never overdue."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .days import iso
from .institution import Institution, Record, Site
from .streams import stream

_UNCALIBRATED = {
    "车辆外观检测工具",
    "真空采样箱",
    "具塞比色管",
    "OBD诊断仪",
    "恒温水浴锅",
    "真空干燥箱",
    "小零件试验器",
}
_VERIFIED = ("天平", "声级计", "试验机", "制动", "酒精计", "地磅", "滴定管", "硬度计", "分析仪", "烟度计")
"""Kinds that fall under verification (检定) rather than calibration, by a word in the name: an approximation."""
_AUXILIARY = (
    "移液器",
    "温湿度表",
    "电热恒温干燥箱",
    "冰箱",
    "纯水机",
    "离心机",
    "超声波清洗器",
    "秒表",
    "钢直尺",
    "游标卡尺",
    "量筒",
)
_MAKERS = (
    "示例仪器（杭州）有限公司",
    "示例分析仪器（苏州）有限公司",
    "模拟测控（济南）有限公司",
    "示例精密机械（宁波）有限公司",
)
_HISTORY_DAYS = 430
"""How far back calibrations reach: the window of reports and the longest test before it."""


@dataclass(frozen=True, slots=True)
class Calibration:
    kind: str
    number: str
    day: int
    due: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Instrument:
    no: str
    site_no: str
    name: str
    model: str
    serial: str
    maker: str
    ownership: str
    needs_calibration: bool
    state: str
    first: int
    last: int | None
    calibrations: tuple[Calibration, ...]
    """Newest first."""

    def usable(self, day: int) -> bool:
        """Fit for a test on that day. Units that are out of use today count as unfit on every day."""
        if self.state != "在用" or day < self.first:
            return False
        return not self.needs_calibration or self.calibrated(day)

    def calibrated(self, day: int) -> bool:
        return any(one.passed and one.day <= day <= one.due for one in self.calibrations)


def park(it: Institution, needed: dict[str, list[str]], seed: int, on: int) -> tuple[Instrument, ...]:
    """`needed`: kinds by site number. Totals grow with size, about 200 an institution on average."""
    rng = stream(seed, it.index, "instrument")
    plenty = math.exp(0.62 * it.score + rng.gauss(0, 0.3))
    made: list[Instrument] = []
    for site in it.sites:
        for kind in needed.get(site.no, []):
            for copy in range(max(1, round(1.9 * plenty * rng.uniform(0.4, 1.6)))):
                made.append(_unit(rng, it, site, kind, number=len(made) + 1, steady=copy == 0, on=on))
        auxiliary = 20 if it.line.fields == ("05",) else 170
        for _ in range(round(auxiliary * plenty / len(it.sites))):
            made.append(_unit(rng, it, site, rng.choice(_AUXILIARY), number=len(made) + 1, steady=False, on=on))
    return tuple(made)


def instrument_record(it: Institution, one: Instrument) -> Record:
    record: Record = {
        "uscc": it.uscc,
        "management_no": one.no,
        "site_no": one.site_no,
        "name": one.name,
        "model": one.model,
        "serial_no": one.serial,
        "maker": one.maker,
        "ownership": one.ownership,
        "needs_calibration": one.needs_calibration,
        "state": one.state,
        "used_from": iso(one.first),
    }
    if one.last is not None:
        record["used_to"] = iso(one.last)
    return record


def calibration_records(it: Institution, one: Instrument) -> Iterator[tuple[str, Record]]:
    for each in reversed(one.calibrations):
        yield (
            "calibration",
            {
                "uscc": it.uscc,
                "management_no": one.no,
                "kind": each.kind,
                "certificate_no": each.number,
                "provider": f"{it.province.name}示例计量测试研究院",
                "calibrated_on": iso(each.day),
                "due_on": iso(each.due),
                "passed": each.passed,
            },
        )


def _unit(rng: Random, it: Institution, site: Site, kind: str, *, number: int, steady: bool, on: int) -> Instrument:
    first = site.used_from if steady else rng.randrange(site.used_from, max(on - 20, site.used_from + 1))
    state, last, overdue = "在用", None, False
    if not steady:
        fate = rng.random()
        if fate < 0.06:
            state = rng.choices(("停用", "故障", "报废"), (60, 25, 15))[0]
            last = rng.randrange(first, on)
        overdue = fate > 0.96
    needs = kind not in _UNCALIBRATED and not (kind in _AUXILIARY and kind in ("冰箱", "纯水机", "超声波清洗器"))
    gap = rng.random() < 0.05 and not steady
    return Instrument(
        no=f"{it.letters}-YQ-{number:04}",
        site_no=site.no,
        name=kind,
        model=f"{'SLMN'[number % 4]}{len(kind)}-{rng.randrange(10, 99)}0",
        serial=f"{it.index:05}{number:04}{rng.randrange(100):02}",
        maker=rng.choice(_MAKERS),
        ownership="自有" if rng.random() < 0.965 else "租赁",
        needs_calibration=needs,
        state=state,
        first=first,
        last=last,
        calibrations=_history(rng, kind, (first, last), overdue=overdue, gap=gap, on=on) if needs else (),
    )


def _history(
    rng: Random, kind: str, span: tuple[int, int | None], *, overdue: bool, gap: bool, on: int
) -> tuple[Calibration, ...]:
    """Yearly, newest first, each before the last one ran out unless there is a gap."""
    first, last = span
    how = "检定" if any(word in kind for word in _VERIFIED) else "校准"
    cycle = 365
    end = min(on, last if last is not None else on)
    if overdue and end - first > 700:
        end -= rng.randrange(400, 560)
    day = end - rng.randrange(1, cycle - 45)
    passed = last is None or rng.random() > 0.3
    found: list[Calibration] = []
    while True:
        day = max(day, first - 5)
        found.append(Calibration(how, f"SLJL{day % 10_000:04}{rng.randrange(10**6):06}", day, day + cycle - 1, passed))
        if day <= first or day < on - _HISTORY_DAYS:
            return tuple(found)
        day -= cycle + rng.randrange(5, 30) if gap and len(found) == 1 else cycle - rng.randrange(5, 40)
        passed = True
