"""`zhijian admin scorecard`: results of provinces' self-checks, taken by the operator until provinces hand them in themselves."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.say import FINDINGS, Format, fail, say
from zhijian.exchange import scorecard
from zhijian.exchange.scorecard.model import Head, ScorecardError
from zhijian.kit.clock import SHANGHAI
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.wiring import open_node

app = typer.Typer(no_args_is_help=True, help="各省数据质量 data quality of the provinces")
Province = Annotated[str, typer.Option(help="省份代码，两位，如 33 the province's two digits")]


@app.command()
def add(
    results: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="zhijian check 写出的 JSON the JSON of a check")
    ],
    province: Province,
    by: Annotated[str, typer.Option(help="由谁交来 who handed it in")] = "",
    format_: Format = "text",
) -> None:
    """收下一省的自查结果；同一文件只收一次。 Take results of a province; the same file is kept once."""
    at = datetime.now(UTC)
    on = at.astimezone(SHANGHAI).date()
    done: list[dict[str, Any]] = []
    with open_node(Settings.read(), create=False) as node:
        for path in results:
            raw = path.read_bytes()
            try:
                with node.transaction() as db:
                    head, new = scorecard.taken(db, Scope.everything(), raw, province, at, on, by or getpass.getuser())
            except ScorecardError as why:
                fail(
                    FINDINGS,
                    f"{path}：没有收下：{why.said.zh}。{why.remedy.zh}",
                    f"{path} not taken: {why.said.en}; {why.remedy.en}",
                )
            done.append({"file": str(path), "new": new, **_shown(head)})
    say(
        done,
        format_,
        lambda rows: "\n".join(f"{_line(r)}  {'收下 taken' if r['new'] else '已有 kept before'}" for r in rows),
    )


@app.command(name="list")
def list_(province: Province, format_: Format = "text") -> None:
    """列出一省历次结果，新的在前。 Results of a province, newest first."""
    on = datetime.now(SHANGHAI).date()
    with open_node(Settings.read(), create=False) as node, node.reading() as db:
        rows = [
            _shown(h) for h in scorecard.store.heads(db, Scope.everything(), province, on.replace(year=2000, day=1), on)
        ]
    say(rows, format_, lambda found: "\n".join(map(_line, found)) or "没有结果 none")


def _shown(head: Head) -> dict[str, Any]:
    return {"result": head.id, "province": head.province, "on": head.on.isoformat(), "score": head.score, "level": head.level,
            "rows": head.rows, "apart": list(head.apart(scorecard.present_ground())), "by": head.by}  # fmt: skip


def _line(r: dict[str, Any]) -> str:
    score = "–" if r["score"] is None else f"{r['score']:.1f}"
    apart = f"  不可比 not comparable: {', '.join(r['apart'])}" if r["apart"] else ""
    return f"{r['province']}  {r['on']}  {score}  {r['result'][:12]}{apart}"
