"""What the room speaks of: what an asker was shown, a day's counts, and thresholds. Pure: no database, no HTTP."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zhijian.codes.model import State

PLACES_MOST = 64
"""Places are counted up to here: 64 means 64 or more."""
KEPT_DAYS = 400
"""How long counts are kept."""


class Shown(StrEnum):
    """In which condition a report was when somebody looked at it."""

    IN_USE = "in_use"
    """Valid, or doubted: its paper may go round."""
    ENDED = "ended"
    """Corrected, replaced, withdrawn, or found inaccurate or false: another paper, or none, should be shown."""
    RESERVED = "reserved"
    """The code is leased for offline work, its report is not registered yet."""


def shown(state: State) -> Shown:
    return _SHOWN[state]


_SHOWN = dict.fromkeys(State, Shown.ENDED) | {
    State.VALID: Shown.IN_USE,
    State.DOUBTED: Shown.IN_USE,
    State.RESERVED: Shown.RESERVED,
}


@dataclass(frozen=True, slots=True)
class CodeDay:
    """What the public did with one code on one day (Shanghai)."""

    code: str
    on_day: date
    looks: int
    """Answers given, by page, QR, JSON or file."""
    verified_looks: int
    """Of them with the right verifier or the QR's credential."""
    wrong_verifier: int
    """Refused: verifier or credential were not those of this code. Not among `looks`."""
    after_end: int
    """Of `looks`, those that showed the report as `Shown.ENDED`."""
    before_issue: int
    """Of `looks`, those that showed it as `Shown.RESERVED`."""
    places: int
    """Distinct networks (/24, /48), about; 0 when none is known, PLACES_MOST is that or more."""


@dataclass(frozen=True, slots=True)
class UnknownDay:
    """Codes with an institution's index that nobody registered, asked for on one day."""

    on_day: date
    looks: int
    codes: int
    """Distinct ones, about; PLACES_MOST is that or more."""
    places: int


@dataclass(frozen=True, slots=True)
class DayTotal:
    """All codes of an institution on one day."""

    on_day: date
    codes: int
    looks: int
    verified_looks: int
    wrong_verifier: int
    after_end: int
    before_issue: int


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """One code over a period."""

    code: str
    looks: int
    verified_looks: int
    wrong_verifier: int
    days: int
    """On how many days anybody looked."""
    places_most: int
    """Places on the day that had most."""
    first_at: datetime
    last_at: datetime
    """Both to within the seconds between two flushes."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a day stands out. Numbers are counts unless their name says otherwise."""

    places_at_least: int = 20
    places_times_usual: float = 5.0
    wrong_at_least: int = 10
    unknown_at_least: int = 20
    ended_looks_at_least: int = 5
    ended_places_at_least: int = 3
    before_issue_at_least: int = 5
    spike_looks_at_least: int = 100
    spike_times_median: float = 5.0
    baseline_days: int = 28
    baseline_needs_days: int = 7
    """With fewer days since counting began nothing is called unusual."""
