"""Where the heading of a sheet is, and what each column holds."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from zhijian.registry.scope_table.grid import WIDEST, Grid, Spot

Single = Literal["sequence", "standard", "code", "standard_name", "restriction", "note", "site", "batch", "valid_from", "valid_to"]  # fmt: skip
_SEARCHED = 60
"""Filled rows in which the heading is looked for."""
_ROWS = 4
_NUMBER = re.compile(r"(序号|编号|号|no\.?)$")
_WORDS = re.compile(
    r"序号|编号|名称|类别|产品|项目|参数|大类|对象|第?[一二三四五1-5]级.*|标准.*|方法.*|依据.*|限制.*|说明|备注|场所.*|批次|生效.*|失效.*|[()/、及和]+"
)
_SINGLES: tuple[tuple[str, Single], ...] = (
    ("限制", "restriction"), ("说明", "note"), ("备注", "note"), ("场所", "site"), ("批次", "batch"), ("评审类型", "batch"),
    ("生效", "valid_from"), ("批准日期", "valid_from"), ("失效", "valid_to"), ("终止", "valid_to"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """Columns of one level, from 0; `no` None where the form has no number for it."""

    name: int
    no: int | None


@dataclass(frozen=True, slots=True)
class Heading:
    first: int
    last: int
    """Rows of the sheet."""
    levels: tuple[LevelColumns, ...]
    single: Mapping[Single, int]
    texts: frozenset[str] = field(default_factory=frozenset)

    def repeated(self, own: Sequence[Spot]) -> bool:
        """Whether a row says the heading again, as at the top of a printed page."""
        said = [flat(s.text) for s in own]
        return len(said) >= 2 and all(text in self.texts for text in said)


def flat(text: str) -> str:
    """
    >>> flat("类别（产品/项目/ 参数）\\n")
    '类别(产品/项目/参数)'
    """
    return re.sub(r"\s+|\*", "", unicodedata.normalize("NFKC", text)).casefold()


def heading(grid: Grid) -> Heading | None:
    """None where nothing on the sheet looks like the form's heading."""
    numbers = list(grid.rows)[:_SEARCHED]
    for at, number in enumerate(numbers):
        texts = [flat(s.text) for s in grid.own(number)]
        if _has_standard(texts) and any(re.search("序号|类别|产品|项目|参数|名称", t) and len(t) < 40 for t in texts):
            last = at
            while last + 1 < len(numbers) and last + 1 - at < _ROWS and _goes_on(grid, numbers[last + 1], number):
                last += 1
            return _made(grid, numbers[at : last + 1])
    return None


def _has_standard(texts: Sequence[str]) -> bool:
    return any(re.search("标准|依据|方法", t) and len(t) < 40 and not re.search(r"\d{4}", t) for t in texts)


def _goes_on(grid: Grid, number: int, first: int) -> bool:
    """A row of words of the heading only, under cells that reach down into it or over it."""
    own = grid.own(number)
    reaching = {s.column for s in grid.rows[number].values() if first <= s.row < number}
    return bool(own) and (bool(reaching) or len(own) > 1) and all(_WORDS.fullmatch(flat(s.text)) for s in own)


def _made(grid: Grid, numbers: Sequence[int]) -> Heading | None:
    paths = [_path(grid, numbers, column) for column in range(WIDEST)]
    single: dict[Single, int] = {}
    for column, path in enumerate(paths):
        what = _single(path)
        if what and what not in single:
            single[what] = column
    before = min(single.get("standard", WIDEST), single.get("code", WIDEST), single.get("standard_name", WIDEST))
    columns = [(c, p[-1]) for c, p in enumerate(paths[:before]) if p and c not in single.values()]
    sequence, levels = _levels(columns)
    if sequence is not None:
        single["sequence"] = sequence
    if not levels or before == WIDEST or ("standard" not in single and "code" not in single):
        return None
    texts = frozenset(flat(s.text) for n in numbers for s in grid.own(n))
    return Heading(numbers[0], numbers[-1], tuple(levels), single, texts)


def _path(grid: Grid, numbers: Sequence[int], column: int) -> list[str]:
    """Texts over a column from top to bottom, each cell once."""
    found: list[Spot] = []
    for number in numbers:
        spot = grid.rows[number].get(column)
        if spot is not None and spot.text and (not found or spot is not found[-1]):
            found.append(spot)
    return [flat(s.text) for s in found]


def _single(path: Sequence[str]) -> Single | None:
    whole, leaf = "".join(path), path[-1] if path else ""
    for word, what in _SINGLES:
        if word in whole and "标准" not in whole:
            return what
    if re.search("标准|依据|方法", whole) and not whole.startswith("序号"):
        if re.search("编号|代号|号", leaf) and "名称" not in leaf:
            return "code"
        return "standard_name" if "名称" in leaf and not re.search("编号|代号", leaf) else "standard"
    return None


def _levels(columns: Sequence[tuple[int, str]]) -> tuple[int | None, list[LevelColumns]]:
    """The column of the line's own number, if there is one, and those of the levels."""
    numbered = [bool(_NUMBER.search(text)) for _, text in columns]
    sequence, rest = None, list(zip(columns, numbered, strict=True))
    if numbered and numbered[0] and (numbered[1:2] == [True] or numbered.count(True) == 1):
        sequence, rest = columns[0][0], rest[1:]
    return sequence, list(_paired(rest))


def _paired(columns: Sequence[tuple[tuple[int, str], bool]]) -> Iterator[LevelColumns]:
    no: int | None = None
    for (column, _), is_number in columns:
        if is_number:
            no = column
        else:
            yield LevelColumns(column, no)
            no = None
