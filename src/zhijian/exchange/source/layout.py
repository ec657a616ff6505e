"""Where in a sheet or text the records begin: titles above, header of one row, of two, or none. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhijian.exchange.source.remarks import Remarks

SAMPLE = 300
RESERVED = frozenset({"_row", "_n", "_of", "_file", "_line", "_piece", "file_row_number"})
"""Names of columns that checking and mapping put beside a table's own."""
_VALUE = re.compile(
    r"[-+]?[\d,]*\d(\.\d+)?%?|\d{2,4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?([ T]\d{1,2}:\d{2}.*)?|[0-9A-Z]{6,}|\w*\d{4,}\w*"
)
_YEAR = re.compile(r"(19|20)\d\d年?")
TOTALS = re.compile(r"(合|总|小|共|累)\s*计.{0,6}|(grand\s+)?total\s*[:：]?|sum\s*[:：]?", re.I | re.S)
FOOT = re.compile(
    r"\s*(制表|填表|填报|审核|复核|负责人|联系|注[:：]|备注[:：]|说明[:：]|注\s*释|单位负责人|打印).{0,200}", re.S
)


@dataclass(frozen=True, slots=True)
class Layout:
    """`header`: places in the sample, none, one or two. `first`: of the first record (or where it would stand)."""

    header: tuple[int, ...]
    first: int
    names: tuple[str, ...]


def laid_out(rows: Sequence[Sequence[str]], remarks: Remarks, width: int | None = None) -> Layout:
    """`rows`: the first of the table, blank ones included. Says what it saw in `remarks`."""
    full = [i for i, row in enumerate(rows) if filled(row)]
    if not full:
        return Layout((), len(rows), ())
    start = _start(rows, full)
    header = _pair(rows, full, start) or (() if _is_data(rows, start) else (start,))
    first = header[-1] + 1 if header else start
    titles = [i for i in full if i < (header[0] if header else start)]
    if titles:
        text = " ".join(c.strip() for i in titles for c in rows[i] if c.strip())
        remarks.say("title-lines", row=titles[0] + 1, value=text, count=len(titles))
    wide = width or _width(rows, header, first)
    return Layout(header, first, _names(rows, header, wide, remarks))


def filled(row: Sequence[str]) -> int:
    return sum(1 for c in row if c.strip())


def is_foot(cells: Sequence[str | None]) -> bool:
    """A line of totals, or what people write beneath a table."""
    have = [c.strip() for c in cells if c and c.strip()]
    if not have:
        return False
    return bool(TOTALS.fullmatch(have[0])) or (len(have) <= 2 < len(cells) and bool(FOOT.fullmatch(have[0])))


def _start(rows: Sequence[Sequence[str]], full: list[int]) -> int:
    """The first row that is about as full as rows get; those above it are titles."""
    usual = max(filled(rows[i]) for i in full[:50])
    return next(i for i in full if filled(rows[i]) >= 0.6 * usual)


def label(cell: str) -> bool:
    text = cell.strip()
    return bool(text) and len(text) <= 60 and (not _VALUE.fullmatch(text) or bool(_YEAR.fullmatch(text)))


def _pair(rows: Sequence[Sequence[str]], full: list[int], start: int) -> tuple[int, ...] | None:
    at = full.index(start)
    for top, bottom in ((at - 1, at), (at, at + 1)):
        if top >= 0 and bottom < len(full) and full[bottom] == full[top] + 1:
            upper, lower = rows[full[top]], rows[full[bottom]]
            if _over(upper, lower) or (bottom == at and _groups(upper, lower)):
                return full[top], full[bottom]
    return None


def _over(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Header in two rows whose cells are merged: each has holes that the other fills."""
    wide = max(len(upper), len(lower))
    up, low = _padded(upper, wide), _padded(lower, wide)
    if not all(label(c) and not re.search(r"\d{3}", c) for c in (*up, *low) if c.strip()):
        return False
    first = next(i for i in range(wide) if up[i].strip() or low[i].strip())
    holes_up = [i for i in range(wide) if low[i].strip() and not up[i].strip()]
    holes_low = [i for i in range(wide) if up[i].strip() and not low[i].strip()]
    return bool(holes_up and holes_low) and first in holes_low and filled(low) >= 2


def _groups(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """A row of groups over a whole header: at least two, each over two columns or more."""
    at = [i for i, c in enumerate(upper) if c.strip()]
    wide = max(len(upper), len(lower))
    if len(at) < 2 or at[0] != 0 or any(re.search(r"[:：\d]", upper[i]) or len(upper[i]) > 12 for i in at):
        return False
    spans = [b - a for a, b in zip(at, [*at[1:], wide], strict=True)]
    return min(spans) >= 2 and all(label(c) for c in lower if c.strip()) and filled(lower) == wide


def _is_data(rows: Sequence[Sequence[str]], start: int) -> bool:
    """No header: the row holds numbers and dates where the rows beneath it do, or repeats what stands beneath it."""
    row, below = rows[start], [r for r in rows[start + 1 :] if filled(r)]
    values = [i for i, c in enumerate(row) if c.strip() and not label(c)]
    if not below:
        return len(values) * 2 > filled(row)
    typed = repeated = 0
    for i, cell in enumerate(row):
        column = [r[i] for r in below if i < len(r) and r[i].strip()]
        if not column or not cell.strip():
            continue
        typed += sum(1 for c in column if not label(c)) * 10 >= 8 * len(column)
        repeated += cell in column
    return (bool(values) and len(values) * 2 >= typed > 0) or repeated * 3 > filled(row)


def _width(rows: Sequence[Sequence[str]], header: tuple[int, ...], first: int) -> int:
    """Columns: of the header, and of what most records have besides."""
    sizes = sorted(len(r) for r in rows[first:] if filled(r))
    usual = max(set(sizes), key=lambda n: (sizes.count(n), n)) if sizes else 0
    wide = max(usual, *(_reach(rows[i]) for i in header)) if header else usual
    while wide > 1 and not any(len(rows[i]) >= wide and rows[i][wide - 1].strip() for i in range(len(rows)) if i in header or i >= first):  # fmt: skip
        wide -= 1
    return wide


def _reach(row: Sequence[str]) -> int:
    return max((i + 1 for i, c in enumerate(row) if c.strip()), default=0)


def _padded(row: Sequence[str], wide: int) -> list[str]:
    return [*row[:wide], *[""] * (wide - len(row))]


def _names(rows: Sequence[Sequence[str]], header: tuple[int, ...], wide: int, remarks: Remarks) -> tuple[str, ...]:
    if not header:
        remarks.say("no-header")
        return tuple(f"列{i + 1}" for i in range(wide))
    tops = _padded(rows[header[0]], wide)
    given = tops
    if len(header) == 2:
        given = _joined(tops, _padded(rows[header[1]], wide))
        one = next((g for g in given if "/" in g), given[0])
        remarks.say("two-header-rows", row=header[0] + 1, value=one)
    return unique([" ".join(g.split()) for g in given], remarks, header[-1] + 1)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    names, over = [], ""
    for top, bottom in zip(upper, lower, strict=True):
        over = top.strip() or over
        names.append(over if not bottom.strip() else f"{over}/{bottom.strip()}" if over else bottom.strip())
        if top.strip() and not bottom.strip():
            over = ""
    return names


def unique(given: Sequence[str], remarks: Remarks, row: int | None = None) -> tuple[str, ...]:
    """Names that differ also when case is set aside: SQL does not tell `A` from `a`.

    >>> unique(["编号", "", "编号", "_row"], Remarks())
    ('编号', '列2', '编号_2', '列4')
    """
    names: list[str] = []
    used = set(RESERVED)
    for i, want in enumerate(given):
        name = want if want and want.casefold() not in RESERVED else f"列{i + 1}"
        if not want:
            remarks.say("unnamed-column", row=row, number=i + 1, name=name)
        elif name != want:
            remarks.say("reserved-column", row=row, value=want, number=i + 1, name=name)
        count, base = 1, name
        while name.casefold() in used:
            count += 1
            name = f"{base}_{count}"
        if count > 1:
            remarks.say("repeated-header", row=row, value=base, number=i + 1, name=name)
        used.add(name.casefold())
        names.append(name)
    return tuple(names)
