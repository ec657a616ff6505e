"""Invented self-checks of all provinces: rules out of the specification, and how many rows fail, better month by month.

Some provinces begin well and some badly, a few get worse, and one table is late: what a scorecard has to show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from zhijian.spec import Element, Entity, Specification
from zhijian.synthetic.methods import provinces
from zhijian.synthetic.streams import stream

DATASETS = (
    "institution",
    "site",
    "certificate",
    "staff",
    "instrument",
    "calibration",
    "sample",
    "report",
    "report_item",
    "inspection",
)
SPOTS = 5


@dataclass(frozen=True, slots=True)
class InventedRule:
    check: str
    dimension: str
    severity: str
    on: tuple[str, ...]
    columns: tuple[str, ...]
    title: tuple[str, str]
    why: tuple[str, str]
    remedy: tuple[str, str]
    basis: str
    hardness: float
    """How often it fails where data is middling, 0–1."""


@dataclass(frozen=True, slots=True)
class InventedTable:
    entity: Entity
    file: str
    rows: int
    failing: tuple[tuple[InventedRule, int, tuple[int, ...]], ...]
    """Every rule, how many rows fail, and the first of them."""


@dataclass(frozen=True, slots=True)
class InventedCheck:
    province: str
    on: date
    tables: tuple[InventedTable, ...]


def checks(spec: Specification, seed: int, months: list[date], of: tuple[str, ...] = ()) -> Iterator[InventedCheck]:
    """One a province and day of `months`; of the provinces `of` only, where given."""
    made = {name: rules(spec.entities[name]) for name in DATASETS if name in spec.entities}
    for number, (code, province) in enumerate(provinces().items()):
        if of and code not in of:
            continue
        chance = stream(seed, "quality", code)
        start, pace = chance.uniform(0.4, 2.2) ** 2, chance.uniform(-0.04, 0.22)
        for n, on in enumerate(months):
            damage = max(0.04, start * (1 - pace) ** n)
            lacking = {"inspection"} if number % 11 == 4 else set()
            tables = tuple(
                _table(spec.entities[name], made[name], province.weight, damage, (seed, code, on, name))
                for name in made if name not in lacking
            )  # fmt: skip
            yield InventedCheck(code, on, tables)


def _table(
    entity: Entity, held: tuple[InventedRule, ...], weight: float, damage: float, name: tuple[object, ...]
) -> InventedTable:
    size = {"report": 120_000, "report_item": 900_000, "calibration": 40_000, "instrument": 35_000, "sample": 90_000}
    rows = max(60, int(size.get(entity.id, 3_000) * weight / 1000 * stream(*name, "rows").uniform(0.9, 1.1)))
    habit, today = stream(*name[:2], entity.id), stream(*name)
    failing = []
    for rule in held:
        share = min(0.95, rule.hardness * habit.choice((0, 0, 0.2, 0.6, 1.0, 2.5)) * damage * today.uniform(0.8, 1.2))
        count = int(rows * share)
        failing.append((rule, count, tuple(sorted({today.randrange(2, rows + 2) for _ in range(min(count, SPOTS))}))))
    return InventedTable(entity, f"{entity.id}.csv", rows, tuple(failing))


def rules(entity: Entity) -> tuple[InventedRule, ...]:
    made = [one for element in entity.elements for one in _of_element(element)]
    dates = [e for e in entity.elements if e.type.kind == "date"]
    made += [
        InventedRule(
            "day-order", "accuracy", "error", (a.id, b.id), (a.zh, b.zh), ("日期先后", "Order of days"),
            (f"{b.zh}早于{a.zh}", f"{b.en} is before {a.en}"), ("核对两个日期，常见原因是月日颠倒", "compare the days; month and day may be exchanged"),
            "GB/T 36344-2018", 0.03,
        )
        for a, b in pairwise(dates)
    ]  # fmt: skip
    if dates:
        made.append(InventedRule("late-arrival", "timeliness", "warning", (dates[-1].id,), (dates[-1].zh,), ("报送及时", "In time"),
                                 (f"{dates[-1].zh}之后 24 小时才报送", f"came more than 24 hours after {dates[-1].en}"),
                                 ("改为当天报送", "send on the day"), "GB/T 36344-2018", 0.12))  # fmt: skip
    made.append(InventedRule("encoding-mended", "accessibility", "warning", (), (), ("可读取", "Readable"),
                             ("编码不是 UTF-8，有的字读不出", "not UTF-8; some characters cannot be read"),
                             ("导出时选 UTF-8", "export as UTF-8"), "GB/T 36344-2018", 0.04))  # fmt: skip
    return tuple(made)


def _of_element(e: Element) -> Iterator[InventedRule]:
    if e.required:
        yield InventedRule("required-blank", "completeness", "error", (e.id,), (e.zh,), ("必填项", "Compulsory elements"),
                           (f"{e.zh}没有填", f"{e.en} is blank"), ("从原始记录补填", "fill it in from the original record"), e.basis or "", 0.04)  # fmt: skip
    if e.codes:
        yield InventedRule("code-unknown", "conformity", "error", (e.id,), (e.zh,), ("代码表", "Code lists"),
                           (f"{e.zh}不在代码表里", f"{e.en} is not in its code list"),
                           (f"按代码表 {e.codes} 改写", f"use a code of {e.codes}"), e.basis or "", 0.05)  # fmt: skip
    elif e.type.kind == "text" and e.type.length <= 30:
        yield InventedRule("notation", "conformity", "warning", (e.id,), (e.zh,), ("写法", "Notation"),
                           (f"{e.zh}的写法不合 {e.notation}", f"{e.en} is not written as {e.notation}"),
                           ("去掉空格和全角字符", "remove blanks and full-width characters"), e.basis or "", 0.03)  # fmt: skip
    if e.refers:
        yield InventedRule("orphan", "consistency", "error", (e.id,), (e.zh,), ("表间关联", "Relations"),
                           (f"{e.zh}在所指的表里找不到", f"{e.en} is not in the table it points to"),
                           ("补报所指的记录，或改正编号", "send the record it points to, or correct it"), e.basis or "", 0.06)  # fmt: skip
