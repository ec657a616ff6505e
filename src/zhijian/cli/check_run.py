"""What `zhijian check` does: opened, judged, written, said. Whatever happens, no half-written file stays behind."""

import errno
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import typer

from zhijian.cli import check_catalog, check_folder, check_text
from zhijian.cli.check_progress import Progress
from zhijian.cli.check_stopping import Stopped, heard
from zhijian.cli.say import COULD_NOT, FINDINGS, WRONG_USE, fail, say
from zhijian.exchange.model import Severity
from zhijian.exchange.quality import CheckRefused, SelfCheck, comparing, grade, result
from zhijian.exchange.quality.comparing import Comparison
from zhijian.exchange.quality.result import CheckResult


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    paths: tuple[Path, ...]
    database: str
    tables: tuple[str, ...]
    out: Path
    entities: tuple[str, ...]
    rules: tuple[Path, ...]
    on: date
    fail_under: str
    memory_mb: int
    threads: int | None
    compare: Path | None
    format: str
    profile: bool


def run(order: Order) -> None:
    """Ends the command with its status."""
    if bool(order.paths) == bool(order.database):
        fail(
            WRONG_USE,
            "写要检查的文件或文件夹，或用 --database 写数据库地址，二者取一",
            "name files or folders, or a --database, one of the two",
        )
    if order.format not in ("text", "json"):
        fail(WRONG_USE, f"--format {order.format}：text 或 or json")
    least, named = _level(order.fail_under), _named(order.entities)
    before = _run_of(order.compare) if order.compare else None
    with heard() as signals, check_folder.prepared(order.out, order.paths) as folder:
        try:
            done, comparison = _checked(order, named, folder, before)
        except Stopped:
            raise
        except CheckRefused as why:
            fail(
                COULD_NOT if why.why == "no-databases" else WRONG_USE,
                f"{why.said.zh}；{why.remedy.zh}",
                f"{why.said.en}; {why.remedy.en}",
            )
        except (duckdb.Error, OSError, RuntimeError) as why:
            if signals.asked:
                raise Stopped from None
            _could_not(order, why)
    if order.format == "json":
        typer.echo(result.as_json(done).decode(), nl=False)
    else:
        say(done, "text", lambda _: check_text.summary(done, comparison, folder.out))
    if _falls_short(done, least):
        raise typer.Exit(FINDINGS)


def _checked(
    order: Order, named: dict[str, str], folder: check_folder.Folder, before: CheckResult | None
) -> tuple[CheckResult, Comparison | None]:
    checks = check_catalog.chosen(order.rules)
    with Progress() as progress, SelfCheck(folder.out, order.memory_mb, order.threads, progress) as check:
        progress.con = check.con
        if order.database:
            check.open_database(order.database, order.tables)
        else:
            check.open(order.paths)
        done = check.judge(order.on, named, checks, profile=order.profile)
        earlier = before or folder.last()
        comparison = comparing.compared(earlier, done) if earlier else None
        if comparison and before is None and not comparison.paired:
            comparison = None  # the folder's last run was of other tables
        progress("写报告 writing", 0, 0)
        folder.write(check, done, comparison)
    return done, comparison


def _falls_short(done: CheckResult, least: int | None) -> bool:
    if least is not None:
        return done.whole is None or done.whole.level > least
    found = done.failed(Severity.ERROR) or done.failed(Severity.WARNING)
    lost = any(r.severity is Severity.ERROR for r in done.remarks)
    return bool(found) or lost or not done.recognised


def _level(text: str) -> int | None:
    """Of --fail-under: 1 to 5, or the level's name."""
    if not text:
        return None
    known = {str(n): n for n in range(1, 6)} | {name: n for n, name in enumerate(grade.LEVELS, 1)}
    if text not in known:
        fail(
            WRONG_USE,
            f"--fail-under {text}：应为 1 至 5（{'、'.join(grade.LEVELS)}）",
            f"--fail-under {text}: should be 1 to 5",
        )
    return known[text]


def _named(entities: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(one.rpartition("=")[::2] for one in entities)
    if wrong := [one for one in entities if "=" not in one]:
        fail(
            WRONG_USE,
            f"--entity {wrong[0]}：应为 表名=数据集，如 样品.csv=sample",
            f"--entity {wrong[0]}: should be TABLE=ENTITY",
        )
    return pairs


def _run_of(path: Path) -> CheckResult:
    try:
        return result.from_json(path.read_bytes())
    except OSError as why:
        fail(
            WRONG_USE,
            f"--compare {path}：读不了（{why.strerror}）",
            f"--compare {path}: cannot be read ({why.strerror})",
        )
    except result.ResultWrong as why:
        fail(
            WRONG_USE,
            f"--compare {path}：不是 zhijian check 写出的 check.json：{why}",
            f"--compare {path}: should be a check.json of zhijian check",
        )


def _could_not(order: Order, why: Exception) -> None:
    """Ends the command: no room on the disk, no memory, what cannot be read or written. A fault of ours goes on."""
    text = str(why).splitlines()[0][:300] if str(why) else type(why).__name__
    if isinstance(why, duckdb.OutOfMemoryException):
        fail(
            COULD_NOT,
            f"内存不够：--memory {order.memory_mb} 再大一些，或 --threads 1",
            "out of memory: more of --memory, or --threads 1",
        )
    if (
        getattr(why, "errno", None) == errno.ENOSPC
        or "no space left" in text.lower()
        or "max_temp_directory_size" in text
    ):
        fail(
            COULD_NOT,
            f"磁盘满了：{order.out} 所在的盘要有与数据大小相当的空间，或换一个 --out",
            "the disk is full: give --out where there is room for about the data's size",
        )
    if isinstance(why, OSError):
        fail(
            COULD_NOT,
            f"做不到：{why.strerror or text}（{why.filename or order.out}）",
            f"could not: {why.strerror or text}",
        )
    if isinstance(why, duckdb.Error):
        fail(COULD_NOT, f"读不了数据：{text}", "could not read the data")
    raise why
