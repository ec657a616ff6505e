"""Classes of defects that the checks of consistency must find."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.exchange.clean import Cell, Tables
from tests.exchange.defects import Defect, Planted
from tests.exchange.places import Row, append, damage, later, pick


def _row_twice(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = [dict(tables["staff"][i]) for i in pick(tables, rng, "staff", n)]
    return [Planted("staff", append(tables, rng, "staff", row), "staff_no") for row in rows]


def _key_twice(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = [tables["report"][i] | {"title": "另一份报告"} for i in pick(tables, rng, "report", n)]
    return [Planted("report", append(tables, rng, "report", row), "own_number") for row in rows]


def _name_nearly_twice(tables: Tables, rng: Random, n: int) -> list[Planted]:
    planted = []
    for k, i in enumerate(pick(tables, rng, "institution", n)):
        row = tables["institution"][i]
        twin = row | {
            "uscc": f"9132000000000000{k:02}",
            "name": f"{row['name']}（有限责任公司）",
            "address": f"示例省别处{k}号",
        }
        planted.append(Planted("institution", append(tables, rng, "institution", twin), "name"))
    return planted


def _certificate_nowhere(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "certificate_change", n, "number", lambda r: "990000000000")


def _signatory_nowhere(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "report", n, "signatory", lambda r: "R998")


def _instrument_nowhere(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "report_item", n, "instruments", lambda r: f"{r['instruments']}；XX-0001")


def _signed_after_leaving(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "report", n)
    for k, row in enumerate(tables["report"][i] for i in rows):
        gone = {"uscc": row["uscc"], "staff_no": f"R90{k}", "name": f"离任{k}", "roles": "报告编制",
                "employed_from": "2001-01-01", "employed_to": "2009-12-31"}  # fmt: skip
        append(tables, rng, "staff", gone)
        row["prepared_by"] = gone["staff_no"]
    return [Planted("report", i, "prepared_by") for i in rows]


def _marked(row: Row) -> bool:
    return row["cma_marked"] == "是"


def _signed_without_authority(tables: Tables, rng: Random, n: int) -> list[Planted]:
    authorised = {(a["uscc"], a["staff_no"]) for a in tables["authorisation"]}
    others = {s["uscc"]: s["staff_no"] for s in tables["staff"] if (s["uscc"], s["staff_no"]) not in authorised}
    return damage(
        tables, rng, "report", n, "signatory", lambda r: others[r["uscc"]], lambda r: _marked(r) and r["uscc"] in others
    )


def _signed_beyond_categories(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "report", n, _marked)
    for row in (tables["report"][i] for i in rows):
        for one in tables["authorisation"]:
            if (one["uscc"], one["staff_no"]) == (row["uscc"], row["signatory"]):
                one["categories"] = "没有这个类别"
    return [Planted("report", i, "signatory") for i in rows]


def _items(tables: Tables, rng: Random, n: int, when: Callable[[Row, Row], Any]) -> Iterator[tuple[int, Row, Row]]:
    """Items of marked reports, with their reports."""
    reports = {(r["uscc"], r["own_number"]): r for r in tables["report"][:300] if _marked(r)}

    def fits(item: Row) -> Any:
        report = reports.get((item["uscc"], item["own_number"]))
        return report is not None and when(item, report)

    for i in pick(tables, rng, "report_item", n, fits):
        item = tables["report_item"][i]
        yield i, item, reports[item["uscc"], item["own_number"]]


def _calibration_failed(tables: Tables, rng: Random, n: int) -> list[Planted]:
    needing = {(e["uscc"], e["management_no"]) for e in tables["instrument"] if e["needs_calibration"] == "是"}

    def used(item: Row) -> str:
        return str(item["instruments"]).split("；")[0]

    planted = []
    for i, item, _ in _items(tables, rng, n, lambda item, report: (item["uscc"], used(item)) in needing):
        for one in tables["calibration"]:
            if (one["uscc"], one["management_no"]) == (item["uscc"], used(item)):
                one["passed"] = "否"
        planted.append(Planted("report_item", i, "instruments"))
    return planted


def _certificate_of(tables: Tables, report: Row) -> Row | None:
    return next((c for c in tables["certificate"] if c["number"] == report["certificate_number"]), None)


def _certificate_expired(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "report", n, lambda r: _marked(r) and _certificate_of(tables, r))
    for row in (tables["report"][i] for i in rows):
        certificate = _certificate_of(tables, row)
        assert certificate is not None
        certificate["expires_on"] = min(str(certificate["expires_on"]), later(row["issued_on"], -1))
    return [Planted("report", i, "issued_on") for i in rows]


def _certificate_suspended(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "report", n, _marked)
    for row in (tables["report"][i] for i in rows):
        state = {
            "number": row["certificate_number"],
            "state": "暂停",
            "from_on": row["issued_on"],
            "to_on": row["issued_on"],
        }
        append(tables, rng, "certificate_state", state)
    return [Planted("report", i, "issued_on") for i in rows]


def _parameter_beyond_scope(tables: Tables, rng: Random, n: int) -> list[Planted]:
    planted = []
    for i, item, _ in _items(tables, rng, n, lambda item, report: _certificate_of(tables, report)):
        item["parameter"] = "附表外的参数"
        planted.append(Planted("report_item", i, "parameter"))
    return planted


def _standard_superseded(tables: Tables, rng: Random, n: int) -> list[Planted]:
    planted = []
    for i, item, _ in _items(tables, rng, n, lambda item, report: _certificate_of(tables, report)):
        item["standard"] = str(item["standard"])[:-4] + "1994"
        planted.append(Planted("report_item", i, "standard"))
    return planted


def _other(tables: Tables, uscc: Cell) -> Cell:
    return next(i["uscc"] for i in tables["institution"] if i["uscc"] != uscc)


def _two_employers(tables: Tables, rng: Random, n: int) -> list[Planted]:
    planted = []
    for k, i in enumerate(pick(tables, rng, "staff", n, lambda r: r.get("title_level") and not r.get("employed_to"))):
        one = tables["staff"][i]
        one["name"] = f"独名{'甲乙丙丁戊己庚辛壬癸'[k % 10]}{k}"
        again = one | {"uscc": _other(tables, one["uscc"]), "staff_no": f"R80{k}"}
        planted.append(Planted("staff", append(tables, rng, "staff", again), "name"))
    return planted


def _shared_serial(tables: Tables, rng: Random, n: int) -> list[Planted]:
    planted = []
    for k, i in enumerate(pick(tables, rng, "instrument", n, lambda r: not r.get("used_to"))):
        one = tables["instrument"][i]
        one["serial_no"], one["maker"] = f"ZW2026{k:04}", "模拟仪器厂"
        again = one | {"uscc": _other(tables, one["uscc"]), "management_no": f"ZZ-{k:04}"}
        planted.append(Planted("instrument", append(tables, rng, "instrument", again), "serial_no"))
    return planted


def _failing_item_in_conforming_report(tables: Tables, rng: Random, n: int) -> list[Planted]:
    places = {(r["uscc"], r["own_number"]): i for i, r in enumerate(tables["report"][:400]) if r["verdict"] == "合格"}
    planted = []
    for i, item, report in _items(
        tables, rng, n, lambda item, report: report["verdict"] == "合格" and item.get("verdict")
    ):
        item["verdict"] = "不合格"
        planted.append(Planted("report", places[report["uscc"], report["own_number"]], "verdict"))
        assert i >= 0
    return planted


def _failing_report_of_conforming_items(tables: Tables, rng: Random, n: int) -> list[Planted]:
    verdicts: dict[tuple[Cell, Cell], set[Cell]] = {}
    for item in tables["report_item"]:
        verdicts.setdefault((item["uscc"], item["own_number"]), set()).add(item["verdict"])
    return damage(
        tables, rng, "report", n, "verdict", lambda r: "不合格",
        lambda r: verdicts.get((r["uscc"], r["own_number"])) == {"合格"},
    )  # fmt: skip


def _another_name(tables: Tables, rng: Random, n: int) -> list[Planted]:
    names = {i["uscc"]: i["name"] for i in tables["institution"]}
    for row in tables["annual_report"]:
        row["机构名称"] = names[row["uscc"]]
    return damage(tables, rng, "annual_report", n, "机构名称", lambda r: "别家检测有限公司")


def _part_more_than_whole(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "annual_report", n, "cma_report_count", lambda r: str(int(str(r["report_count"])) + 5))


def _fine_without_its_kind(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "penalty", n, lambda r: r.get("fine"))
    for i in rows:
        tables["penalty"][i]["kinds"] = "警告"
    return [Planted("penalty", i, "fine") for i in rows]


def _division_of_another_province(tables: Tables, rng: Random, n: int) -> list[Planted]:
    provincial = {
        c["uscc"]: i for i, c in enumerate(tables["certificate"]) if str(c["number"])[2:4] not in ("00", "30")
    }
    rows = pick(tables, rng, "institution", n, lambda r: r["uscc"] in provincial)
    for i in rows:
        tables["institution"][i]["division"] = "640100"
    return [Planted("certificate", provincial[tables["institution"][i]["uscc"]], "number") for i in rows]


def _class_of_last_year(tables: Tables, rng: Random, n: int) -> list[Planted]:
    classed = {c["uscc"]: c["class"] for c in tables["credit"]}
    return damage(
        tables, rng, "institution", n, "credit_class", lambda r: "D" if classed[r["uscc"]] != "D" else "A",
        lambda r: r["uscc"] in classed,
    )  # fmt: skip


DEFECTS = [
    Defect("row-twice", "exact-duplicate", "整行重复", _row_twice),
    Defect("key-twice", "key-duplicate", "主键重复而内容不同", _key_twice),
    Defect("name-nearly-twice", "fuzzy-duplicate", "同一机构两个代码", _name_nearly_twice),
    Defect("certificate-nowhere", "orphan", "证书不存在", _certificate_nowhere),
    Defect("signatory-nowhere", "reference-pair", "签字人不在本机构", _signatory_nowhere),
    Defect("instrument-nowhere", "reference-pair", "仪器不在本机构", _instrument_nowhere),
    Defect("signed-after-leaving", "not-in-service", "离职后编制报告", _signed_after_leaving),
    Defect("signed-without-authority", "signatory-not-authorised", "签字人没有授权", _signed_without_authority),
    Defect("signed-beyond-categories", "signatory-not-authorised", "授权不包括项目类别", _signed_beyond_categories),
    Defect("calibration-failed", "calibration-overdue", "仪器没有有效检定校准", _calibration_failed),
    Defect("certificate-expired", "certificate-not-in-force", "签发时证书已过期", _certificate_expired),
    Defect("certificate-suspended", "certificate-not-in-force", "签发时证书被暂停", _certificate_suspended),
    Defect("parameter-beyond-scope", "out-of-scope", "参数不在能力附表内", _parameter_beyond_scope),
    Defect("standard-superseded", "out-of-scope", "标准年号已被代替", _standard_superseded),
    Defect("two-employers", "two-employers", "一人两家机构", _two_employers),
    Defect("shared-serial", "shared-serial", "一台仪器两家登记", _shared_serial),
    Defect(
        "failing-item-in-conforming-report", "verdict-items", "项目不合格而报告合格", _failing_item_in_conforming_report
    ),
    Defect(
        "failing-report-of-conforming-items",
        "verdict-items",
        "项目全合格而报告不合格",
        _failing_report_of_conforming_items,
    ),
    Defect("another-name", "name-mismatch", "机构名称不一致", _another_name),
    Defect("part-more-than-whole", "field-agreement", "使用标志的报告多于全部", _part_more_than_whole),
    Defect("fine-without-its-kind", "field-agreement", "有罚款金额而种类没有罚款", _fine_without_its_kind),
    Defect("division-of-another-province", "division-mismatch", "发证机关与省份不符", _division_of_another_province),
    Defect("class-of-last-year", "code-by-date", "信用类别不是最近一次的", _class_of_last_year),
]
