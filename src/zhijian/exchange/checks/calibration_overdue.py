"""An instrument used on a day on which no calibration of it was good."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

_MARKED = (
    " JOIN report r ON text(i.uscc) = text(r.uscc) AND text(i.own_number) = text(r.own_number) AND r.cma_marked = TRUE"
)


def _used(marked: bool) -> str:
    """`used`: uses of instruments that need calibration."""
    return f"""x AS (SELECT i._row, text(i.uscc) AS u, i.tested_on AS d, unnest(parts(i.instruments)) AS m
  FROM report_item i{_MARKED if marked else ""} WHERE i.tested_on IS NOT NULL),
used AS (SELECT x.* FROM x SEMI JOIN instrument e ON x.u = text(e.uscc) AND x.m = text(e.management_no)
  AND e.needs_calibration = TRUE)"""


GOOD = """one AS (SELECT text(k.uscc) AS u, text(k.management_no) AS m, k.calibrated_on AS f,
  max(CASE WHEN k.passed THEN k.due_on END) AS due FROM calibration k
  WHERE k.calibrated_on IS NOT NULL GROUP BY text(k.uscc), text(k.management_no), k.calibrated_on),
next AS (SELECT *, CAST(lead(f) OVER (PARTITION BY u, m ORDER BY f) - INTERVAL 1 DAY AS DATE) AS until FROM one),
good AS (SELECT u, m, f, least(due, coalesce(until, due)) AS t FROM next WHERE due IS NOT NULL)"""
"""Spans in which a calibration is good: until it is due, or until the next one; one that failed ends what an earlier allowed."""


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "report_item" or not first(bound, context):
        return
    marked = context.has("report", "cma_marked", "uscc", "own_number")
    yield Rows(
        "report_item", ("instruments", "tested_on"),
        f"WITH {_used(marked)}, {GOOD} "
        "SELECT used._row, used.m || ' ' || CAST(used.d AS VARCHAR) AS value FROM used "
        "ANTI JOIN good g ON used.u = g.u AND used.m = g.m AND g.f <= used.d AND g.t >= used.d",
        f"WITH {_used(marked)} SELECT CASE WHEN EXISTS (SELECT 1 FROM calibration) THEN count(*) ELSE 0 END FROM used",
        Text("检测当日仪器没有有效的检定或校准", "no calibration of the instrument was good on the day"),
        Text("补报检定校准记录；或核对仪器编号和检测日期", "hand in the calibration, or check instrument and day"),
        without=Text("没有仪器、检定校准数据可对照", "no instruments and calibrations to hold it against"),
    )  # fmt: skip


CHECK = Check(
    "calibration-overdue", Dimension.CONSISTENCY, Severity.ERROR,
    Text("仪器超过检定校准有效期", "Calibration overdue"),
    Text("需要检定校准的仪器，检测当日最近一次应合格且未到期；有报告数据时只判使用资质认定标志的。",
         "Of an instrument that needs it the latest calibration was passed and not due; with reports at hand, of marked ones only."),
    rules, "《检验检测机构监督管理办法》第十四条第（二）项；《计量法》",
)  # fmt: skip
