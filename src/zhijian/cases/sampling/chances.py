"""First-order inclusion probabilities within one stratum, and who is drawn by them. Pure.

Design: systematic sampling with probability proportional to size over a random order (Goodman and Kish 1950; Hartley and Rao
1962). The chances are exact, whatever the weights; the number drawn is fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from zhijian.cases.sampling.stream import below, in_order


@dataclass(frozen=True, slots=True)
class Chances:
    """Of each, `parts[name] / whole`; who is certain has all of it."""

    parts: Mapping[str, int]
    whole: int

    def of(self, name: str) -> Fraction:
        return Fraction(self.parts[name], self.whole)

    @property
    def certain(self) -> frozenset[str]:
        return frozenset(name for name, part in self.parts.items() if part == self.whole)


def chances(weights: Mapping[str, int], take: int, equal: tuple[int, int]) -> Chances:
    """`take` of them, by weight but for the part `equal` of each chance. Weights are above 0, `take` from 1 to their number.

    Whoever would come out above 1 is certain, and the others share what is left; so no chance is below equal · take / number.

    >>> chances({"a": 1, "b": 1, "c": 2}, 1, (0, 1))
    Chances(parts={'a': 3, 'b': 3, 'c': 6}, whole=12)
    >>> sorted(chances({"a": 1, "b": 1, "c": 9}, 2, (1, 4)).certain)
    ['c']
    """
    top, bottom = equal
    total, number = sum(weights.values()), len(weights)
    sizes = {name: top * total + (bottom - top) * number * weight for name, weight in weights.items()}
    rest, left, whole = dict(sizes), take, sum(sizes.values())
    while sure := [name for name in rest if left * rest[name] >= whole]:
        for name in sure:
            whole -= rest.pop(name)
        left = take - (number - len(rest))
    whole = whole or 1
    return Chances({name: left * rest[name] if name in rest else whole for name in sizes}, whole)


def drawn(seed: str, stratum: str, by: Chances) -> list[str]:
    """In alphabetical order. Points lie a whole apart from a random start; drawn is whose part holds one."""
    start, at, found = below(seed, f"start/{stratum}", by.whole), 0, []
    for name in in_order(seed, f"order/{stratum}", by.parts):
        end = at + by.parts[name]
        # Points below x are ⌊(x - 1 - start) / whole⌋ + 1. A part as long as the whole always holds one.
        if (end - 1 - start) // by.whole > (at - 1 - start) // by.whole:
            found.append(name)
        at = end
    return sorted(found)
