"""`zhijian admin account` and `zhijian admin check-audit`: the first account of an office is made here, and the trail is held against itself."""

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from zhijian.cli.operator import operator
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes import Logbook
from zhijian.codes.log import LogError
from zhijian.codes.model import CodesError
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
            made = accounts.add(db, operator(), login, name, role, password, datetime.now(UTC), province=province, city=city, uscc=uscc)  # fmt: skip
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


_BROKEN = {
    "changed": ("内容被改动", "it was changed"),
    "gap": ("缺了这一条", "it is missing"),
    "torn": ("与上一条接不上", "it does not follow from the one before"),
    "rewritten": (
        "公开日志里锚定的一条不在链中：审计记录被整体改写，或数据库恢复自旧备份",
        "the log anchors an entry that the trail does not have: it was rewritten, or the database was restored from an older copy",
    ),
}


def check_audit(format_: Format = "text") -> None:
    """审计链从头核对一遍，并与公开日志中的锚点核对。 The audit trail held against its own digests and its anchors in the log."""
    count, broken = 0, []
    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                trust = node.trust(db)
            anchors = audit.Anchors(node.logbook.anchors(trust), Logbook.anchor_leaf)
        except (CodesError, LogError) as why:
            fail(COULD_NOT, f"读不到公开日志 cannot read the log: {why}")
        with node.one_moment() as db:
            for one in audit.checked(db, anchors=anchors):
                if isinstance(one, audit.Broken):
                    broken.append({"seq": one.seq, "why": one.why})
                else:
                    count += 1
    say({"entries": count, "anchors": len(anchors.leaves), "broken": broken}, format_, _checked)
    if broken:
        raise typer.Exit(FINDINGS)


def _checked(d: dict[str, Any]) -> str:
    head = f"{d['entries']} 条 entries，公开日志锚点 anchors in the log {d['anchors']}"
    if not d["broken"]:
        return f"{head}，前后相符 and all agree"
    return head + "".join("\n第 {} 条 {} · {}".format(b["seq"], *_BROKEN[b["why"]]) for b in d["broken"])
