"""The check character of a credit code. Genuine codes of the early pilot fail it: a warning, never a refusal."""

from collections.abc import Iterator

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import checked, table
from zhijian.exchange.checks.model import Check, Context, Rows
from zhijian.exchange.checks.uscc_form import FORM
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.kit.base31 import ALPHABET


def rules(bound: Bound, context: Context) -> Iterator[Rows]:
    """Over the codes that are there, each once: a table of reports has millions of rows and a few thousand codes."""
    t = table(bound)
    for e in checked(bound, "uscc"):
        yield Rows(
            t,
            (e.id,),
            f"WITH codes AS MATERIALIZED (SELECT DISTINCT text({e.id}) AS u FROM {t}), "
            f"wrong AS (SELECT u FROM codes WHERE CASE WHEN regexp_full_match(u, '{FORM}') THEN {_differs('u')} END) "
            f"SELECT a._row, text(a.{e.id}) AS value FROM {t} a JOIN wrong ON text(a.{e.id}) = wrong.u",
            f"SELECT count(text({e.id})) FROM {t}",
            Text(f"{e.zh}的校验位不符", f"{e.en}: its check character does not match"),
            Text(
                "到登记机关核对；早期试点的代码可能本来如此，核对无误的不用改",
                "look it up in the registry; genuine early codes may be so",
            ),
        )


def _differs(u: str) -> str:
    def value(i: int) -> str:
        return f"(strpos('{ALPHABET}', substring({u}, {i}, 1)) - 1)"

    total = " + ".join(f"{value(i)} * {pow(3, i - 1, 31)}" for i in range(1, 18))
    return f"(31 - ({total}) % 31) % 31 <> {value(18)}"


CHECK = Check(
    "uscc-check", Dimension.CONFORMITY, Severity.WARNING,
    Text("统一社会信用代码校验位", "Check character of the credit code"),
    Text("第 18 位是前 17 位的校验位。", "The eighteenth character follows from the others."),
    rules, "GB 32100-2015",
)  # fmt: skip
