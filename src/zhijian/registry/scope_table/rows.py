"""The rows under a heading: which are lines, what each holds, and what holds on from the rows above."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from zhijian.registry.scope_table.furniture import Said, is_furniture, is_remark
from zhijian.registry.scope_table.grid import Grid, Spot, address
from zhijian.registry.scope_table.heading import Heading, Single
from zhijian.registry.scope_table.model import Aside
from zhijian.registry.scope_table.say import finding
from zhijian.spec.workbook import Finding


@dataclass(frozen=True, slots=True)
class LevelSpots:
    no: Spot | None
    name: Spot | None

    @property
    def is_blank(self) -> bool:
        return self.no is None and self.name is None


@dataclass(slots=True)
class Filled:
    """A row with something in the columns of levels or standards."""

    number: int
    said: Said
    """By the titles above it."""
    levels: list[LevelSpots]
    single: dict[Single, Spot]
    taken: list[tuple[int, LevelSpots]] = field(default_factory=list)
    """Levels from the left that are empty here and were taken from above."""

    @property
    def first(self) -> int:
        """Index of the first level of its own; the count of levels where there is none."""
        return next((n for n, level in enumerate(self.levels) if not level.is_blank), len(self.levels))

    @property
    def deepest(self) -> int:
        return max((n for n, level in enumerate(self.levels) if not level.is_blank), default=-1)

    @property
    def has_standard(self) -> bool:
        return "standard" in self.single or "code" in self.single or "standard_name" in self.single


@dataclass(slots=True)
class Rows:
    """What a sheet holds besides its heading."""

    said: Said
    filled: list[Filled] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unread: int = 0


def rows(grid: Grid, heading: Heading) -> Rows:
    """All rows of the sheet, those above the heading as titles."""
    found = Rows(Said())
    last_wide = max((n for n in grid.rows if len(grid.own(n)) > 1), default=0)
    in_remarks = False
    for number in grid.rows:
        own = [s for s in grid.own(number) if s.text or s.odd]
        if not own or heading.first <= number <= heading.last:
            continue
        if number < heading.first:
            found.said = found.said.with_row(own)
            _aside(found, grid, own)
            continue
        if heading.repeated(own):
            in_remarks = False
            _aside(found, grid, own)
            continue
        row = _filled(grid, heading, number, found.said)
        in_remarks = (in_remarks and len(own) == 1 and number > last_wide) or (is_remark(own) and not row.has_standard)
        if in_remarks or (not row.has_standard and is_furniture(own)):
            found.said = found.said.with_row(own)
            row.said = found.said
            _aside(found, grid, own)
        elif not _begins(row, number):
            found.unread += 1
            found.findings.append(finding("row-unreadable", grid.name, own[0]))
        else:
            found.filled.append(row)
    _hold_on(found, grid, heading)
    return found


def _aside(found: Rows, grid: Grid, own: list[Spot]) -> None:
    found.asides.append(Aside(grid.name, own[0].cell, " ".join(s.line for s in own)))


def _filled(grid: Grid, heading: Heading, number: int, said: Said) -> Filled:
    row = grid.rows[number]

    def at(column: int | None) -> Spot | None:
        """What is merged sideways belongs to the first column that it covers."""
        spot = None if column is None else row.get(column)
        return spot if spot is not None and spot.column == column and (spot.text or spot.odd) else None

    levels = []
    for level in heading.levels:
        no, name = at(level.no), at(level.name)
        covered = row.get(level.name)
        if name is None and no is not None and covered is no:
            no, name = None, no  # number and name are one cell: it holds the name
        levels.append(LevelSpots(no, name))
    single = {what: spot for what, column in heading.single.items() if (spot := at(column))}
    return Filled(number, said, levels, single)


def _begins(row: Filled, number: int) -> bool:
    """Something of a line begins here: a level or a standard."""
    spots = [s for level in row.levels for s in (level.no, level.name)]
    spots += [row.single.get(what) for what in ("standard", "code")]
    return any(s is not None and s.row == number for s in spots)


def _hold_on(found: Rows, grid: Grid, heading: Heading) -> None:
    """Levels left empty at the left are those above, as people mean them; each run of them is told once."""
    before: list[LevelSpots] = []
    runs: dict[int, tuple[Spot | str, LevelSpots, list[int]]] = {}
    for row in found.filled:
        own = row.first
        for n in range(min(own, len(before))):
            if before[n].is_blank:
                break
            row.taken.append((n, before[n]))
            row.levels[n] = before[n]
            cell = address(row.number, heading.levels[n].name)
            runs.setdefault(n, (cell, before[n], []))[2].append(row.number)
        for n in [n for n in runs if n >= own]:
            found.findings.append(_told(grid, n, *runs.pop(n)))
        before = list(row.levels)
    for n, run in list(runs.items()):
        found.findings.append(_told(grid, n, *run))


def _told(grid: Grid, n: int, cell: Spot | str, level: LevelSpots, run: list[int]) -> Finding:
    named = level.name.line if level.name else ""
    return finding("left-blank", grid.name, cell, f"level/{n + 1}/name", n=n + 1, named=named, rows=len(run))


def headings_only(filled: list[Filled]) -> Iterator[tuple[Filled, bool]]:
    """Each row, and whether it only names what the rows below it are of: it has no standard, and the next one goes deeper."""
    for n, row in enumerate(filled):
        below = filled[n + 1] if n + 1 < len(filled) else None
        only = not row.has_standard and below is not None and len(below.taken) > row.deepest >= 0
        yield row, only
