"""`zhijian admin complaints`: what the public reported, for the operator until a regulator's desk is there.

Contact and numbers in the words are masked; to see them asks for a reason, which goes into the log with who saw what.
"""

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from zhijian import cases
from zhijian.cases.model import KINDS, PROGRESS, Filed, Progress, Receipt, ReceiptUnknown, read_receipt
from zhijian.cli.document_files import is_free, write_new
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, at_least_one, fail, local, say
from zhijian.kit import mask
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="举报线索 what the public reported")
Number = Annotated[str, typer.Argument(metavar="RECEIPT", help="回执编号 receipt number")]
ALL = Scope.everything()


@app.command(name="list")
def list_(
    state: Annotated[Progress | None, typer.Option(help="只看这一进度 only of this progress")] = None,
    most: Annotated[int, typer.Option(callback=at_least_one, help="最多几条 at most")] = 50,
    format_: Format = "text",
) -> None:
    """列出线索，新的在前，联系方式遮住。 List them, newest first, masked."""
    with _transaction() as db:
        found = [_shown(one) for one in cases.listed(db, ALL, state, most)]
    say(found, format_, lambda rows: "\n".join(map(_line, rows)) or "没有线索 none")


@app.command()
def show(
    receipt: Number,
    reveal: Annotated[bool, typer.Option("--reveal", help="显示联系方式和全文 contact and words unmasked")] = False,
    reason: Annotated[str, typer.Option(help="为什么要看，记入日志 why; goes into the log")] = "",
    format_: Format = "text",
) -> None:
    """看一条线索。 Show one."""
    if reveal != bool(reason.strip()):
        fail(
            WRONG_USE,
            "--reveal 和 --reason 要一起给出：为什么要看",
            "--reveal and --reason go together: why it is looked at",
        )
    name = _read(receipt)
    with _transaction() as db:
        found = cases.filed(db, ALL, name)
    if reveal:  # before anything is seen
        _audit("complaint_revealed", name, reason=reason)
    say(_shown(found, masked=not reveal), format_, _text)


@app.command()
def photo(
    receipt: Number,
    number: Annotated[int, typer.Argument(min=1, help="第几张 which one")],
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write")],
    format_: Format = "text",
) -> None:
    """取出一张照片。 Write a photo to a file."""
    is_free(out)
    name = _read(receipt)
    with _transaction() as db:
        found = cases.filed(db, ALL, name)
        kept = cases.kept_photo(db, ALL, name, number)
    if kept is None:
        fail(FINDINGS, f"{name}：没有第 {number} 张照片，现存 {len(found.kept)} 张", f"{name}: there is no photo {number}, "
             f"{len(found.kept)} are kept")  # fmt: skip
    _audit("complaint_photo_taken", name, photo=number)
    write_new(out, kept.content)
    data = {
        "receipt": name,
        "file": str(out),
        "media_type": kept.media_type,
        "width": kept.width,
        "height": kept.height,
    }
    say(data, format_, lambda d: f"已写 written: {d['file']}，{d['width']} × {d['height']}，{d['media_type']}")


@app.command("pass-on")
def pass_on(
    receipt: Number, office: Annotated[str, typer.Option(help="转给哪个部门 to which office")], format_: Format = "text"
) -> None:
    """记为已转办。 Passed on to an office."""
    if not 0 < len(office.strip()) <= 200:
        fail(WRONG_USE, f"--office：1 到 200 字，现在 {len(office)} 字", "--office: 1 to 200 characters")
    at, name = datetime.now(UTC), _read(receipt)
    with _transaction() as db:
        cases.pass_on(db, ALL, name, office.strip(), at)
    say(
        {"receipt": name, "state": Progress.PASSED_ON, "office": office},
        format_,
        lambda d: f"{d['receipt']} → 已转办 {office}",
    )


@app.command()
def close(receipt: Number, format_: Format = "text") -> None:
    """记为已办结。 Closed."""
    at, name = datetime.now(UTC), _read(receipt)
    with _transaction() as db:
        cases.close(db, ALL, name, at)
    say({"receipt": name, "state": Progress.CLOSED}, format_, lambda d: f"{d['receipt']} → 已办结 closed")


@app.command()
def expire(format_: Format = "text") -> None:
    """删除到期线索的联系方式和照片；每天运行一次。 Delete contact and photos whose time is over; run it daily."""
    with _transaction() as db:
        count = cases.expire(db, ALL, datetime.now(UTC))
    say(
        {"expired": count},
        format_,
        lambda d: f"已删除 {d['expired']} 条线索的联系方式和照片 contact and photos deleted",
    )


@contextmanager
def _transaction() -> Iterator[Db]:
    with open_node(Settings.read(), create=False) as node:
        try:
            with node.transaction() as db:
                yield db
        except ReceiptUnknown as why:
            _unknown(why)


def _read(receipt: str) -> Receipt:
    try:
        return read_receipt(receipt)
    except ReceiptUnknown:
        fail(WRONG_USE, f"{receipt}：不是回执编号，应有 10 位", f"{receipt}: no receipt number, it has ten characters")


def _unknown(why: ReceiptUnknown) -> None:
    fail(FINDINGS, f"{why.value}：没有这个回执编号", f"{why.value}: no such receipt number")


def _audit(event: str, receipt: Receipt, **fields: Any) -> None:
    """One line on standard error, as the servers write theirs."""
    processors: list[Any] = [
        structlog.processors.TimeStamper(fmt="iso"), structlog.processors.JSONRenderer(ensure_ascii=False)
    ]  # fmt: skip
    log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr), processors=processors)
    log.info(event, receipt=receipt, by=getpass.getuser(), **fields)


def _shown(one: Filed, *, masked: bool = True) -> dict[str, Any]:
    complaint, standing = one.complaint, one.standing
    contact, named = complaint.contact, complaint.institution_name
    return {
        "receipt": standing.receipt, "state": standing.progress.value, "received_at": standing.received_at,
        "changed_at": standing.changed_at, "passed_to": one.passed_to, "kind": complaint.kind, "code": complaint.code,
        "institution_name": mask.words(named) if named and masked else named,
        "words": mask.words(complaint.words) if masked else complaint.words,
        "contact": mask.contact(contact) if contact and masked else contact, "origin": complaint.origin,
        "photos": [f"{p.position}: {p.width} × {p.height}" for p in one.kept], "photos_received": one.photos,
        "expired_at": one.expired_at,
    }  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    first = row["words"].splitlines()[0][:30]
    return "  ".join((row["receipt"], local(row["received_at"]), PROGRESS[row["state"]].zh, KINDS[row["kind"]].zh,
                      row["code"] or "-", f"照片 {len(row['photos'])}", first))  # fmt: skip


def _text(row: dict[str, Any]) -> str:
    passed = f"，{row['passed_to']}" if row["passed_to"] else ""
    gone = f"（{local(row['expired_at'])} 到期删除）" if row["expired_at"] else ""
    return "\n".join((
        f"{row['receipt']}  {PROGRESS[row['state']].zh}（{local(row['changed_at'])}）{passed}",
        f"收到 received: {local(row['received_at'])}",
        f"类型 kind: {KINDS[row['kind']].zh}",
        f"编码 code: {row['code'] or '-'}",
        f"机构 institution: {row['institution_name'] or '-'}",
        f"联系 contact: {row['contact'] or '-'}{gone}",
        f"照片 photos: {'；'.join(row['photos']) or '-'}{gone if row['photos_received'] else ''}",
        "",
        row["words"],
    ))  # fmt: skip
