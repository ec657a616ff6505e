"""What a migration is made of: where from, where to, which steps, what each came to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhijian.exchange.mapping import SchemaMapping


class MigrationWrong(Exception):
    """It cannot begin or go on. `why` is stable."""

    def __init__(self, why: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} · {en}")
        self.why, self.zh, self.en = why, zh, en


@dataclass(frozen=True, slots=True)
class Migration:
    """One wholesale migration: a province's source by one mapping."""

    mapping: SchemaMapping
    mapping_digest: str
    """SHA-256 of the mapping's text: a run that goes on under another mapping is refused."""
    province: str
    """Two digits of GB/T 2260."""
    run: int
    """1 is the full one; each later one brings what has changed since."""


@dataclass(frozen=True, slots=True)
class Came:
    """What one chunk of one table came to. rows = left_out + those that made records (several, where a row has several)."""

    part: int
    """Number of the mapping's `records`."""
    chunk: int
    rows: int
    left_out: int
    made: int
    """Records: loaded + quarantined."""
    loaded: int
    quarantined: int
    unchanged: int
    """Of `loaded`: were there already and the same."""
    lost: int
    """Cells that did not come over."""
    digest: int
    """Sum of the digests of those written: loaded and not unchanged."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was not loaded."""

    entity: str
    row: int
    n: int
    record: Mapping[str, object]
    reasons: tuple[Mapping[str, str], ...]
    """Each: check, element, value, zh, en, remedy_zh, remedy_en."""
