"""Which deadlines there are, as data (`deadlines.yaml`): days, kind of day, whose they are, and what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from zhijian.cases.days.calendar import after_working_days
from zhijian.kit import yaml_text


@dataclass(frozen=True, slots=True)
class Deadline:
    id: str
    zh: str
    en: str
    days: int
    kind: Literal["working", "calendar"]
    whose: Literal["authority", "party"]
    basis: str
    """Empty: no law says so, the number is a setting of the house."""
    unconfirmed: bool
    """〔u〕: could not be confirmed; a lawyer must look before anybody relies on it."""
    note: str = ""

    def from_day(self, since: date) -> date:
        """The last day, which still counts; the first one does not. Calendar days are not moved off a holiday.

        Raises: NotKnownYet.
        """
        if self.kind == "working":
            return after_working_days(since, self.days)
        return since + timedelta(days=self.days)


def _read() -> Mapping[str, Deadline]:
    raw = yaml_text.read((Path(__file__).parent / "deadlines.yaml").read_text("utf-8"))
    return MappingProxyType({one["id"]: Deadline(**one) for one in raw})


DEADLINES = _read()


def due(deadline: str, since: date) -> date:
    """Last day of a deadline by its id. Raises: KeyError, NotKnownYet."""
    return DEADLINES[deadline].from_day(since)
