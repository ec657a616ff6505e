"""The rows with every bad cell marked and noted, and the list of all findings, as one workbook.

Nothing is masked: it is for whoever mends the rows. Of a table with more than `WHOLE` rows only those with findings are
copied; what a sheet or Excel itself cannot hold is said on the list's last line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from zhijian.exchange.bound import Bound
from zhijian.exchange.model import Severity
from zhijian.exchange.quality.outcome import Outcome
from zhijian.exchange.quality.rejected import as_it_came
from zhijian.exchange.quality.rows import flawed
from zhijian.exchange.quality.selfcheck import SelfCheck
from zhijian.exchange.quality.sheets import AMBER, PALE, Sheet, Sheets, writable

WHOLE = 100_000
MOST_FINDINGS = 1_000_000
MOST_ROWS = 200_000
"""Of one table: more rows than a person goes through in Excel."""
MOST_NOTES = 20_000
"""Each note is a drawing that Excel holds in memory."""
PROBLEMS = "问题清单"
_TITLES = ("表 table", "行 row", "字段 field", "单元格 cell", "程度 severity", "内容 value", "问题 what is wrong",
           "怎样改 remedy", "检查 check", "英文 English")  # fmt: skip
_WIDTHS = (24, 10, 18, 10, 12, 24, 40, 40, 18, 60)
_SEVERITY = {Severity.ERROR: "错误 error", Severity.WARNING: "提醒 warning", Severity.NOTE: "说明 note"}
_BATCH = 5_000


@dataclass(slots=True)
class _Copy:
    """The sheet of one table: which source row went to which of its rows."""

    title: str
    bound: Bound
    whole: bool
    columns: Mapping[str, int] = field(default_factory=dict)
    """Column's id → position from 0."""


def marked(check: SelfCheck, path: Path) -> Path:
    """Written anew. The check has been judged."""
    outcomes = {o.number: o for o in check.outcomes}
    copies = [_copy(check, bound) for bound in check.bounds]
    check.con.execute("CREATE OR REPLACE TABLE placed (tab INTEGER, row BIGINT, stands BIGINT)")
    with Sheets(path) as book:
        problems = book.sheet(PROBLEMS, _TITLES, _WIDTHS)
        for copy in copies:
            _place(check, copy)
        _list(check, problems, copies, outcomes)
        left = [MOST_NOTES]
        for copy in copies:
            _rows(check, book, copy, outcomes, left)
    return path


def _copy(check: SelfCheck, bound: Bound) -> _Copy:
    (rows,) = check.con.execute(f"SELECT count(*) FROM m{bound.number}").fetchone() or (0,)
    title = "".join("_" if ch in "[]:*?/\\'" else ch for ch in writable(bound.table.name))[-26:]
    return _Copy(f"{bound.number + 1} {title}", bound, rows <= WHOLE, {c.id: n for n, c in enumerate(bound.columns)})


def _place(check: SelfCheck, copy: _Copy) -> None:
    """Into `placed`: the row of the sheet where each copied row will stand; the header is row 1."""
    tab = copy.bound.number
    bad = f"SELECT DISTINCT row FROM finding WHERE tab = {tab} AND row IS NOT NULL"
    wanted = f"SELECT _row AS row FROM {copy.bound.table.relation}" if copy.whole else bad
    check.con.execute(
        f"INSERT INTO placed SELECT {tab}, row, 1 + row_number() OVER (ORDER BY row) FROM ({wanted} ORDER BY row LIMIT {MOST_ROWS})"
    )


def _list(check: SelfCheck, sheet: Sheet, copies: list[_Copy], outcomes: Mapping[int, Outcome]) -> None:
    (all_,) = check.con.execute("SELECT count(*) FROM finding").fetchone() or (0,)
    found = check.con.cursor().execute(
        "SELECT f.rule, f.tab, f.row, f.value, p.stands FROM finding f JOIN judged j USING (rule) LEFT JOIN placed p USING (tab, row) "
        f"ORDER BY NOT j.error, f.tab, f.row, f.rule LIMIT {MOST_FINDINGS}"
    )
    batches = -(-min(all_, MOST_FINDINGS) // _BATCH)
    for n in range(batches):
        check.progress(f"写报告 writing {PROBLEMS}", n, batches)
        for rule, tab, row, value, at in found.fetchmany(_BATCH):
            o, copy = outcomes[rule], copies[tab]
            columns = [c for one in o.rule.on if (c := copy.bound.column(one))]
            place = f"{get_column_letter(1 + copy.columns[columns[0].id])}{at}" if columns and at else ""
            link = sheet.link(copy.title, place) if place else None
            said = (o.rule.why.zh, o.rule.remedy.zh, o.check.id, f"{o.rule.why.en}; {o.rule.remedy.en}")
            headers = "、".join(c.column.name for c in columns)
            sheet.row([copy.bound.table.name, row, headers, link, _SEVERITY[o.severity], value or "", *said])
    if all_ > MOST_FINDINGS:
        sheet.row(
            [f"共 {all_:,} 处，只列出前 {MOST_FINDINGS:,} 处 {all_:,} in all, the first {MOST_FINDINGS:,} are listed"]
        )


def _rows(check: SelfCheck, book: Sheets, copy: _Copy, outcomes: Mapping[int, Outcome], left: list[int]) -> None:
    (copied,) = check.con.execute("SELECT count(*) FROM placed WHERE tab = ?", [copy.bound.number]).fetchone() or (0,)
    if not copied:
        return
    wanted = f"SELECT row FROM placed WHERE tab = {copy.bound.number}"
    sheet = book.sheet(copy.title, [*(c.column.name for c in copy.bound.columns), "原行号"])
    for values, row, rules in flawed(check, copy.bound, wanted, errors=False):
        marks: dict[int, tuple[Any, str]] = {}
        for o in sorted((outcomes[r] for r in rules), key=lambda o: o.severity is Severity.ERROR):
            for one in o.rule.on[:1]:
                if (at := copy.columns.get(one)) is not None:
                    before = marks[at][1] if at in marks else ""
                    note = f"{o.rule.why.zh}\n{o.rule.remedy.zh}\n{o.rule.why.en}; {o.rule.remedy.en}"
                    marks[at] = (AMBER if o.severity is Severity.ERROR else PALE, f"{note}\n\n{before}".strip())
        noted = {at: (fill, note if left[0] > 0 else "") for at, (fill, note) in marks.items()}
        left[0] -= len(noted)
        sheet.row([*(as_it_came(v) for v in values), row], noted)
