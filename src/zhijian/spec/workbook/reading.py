"""A filled workbook into records, each field with its cell, and all that is wrong with its place and remedy."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from zhijian.spec.jsonschema import json_schema
from zhijian.spec.load import specification
from zhijian.spec.workbook import say
from zhijian.spec.workbook.cells import Contents, Given, contents
from zhijian.spec.workbook.convert import converted
from zhijian.spec.workbook.guard import checked
from zhijian.spec.workbook.heading import Heading, headings
from zhijian.spec.workbook.layout import HELP, Family, families, left_out
from zhijian.spec.workbook.linking import Line, joined
from zhijian.spec.workbook.model import (
    MAX_FINDINGS,
    MAX_RECORDS,
    Finding,
    Read,
    Row,
    WorkbookRefused,
)
from zhijian.spec.workbook.say import Said


def read(raw: bytes, entities: Sequence[str] = ("report",), later: frozenset[str] = frozenset()) -> Read:
    """The records of `entities`, which are named as in the specification. `later` are fields that the caller fills in: what
    a sheet lacks of them is not looked at.

    The bytes are a stranger's: call it in a process of its own (zhijian.kit.aside); arguments and result are picklable.
    Raises: WorkbookRefused, when the file as a whole cannot be read; KeyError for an unknown entity.
    """
    given = contents(checked(raw))
    wanted = families(entities)
    found = iter(headings([sheet for family in wanted for sheet in family.sheets], given.grids))
    findings: list[Finding] = list(_version(given))
    rows: list[Row] = []
    for family in wanted:
        made = [next(found) for _ in family.sheets]
        rows += _family(family, made, findings, later)
    if not rows and not any(f.is_error for f in findings):
        raise WorkbookRefused("no-records", f"没有填写任何记录；请从工作表“{wanted[0].sheet.name}”表头下面一行开始填",
                              "no record is filled in; begin in the row below the heading")  # fmt: skip
    return Read(tuple(rows), _bounded(findings))


def _family(family: Family, made: Sequence[Heading], findings: list[Finding], later: frozenset[str]) -> list[Row]:
    lines = [_lines(heading, findings) for heading in made]
    findings[:] = [f for f in findings if f.field not in later]
    if len(lines[0]) > MAX_RECORDS:
        raise WorkbookRefused("too-many-records", f"一个文件最多 {MAX_RECORDS:,} 份，这里有 {len(lines[0]):,} 份；请分成几个文件",
                              f"a file holds at most {MAX_RECORDS:,} records, this one {len(lines[0]):,}; split it")  # fmt: skip
    rows = joined(made, lines, findings)
    wrong = {(f.sheet, f.cell) for f in findings if f.is_error}
    for row in rows if not any(f.why == "column-missing" for f in findings) else ():
        # What the cells were not wrong in, the record can be: the schema has the last word.
        if not any((r.sheet, f"{letter}{r.number}") in wrong for r in _tree(row) for letter in r.columns.values()):
            findings += _by_schema(row, later)
    return rows


def _tree(row: Row) -> Iterable[Row]:
    yield row
    for part in row.parts.values():
        for nested in part:
            yield from _tree(nested)


def _lines(heading: Heading, findings: list[Finding]) -> list[Line]:
    findings += heading.findings
    made, required = [], heading.sheet.required
    for number in sorted(n for n in heading.grid.rows if n >= heading.first):
        cells = heading.grid.rows[number]
        if any(_says(cells[n]) for n in heading.columns if n in cells):
            made.append(_line(heading, number, cells, required, findings))
    return made


def _says(given: Given) -> bool:
    return given.is_formula or given.is_error or str(given.value).strip() != ""


def _line(
    heading: Heading, number: int, cells: dict[int, Given], required: frozenset[str], findings: list[Finding]
) -> Line:
    line, links = Line(number), {}
    for n, column in heading.columns.items():
        read = converted(column.element, cells.get(n, Given(None)), epoch_1904=heading.grid.epoch_1904)
        optional = not column.element.required or column.id == heading.sheet.numbered
        if (
            read.value is None
            and not (optional and not column.is_link)
            and not any(s.severity == "error" for s in read.said)
        ):
            read.said.append(say.missing(column.element))
        findings += [
            at(heading.grid.name, f"{heading.letters[column.id]}{number}", column.id, said) for said in read.said
        ]
        if column.is_link:
            links[column.id] = "" if read.value is None else str(read.value)
        elif read.value is not None:
            line.record[column.id] = read.value
    line.link = tuple(links.get(name, "") for name in heading.links)
    return line


def at(sheet: str, cell: str, name: str, said: Said) -> Finding:
    """What was said, at its place."""
    return Finding(
        sheet, cell, name, said.severity, said.why, said.zh, said.en, said.remedy_zh, said.remedy_en, said.value
    )


def _by_schema(row: Row, later: frozenset[str]) -> Iterable[Finding]:
    validator = _validator(row.entity, later)
    if validator.is_valid(row.record):
        return
    read = Read((row,), ())
    for error in validator.iter_errors(row.record):
        place = read.locate("/" + "/".join(map(str, error.instance_path)), 0)
        yield Finding(place.sheet, place.cell, place.field, "error", f"schema-{type(error.kind).__name__.lower()}",
                      "不符合数据规范", f"not as the specification asks: {error.message[-120:]}",
                      "对照表头批注核对", "compare it with the note at the heading")  # fmt: skip


@cache
def _validator(entity: str, later: frozenset[str]) -> Draft202012Validator:
    spec = specification()
    schema: Any = json_schema(spec, entity, without=left_out(spec.entities[entity]))
    schema["required"] = [name for name in schema["required"] if name not in later]
    return Draft202012Validator(schema, validate_formats=True)


def _version(given: Contents) -> Iterable[Finding]:
    current = specification().version
    if given.version not in (None, current):
        yield Finding(HELP, "A1", "", "warning", "template-version",
                      f"模板按数据规范 {given.version} 制作，现在是 {current}", f"the template is of specification {given.version}, current is {current}",
                      "下次用新模板", "use a new template next time", given.version)  # fmt: skip


def _bounded(findings: list[Finding]) -> tuple[Finding, ...]:
    if len(findings) <= MAX_FINDINGS:
        return tuple(findings)
    ordered = sorted(findings, key=lambda f: not f.is_error)
    kept, cut = ordered[:MAX_FINDINGS], ordered[MAX_FINDINGS:]
    last = Finding(kept[0].sheet, kept[0].cell, "", cut[0].severity, "more-findings",
                   f"另有 {len(cut):,} 处，没有列出", f"{len(cut):,} more are not listed", "先改列出的，再检查一次", "mend these, check again")  # fmt: skip
    return (*kept, last)
