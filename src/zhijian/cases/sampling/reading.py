"""Plan (YAML) and lists (CSV) as an office writes them, see docs/howto/draw.md. Pure: texts in, words out.

Every error names file, line and column, and says how to mend it.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from zhijian.cases.sampling.model import (
    Conflict,
    ConflictKind,
    DivisionRule,
    Frame,
    Inspector,
    Institution,
    Outcome,
    Party,
    Plan,
    SamplingError,
    Source,
    SourceKind,
    Stratum,
)
from zhijian.kit import yaml_text

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_ZH = {
    "uscc": "统一社会信用代码", "name": "名称", "fields": "领域", "division": "辖区", "weight": "风险权重", "group": "所属系统",
    "inspected_on": "上次检查日期", "excluded": "排除原因", "no": "工号", "most": "最多家数", "kind": "回避类型", "left_on": "离职日期",
    "outcome": "结果",
}  # fmt: skip
_OUTCOMES = {"有违法": Outcome.VIOLATION, "未发现": Outcome.NONE, "未查成": Outcome.NOT_INSPECTED}
_CONFLICTS = {
    "原任职": ConflictKind.FORMER_EMPLOYER,
    "亲属": ConflictKind.RELATIVE,
    "自行申报": ConflictKind.DECLARED,
}


class InputWrong(SamplingError):
    """A file that cannot be read as it should be."""


def read_plan(file: str, text: str) -> Plan:
    """Raises: InputWrong."""
    try:
        data = yaml_text.read_texts(text)
    except yaml_text.YamlWrong as why:
        raise InputWrong(
            "not-yaml", f"{file} 第 {why.line} 行：不是 YAML", f"{file} line {why.line}: not YAML ({why})"
        ) from None
    top = _Cells(file, data, ("id", "name", "province", "year", "on", "strata", "source"),
                 ("team", "division", "equal", "former_years", "spared_months"))  # fmt: skip
    source = _Cells(f"{file} source", top.of("source"), ("kind", "words"), ("parties",))
    parties = [_Cells(f"{file} source.parties", p, ("name", "sha256"), ()) for p in source.many("parties")]
    return Plan(
        top.text("id"), top.text("name"), top.text("province"), top.read("year", int), top.read("on", date.fromisoformat),
        tuple(_stratum(f"{file} strata {n}", s) for n, s in enumerate(top.many("strata"), 1)),
        Source(source.choice("kind", SourceKind, {}), source.text("words"),
               tuple(Party(p.text("name"), p.text("sha256")) for p in parties)),
        top.read("team", int, 2), top.choice("division", DivisionRule, {}, DivisionRule.ANY), top.read("equal", _share, (1, 4)),
        top.read("former_years", int, 3), top.read("spared_months", int, 12),
    )  # fmt: skip


def _stratum(where: str, data: Any) -> Stratum:
    c = _Cells(where, data, ("id", "name", "fields"), ("divisions", "count", "share"))
    fields, divisions = (tuple(str(f) for f in c.many(name)) for name in ("fields", "divisions"))
    return Stratum(
        c.text("id"), c.text("name"), fields, divisions, c.read("count", int, None), c.read("share", _share, None)
    )


def read_frame(institutions: tuple[str, str], inspectors: tuple[str, str], conflicts: tuple[str, str] | None) -> Frame:
    """Each a file's name and its text. Raises: InputWrong."""
    staff = read_inspectors(inspectors, conflicts)
    return Frame(
        tuple(
            Institution(c.text("uscc"), c.text("name"), c.list("fields"), c.text("division"), c.read("weight", int),
                        c.text("group"), c.read("inspected_on", date.fromisoformat, None), c.text("excluded"))
            for c in _rows(*institutions, ("uscc", "name", "fields", "division", "weight"), ("group", "inspected_on", "excluded"))
        ),
        staff.inspectors, staff.conflicts,
    )  # fmt: skip


def read_inspectors(inspectors: tuple[str, str], conflicts: tuple[str, str] | None) -> Frame:
    """A frame without its institutions, for those who have them from the registry. Raises: InputWrong."""
    return Frame(
        (),
        tuple(
            Inspector(c.text("no"), c.text("name"), c.text("division"), c.list("fields"), c.read("most", int), c.text("group"))
            for c in _rows(*inspectors, ("no", "name", "division", "fields", "most"), ("group",))
        ),
        tuple(
            Conflict(c.text("no"), c.text("uscc"), c.choice("kind", ConflictKind, _CONFLICTS),
                     c.read("left_on", date.fromisoformat, None))
            for c in (_rows(*conflicts, ("no", "uscc", "kind"), ("left_on",)) if conflicts else ())
        ),
    )  # fmt: skip


def read_outcomes(file: str, text: str) -> dict[str, Outcome]:
    """USCC → what came of it. Raises: InputWrong."""
    found: dict[str, Outcome] = {}
    for c in _rows(file, text, ("uscc", "outcome"), ()):
        if c.text("uscc") in found:
            raise InputWrong(
                "twice", f"{c.where}：{c.text('uscc')} 出现两次", f"{c.where}: {c.text('uscc')} is there twice"
            )
        found[c.text("uscc")] = c.choice("outcome", Outcome, _OUTCOMES)
    return found


def _share(text: str) -> tuple[int, int]:
    top, _, bottom = text.partition("/")
    return int(top), int(bottom or "1")


class _Cells:
    """Named texts of one place, read one by one; the error says which."""

    def __init__(self, where: str, data: Any, needed: Sequence[str], more: Sequence[str]) -> None:
        self.where = where
        if not isinstance(data, Mapping):
            raise InputWrong("not-a-mapping", f"{where}：应写成「名称: 值」", f"{where}: should be names and values")
        self._data = data
        missing = [name for name in needed if not data.get(name)]
        unknown = [str(name) for name in data if name not in (*needed, *more)]
        if missing or unknown:
            raise InputWrong(
                "names", f"{where}：缺少 {self._said(missing)}；不认识 {self._said(unknown)}；可用 {self._said([*needed, *more])}",
                f"{where}: missing {', '.join(missing) or 'none'}; unknown {', '.join(unknown) or 'none'}; "
                f"known {', '.join([*needed, *more])}",
            )  # fmt: skip

    @staticmethod
    def _said(names: Sequence[str]) -> str:
        return "、".join(f"{n}（{_ZH[n]}）" if n in _ZH else n for n in names) or "无"

    def of(self, name: str) -> Any:
        return self._data.get(name)

    def text(self, name: str) -> str:
        value = self._data.get(name) or ""
        if not isinstance(value, str):
            raise self._wrong(name, value, "应是一个值", "should be one value")
        return value.strip()

    def many(self, name: str) -> list[Any]:
        value = self._data.get(name) or []
        if not isinstance(value, list):
            raise self._wrong(name, value, "应是列表，如 [a, b]", "should be a list, such as [a, b]")
        return value

    def list(self, name: str) -> tuple[str, ...]:
        return tuple(
            part.strip() for part in self.text(name).replace("；", ";").replace("、", ";").split(";") if part.strip()
        )

    def read(self, name: str, how: Callable[[str], T], default: Any = "") -> T:
        text = self.text(name)
        if not text and default != "":
            return default  # type: ignore[no-any-return]
        try:
            return how(text)
        except ValueError:
            raise self._wrong(name, text, *_FORMS[how]) from None

    def choice(self, name: str, kind: type[E], words: Mapping[str, E], default: E | None = None) -> E:
        text = self.text(name)
        if not text and default is not None:
            return default
        if text in words:
            return words[text]
        try:
            return kind(text)
        except ValueError:
            known = "、".join([*words, *(k.value for k in kind)])
            raise self._wrong(
                name, text, f"应是 {known}", f"should be one of {', '.join(k.value for k in kind)}"
            ) from None

    def _wrong(self, name: str, value: Any, zh: str, en: str) -> InputWrong:
        shown = str(value)[:40]
        return InputWrong(
            "value", f"{self.where} {self._said([name])}：「{shown}」{zh}", f"{self.where} {name}: {shown!r} {en}"
        )


_FORMS: Mapping[Any, tuple[str, str]] = {
    int: ("应是整数", "should be a whole number"),
    date.fromisoformat: ("应是日期，如 2026-03-01", "should be a day, such as 2026-03-01"),
    _share: ("应是比例，如 1/10", "should be a share, such as 1/10"),
}


def _rows(file: str, text: str, needed: Sequence[str], more: Sequence[str]) -> Iterator[_Cells]:
    """Columns by their English or Chinese names, in any order; line numbers as a spreadsheet counts rows."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    names = {zh: name for name, zh in _ZH.items()} | {"姓名": "name", "机构名称": "name"}
    head = [names.get(cell.strip(), cell.strip()) for cell in next(rows, [])]
    _Cells(f"{file} 第 1 行 line 1", dict.fromkeys(head, "x"), needed, more)
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{file} 第 {number} 行 row {number}"
        if len(row) != len(head):
            raise InputWrong(
                "columns",
                f"{where}：有 {len(row)} 列，表头有 {len(head)} 列",
                f"{where}: {len(row)} cells, {len(head)} columns",
            )
        yield _Cells(where, dict(zip(head, row, strict=True)), needed, more)
