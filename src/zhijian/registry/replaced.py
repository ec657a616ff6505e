"""Editions of standards that a later one replaced."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

from zhijian.registry.model import normal_standard


@dataclass(frozen=True, slots=True)
class Replacement:
    old: str
    new: str
    in_force_on: date
    """First day of the new edition."""
    source: str

    @property
    def plain(self) -> str:
        """The old edition as lists over the registry compare it."""
        return normal_standard(self.old)


@cache
def replacements() -> Mapping[str, Replacement]:
    """Those of registry/data/standard_changes.csv, which is incomplete, by the old edition's normal form."""
    text = resources.files("zhijian.registry").joinpath("data/standard_changes.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    made = (
        Replacement(r["old"], r["new"], date.fromisoformat(r["in_force_on"]), r["source"])
        for r in csv.DictReader(lines)
    )
    return {normal_standard(one.old): one for one in made}


def in_force(standard: str, replaced: Mapping[str, Replacement], on: date) -> Replacement | None:
    """What stands in the place of `standard` on that day, through later editions; None while it is current, or not known.

    >>> in_force("GB 5009.12-2017", replacements(), date(2024, 3, 6)).new
    'GB 5009.12-2023'
    >>> in_force("GB 5009.12-2017", replacements(), date(2024, 3, 5)) is None
    True
    """
    found: Replacement | None = None
    seen: set[str] = set()
    key = normal_standard(standard)
    while key not in seen and (step := replaced.get(key)) is not None and step.in_force_on <= on:
        seen.add(key)
        found, key = step, normal_standard(step.new)
    return found
