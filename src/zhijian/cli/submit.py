"""`zhijian codes submit`: a filled workbook, checked here, registered by the API."""

from pathlib import Path
from typing import Annotated

import typer

from zhijian.cli.say import Format


def submit(
    workbook: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="填好的工作簿 the filled workbook; template: zhijian spec template report")],
    server: Annotated[str, typer.Option(help="接口地址 the API, http(s)://HOST")] = "",
    key: Annotated[Path | None, typer.Option(help="机构私钥，只在这里使用 the institution's key; it stays here")] = None,
    kid: Annotated[str, typer.Option(help="密钥编号；密钥文件里有就不用写 the key's number, unless its file has it")] = "",
    check: Annotated[bool, typer.Option("--check", help="只检查，不发送 check only, send nothing")] = False,
    out: Annotated[Path | None, typer.Option(help="有问题时，写成这个标注的工作簿 the workbook with its errors marked, when there are any")] = None,
    receipts_: Annotated[Path | None, typer.Option("--receipts", help="回执写成这个工作簿 write the receipts into this workbook")] = None,
    format_: Format = "text",
) -> None:  # fmt: skip
    """提交填好的工作簿，有一处错误就一份也不发。 Submit a workbook; with an error in it nothing is sent."""
    from zhijian.cli.submit_run import run  # what reads workbooks takes half a second to load

    run(workbook, server, key, kid, out, receipts_, format_, check=check)


def register(app: typer.Typer) -> None:
    app.command()(submit)
