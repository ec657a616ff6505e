"""What the inspections say of all institutions: the share in violation, with an interval. Pure.

Point: Hájek's ratio within each stratum, put together by the strata's known sizes; beside it Horvitz and Thompson's total.
Interval: Korn and Graubard (1998), an exact bound at the effective sample size, here for a finite population (`finite`). The
effective size is the smaller of Kish's and that of the linearised variance; where few were found either way, so that the variance
is hardly known, no more than at the lowest chance of all, as if risk had been judged the wrong way round. Whoever was certain to be drawn speaks for itself
alone. Only + - × ÷ and exact sums: the same on every machine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum

from zhijian.cases.sampling.drawing import chances_of
from zhijian.cases.sampling.finite import least_with, most_with
from zhijian.cases.sampling.form import Document
from zhijian.cases.sampling.model import Outcome, SamplingError

LEVEL = Fraction(95, 100)
FEW = 6
"""Fewer found, or fewer without, than this say little of the spread."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Shares are 0–1. Of the whole frame, a stratum or a field."""

    kind: str
    """`whole`, `stratum` or `field`."""
    name: str
    population: int
    drawn: int
    inspected: int
    violations: int
    """Found, not estimated."""
    share: float | None
    """None: nobody was inspected who speaks for the rest."""
    low: float
    high: float
    total: float | None
    """Horvitz and Thompson's number of institutions in violation; None where not all drawn were inspected."""
    effective: int
    """Equal-chance inspections that say as much, those certain left out."""
    at_worst: tuple[float, float] | None
    """The share if none, and if all, of those not inspected were in violation; None: all were inspected."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    uscc: str
    stratum: str
    fields: tuple[str, ...]
    chance: Fraction
    outcome: Outcome

    @property
    def weight(self) -> float:
        return self.chance.denominator / self.chance.numerator

    @property
    def known(self) -> bool:
        return self.outcome is not Outcome.NOT_INSPECTED

    @property
    def violates(self) -> bool:
        return self.outcome is Outcome.VIOLATION


def estimates(publication: Document, outcomes: Mapping[str, Outcome]) -> list[Estimate]:
    """Whole, then each stratum, then each field. `outcomes`: USCC → what came of it, of each that was drawn.

    Raises: SamplingError (outcome-missing, outcome-stranger).
    """
    sample, frame = _sample(publication, outcomes), publication["frame"]["institutions"]
    weights = _weights(publication, sample)
    asked = [("whole", "*"), *(("stratum", s["id"]) for s in publication["plan"]["strata"])]
    asked += [("field", name) for name in sorted({field for one in frame for field in one["fields"]})]
    return [
        _estimate(
            kind, name, [one["uscc"] for one in frame if _within(kind, name, one["stratum"], one["fields"])],
            [one for one in sample if _within(kind, name, one.stratum, one.fields)], weights,
        )
        for kind, name in asked
    ]  # fmt: skip


def _within(kind: str, name: str, stratum: str, fields: Iterable[str]) -> bool:
    return {"whole": True, "stratum": stratum == name, "field": name in fields}[kind]


def _sample(publication: Document, outcomes: Mapping[str, Outcome]) -> list[_Drawn]:
    fields = {one["uscc"]: tuple(one["fields"]) for one in publication["frame"]["institutions"]}
    drawn = publication["result"]["drawn"]
    if missing := sorted({row["uscc"] for row in drawn} - set(outcomes)):
        raise SamplingError("outcome-missing", f"缺少结果：{'、'.join(missing[:5])}（共 {len(missing)} 家）；没查成的填 not-inspected",
                            f"no outcome of {len(missing)} institutions; of one that was not inspected write not-inspected")  # fmt: skip
    if strange := sorted(set(outcomes) - {row["uscc"] for row in drawn}):
        raise SamplingError("outcome-stranger", f"不在抽中名单里：{'、'.join(strange[:5])}（共 {len(strange)} 家）；请从结果中删去",
                            f"{len(strange)} institutions were not drawn; leave them out")  # fmt: skip
    return [
        _Drawn(row["uscc"], row["stratum"], fields[row["uscc"]], Fraction(row["chance"]), outcomes[row["uscc"]])
        for row in drawn
    ]


def _weights(publication: Document, sample: Sequence[_Drawn]) -> dict[str, float]:
    """For how many each stands or would stand: 1 of those certain; of the others the inverse of the chance, brought to the number
    that is left of the stratum. That is Hájek's ratio, and those not inspected are stood for by their stratum."""
    found: dict[str, float] = {}
    for stratum, by in chances_of(publication["plan"], publication["frame"]).items():
        known = [one for one in sample if one.stratum == stratum and one.known]
        others = [one.weight for one in known if one.chance < 1]
        left = len(by.parts) - (len(known) - len(others))
        ratio = left / fsum(others) if others else 1.0
        found |= {uscc: 1.0 if part == by.whole else by.whole / part * ratio for uscc, part in by.parts.items()}
    return found


def _estimate(
    kind: str, name: str, frame: Sequence[str], sample: Sequence[_Drawn], weights: Mapping[str, float]
) -> Estimate:
    known = [one for one in sample if one.known]
    certain = [one for one in known if one.chance == 1]
    others = [one for one in known if one.chance < 1]
    number = len(frame)
    sure, rest = sum(one.violates for one in certain), number - len(certain)
    heaviest = max((weights[uscc] for uscc in frame), default=1.0)
    share, low, high, effective = _others(rest, heaviest, [(weights[one.uscc], one.violates) for one in others])
    whole = len(sample) == len(known)

    def of_all(value: float) -> float:
        return round((sure + value) / number, 6) if number else 0.0

    return Estimate(
        kind, name, number, len(sample), len(known), sum(one.violates for one in known),
        None if share is None else of_all(share * rest), of_all(low), of_all(high),
        round(fsum(one.weight for one in known if one.violates), 3) if whole else None,
        effective, None if whole else _worst(sample),
    )  # fmt: skip


def _others(rest: int, heaviest: float, inspected: Sequence[tuple[float, bool]]) -> tuple[float | None, int, int, int]:
    """Share, bounds in institutions, effective size; of a rest of which some were inspected, each with its weight."""
    if not rest:
        return 0.0, 0, 0, 0
    if not inspected:
        return None, 0, rest, 0
    total = fsum(weight for weight, _ in inspected)
    share = fsum(weight for weight, violates in inspected if violates) / total
    size = effective_size(share, heaviest, inspected)
    tail = (1 - LEVEL) / 2
    fewer = int(share * size)
    more = min(size, int(-(-share * size // 1)))
    seen = sum(violates for _, violates in inspected)
    low = max(seen, least_with(rest, size, fewer, tail))
    high = min(rest - (len(inspected) - seen), most_with(rest, size, more, tail))
    return share, low, high, size


def effective_size(share: float, heaviest: float, inspected: Sequence[tuple[float, bool]]) -> int:
    """Of the inspected, each with its weight; `heaviest`: the largest weight that anybody could have had.

    >>> effective_size(0.0, 1.0, [(1.0, False)] * 8), effective_size(0.0, 3.0, [(1.0, False)] * 4 + [(3.0, False)] * 4)
    (8, 5)
    """
    total, number = fsum(weight for weight, _ in inspected), len(inspected)
    size = total * total / fsum(weight * weight for weight, _ in inspected)
    seen = sum(violates for _, violates in inspected)
    if 0 < seen < number:
        spread = fsum((weight * (violates - share)) ** 2 for weight, violates in inspected) * number / (number - 1)
        size = min(size, share * (1 - share) * total * total / spread)
    if min(seen, number - seen) < FEW:
        size = min(size, total / heaviest)
    # A hair below a whole number is that number.
    return max(1, min(number, int(size + 1e-9)))


def _worst(sample: Sequence[_Drawn]) -> tuple[float, float]:
    total = fsum(one.weight for one in sample)
    found = fsum(one.weight for one in sample if one.violates)
    unknown = fsum(one.weight for one in sample if not one.known)
    return round(found / total, 6), round((found + unknown) / total, 6)
