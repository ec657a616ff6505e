"""One person on the staff of two institutions at a time.

The specification has no number of a person, so that a name is only a hint: it counts where the name stands in two institutions and no more
(a common one stands in many), with the same title and education. Where the table itself carries a number, that alone counts.
"""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import first, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.relation import ALWAYS, headed, overlap
from zhijian.exchange.model import Dimension, Severity, Text

NUMBERS = (
    "身份证号",
    "身份证号码",
    "证件号",
    "证件号码",
    "公民身份号码",
    "手机号",
    "手机号码",
    "社保号",
    "id_card",
    "idcard",
    "mobile",
)
"""Headers of what links a person."""
CROWD = 20
"""More rows with one number: a filler, not a person."""
_SPAN = f"a.employed_from, coalesce(maybe(a.employed_to), {ALWAYS}) AS employed_to"


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    if bound.entity is None or bound.entity.id != "staff":
        return
    linked = next(headed(bound, NUMBERS), None)
    remedy = Text("核对任职起止；确在两家任职的按第八条处理；同名不同人的不必处理",
                  "check the terms of employment; nobody may work in two institutions; nothing to do where they are two persons")  # fmt: skip
    if linked:
        x = f"SELECT a._row, text(a.uscc) AS u, text(a.{linked.id}) AS k, text(a.name) AS name, {_SPAN} FROM {table(bound)} a"
        few = f"count(*) BETWEEN 2 AND {CROWD} AND min(u) <> max(u)"
        why = Text(
            f"同一{linked.column.name}同时在两家机构任职", f"one {linked.column.name} in two institutions at a time"
        )
        yield _rule(bound, x, few, why, remedy, None)
    elif first(bound, context):
        key = "concat_ws('|', text(a.name), raw(a.title_level), raw(a.education))"
        x = f"SELECT a._row, text(a.uscc) AS u, {key} AS k, text(a.name) AS name, {_SPAN} FROM staff a"
        x += " SEMI JOIN rare ON text(a.name) = rare.n WHERE raw(a.title_level) <> '' AND raw(a.education) <> ''"
        why = Text(
            "同名、同职称、同学历者同时在两家机构任职", "same name, title and education in two institutions at a time"
        )
        yield _rule(bound, x, f"count(*) BETWEEN 2 AND {CROWD} AND min(u) <> max(u)", why, remedy, RARE)


RARE = (
    "rare AS (SELECT text(b.name) AS n FROM staff b WHERE length(text(b.name)) >= 2 GROUP BY n "
    "HAVING count(*) = 2 AND min(text(b.uscc)) <> max(text(b.uscc))), "
)


def _rule(bound: Bound, x: str, few: str, why: Text, remedy: Text, rare: str | None) -> Rows:
    return Rows(
        "staff", ("name", "uscc"),
        f"WITH {rare or ''}x AS ({x}), g AS (SELECT k FROM x WHERE k IS NOT NULL GROUP BY k HAVING {few}), "
        "y AS (SELECT x.* FROM x JOIN g ON x.k = g.k) "
        "SELECT two._row, any_value(two.name) AS value, min(one._row) AS other FROM y one JOIN y two ON one.k = two.k "
        f"WHERE one._row < two._row AND one.u <> two.u AND {overlap('one', 'two', 'employed_from', 'employed_to')} "
        "GROUP BY two._row",
        f"SELECT CASE WHEN min(text(a.uscc)) <> max(text(a.uscc)) THEN count(*) ELSE 0 END FROM {table(bound)} a",
        why, remedy, Severity.WARNING if rare else None,
        Text("只有一家机构的人员，或缺职称、学历等列", "the staff of one institution only, or columns of title and education are missing"),
    )  # fmt: skip


CHECK = Check(
    "two-employers", Dimension.CONSISTENCY, Severity.ERROR,
    Text("一人同时在两家机构", "One person, two institutions"),
    Text("检验检测人员不得同时在两个以上机构从业。", "Nobody works in two institutions at a time."),
    rules, "《检验检测机构监督管理办法》第八条",
)  # fmt: skip
