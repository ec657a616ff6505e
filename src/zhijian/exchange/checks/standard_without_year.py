"""A standard's code without its year."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

FORM = (
    "[A-Z]{1,6}[0-9]{0,6}(/[A-Z0-9]{0,6})?\\s?[A-Z]{0,2}\\s?[0-9]+([.][0-9]+)*[A-Z]?(-[0-9]{1,3}:|[-:—–])((19|20)[0-9]{2}|[0-9]{2})([^0-9].*)?"
    "|[\u4e00-\u9fff]{2,8}部(公告)?第?[0-9]+号(公告)?-[0-9]+-(19|20)[0-9]{2}|《.+》.*"
)
"""GB/T 1.1-2020, DBS33/ 3004-2015, ISO 17025:2017, ISO 4833-1:2013, 农业部1025号公告-18-2008; or a method that is a book."""
_ALSO = {"report_item": "standard", "proficiency_result": "standard"}


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for e in bound.elements:
        asked = e.check == "standard_code"
        if asked or (bound.entity and _ALSO.get(bound.entity.id) == e.id):
            yield Cells(
                (e.id,),
                f"regexp_full_match(text({e.id}), '{FORM}')",
                Text(f"{e.zh}没有年号，或不是标准编号", f"{e.en}: no year, or not a standard's code"),
                Text("写标准编号和年号，如 GB 5009.12-2023；方法书写书名号", "code and year, such as GB 5009.12-2023"),
                Severity.ERROR if asked else Severity.WARNING,
            )


CHECK = Check(
    "standard-without-year", Dimension.CONFORMITY, Severity.ERROR,
    Text("标准编号缺年号", "Standard without its year"),
    Text("标准编号带年号：年号不同就是另一项能力。", "A standard stands with its year: another year is another capability."),
    rules, "《检验检测机构资质认定评审准则》（2023）",
)  # fmt: skip
