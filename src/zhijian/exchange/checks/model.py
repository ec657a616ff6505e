"""What a check is. Pure: a check says in SQL what must hold; `exchange.quality` runs it.

Names in a rule are the specification's. `issued_on` is the value read by its type (a DATE, a DOUBLE, a BOOLEAN; NULL where
blank, a placeholder or unreadable), `text(issued_on)` the text without blanks around (NULL where blank or a
placeholder), `raw(issued_on)` the text as it came, `filled(issued_on)` whether there is a text, `parts(roles)` what
stands in one cell one by one, `suspicious()` whether the row may hold characters that nobody should have written,
`today()` the day of the check. A rule is three-valued: TRUE passes, FALSE fails, NULL does not apply to the row. It does not
apply at all where a column that it names is not there; in `Rows`, `maybe(valid_to)` is NULL then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from zhijian.exchange.bound import Bound
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.spec import Specification


@dataclass(frozen=True, slots=True)
class Cells:
    """One thing that must hold in every row of one table."""

    on: tuple[str, ...]
    """Columns it is about; the first is the one that is marked."""
    must: str
    why: Text
    remedy: Text
    severity: Severity | None = None
    """None: the check's."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What takes more than one row: duplicates, relations between tables, gaps, trends.

    An entity's name stands for all of its tables together, so that such a rule is yielded once (`forms.first`); `t3` (`forms.table`)
    stands for the table numbered so alone, whatever it holds.

    `failing` is a SELECT over entities as tables (`FROM report r JOIN certificate c ON …`); it yields `_row` (of the table
    `entity`; of the first row concerned where several are) and `value` (what is wrong, as text), and may yield `other` (`_row`
    of what it stands against). `applicable` is a SELECT of one number: to how much the rule applies; 0 is not applicable.
    """

    entity: str
    on: tuple[str, ...]
    failing: str
    applicable: str
    why: Text
    remedy: Text
    severity: Severity | None = None
    without: Text | None = None
    """Said where it does not apply."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Already known without looking at rows: a column that is not there, an encoding that was mended."""

    on: tuple[str, ...]
    fails: bool
    why: Text
    remedy: Text
    value: str = ""
    row: int | None = None
    severity: Severity | None = None
    weight: int | None = None
    """Rows that it concerns; None is all of the table."""


Rule = Cells | Rows | Fact


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at when it writes its rules."""

    spec: Specification
    bounds: Sequence[Bound]
    """All tables of this run; a check is asked once for each."""
    on: date
    """The day of the check."""
    settings: Mapping[str, str] = field(default_factory=dict)

    def has(self, entity: str, *columns: str) -> bool:
        return any(b.entity and b.entity.id == entity and all(b.column(c) for c in columns) for b in self.bounds)


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    """Stable, in lower case with hyphens: it stands in reports and is what a trend compares."""
    dimension: Dimension
    severity: Severity
    title: Text
    about: Text
    """What it looks at and why, in a sentence."""
    rules: Callable[[Bound, Context], Iterable[Rule]]
    basis: str = ""
    """Law or standard."""
    origin: str = "national"
    """`national`, or who added it."""
