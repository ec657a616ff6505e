"""What `zhijian draw` says."""

from fractions import Fraction
from typing import Any

from zhijian.cases.sampling.model import STATES
from zhijian.cli.say import local

_KINDS = {"whole": "全部", "stratum": "类别", "field": "领域"}


def planned_text(d: dict[str, Any]) -> str:
    lines = [f"{d['id']} 已存为草案 kept as a draft"]
    for s in d["strata"]:
        sure = f"，必抽 certain {s['certain']}" if s["certain"] else ""
        chance = f"机会 chance {percent(s['least'])} – {percent(s['most'])}{sure}"
        lines.append(f"  {s['id']} {s['name']}：{s['institutions']} 家抽 {s['take']} 家，{chance}")
    lines.append(f"  不参加抽取 excluded {len(d['excluded'])} 家；检查人员 inspectors {d['inspectors']} 人")
    return "\n".join([*lines, "下一步 next: zhijian draw commit " + d["id"]])


def bound_text(d: dict[str, Any]) -> str:
    return "\n".join((
        f"{d['id']} 已承诺 committed（{local(d['at'])}）",
        f"  SHA-256 {d['commitment']}",
        f"  SM3     {d['commitment_sm3']}",
        "请在公开数公布之前公布这两个值 publish both before the public value is known",
    ))  # fmt: skip


def drawn_text(d: dict[str, Any]) -> str:
    lines = [
        f"  {row['uscc']}  {row['stratum']}  机会 {percent(row['chance'])}  {'、'.join(row['team']) or '无法派员'}"
        for row in d["drawn"]
    ]
    for uscc, who in d["unstaffed"].items():
        reason = f"能去的 {'、'.join(who)} 都已满" if who else "没有能去的检查人员"
        lines.append(f"无法派员 cannot be staffed {uscc}：{reason} all who may go are at their limit")
    return "\n".join([f"抽中 drawn {len(d['drawn'])} 家", *lines])


def list_text(rows: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{r['id']}  {r['province']}  {r['year']}  {STATES[r['state']]} {r['state']}  {local(r['at'])}  {(r['commitment'] or '-')[:16]}  {r['name']}"
        for r in rows
    ) or "没有 none"  # fmt: skip


def checked_text(d: dict[str, Any]) -> str:
    lines = [
        f"{d['plan']}：重抽结果相同 the same result：{d['institutions']} 家中抽 {d['drawn']} 家，无法派员 {d['unstaffed']} 家",
        f"  承诺 commitment {d['commitment']}",
        f"  种子 seed       {d['seed']}",
    ]
    if not d["compared"]:
        lines.append(
            "  承诺没有与事先公布的核对：请用 --commitment not compared with the one published before: use --commitment"
        )
    return "\n".join(lines)


def estimates_text(rows: list[dict[str, Any]]) -> str:
    return "\n".join(map(_estimate, rows))


def _estimate(r: dict[str, Any]) -> str:
    name = _KINDS[r["kind"]] + ("" if r["kind"] == "whole" else f" {r['name']}")
    share = "无法估计 no estimate" if r["share"] is None else f"{r['share']:.1%}"
    counts = f"{r['population']} 家，查 {r['inspected']} 家，发现 {r['violations']} 家"
    said = f"{name}：违法率 share {share}，95% 区间 interval {r['low']:.1%} – {r['high']:.1%}（{counts}）"
    if r["at_worst"]:
        low, high = r["at_worst"]
        said += f"；未查成 not inspected {r['drawn'] - r['inspected']} 家，若都没有违法 {low:.1%}，若都有 {high:.1%}"
    return said


def percent(chance: str) -> str:
    """
    >>> percent("7/48")
    '14.58%'
    """
    return f"{float(Fraction(chance)):.2%}"
