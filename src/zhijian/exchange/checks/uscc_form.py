"""A credit code that cannot be one."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import checked
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

FORM = "[0-9A-HJ-NPQRTUWXY]{18}"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in checked(bound, "uscc"):
        yield Cells(
            (e.id,),
            f"regexp_full_match(text({e.id}), '{FORM}')",
            Text(
                f"{e.zh}应为 18 位数字或大写字母（不含 I、O、S、V、Z）",
                f"{e.en}: 18 digits or capitals without I, O, S, V, Z",
            ),
            Text("与营业执照或事业单位法人证书核对", "compare with the licence"),
        )


CHECK = Check(
    "uscc-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("统一社会信用代码格式", "Form of the credit code"),
    Text("统一社会信用代码为 18 位，不用 I、O、S、V、Z。", "Eighteen characters of the standard's alphabet."),
    rules, "GB 32100-2015",
)  # fmt: skip
