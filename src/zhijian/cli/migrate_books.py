"""The books of a migration as commands say them: for `run`, `reconcile` and the protocol."""

from typing import Any

from zhijian.cli.migrate_words import ALL, at_work
from zhijian.exchange.migration import MigrationRun, gone_store, reconciling
from zhijian.wiring import Node

WHY = {
    "broken-line": ("坏行", "broken"), "totals-line": ("合计或表尾说明", "totals and notes"),
    "cells-outside": ("表头之外的内容", "cells beyond the header"),
}  # fmt: skip
"""Lines of files that are no rows, by the key of their remark."""


def books(node: Node, one: MigrationRun) -> dict[str, Any]:
    with at_work(node) as db:
        found = reconciling.reconciled(db, ALL, one.migration, one.spec, one.rows())
    names = ("label", "entity", "source_rows", *reconciling.SUMS, "target_rows", "target_digest", "agrees")
    lines = [
        {name: getattr(line, name) for name in names} | {"sums": [_sum(one) for one in line.sums]}
        for line in found.lines
    ]
    return {"agrees": found.agrees, "quarantine_open": found.quarantine_open, "lines": lines, "rejected_lines": one.rejected(),
            "unseen": gone_store.unseen(one)}  # fmt: skip


def _sum(one: Any) -> dict[str, Any]:
    """Exact, so as text."""
    return {
        "element": one.element,
        "zh": one.zh,
        "carried": str(one.carried),
        "target": str(one.target),
        "agrees": one.agrees,
    }


def sums_text(data: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """(part, element, carried, target, whether they agree)"""
    return [(line["label"], f"{one['zh']} {one['element']}", one["carried"], one["target"], "✓" if one["agrees"] else "✗")
            for line in data["lines"] for one in line["sums"]]  # fmt: skip


def books_text(data: dict[str, Any]) -> str:
    lines = [
        f"{'✓' if one['agrees'] else '✗'} {one['label']}：源 {one['source_rows']:,} 行，不迁 {one['left_out']:,}，记录 {one['made']:,} = "
        f"装入 {one['loaded']:,} + 隔离 {one['quarantined']:,}；目标 {one['target_rows']:,} 条；未迁入的单元格 {one['lost']:,}"
        for one in data["lines"]
    ]
    lines += [f"· {said}" for said in (*rejected_text(data), *unseen_text(data))]
    lines += [f"{ok} 合计 sum {label}·{element}：源 carried {carried}，目标 target {target}"
              for label, element, carried, target, ok in sums_text(data)]  # fmt: skip
    word = "一致 agrees" if data["agrees"] else "不一致 does not agree"
    return "\n".join([*lines, f"对账：{word}；隔离区待处理 quarantine {data['quarantine_open']:,}"])


def rejected_text(data: dict[str, Any]) -> list[str]:
    """A line a table: what of its files is no row of it."""
    return [
        f"{table}：不成行的行 lines that are no rows {sum(found.values()):,}（"
        + "，".join(f"{' '.join(WHY.get(why, (why,)))} {count:,}" for why, count in found.items())
        + f"），原文在 their text is in extract/…/{table}-…/rejects.parquet"
        for table, found in data["rejected_lines"].items()
    ]


def unseen_text(data: dict[str, Any]) -> list[str]:
    """That deletions were not looked for, and how to."""
    if not data["unseen"]:
        return []
    return [f"只取了改动过的行，看不到源库删除的记录 deletions are NOT seen：{'、'.join(data['unseen'])}。要看，做一次不带 --since 的迁移，"
            "它把主键逐一比对 run once without --since, which compares keys; 然后 then: zhijian migrate gone"]  # fmt: skip
