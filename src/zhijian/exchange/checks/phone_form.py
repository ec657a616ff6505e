"""A telephone number that nobody can call."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import texts
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

_ONE = (
    "([+]?86[- ]?)?(1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}|([(（]?0[0-9]{2,3}[)）]?[- —]?)?[0-9]{7,8}([-转][0-9]{1,6})?"
    "|[48]00[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}|1[0-9]{4}|9[0-9]{4,7})"
)


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in texts(bound):
        e = c.element
        if e is not None and (e.mask == "phone" or e.id.endswith("phone")):
            yield Cells(
                (e.id,),
                f"regexp_full_match(text({e.id}), '{_ONE}([、;；,，/ ]{_ONE})*')",
                Text(f"{e.zh}不像电话号码", f"{e.en} does not look like a telephone number"),
                Text("写手机号，或区号-号码", "a mobile number, or area code and number"),
            )


CHECK = Check(
    "phone-form", Dimension.CONFORMITY, Severity.WARNING,
    Text("电话格式", "Form of telephone numbers"),
    Text("电话能拨通：手机 11 位，座机带区号。", "A telephone number that can be called."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
