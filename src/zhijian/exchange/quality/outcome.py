"""What came of a rule, and where. Pure."""

from dataclasses import dataclass

from zhijian.exchange.checks.model import Check, Rule
from zhijian.exchange.model import Severity, State, Text


@dataclass(frozen=True, slots=True)
class Located:
    """One thing found. `row` as `SourceTable.first` says; None where it is the table's or the column's."""

    row: int | None
    value: str | None
    other: tuple[int, int] | None = None
    """(table, row) it stands against."""


@dataclass(frozen=True, slots=True)
class Outcome:
    number: int
    """Of the rule in this run."""
    check: Check
    rule: Rule
    table: int
    state: State
    applicable: int
    """Rows, or what the rule counts, that it applied to."""
    failing: int
    reason: Text | None = None
    """Why it did not apply, or was not evaluated."""
    examples: tuple[Located, ...] = ()
    """The first few; all of them are in the run's table `finding`."""

    @property
    def severity(self) -> Severity:
        return self.rule.severity or self.check.severity

    @property
    def share(self) -> float:
        """Failing of applicable, 0–1."""
        return self.failing / self.applicable if self.applicable else 0.0
