"""`zhijian cases due`: deadlines of cases, or all that is due for an account or a province, for a morning mail. No mail is sent."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from zhijian.cases import due as all_due
from zhijian.cases import flow
from zhijian.cases.due import KINDS, Due, Item, Wanted
from zhijian.cli import case_text
from zhijian.cli.case_dossier import transaction
from zhijian.cli.say import WRONG_USE, Format, a_day, at_least_one, fail, say
from zhijian.identity import accounts
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.spec import specification

ALL = Scope.everything()


def due(
    within: Annotated[int, typer.Option(min=0, max=366, help="几天之内 within so many days")] = 7,
    officer: Annotated[str, typer.Option(help="只看这个承办人的案件期限 only this officer's cases")] = "",
    account: Annotated[str, typer.Option(help="这个账号能看到的全部到期事项 all that is due for this account")] = "",
    province: Annotated[str, typer.Option(help="这个省的全部到期事项，两位代码 all that is due in this province")] = "",
    most: Annotated[int, typer.Option(callback=at_least_one, help="最多几项 at most")] = 500,
    on: Annotated[str, typer.Option(help="按哪天算 as of which day; 默认今天 today")] = "",
    format_: Format = "text",
) -> None:
    """案件期限；给 --account 或 --province 时是全部到期事项。 Deadlines of cases; with --account or --province all that is due."""
    when = a_day("--on", on) if on else day(datetime.now(UTC))
    if sum(map(bool, (officer, account, province))) > 1:
        fail(
            WRONG_USE,
            "--officer、--account、--province 只能用一个",
            "--officer, --account, --province: only one of them",
        )
    with transaction() as db:
        if account or province:
            found = (
                _of_account(db, account, when, within, most)
                if account
                else _of_province(db, province, when, within, most)
            )
            say(_data(found, when), format_, _text)
        else:
            clocks = flow.due(db, ALL, when, within, officer or None)
            say(
                [asdict(one) for one in clocks], format_, lambda _: "\n".join(map(case_text.due, clocks)) or "没有 none"
            )


def _of_account(db: Db, login: str, on: date, within: int, most: int) -> Due:
    known = accounts.found(db, ALL, login.strip().lower())
    if known is None or known.closed_at is not None:
        fail(
            WRONG_USE,
            f"--account {login}：没有这个账号，或已停用",
            f"--account {login}: no such account, or it is closed",
        )
    who = known.principal
    return all_due.gathered(
        db, who.scope, on, Wanted(within), cases=who.may("cases.see"), draws=who.may("draws.see"), most=most
    )


def _of_province(db: Db, province: str, on: date, within: int, most: int) -> Due:
    if province not in specification().codelists["province"]:
        fail(WRONG_USE, f"--province {province}：两位省级代码，如 33", f"--province {province}: two digits, such as 33")
    return all_due.gathered(db, Scope.of_province(province), on, Wanted(within), cases=True, draws=True, most=most)


def _data(found: Due, on: date) -> dict[str, Any]:
    """Kinds left out are named, so that no mail says that nothing is due."""
    return {
        "on": on, "counts": {kind: asdict(count) for kind, count in found.counts.items()},
        "left_out": sorted(found.left_out), "items": [asdict(one) for one in found.items],
    }  # fmt: skip


def _text(data: dict[str, Any]) -> str:
    heads = [
        f"{KINDS[kind].zh} {KINDS[kind].en}：{count['items']}，已过期 over {count['over']}"
        for kind, count in data["counts"].items()
    ]
    lines = [_line(Item(**one)) for one in data["items"]]
    if (rest := sum(count["items"] for count in data["counts"].values()) - len(lines)) > 0:
        lines.append(f"另有 {rest} 项，见 --most more, see --most")
    lines += [
        f"没有数 not counted: {KINDS[kind].zh} {KINDS[kind].en}（给 --province give --province）"
        for kind in data["left_out"]
    ]
    return "\n".join([*heads, "", *lines]) if lines else "没有 none"


def _line(one: Item) -> str:
    unit = ("个工作日", "working days") if one.working else ("天", "days")
    if one.left is None:
        left = "没有日期 no day"
    elif one.left < 0:
        left = f"已过 {-one.left} {unit[0]} {unit[1]} over"
    else:
        left = f"还有 {one.left} {unit[0]} {unit[1]} left"
    mark = "〔u〕" if one.unconfirmed else ""
    return f"{one.due_on or '':10}  {left}  {one.name}  {one.zh}{mark}  {one.basis}"
