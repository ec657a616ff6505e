"""Records of supervision that fit the synthetic field: inspections with what they led to, complaints."""

from collections.abc import Iterator
from random import Random
from typing import Any

from zhijian.codes.code import compose

Record = dict[str, Any]
_OUTCOMES = ("未发现问题", "责令改正", "立案", "责令改正")


def supervised(rng: Random, labs: list[Record], records: dict[str, list[Record]]) -> dict[str, list[Record]]:
    sites = {one["uscc"]: one["site_no"] for one in records["site"]}
    units = {one["uscc"]: one["management_no"] for one in records["instrument"]}
    inspections = [_inspection(rng, n, lab, sites[lab["uscc"]]) for n, lab in enumerate(labs)]
    findings = [f | {"instruments": units[i["uscc"]]} for i in inspections for f in _findings(i)]
    by_no = {i["inspection_no"]: i for i in inspections}
    return {
        "inspection": inspections,
        "finding": findings,
        "rectification": [
            _rectification(f, by_no[f["inspection_no"]]["uscc"]) for f in findings if f.get("rectification_due_on")
        ],
        "penalty": [_penalty(n, i) for n, i in enumerate(i for i in inspections if i["outcome"] == "立案")],
        "complaint": list(_complaints(labs)),
    }


def _inspection(rng: Random, n: int, lab: Record, site_no: str) -> Record:
    outcome = _OUTCOMES[n % len(_OUTCOMES)]
    return {
        "inspection_no": f"JC-2026-{n + 1:04}", "uscc": lab["uscc"], "kind": "专项" if n % 3 else "双随机",
        "task": "2026 年度检验检测机构监督抽查（模拟）", "authority": f"{lab['address'][:3]}示例市场监督管理局",
        "joint": ["示例生态环境局", "示例交通运输局"] if n % 2 else None, "inspectors": ["张示例", "李示例"],
        "experts": ["王示例"], "site_no": site_no, "began_on": f"2026-05-{n % 20 + 4:02}",
        "ended_on": f"2026-05-{n % 20 + 5:02}", "reports_examined": rng.randrange(5, 30), "outcome": outcome,
        "published_on": f"2026-06-{n % 20 + 4:02}",
    }  # fmt: skip


def _findings(inspection: Record) -> Iterator[Record]:
    count = 0 if inspection["outcome"] == "未发现问题" else 2
    for n in range(1, count + 1):
        yield {
            "inspection_no": inspection["inspection_no"], "finding_no": n, "nature": "报告管理" if n == 1 else "基本条件",
            "description": f"抽查报告原始记录信息不全（示例{n}）。\n共涉及一份报告。", "law": "《检验检测机构监督管理办法》",
            "article": "第十三条", "conduct_from": "2026-02-01", "conduct_to": "2026-03-31",
            "report_codes": [compose("33", 2026, "08K7", 700 + n)], "staff_nos": ["R001"], "evidence": "现场照片两张",
            "rectification_due_on": "2026-07-10",
        }  # fmt: skip


def _rectification(finding: Record, uscc: str) -> Record:
    return {
        "inspection_no": finding["inspection_no"], "finding_no": finding["finding_no"], "attempt": 1, "uscc": uscc,
        "cause": "对记录要求理解不到位", "measures": "已补充记录并组织培训。\n核查其余报告，未发现同类问题。",
        "submitted_on": "2026-07-01", "state": "通过", "accepted_on": "2026-07-15", "opinion": "整改符合要求",
    }  # fmt: skip


def _penalty(n: int, inspection: Record) -> Record:
    changed = n % 2 == 1
    return {
        "decision_no": f"示市监处罚〔2026〕{n + 11}号", "uscc": inspection["uscc"], "authority": inspection["authority"],
        "kinds": ["警告", "罚款"], "facts": "未按规定保存原始记录（模拟）。", "law": "《检验检测机构监督管理办法》第二十六条",
        "conduct_from": "2026-02-01", "conduct_to": "2026-03-31", "fine": "10000.00", "confiscated": "0.00",
        "serious": False, "persons": ["赵示例"], "report_codes": [compose("33", 2026, "08K7", 701)],
        "inspection_no": inspection["inspection_no"], "decided_on": "2026-08-03", "state": "变更" if changed else "有效",
        "changed_on": "2026-09-30" if changed else None, "published_on": "2026-08-10", "published_to": "2027-08-09",
        "judgment_no": "（2026）示0101行初8号" if changed else None,
    }  # fmt: skip


def _complaints(labs: list[Record]) -> Iterator[Record]:
    for n, lab in enumerate(labs[:6]):
        yield {
            "receipt": f"R26{n:07}", "kind": "content-doubtful" if n % 2 else "paper-differs",
            "code": compose("33", 2026, "08K7", 800 + n), "institution_name": lab["name"],
            "words": "报告上的样品名称与实物不符。\n请核实。", "contact": f"user{n}@example.com", "origin": "answer", "photos": n % 3,
            "received_at": f"2026-06-{n + 10:02} 11:{n:02}:00", "state": ("received", "passed-on", "closed")[n % 3],
        }  # fmt: skip
