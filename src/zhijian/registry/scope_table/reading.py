"""A workbook with capability tables into lines, each value with its cell, and all that is wrong with its place and remedy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from jsonschema_rs import Draft202012Validator

from zhijian.exchange.source import SourceUnreadable, raw_sheets
from zhijian.registry.replaced import in_force, replacements
from zhijian.registry.scope_table.grid import Grid, Spot, address, grid
from zhijian.registry.scope_table.heading import Heading, heading
from zhijian.registry.scope_table.lines import Reader
from zhijian.registry.scope_table.model import Aside, Level, Line, ScopeTable
from zhijian.registry.scope_table.rows import Filled, Rows, headings_only, rows
from zhijian.registry.scope_table.say import finding
from zhijian.registry.scope_table.site import Sites
from zhijian.registry.scope_table.standards import Standard
from zhijian.spec import json_schema, specification
from zhijian.spec.workbook import Finding, WorkbookRefused, checked

LISTS = "问题清单", "下拉列表", "填表说明"
"""Sheets of our own beside the tables: the list of what is wrong, choices, how to fill it in."""
PART = "/"
"""Before the number of a second standard under one sequence."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the caller knows besides the workbook. What is written above a table counts before it."""

    number: str | None = None
    site_no: str | None = None
    valid_from: str | None = None
    """ISO."""
    batch: str | None = None
    sites: Mapping[str, str] = field(default_factory=dict)
    """Name of a site, or of a sheet → site number."""
    on: date | None = None
    """Day for which editions of standards are judged; None: they are not."""


def read(raw: bytes, given: Given | None = None) -> ScopeTable:
    """The bytes are a stranger's: call it in a process of its own (zhijian.kit.aside); arguments and result are picklable.

    Raises: WorkbookRefused, when there is no table to be read.
    """
    return _Reading(given or Given()).of(_grids(raw))


def _grids(raw: bytes) -> list[Grid]:
    checked(raw)
    try:
        return [grid(sheet) for sheet in raw_sheets(raw) if sheet.name not in LISTS]
    except SourceUnreadable as why:
        raise WorkbookRefused(why.why, f"{why.said.zh}；{why.remedy.zh}", f"{why.said.en}; {why.remedy.en}") from None


@dataclass(slots=True)
class _Draft:
    """A line whose sequence is not settled, with the cell it is told at."""

    line: Line
    base: str | None
    at: Spot | str
    origin: Spot | None
    """The cell of the sequence; merged cells have one for several lines."""


@dataclass(slots=True)
class _Taken:
    """A sequence of a site: which line it is of, and how many standards it has."""

    path: tuple[str, ...]
    origin: Spot | None
    cell: str
    lines: int = 0


@dataclass(slots=True)
class _Reading:
    given: Given
    findings: list[Finding] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    drafts: list[_Draft] = field(default_factory=list)
    refused: int = 0

    def of(self, grids: list[Grid]) -> ScopeTable:
        headed = [(one, heading(one)) for one in grids]
        if not any(head for _, head in headed):
            words = finding("nothing-recognised", "", "A1")
            raise WorkbookRefused(words.why, f"{words.zh}；{words.remedy_zh}", f"{words.en}; {words.remedy_en}")
        sites = Sites(self.given.sites, self.given.site_no)
        for one, head in headed:
            if head is not None:
                self._sheet(one, head, sites)
            elif one.rows:
                self.findings.append(finding("sheet-unrecognised", one.name, "A1", value=one.name))
        lines = tuple(self._settled())
        return ScopeTable(lines, tuple(self.findings), tuple(self.asides), self.refused)

    def _sheet(self, one: Grid, head: Heading, sites: Sites) -> None:
        found = rows(one, head)
        self.asides += found.asides
        self.refused += found.unread
        self.findings += found.findings
        reader = Reader(one.name, head)
        site = sites.of_sheet(one.name, found.said)
        if site.shared_with:
            self.findings.append(finding("site-twice", one.name, "A1", value=site.no, other=site.shared_with))
        if not found.filled and not found.unread:
            self.findings.append(finding("heading-only", one.name, address(head.first, 0)))
        for row, only in headings_only(found.filled):
            reader.wrong = False
            levels = reader.path(row)
            if only:
                self.refused += reader.wrong
                continue
            made = list(self._drafts(reader, row, levels, sites.of_row(reader, row, site)))
            self.refused += reader.wrong or not made
            self.drafts += made
        self._known(reader, found, head)
        self.findings += reader.findings

    def _drafts(self, reader: Reader, row: Filled, levels: tuple[Level, ...], site_no: str) -> Iterator[_Draft]:
        texts = {what: reader.text(row, what) for what in ("restriction", "note")}
        days = {what: reader.day(row, what) for what in ("valid_from", "valid_to")}
        batch = reader.batch(row) or self.given.batch
        days["valid_from"] = days["valid_from"] or row.said.valid_from or self.given.valid_from
        origin = row.single.get("sequence")
        base, at = self._sequence(reader, row, levels, origin)
        is_bad, cells = reader.wrong, _cells(row, len(levels), site_no)
        spot = row.single.get("standard") or row.single.get("code")
        for one in reader.standards(row):
            if not is_bad:
                line = Line(row.said.number or self.given.number, site_no, "", levels, one.code, one.full_name,
                            batch=batch, sheet=reader.sheet, cells=cells, **texts, **days)  # fmt: skip
                self._edition(reader, one, spot)
                yield _Draft(line, base, at, origin)

    def _sequence(
        self, reader: Reader, row: Filled, levels: tuple[Level, ...], origin: Spot | None
    ) -> tuple[str | None, Spot | str]:
        """The line's own number, else that of its levels, else None."""
        if origin is not None:
            return reader.number(origin, "sequence", ("",), origin.cell, siblings=False), origin
        column = reader.heading.single.get("sequence", reader.heading.levels[max(row.deepest, 0)].no or 0)
        whole = ""
        for level in levels:
            if level.no is None:
                reader.tell("sequence-missing", address(row.number, column), "sequence")
                return None, address(row.number, column)
            whole = level.no if not whole or level.no.startswith(f"{whole}.") else f"{whole}.{level.no}"
        return whole or None, row.levels[row.deepest].no or address(row.number, column)

    def _edition(self, reader: Reader, one: Standard, spot: Spot | None) -> None:
        if self.given.on is None or spot is None:
            return
        newer = in_force(one.code, replacements(), self.given.on)
        if newer is not None:
            reader.tell("standard-replaced", spot, "standard", found=one.code, new=newer.new, since=newer.in_force_on)

    def _known(self, reader: Reader, found: Rows, head: Heading) -> None:
        at = address(head.first, 0)
        number = found.said.number
        if number is None and self.given.number is None:
            reader.tell("certificate-missing", at, "number")
        elif number and self.given.number and number != self.given.number:
            reader.tell("certificate-differs", at, "number", number, given=self.given.number)
        if not (found.said.valid_from or self.given.valid_from or "valid_from" in head.single):
            reader.tell("valid-from-missing", at, "valid_from")

    def _settled(self) -> Iterator[Line]:
        """Lines with their sequences: several standards under one number are told apart by a part; each line once."""
        taken: dict[tuple[object, ...], _Taken] = {}
        once: dict[tuple[object, ...], str] = {}
        for draft in self.drafts:
            line = draft.line
            what = (line.number, line.site_no, line.path, line.code, line.standard_name, line.valid_from)
            where = f"{line.sheet}!{line.cells['standard']}"
            if (other := once.setdefault(what, where)) is not where:
                self._refuse("duplicate-line", draft, other)
                continue
            group = (line.number, line.site_no, draft.base)
            first = taken.setdefault(group, _Taken(line.path, draft.origin, _where(draft)))
            if first.path != line.path and (draft.origin is None or first.origin is not draft.origin):
                self._refuse("sequence-twice", draft, first.cell, draft.base)
                continue
            first.lines += 1
            sequence = str(draft.base)
            if first.lines > 1:
                sequence = f"{draft.base}{PART}{first.lines}"
                part = taken.setdefault((*group[:2], sequence), _Taken(line.path, draft.origin, _where(draft)))
                part.lines += 1
                if part.lines > 1:
                    self._refuse("sequence-twice", draft, part.cell, sequence)
                    continue
            done = replace(line, sequence=sequence)
            if self._conforms(done, draft):
                yield done

    def _refuse(self, why: str, draft: _Draft, other: str, value: str | None = None) -> None:
        at = draft.line.cells["standard"] if why == "duplicate-line" else draft.at
        self.findings.append(finding(why, draft.line.sheet, at, value=value, other=other))
        self.refused += 1

    def _conforms(self, line: Line, draft: _Draft) -> bool:
        """The specification has the last word; what the table need not say is no fault of the line."""
        given = {"number": "000000000000", "valid_from": "2000-01-01"} | line.capability
        wrong = next(_schema().iter_errors(given), None)
        if wrong is not None:
            said = f"{'/'.join(map(str, wrong.instance_path))}: {wrong.message}"
            self.findings.append(finding("record-wrong", line.sheet, draft.at, found=said[:200]))
            self.refused += 1
        return wrong is None


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(json_schema(specification(), "capability"), validate_formats=True)


def _where(draft: _Draft) -> str:
    return f"{draft.line.sheet}!{draft.at if isinstance(draft.at, str) else draft.at.cell}"


def _cells(row: Filled, depth: int, site_no: str) -> dict[str, str]:
    found = {str(what): spot.cell for what, spot in row.single.items()}
    if "code" in found and "standard" not in found:
        found["standard"] = found["code"]
    if "site" in found:
        found["site_no"] = found["site"]
    for n, level in enumerate(row.levels[:depth], 1):
        if level.no is not None:
            found[f"level/{n}/no"] = level.no.cell
        if level.name is not None:
            found[f"level/{n}/name"] = level.name.cell
    return found
