"""What can be tested: objects, and for each the rows (parameter, standard) with range, limit, instrument, time.

Read from data/*.csv; data/README.md says what is real in them and what is assumed.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter of one object by one standard: the shape of a row of a capability table."""

    category: str
    object: str
    parameter: str
    standard: str
    standard_name: str
    restriction: str | None
    unit: str | None
    step: str
    """A decimal step such as 0.01; `2s` two significant digits; `text` a word."""
    lod: str | None
    """Detection limit, written with its digits."""
    low: str
    high: str
    """5 % and 95 % of honest results; for words the good and the bad one."""
    limit: str | None
    instrument: str
    minutes: int
    replaces: str | None
    since: int
    """Day on which the standard took the place of `replaces`; 0 when it replaced none."""

    @property
    def is_text(self) -> bool:
        return self.step == "text" or not self.low[0].isdigit()


@dataclass(frozen=True, slots=True)
class Subject:
    """A product or thing that is tested, with all its rows."""

    field: str
    category: str
    name: str
    samples: tuple[str, ...]
    basis: str
    checked_share: float
    fail_share: float
    sampled_share: float
    rows: tuple[Row, ...]

    @property
    def is_vehicle(self) -> bool:
        return self.field == "05"


def _table(name: str) -> Iterator[dict[str, str]]:
    with (files(__package__) / "data" / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@cache
def subjects() -> tuple[Subject, ...]:
    """
    >>> len(subjects()) > 80 and sum(len(s.rows) for s in subjects()) > 500
    True
    """
    methods: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for method in _table("methods.csv"):
        methods[method["category"], method["parameter"]].append(method)
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for limit in _table("limits.csv"):
        for method in methods[limit["category"], limit["parameter"]]:
            if not method["only"] or any(word in limit["object"] for word in method["only"].split("|")):
                rows[limit["category"], limit["object"]].append(_row(method, limit))
    return tuple(
        Subject(
            field=one["field"],
            category=one["category"],
            name=one["object"],
            samples=tuple(one["samples"].split("|")),
            basis=one["basis"],
            checked_share=float(one["checked_share"]),
            fail_share=float(one["fail_share"]),
            sampled_share=float(one["sampled_share"]),
            rows=tuple(rows[one["category"], one["object"]]),
        )
        for one in _table("objects.csv")
    )


@cache
def subjects_of(fields: tuple[str, ...]) -> tuple[Subject, ...]:
    return tuple(subject for subject in subjects() if subject.field in fields)


@dataclass(frozen=True, slots=True)
class Division:
    code: str
    city: str
    district: str
    phone: str


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    name: str
    authority: str
    weight: float
    divisions: tuple[Division, ...]


@cache
def provinces() -> dict[str, Province]:
    """
    >>> provinces()["33"].authority
    '11'
    """
    places: dict[str, list[Division]] = defaultdict(list)
    for one in _table("divisions.csv"):
        places[one["code"][:2]].append(Division(one["code"], one["city"], one["district"], one["phone"]))
    return {
        one["code"]: Province(
            one["code"], one["name"], one["authority"], float(one["weight"]), tuple(places[one["code"]])
        )
        for one in _table("provinces.csv")
    }


def _row(method: dict[str, str], limit: dict[str, str]) -> Row:
    return Row(
        category=method["category"],
        object=limit["object"],
        parameter=method["parameter"],
        standard=method["standard"],
        standard_name=method["standard_name"],
        restriction=method["restriction"] or None,
        unit=method["unit"] or None,
        step=method["step"],
        lod=method["lod"] or None,
        low=limit["low"],
        high=limit["high"],
        limit=limit["limit"] or None,
        instrument=method["instrument"],
        minutes=int(method["minutes"]),
        replaces=method["replaces"] or None,
        since=date.fromisoformat(method["since"]).toordinal() if method["since"] else 0,
    )
