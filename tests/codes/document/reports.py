"""A record in the form of the specification, and the laboratory that issues it."""

from typing import Any

from tests.codes.document.sealing_keys import LAB

from zhijian.codes.document.report import Laboratory

LABORATORY = Laboratory(
    LAB.name, "浙江省杭州市西湖区示例路 18 号 3 幢", "0571-00000000", "161705070076",
    {"R001": "王小明", "R002": "李静", "R003": "赵建国"},
    {"HZ-YQ-0007": ("电感耦合等离子体质谱仪", "ICP-MS 7800", "2027-03-14"), "HZ-YQ-0012": ("离子色谱仪", "ICS-1100", "2027-01-20")},
    {"GB 5009.12-2023": "食品安全国家标准 食品中铅的测定", "GB 5009.15-2023": "食品安全国家标准 食品中镉的测定"},
)  # fmt: skip
_NAMES = (
    "铅（以 Pb 计）",
    "镉（以 Cd 计）",
    "总砷（以 As 计）",
    "总汞（以 Hg 计）",
    "铬（以 Cr 计）",
    "苯甲酸及其钠盐",
    "山梨酸及其钾盐",
)
_CODES = ("GB 5009.12-2023", "GB 5009.15-2023", "GB 5009.11-2024")


def record(items: int = 36, **changes: Any) -> dict[str, Any]:
    made = {
        "own_number": "HZSL-2026-SP-00123", "uscc": LAB.number, "cma_marked": True, "certificate_number": "161705070076", "site_no": "1",
        "title": "大米中污染物限量的检验", "form": "检验", "kind": "监督抽检", "client_name": "杭州市示例区市场监督管理局",
        "client_address": "杭州市示例区政务路 1 号", "sample_name": "东北大米（粳米）", "sample_no": "SP20260123", "sample_count": 2,
        "sample_batch": "20260105", "producer": "哈尔滨示例米业有限公司", "sampling_place": "示例超市西湖店", "sampled_on": "2026-01-20",
        "received_on": "2026-01-21", "tested_from": "2026-01-22", "tested_to": "2026-01-26", "prepared_by": "R001", "reviewed_by": "R002",
        "signatory": "R003", "issued_on": "2026-01-27", "verdict": "合格",
        "conclusion": "经抽样检验，所检项目符合 GB 2762-2022《食品安全国家标准 食品中污染物限量》的要求。",
        "subcontracted": None, "items": [
            {"seq": n + 1, "parameter": _NAMES[n % 7], "standard": _CODES[n % 3], "result": f"{0.012 + n / 1000:.3f}", "unit": "mg/kg",
             "limit": "≤0.2", "verdict": "合格", "instruments": ["HZ-YQ-0007", "HZ-YQ-0012"][: 1 + n % 2], "tested_on": "2026-01-23"}
            for n in range(items)
        ],
    }  # fmt: skip
    return made | changes
