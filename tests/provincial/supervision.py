"""Invented records of what the synthetic world leaves out: samples, supervision, statistics. All of it is fiction."""

from collections.abc import Iterator
from random import Random

from tests.provincial.days import later
from zhijian.synthetic import Record
from zhijian.synthetic.names import person

Named = tuple[str, Record]

_ACT, _RULES = "《检验检测机构监督管理办法》", "《检验检测机构资质认定管理办法》"
_FINDINGS = (
    ("基本条件", "人员培训记录不全，未见2025年度考核", _RULES, "第九条"),
    ("标志证书", "部分报告未按规定标注资质认定标志", _RULES, "第二十一条"),
    ("报告管理", "原始记录未保存仪器编号，无法复现检测过程", _ACT, "第十二条"),
    ("超范围", "对外出具的1份报告含未取得资质的参数", _RULES, "第三十六条"),
    ("不实", "样品保存温度不符合标准要求，数据结果存在错误", _ACT, "第十三条第（一）项"),
)
PER_PLAN = 4
"""Institutions that share a proficiency plan: neighbours by index."""


def sample(rng: Random, report: Record, samplers: list[str], keepers: list[str]) -> Record:
    """`samplers`, `keepers`: staff numbers of people whose names nobody else in the institution bears."""
    day = report["received_on"]
    it: Record = {
        "uscc": report["uscc"], "sample_no": report["sample_no"], "name": report["sample_name"],
        "origin": report["kind"], "client_name": report["client_name"], "quantity": report.get("sample_count", 1),
        "quantity_unit": rng.choice(("袋", "瓶", "件", "份")),
        "condition": rng.choice(("包装完好", "封条完整，无破损", "冷藏送达，4 ℃", "常温，外观正常")),
        "received_at": f"{day}T{rng.randrange(8, 17):02}:{rng.randrange(60):02}:00+08:00",
        "site_no": report["site_no"], "storage": rng.choice(("常温避光", "4 ℃冷藏", "-18 ℃冷冻")),
        "disposal": rng.choice(("退还", "留样", "耗尽", "销毁")),
    }  # fmt: skip
    if keepers:
        it["received_by"] = rng.choice(keepers)
    for target, source in (("batch", "sample_batch"), ("producer", "producer"), ("sampling_place", "sampling_place")):
        if source in report:
            it[target] = report[source]
    if "sampled_on" in report:
        it["sampled_at"] = f"{report['sampled_on']}T{rng.randrange(5, 8):02}:{rng.randrange(60):02}:00+08:00"
        it["longitude"], it["latitude"] = (
            rng.randrange(118_200_000, 122_500_000) / 1e6,
            rng.randrange(27_100_000, 31_100_000) / 1e6,
        )
        if len(samplers) >= 2:
            it["sampled_by"] = rng.sample(samplers, 2)
    if it["disposal"] == "留样":
        it["keep_until"] = later(report["issued_on"], 90)
    return it


def code_changes(rng: Random, report: Record, n: int, index: int) -> Iterator[Named]:
    """Codes in the shape of the platform's, not valid ones of any network."""
    code = f"SL33{index:06}{n:08}"
    for at, (state, hour) in enumerate((("valid", 10), ("corrected", 15))[: 1 + (rng.random() < 0.1)]):
        it: Record = {"code": code, "changed_at": f"{later(report['issued_on'], at * 9)}T{hour}:{rng.randrange(60):02}:{rng.randrange(60):02}+08:00",
                      "state": state, "by": "institution", "actor": "机构系统（模拟）"}  # fmt: skip
        if at:
            it["reason"] = "样品批号录入有误，已更正"
        yield "code_state_change", it


def certificate_changes(rng: Random, certificate: Record, index: int, on: str) -> Iterator[Named]:
    applied = later(certificate["issued_on"], rng.randrange(60, 700))
    kinds = (
        ("法定代表人", "R001", "R002"),
        ("名称", "旧称（示例）检测站", "现称（示例）检测有限公司"),
        ("标准变更", "GB 5009.12-2017", "GB 5009.12-2023"),
    )
    if applied > on:
        return
    kind, old, new = rng.choice(kinds)
    yield "certificate_change", {
        "number": certificate["number"], "change_no": f"BG{applied[:4]}-{index:05}", "kind": kind, "old": old, "new": new,
        "happened_on": later(applied, -20), "applied_on": applied, "decided_on": later(applied, 10), "outcome": "准予变更",
        "effective_on": later(applied, 11),
    }  # fmt: skip


def proficiency(rng: Random, uscc: str, index: int) -> Iterator[Named]:
    """The plan comes with its first institution; results carry `plan_no`, for they stand in a table of their own."""
    plan = f"NLYZ-2026-{index // PER_PLAN + 1:04}"
    if index % PER_PLAN == 0:
        yield "proficiency_test", {
            "plan_no": plan, "name": f"示例省{rng.choice(('大米中铅', '水中氨氮', '钢筋拉伸'))}能力验证",
            "kind": rng.choice(("能力验证", "比对", "测量审核")), "organiser": "示例省市场监督管理局（模拟）",
            "provider_name": "示例省计量测试研究院（模拟）", "field": rng.choice(("00", "12", "02")),
            "started_on": "2026-03-02", "closed_on": "2026-04-10", "published_on": "2026-05-20",
        }  # fmt: skip
    for place, (parameter, standard) in enumerate((("铅", "GB 5009.12-2023"), ("镉", "GB 5009.15-2023"))):
        z = round(rng.gauss(0, 1.2), 2)
        it: Record = {
            "plan_no": plan, "seq": index % PER_PLAN * 2 + place + 1, "uscc": uscc, "parameter": parameter, "standard": standard,
            "reported": f"{0.2 * (1 + z / 20):.3f}", "assigned": "0.200", "z_score": z,
            "judgement": "满意" if abs(z) <= 2 else "有问题" if abs(z) < 3 else "不满意",
        }  # fmt: skip
        if it["judgement"] != "满意":
            it["handled"] = "已核查原因并重新检测"
        yield "proficiency_result", it


def inspections(
    rng: Random, uscc: str, index: int, offices: list[str], staff: list[str], units: list[str]
) -> Iterator[Named]:
    """Inspections with findings, and what was put right. `offices`: names of those that inspect."""
    for n in range(1, 3):
        no, began = f"JC2026-{index:05}-{n}", later("2025-09-01", rng.randrange(240))
        found = rng.sample(_FINDINGS, rng.randrange(0, 4))
        it: Record = {
            "inspection_no": no, "uscc": uscc, "kind": rng.choice(("双随机", "专项", "举报核查")), "task": "2026年度检验检测机构监督抽查（模拟）",
            "authority": rng.choice(offices), "inspectors": [person(rng), person(rng)], "experts": [person(rng)], "site_no": "1",
            "began_on": began, "ended_on": later(began, rng.randrange(0, 3)), "reports_examined": rng.randrange(3, 30),
            "outcome": "责令改正" if found else "未发现问题", "published_on": later(began, 20),
        }  # fmt: skip
        if n == 2:
            it["joint"] = ["示例市生态环境局", "示例市农业农村局"]
        yield "inspection", it
        for seq, (nature, words, law, article) in enumerate(found, start=1):
            finding: Record = {
                "inspection_no": no, "finding_no": seq, "nature": nature, "description": words, "law": law, "article": article,
                "conduct_from": later(began, -60), "conduct_to": later(began, -10), "evidence": "现场检查笔录；原始记录复印件",
                "rectification_due_on": later(began, 30),
            }  # fmt: skip
            if staff and nature == "报告管理":
                finding["staff_nos"] = rng.sample(staff, min(2, len(staff)))
                finding["instruments"] = rng.sample(units, min(2, len(units)))
            yield "finding", finding
            yield from _rectified(rng, finding, uscc, began)


def _rectified(rng: Random, finding: Record, uscc: str, began: str) -> Iterator[Named]:
    states = rng.choice((["通过"], ["不通过", "通过"], ["已提交"]))
    for attempt, state in enumerate(states, start=1):
        handed = later(began, 14 * attempt)
        it: Record = {
            "inspection_no": finding["inspection_no"], "finding_no": finding["finding_no"], "attempt": attempt, "uscc": uscc,
            "cause": "质量意识不强，内部审核不到位", "measures": "组织培训，修订程序文件，追溯已发出的报告", "submitted_on": handed, "state": state,
        }  # fmt: skip
        if state != "已提交":
            it |= {
                "accepted_on": later(handed, 5),
                "opinion": "材料齐全，予以通过" if state == "通过" else "证据不足，重新整改",
            }
        yield "rectification", it


def penalties(rng: Random, uscc: str, index: int, offices: list[str]) -> Iterator[Named]:
    if index % 3:
        return
    decided = later("2025-10-01", rng.randrange(250))
    yield "penalty", {
        "decision_no": f"示市监罚决〔{decided[:4]}〕{index + 1}号", "uscc": uscc, "authority": rng.choice(offices),
        "kinds": ["警告", "罚款"] if index % 2 else ["罚款", "没收违法所得"], "facts": "未按标准规定保存样品，出具的检测数据存在错误（虚构）。",
        "law": f"{_ACT}第二十六条", "fine": rng.choice((3000.0, 10000.0, 30000.0)), "confiscated": 0.0 if index % 2 else 1250.5,
        "serious": False, "persons": [person(rng)], "inspection_no": f"JC2026-{index:05}-1", "decided_on": decided, "state": "有效",
        "published_on": later(decided, 7),
    }  # fmt: skip


def statistics(rng: Random, uscc: str, index: int, offices: list[str], name: str) -> Iterator[Named]:
    """Credit classes, annual reports, complaints."""
    for year in (2024, 2025):
        yield "credit", {
            "uscc": uscc, "assessed_on": f"{year + 1}-01-{rng.randrange(10, 29)}", "class": rng.choices("ABCD", (34, 56, 8, 2))[0],
            "authority": rng.choice(offices), "rules": "示例省检验检测机构信用风险分类办法（模拟）", "points": rng.randrange(600, 1000) / 10,
            "period_from": f"{year}-01-01", "period_to": f"{year}-12-31", "valid_to": f"{year + 1}-12-31",
        }  # fmt: skip
        count = rng.randrange(200, 20_000)
        yield "annual_report", {
            "uscc": uscc, "year": year, "submitted_on": f"{year + 1}-02-{rng.randrange(10, 28)}", "conditions_kept": True,
            "staff_count": rng.randrange(6, 90), "instrument_count": rng.randrange(20, 900), "area_m2": float(rng.randrange(200, 4000)),
            "report_count": count, "cma_report_count": count * 9 // 10, "revenue": rng.randrange(5_000, 500_000) / 100,
            "subcontracted_count": rng.randrange(20), "proficiency_count": rng.randrange(6),
        }  # fmt: skip
    for n in range(2):
        it: Record = {
            "receipt": f"T{index:07}{n:02}", "kind": rng.choice(("content-doubtful", "not-tested", "paper-differs", "other")),
            "institution_name": name, "words": "当天送样当天出报告，怀疑没有检测（虚构）", "photos": rng.randrange(4),
            "received_at": f"{later('2026-01-05', rng.randrange(160))}T{rng.randrange(8, 22):02}:{rng.randrange(60):02}:00+08:00",
            "state": rng.choice(("received", "passed-on", "closed")),
        }  # fmt: skip
        yield "complaint", it if n else it | {"contact": "0000-00000000"}
