"""What stands out in a day's counts. Pure: rows and thresholds in, findings out. 值得留意, never a verdict: a popular
product, a tender or a lesson in a school makes the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from zhijian.lookups.model import PLACES_MOST, CodeDay, DayTotal, Thresholds, UnknownDay


class Kind(StrEnum):
    MANY_PLACES = "many-places"
    GUESSED = "guessed"
    UNKNOWN_CODES = "unknown-codes"
    LOOKED_BEFORE_ISSUED = "looked-before-issued"
    WITHDRAWN_STILL_SHOWN = "withdrawn-still-shown"
    SPIKE = "spike"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something worth a look. `numbers` are those that the words name."""

    kind: Kind
    on_day: date
    code: str | None
    """None: of the institution as a whole."""
    numbers: Mapping[str, int | float]


@dataclass(frozen=True, slots=True)
class NotJudged:
    """The rule says nothing here, and why."""

    kind: Kind
    on_day: date
    reason: str


Judged = Anomaly | NotJudged | None
"""None: the rule looked, and nothing stands out."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was usual before a day."""

    days: int
    """Since counting began, at most `Thresholds.baseline_days`."""
    looks: float
    """Median of the institution's looks a day; days without any are 0."""
    places: float
    """Median of the places of a code that was looked at, over codes and days; 0 when there was none."""


def baseline(
    on_day: date, totals: Sequence[DayTotal], places: Mapping[date, Mapping[int, int]], over: Thresholds
) -> Baseline:
    """Of the days before `on_day`. `totals` and `places` reach back `baseline_days` at least."""
    first = on_day - timedelta(days=over.baseline_days)
    looks = {total.on_day: total.looks for total in totals if first <= total.on_day < on_day}
    if not looks:
        return Baseline(0, 0, 0)
    days = (on_day - min(looks)).days
    weights: dict[int, int] = {}
    for day, counted in places.items():
        if first <= day < on_day:
            for number, codes in counted.items():
                weights[number] = weights.get(number, 0) + codes
    return Baseline(days, median([*looks.values()] + [0] * (days - len(looks))), _weighted_median(weights))


def many_places(row: CodeDay, usual: Baseline, over: Thresholds) -> Judged:
    """One code from many networks, far above what is usual for the institution's codes."""
    if row.places == 0:
        return NotJudged(Kind.MANY_PLACES, row.on_day, "places-unknown")
    if usual.days < over.baseline_needs_days:
        return NotJudged(Kind.MANY_PLACES, row.on_day, "too-little-history")
    needed = max(over.places_at_least, over.places_times_usual * usual.places)
    if needed > PLACES_MOST:
        return NotJudged(Kind.MANY_PLACES, row.on_day, "usually-many")
    if row.places < needed:
        return None
    numbers = {"places": row.places, "usual": usual.places, "looks": row.looks}
    return Anomaly(Kind.MANY_PLACES, row.on_day, row.code, numbers)


def guessed(row: CodeDay, over: Thresholds) -> Judged:
    """Many wrong verifiers for one code."""
    if row.looks and row.looks == row.before_issue:
        return NotJudged(Kind.GUESSED, row.on_day, "not-registered-yet")  # nothing to guess at
    if row.wrong_verifier < over.wrong_at_least:
        return None
    numbers = {"wrong_verifier": row.wrong_verifier, "places": row.places, "verified_looks": row.verified_looks}
    return Anomaly(Kind.GUESSED, row.on_day, row.code, numbers)


def unknown_codes(row: UnknownDay, over: Thresholds) -> Judged:
    """Codes of this institution that nobody registered. Two check characters make slips of the pen rare among them."""
    if row.looks == 0:
        return NotJudged(Kind.UNKNOWN_CODES, row.on_day, "nothing-counted")
    if row.looks < over.unknown_at_least:
        return None
    numbers = {"looks": row.looks, "tried": row.codes, "places": row.places}
    return Anomaly(Kind.UNKNOWN_CODES, row.on_day, None, numbers)


def looked_before_issued(row: CodeDay, over: Thresholds) -> Judged:
    """A leased code that people look at while its report is not registered."""
    if row.before_issue == 0:
        return NotJudged(Kind.LOOKED_BEFORE_ISSUED, row.on_day, "registered")
    if row.before_issue < over.before_issue_at_least:
        return None
    numbers = {"before_issue": row.before_issue, "places": row.places}
    return Anomaly(Kind.LOOKED_BEFORE_ISSUED, row.on_day, row.code, numbers)


def withdrawn_still_shown(row: CodeDay, over: Thresholds) -> Judged:
    """A report that is no longer valid and is looked at from several places: its paper is still in use."""
    if row.after_end == 0:
        return NotJudged(Kind.WITHDRAWN_STILL_SHOWN, row.on_day, "not-ended")
    if row.after_end < row.looks:
        # Places are of the whole day: they may all be from before the report ended.
        return NotJudged(Kind.WITHDRAWN_STILL_SHOWN, row.on_day, "ended-that-day")
    if row.after_end < over.ended_looks_at_least or row.places < over.ended_places_at_least:
        return None
    numbers = {"after_end": row.after_end, "places": row.places}
    return Anomaly(Kind.WITHDRAWN_STILL_SHOWN, row.on_day, row.code, numbers)


def spike(total: DayTotal, usual: Baseline, over: Thresholds) -> Judged:
    """Far more looks at the institution's reports than on a usual day."""
    if usual.days < over.baseline_needs_days:
        return NotJudged(Kind.SPIKE, total.on_day, "too-little-history")
    if total.looks < max(over.spike_looks_at_least, over.spike_times_median * usual.looks):
        return None
    return Anomaly(Kind.SPIKE, total.on_day, None, {"looks": total.looks, "median": usual.looks, "codes": total.codes})


def judge_code(row: CodeDay, usual: Baseline, over: Thresholds) -> list[Anomaly | NotJudged]:
    """Every rule about one code on one day."""
    judged = (many_places(row, usual, over), guessed(row, over), looked_before_issued(row, over),
              withdrawn_still_shown(row, over))  # fmt: skip
    return [one for one in judged if one is not None]


def _weighted_median(weights: Mapping[int, int]) -> float:
    """Lower median of numbers that occur so many times; 0 of none.

    >>> _weighted_median({1: 5, 2: 1, 40: 3}), _weighted_median({})
    (1, 0)
    """
    half, passed = sum(weights.values()) / 2, 0
    for number in sorted(weights):
        passed += weights[number]
        if passed >= half:
            return number
    return 0
