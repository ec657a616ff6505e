"""`zhijian draw`: institutions and inspectors drawn with a public seed; see docs/howto/draw.md."""

import getpass
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from zhijian.cases import sampling
from zhijian.cases.sampling import life
from zhijian.cli.cases_draw_words import (
    bound_text,
    checked_text,
    drawn_text,
    estimates_text,
    list_text,
    planned_text,
)
from zhijian.cli.document_files import is_free, write_new
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="双随机抽查 draws of institutions and inspectors")
ALL = Scope.everything()
Id = Annotated[str, typer.Argument(metavar="ID", help="方案编号 id of the plan")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="抽查公开文件 the published file")]
Outcomes = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="检查结果 CSV outcomes")]


@app.command()
def plan(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="方案 YAML the plan")],
    institutions: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="机构名录 CSV the institutions")],
    inspectors: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="检查人员名录 CSV the inspectors")],
    conflicts: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="回避名单 CSV conflicts of interest")
    ] = None,
    format_: Format = "text",
) -> None:
    """核对方案和名录，算出每家的机会，存为草案。 Check plan and lists, compute the chances, keep as a draft."""
    with _told():
        made = sampling.reading.read_plan(str(file), _text(file))
        lists = [(str(p), _text(p)) if p else None for p in (institutions, inspectors, conflicts)]
        frame = sampling.reading.read_frame(lists[0] or ("", ""), lists[1] or ("", ""), lists[2])
    with _at_work() as db:
        found = life.draft(db, ALL, made, frame, secrets.token_hex(32), getpass.getuser(), datetime.now(UTC))
    say(sampling.summary(found.plan, found.frame), format_, planned_text)


@app.command()
def commit(id_: Id, format_: Format = "text") -> None:
    """承诺：生成密钥，公布承诺值；此后方案和名录不能再改。 Bind plan, frame and a secret; publish what this prints."""
    with _at_work() as db:
        found = life.commit(db, ALL, id_, secrets.token_hex(32), getpass.getuser(), datetime.now(UTC))
    say(asdict(found), format_, bound_text)


@app.command()
def run(
    id_: Id,
    value: Annotated[str, typer.Option(help="公开数；各方内容用换行隔开 the public value")],
    format_: Format = "text",
) -> None:
    """抽取：公开数公布之后，只能抽一次。 Draw, once, when the public value is there."""
    with _at_work() as db:
        file = life.run(db, ALL, id_, value.replace("\\n", "\n").strip(), getpass.getuser(), datetime.now(UTC))
    say(file["result"], format_, drawn_text)


@app.command()
def publish(
    id_: Id,
    out: Annotated[Path, typer.Option(help="写成这个新文件 the new file to write")],
    where: Annotated[str, typer.Option(help="公开在哪里 where it is made public")],
    format_: Format = "text",
) -> None:
    """写出公开文件，记下公开在哪里。 Write the file that anyone can run again."""
    is_free(out)
    with _at_work() as db:
        file = life.publish(db, ALL, id_, where, getpass.getuser(), datetime.now(UTC))
        write_new(out, _json(file))
    say({"id": id_, "file": str(out)}, format_, lambda d: f"已写 written: {d['file']}")


@app.command()
def evaluate(id_: Id, outcomes: Outcomes, format_: Format = "text") -> None:
    """收下检查结果，估计全部机构的违法率。 Keep the outcomes; estimate for all institutions."""
    with _told():
        read = sampling.reading.read_outcomes(str(outcomes), _text(outcomes))
    with _at_work() as db:
        found = life.evaluate(db, ALL, id_, read, getpass.getuser(), datetime.now(UTC))
    say([asdict(one) for one in found], format_, estimates_text)


@app.command()
def withdraw(id_: Id, why: Annotated[str, typer.Option(help="原因 the reason")]) -> None:
    """抽取之前撤回；记录保留。 Give it up before the draw; the record stays."""
    if not why.strip():
        fail(WRONG_USE, "--why：写明原因", "--why: say the reason")
    with _at_work() as db:
        life.withdraw(db, ALL, id_, why.strip(), getpass.getuser(), datetime.now(UTC))
    typer.echo(f"{id_} → 已撤回 withdrawn")


@app.command(name="list")
def list_(format_: Format = "text") -> None:
    """列出各次抽查，新的在前。 Every draw, newest first."""
    with _at_work() as db:
        found = [asdict(one) for one in life.listed(db, ALL)]
    say(found, format_, list_text)


@app.command()
def check(
    file: File,
    commitment: Annotated[str, typer.Option(help="事先公布的承诺值 as it was published before the draw")] = "",
    format_: Format = "text",
) -> None:
    """离线重抽一遍公开文件，核对每一步。 Run a published draw again, without a network."""
    with _told():
        found = sampling.checked(_published(file), commitment.strip() or None)
    say({**asdict(found), "compared": bool(commitment)}, format_, checked_text)


@app.command()
def estimate(file: File, outcomes: Outcomes, format_: Format = "text") -> None:
    """由公开文件和检查结果估计，不用节点。 Estimate from the published file alone."""
    with _told():
        published = _published(file)
        sampling.checked(published)
        found = sampling.estimates(published, sampling.reading.read_outcomes(str(outcomes), _text(outcomes)))
    say([asdict(one) for one in found], format_, estimates_text)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sampling.model.SamplingError as why:
        _refused(why)


@contextmanager
def _at_work() -> Iterator[Db]:
    with open_node(Settings.read(), create=False) as node, _told(), node.transaction() as db:
        yield db


def _refused(why: sampling.model.SamplingError) -> NoReturn:
    fail(
        FINDINGS if isinstance(why, sampling.model.PublicationBroken | sampling.model.OutOfOrder) else WRONG_USE,
        why.zh,
        why.en,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        fail(WRONG_USE, f"{path}：不是 UTF-8；请另存为 CSV UTF-8", f"{path}: not UTF-8; save it as CSV UTF-8")


def _published(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        fail(WRONG_USE, f"{path}：不是 JSON", f"{path}: not JSON")


def _json(file: dict[str, Any]) -> bytes:
    return json.dumps(file, ensure_ascii=False, indent=1).encode() + b"\n"
