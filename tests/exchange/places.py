"""Where defects go: rows that no other class has damaged yet, and small pieces that several classes plant."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.exchange.clean import Cell, Tables
from tests.exchange.defects import Planted

Row = dict[str, Cell]


class Places(Random):
    """A seed that remembers which rows it gave away, so that classes can be planted side by side."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)
        self.taken: set[tuple[str, int]] = set()


def pick(tables: Tables, rng: Random, entity: str, n: int, when: Callable[[Row], Any] = lambda row: True) -> list[int]:
    """Indexes of up to `n` rows for which `when` holds, in order."""
    taken = rng.taken if isinstance(rng, Places) else set()
    free = [i for i, row in enumerate(tables[entity]) if (entity, i) not in taken and when(row)]
    chosen = sorted(rng.sample(free, min(n, len(free))))
    assert chosen, f"no row of {entity} to plant in"
    taken.update((entity, i) for i in chosen)
    return chosen


def damage(
    tables: Tables, rng: Random, entity: str, n: int, column: str, to: Callable[[Row], Cell],
    when: Callable[[Row], Any] = lambda row: True,
) -> list[Planted]:  # fmt: skip
    """Writes another text into one column of `n` rows that have one."""
    rows = pick(tables, rng, entity, n, lambda row: row.get(column) and when(row))
    for i in rows:
        tables[entity][i][column] = to(tables[entity][i])
    return [Planted(entity, i, column) for i in rows]


def append(tables: Tables, rng: Random, entity: str, row: Row) -> int:
    tables[entity].append(row)
    index = len(tables[entity]) - 1
    if isinstance(rng, Places):
        rng.taken.add((entity, index))
    return index


def later(day: Cell, days: int) -> str:
    return (date.fromisoformat(str(day)[:10]) + timedelta(days=days)).isoformat()


def number(row: Row, column: str) -> float | None:
    try:
        return float(row[column] or "")
    except ValueError:
        return None
