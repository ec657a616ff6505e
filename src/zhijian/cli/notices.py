"""`zhijian registry import-notices`: public notices of food sampling as reports of demonstration laboratories."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from zhijian.cli.laboratory import Keys, Record, enrol_synthetic, issue_keys, submit
from zhijian.cli.say import FINDINGS, WRONG_USE, Format, fail, say
from zhijian.kit.settings import Settings
from zhijian.synthetic import NoticeError, NoticeSet, read_notices
from zhijian.wiring import Node, open_node

BATCH = 1000


def import_notices(
    paths: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="通报 CSV 文件 notices as CSV")],
    unmapped: Annotated[Path, typer.Option(help="没有映射的单元格写到 where cells without a place are listed")] = Path(
        "unmapped.csv"
    ),
    issued: Annotated[Path, typer.Option(help="编码清单写到 where the codes are listed")] = Path("issued.csv"),
    format_: Format = "text",
) -> None:
    """把公开抽检通报变成演示报告并登记；1 表示有没映射的。 Public notices as demonstration reports; exit 1: some cells have no place."""
    try:
        notices = read_notices(paths)
    except NoticeError as why:
        fail(WRONG_USE, f"不是所要的通报文件 not such a notice: {why}")
    at = datetime.now(UTC)
    with open_node(Settings.read(), create=False) as node:
        node.prepare(at)
        usccs = [record["uscc"] for entity, record in notices.registry() if entity == "institution"]
        with node.transaction() as db:
            enrol_synthetic(db, notices.registry(), at)
        keys = issue_keys(node, usccs, at - timedelta(minutes=1), at)
        done = _submit(node, notices, keys, at, issued)
    with unmapped.open("w", encoding="utf-8-sig", newline="") as out:
        notices.write_unmapped(out)
    data: dict[str, Any] = {
        **notices.summary(),
        "reports": done,
        "unmapped_file": str(unmapped),
        "issued_file": str(issued),
    }
    say(data, format_, lambda d: "\n".join(f"{name}: {value}" for name, value in d.items()))
    if notices.unmapped:
        raise typer.Exit(FINDINGS)


def _submit(node: Node, notices: NoticeSet, keys: Keys, at: datetime, issued: Path) -> dict[str, int]:
    by_laboratory: dict[str, list[Record]] = defaultdict(list)
    for report in notices.reports():
        by_laboratory[report["uscc"]].append({k: v for k, v in report.items() if k != "uscc"})
    counts: Counter[str] = Counter()
    with issued.open("w", encoding="utf-8-sig", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["机构报告编号", "报告编码", "校验码", "验证地址"])
        for uscc, reports in by_laboratory.items():
            for start in range(0, len(reports), BATCH):
                batch = reports[start : start + BATCH]
                with node.transaction() as db:
                    outcomes = submit(db, node, uscc, keys, batch, at)
                for outcome in outcomes:
                    if not outcome.code and outcome.declined:
                        counts[outcome.declined.findings[0].rule] += 1
                        continue
                    counts["issued" if outcome.fresh else "registered before"] += 1
                    address = f"{node.settings.public_url}/v/{outcome.code}?v={outcome.verifier}"
                    number = batch[outcome.position]["own_number"]
                    rows.writerow([number, outcome.code, outcome.verifier, address])
    return {name: n for name, n in counts.items() if n}
