"""What `zhijian map` says, for people."""

from collections.abc import Iterable, Iterator
from typing import Any

_LEFT = {"where": "条件排除 by where", "twin": "与前面的行相同 twins"}
_KINDS = {"lost": "丢失 lost", "as-text": "按原文保留 kept as text", "inferred": "推断 inferred"}


def checked_words(c: Any) -> str:
    parts = (
        ("没有找到的表 tables not found", c.missing),
        ("映射没有提到的表 tables that the mapping does not know", c.left),
        ("没有用到、也没有说明的列 columns unused and unsaid", _unused(c)),
        ("有意不用的列 columns set aside", (f"{s.table}.{s.column}：{s.why.zh}" for s in c.set_aside)),
        ("规范必填而没有来源 required, and absent", (f"{a.entity}.{a.element} {a.name.zh}" for a in c.absent)),
        ("尚未确认的建议 proposed, not confirmed", (f"{u.label}.{u.element}：{u.confidence}" for u in c.unsure)),
        ("记录 records", _records(c)),
        (
            "源数据没有、由映射写上的值 invented",
            (f"{i.label}.{i.element} = {i.value} ×{i.records}：{i.why.zh}" for i in c.invented),
        ),
        ("没有带过来的值 losses", _losses(c)),
        (
            "没有对照的代码 codes without translation",
            (f"{u.entity}.{u.element}：{u.value} ×{u.count}" for u in c.untranslated),
        ),
        ("不合数据规范的记录 records that do not fit", _misfits(c)),
    )
    lines = []
    for title, rows in parts:
        listed = [f"  {row}" for row in rows]
        if listed:
            lines += [title, *listed]
    return "\n".join([*lines, "没有要看的 nothing to look at" if c.clean else "请看以上各项 please look at the above"])


def applied_words(d: dict[str, Any]) -> str:
    lines = [
        f"{label}：{count} 条记录 records，{d['left_out'][label]} 行未成记录 rows left out"
        for label, count in d["records"].items()
    ]
    lines += [f"{place} 由映射写上 invented ×{count}" for place, count in d["invented"].items() if count]
    for place, kinds in d["losses"].items():
        lines.append(f"{place} " + "，".join(f"{_KINDS[kind]} {count}" for kind, count in kinds.items()))
    return "\n".join([*lines, f"已写出 written: {d['out']}"])


def _unused(c: Any) -> Iterator[str]:
    for u in c.unused:
        yield f"{u.table}.{u.column}：" + (
            f"{u.filled} 行有值，如 such as {u.example}" if u.filled else "全部为空 empty"
        )


def _records(c: Any) -> Iterator[str]:
    for label, count in c.records.items():
        left = "，".join(f"{_LEFT[why]} {n}" for why, n in c.left_out.get(label, {}).items())
        yield f"{label}：{count}" + (f"（另 left out：{left}）" if left else "")


def _losses(c: Any) -> Iterator[str]:
    for one in c.losses:
        yield f"{one.entity}.{one.element} {_KINDS[one.kind]} ×{one.count}：{one.why.zh}{_examples(one.examples)}"


def _misfits(c: Any) -> Iterator[str]:
    for m in c.misfits:
        yield f"{m.entity}.{m.element} {m.count}/{m.of}：{m.why.zh}{_examples(m.examples)}"


def _examples(examples: Iterable[Any]) -> str:
    shown = [
        f"{e.table} 第 {e.row} 行" + (f"“{' '.join(e.value.split())[:40]}”" if e.value else "")
        for e in list(examples)[:3]
    ]
    return f"（{'；'.join(shown)}）" if shown else ""


def returned_words(trip: Any) -> str:
    """`trip`: of `round_trip`."""
    lines = ["往返核对 round trip（同 same / 意同 same in meaning / 不同 different）"]
    for f in trip.fields:
        rows = f"，行 rows {'、'.join(str(r & ((1 << 40) - 1)) for r in f.rows)}" if f.rows else ""
        lines.append(f"  {f.label}.{f.element} ← {'、'.join(f.columns)}：{f.same} / {f.alike} / {f.different}{rows}")
    lines += [f"  {w.label}.{w.element}：不能还原 no way back：{w.why.zh}" for w in trip.without]
    return "\n".join(lines)
