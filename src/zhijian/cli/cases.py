"""`zhijian cases`: a case walked through on the command line, by the operator until the regulator's desk is there.

Whoever may run it has every right; `--as` says which account acts, so that four eyes are two accounts here, too.
"""

import getpass
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cases import flow
from zhijian.cases.flow.model import Actor, Refused, State
from zhijian.cli import case_dossier, case_text, cases_due
from zhijian.cli.case_dossier import transaction
from zhijian.cli.say import WRONG_USE, Format, a_day, at_least_one, fail, say
from zhijian.kit.clock import day
from zhijian.kit.scope import Scope

app = typer.Typer(no_args_is_help=True, help="案件 cases: 线索到结案 from lead to closed")
Number = Annotated[str, typer.Argument(metavar="NO", help="案件编号 number, 浙检查〔2026〕0001 或 or 浙检查2026-1")]
Account = Annotated[
    str, typer.Option("--as", help="以哪个账号办 the account that acts; 默认为系统用户 the system's user")
]
Given = Annotated[str, typer.Option("--json", help="字段，JSON 或 @文件 fields as JSON, or @FILE")]
ALL = Scope.everything()


@app.command("open")
def open_(json_: Given, account: Account = "", format_: Format = "text") -> None:
    """登记一条线索，成为案件。 A lead becomes a case."""
    with transaction() as db:
        done = flow.open_case(db, ALL, _actor(account), _fields(json_), datetime.now(UTC))
    say(asdict(done), format_, lambda _: case_text.done(done))


@app.command(name="list")
def list_(
    state: Annotated[State | None, typer.Option(help="只看这一状态 only of this state")] = None,
    officer: Annotated[str, typer.Option(help="只看这个承办人的 only this officer's")] = "",
    open_: Annotated[bool, typer.Option("--open", help="只看未结的 only those not ended")] = False,
    most: Annotated[int, typer.Option(callback=at_least_one, help="最多几条 at most")] = 50,
    format_: Format = "text",
) -> None:
    """列出案件，最近办过的在前。 List cases, last changed first."""
    with transaction() as db:
        found = flow.listed(db, ALL, state=state, officer=officer or None, is_open=open_, most=most)
    say(
        [asdict(one) for one in found],
        format_,
        lambda _: "\n".join(map(case_text.line, found)) or "没有案件 none",
    )


@app.command()
def show(no: Number, format_: Format = "text") -> None:
    """看一个案件：状态、期限、经过、现在可以做什么。 Show a case, its deadlines, its history and what may come next."""
    with transaction() as db:
        found = flow.dossier(db, ALL, flow.read_number(no))
    say(case_text.shown(found), format_, lambda _: case_text.text(found, day(datetime.now(UTC))))


@app.command()
def act(
    no: Number,
    name: Annotated[str, typer.Argument(metavar="ACT", help="哪一步 which act; 见 see zhijian cases acts")],
    json_: Given = "{}",
    seen: Annotated[int, typer.Option(help="您看到的版本 the version you saw; 默认为现在的 the present one")] = 0,
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="证据文件 file of add-evidence")
    ] = None,
    account: Account = "",
    format_: Format = "text",
) -> None:
    """办一步。 Do an act."""
    content = file.read_bytes() if file else None
    with transaction() as db:
        number = flow.read_number(no)
        version = seen or flow.case(db, ALL, number).version
        done = flow.act(db, ALL, _actor(account), number, version, name, _fields(json_), datetime.now(UTC), content)
    say(asdict(done), format_, lambda _: case_text.done(done))


app.command()(cases_due.due)
app.command()(case_dossier.dossier)
app.command("sign-dossier")(case_dossier.sign)


@app.command()
def acts(
    name: Annotated[str, typer.Argument(metavar="ACT", help="只看这一步 only this one")] = "", format_: Format = "text"
) -> None:
    """有哪些步骤，每步要填什么、为什么。 Which acts there are, and what each needs and why."""
    try:
        found = case_text.acts(name)
    except Refused as why:
        case_dossier.refused(why)
    say(found, format_, lambda _: case_text.acts_text(found))


@app.command()
def law(
    nature: Annotated[str, typer.Argument(help="问题性质 nature, 如 such as 虚假")],
    field: Annotated[str, typer.Argument(help="领域代码 code of the field, 如 such as 12")],
    on: Annotated[str, typer.Argument(help="行为日期 day of the conduct, 如 such as 2026-08-15")],
    subject: Annotated[str, typer.Option(help="vehicle-emissions: 机动车排放 emissions of vehicles")] = "",
    format_: Format = "text",
) -> None:
    """按行为日期建议处罚依据和幅度。 Legal bases and ranges proposed for a day of conduct."""
    for name, value in (("nature", nature), ("field", field), *((("subject", subject),) if subject else ())):
        if value not in (choices := case_text.choices(name)):
            fail(WRONG_USE, f"{value}：应为其中之一：{choices}", f"{value}: one of {choices}")
    found = case_text.proposals(nature, field, a_day("ON", on), subject or None)
    say(found, format_, case_text.proposals_text)


def _actor(account: str) -> Actor:
    return Actor(account.strip() or getpass.getuser(), flow.acts.RIGHTS)


def _fields(given: str) -> dict[str, Any]:
    text = Path(given[1:]).read_text("utf-8") if given.startswith("@") else given
    try:
        found = json.loads(text)
    except ValueError as why:
        fail(WRONG_USE, f"--json：不是 JSON（{why}）", f"--json: not JSON ({why})")
    if not isinstance(found, dict):
        fail(WRONG_USE, '--json：应为对象，如 {"reason": "…"}', '--json: an object such as {"reason": "…"}')
    return found
