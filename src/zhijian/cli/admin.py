"""`zhijian admin`: what the operator of a node does by hand."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from zhijian.cli import accounts, backup, complaints, keys, scorecard, seals
from zhijian.cli.operator import operator
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes.model import CodesError, State
from zhijian.identity import noted
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.kit.signing import Suite
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="运行维护 run a node")
backup.register(app)
app.add_typer(keys.app, name="key")
app.add_typer(accounts.app, name="account")
app.command(name="check-audit")(accounts.check_audit)
app.add_typer(complaints.app, name="complaints")
app.add_typer(seals.app, name="seal")
app.add_typer(scorecard.app, name="scorecard")


@app.command()
def prepare() -> None:
    """建表或升级到最新版本，发布或续发信任列表。 Tables of the newest version, a trust list that holds."""
    with open_node(Settings.read()) as node:
        node.prepare(datetime.now(UTC))
    typer.echo("就绪 ready")


@app.command()
def sandbox(
    fill: Annotated[int, typer.Option(min=1, max=1000, help="再准备几个 how many more")] = 20,
    suite: Annotated[Suite, typer.Option(help="密钥的算法 suite of the keys")] = Suite.SM2,
) -> None:
    """准备测试机构和密钥，供接入方自取。 Test institutions with keys, for those who connect a system."""
    from zhijian import sandbox as pool

    settings = Settings.read()
    if not settings.sandbox:
        fail(WRONG_USE, "不是沙箱 no sandbox: ZHIJIAN_SANDBOX=1")
    with open_node(settings, create=False) as node:
        typer.echo(f"可领取 ready to be handed out: {pool.fill(node, fill, suite, datetime.now(UTC))}")


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
                said = {"state": to.value, "office": office}
                noted(db, operator(), "report.state", changed, at, reason=reason, province=changed[:2], detail=said)
        except CodesError as why:
            fail(WRONG_USE if why.why == "code-malformed" else FINDINGS, f"未变更 not changed: {why}")
    say({"code": changed, "state": to.value, "at": at.isoformat()}, format_, lambda d: f"{d['code']} → {d['state']}")
