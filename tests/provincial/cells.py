"""Reading one dirty cell, as a good mapping would: the primitives of `by_hand`."""

import html
import re
from datetime import date, timedelta
from typing import Any

from tests.provincial.codes import CODES

_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_NOTHING = {"", "/", "-", "——", "NULL", "无"}


def text(cell: Any, *, keep: str | None = None) -> str | None:
    """None for nothing. `keep`: a word for nothing that is a value in this column."""
    if cell is None:
        return None
    read = re.sub(r"[\r\n]+", "", html.unescape(str(cell)).translate(_NARROW)).strip(" \u3000\t")
    return None if read in _NOTHING and read != keep else read


def day(cell: Any) -> str | None:
    """
    >>> day("2026年3月5日"), day("20260305"), day("2026.03.05"), day("46086"), day("2026-03-05 00:00:00")
    ('2026-03-05', '2026-03-05', '2026-03-05', '2026-03-05', '2026-03-05')
    >>> day("2026-02-30")
    """
    read = text(cell)
    if read is None:
        return None
    if re.fullmatch(r"\d{5}", read):
        return (date(1899, 12, 30) + timedelta(days=int(read))).isoformat()
    parts = (read[:4], read[4:6], read[6:]) if re.fullmatch(r"\d{8}", read) else re.findall(r"\d+", read)[:3]
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return None


def moment(cell: Any) -> str | None:
    """
    >>> moment("2026/3/5 09:30"), moment("2026-03-05 09:30:15")
    ('2026-03-05T09:30:00+08:00', '2026-03-05T09:30:15+08:00')
    """
    read, on = text(cell), day(cell)
    return f"{on}T{read.split(' ')[1]:0<5}{':00' if read.count(':') == 1 else ''}+08:00" if read and on else None


def figure(cell: Any) -> float | None:
    """
    >>> figure("27人"), figure("0.3万元"), figure("1234㎡")
    (27.0, 3000.0, 1234.0)
    """
    read = text(cell)
    found = re.match(r"-?\d+(\.\d+)?", read) if read else None
    return float(found.group()) * (10_000 if read and "万" in read else 1) if found else None


def code(kind: str, cell: Any) -> str | None:
    """By code or by name; None where the dictionary has neither.

    >>> code("pd", "1"), code("pd", "合格"), code("pd", "待核")
    ('合格', '合格', None)
    """
    read, pairs = text(cell, keep="无"), CODES[kind]
    return pairs.get(read or "", read if read in pairs.values() else None)


def many(cell: Any) -> list[str] | None:
    read = text(cell)
    return [part for part in re.split(r"[、,;；/ ]+", read) if part] if read else None


def yes(cell: Any) -> bool | None:
    return {"1": True, "是": True, "Y": True, "合格": True, "0": False, "否": False, "N": False, "不合格": False}.get(
        text(cell) or ""
    )


def result(cell: Any, unit: Any) -> tuple[str | None, str | None]:
    """Result and unit, which may both stand in the first cell.

    >>> result("未检出μg/kg", None), result("0.05", "mg/kg"), result("无", None)
    (('未检出', 'μg/kg'), ('0.05', 'mg/kg'), ('无', None))
    """
    read, beside = text(cell, keep="无"), text(unit, keep="/")
    found = re.fullmatch(r"(未检出|[<≤>]?\s*[\d.]+)([^\d.].*)", read or "")
    return (found.group(1), found.group(2)) if found and beside is None else (read, beside)
