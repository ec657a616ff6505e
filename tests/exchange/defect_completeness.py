"""Classes of defects against completeness: blanks, what stands for them, columns and parts left out, gaps."""

import re
from collections import defaultdict
from random import Random

from tests.exchange.clean import Tables
from tests.exchange.defects import WHOLE, Defect, Planted
from tests.exchange.planting import picked, put


def _drop_column(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for row in tables["complaint"]:
        del row["state"]
    return [Planted("complaint", WHOLE, "state")]


def _empty_column(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for row in tables["annual_report"]:
        row["revenue"] = None
    return [Planted("annual_report", WHOLE, "revenue")]


def _items(tables: Tables) -> dict[tuple[str | None, str | None], list[int]]:
    found = defaultdict(list)
    for i, item in enumerate(tables["report_item"]):
        found[item["uscc"], item["own_number"]].append(i)
    return found


def _lose_items(tables: Tables, rng: Random, n: int) -> list[Planted]:
    """All items of a report go astray to a number that is nowhere."""
    mine, reports = _items(tables), tables["report"]
    lost = picked(reports, rng, n, lambda r: 0 < len(mine[r["uscc"], r["own_number"]]) <= 5)
    for i in lost:
        for item in mine[reports[i]["uscc"], reports[i]["own_number"]]:
            tables["report_item"][item]["own_number"] = f"无主{i}"
    return [Planted("report", i, "own_number") for i in lost]


def _stray_item(tables: Tables, rng: Random, n: int) -> list[Planted]:
    lasts = [rows[-1] for rows in _items(tables).values() if len(rows) > 1]
    strays = rng.sample(lasts, len(lasts))[:n]
    for i in strays:
        tables["report_item"][i]["own_number"] = f"无此报告{i}"
    return [Planted("report_item", i, "own_number") for i in strays]


def _skip_item(tables: Tables, rng: Random, n: int) -> list[Planted]:
    lasts = [rows[-1] for rows in _items(tables).values() if len(rows) > 1]
    skipped = rng.sample(lasts, len(lasts))[:n]
    for i in skipped:
        tables["report_item"][i]["seq"] = str(int(tables["report_item"][i]["seq"] or 0) + 1)
    return [Planted("report_item", i, "seq") for i in skipped]


def _skip_number(tables: Tables, rng: Random, n: int) -> list[Planted]:
    """A number in the middle is used elsewhere; the next one stands after the gap."""
    series = defaultdict(list)
    for i, report in enumerate(tables["report"]):
        number = str(report["own_number"])
        serial = re.findall(r"[0-9]+", number)[-1]
        series[report["uscc"], number.replace(serial, "")].append((int(serial), i))
    able = [(a, b) for rows in series.values() if len(rows) >= 40 for (_, a), (_, b) in _pairs(sorted(rows)[1:-1])]
    chosen = rng.sample(able, len(able))[:n]
    for gone, _ in chosen:
        tables["report"][gone]["own_number"] = f"作废-{gone}-甲"
    return [Planted("report", after, "own_number") for _, after in chosen]


def _pairs(rows: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(zip(rows[::2], rows[1::2], strict=False))


def _blank_by_kind(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = tables["calibration"]
    kind = next(k for k in ("核查", "校准") if sum(r["kind"] == k for r in rows) >= 20)
    mine = [i for i, row in enumerate(rows) if row["kind"] == kind]
    for i in mine:
        rows[i]["passed"] = None
    return [Planted("calibration", mine[0], "kind")]


DEFECTS = [
    Defect("required-blank", "required-blank", "必填项空着", put("report", "client_name", None)),
    Defect("required-blank-item", "required-blank", "项目没有结果", put("report_item", "result", None)),
    Defect("placeholder-stroke", "placeholder", "必填项写了斜线", put("sample", "name", "/")),
    Defect("placeholder-word", "placeholder", "必填项写了不详", put("staff", "name", "不详")),
    Defect("column-missing", "column-missing", "缺少必填列", _drop_column),
    Defect("column-empty", "column-empty", "整列为空", _empty_column),
    Defect("part-missing", "part-missing", "报告没有项目", _lose_items),
    Defect("part-orphan", "part-orphan", "项目没有报告", _stray_item),
    Defect("certificate-missing", "needed-when", "用了标志没有证书编号",
           put("report", "certificate_number", None, lambda row: row["cma_marked"] == "是")),
    Defect("sampling-missing", "needed-when", "抽样没有采样日期",
           put("report", "sampled_on", None, lambda row: row["kind"] != "委托送检")),
    Defect("blank-by-kind", "blank-by-value", "某一类行成片缺失", _blank_by_kind),
    Defect("item-skipped", "sequence-gap", "项目序号有缺", _skip_item),
    Defect("number-skipped", "sequence-gap", "报告编号有缺", _skip_number),
]  # fmt: skip
