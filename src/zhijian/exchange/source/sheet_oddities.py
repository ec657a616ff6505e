"""What is odd about a sheet's cells, told once a column or once a cell, whichever helps to mend it."""

import re
from dataclasses import dataclass, field

from zhijian.exchange.source.remarks import Remarks
from zhijian.exchange.source.sheet_rows import SheetRow

_DATE_HEADED = re.compile(r"日期|时间|有效期|截止|年月|date|_on$|_at$|expir|issued", re.I)
_RESULT = re.compile(r"天数|时长|days|duration", re.I)


@dataclass(slots=True)
class Oddities:
    names: tuple[str, ...]
    remarks: Remarks
    columns: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    """(column, why) → [how many, first row]."""
    first: dict[tuple[int, str], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)

    def take(self, row: SheetRow) -> None:
        for column, why, text in row.odd:
            if column >= len(self.names):
                continue
            if why == "formula-without-value":
                self.remarks.say(why, row=row.number, name=self.names[column])
            elif why in ("error-value", "digits-lost"):
                self.remarks.say(why, row=row.number, value=text, name=self.names[column])
            else:
                count = self.columns.setdefault((column, why), [0, row.number])
                count[0] += 1
                self.first.setdefault((column, why), text)

    def hidden(self, number: int) -> None:
        if len(self.hidden_rows) < 2:
            self.hidden_rows.append(number)
        else:
            self.hidden_rows[1] = number
        self.remarks.counts["hidden-rows-seen"] += 1

    def say(self) -> None:
        for (column, why), (count, row) in self.columns.items():
            name, text = self.names[column], self.first[(column, why)]
            if why == "formula":
                self.remarks.say("formula", row=row, value=text, name=name, count=count)
            elif why == "merged":
                self.remarks.say("merged-cells", row=row, value=text, name=name, count=count)
            elif why == "number" and _DATE_HEADED.search(name) and not _RESULT.search(name):
                self.remarks.say("date-as-number", row=row, value=text, name=name, count=count)
        hidden = self.remarks.counts.pop("hidden-rows-seen", 0)
        if hidden:
            first, last = self.hidden_rows[0], self.hidden_rows[-1]
            self.remarks.say("hidden-rows", row=first, count=hidden, last=last)
