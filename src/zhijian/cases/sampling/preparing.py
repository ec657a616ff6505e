"""A plan and its frame, checked and brought into the form to which the office binds itself. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhijian.cases.sampling.drawing import admissible, hindered
from zhijian.cases.sampling.form import frame_document, plan_document
from zhijian.cases.sampling.model import (
    ANY,
    MOST_INSTITUTIONS,
    MOST_WEIGHT,
    Frame,
    Inspector,
    Institution,
    Plan,
    PlanRefused,
    SourceKind,
)
from zhijian.spec import CHECKS, specification

Wrong = tuple[str, str]
"""What is wrong and how to mend it, in Chinese and English."""
_FIELDS = specification().codelists["field"]
_PROVINCES = specification().codelists["province"]
_NAME = re.compile(r"[0-9A-Za-z\u4e00-\u9fff_-]{1,40}")
_DIGEST = re.compile("[0-9a-f]{64}")
MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is bound and later published."""

    plan: dict[str, Any]
    frame: dict[str, Any]


def prepared(plan: Plan, frame: Frame, salt: str) -> Prepared:
    """Raises: PlanRefused, with what is wrong of the first ten things."""
    for found in (_of_plan, _of_frame):
        _refuse(list(found(plan, frame)))
    shown = frame_document(plan, frame, salt)
    held = [one["stratum"] for one in shown["institutions"]]
    takes = {s.id: s.take(held.count(s.id)) for s in plan.strata}
    made = Prepared(plan_document(plan, takes), shown)
    _refuse(list(_of_quotas(plan, takes, held)) or list(_of_staff(made)))
    return made


def _refuse(wrong: list[Wrong]) -> None:
    if wrong:
        more = len(wrong) - MOST_TOLD
        zh, en = [w[0] for w in wrong[:MOST_TOLD]], [w[1] for w in wrong[:MOST_TOLD]]
        if more > 0:
            zh.append(f"另有 {more} 处")
            en.append(f"and {more} more")
        raise PlanRefused("plan-refused", "；\n".join(zh), ";\n".join(en))


def _of_plan(plan: Plan, _: Frame) -> Iterator[Wrong]:
    if not _NAME.fullmatch(plan.id):
        yield (
            f"方案编号 {plan.id!r}：用 1 至 40 个字母、数字、汉字、- 或 _",
            f"id of the plan {plan.id!r}: 1 to 40 letters, digits, - or _",
        )
    if plan.province not in _PROVINCES:
        yield (
            f"省份 {plan.province!r} 不在代码表里：两位数字，如 33",
            f"province {plan.province!r}: two digits of the code list",
        )
    if plan.team < 2:
        yield "检查人员不得少于 2 人（team）", "team: at least two inspectors"
    top, bottom = plan.equal
    if not 0 < top <= bottom:
        yield (
            "equal：应大于 0、不大于 1，否则有的机构没有机会",
            "equal: above 0 and at most 1, or some would have no chance",
        )
    if plan.former_years < 0 or plan.spared_months < 0:
        yield "former_years、spared_months 不能是负数", "former_years, spared_months: not below 0"
    if not plan.strata or len({s.id for s in plan.strata}) != len(plan.strata):
        yield "strata：至少一个，编号不能重复", "strata: at least one, each with an id of its own"
    for s in plan.strata:
        if not _NAME.fullmatch(s.id):
            yield (
                f"类别编号 {s.id!r}：用 1 至 40 个字母、数字、汉字、- 或 _",
                f"id of a stratum {s.id!r}: 1 to 40 letters, digits, - or _",
            )
        if (s.count is None) is (s.share is None) or (s.share and not 0 < s.share[0] <= s.share[1]):
            yield (
                f"类别 {s.id}：count（家数）和 share（比例，如 1/10）填且只填一个",
                f"stratum {s.id}: either count or share, such as 1/10",
            )
        yield from _fields(f"类别 stratum {s.id}", s.fields, any_too=True)
    yield from _source(plan)


def _source(plan: Plan) -> Iterator[Wrong]:
    source = plan.source
    if not source.words.strip():
        yield (
            "source.words：写明用哪个公开数、何时公布",
            "source.words: say which public value, and when it will be known",
        )
    if (source.kind is SourceKind.PARTIES) is not (len(source.parties) >= 2):
        yield (
            "source.parties：kind 为 parties 时至少两方，其他时候不填",
            "source.parties: two or more when kind is parties, else none",
        )
    if len({p.name for p in source.parties}) != len(source.parties):
        yield "source.parties：名称不能重复", "source.parties: each with a name of its own"
    for party in source.parties:
        if not _DIGEST.fullmatch(party.sha256) or not party.name or any(c in party.name for c in "=\n"):
            yield (
                f"{party.name!r}：要有名称（不含 =）和 64 位十六进制 sha256",
                f"{party.name!r}: a name without = and a sha256 of 64 hex digits",
            )


def _fields(where: str, fields: tuple[str, ...], *, any_too: bool) -> Iterator[Wrong]:
    unknown = [f for f in fields if f not in _FIELDS and not (any_too and f == ANY)]
    if unknown or not fields:
        yield (
            f"{where}：领域 {'、'.join(unknown) or '为空'}，应取自代码表 field（如 00 食品）{'或 *' if any_too else ''}",
            f"{where}: fields {', '.join(unknown) or 'empty'}; take them from the code list field{' or *' if any_too else ''}",
        )


def _of_frame(_: Plan, frame: Frame) -> Iterator[Wrong]:
    if not 0 < len(frame.institutions) <= MOST_INSTITUTIONS or not frame.inspectors:
        yield "名录里至少要有一家机构、一名检查人员", "the frame needs institutions and inspectors"
    yield from _twice("机构 institution", [one.uscc for one in frame.institutions])
    yield from _twice("检查人员 inspector", [who.no for who in frame.inspectors])
    for one in frame.institutions:
        yield from _of_institution(one)
    for who in frame.inspectors:
        yield from _of_inspector(who)
    known = {who.no for who in frame.inspectors}
    for conflict in frame.conflicts:
        if conflict.no not in known:
            yield f"回避 {conflict.no}：名录里没有这名检查人员", f"conflict of {conflict.no}: no such inspector"


def _twice(what: str, names: list[str]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name} 出现两次", f"{what} {name} is there twice"
        seen.add(name)


def _of_institution(one: Institution) -> Iterator[Wrong]:
    where = f"机构 institution {one.uscc or one.name}"
    wrong = CHECKS["uscc"](one.uscc)
    if wrong and not wrong.warning:
        yield f"{where}：统一社会信用代码{wrong.zh}", f"{where}: USCC {wrong.en}"
    yield from _fields(where, one.fields, any_too=False)
    yield from _division(where, one.division)
    if not 1 <= one.weight <= MOST_WEIGHT:
        yield f"{where}：权重应为 1 至 {MOST_WEIGHT} 的整数", f"{where}: weight, a whole number from 1 to {MOST_WEIGHT}"


def _of_inspector(who: Inspector) -> Iterator[Wrong]:
    where = f"检查人员 inspector {who.no}"
    if not _NAME.fullmatch(who.no):
        yield (
            f"{where}：工号用 1 至 40 个字母、数字、汉字、- 或 _",
            f"{where}: staff number of 1 to 40 letters, digits, - or _",
        )
    yield from _fields(where, who.fields, any_too=True)
    yield from _division(where, who.division)
    if who.most < 1:
        yield f"{where}：most（最多几家）至少为 1", f"{where}: most is at least 1"


def _division(where: str, text: str) -> Iterator[Wrong]:
    if wrong := CHECKS["division"](text):
        yield f"{where}：辖区{wrong.zh}", f"{where}: division {wrong.en}"


def _of_quotas(plan: Plan, takes: dict[str, int], held: list[str]) -> Iterator[Wrong]:
    for s in plan.strata:
        number = held.count(s.id)
        if not 1 <= takes[s.id] <= number:
            yield (
                f"类别 {s.id}：要抽 {takes[s.id]} 家，名录里可抽的有 {number} 家；请改配额，或核对领域和排除原因",
                f"stratum {s.id}: {takes[s.id]} to be drawn of {number}; change the quota, or look at fields and exclusions",
            )


def _of_staff(made: Prepared) -> Iterator[Wrong]:
    """What can be known before the draw: each can be staffed by itself, and there is room for all."""
    plan, team = made.plan, made.plan["team"]
    may = admissible(plan, made.frame)
    for uscc_, who in may.items():
        if len(who) < team:
            yield unstaffable(uscc_, len(who), team, hindered(plan, made.frame, uscc_))
    needed = team * sum(s["take"] for s in plan["strata"])
    room = sum(who["most"] for who in made.frame["inspectors"])
    if needed > room:
        yield (
            f"检查人员不够：要 {needed} 人次，最多 {room} 人次；请增加人员或提高 most",
            f"too few inspectors: {needed} turns needed, {room} to be had",
        )


def unstaffable(uscc_: str, can: int, team: int, why: dict[str, int]) -> Wrong:
    """Why fewer than a team may go to an institution."""
    return (
        f"机构 {uscc_}：能去的检查人员 {can} 人，要 {team} 人（回避 {why['conflict']}、领域不符 {why['field']}、辖区不符 {why['division']}）；"
        "请增加检查人员，或写明原因后排除",
        f"institution {uscc_}: {can} inspectors may go, {team} are needed (conflicts {why['conflict']}, other fields {why['field']}, "
        f"divisions {why['division']}); add inspectors, or exclude it with the reason",
    )  # fmt: skip
