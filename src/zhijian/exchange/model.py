"""Words that all of the room shares: dimensions, severity, what came of a rule, where something stands. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Dimension(StrEnum):
    """GB/T 36344-2018, in its order; the Chinese name is in `DIMENSIONS`."""

    CONFORMITY = "conformity"
    COMPLETENESS = "completeness"
    ACCURACY = "accuracy"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"
    ACCESSIBILITY = "accessibility"


DIMENSIONS = {
    Dimension.CONFORMITY: ("规范性", "Conformity"),
    Dimension.COMPLETENESS: ("完整性", "Completeness"),
    Dimension.ACCURACY: ("准确性", "Accuracy"),
    Dimension.CONSISTENCY: ("一致性", "Consistency"),
    Dimension.TIMELINESS: ("时效性", "Timeliness"),
    Dimension.ACCESSIBILITY: ("可访问性", "Accessibility"),
}


class Severity(StrEnum):
    ERROR = "error"
    """The row cannot be accepted."""
    WARNING = "warning"
    """Accepted; somebody should look. Also where the law knows exceptions."""
    NOTE = "note"
    """Said, and not graded."""


class State(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    NOT_EVALUATED = "not-evaluated"
    """It could not run. Never counted as passed."""


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in both languages."""

    zh: str
    en: str
