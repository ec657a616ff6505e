"""A day that has not come yet, of something that has happened."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

MAY_COME = frozenset(
    [
        "expires_on",
        "due_on",
        "valid_to",
        "to_on",
        "used_to",
        "employed_to",
        "keep_until",
        "rectification_due_on",
        "published_to",
        "effective_on",
        "closed_on",
    ]
)
"""Terms, deadlines and ends: in the future as a matter of course."""
PLANNED = frozenset(["from_on", "valid_from", "used_from", "employed_from", "started_on"])
"""Beginnings: mostly past, and may be decided beforehand."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        if e.type.kind not in ("date", "datetime") or e.many or e.id in MAY_COME:
            continue
        if bound.entity and (bound.entity.id, e.id) == ("proficiency_test", "published_on"):
            continue  # plans announce the day on which results will be made known
        yield Cells(
            (e.id,),
            f"CAST({e.id} AS DATE) <= today()",
            Text(f"{e.zh}在检查日之后", f"{e.en} is after the day of the check"),
            Text("改为实际发生的日期", "give the day on which it happened"),
            Severity.WARNING if e.id in PLANNED else None,
        )


CHECK = Check(
    "future-date", Dimension.ACCURACY, Severity.ERROR,
    Text("日期在将来", "A day in the future"),
    Text("已经发生的事项，日期不应晚于检查日；计划性的起始日期只作提示。",
         "What has happened did not happen after the day of the check; planned beginnings are only pointed out."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
