"""A filled row into lines: its path of levels, its standards, and what is wrong with them, each at its cell."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from zhijian.registry.model import normal_parameter
from zhijian.registry.scope_table.furniture import day
from zhijian.registry.scope_table.grid import Spot, address
from zhijian.registry.scope_table.heading import Heading, Single
from zhijian.registry.scope_table.model import LEVELS, Level
from zhijian.registry.scope_table.rows import Filled
from zhijian.registry.scope_table.say import finding
from zhijian.registry.scope_table.standards import Standard, standards
from zhijian.spec import Element, hidden, specification
from zhijian.spec.workbook import Finding

_NUMBER = re.compile(r"[0-9A-Za-z一二三四五六七八九十百零〇①-⑳ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ()（）.．、\-—_/#*第类章]{1,30}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}:\d\d(:\d\d)?")


@cache
def _element(entity: str, name: str) -> Element:
    return specification().entities[entity].element(name)


@dataclass(slots=True)
class Siblings:
    """Numbers used under one parent."""

    seen: dict[str, tuple[str, Spot]] = field(default_factory=dict)
    """Number → name it stands for, and where."""
    last: str = ""


@dataclass(slots=True)
class Reader:
    """State of a sheet: what was told of cells that hold for many rows is told once."""

    sheet: str
    heading: Heading
    findings: list[Finding] = field(default_factory=list)
    told: set[tuple[str, str]] = field(default_factory=set)
    numbers: dict[tuple[str, ...], Siblings] = field(default_factory=dict)
    read_numbers: dict[Spot, str | None] = field(default_factory=dict)
    read_standards: dict[tuple[Spot | None, ...], tuple[Standard, ...]] = field(default_factory=dict)
    under: dict[Spot, tuple[str, ...]] = field(default_factory=dict)
    """The parent under which a cell was met first."""
    wrong: bool = False
    """Of the row that is being read."""

    def tell(self, why: str, at: Spot | str, name: str = "", value: str | None = None, **said: object) -> None:
        one = finding(why, self.sheet, at, name, value, **said)
        self.wrong |= one.is_error
        if (why, key := f"{one.cell}{said.get('found', '')}") not in self.told:
            self.told.add((why, key))
            self.findings.append(one)

    def path(self, row: Filled) -> tuple[Level, ...]:
        """Levels of the row; `wrong` is set where they are not right."""
        made: list[Level] = []
        for n in range(row.deepest + 1):
            level, columns = row.levels[n], self.heading.levels[n]
            where = address(row.number, columns.name)
            if level.is_blank:
                self.tell("level-skipped" if n else "name-blank", where, f"level/{n + 1}/name", n=n + 1)
            elif level.name is None or level.name.odd == "error-value":
                spot = level.name
                self.tell("cell-error" if spot else "name-blank", spot or where, f"level/{n + 1}/name", n=n + 1)
            else:
                self._text(level.name, f"level/{n + 1}/name", "capability_level", "name")
                parent = tuple(normal_parameter(one.name) for one in made)
                made.append(
                    Level(level.name.line, self._no(level.no, level.name, n, parent, told=columns.no is not None))
                )
                self._within_parent(row, n, parent)
        if row.deepest >= LEVELS:
            self.tell("level-too-deep", address(row.number, self.heading.levels[row.deepest].name), most=LEVELS)
        if row.deepest < 0:
            self.tell("name-blank", address(row.number, self.heading.levels[0].name), "level/1/name", n=1)
        return tuple(made)

    def _within_parent(self, row: Filled, n: int, parent: tuple[str, ...]) -> None:
        """What is merged downwards stands under one parent."""
        for spot in (row.levels[n].name, row.levels[n].no):
            above = row.levels[n - 1].name
            if spot and above and self.under.setdefault(spot, parent) != parent:
                self.tell("merged-over-categories", spot, f"level/{n + 1}/name", other=above.cell)
                return

    def _no(self, spot: Spot | None, name: Spot, n: int, parent: tuple[str, ...], *, told: bool) -> str | None:
        if spot is None:
            if told:
                self.tell("level-number-missing", name, f"level/{n + 1}/no", n=n + 1)
            return None
        field_ = f"level/{n + 1}/no"
        return self.number(spot, field_, (str(n), *parent), normal_parameter(name.text), siblings=True)

    def number(self, spot: Spot, name: str, group: tuple[str, ...], means: str, *, siblings: bool) -> str | None:
        """The number as it stands, or with the zero that Excel took; None where it cannot be read."""
        if spot not in self.read_numbers:
            self.read_numbers[spot] = self._number(spot, name, group, means, siblings=siblings)
        elif self.read_numbers[spot] is None:
            self.wrong = True
        return self.read_numbers[spot]

    def _number(self, spot: Spot, name: str, group: tuple[str, ...], means: str, *, siblings: bool) -> str | None:
        text = spot.line
        if spot.odd or _DATE.fullmatch(text) or not _NUMBER.fullmatch(text):
            why = "cell-error" if spot.odd else "number-is-date" if _DATE.fullmatch(text) else "number-unreadable"
            self.tell(why, spot, name)
            return None
        known = self.numbers.setdefault(group, Siblings())
        before = known.seen.get(text)
        if before is not None and before[0] != means:
            due = successor(known.last)
            if due and due != text and due.rstrip("0") == text:
                self.tell("number-autoformat", spot, name, read=due)
                text = due
            elif siblings:
                self.tell("number-twice", spot, name, other=before[1].cell)
        known.seen.setdefault(text, (means, spot))
        known.last = text
        return text

    def _text(self, spot: Spot, name: str, entity: str, element: str) -> str:
        e, text = _element(entity, element), spot.line
        if len(text) > e.type.length:
            self.tell("text-length", spot, name, what=e.zh, most=e.type.length, now=len(text))
        if unseen := hidden(text):
            self.tell("text-invisible", spot, name, code=f"U+{ord(unseen):04X}")
        return text

    def text(self, row: Filled, what: Single) -> str | None:
        spot = row.single.get(what)
        if spot is None:
            return None
        if spot.odd == "error-value":
            self.tell("cell-error", spot, what)
            return None
        return self._text(spot, what, "capability", what)

    def day(self, row: Filled, what: Single) -> str | None:
        spot = row.single.get(what)
        if spot is None:
            return None
        found = day(spot.line)
        if found is None:
            self.tell("day-unreadable", spot, what)
        return found

    def batch(self, row: Filled) -> str | None:
        spot = row.single.get("batch")
        if spot is not None and spot.line not in specification().codelists["capability_batch"]:
            self.tell("batch-unknown", spot, "batch")
        return spot.line if spot else None

    def standards(self, row: Filled) -> Iterator[Standard]:
        """Those that can be read; what else the cell holds is told."""
        spot, name = row.single.get("standard") or row.single.get("code"), row.single.get("standard_name")
        if spot is None or spot.odd:
            at = (
                spot
                or name
                or address(row.number, self.heading.single.get("standard", self.heading.single.get("code", 0)))
            )
            self.tell("cell-error" if spot else "standard-missing", at, "standard")
            return
        if (spot, name) not in self.read_standards:
            self.read_standards[spot, name] = self._named(spot, name)
        first = row.levels[0].name
        if first is not None and self.under.setdefault(spot, under := (normal_parameter(first.text),)) != under:
            self.tell("standard-over-categories", spot, "standard", other=first.cell)
        for one in self.read_standards[spot, name]:
            if one.why:
                self.tell(one.why, spot, "standard", found=one.code)
            elif self._fits(one, spot):
                yield one

    def _named(self, spot: Spot, name: Spot | None) -> tuple[Standard, ...]:
        found = standards(spot.text)
        if name is None or "standard" in self.heading.single or not found:
            return found
        parts = [" ".join(p.split()).strip("《》 ") for p in re.split(r"[\n;；]", name.text) if p.strip()]
        if len(found) == 1:
            parts = [name.line[1:-1] if re.fullmatch("《[^《》]*》", name.line) else name.line]
        if len(parts) != len(found):
            self.tell("names-unpaired", name, "standard_name", codes=len(found), names=len(parts))
            return found
        return tuple(Standard(s.code, p, s.clause, s.why) for s, p in zip(found, parts, strict=True))

    def _fits(self, one: Standard, spot: Spot) -> bool:
        for name, text in (("standard", one.code), ("standard_name", one.full_name or "")):
            e = _element("capability", name)
            if len(text) > e.type.length:
                self.tell("text-length", spot, name, what=e.zh, most=e.type.length, now=len(text), found=one.code)
                return False
            if unseen := hidden(text):
                self.tell("text-invisible", spot, name, code=f"U+{ord(unseen):04X}", found=one.code)
                return False
        return True


def successor(text: str) -> str | None:
    """The number after one that ends in 9, which Excel would shorten.

    >>> successor("1.9"), successor("2.19"), successor("1.8"), successor("9")
    ('1.10', '2.20', None, None)
    """
    head, dot, tail = text.rpartition(".")
    if not dot or not tail.isdecimal() or not tail.endswith("9"):
        return None
    return f"{head}.{int(tail) + 1}"
