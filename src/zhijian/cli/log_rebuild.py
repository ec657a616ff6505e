"""`zhijian log rebuild`: what the log says of every report, against what the database says."""

import sys
from collections import Counter
from typing import Any

import typer

from zhijian.cli.say import COULD_NOT, FINDINGS, Format, fail, say
from zhijian.codes.model import CodesError
from zhijian.kit.settings import Settings
from zhijian.wiring import Node, open_node

SHOWN_MAX = 1000
_ALTERED = ("数据库被改动或删行。停止签发，保留现状；从变化前的备份核对这一条，并查谁写过数据库。",
            "Rows were altered or deleted. Stop issuing and keep all as it is; compare with a backup from before, "
            "and find who wrote to the database.")  # fmt: skip
WHAT_TO_DO = {
    "leaf-without-record": _ALTERED,
    "record-not-of-leaf": _ALTERED,
    "change-differs": _ALTERED,
    "state-differs": _ALTERED,
    "report-without-leaf": ("报告没有登记过，可能是直接写入数据库的：不要承认，查它怎样来的。",
                            "It was never registered, perhaps written into the database: do not honour it, find out where it came from."),
    "leaf-without-report": _ALTERED,
    "leaf-lost": ("恢复备份时取回的条目，记录已丢失：请机构重新提交备份之后的报告和变更。",
                  "Taken back when a backup was restored, its record is lost: have the institutions submit again what came after it."),
    "registered-twice": ("同一编码登记了两次：停止签发，查明两份报告，联系开发方。",
                         "One code was registered twice: stop issuing, find both reports, and tell the developers."),
    "logged-at-outside": ("日志时间被改动，或机器时钟被大幅拨动。回答以日志自己的历史为准；查谁写过数据库。",
                          "The time was altered, or the clock was set far. Answers go by the log's own history; find who wrote to the database."),
    "log-damaged": ("日志文件损坏或被改动：从镜像或备份恢复该文件，再运行一次。",
                    "A file of the log is damaged: restore it from a mirror or backup, and run again."),
    "log-refused": ("检查点不被接受：见 docs/howto/operate.md 的“见证”。", "The checkpoint is refused: see Witnesses in docs/howto/operate.md."),
    "log-missing": ("日志文件不在：恢复文件夹，或检查 ZHIJIAN_HOME、ZHIJIAN_LOG_HOST。",
                    "Its files are missing: restore them, or check ZHIJIAN_HOME and ZHIJIAN_LOG_HOST."),
    "not-compared": ("先处理上面的日志问题，再运行一次。", "Mend the log first, then run again."),
}  # fmt: skip


def rebuild(format_: Format = "text") -> None:
    """由公开日志逐条重建报告状态，与数据库比较。退出码 1 有发现。只读，可在运行中执行。 Derive every report's state from the log, and compare."""
    with open_node(Settings.read(), create=False) as node:
        try:
            told = _run(node)
        except CodesError as why:
            fail(COULD_NOT, f"不能重建 cannot rebuild: {why}")
    say(told, format_, _text)
    if told["findings"]:
        raise typer.Exit(FINDINGS)


def _run(node: Node) -> dict[str, Any]:
    leaves: dict[str, int] = {}
    counted: Counter[str] = Counter()
    shown: list[dict[str, Any]] = []

    def progress(origin: str, read: int, size: int) -> None:
        leaves[origin] = read
        _progress(f"{origin} {read} / {size}")

    with node.transaction() as db:
        office = node.office(db)
    with node.one_moment() as db:
        for one in office.rebuild(db, node.settings.home, progress):
            counted[one.what] += 1
            if len(shown) < SHOWN_MAX:
                zh, en = WHAT_TO_DO[one.what]
                shown.append(
                    {"what": one.what, "where": one.where, "detail": one.detail, "remedy": {"zh": zh, "en": en}}
                )
    _progress("")
    return {"leaves": leaves, "findings": dict(counted), "shown": shown}


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
    elif text:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _text(told: dict[str, Any]) -> str:
    read = "，".join(f"{origin} {count} 条" for origin, count in told["leaves"].items())
    if not told["findings"]:
        return f"{read}：日志与数据库一致 the log and the database agree"
    lines, last = [f"{read}：有发现 findings {sum(told['findings'].values())}"], ""
    for one in told["shown"]:
        lines.append(f"{one['what']}  {one['where']}  {one['detail']}")
        if one["what"] != last:
            lines += [f"    {one['remedy']['zh']}", f"    {one['remedy']['en']}"]
        last = one["what"]
    if (more := sum(told["findings"].values()) - len(told["shown"])) > 0:
        lines.append(f"… 另有 and {more} more")
    return "\n".join(lines)
