"""`zhijian log witness`: keep a witness for logs of others. `zhijian log witness-key`: make its key."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli import serve
from zhijian.cli.log_source import RootsFile, TrustFile, trust_list_of
from zhijian.cli.say import WRONG_USE, Format, fail, say
from zhijian.codes import offline
from zhijian.codes.log import LogError, Witness, WitnessKey

Dir = Annotated[
    Path,
    typer.Option(
        "--dir",
        help="见证的文件夹：密钥和它记住的检查点 its folder: key, and the checkpoints it remembers",
        file_okay=False,
    ),
]


def witness_key(
    dir_: Dir,
    name: Annotated[
        str, typer.Option(help="见证的名称，写法如网址（不带 https://） its name, like an address without https://")
    ],
    format_: Format = "text",
) -> None:
    """生成见证的密钥，显示公钥。已有密钥时只显示，从不替换。 Make a witness key, or show the one that is there."""
    try:
        found = WitnessKey.make(dir_, name)
    except LogError as why:
        fail(WRONG_USE, f"没有生成 not made: {why}", "名称不能有空格和加号 a name has no space and no plus sign")
    say({"name": found.name, "vkey": found.verifier.vkey()}, format_, lambda d: str(d["vkey"]))


def witness(
    dir_: Dir,
    host: Annotated[
        str, typer.Option(help="监听地址；对外服务请放在 TLS 代理后面 where to listen; put a TLS proxy before it")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="监听端口 port", min=1, max=65535)] = 7380,
    log: Annotated[
        list[str] | None,
        typer.Option("--log", help="所见证日志的公钥，可重复 verifier key of a log to witness, may be repeated"),
    ] = None,
    trust: TrustFile = None,
    roots: RootsFile = None,
) -> None:
    """运行一个见证（C2SP tlog-witness）：只为前后一致的检查点签名。供平台以外的机构使用。 Run a witness, for outsiders."""
    vkeys = list(log or [])
    if trust or roots:
        listed = trust_list_of(trust, roots, datetime.now(UTC)).logs
        vkeys += [key for one in listed for key in (one.vkey, one.sm2_vkey)]
    if not vkeys:
        fail(
            WRONG_USE,
            "没有说见证哪个日志：请给出 --log，或 --trust 与 --roots",
            "say which logs: --log, or --trust and --roots",
        )
    try:
        keys = offline.verifiers(vkeys)
    except LogError as why:
        fail(WRONG_USE, f"--log: 不是日志公钥 not the key of a log: {why}")
    try:
        found = Witness.open(dir_, keys)
    except LogError as why:
        fail(WRONG_USE, f"没有密钥 no key: {why}；先运行 first run `zhijian log witness-key --dir {dir_} --name …`")
    typer.echo(f"{found.key.verifier.vkey()}\nhttp://{host}:{port}/add-checkpoint", err=True)
    serve.run_witness(found, host, port)
