"""`zhijian map review`: a page on this machine for looking through a mapping."""

import secrets
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.map_sources import Database, Mapping, Paths, opening, the_mapping
from zhijian.cli.say import WRONG_USE, fail
from zhijian.exchange.mapping import MappingWrong, reviewing, shipping
from zhijian.spec import specification

MOST_ROWS = 50_000


def review(
    mapping: Mapping,
    paths: Paths = None,
    database: Database = None,
    port: Annotated[int, typer.Option(help="端口，0 为随机 port; 0: any free one", min=0, max=65535)] = 0,
) -> None:
    """在本机开一个网页核对映射，边改边看真数据；Ctrl-C 结束。 A page on this machine to look through a mapping; ends with Ctrl-C."""
    the_mapping(mapping)
    own = Path(mapping)
    text = own.read_text(encoding="utf-8-sig") if own.is_file() else shipping.shipped()[mapping]
    path = own if own.is_file() else Path(f"{mapping}.yaml")
    if not own.is_file() and path.exists():
        fail(WRONG_USE, f"{path} 已有；请核对它：zhijian map review {path}", f"{path} is there; review that")
    with opening(paths, database, MOST_ROWS) as source:
        try:
            made = reviewing.Review(source.con, source.tables, specification(), text, path)
        except MappingWrong as why:
            fail(WRONG_USE, f"{mapping}：{why.where}：{why.zh}", why.en)
        _serve(made, port)


def _serve(made: reviewing.Review, port: int) -> None:
    import uvicorn

    from zhijian.web import DoorSettings, Renderer, review_app

    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as why:
            fail(
                WRONG_USE,
                f"端口 {port} 用不了：{why.strerror}；换一个，或不写",
                "the port cannot be used; choose another, or none",
            )
        host = f"127.0.0.1:{(real := listening.getsockname()[1])}"
        token = secrets.token_urlsafe(24)
        door = DoorSettings(public_host=host)
        app = review_app(made, Renderer(door, lambda: datetime.now(UTC), "mapping"), door, token, real)
        typer.echo(
            f"请用浏览器打开（地址只能用一次） open in a browser, it works once:\n  http://{host}/open/{token}\nCtrl-C 结束 ends"
        )
        sys.stdout.flush()
        # Without a log of requests: the address holds the token.
        uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
    if made.unsaved:
        typer.echo("有改动没有保存，已丢弃 changes were not saved and are gone", err=True)
