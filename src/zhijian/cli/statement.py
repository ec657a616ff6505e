"""`zhijian registry statement`: what the public saw of an institution's reports, as its laboratory gets it by the API."""

from datetime import datetime
from typing import Annotated, Any

import typer

from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, local, say
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.lookups import PERIOD_MOST_DAYS, code_document, codes, document, statement
from zhijian.lookups.model import PLACES_MOST
from zhijian.wiring import open_node

CODES_SHOWN = 20


def tell_statement(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 USCC of the institution")],
    from_: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日 first day")],
    to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="截止日（含） last day")],
    format_: Format = "text",
) -> None:
    """公众查验情况：逐日次数、查得最多的编码、值得留意的事。 What the public saw: looks by day, codes, what stands out."""
    from_on, to_on = from_.date(), to.date()
    if not 0 <= (to_on - from_on).days < PERIOD_MOST_DAYS:
        fail(WRONG_USE, f"--from {from_on} --to {to_on}: 应先后有序，至多 {PERIOD_MOST_DAYS} 天",
             f"the first day comes first, {PERIOD_MOST_DAYS} days at most")  # fmt: skip
    with open_node(Settings.read(), create=False) as node, node.transaction() as db:
        if node.institution(db, uscc) is None:
            fail(FINDINGS, f"{uscc}: 没有这家机构", f"no institution {uscc} is registered")
        scope = Scope.of_institution(uscc)
        told = document(statement(db, scope, uscc, from_on, to_on))
        told["codes"] = [code_document(one) for one in codes(db, scope, uscc, from_on, to_on, None, CODES_SHOWN)]
    say(told, format_, _text)


def _text(told: dict[str, Any]) -> str:
    lines = [
        f"{told['uscc']}  {told['from']} … {told['to']}",
        "",
        "日期 day    次数 looks  有校验码 verified  校验码不符 wrong",
    ]
    lines += [
        f"{d['on']}  {d['looks']:>10,}  {d['verified_looks']:>17,}  {d['wrong_verifier']:>16,}" for d in told["days"]
    ]
    total = told["totals"]
    lines.append(
        f"{'合计 total':<9}  {total['looks']:>10,}  {total['verified_looks']:>17,}  {total['wrong_verifier']:>16,}"
    )
    lines += ["", f"查得最多的编码 codes looked at most ({len(told['codes'])})"]
    lines += [
        f"{one['code']}  {one['looks']:>8,}  网段 places {_places(one['places_most'])}  {local(one['first_at'])} … {local(one['last_at'])}"
        for one in told["codes"]
    ]
    lines += ["", "值得留意 worth a look" if told["anomalies"] else "没有特别值得留意的 nothing stands out"]
    for one in told["anomalies"]:
        lines += [
            f"{one['on']}  {one['kind']}  {one['code'] or ''}",
            f"  {one['message']['zh']}",
            f"  {one['message']['en']}",
        ]
    lines += [
        f"{one['on']}  {one['kind']}：{one['message']['zh']} {one['message']['en']}" for one in told["not_judged"]
    ]
    return "\n".join([*lines, "", told["counted"]["zh"], told["counted"]["en"]])


def _places(number: int) -> str:
    return "?" if number == 0 else f"{number}+" if number >= PLACES_MOST else str(number)
