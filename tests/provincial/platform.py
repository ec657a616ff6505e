"""Rows on their way into the tables: keys are given, cells spoilt by the plan, all of it noted in the truth."""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from tests.provincial import dirt
from tests.provincial.plantings import CELLS, EXTRAS, SHARES, Planting
from tests.provincial.tables import CHANGED, METADATA
from tests.provincial.truth import Dirt, Key, Truth

Cell = str | int | None
Row = dict[str, Cell]
Sink = Callable[[str, list[tuple[Cell, ...]]], None]
"""Takes rows of a table, columns in the table's order."""

_COLUMNS = {table.name: [column.name for column in table.columns] for table in METADATA.tables.values()}
_BATCH = 5_000
_NOBODY = 900_000_000
"""Keys from here on belong to no row: orphans point there."""


class Platform:
    """Gives surrogate keys, spoils, and hands full batches to `sink`. Call `flush` at the end."""

    def __init__(self, sink: Sink, truth: Truth) -> None:
        self._sink, self.truth = sink, truth
        self._last: Counter[str] = Counter()
        self._turn: Counter[str] = Counter()
        self._waiting: dict[str, list[tuple[Cell, ...]]] = {name: [] for name in _COLUMNS}
        self.rng = Random()

    def plain(self, table: str, row: Mapping[str, Cell]) -> int:
        """A row that stands for no record: a log line, a dictionary entry, old history."""
        self._last[table] = pk = self._last[table] + 1
        self._put(table, pk, row)
        return pk

    def add(self, table: str, row: Row, entity: str, key: Key) -> int:
        """A row that is a record. Its key in the table."""
        self.truth.records[entity] += 1
        self._last[table] = pk = self._last[table] + 1
        touched = self.rng.random() < SHARES[table] and self._spoil(table, pk, row, entity, [key])
        self._put(table, pk, row)
        if not touched and table in EXTRAS:
            self._extras(table, row, entity, key)
        return pk

    def add_wide(self, table: str, row: Row, entity: str, keys: list[Key]) -> int:
        """A row that holds several records side by side."""
        self.truth.records[entity] += len(keys)
        self._last[table] = pk = self._last[table] + 1
        if self.rng.random() < SHARES[table]:
            self._spoil(table, pk, row, entity, keys)
        self._put(table, pk, row)
        return pk

    def note(self, table: str, column: str, kind: str, entity: str, key: Key, element: str) -> None:
        """Dirt that lies in the data itself, of the row added next."""
        self.truth.dirt.append(Dirt(table, self._last[table] + 1, column, kind, False, entity, key, element))

    def flush(self) -> None:
        for table, rows in self._waiting.items():
            if rows:
                self._sink(table, rows)
                self._waiting[table] = []

    def _put(self, table: str, pk: int, row: Mapping[str, Cell]) -> None:
        names = _COLUMNS[table]
        rows = self._waiting[table]
        rows.append((pk, *map(row.get, names[1:])))
        self.truth.rows[table] += 1
        if len(rows) >= _BATCH:
            self._sink(table, rows)
            self._waiting[table] = []

    def _spoil(self, table: str, pk: int, row: Row, entity: str, keys: list[Key]) -> bool:
        plan = CELLS[table]
        for _ in plan:
            turn = self._turn[table] % len(plan)
            self._turn[table] += 1
            planting, slot = plan[turn], self.rng.randrange(len(keys))
            column = planting.column.replace("?", str(slot + 1))
            if self._spoil_cell(row, planting, column, slot):
                kind = planting.kind
                found = Dirt(table, pk, column, kind, kind in dirt.MENDABLE, entity, keys[slot], planting.element)
                self.truth.dirt.append(found)
                return True
        return False

    def _spoil_cell(self, row: Row, planting: Planting, column: str, slot: int) -> bool:
        hint, emptied = planting.hint, ""
        if planting.kind == "unit_in_cell":
            if hint[0] == "+":
                hint = hint[1:]
            else:
                emptied = hint.replace("?", str(slot + 1))
                hint = str(row.get(emptied) or "")
        cell = row.get(column)
        spoil = dirt.MENDABLE.get(planting.kind) or dirt.LOST[planting.kind]
        dirty = spoil(self.rng, None if cell is None else str(cell), hint)
        if dirty is None:
            return False
        row[column] = dirty
        if emptied:
            row[emptied] = None
        return True

    def _extras(self, table: str, row: Row, entity: str, key: Key) -> None:
        for kind, column, share in EXTRAS[table]:
            if self.rng.random() < share:
                self._last[table] = pk = self._last[table] + 1
                self._put(table, pk, self._extra(kind, column, row, pk))
                told = kind in dirt.LEAVE_OUT
                self.truth.dirt.append(Dirt(table, pk, column, kind, told, entity, key, ""))

    def _extra(self, kind: str, column: str, row: Row, pk: int) -> Row:
        text = str(row.get(column) or "")
        match kind:
            case "stale_twin":
                return row | {column: f"{text}旧", CHANGED: "2019-05-06 08:00:00"}
            case "soft_deleted":
                return row | {column: f"{text}作废", "sfsc": "1"}
            case "mistyped_twin":
                return row | {column: text[:-2] + text[-1] + text[-2] if text[-1] != text[-2] else text[:-1]}
            case "test_row":
                return {column: "测试机构请勿使用", "tyshxydm": "123456", "sfsc": "0", CHANGED: row[CHANGED]}
            case "orphan":
                return row | {column: _NOBODY + pk}
            case _:
                return row
