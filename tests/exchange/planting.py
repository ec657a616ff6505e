"""How damage is put into tables: cells picked at random, in an order that is the same for every amount of it."""

from collections.abc import Callable
from random import Random

from tests.exchange.clean import Cell, Tables
from tests.exchange.defects import Planted

Row = dict[str, Cell]
Where = Callable[[Row], bool]


def picked(rows: list[Row], rng: Random, n: int, where: Where) -> list[int]:
    """Nested: with the same `rng`, those picked for a smaller n come first."""
    fit = [i for i, row in enumerate(rows) if where(row)]
    assert fit, "no row to damage"
    return rng.sample(fit, len(fit))[:n]


def cells(
    entity: str, column: str, damage: Callable[[str], Cell], where: Where = lambda row: True
) -> Callable[[Tables, Random, int], list[Planted]]:
    """Damages the texts of one column, of rows that have one."""

    def plant(tables: Tables, rng: Random, n: int) -> list[Planted]:
        rows = tables[entity]
        found = picked(rows, rng, n, lambda row: bool(row[column]) and where(row))
        for i in found:
            rows[i][column] = damage(str(rows[i][column]))
        return [Planted(entity, i, column) for i in found]

    return plant


def put(entity: str, column: str, value: Cell, where: Where = lambda row: True) -> Callable[..., list[Planted]]:
    """Puts the same in the place of each."""
    return cells(entity, column, lambda text: value, where)
