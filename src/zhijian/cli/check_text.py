"""A self-check's result in a terminal: the grade, what costs most, where to read on."""

from collections.abc import Sequence
from pathlib import Path

from zhijian.cli.check_catalog import SEVERITIES
from zhijian.exchange.model import DIMENSIONS, Dimension, State
from zhijian.exchange.quality.comparing import Change, Comparison
from zhijian.exchange.quality.result import CheckResult, RuleResult, TableResult

SHOWN = 10
CHANGES = {
    Change.NEW: ("新出现", "new"), Change.WORSE: ("变差", "worse"), Change.BETTER: ("变好", "better"), Change.GONE: ("已消失", "gone"),
}  # fmt: skip


def summary(done: CheckResult, comparison: Comparison | None, out: Path) -> str:
    lines = [_grade(done), *(_table(t) for t in done.tables)]
    for alike in done.unrecognised:
        lines += _unrecognised(alike)
    lines += [f"{r.said.zh}；{r.remedy.zh}\n    {r.said.en}; {r.remedy.en}" for r in done.remarks]
    worst = done.first
    lines += [_rule(done, alike) for alike in worst[:SHOWN]]
    if rest := len(done.worst) - sum(map(len, worst[:SHOWN])):
        lines.append(f"另有 {rest} 项，见报告 more, see the report")
    counts = done.counts
    lines.append(
        f"规则 rules：通过 passed {counts[State.PASSED]}，未通过 failed {counts[State.FAILED]}，"
        f"不适用 not applicable {counts[State.NOT_APPLICABLE]}，未评估 not evaluated {counts[State.NOT_EVALUATED]}"
    )
    if comparison:
        lines += _compared(comparison)
    return "\n".join([*lines, f"报告 report: {out / 'report.html'}"])


def _grade(done: CheckResult) -> str:
    if done.whole is None:
        return "未评级：没有适用的规则 not graded: no rule applied"
    parts = [f"{DIMENSIONS[Dimension(d)][0]} {g.score:.1f}（{g.name}）" for d, g in done.dimensions.items()]
    said = f"{done.whole.name} level {done.whole.level}，{done.whole.score:.1f} 分 points：{'，'.join(parts)}"
    return said if done.recognised else f"只查了通用项 only what holds of any table was checked：{said}"


def _table(t: TableResult) -> str:
    what = f"{t.entity_name.zh} {t.entity}" if t.entity_name else "认不出是哪个数据集 not recognised"
    return f"{t.name}：{t.rows:,} 行 rows，{what}；有错误的行 rows with errors {t.rejected:,}"


def _unrecognised(alike: Sequence[TableResult]) -> list[str]:
    """Of tables with the same headers: said once."""
    t = alike[0]
    headers = t.headers
    more = f" 等 {len(headers)} 列" if len(headers) > 20 else ""
    near = [f"{n.zh} {n.entity}（认出 {'、'.join(n.found)}；缺 {'、'.join(n.missing[:6])}）" for n in t.near]
    others = (
        f" 等 {len(alike)} 个表，表头相同 and {len(alike) - 1} more with the same headers" if len(alike) > 1 else ""
    )
    return [
        f"认不出 not recognised: {t.name}{others}",
        f"  表头 headers: {'、'.join(headers[:20])}{more}",
        f"  最接近 nearest: {'；'.join(near) or '无 none'}",
        "  列名不同的，先做对应关系 map it first: zhijian map suggest；现成的 those that come with it: zhijian map list",
        f"  确实是某个数据集的 or say which it is: --entity '{t.name}=ENTITY'；全部见 all: docs/reference/spec.md",
    ]


def _rule(done: CheckResult, alike: Sequence[RuleResult]) -> str:
    r, table = alike[0], done.tables[alike[0].table]
    others = f"；另有 {len(alike) - 1} 个表同样如此 and {len(alike) - 1} more tables" if len(alike) > 1 else ""
    rows = "、".join(f"{e.row}" for e in r.examples[:3] if e.row is not None)
    where = f"{table.name} {'、'.join(r.columns)}".strip()
    at = f"，行 rows {rows}{'…' if r.failing > 3 else ''}" if rows else ""
    severity = SEVERITIES[r.severity]
    return (
        f"{severity[0]} {severity[1]}  {r.why.zh}：{r.failing:,}/{r.applicable:,}（{r.share:.1%}）  {where}{at}{others}\n"
        f"    {r.remedy.zh}\n    {r.why.en}; {r.remedy.en}"
    )


def _compared(c: Comparison) -> list[str]:
    whole = c.grades[0]
    lines = [f"与 {c.with_on} 比 compared：{_score(whole.before)} → {_score(whole.now)}"]
    if not c.same_rules:
        lines.append("  规则或数据规范不同，分数不能直接比 other rules or another specification: scores do not compare")
    for change, (zh, en) in CHANGES.items():
        lines += [
            f"  {zh} {en}  {r.title.zh} {r.where} {'、'.join(r.columns)}：{_share(r.before)} → {_share(r.now)}"
            for r in c.of(change)[:SHOWN]
        ]
    if small := sum(not r.significant for r in c.rules):
        lines.append(f"  另有 {small} 项变化在行数的波动之内 {small} more within the noise of so many rows")
    return lines


def _score(score: float | None) -> str:
    return "—" if score is None else f"{score:.1f}"


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.1%}"
