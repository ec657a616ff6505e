"""`zhijian admin`: what the operator of a node does by hand."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from zhijian.cli import backup, keys, seals
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes.model import CodesError, State
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="运行维护 run a node")
backup.register(app)
app.add_typer(keys.app, name="key")
app.add_typer(seals.app, name="seal")


@app.command()
def prepare() -> None:
    """建表或升级到最新版本，发布或续发信任列表。 Tables of the newest version, a trust list that holds."""
    with open_node(Settings.read()) as node:
        node.prepare(datetime.now(UTC))
    typer.echo("就绪 ready")


@app.command()
def state(
    code: str, to: State, reason: Annotated[str, typer.Option(help="原因，公开显示 the reason, shown to the public")],
    office: Annotated[str, typer.Option(help="作出决定的监管部门 the regulator that decides")], format_: Format = "text",
) -> None:  # fmt: skip
    """以监管部门名义变更报告状态。 A regulator's change: doubted 存疑，inaccurate 认定不实，false 认定虚假，valid 恢复。"""
    at = datetime.now(UTC)
    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                changed = node.office(db).decide(db, Scope.everything(), code, to, actor=office, reason=reason, at=at)
        except CodesError as why:
            fail(WRONG_USE if why.why == "code-malformed" else FINDINGS, f"未变更 not changed: {why}")
    say({"code": changed, "state": to.value, "at": at.isoformat()}, format_, lambda d: f"{d['code']} → {d['state']}")
