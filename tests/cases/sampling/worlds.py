"""Invented frames for draws."""

import random
from dataclasses import replace
from datetime import date

from zhijian.cases.sampling.form import frame_document, plan_document, stratum_of
from zhijian.cases.sampling.drawing import publication
from zhijian.cases.sampling.model import (
    ConflictKind,
    Conflict,
    DivisionRule,
    Frame,
    Inspector,
    Institution,
    Plan,
    Source,
    SourceKind,
    Stratum,
)
from zhijian.synthetic.numbers import uscc

SECRET = "5e" * 32


def plan(**changes):
    made = Plan(
        "33-2026-1",
        "2026 年第一次",
        "33",
        2026,
        date(2026, 3, 1),
        (Stratum("food", "食品", ("00",), count=12), Stratum("rest", "其余", ("*",), share=(1, 10))),
        Source(SourceKind.NUMBERS, "双色球第 2026030 期"),
    )
    return replace(made, **changes)


def frame(n=120, inspectors=14, seed=1, most=6):
    r = random.Random(seed)
    ins = tuple(
        Institution(
            uscc("91", "330100", k),
            f"机构{k}",
            tuple(sorted(r.sample(["00", "05", "12", "13"], r.randint(1, 2)))),
            f"3301{r.randint(1, 4):02}",
            r.choice([1, 2, 3, 50, 400]),
            group=f"G{k % 9}" if k % 5 == 0 else "",
            inspected_on=date(2026, 1, 5) if k % 11 == 0 else None,
            excluded="停业" if k % 29 == 7 else "",
        )
        for k in range(n)
    )
    who = tuple(
        Inspector(
            f"J{k:03}",
            f"王小{k}",
            f"3301{k % 4 + 1:02}",
            ("*",) if k % 3 else ("00", "12"),
            most,
            group=f"G{k}" if k < 3 else "",
        )
        for k in range(inspectors)
    )
    cs = tuple(Conflict(r.choice(who).no, r.choice(ins).uscc, r.choice(list(ConflictKind)), None) for _ in range(40))
    return Frame(ins, who, cs)
