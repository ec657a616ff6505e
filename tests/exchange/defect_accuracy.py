"""Classes of defects that the checks of accuracy must find."""

from collections import Counter
from random import Random

from tests.exchange.clean import Tables
from tests.exchange.defects import Defect, Planted
from tests.exchange.places import Row, append, damage, later, number, pick


def _issued_before_tested(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "report", n, "issued_on", lambda r: later(r["tested_to"], -5))


def _item_outside_report(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "report_item", n, "tested_on", lambda r: later(r["tested_on"], -60))


def _due_before_calibrated(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "calibration", n, "due_on", lambda r: later(r["calibrated_on"], -3))


def _left_before_hired(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "staff", n)
    for i in rows:
        tables["staff"][i]["employed_to"] = later(tables["staff"][i]["employed_from"], -30)
    return [Planted("staff", i, "employed_to") for i in rows]


def _received_next_year(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "sample", n, "received_at", lambda r: "2027" + str(r["received_at"])[4:])


def _in_use_since_1900(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "instrument", n, "used_from", lambda r: "1900-01-01")


def _coordinates_swapped(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = pick(tables, rng, "sample", n, lambda r: r.get("longitude"))
    for row in (tables["sample"][i] for i in rows):
        row["longitude"], row["latitude"] = row["latitude"], row["longitude"]
    return [Planted("sample", i, c) for i in rows for c in ("longitude", "latitude")]


def _no_pages(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "report", n, "file_pages", lambda r: "0")


def _number_of_another_year(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "certificate", n, "number", lambda r: "30" + str(r["number"])[2:])


def _term_of_nine_years(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(tables, rng, "certificate", n, "expires_on", lambda r: later(r["expires_on"], 3 * 365))


def _beyond_limit_and_conforming(tables: Tables, rng: Random, n: int) -> list[Planted]:
    return damage(
        tables, rng, "report_item", n, "result", lambda r: str(float(str(r["limit"])[1:]) * 2 + 1),
        lambda r: str(r["limit"]).startswith("≤") and r["verdict"] == "合格" and number(r, "result") is not None,
    )  # fmt: skip


def _unit_mistaken(tables: Tables, rng: Random, n: int) -> list[Planted]:
    kinds = Counter((r["parameter"], r["unit"]) for r in tables["report_item"] if number(r, "result"))
    common = {kind for kind, count in kinds.items() if count >= 25}

    def thousandfold(row: Row) -> str:
        return f"{(number(row, 'result') or 0) * 1000:.0f}"

    return damage(
        tables, rng, "report_item", n, "result", thousandfold,
        lambda r: (r["parameter"], r["unit"]) in common and (number(r, "result") or 0) >= 0.01,
    )  # fmt: skip


def _dates_always_equal(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for row in tables["sample"]:
        row["keep_until"] = str(row["received_at"])[:10]
    return [Planted("sample", 0, "received_at")]


def _shops_as_producers(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for i, row in enumerate(tables["sample"]):
        row["producer"] = f"示例{i}号超市" if i % 3 == 1 else f"示例{i}号食品厂"
    return [Planted("sample", 1, "producer")]


def _filled_down(tables: Tables, rng: Random, n: int) -> list[Planted]:
    planted = []
    for i in pick(tables, rng, "report_item", n, lambda r: number(r, "result")):
        like = tables["report_item"][i]
        added = [append(tables, rng, "report_item", like | {"seq": str(100 + k), "result": "77.71"}) for k in range(22)]
        planted.append(Planted("report_item", added[0], "result"))
    return planted


DEFECTS = [
    Defect("issued-before-tested", "date-order", "签发早于检测结束", _issued_before_tested),
    Defect("item-outside-report", "date-order", "项目检测日期在报告起止之外", _item_outside_report),
    Defect("due-before-calibrated", "date-order", "检定校准到期早于检定", _due_before_calibrated),
    Defect("left-before-hired", "date-order", "离职早于入职", _left_before_hired),
    Defect("received-next-year", "future-date", "接样在将来", _received_next_year),
    Defect("in-use-since-1900", "ancient-date", "启用日期为 1900-01-01", _in_use_since_1900),
    Defect("coordinates-swapped", "number-range", "经纬度颠倒", _coordinates_swapped),
    Defect("no-pages", "number-range", "页数为零", _no_pages),
    Defect("number-of-another-year", "certificate-year", "证书编号年份晚于发证", _number_of_another_year),
    Defect("term-of-nine-years", "certificate-term", "证书有效期九年", _term_of_nine_years),
    Defect("beyond-limit-and-conforming", "result-against-verdict", "超限值而判合格", _beyond_limit_and_conforming),
    Defect("unit-mistaken", "magnitude", "单位差一千倍", _unit_mistaken),
    Defect("dates-always-equal", "constant-relation", "两个日期恒等", _dates_always_equal),
    Defect("shops-as-producers", "place-as-party", "生产单位栏里是超市", _shops_as_producers),
    Defect("filled-down", "same-value-run", "结果向下填充", _filled_down),
]
