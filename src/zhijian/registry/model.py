"""What the registry knows of one institution, and what is wrong with a report that claims its mark. Pure.

Days are inclusive on both ends, Asia/Shanghai.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from zhijian.registry.law import Basis


@dataclass(frozen=True, slots=True)
class Span:
    """Days from … to, both included; `to_on` None while it lasts."""

    from_on: date
    to_on: date | None

    def covers(self, on: date) -> bool:
        return self.from_on <= on and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True, slots=True)
class Certificate:
    number: str
    term: Span
    states: tuple[tuple[str, Span], ...]
    """暂停, 撤销, 注销 with their days. Days in the term without a record are in force."""

    def state_on(self, on: date) -> str:
        """有效, 暂停, 撤销, 注销, 过期 or 未生效; of several at once the gravest."""
        held = {state for state, span in self.states if span.covers(on)}
        for state in ("撤销", "注销", "暂停"):
            if state in held:
                return state
        if on < self.term.from_on:
            return "未生效"
        return "有效" if self.term.covers(on) else "过期"


@dataclass(frozen=True, slots=True)
class Site:
    site_no: str
    name: str
    address: str
    used: Span


@dataclass(frozen=True, slots=True)
class Capability:
    sequence: str
    category: str
    parameter: str
    standard: str
    standard_name: str | None
    valid: Span


@dataclass(frozen=True, slots=True)
class Person:
    staff_no: str
    name: str
    employed: Span
    authorised: tuple[tuple[frozenset[str], Span], ...]
    """Categories (or *) the person may sign, with the days."""


@dataclass(frozen=True, slots=True)
class Calibration:
    kind: str
    certificate_no: str | None
    provider: str | None
    good: Span
    passed: bool


@dataclass(frozen=True, slots=True)
class Instrument:
    management_no: str
    site_no: str
    name: str
    model: str | None
    serial_no: str | None
    used: Span
    in_use: bool
    needs_calibration: bool
    calibrations: tuple[Calibration, ...]

    def calibration_on(self, on: date) -> Calibration | None:
        """The calibration that is good on that day: the latest before it, if it was passed and is not due yet.

        One that failed ends what an earlier one allowed.
        """
        before = [c for c in self.calibrations if c.good.from_on <= on]
        last = max(before, key=lambda c: (c.good.from_on, c.passed), default=None)
        return last if last and last.passed and last.good.covers(on) else None


ScopeKey = tuple[str, str, str]
"""(certificate, site, normalised parameter)."""


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """All that admission needs of one institution, as of now; each fact carries its days."""

    uscc: str
    name: str
    province: str
    code_index: str
    revision: int
    public_phone: str | None
    synthetic: bool
    certificates: Mapping[str, Certificate]
    sites: Mapping[str, Site]
    scope: Mapping[ScopeKey, tuple[Capability, ...]]
    people: Mapping[str, Person]
    instruments: Mapping[str, Instrument]

    def capabilities_on(
        self, certificate: str, site: str, parameter: str, standard: str, on: date
    ) -> tuple[Capability, ...]:
        """Rows of the capability table that cover this test on this day; one test can stand under several categories."""
        rows = self.scope.get((certificate, site, normal_parameter(parameter)), ())
        wanted = normal_standard(standard)
        return tuple([r for r in rows if normal_standard(r.standard) == wanted and r.valid.covers(on)])


@dataclass(frozen=True, slots=True)
class AsOf:
    """An institution as it was registered on a day."""

    on: date
    facts: InstitutionFacts
    records: Mapping[str, tuple[dict[str, Any], ...]]
    """Entity → records with typed values, every element there; an entity without any is not named."""


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a record, and in what it differs from the one before it."""

    entity: str
    key: tuple[str, ...]
    on: date
    """Day from which it holds."""
    recorded_at: datetime
    source: str
    kind: str
    """new, changed or gone."""
    elements: Mapping[str, tuple[Any, Any]]
    """Element → (before, after)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a report breaks, so that its author can mend it."""

    rule: str
    pointer: str
    """JSON pointer (RFC 6901) to the field."""
    value: str | None
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    basis: Basis | None = None


_SPACES = re.compile(r"\s+")
_HYPHENS = {ord(ch): "-" for ch in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"}


@lru_cache(maxsize=65536)
def normal_parameter(text: str) -> str:
    """Width, case and blanks do not make another parameter.

    >>> normal_parameter("化学 需氧量（CODcr）") == normal_parameter("化学需氧量(codCr)")
    True
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=65536)
def normal_standard(text: str) -> str:
    """
    >>> normal_standard("gb5009.12—2023")
    'GB5009.12-2023'
    """
    flat = _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()
    return flat.translate(_HYPHENS)


def standard_without_year(text: str) -> str:
    """
    >>> standard_without_year("GB 5009.12-2023")
    'GB5009.12'
    """
    return re.sub(r"[-:](19|20)?\d{2}$", "", normal_standard(text))
