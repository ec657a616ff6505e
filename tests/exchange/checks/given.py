"""Records as checks need them, sound unless a test says otherwise; reports and items of one institution and certificate."""

from collections.abc import Mapping

U, V = "91330000MA00000001", "91330000MA00000002"
NUMBER = "231100000001"
Row = Mapping[str, object]


def institution(**other: object) -> Row:
    return {"uscc": U, "name": "示例检测有限公司", "legal_form": "企业", "independent": "是", "division": "330100",
            "address": "示例省示例市示例路一号", "established_on": "2010-05-01"} | other  # fmt: skip


def certificate(**other: object) -> Row:
    return {
        "number": NUMBER,
        "uscc": U,
        "authority": "示例局",
        "issued_on": "2023-02-01",
        "expires_on": "2029-01-31",
    } | other


def capability(**other: object) -> Row:
    return {"number": NUMBER, "site_no": "S1", "sequence": "1.1", "category": "水", "parameter": "化学需氧量（COD）",
            "standard": "HJ 828-2017", "valid_from": "2023-02-01"} | other  # fmt: skip


def report(own_number: str = "R1", **other: object) -> Row:
    return {"uscc": U, "own_number": own_number, "cma_marked": "是", "certificate_number": NUMBER, "site_no": "S1",
            "sample_no": "Y1", "received_on": "2026-09-01", "tested_from": "2026-09-02", "tested_to": "2026-09-04",
            "signatory": "P1", "issued_on": "2026-09-05", "verdict": "合格", "form": "检测"} | other  # fmt: skip


def item(own_number: str = "R1", **other: object) -> Row:
    return {"uscc": U, "own_number": own_number, "seq": 1, "parameter": "化学需氧量(cod)", "standard": "HJ828-2017",
            "result": "12.5", "unit": "mg/L", "limit": "≤50", "verdict": "合格", "instruments": "E1；E2",
            "tested_on": "2026-09-03", "tester": "P2"} | other  # fmt: skip


def staff(staff_no: str = "P1", **other: object) -> Row:
    return {"uscc": U, "staff_no": staff_no, "name": "示例甲", "title_level": "中级", "education": "本科",
            "employed_from": "2020-01-01", "employed_to": None} | other  # fmt: skip


def instrument(management_no: str = "E1", **other: object) -> Row:
    return {"uscc": U, "management_no": management_no, "site_no": "S1", "name": "分光光度计", "serial_no": "SN20260001",
            "maker": "示例仪器厂", "needs_calibration": "是", "state": "在用", "used_from": "2020-01-01",
            "used_to": None} | other  # fmt: skip


def calibration(management_no: str = "E1", **other: object) -> Row:
    return {"uscc": U, "management_no": management_no, "kind": "校准", "calibrated_on": "2026-01-10", "due_on": "2027-01-09",
            "passed": "是"} | other  # fmt: skip


def authorisation(**other: object) -> Row:
    return {"uscc": U, "staff_no": "P1", "categories": "水；气", "from_on": "2024-01-01", "to_on": None} | other


def months(*counts: int, first: int = 1, **other: object) -> list[Row]:
    """Reports, so many in each month of 2026 from `first` on."""
    return [
        report(f"R{month}-{n}", issued_on=f"2026-{month:02}-{n % 28 + 1:02}", **other)
        for month, count in enumerate(counts, first)
        for n in range(count)
    ]
