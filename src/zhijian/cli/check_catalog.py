"""`zhijian check --list` and `--explain`, and the checks that a run uses: ours and the province's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zhijian.cli.say import WRONG_USE, fail, say
from zhijian.exchange.checks import Check, OwnWrong, catalog, own_checks
from zhijian.exchange.model import DIMENSIONS, Severity

SEVERITIES = {Severity.ERROR: ("错误", "error"), Severity.WARNING: ("提醒", "warning"), Severity.NOTE: ("说明", "note")}


def chosen(rules: Sequence[Path]) -> tuple[Check, ...]:
    """All of ours, then those of `--rules`. Ends the command when a file is wrong."""
    found = list(catalog())
    for path in rules:
        try:
            found += own_checks(path)
        except OSError as why:
            fail(
                WRONG_USE,
                f"--rules {path}：读不了（{why.strerror}）",
                f"--rules {path}: cannot be read ({why.strerror})",
            )
        except OwnWrong as why:
            fail(WRONG_USE, f"--rules {path}：{why.where}：{why.said.zh}",
                 f"--rules {path}: {why.where}: {why.said.en}; see docs/howto/checks.md")  # fmt: skip
    twice = {c.id for c in found if sum(o.id == c.id for o in found) > 1}
    if twice:
        fail(
            WRONG_USE,
            f"--rules：检查编号重复：{'、'.join(sorted(twice))}，请换一个",
            f"--rules: given twice: {', '.join(sorted(twice))}",
        )
    return tuple(found)


def run(rules: Sequence[Path], explain: str, format_: str) -> None:
    found = chosen(rules)
    if explain and explain not in {c.id for c in found}:
        from difflib import get_close_matches

        near = get_close_matches(explain, [c.id for c in found], 3, 0.4)
        hint = f"；是不是 {'、'.join(near)}？" if near else "；全部见 zhijian check --list"
        fail(WRONG_USE, f"没有检查 {explain}{hint}", f"no such check {explain}; see zhijian check --list")
    data = [_data(c) for c in found if not explain or c.id == explain]
    say(data, format_, _whole if explain else _lines)


def _data(c: Check) -> dict[str, Any]:
    return {
        "id": c.id, "dimension": c.dimension.value, "severity": c.severity.value, "origin": c.origin, "basis": c.basis,
        "title": {"zh": c.title.zh, "en": c.title.en}, "about": {"zh": c.about.zh, "en": c.about.en},
    }  # fmt: skip


def _lines(data: list[dict[str, Any]]) -> str:
    lines, last = [], ""
    for c in data:
        zh, en = next(names for d, names in DIMENSIONS.items() if d == c["dimension"])
        if c["dimension"] != last:
            lines.append(f"{zh} {en}")
        last = c["dimension"]
        own = "" if c["origin"] == "national" else f"（{c['origin']}）"
        lines.append(f"  {c['id']:<28}{SEVERITIES[c['severity']][0]}  {c['title']['zh']}{own}  {c['title']['en']}")
    return "\n".join([*lines, f"共 {len(data)} 项检查 checks"])


def _whole(data: list[dict[str, Any]]) -> str:
    (c,) = data
    zh, en = next(names for d, names in DIMENSIONS.items() if d == c["dimension"])
    severity = SEVERITIES[c["severity"]]
    lines = [
        f"{c['id']}  {c['title']['zh']}  {c['title']['en']}",
        f"维度 dimension  {zh} {en}    程度 severity  {severity[0]} {severity[1]}    来源 origin  {c['origin']}",
        *([f"依据 basis  {c['basis']}"] if c["basis"] else []),
        c["about"]["zh"],
        c["about"]["en"],
    ]
    return "\n".join(lines)
