"""Classes of defects that the checks of timeliness must find."""

from random import Random

from tests.exchange.clean import Tables
from tests.exchange.defects import Defect, Planted
from tests.exchange.places import damage, later


def _came_late(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for row in tables["report"]:
        row["上报时间"] = f"{later(row['issued_on'], rng.randrange(7))} 08:30:00"
    return damage(tables, rng, "report", n, "上报时间", lambda r: f"{later(r['issued_on'], 40)} 08:30:00")


def _stopped(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = [row for row in tables["sample"] if str(row["received_at"]) < "2026-08-20"]
    tables["sample"][:] = rows
    return [Planted("sample", max(range(len(rows)), key=lambda i: str(rows[i]["received_at"])), "received_at")]


def _month_missing(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = tables["report"]
    rows[:] = [row for row in rows if not str(row["issued_on"]).startswith("2026-05")]
    return [
        Planted("report", next(i for i, r in enumerate(rows) if str(r["issued_on"]).startswith("2026-06")), "issued_on")
    ]


def _column_emptied(tables: Tables, rng: Random, n: int) -> list[Planted]:
    for row in tables["report"]:
        if str(row["issued_on"]) >= "2026-06":
            row["client_address"] = None
    of_june = (i for i, r in enumerate(tables["report"]) if str(r["issued_on"]).startswith("2026-06"))
    return [Planted("report", next(of_june), "client_address")]


def _month_sent_often(tables: Tables, rng: Random, n: int) -> list[Planted]:
    rows = tables["report"]
    first = next(i for i, r in enumerate(rows) if str(r["issued_on"]).startswith("2026-07"))
    july = [row for row in rows if str(row["issued_on"]).startswith("2026-07")]
    for k in range(6):
        rows += [row | {"own_number": f"{row['own_number']}-{k}"} for row in july]
    return [Planted("report", first, "issued_on")]


DEFECTS = [
    Defect("came-late", "late-arrival", "迟报", _came_late),
    Defect("stopped", "stale-table", "数据不再更新", _stopped),
    Defect("month-missing", "month-gap", "缺一个月", _month_missing),
    Defect("column-emptied", "fill-rate-change", "一栏从某月起不填", _column_emptied),
    Defect("month-sent-often", "volume-jump", "一个月的记录数突增", _month_sent_often),
]
"""Each changes a whole table: planted alone."""
