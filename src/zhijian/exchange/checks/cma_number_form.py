"""A certificate number that cannot be one."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import checked
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in checked(bound, "cma_number"):
        yield Cells(
            (e.id,),
            f"regexp_full_match(text({e.id}), '[0-9]{{2}}([0-2][0-9]|3[01])[0-9]{{8}}')",
            Text(
                f"{e.zh}应为 12 位数字，第 3、4 位（发证机关）为 00 至 31",
                f"{e.en}: twelve digits, the third and fourth (authority) 00 to 31",
            ),
            Text("与资质认定证书核对", "compare with the certificate"),
        )


CHECK = Check(
    "cma-number-form", Dimension.CONFORMITY, Severity.ERROR,
    Text("资质认定证书编号格式", "Form of the certificate number"),
    Text("证书编号由年、发证机关、领域、行业、流水号共 12 位组成。", "Year, authority, field, ministry and serial: twelve digits."),
    rules, "资质认定证书编号规则",
)  # fmt: skip
