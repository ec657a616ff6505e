"""Small tables with faults at known places, and checks of their own, so that what comes of them never drifts with the catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks import Cells, Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.exchange.quality import SelfCheck
from zhijian.exchange.quality.result import CheckResult

ON = date(2026, 11, 1)


def _blank(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.required:
            yield Cells(
                (e.id,),
                f"raw({e.id}) IS NOT NULL AND trim(raw({e.id})) <> ''",
                Text(f"{e.zh}未填", f"{e.en} is empty"),
                Text("补填", "fill it in"),
            )


def _degree(bound: Bound, context: Context) -> Iterator[Cells]:
    if bound.column("education"):
        wrong = Text("学历不在代码表内", "Education: not in the code list")
        yield Cells(("education",), "text(education) IN ('本科', '专科')", wrong, Text("改为代码", "use a code"))


def _nowhere(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity and bound.entity.id == "staff":
        said = Text("机构找不到", "no such institution")
        failing = (
            "SELECT a._row, text(a.uscc) AS value FROM staff a ANTI JOIN institution b ON text(a.uscc) = text(b.uscc)"
        )
        without = Text("没有机构数据可对照", "no institutions to hold it against")
        yield Rows("staff", ("uscc",), failing, "SELECT count(*) FROM staff", said, said, without=without)


_BLANK, _DEGREE, _NOWHERE = (
    Text(zh, en) for zh, en in (("必填项为空", "Compulsory field empty"), ("代码", "Code"), ("引用", "Reference"))
)
CHECKS: tuple[Check, ...] = (
    Check("code-unknown", Dimension.CONFORMITY, Severity.ERROR, _DEGREE, _DEGREE, _degree, "GB/T 36344-2018"),
    Check("required-blank", Dimension.COMPLETENESS, Severity.ERROR, _BLANK, _BLANK, _blank, "GB/T 36344-2018"),
    Check("orphan", Dimension.CONSISTENCY, Severity.ERROR, _NOWHERE, _NOWHERE, _nowhere),
)
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
