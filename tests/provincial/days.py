"""Days as the platform's tables write them: every table has a habit of its own."""

from collections.abc import Callable
from datetime import date, timedelta

_EXCEL_ZERO = date(1899, 12, 30)


def _parts(iso: str) -> tuple[int, int, int]:
    return int(iso[:4]), int(iso[5:7]), int(iso[8:10])


STYLES: dict[str, Callable[[str], str]] = {
    "2026-03-05": lambda iso: iso,
    "2026/3/5": lambda iso: "{}/{}/{}".format(*_parts(iso)),
    "20260305": lambda iso: iso.replace("-", ""),
    "2026.03.05": lambda iso: iso.replace("-", "."),
    "2026年3月5日": lambda iso: "{}年{}月{}日".format(*_parts(iso)),
    "46086": lambda iso: str((date(*_parts(iso)) - _EXCEL_ZERO).days),
}
"""Named by how they write 2026-03-05; the last is Excel's count of days."""


def written(iso: str | None, style: str) -> str | None:
    """
    >>> written("2026-03-05", "2026年3月5日"), written("2026-03-05", "46086"), written(None, "20260305")
    ('2026年3月5日', '46086', None)
    """
    return None if iso is None else STYLES[style](iso)


def later(iso: str, days: int) -> str:
    """
    >>> later("2026-02-27", 2)
    '2026-03-01'
    """
    return (date(*_parts(iso)) + timedelta(days=days)).isoformat()
