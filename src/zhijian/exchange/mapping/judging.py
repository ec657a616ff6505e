"""What the values of a column say for or against an element, and the translation of its codes. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from zhijian.exchange.bound import plain
from zhijian.exchange.mapping.naming import initials
from zhijian.exchange.mapping.profiling import Profile
from zhijian.spec import CodeEntry, Element, Specification

PARTLY = 0.5
"""Share of rows from which values that fit in part no longer speak against an element."""
ENOUGH = 3
"""Fewer different values than this say nothing."""
Dictionary = Mapping[str, Mapping[str, str]]
"""Kind of code → code → name, from the source's own table of codes."""
_NAMED = ("名称", "姓名", "地址", "地点", "机关", "部门", "制造商", "负责人", "代表人")
PROSE = 500
"""Text as long as this may be is prose."""
_CHECKED = {"uscc": "统一社会信用代码", "cma_number": "资质认定证书编号", "division": "行政区划代码", "standard_code": "标准编号",
            "hex64": "摘要"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """`weight`: −1 speaks against it, 0 says nothing, 1 speaks for it."""

    weight: float
    evidence: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    """The source's code → the specification's; empty where they are the same."""
    open_codes: tuple[str, ...] = ()
    """Values without a translation."""


def judged(profile: Profile, element: Element, spec: Specification, dictionary: Dictionary) -> Judged:
    if not profile.filled:
        return Judged(-0.5, "这一列全部为空")
    if element.codes:
        return _codes(profile, spec.codelists[element.codes], element, dictionary)
    if element.check in _CHECKED:
        share = profile.shapes[element.check]
        if share >= 0.8:
            return Judged(0.9, f"{share:.0%} 的值是{_CHECKED[element.check]}的样子")
        return Judged(-0.9 if share < 0.3 else -0.2, f"只有 {share:.0%} 的值是{_CHECKED[element.check]}的样子")
    return _typed(profile, element)


def _typed(profile: Profile, element: Element) -> Judged:
    shapes = profile.shapes
    kind = element.type.kind
    if kind in ("date", "datetime"):
        share = shapes["day"]
        if share >= PARTLY:
            return Judged(0.6 if share >= 0.7 else -0.2, f"{share:.0%} 的值是日期")
        return Judged(-0.8, f"只有 {share:.0%} 的值是日期")
    if kind == "bool":
        share = shapes["truth"]
        return Judged(0.6, "值都是“是”或“否”") if share == 1 else Judged(-0.7, "值不是“是”或“否”")
    if kind in ("integer", "decimal"):
        share = shapes["number"]
        if share >= 0.8:
            return Judged(0.2, f"{share:.0%} 的值是数")
        return Judged(-0.1 if profile.share(lambda v: v[:1].isdigit()) >= 0.8 else -0.8, f"只有 {share:.0%} 的值是数")
    return _text(profile, element)


def _text(profile: Profile, element: Element) -> Judged:
    shapes, few = profile.shapes, len(profile.values) < ENOUGH
    if element.id == "unit":
        return Judged(0.4 if shapes["unit"] >= 0.6 else -0.1, f"{shapes['unit']:.0%} 的值是单位")
    if not few and shapes["day"] >= 0.9 and "日期" not in element.zh:
        return Judged(-0.7, "值都是日期")
    named = any(word in element.zh for word in _NAMED) or element.type.length >= PROSE
    if named and shapes["chinese"] < 0.2 and shapes["number"] > 0.8:
        return Judged(-0.7, "值都是数，不像文字")
    if not few and "编号" in element.zh and shapes["chinese"] > 0.8:
        return Judged(-0.6, "值是汉字，不像编号")
    if not element.many and element.type.length and profile.longest > 2 * element.type.length:
        return Judged(-0.4, f"最长 {profile.longest} 字，规范最多 {element.type.length}")
    return Judged(0.0)


def _codes(profile: Profile, entries: Mapping[str, CodeEntry], element: Element, dictionary: Dictionary) -> Judged:
    pieces = {v: tuple(p.strip() for p in _cut(v) if p.strip()) if element.many else (v,) for v in profile.values}
    values = tuple(dict.fromkeys(p for cut in pieces.values() for p in cut))

    def covered(made: Collection[str]) -> float:
        return profile.weight(v for v, cut in pieces.items() if all(p in made for p in cut))

    same = {v: v for v in values if v in entries}
    direct = _translated(values, entries)
    for weight, made, said in (
        (0.8 if len(same) > 1 else 0.5, same, "就是代码表里的代码"),
        (0.7 if len(direct) > 1 else 0.5, direct, "是代码表里的名称"),
    ):
        if covered(made) >= 0.8:
            rest = tuple(v for v in values if v not in direct)
            plainly = made is same and len(direct) == len(same) and not rest
            return Judged(weight, f"{covered(made):.0%} 的行{said}", {} if plainly else direct, rest)
    if covered(direct) >= PARTLY:
        return Judged(
            -0.2, f"{covered(direct):.0%} 的行在代码表内", direct, tuple(v for v in values if v not in direct)
        )
    for kind, made in _own(profile.name, values, entries, dictionary, covered):
        return Judged(
            0.7, f"按源库代码表“{kind}”对照", made | direct, tuple(v for v in values if v not in made | direct)
        )
    if all(len(v) <= 2 for v in values):
        return Judged(-0.05, "值是自定的代码，没有找到对照", {}, tuple(values))
    return Judged(-0.6, f"值不在代码表“{element.codes}”内", {}, tuple(values[:20]))


def _own(
    column: str, values: Collection[str], entries: Mapping[str, CodeEntry], dictionary: Dictionary,
    covered: Callable[[Collection[str]], float],
) -> list[tuple[str, dict[str, str]]]:  # fmt: skip
    """The one kind of the source's own dictionary that translates the values: the one named like the column; else the
    only one whose names are all in the code list. Two that translate differently are none."""
    made = {}
    for kind, pairs in dictionary.items():
        names = _translated(tuple(pairs.values()), entries)
        codes = {v: names[pairs[v]] for v in values if pairs.get(v) in names}
        if len(names) >= 2 and covered(codes) >= 0.6:
            made[kind] = codes
    short = {column, initials(column)}
    for near in ([k for k in made if k in short], [k for k in made if any(k.endswith(s) for s in short if len(s) > 1)]):
        if len(near) == 1:
            return [(near[0], made[near[0]])]
    whole = [
        k
        for k in made
        if all(name in _translated(tuple(dictionary[k].values()), entries) for name in dictionary[k].values())
    ]
    same = {tuple(sorted(made[k].items())) for k in whole}
    return [(whole[0], made[whole[0]])] if len(same) == 1 else []


def _cut(value: str) -> list[str]:
    for mark in "，,;；\n":
        value = value.replace(mark, "、")
    return value.split("、")


def _translated(values: tuple[str, ...], entries: Mapping[str, CodeEntry]) -> dict[str, str]:
    names = {plain(n): e.code for e in entries.values() for n in (e.code, e.zh, e.en)}
    return {v: names[plain(v)] for v in values if plain(v) in names}
