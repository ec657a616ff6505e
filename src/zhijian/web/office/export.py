"""`/office/export/{what}`: a list as a file, in the order and by the filter of its page; masked; noted in the audit trail with the filter,
and so no link: no other site makes an officer take it."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zhijian.cases.flow import areas_store as cases
from zhijian.cases.flow.acts import STATES
from zhijian.codes import registered
from zhijian.exchange.quality.sheets import Sheets
from zhijian.identity import noted
from zhijian.kit import mask
from zhijian.kit.clock import SHANGHAI
from zhijian.registry import areas, listing
from zhijian.spec import specification
from zhijian.web.office import institutions, reports
from zhijian.web.office.asked_fields import area_of, choice_of
from zhijian.web.office.door import Asked, File, NotThere, Page
from zhijian.web.office.sheet import csv_bytes

MOST = 10_000
"""Rows of a file."""
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Table:
    headers: tuple[str, ...]
    rows: list[list[str]]


def export(asked: Asked) -> File:
    """Raises: NotThere for a list that is none, Wrong as the list's page does."""
    what, form = asked.path["what"], choice_of(asked, "format", tuple(TYPES), "csv")
    if what not in LISTS:
        raise NotThere
    table = LISTS[what](asked)
    kept = {name: value[:100] for name, value in asked.query.items() if name in FILTERS and value}
    about = [("导出", what), ("时间", asked.at.astimezone(SHANGHAI).isoformat(timespec="seconds")), ("账号", asked.who.login),
             ("条件", "；".join(f"{name}={value}" for name, value in kept.items()) or "无"), ("行数", f"{len(table.rows)}（最多 {MOST}）")]  # fmt: skip
    content = as_csv(table, about) if form == "csv" else as_sheets(table, about)
    noted(  # last: until the end of the transaction nobody else is noted
        asked.db,
        asked.who,
        "institutions.export",
        what,
        asked.at,
        detail={"filter": kept, "rows": len(table.rows), "format": form},
    )
    return File(content, TYPES[form], f"{what}-{asked.at.astimezone(SHANGHAI):%Y%m%d-%H%M}.{form}")


def as_csv(table: Table, about: Sequence[tuple[str, str]]) -> bytes:
    """What was asked stands after an empty line."""
    return csv_bytes([table.headers, *table.rows, (), *about])


def as_sheets(table: Table, about: Sequence[tuple[str, str]]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        with Sheets(path) as book:
            sheet = book.sheet("名单", table.headers)
            for row in table.rows:
                sheet.row(row)
            note = book.sheet("说明", ("项", "内容"), (10, 60))
            for pair in about:
                note.row(pair)
        return path.read_bytes()


def _table(headers: Iterable[str], rows: Iterable[Sequence[Any]]) -> Table:
    return Table(tuple(headers), [["" if cell is None else str(cell) for cell in row] for row in rows])


def _institutions(asked: Asked) -> Table:
    one, on = institutions.Listed.of(asked), asked.at.astimezone(SHANGHAI).date()
    _, rows = listing.institutions(asked.db, asked.who.scope, one.wanted, on, 0, MOST)
    return _table(
        ("机构", "统一社会信用代码", "行政区划", "省", "证书数", "最近到期"),
        (
            (r["name"], r["uscc"], r["division"], areas.name(r["province"]), r["certificates"], r["expires_on"])
            for r in rows
        ),
    )


def _reports(asked: Asked) -> Table:
    found = registered.listed(asked.db, asked.who.scope, reports.Listed.of(asked).wanted, 0, MOST)
    states, verdicts = (specification().codelists[name] for name in ("report_state", "verdict"))
    return _table(
        ("报告编码", "机构报告编号", "机构", "统一社会信用代码", "行政区划", "标题", "样品", "签发日期", "登记时间", "状态", "判定"),
        ((r["code"], r["own_number"], r["institution"], r["uscc"], r["division"], r["title"], r["sample_name"], r["issued_on"],
          _minute(r["registered_at"]), states[r["state"]].zh, verdicts[r["verdict"]].zh) for r in found.rows),
    )  # fmt: skip


def _cases(asked: Asked) -> Table:
    """Raises: NotThere to whoever sees no cases."""
    if not asked.who.may("cases.see"):
        raise NotThere
    wanted, on = (
        choice_of(asked, "state", ("", "open", "mine", "late", *(s.value for s in STATES)), ""),
        asked.at.astimezone(SHANGHAI).date(),
    )
    _, rows = cases.cases(
        asked.db, asked.who.scope, area_of(asked), state=wanted if wanted in {s.value for s in STATES} else None, start=0, most=MOST,
        officer=asked.who.login if wanted == "mine" else None, is_open=wanted in ("open", "mine"), late_on=on if wanted == "late" else None,
    )  # fmt: skip
    return _table(
        ("案件", "状态", "省", "当事人", "统一社会信用代码", "案情", "承办", "最近期限", "立案时间"),
        ((r["no"], STATES[r["state"]].zh, areas.name(r["province"]), r["institution_name"], r["uscc"], mask.words(r["matter"]), r["division"],
          r["next_due_on"], _minute(r["opened_at"])) for r in rows),
    )  # fmt: skip


def _minute(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


LISTS: dict[str, Callable[[Asked], Table]] = {"institutions": _institutions, "reports": _reports, "cases": _cases}
FILTERS = frozenset({"q", "division", "sort", "order", "expires_by", "uscc", "since", "until", "state", "number", "category", "parameter", "standard",
                     "staff", "instrument"})  # fmt: skip
"""Of the lists; other words of an address are a stranger's, and noted nowhere."""
PAGES = (Page("/office/export/{what}", "institutions.export", export, "POST"),)
