"""Demonstration laboratories: somebody must have issued a report, and the notices name nobody.

One for each province whose regulator published, named so that nobody takes it for a real one. All they have is
invented and the same everywhere: five people, one instrument, one method code for each parameter.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from . import numbers
from .institution import Record
from .methods import provinces

NAME = "演示实验室（由公开通报生成，不是真实出具机构）"
NATIONAL = "10"
"""Code of the whole nation in the code list `province`: notices of SAMR itself."""
TERM = date(2020, 1, 1), date(2025, 12, 31)
"""Of the demonstration certificates. Fixed, so that importing other files later gives the same records."""
SITE, INSTRUMENT = "1", "YS-001"
SIGNATORY, REVIEWER, WRITER, TESTER = "YS01", "YS02", "YS03", "YS04"
_TEAM = (
    (SIGNATORY, "演示签字人", ("最高管理者", "授权签字人"), "副高"),
    (REVIEWER, "演示审核人", ("技术负责人", "报告审核"), "副高"),
    (WRITER, "演示编制人", ("报告编制", "样品管理"), "初级"),
    (TESTER, "演示检验员", ("检验检测人员", "采样"), "初级"),
    ("YS05", "演示质量负责人", ("质量负责人", "内审员"), "中级"),
)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A demonstration laboratory of one province (or of the nation)."""

    province: str

    @property
    def division(self) -> str:
        return provinces()["11" if self.province == NATIONAL else self.province].divisions[0].code

    @property
    def short(self) -> str:
        return "总局" if self.province == NATIONAL else short_name(self.province)

    @property
    def uscc(self) -> str:
        return numbers.uscc("91", self.division, int(self.province), mark="XT")

    @property
    def certificate(self) -> str:
        authority = "00" if self.province == NATIONAL else provinces()[self.province].authority
        return numbers.cma_number(TERM[0].year, authority, "00", "34", 9_999)


def short_name(province: str) -> str:
    """
    >>> short_name("45"), short_name("11"), short_name("15")
    ('广西', '北京', '内蒙古')
    """
    name = provinces()[province].name
    for tail in ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市"):
        if name.endswith(tail):
            return name.removesuffix(tail)
    return name


@cache
def province_of(publisher: str) -> str | None:
    """GB/T 2260, two digits, or 10 for the national regulator; the name may stand in either kind of brackets or none.

    >>> province_of("国内监督抽查(山东市场监管局)"), province_of("内蒙古自治区市场监督管理局"), province_of("某局")
    ('37', '15', None)
    >>> province_of("国内监督抽查（国家市场监管总局）")
    '10'
    """
    inside = re.findall(r"[(（]([^()（）]+)[)）]", publisher)
    for text in (*inside, publisher):
        named = [(text.find(short_name(code)), code) for code in provinces() if short_name(code) in text]
        if named:
            return min(named)[1]
        if "国家" in text or "总局" in text:
            return NATIONAL
    return None


def method_code(parameter: str) -> str:
    """A code in the style of an enterprise standard (Q/), for no real method; the same for a parameter at all times.

    >>> method_code("菌落总数") == method_code("菌落总数") != method_code("大肠菌群")
    True
    """
    return f"Q/YS {_stable(parameter, 10_000):04}-2021"


def registry(lab: Demonstration, scope: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, Record]]:
    """`scope`: (category, object, parameter) of everything that its reports hold. Parents before children."""
    first, last = (day.isoformat() for day in TERM)
    yield "institution", _institution(lab)
    address = "演示地址（不存在）"
    site = {"uscc": lab.uscc, "site_no": SITE, "name": f"{NAME}场所", "division": lab.division, "address": address}
    yield "site", {**site, "used_from": first}
    yield (
        "certificate",
        {
            "number": lab.certificate,
            "uscc": lab.uscc,
            "authority": "演示（不是真实资质认定）",
            "issued_on": first,
            "expires_on": last,
        },
    )
    for category, thing, parameter in sorted(scope):
        yield "capability", _capability(lab, category, thing, parameter)
    yield from _people(lab)
    yield from _instrument(lab)


def _institution(lab: Demonstration) -> Record:
    return {
        "uscc": lab.uscc,
        "name": f"{NAME}{lab.short}",
        "legal_form": "其他",
        "independent": True,
        "division": lab.division,
        "address": "演示地址（不存在）",
        "fields": ["00"],
        "staff_count": len(_TEAM),
    }


def _capability(lab: Demonstration, category: str, thing: str, parameter: str) -> Record:
    record = {
        "number": lab.certificate,
        "site_no": SITE,
        "sequence": f"{_stable(f'{category}/{thing}/{parameter}', 10**9):09}",
        "category": category,
        "parameter": parameter,
        "standard": method_code(parameter),
        "standard_name": f"演示方法：{parameter}（由公开通报生成，不是真实标准）",
        "note": "演示",
        "batch": "首次",
        "valid_from": TERM[0].isoformat(),
    }
    return record | ({"object": thing} if thing else {})


def _people(lab: Demonstration) -> Iterator[tuple[str, Record]]:
    first = TERM[0].isoformat()
    for number, name, roles, title in _TEAM:
        person = {"uscc": lab.uscc, "staff_no": number, "name": name, "roles": list(roles), "title_level": title}
        yield "staff", {**person, "employed_from": first}
    yield "authorisation", {"uscc": lab.uscc, "staff_no": SIGNATORY, "categories": ["*"], "from_on": first}


def _instrument(lab: Demonstration) -> Iterator[tuple[str, Record]]:
    yield (
        "instrument",
        {
            "uscc": lab.uscc,
            "management_no": INSTRUMENT,
            "site_no": SITE,
            "name": "演示仪器（不存在）",
            "ownership": "自有",
            "needs_calibration": True,
            "state": "在用",
            "used_from": TERM[0].isoformat(),
        },
    )
    for year in range(TERM[0].year, TERM[1].year + 1):
        yield (
            "calibration",
            {
                "uscc": lab.uscc,
                "management_no": INSTRUMENT,
                "kind": "校准",
                "provider": "演示校准机构（不存在）",
                "calibrated_on": f"{year}-01-01",
                "due_on": f"{year}-12-31",
                "passed": True,
            },
        )


def _stable(text: str, below: int) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) % below
