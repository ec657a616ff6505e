"""A division code of no province. Counties are not judged: the list changes often and old codes stay valid."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import checked
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

PROVINCES = "(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])[0-9]{4}"
"""By the first two digits."""


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in checked(bound, "division"):
        yield Cells(
            (e.id,),
            f"CASE WHEN regexp_full_match(text({e.id}), '[1-8][0-9]{{5}}') THEN regexp_full_match(text({e.id}), '{PROVINCES}') END",
            Text(f"{e.zh}的前两位不是任何省份", f"{e.en}: its first two digits are no province"),
            Text(
                "按 GB/T 2260 核对；本检查只看省份，不判断县级代码是否仍在用",
                "compare with GB/T 2260; only the province is judged",
            ),
        )


CHECK = Check(
    "division-unknown", Dimension.CONFORMITY, Severity.WARNING,
    Text("行政区划代码不存在", "No such division"),
    Text("行政区划代码的前两位是现有省份。只核对省份，县级代码经常调整。", "The first two digits are a province; counties are not judged."),
    rules, "GB/T 2260",
)  # fmt: skip
