"""How many of a finite population can have it, when so many of those looked at have: exact bounds. Pure, whole numbers only.

The hypergeometric distribution turned round (Clopper and Pearson 1934, without replacement; Buonaccorsi 1987).
"""

from collections.abc import Callable
from fractions import Fraction
from math import comb


def most_with(population: int, looked_at: int, having: int, tail: Fraction) -> int:
    """The largest number with which `having` or fewer would be seen with a probability above `tail`.

    >>> most_with(100, 20, 0, Fraction(1, 40)), most_with(20, 20, 3, Fraction(1, 40))
    (15, 3)
    """
    limit = comb(population, looked_at) * tail

    def can(number: int) -> bool:
        return _ways(population, looked_at, number, having) > limit

    return _last(can, having, population - (looked_at - having))


def least_with(population: int, looked_at: int, having: int, tail: Fraction) -> int:
    """The smallest number with which `having` or more would be seen with a probability above `tail`.

    >>> least_with(100, 20, 0, Fraction(1, 40)), least_with(100, 20, 20, Fraction(1, 40))
    (0, 85)
    """
    # Who has it and who has not change places.
    return population - most_with(population, looked_at, looked_at - having, tail)


def _ways(population: int, looked_at: int, number: int, most: int) -> int:
    """Of all samples, those with `most` or fewer of the `number` that have it."""
    without = population - number
    first = max(0, looked_at - without)
    if most < first:
        return 0
    term = comb(number, first) * comb(without, looked_at - first)
    total = term
    for k in range(first, min(most, number, looked_at)):
        term = term * (number - k) * (looked_at - k) // ((k + 1) * (without - looked_at + k + 1))
        total += term
    return total


def _last(can: Callable[[int], bool], low: int, high: int) -> int:
    """The last for which it holds; it does for `low`, and for none once it no longer does."""
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if can(middle) else (low, middle - 1)
    return low
