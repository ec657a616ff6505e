"""`zhijian admin account` and `zhijian admin check-audit`: the first account of an office is made here, and the trail is held against itself."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.identity import accounts, audit
from zhijian.identity.model import AccountWrong
from zhijian.kit.principal import OF_LABORATORY, Role
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.registry import listing
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="账号 accounts of the office")
_WHY = {
    "login": ("账号用 3 到 60 个小写字母、数字、点、横线或下划线", "3 to 60 lower-case letters, digits, points, hyphens or underscores"),
    "name": ("缺姓名", "no name"),
    "login-taken": ("这个账号已经有了", "that login is taken"),
    "area": ("省级要 --province 33，市级再加 --city 3301", "--province 33 for a province, and --city 3301 for a city"),
    "laboratory": ("机构人员要 --uscc，须是登记的机构；监管人员不要", "--uscc of a registered institution for a laboratory's staff, for no one else"),
    "short": ("密码至少 12 个字符", "a password has at least 12 characters"),
    "long": ("密码最长 200 个字符", "a password has at most 200 characters"),
    "plain": ("密码太好猜", "the password is easily guessed"),
}  # fmt: skip


@app.command()
def add(
    login: str, name: Annotated[str, typer.Option(help="姓名 the person's name")],
    role: Annotated[Role, typer.Option(help="角色 what the person is to the platform")],
    province: Annotated[str | None, typer.Option(help="两位省码 two digits")] = None,
    city: Annotated[str | None, typer.Option(help="四位市码 four digits")] = None,
    uscc: Annotated[str | None, typer.Option(help="机构的统一社会信用代码 credit code of the laboratory")] = None,
    format_: Format = "text",
) -> None:  # fmt: skip
    """开账号；密码在终端上问，或从标准输入读一行。 A new account; its password is asked for, or one line of standard input."""
    password = _password()
    with open_node(Settings.read(), create=False) as node, node.transaction() as db:
        if role in OF_LABORATORY and uscc:
            province = listing.province_of(db, Scope.everything(), uscc)
            if province is None:
                fail(WRONG_USE, *_WHY["laboratory"])
        try:
            made = accounts.add(db, None, login, name, role, password, datetime.now(UTC), province=province, city=city, uscc=uscc)  # fmt: skip
        except AccountWrong as why:
            fail(WRONG_USE, *_WHY[why.value])
    say({"login": made.login, "role": made.role.value}, format_, lambda d: f"{d['login']}（{d['role']}）已开 made")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("密码 password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@app.command(name="list")
def list_(format_: Format = "text") -> None:
    """全部账号。 All accounts."""
    with open_node(Settings.read(), create=False) as node, node.reading() as db:
        found = [
            {"login": a.login, "role": a.role.value, "province": a.province, "city": a.city, "uscc": a.uscc, "closed_at": a.closed_at}
            for a in accounts.listed(db, Scope.everything())
        ]  # fmt: skip
    say({"accounts": found}, format_, lambda d: "\n".join(
        f"{a['login']:<20} {a['role']:<11} {a['uscc'] or a['city'] or a['province'] or '全国 nationwide'}{'  停用 closed' if a['closed_at'] else ''}"
        for a in d["accounts"]
    ))  # fmt: skip


def check_audit(format_: Format = "text") -> None:
    """审计链从头核对一遍。 The audit trail held against its own digests, from the beginning."""
    count, broken = 0, []
    with open_node(Settings.read(), create=False) as node, node.one_moment() as db:
        for one in audit.checked(db):
            if isinstance(one, audit.Broken):
                broken.append({"seq": one.seq, "why": one.why})
            else:
                count += 1
    say({"entries": count, "broken": broken}, format_, lambda d: f"{d['entries']} 条 entries" + (
        "，前后相符 and all agree" if not d["broken"] else "".join(f"\n第 {b['seq']} 条不符 does not agree: {b['why']}" for b in d["broken"])
    ))  # fmt: skip
    if broken:
        raise typer.Exit(FINDINGS)
