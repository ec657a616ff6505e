"""Results: drawn from a lognormal between the row's usual bounds, rounded as the method reports, judged by the limit.

A result that breaks its limit is drawn only when the report is meant to fail; honest results are drawn again until
they keep it, so nothing piles up just under a limit.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from .methods import Row

_HJ_STYLE = "水和废水"
"""Water laboratories write the detection limit and an L (HJ 91.1-2019) where others write 未检出."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Numbers a result must keep; both None when the limit is a word."""

    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@lru_cache(maxsize=2_048)
def limit_of(text: str | None) -> Limit:
    """
    >>> limit_of("≤0.2").high, limit_of("6~9").low, limit_of("不得检出")
    (0.2, 6.0, Limit(low=None, high=None))
    """
    match (text or "").partition("~"):
        case (low, "~", high):
            return Limit(float(low), float(high))
        case (one, _, _) if one.startswith("≤"):
            return Limit(None, float(one[1:]))
        case (one, _, _) if one.startswith("≥"):
            return Limit(float(one[1:]), None)
    return Limit(None, None)


@dataclass(frozen=True, slots=True)
class _Shape:
    mu: float
    sigma: float
    step: float
    digits: int
    lod: float
    below: str
    limit: Limit
    top: float


@lru_cache(maxsize=2_048)
def _shape(row: Row) -> _Shape:
    low, high = math.log(max(float(row.low), 1e-9)), math.log(float(row.high))
    lod = float(row.lod or 0)
    below = f"{row.lod}L" if row.category == _HJ_STYLE else "未检出"
    step = 0.0 if row.step == "2s" else float(row.step)
    digits = 0 if row.step == "2s" else len(row.step.partition(".")[2])
    limit = Limit(None, None) if row.is_text else limit_of(row.limit)
    top = 100.0 if row.unit == "%" else math.inf
    return _Shape((low + high) / 2, (high - low) / 3.29, step, digits, lod, below, limit, top)


def can_fail(row: Row) -> bool:
    """Whether a report may fail by this row."""
    return row.limit is not None if row.is_text else _shape(row).limit != Limit(None, None)


def draw(rng: Random, row: Row, *, fails: bool) -> str:
    """A result as the report prints it. `fails` only for rows that can.

    >>> from .methods import subjects
    >>> lead = next(r for s in subjects() for r in s.rows if r.parameter == "铅" and r.limit == "≤0.2")
    >>> float(draw(Random(1), lead, fails=True)) > 0.2
    True
    """
    if row.is_text:
        return row.high if fails else row.low
    shape = _shape(row)
    if fails:
        return _breaking(rng, shape)
    for _ in range(40):
        value = min(rng.lognormvariate(shape.mu, shape.sigma), shape.top)
        rounded, text = _rounded(value, shape)
        if shape.limit.holds(rounded):
            return shape.below if rounded < shape.lod else text
    return _rounded(math.exp(shape.mu), shape)[1]


def _breaking(rng: Random, shape: _Shape) -> str:
    low, high = shape.limit.low, shape.limit.high
    for stretch in range(1, 40):
        away = 0.02 + rng.expovariate(4) * 0.6 + 0.02 * stretch
        upwards = high is not None and (low is None or rng.random() < 0.5)
        edge = (high if upwards else low) or 0.0
        rounded, text = _rounded(edge * (1 + away if upwards else max(1 - away, 0.1)), shape)
        if not shape.limit.holds(rounded):
            return text
    raise ValueError(f"no value breaks {shape.limit} at step {shape.step}")


def _rounded(value: float, shape: _Shape) -> tuple[float, str]:
    """Halves go to the even neighbour (GB/T 8170-2008 but for binary fractions)."""
    if shape.step == 0:
        size = max(int(math.log10(value)) - 1, 0) if value >= 100 else 0
        whole = round(value / 10**size) * 10**size
        return whole, str(whole)
    rounded = round(round(value / shape.step) * shape.step, shape.digits)
    return rounded, f"{rounded:.{shape.digits}f}"
