"""The words of a draw: its plan, whom it draws from, who inspects, and what is raised. Pure.

Weights, quotas and chances are whole numbers and fractions all the way: no float decides who is drawn.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ANY = "*"
"""In the place of a field: all of them."""
MOST_WEIGHT = 1_000_000
MOST_INSTITUTIONS = 1_000_000


class State(StrEnum):
    """How far a draw is. Nothing leads back, and of every one but the last only what stands next to it leads on."""

    DRAFT = "draft"
    COMMITTED = "committed"
    DRAWN = "drawn"
    PUBLISHED = "published"
    EVALUATED = "evaluated"
    WITHDRAWN = "withdrawn"
    """Given up before anybody was drawn, with the reason; kept and shown, so that nobody commits until the result suits."""


STATES = {
    State.DRAFT: "草案", State.COMMITTED: "已承诺", State.DRAWN: "已抽取", State.PUBLISHED: "已公开",
    State.EVALUATED: "已评估", State.WITHDRAWN: "已撤回",
}  # fmt: skip
"""In Chinese; the English word is the state's own."""


class SourceKind(StrEnum):
    """Who makes the public half of the seed."""

    LOG = "log"
    """Root of a transparency log at a size that it has not reached."""
    NUMBERS = "numbers"
    """Numbers that somebody else draws and publishes later (a lottery of a day to come)."""
    PARTIES = "parties"
    """Contributions of several, each bound beforehand by the SHA-256 of its words."""


class DivisionRule(StrEnum):
    """From where the inspectors of an institution come."""

    ANY = "any"
    SAME = "same"
    OTHER = "other"
    """Crosswise 交叉检查."""


class ConflictKind(StrEnum):
    FORMER_EMPLOYER = "former-employer"
    RELATIVE = "relative"
    DECLARED = "declared"


class Outcome(StrEnum):
    """What an inspection came to."""

    VIOLATION = "violation"
    NONE = "none"
    NOT_INSPECTED = "not-inspected"
    """Not found, closed, refused: with the reason."""


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    sha256: str
    """Of the words it will reveal, hex."""


@dataclass(frozen=True, slots=True)
class Source:
    kind: SourceKind
    words: str
    """What exactly will be taken, from where and when, so that nobody can doubt it afterwards."""
    parties: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A quota: so many, or such a share, of those with one of the fields (and in one of the divisions, when there are any)."""

    id: str
    name: str
    fields: tuple[str, ...]
    divisions: tuple[str, ...] = ()
    count: int | None = None
    share: tuple[int, int] | None = None
    """Numerator and denominator; rounded up to whole institutions."""

    def holds(self, one: "Institution") -> bool:
        fits = ANY in self.fields or not set(self.fields).isdisjoint(one.fields)
        return fits and (not self.divisions or one.division in self.divisions)

    def take(self, of: int) -> int:
        """How many of `of`.

        >>> Stratum("a", "", ("*",), share=(1, 10)).take(31)
        4
        """
        if self.count is not None:
            return self.count
        top, below = self.share or (0, 1)
        return -(-of * top // below)


@dataclass(frozen=True, slots=True)
class Plan:
    id: str
    name: str
    province: str
    year: int
    on: date
    """The day by which absences, former employers and recent inspections are judged."""
    strata: tuple[Stratum, ...]
    source: Source
    team: int = 2
    division: DivisionRule = DivisionRule.ANY
    equal: tuple[int, int] = (1, 4)
    """The part of every chance that does not look at the risk: no chance is below this part of the stratum's average."""
    former_years: int = 3
    """So long after leaving, a former employer is not inspected by whoever left."""
    spared_months: int = 12
    """Inspected within so many months before `on`: not drawn again. 0: is."""


@dataclass(frozen=True, slots=True)
class Institution:
    uscc: str
    name: str
    fields: tuple[str, ...]
    division: str
    weight: int
    """Risk, above 0; only its proportion to the others' counts."""
    group: str = ""
    """The household of units (系统、集团) to which it belongs."""
    inspected_on: date | None = None
    excluded: str = ""
    """Why it is not to be drawn; published."""


@dataclass(frozen=True, slots=True)
class Inspector:
    no: str
    """Staff number of the law-enforcement certificate's list; published."""
    name: str
    division: str
    fields: tuple[str, ...]
    most: int
    """Institutions that can be given to this one."""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    no: str
    uscc: str
    kind: ConflictKind
    left_on: date | None = None
    """Of a former employer; None: still, or not known, and so for ever."""


@dataclass(frozen=True, slots=True)
class Frame:
    """From which is drawn, with everything that is not published."""

    institutions: tuple[Institution, ...]
    inspectors: tuple[Inspector, ...]
    conflicts: tuple[Conflict, ...] = ()


class SamplingError(Exception):
    """It cannot be. `why` is a stable key; the words say what, where and how to mend it."""

    def __init__(self, why: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.why, self.zh, self.en = why, zh, en


class PlanRefused(SamplingError):
    """A plan or a frame from which nobody can be drawn fairly."""


class OutOfOrder(SamplingError):
    """An act that the draw's state does not allow."""


class PublicationBroken(SamplingError):
    """A published draw that does not agree with itself."""


class DrawUnknown(SamplingError):
    """There is none of this name within the caller's scope."""
