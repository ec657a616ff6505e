"""`zhijian admin key`: institutions' keys, asked for, granted, refused, revoked (each publishes a trust list), certified for seals."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.document_files import is_free, pem, write_new
from zhijian.cli.operator import operator
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.codes.model import CodesError
from zhijian.identity import noted
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.kit.signing import PublicKey, Suite
from zhijian.wiring import Node, open_node

app = typer.Typer(no_args_is_help=True, help="机构密钥 institutions' keys")
Work = Callable[[Node, Db, datetime], None]
Kid = Annotated[str, typer.Argument(help="密钥编号，8 位十六进制 eight hex digits")]


@app.command("list")
def list_keys(
    uscc: Annotated[str | None, typer.Option(help="只看一个机构 of one institution")] = None, format_: Format = "text"
) -> None:
    """列出密钥和待决的申请。 Keys, and requests that wait."""
    with open_node(Settings.read(), create=False) as node, node.transaction() as db:
        keys, requests = node.office(db).keys(db, uscc)
    data = {
        "keys": [{"kid": k["kid"], "uscc": k["uscc"], "name": k["name"], "suite": k["suite"], "not_after": k["not_after"].isoformat(),
                  "revoked_at": k["revoked_at"].isoformat() if k["revoked_at"] else None} for k in keys],
        "waiting": [{"kid": r["kid"], "uscc": r["uscc"], "name": r["name"], "suite": r["suite"], "asked_at": r["asked_at"].isoformat()}
                    for r in requests if r["decided_at"] is None],
    }  # fmt: skip
    say(data, format_, lambda d: "\n".join(
        [f"{k['kid']}  {k['uscc']}  {k['suite']:8}  至 until {k['not_after'][:10]}  {k['name']}"
         + (f"  自 revoked as of {k['revoked_at']} 作废" if k["revoked_at"] else "") for k in d["keys"]]
        + [f"{r['kid']}  {r['uscc']}  {r['suite']:8}  待决 waits since {r['asked_at'][:16]}  {r['name']}" for r in d["waiting"]]))  # fmt: skip


@app.command()
def ask(
    uscc: Annotated[str, typer.Argument(help="统一社会信用代码 unified social credit code")],
    point: Annotated[str, typer.Argument(help="公钥，130 位十六进制 uncompressed point, hex")],
    proof: Annotated[str, typer.Option(help="新密钥的签名 the new key's signature, see docs/howto/keys.md")],
    suite: Annotated[Suite, typer.Option(help="算法 suite")] = Suite.SM2,
    name: Annotated[str, typer.Option(help="密钥名称 name of the key")] = "LIMS",
) -> None:  # fmt: skip
    """为还没有密钥的机构登记申请（之后 grant）。 For an institution that has no key yet."""
    with open_node(Settings.read(), create=False) as node:
        try:
            key = PublicKey(suite, bytes.fromhex(point))
            with node.transaction() as db:
                if node.institution(db, uscc) is None:
                    fail(WRONG_USE, f"没有登记这个机构 no such institution: {uscc}")
                kid = node.office(db).ask_key(
                    db, Scope.everything(), uscc, name, key, bytes.fromhex(proof), None, datetime.now(UTC)
                )
        except (ValueError, CodesError) as why:
            fail(WRONG_USE, f"没有登记 not put down: {why}")
    typer.echo(f"{kid} 待决 waits; zhijian admin key grant {kid}")


@app.command()
def grant(
    kid: Kid, reports_per_day: Annotated[int | None, typer.Option(min=1, help="每天的限额 quota a day")] = None
) -> None:
    """批准申请。 Let the key speak for its institution."""

    def work(node: Node, db: Db, at: datetime) -> None:
        waiting = next((r for r in node.office(db).keys(db)[1] if r["kid"] == kid), None)
        institution = node.institution(db, waiting["uscc"]) if waiting else None
        index = institution.code_index if institution else ""
        quota = reports_per_day or node.settings.reports_per_key_per_day
        node.office(db).grant_key(db, Scope.everything(), kid, index, quota, at)

    _decided(work, f"{kid} 已批准 granted", "key.granted", kid)


@app.command()
def refuse(kid: Kid, reason: Annotated[str, typer.Option(help="原因，告知机构 told to the institution")]) -> None:
    """不批准申请。 Refuse a request."""
    _decided(
        lambda node, db, at: node.office(db).refuse_key(db, kid, reason, at),
        f"{kid} 未批准 refused",
        "key.refused",
        kid,
        reason,
    )


@app.command()
def revoke(
    kid: Kid, reason: Annotated[str, typer.Option(help="原因 why")],
    since: Annotated[datetime | None, typer.Option(help="失窃时间（北京时间）；此后的签名不作数。不写即现在 time of compromise, Beijing time; default now",
                                                   formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])] = None,
) -> None:  # fmt: skip
    """作废密钥。 Revoke a key as of the time of its compromise."""

    def work(node: Node, db: Db, at: datetime) -> None:
        node.office(db).revoke_key(db, kid, since.replace(tzinfo=SHANGHAI).astimezone(UTC) if since else at, reason, at)

    _decided(work, f"{kid} 已作废 revoked", "key.revoked", kid, reason)


@app.command()
def certificate(
    kid: Kid,
    out: Annotated[Path | None, typer.Option(help="写成这个新文件，不写则输出 a new file; default standard output")] = None,
    der: Annotated[bool, typer.Option("--der", help="DER，不是 PEM DER instead of PEM")] = False,
) -> None:  # fmt: skip
    """为机构密钥签发签章证书。 Certify a key, so that it can seal documents."""
    from zhijian import documents
    from zhijian.codes.document import DocumentRefused

    if out:
        is_free(out)
    at = datetime.now(UTC)
    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                made = documents.certificate(node, db, kid, at)
        except (CodesError, DocumentRefused) as why:
            fail(FINDINGS, f"没有签发 not issued: {why}")
    made = made if der else pem(made)
    if out:
        write_new(out, made)
        typer.echo(f"已签发 issued: {out}")
    else:
        typer.echo(made, nl=False)


def _decided(work: Work, done: str, act: str, kid: str, reason: str = "") -> None:
    at = datetime.now(UTC)
    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                work(node, db, at)
                noted(db, operator(), act, kid, at, reason=reason)
                trust = node.keyring().publish(db, at)
        except CodesError as why:
            fail(FINDINGS, f"未作变更 not changed: {why}")
    typer.echo(f"{done}；信任列表第 {trust.version} 版 trust list version {trust.version}")
