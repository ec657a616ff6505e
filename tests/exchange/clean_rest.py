"""Records that the synthetic field does not hold, made to fit it: samples, proficiency, code states."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.exchange.clean_supervision import supervised

from zhijian.codes.code import compose

Record = dict[str, Any]
Records = dict[str, list[Record]]


@dataclass(frozen=True)
class Known:
    """The records so far, and how to look things up in them."""

    records: Records
    staff: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, records: Records) -> "Known":
        known = cls(records)
        for one in records["staff"]:
            known.staff[one["uscc"]].append(one)
        return known

    def people(self, uscc: str, role: str, day: str) -> list[str]:
        """Staff numbers of those employed on the day, of that role before others."""
        here = [p for p in self.staff[uscc] if p["employed_from"] <= day <= p.get("employed_to", "9999")]
        return [p["staff_no"] for p in sorted(here, key=lambda p: role not in p["roles"])]

    def held_before(self, day: str) -> list[Record]:
        """Institutions that held a certificate by that day."""
        early = {c["uscc"] for c in self.records["certificate"] if c["issued_on"] < day}
        return [i for i in self.records["institution"] if i["uscc"] in early and i["established_on"] < day]


def the_rest(seed: int, on: date, records: Records) -> Records:
    rng = Random(f"{seed} rest")
    known = Known.of(records)
    return {
        "sample": [_sample(rng, known, on, report) for report in records["report"]],
        "capability_level": [level for row in records["capability"] for level in _levels(row)],
        "proficiency_test": (tests := list(_tests())),
        "proficiency_result": [result for test in tests for result in _results(rng, known, test)],
        "code_state_change": [state for n, report in enumerate(records["report"][:60]) for state in _states(n, report)],
        **supervised(rng, known.held_before("2026-01-01"), records),
    }


def _at(day: str, hour: int, minute: int) -> str:
    return f"{day} {hour:02}:{minute:02}:00"


def _later(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _sample(rng: Random, known: Known, on: date, report: Record) -> Record:
    uscc, received = report["uscc"], report["received_on"]
    keep = _later(report["issued_on"], rng.randrange(30, 120))
    gone = keep < on.isoformat()
    record = {
        "uscc": uscc, "sample_no": report["sample_no"], "name": report["sample_name"], "origin": report["kind"],
        "specification": "常规规格", "batch": report.get("sample_batch"), "producer": report.get("producer"),
        "client_name": report["client_name"], "quantity": report["sample_count"], "quantity_unit": "件",
        "condition": "完好，符合检测要求", "received_at": _at(received, rng.randrange(14, 18), rng.randrange(60)),
        "received_by": known.people(uscc, "样品管理", received)[0], "site_no": report["site_no"],
        "storage": rng.choice(("常温", "4 ℃ 避光", "干燥阴凉处")), "keep_until": keep,
        "disposal": rng.choice(("销毁", "退还")) if gone else None, "disposed_on": _later(keep, 1) if gone else None,
    }  # fmt: skip
    return record | (_taken(rng, known, report) if report.get("sampled_on") else {})


def _taken(rng: Random, known: Known, report: Record) -> Record:
    day = report["sampled_on"]
    return {
        "seal_no": f"FY{rng.randrange(10**7):07}",
        "sampling_standard": "HJ 91.1-2019",
        "sampled_at": _at(day, rng.randrange(8, 12), rng.randrange(60)),
        "sampled_by": known.people(report["uscc"], "采样", day)[:2],
        "sampling_place": report["sampling_place"],
        "longitude": f"{rng.uniform(117, 121):.6f}",
        "latitude": f"{rng.uniform(29, 36):.6f}",
    }


def _levels(row: Record) -> Iterator[Record]:
    names = [row["category"], row.get("object"), row["parameter"]]
    numbers = row["sequence"].split(".")
    for level, name in enumerate((name for name in names if name), 1):
        key = {"number": row["number"], "site_no": row["site_no"], "sequence": row["sequence"]}
        yield key | {"level": level, "level_no": ".".join(numbers[:level]), "name": name}


def _tests() -> Iterator[Record]:
    for n, name in enumerate(("水中金属元素", "混凝土强度", "环境空气颗粒物", "金属材料拉伸")):
        yield {
            "plan_no": f"CNCA-26-{n + 1:02}", "name": f"{name}能力验证（模拟）", "kind": "能力验证",
            "organiser": "示例市场监督管理局", "provider_name": "示例计量测试研究院", "field": f"{(13, 1, 12, 8)[n]:02}",
            "started_on": "2026-03-02", "closed_on": "2026-04-15", "published_on": "2026-06-20",
        }  # fmt: skip


def _results(rng: Random, known: Known, test: Record) -> Iterator[Record]:
    labs = known.held_before("2026-01-01")
    for seq, lab in enumerate(rng.sample(labs, min(6, len(labs))), 1):
        numbers = {c["number"] for c in known.records["certificate"] if c["uscc"] == lab["uscc"]}
        able = next(c for c in known.records["capability"] if c["number"] in numbers and not c.get("valid_to"))
        z = round(rng.gauss(0, 1.2), 2)
        yield {
            "plan_no": test["plan_no"], "seq": seq, "uscc": lab["uscc"], "parameter": able["parameter"],
            "standard": able["standard"], "reported": f"{10 + z * 0.2:.2f}", "assigned": "10.00", "z_score": z,
            "judgement": "满意" if abs(z) <= 2 else "有问题" if abs(z) < 3 else "不满意",
            "handled": None if abs(z) <= 2 else "已查找原因并纠正",
        }  # fmt: skip


def _states(n: int, report: Record) -> Iterator[Record]:
    province, year = report["uscc"][2:4], int(report["issued_on"][:4])
    code, name = compose(province, year, "08K7", 1_000 + n), "示例检测有限公司"
    yield {"code": code, "changed_at": _at(_later(report["issued_on"], 1), 9, n % 60), "state": "valid",
           "by": "institution", "actor": name}  # fmt: skip
    if n % 10 == 9:
        yield {"code": code, "changed_at": _at(_later(report["issued_on"], 3), 10, n % 60), "state": "corrected",
               "by": "institution", "actor": name, "reason": "委托单位名称有误",
               "successor": compose(province, year, "08K7", 9_000 + n)}  # fmt: skip
