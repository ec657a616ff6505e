"""Invented frames for draws."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

from zhijian.cases.sampling.drawing import publication
from zhijian.cases.sampling.model import (
    Conflict,
    ConflictKind,
    Frame,
    Inspector,
    Institution,
    Plan,
    Source,
    SourceKind,
    Stratum,
)
from zhijian.cases.sampling.preparing import prepared
from zhijian.synthetic.numbers import uscc

SECRET = "5e" * 32
STRATA = (Stratum("food", "食品", ("00",), count=12), Stratum("rest", "其余", ("*",), share=(1, 10)))
SOURCE = Source(SourceKind.NUMBERS, "中国福利彩票双色球第 2026030 期开奖号码，红球由小到大，再写蓝球，以空格分开")


def plan(**changes: Any) -> Plan:
    made = Plan("33-2026-1", "2026 年第一次", "33", 2026, date(2026, 3, 1), STRATA, SOURCE)
    return replace(made, **changes)


def institution(number: int, **changes: Any) -> Institution:
    made = Institution(uscc("91", "330100", number), f"机构{number}", ("00",), "330101", 1)
    return replace(made, **changes)


def inspector(number: int, **changes: Any) -> Inspector:
    return replace(Inspector(f"J{number:03}", f"王小{number}", "330101", ("*",), 6), **changes)


def frame(count: int = 120, inspectors: int = 14, seed: int = 1, most: int = 9) -> Frame:
    """Several fields, divisions, weights, households, exclusions, conflicts."""
    chance = random.Random(seed)
    institutions = tuple(
        institution(
            n,
            fields=tuple(sorted(chance.sample(["00", "05", "12", "13"], chance.randint(1, 2)))),
            division=f"3301{chance.randint(1, 4):02}",
            weight=chance.choice([1, 2, 3, 50, 400]),
            group=f"G{n % 9}" if n % 5 == 0 else "",
            inspected_on=date(2026, 1, 5) if n % 11 == 0 else None,
            excluded="停业 closed" if n % 29 == 7 else "",
        )
        for n in range(count)
    )
    staff = tuple(
        inspector(n, division=f"3301{n % 4 + 1:02}", fields=("*",) if n % 3 else ("00", "12"), most=most,
                  group=f"G{n}" if n < 3 else "")
        for n in range(inspectors)
    )  # fmt: skip
    conflicts = tuple(
        Conflict(chance.choice(staff).no, chance.choice(institutions).uscc, chance.choice(list(ConflictKind)))
        for _ in range(20)
    )
    return Frame(institutions, staff, conflicts)


def published(one: Plan | None = None, of: Frame | None = None, value: str = "03 07 11 19 22 31 09") -> dict[str, Any]:
    made = prepared(one or plan(), of or frame(), "aa" * 32)
    return publication(made.plan, made.frame, SECRET, value)
