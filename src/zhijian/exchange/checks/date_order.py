"""Days in an order in which things cannot have happened."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound, BoundColumn
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Cells, Check, Context, Rows
from zhijian.exchange.model import Dimension, Severity, Text

CHAINS: dict[str, tuple[str, ...]] = {
    "annual_report": (),
    "authorisation": ("from_on to_on",),
    "calibration": ("calibrated_on < due_on",),
    "capability": ("valid_from valid_to",),
    "certificate": ("issued_on < expires_on",),
    "certificate_change": ("happened_on applied_on decided_on",),
    "certificate_state": ("from_on to_on",),
    "credit": ("period_from period_to assessed_on valid_to",),
    "finding": ("conduct_from conduct_to",),
    "inspection": ("began_on ended_on published_on",),
    "instrument": ("used_from used_to",),
    "penalty": ("conduct_from conduct_to decided_on published_on published_to", "decided_on changed_on"),
    "proficiency_test": ("started_on closed_on published_on",),
    "rectification": ("submitted_on accepted_on",),
    "report": ("sampled_on received_on tested_from tested_to issued_on",),
    "sample": ("sampled_at received_at keep_until", "received_at disposed_on"),
    "site": ("used_from used_to",),
    "staff": ("employed_from employed_to",),
}
"""Of each entity what comes after what, the same day included; `<`: not the same day."""


def rules(bound: Bound, context: Context) -> Iterator[Cells | Rows]:
    if bound.entity is None:
        return
    for chain in CHAINS.get(bound.entity.id, ()):
        yield from _links(bound, chain.split())
    if bound.entity.id == "report_item" and first(bound, context):
        yield WITHIN


def _links(bound: Bound, chain: list[str]) -> Iterator[Cells]:
    """Each day against the nearest known before it, so that one missing in the middle hides nothing."""
    before: list[BoundColumn] = []
    sign = "<="
    for name in chain:
        column = bound.column(name)
        if name == "<":
            sign = "<"
        elif column is not None:
            if before:
                yield _link(before, column, sign)
            before.insert(0, column)
            sign = "<="


def _link(before: list[BoundColumn], late: BoundColumn, sign: str) -> Cells:
    timed = all(_timed(c) for c in (*before, late))
    earlier = ", ".join(_as(c, timed) for c in before)
    names = "、".join(_zh(c) for c in before[:1])
    return Cells(
        (late.id, *(c.id for c in before)),
        f"{f'coalesce({earlier})' if len(before) > 1 else earlier} {sign} {_as(late, timed)}",
        Text(f"{_zh(late)}早于{names}" if sign == "<=" else f"{_zh(late)}不晚于{names}",
             f"{late.id} is before {before[0].id}" if sign == "<=" else f"{late.id} is not after {before[0].id}"),
        Text("核对这两个日期，改正写错的一个", "compare the two days and correct the wrong one"),
    )  # fmt: skip


def _timed(column: BoundColumn) -> bool:
    return column.element is not None and column.element.type.kind == "datetime"


def _as(column: BoundColumn, timed: bool) -> str:
    return f"CAST({column.id} AS DATE)" if _timed(column) and not timed else column.id


def _zh(column: BoundColumn) -> str:
    return column.element.zh if column.element else column.column.name


WITHIN = Rows(
    "report_item", ("tested_on",),
    "SELECT i._row, CAST(i.tested_on AS VARCHAR) AS value, r._row AS other FROM report_item i JOIN report r "
    "ON text(i.uscc) = text(r.uscc) AND text(i.own_number) = text(r.own_number) "
    "WHERE i.tested_on < r.tested_from OR i.tested_on > r.tested_to",
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM report r) THEN count(i.tested_on) ELSE 0 END FROM report_item i",
    Text("项目的检测日期不在报告的检测起止日期之内", "the item's day lies outside the report's days of testing"),
    Text("核对项目的检测日期与报告的检测起止日期", "compare the item's day with the report's days of testing"),
    without=Text("没有报告数据可对照", "no reports to hold it against"),
)  # fmt: skip

CHECK = Check(
    "date-order", Dimension.ACCURACY, Severity.ERROR,
    Text("日期先后颠倒", "Days out of order"),
    Text("采样、接样、检测、签发等日期依次不得倒置；有效期、任期的终止不得早于起始。",
         "Sampled, received, tested, issued follow each other; a term does not end before it begins."),
    rules, "《检验检测机构资质认定评审准则》（2023）附件4第40项",
)  # fmt: skip
