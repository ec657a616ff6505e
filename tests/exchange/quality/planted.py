"""Small tables with faults at known places, and a fixed set of checks, so that what comes of them never drifts with the catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from zhijian.exchange.checks import Check, catalog
from zhijian.exchange.quality import SelfCheck
from zhijian.exchange.quality.result import CheckResult

ON = date(2026, 11, 1)
CHECKS: tuple[Check, ...] = tuple(c for c in catalog() if c.id in ("code-unknown", "orphan", "required-blank"))
SITES = """统一社会信用代码,场所编号,场所名称,行政区划代码,地址,启用日期,备注
91330100MA27XXXX01,S1,总部,330100,某路 1 号,2020-01-01,=1+1
91330100MA27XXXX01,S2,,330100,/,2020-01-01,
91330100MA27XXXX01,S3,"分部, 二楼",330100,某路 3 号,2020/2/1,无
91330100MA27XXXX01,S4,,,某路 4 号,,
"""
"""Rows 3 and 5 have no name, row 5 no division and no day."""
STAFF = """统一社会信用代码,人员编号,姓名,学历,入职日期,联系电话
91330100MA27XXXX01,P1,王小明,本科,2020-01-01,13812345678
91330100MA27XXXX01,P2,李四,大学,2021-01-01,13912345678
"""
"""Row 3: 大学 is not in the code list."""


def put(folder: Path, **tables: str) -> list[Path]:
    paths = []
    for name, text in tables.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    return paths


@contextmanager
def judged(folder: Path, paths: list[Path], **named: str) -> Iterator[tuple[SelfCheck, CheckResult]]:
    with SelfCheck(folder, threads=1) as check:
        check.open(paths)
        yield check, check.judge(ON, named, CHECKS)
