"""A number beyond its limit that was called conforming. Plain numbers only: what else stands in limits is no business of this."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.model import Cells, Check, Context
from zhijian.exchange.model import Dimension, Severity, Text

_NUM = "[0-9]+(?:[.][0-9]+)?"
_RESULT = f"CASE WHEN regexp_full_match(text(result), '{_NUM}') THEN TRY_CAST(text(result) AS DOUBLE) END"


def _limit(group: int, form: str) -> str:
    return f"TRY_CAST(regexp_extract(text(\"limit\"), '{form}', {group}) AS DOUBLE)"


UP, UNDER = f"^(?:≤|<=|⩽|≦|不大于|不高于|不超过)\\s*({_NUM})$", f"^(?:<|＜|小于)\\s*({_NUM})$"
DOWN, OVER = f"^(?:≥|>=|⩾|≧|不小于|不低于)\\s*({_NUM})$", f"^(?:>|＞|大于)\\s*({_NUM})$"
RANGE, BARE = f"^({_NUM})\\s*[~～–—-]\\s*({_NUM})$", f"^({_NUM})$"
WITHIN = (
    "CASE WHEN text(verdict) = '合格' THEN CASE "
    f"WHEN {_limit(1, UP)} IS NOT NULL THEN {_RESULT} <= {_limit(1, UP)} "
    f"WHEN {_limit(1, DOWN)} IS NOT NULL THEN {_RESULT} >= {_limit(1, DOWN)} "
    f"WHEN {_limit(1, UNDER)} IS NOT NULL THEN {_RESULT} < {_limit(1, UNDER)} "
    f"WHEN {_limit(1, OVER)} IS NOT NULL THEN {_RESULT} > {_limit(1, OVER)} "
    f"WHEN {_limit(1, RANGE)} IS NOT NULL THEN {_RESULT} BETWEEN {_limit(1, RANGE)} AND {_limit(2, RANGE)} "
    "END END"
)
UNSIGNED = f"CASE WHEN text(verdict) = '合格' AND {_limit(1, BARE)} IS NOT NULL THEN {_RESULT} <= {_limit(1, BARE)} END"


def rules(bound: Bound, context: Context) -> Iterator[Cells]:
    if bound.entity is None or bound.entity.id != "report_item":
        return
    on = ("result", "limit", "verdict")
    remedy = Text("核对结果、单位、限值与单项判定", "check result, unit, limit and verdict")
    yield Cells(on, WITHIN, Text("结果超出限值而单项判定为合格", "beyond the limit, yet it conforms"), remedy)
    yield Cells(
        on,
        UNSIGNED,
        Text("结果大于限值（限值未写 ≤ 或 ≥）而单项判定为合格", "above a limit without a sign, yet it conforms"),
        Text(
            "给限值写明 ≤ 或 ≥；是上限的核对判定",
            "write ≤ or ≥ before the limit; where it is an upper one, check the verdict",
        ),
    )


CHECK = Check(
    "result-against-verdict", Dimension.ACCURACY, Severity.WARNING,
    Text("结果与单项判定矛盾", "Result against verdict"),
    Text("结果和限值都是单纯的数时，超出限值的不应判合格；其他写法不判。",
         "Where result and limit are plain numbers, what is beyond the limit does not conform; other forms are not judged."),
    rules, "《检验检测机构资质认定评审准则》（2023）附件4第40项",
)  # fmt: skip
