"""Lines of a scope that rest on an edition which another has replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zhijian.registry.replaced import Replacement, in_force
from zhijian.registry.scope_table.model import Line


@dataclass(frozen=True, slots=True)
class Stale:
    """A line whose standard another one has replaced by the day asked for."""

    line: Line
    by: Replacement
    """The latest in force; its `old` is the edition that it directly replaced."""


def stale(lines: Iterable[Line], replaced: Mapping[str, Replacement], on: date) -> tuple[Stale, ...]:
    """Lines valid on that day that rest on a replaced edition, in their order."""
    return tuple(
        Stale(line, by)
        for line in lines
        if line.valid_on(on) and (by := in_force(line.standard, replaced, on)) is not None
    )
