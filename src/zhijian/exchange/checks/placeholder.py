"""Something written where nothing is, in a field that must be filled."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import texts
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.spec import Element

_SAID_NOTHING = (
    "'不详', '未知', '暂无', '待定', '待补', '待补充', '略', '同上', '空', '空白', '测试', 'test', 'TEST', 'xxx', 'XXX', "
    "'?', '？', '...', '…', '***'"
)


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    for c in texts(bound):
        e = c.element
        if e is None or not e.required or e.type.kind == "bool":
            continue
        yield Cells(
            (e.id,),
            f"CASE WHEN written({e.id}) THEN {_meant(e)} END",
            Text(f"{e.zh}必填，写的是占位符", f"{e.en} is compulsory and holds a placeholder"),
            Text("填写实际内容；确实没有的，按数据规范说明理由", "write what is so, or say why there is nothing"),
        )


def _meant(e: Element) -> str:
    written = f"text({e.id}) IS NOT NULL"
    if e.id == "result":  # 无 is one
        written = f"({written} OR bare({e.id}) = '无')"
    # A date or a number that says 待定 is unreadable, which its own check says.
    longest = 12  # bytes, of the list
    nothing = f"CASE WHEN strlen(text({e.id})) <= {longest} THEN text({e.id}) NOT IN ({_SAID_NOTHING}) ELSE TRUE END"
    return f"{written} AND {nothing}" if e.type.kind == "text" else written


CHECK = Check(
    "placeholder", Dimension.COMPLETENESS, Severity.ERROR,
    Text("必填项填占位符", "Placeholder in a compulsory field"),
    Text("必填项不以“/”“无”“N/A”“待补”充数。", "A compulsory field is not filled with a stroke or 待补."),
    rules, "GB/T 36344-2018",
)  # fmt: skip
