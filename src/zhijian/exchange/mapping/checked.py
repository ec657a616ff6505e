"""What is said of a mapping held against a source: each thing with its place. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from zhijian.exchange.model import Severity, Text


@dataclass(frozen=True, slots=True)
class Example:
    table: str
    """As opened: the file, or the table of the database."""
    row: int
    value: str | None


@dataclass(frozen=True, slots=True)
class SetAside:
    table: str
    column: str
    why: Text


@dataclass(frozen=True, slots=True)
class Unused:
    """A column that the mapping neither uses nor sets aside: a warning each, unless it is empty."""

    table: str
    column: str
    filled: int
    example: str | None


@dataclass(frozen=True, slots=True)
class Absent:
    """An element that the specification requires and the mapping does not fill."""

    entity: str
    element: str
    name: Text


@dataclass(frozen=True, slots=True)
class Unsure:
    """A field that was proposed and that nobody has confirmed."""

    label: str
    element: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Invented:
    label: str
    element: str
    value: str
    why: Text
    records: int


@dataclass(frozen=True, slots=True)
class Lost:
    """`kind`: `lost` (no value), `as-text` (kept, not understood), `inferred` (read with something the text does not say)."""

    entity: str
    element: str
    kind: str
    why: Text
    count: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Untranslated:
    entity: str
    element: str
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """Records that do not fit the specification."""

    entity: str
    element: str
    check: str
    severity: Severity
    why: Text
    count: int
    of: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    missing: tuple[str, ...]
    """Tables of the mapping that were not found."""
    left: tuple[str, ...]
    """Tables found that the mapping does not know."""
    used: Mapping[str, tuple[str, ...]]
    set_aside: tuple[SetAside, ...]
    unused: tuple[Unused, ...]
    absent: tuple[Absent, ...]
    unsure: tuple[Unsure, ...]
    records: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]]
    """By label: how many rows became no record, by why (`where`, `twin`)."""
    invented: tuple[Invented, ...]
    losses: tuple[Lost, ...]
    untranslated: tuple[Untranslated, ...]
    misfits: tuple[Misfit, ...]

    @property
    def clean(self) -> bool:
        """Nothing to look at: whatever is used, set aside, left out by `where` or invented with a reason is no finding."""
        return not (self.missing or self.absent or self.unsure or self.untranslated or self.misfits) and not (
            any(u.filled for u in self.unused) or any(one.kind != "inferred" for one in self.losses)
        )

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"clean": self.clean, **asdict(self)}
