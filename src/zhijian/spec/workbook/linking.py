"""Join the rows of a family: each nested record to the one it belongs to, in the order of the sheet."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhijian.spec.workbook.heading import Heading
from zhijian.spec.workbook.layout import Sheet, own_key
from zhijian.spec.workbook.model import Finding, Record, Row


@dataclass(slots=True)
class Line:
    """One row of a sheet before it is joined to its family. `link` is the key of the record it belongs to."""

    number: int
    record: Record = field(default_factory=dict)
    link: tuple[str, ...] = ()


def joined(made: Sequence[Heading], lines: Sequence[Sequence[Line]], findings: list[Finding]) -> list[Row]:
    """Rows of the first sheet with those of the others nested in them; orphans and repeated keys are found."""
    top = made[0]
    first = _first_of_each(top, lines[0], findings)
    rows = []
    nested = {
        heading.sheet.part: _children(heading, top, lines[n], set(first), findings)
        for n, heading in enumerate(made)
        if n
    }
    letters = {heading.sheet.part: heading.letters for heading in made}
    for line in lines[0]:
        key = _key(top.sheet, line)
        is_first = key is None or first.get(key) is line
        parts: dict[str, tuple[Row, ...]] = {}
        for heading in made[1:]:
            part = heading.sheet.part
            mine = nested[part].get(key, []) if key and is_first else []
            _number(heading, mine, findings)
            parts[part] = tuple(_row(heading, child, letters[part], {}) for child in mine)
            line.record[part] = [child.record for child in mine]
            if not mine and key and is_first:
                findings.append(_no_parts(top, line, heading.sheet))
        rows.append(_row(top, line, letters[""], parts))
    return rows


def _row(heading: Heading, line: Line, letters: dict[str, str], parts: dict[str, tuple[Row, ...]]) -> Row:
    sheet = heading.sheet
    return Row(
        sheet.entity.id, heading.grid.name, line.number, line.record, letters, sheet.key[0] if sheet.key else "", parts
    )


def _key(sheet: Sheet, line: Line) -> tuple[str, ...] | None:
    values = [line.record.get(k) for k in sheet.key]
    return tuple(own_key(str(v)) for v in values) if values and all(v is not None for v in values) else None


def _first_of_each(top: Heading, lines: Sequence[Line], findings: list[Finding]) -> dict[tuple[str, ...], Line]:
    first: dict[tuple[str, ...], Line] = {}
    for line in lines:
        if (key := _key(top.sheet, line)) is None:
            continue
        if (before := first.setdefault(key, line)) is not line:
            name = top.sheet.key[-1]
            e = top.sheet.entity.element(name)
            where = f"{top.letters[name]}{before.number}"
            findings.append(Finding(top.grid.name, f"{top.letters[name]}{line.number}", name, "error", "own-key-twice",
                                    f"{e.zh}：与 {where} 重复", f"{e.en}: the same as in {where}",
                                    "每份用不同的编号，或删去重复的一行", "give each its own, or delete the row", str(line.record[name])))  # fmt: skip
    return first


def _children(
    heading: Heading, top: Heading, lines: Sequence[Line], known: set[tuple[str, ...]], findings: list[Finding]
) -> dict[tuple[str, ...], list[Line]]:
    made: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for line in lines:
        key = tuple(own_key(k) for k in line.link)
        if key in known:
            made[key].append(line)
        elif all(line.link):
            name = heading.sheet.links[-1]
            e = top.sheet.entity.element(name)
            findings.append(Finding(heading.grid.name, f"{heading.letters[name]}{line.number}", name, "error", "orphan",
                                    f"{e.zh}：工作表“{top.grid.name}”中没有 {line.link[-1]}", f"{e.en}: the sheet {top.grid.name} has no {line.link[-1]}",
                                    "改正编号，或在那张表里补上这一份", "correct the number, or add the record there", line.link[-1]))  # fmt: skip
    return made


def _number(heading: Heading, mine: Sequence[Line], findings: list[Finding]) -> None:
    """Numbers that were all left empty are given by the order of the rows; else each must have its own."""
    name = heading.sheet.numbered
    if not name:
        return
    if not any(name in child.record for child in mine):
        for n, child in enumerate(mine, 1):
            child.record = {name: n, **child.record}
        return
    seen: dict[int, Line] = {}
    e = heading.sheet.entity.element(name)
    for child in mine:
        cell = f"{heading.letters[name]}{child.number}"
        if name not in child.record:
            findings.append(Finding(heading.grid.name, cell, name, "error", "number-missing", f"{e.zh}：有的填了，这一行没有填",
                                    f"{e.en}: filled in for some rows, not for this one", "都填，或都不填（按行的顺序编号）",
                                    "fill in all, or none: then the order of the rows counts"))  # fmt: skip
        elif (before := seen.setdefault(child.record[name], child)) is not child:
            findings.append(Finding(heading.grid.name, cell, name, "error", "number-twice", f"{e.zh}：与第 {before.number} 行重复",
                                    f"{e.en}: the same as in row {before.number}", "每行用不同的序号，或都不填",
                                    "give each row its own, or leave all empty", str(child.record[name])))  # fmt: skip


def _no_parts(top: Heading, line: Line, part: Sheet) -> Finding:
    name = top.sheet.key[-1]
    return Finding(top.grid.name, f"{top.letters[name]}{line.number}", name, "error", "no-parts",
                   f"工作表“{part.name}”中没有这一份的内容", f"the sheet {part.name} has nothing for this one",
                   f"在“{part.name}”中填写，{top.sheet.entity.element(name).zh}写成一样", f"fill in {part.name} under the same number",
                   str(line.record[name]))  # fmt: skip
