"""Public notices of food sampling as records of the specification: real results under invented laboratories.

A notice says what was sampled where, what failed by how much, and who published it. It does not say who tested, when,
by which standard or with which instrument. Those are invented, the same way for all, and `summary` lists them. Cells
that did not make it into a record whole are in `unmapped`, one entry each; rows never go missing: rows = duplicates +
mapped + partially_mapped + unmapped.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from . import notice_labs as labs
from .institution import Record
from .notice_labs import Demonstration
from .notice_reports import INVENTED, mapped, unusable
from .notice_rows import NoticeError, Row, Unmapped, read_rows

__all__ = ["NoticeError", "NoticeSet", "Unmapped", "read_notices"]

_COUNTS = ("rows", "duplicates", "mapped", "partially_mapped", "unmapped", "items", "items_parsed")


@dataclass(slots=True)
class NoticeSet:
    """What came of the notices. Records name demonstration laboratories and are admissible by the platform's rules."""

    unmapped: list[Unmapped] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _absent: Counter[str] = field(default_factory=Counter)
    _provinces: Counter[str] = field(default_factory=Counter)
    _reports: list[Record] = field(default_factory=list)
    _scopes: dict[str, set[tuple[str, str, str]]] = field(default_factory=lambda: defaultdict(set))

    def registry(self) -> Iterator[tuple[str, Record]]:
        """(entity, record), laboratory by laboratory, parents before children."""
        for province, scope in sorted(self._scopes.items()):
            yield from labs.registry(Demonstration(province), scope)

    def reports(self) -> Iterator[Record]:
        """By day of issue."""
        return iter(sorted(self._reports, key=lambda report: (report["issued_on"], report["own_number"])))

    def summary(self) -> dict[str, Any]:
        """rows, duplicates, mapped, partially_mapped, unmapped; items, items_parsed and their share; cells by reason;
        absent columns; reports by province; encodings by file; what was invented."""
        counts: dict[str, Any] = {name: self._counts[name] for name in _COUNTS}
        return {
            **counts,
            "items_parsed_share": round(counts["items_parsed"] / max(counts["items"], 1), 4),
            "reasons": dict(Counter(one.why.value for one in self.unmapped).most_common()),
            "absent": dict(self._absent),
            "provinces": dict(sorted(self._provinces.items())),
            "encodings": self.encodings,
            "invented": list(INVENTED),
        }

    def write_unmapped(self, out: TextIO) -> None:
        """CSV: 文件, 行, 列, 值, 原因, reason, why."""
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("文件", "行", "列", "值", "原因", "reason", "why"))
        for one in self.unmapped:
            writer.writerow((one.file, one.line, one.column, one.value, one.reason_zh, one.reason_en, one.why.value))

    def _take(self, row: Row) -> None:
        missing = unusable(row)
        if missing is not None:
            self._counts["unmapped"] += 1
            self.unmapped.append(missing)
            return
        made = mapped(row)
        self.unmapped += made.lost
        self._counts["partially_mapped" if made.lost else "mapped"] += 1
        self._counts["items"] += made.has_item
        self._counts["items_parsed"] += made.has_item and not made.item_lost
        self._absent.update(name for name in ("生产商", "供应商") if not row.cells[name])
        self._provinces[made.province] += 1
        self._reports.append(made.report)
        self._scopes[made.province].add(made.scope)


def read_notices(paths: Iterable[Path]) -> NoticeSet:
    """Rows that are equal once cleaned are taken once, over all files.

    Raises NoticeError when a file is not a file of notices (encoding or header); bad rows raise nothing.
    """
    notices = NoticeSet()
    seen: set[tuple[str, ...]] = set()
    for path in paths:
        notices.encodings[path.name], rows = read_rows(path)
        for row in rows:
            notices._counts["rows"] += 1
            key = tuple(row.cells.values()) or row.raw
            if key in seen:
                notices._counts["duplicates"] += 1
            else:
                seen.add(key)
                notices._take(row)
    return notices
