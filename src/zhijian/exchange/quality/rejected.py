"""The rows that cannot be accepted, to be mended and checked again; and broken lines as they came.

A file has the source's own columns with what stood in them, nothing masked and nothing mended, and `ADDED` behind them: the number of the row,
what is wrong, what to do. `SelfCheck` leaves those three out when it reads such a file. A CSV stays a CSV (with a BOM, so
that Excel sees UTF-8), an Excel sheet an .xlsx, everything else becomes a CSV; an .xlsx also what holds a text that Excel
would carry out as a formula out of a CSV, so that nothing has to be changed in it.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from zhijian.exchange import source
from zhijian.exchange.bound import Bound
from zhijian.exchange.model import Severity
from zhijian.exchange.quality.reading import name
from zhijian.exchange.quality.rows import ERRORS, flawed
from zhijian.exchange.quality.selfcheck import ADDED, SelfCheck
from zhijian.exchange.quality.sheets import FORMULA, Sheets, is_formula

ROWS_OF_A_SHEET = 1_048_575
_REASONS = 5
"""Of one row; more of them are counted."""


def rejected(check: SelfCheck, folder: Path) -> list[Path]:
    """One file a table that has rows with an error, and one a table with broken lines. `folder` is there."""
    written = []
    for bound in check.bounds:
        rows = _rows(check, bound)
        first = next(rows, None)
        if first is not None:
            as_sheet = bound.table.kind == "excel" or _has_formulas(check, bound)
            written.append(_write(bound, folder, _again(first, rows), as_sheet))
        if broken := _broken(check, bound, folder):
            written.append(broken)
    return written


def file_name(bound: Bound, what: str, ending: str) -> str:
    """Unique within the run, and nothing but a name whatever the table is called."""
    plain = re.sub(r"[^\w.()（）-]+", "-", bound.table.name).strip("-.")[:80]
    return f"{plain or 'table'}.{what}-{bound.number + 1}.{ending}"


def _again(first: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    yield first
    yield from rows


def reasons(check: SelfCheck) -> dict[int, tuple[str, str]]:
    """Rule's number → what is wrong and what to do, Chinese."""
    return {o.number: (o.rule.why.zh, o.rule.remedy.zh) for o in check.outcomes if o.severity is Severity.ERROR}


def _rows(check: SelfCheck, bound: Bound) -> Iterator[list[Any]]:
    """Values as text, then `ADDED`; in the table's order."""
    said = reasons(check)
    for values, row, rules in flawed(check, bound, ERRORS.format(bound.number), errors=True):
        told = [said[r] for r in rules[:_REASONS]]
        more = f"；另有 {len(rules) - _REASONS} 处" if len(rules) > _REASONS else ""
        whys, remedies = ("；".join(dict.fromkeys(t[n] for t in told)) for n in (0, 1))
        yield [*(as_it_came(v) for v in values), row, whys + more, remedies]


def as_it_came(value: Any) -> str:
    if value is None:
        return ""
    return ";".join(str(v) for v in value) if isinstance(value, list) else str(value)


def _has_formulas(check: SelfCheck, bound: Bound) -> bool:
    """Whether Excel would carry out something of the file if it were a CSV."""
    if any(is_formula(c.column.name) for c in bound.columns):
        return True
    like = " OR ".join(f"regexp_matches(CAST(s.{name(c.column.name)} AS VARCHAR), '^{FORMULA}')" for c in bound.columns)
    found = check.con.execute(
        f"SELECT 1 FROM {bound.table.relation} s WHERE ({like}) AND s._row IN ({ERRORS.format(bound.number)}) LIMIT 1"
    )
    return found.fetchone() is not None


def _write(bound: Bound, folder: Path, rows: Iterable[Sequence[Any]], as_sheet: bool) -> Path:
    headers = [*(c.column.name for c in bound.columns), *ADDED]
    if not as_sheet:
        path = folder / file_name(bound, "rejected", "csv")
        with path.open("w", newline="", encoding="utf-8-sig") as out:
            writer = csv.writer(out)
            writer.writerow(headers)
            writer.writerows(rows)
        return path
    path = folder / file_name(bound, "rejected", "xlsx")
    with Sheets(path) as book:
        sheet, n = book.sheet("rejected", headers), 0
        for n, row in enumerate(rows):
            if n and n % ROWS_OF_A_SHEET == 0:
                sheet = book.sheet(f"rejected {n // ROWS_OF_A_SHEET + 1}", headers)
            sheet.row(row)
    return path


def _broken(check: SelfCheck, bound: Bound, folder: Path) -> Path | None:
    """Lines that are no rows: number, what is wrong, what to do, the line as it came."""
    said = {r.why: (r.said.zh, r.remedy.zh) for r in bound.table.remarks}
    lines: list[Sequence[Any]] = [
        (r.row, r.said.zh, r.remedy.zh, r.value) for r in bound.table.remarks if r.why == "broken-line" and r.value
    ]
    kept = source.rejects(bound.table)
    if kept is not None:
        found = check.con.execute(f"SELECT _row, why, text FROM {kept} ORDER BY _row").fetchall()
        lines = [(row, *said.get(why, (why, "")), text) for row, why, text in found]
    if not lines:
        return None
    if any(is_formula(str(cell)) for line in lines for cell in line):
        path = folder / file_name(bound, "broken-lines", "xlsx")
        with Sheets(path) as book:
            sheet = book.sheet("broken-lines", [*ADDED, "原文"])
            for line in lines:
                sheet.row(line)
        return path
    path = folder / file_name(bound, "broken-lines", "csv")
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow([*ADDED, "原文"])
        writer.writerows(lines)
    return path
