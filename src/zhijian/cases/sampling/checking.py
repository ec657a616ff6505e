"""A published draw run again and held against itself, by nothing but its file. Pure.

docs/reference/draw_check.py does the same, independently and shorter; this says what differs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhijian.cases.sampling.drawing import result_of
from zhijian.cases.sampling.form import DRAW, FRAME, PLAN, Document, commitment, seed_of
from zhijian.cases.sampling.model import ANY, MOST_INSTITUTIONS, MOST_WEIGHT, PublicationBroken, SourceKind
from zhijian.cases.sampling.stream import hexadecimal

_LOG_VALUE = re.compile(r"[^\s]+ (0|[1-9][0-9]*) [A-Za-z0-9+/]{43}=")


@dataclass(frozen=True, slots=True)
class Checked:
    """Evidence: the draw follows from what was bound and from the public value."""

    plan: str
    commitment: str
    seed: str
    institutions: int
    drawn: int
    unstaffed: int


def checked(file: Any, bound: str | None = None) -> Checked:
    """`bound`: the commitment as it was published before the draw. Without it, whoever made the file may have made all of it anew.

    Raises: PublicationBroken (shape, commitment, published-commitment, seed, source, stratum, take, result).
    """
    try:
        return _checked(file, bound)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        ZeroDivisionError,
        RecursionError,
        StopIteration,
    ) as why:
        raise _broken(
            "shape", f"不是抽查公开文件：{type(why).__name__}", f"not the file of a draw: {type(why).__name__}"
        ) from None


def _checked(file: Any, bound: str | None) -> Checked:
    plan, frame = file["plan"], file["frame"]
    _shape(file, plan, frame)
    committed = commitment(plan, frame, file["secret"])
    if committed != (file["commitment"], file["commitment_sm3"]):
        raise _broken(
            "commitment", "方案、名录或密钥与承诺不符，已被改动", "plan, frame or secret is not what was bound"
        )
    if bound is not None and bound.lower() not in committed:
        raise _broken("published-commitment", "承诺与事先公布的不同", "the commitment is not the one published before")
    if file["seed"] != seed_of(committed[0], file["secret"], file["public_value"]):
        raise _broken("seed", "种子不是由密钥和公开数算出的", "the seed does not follow from secret and public value")
    check_value(plan, file["public_value"])
    _strata(plan, frame)
    _result(file, result_of(plan, frame, file["seed"]))
    rows = file["result"]
    return Checked(
        plan["id"], committed[0], file["seed"], len(frame["institutions"]), len(rows["drawn"]), len(rows["unstaffed"])
    )


def _shape(file: Document, plan: Document, frame: Document) -> None:
    """What the computing takes for granted, so that a hostile file costs no more than an honest one."""
    top, bottom = plan["equal"]
    whole = [top, bottom, plan["team"], *(s["take"] for s in plan["strata"])]
    whole += [one["weight"] for one in frame["institutions"]] + [who["most"] for who in frame["inspectors"]]
    named = {one["uscc"] for one in frame["institutions"]}
    fine = (
        (file["form"], plan["form"], frame["form"]) == (DRAW, PLAN, FRAME)
        and all(type(n) is int and 0 < n <= MOST_WEIGHT for n in whole)
        and top <= bottom
        and plan["team"] <= len(frame["inspectors"])
        and len(named) == len(frame["institutions"]) <= MOST_INSTITUTIONS
        and len({who["no"] for who in frame["inspectors"]}) == len(frame["inspectors"])
        and len({s["id"] for s in plan["strata"]}) == len(plan["strata"])
        and all(isinstance(t, str) for t in (file["secret"], file["public_value"]))
    )
    if not fine:
        raise ValueError


def check_value(plan: Document, value: str) -> None:
    """Whether the public value has the form that the plan's source gives it.

    Raises: PublicationBroken (source).
    """
    source = plan["source"]
    kind = SourceKind(source["kind"])
    if not value or value != value.strip():
        raise _broken("source", "公开数为空，或首尾有空白", "the public value is empty or has blanks at its ends")
    if kind is SourceKind.LOG and not _LOG_VALUE.fullmatch(value):
        raise _broken(
            "source",
            "日志检查点应写成「日志名 大小 根（base64）」",
            "of a log: its origin, size and root in base64, with blanks between",
        )
    if kind is SourceKind.PARTIES:
        given = [line.partition("=") for line in value.split("\n")]
        bound = [(p["name"], p["sha256"]) for p in source["parties"]]
        if [(name, hexadecimal(words)) for name, _, words in given] != bound:
            raise _broken("source", "各方内容与各自事先公布的摘要不符：每方一行「名称=内容」，按方案中的次序",
                          "what the parties revealed is not what they bound: a line `name=words` each, in the plan's order")  # fmt: skip


def _strata(plan: Document, frame: Document) -> None:
    """The quotas follow from the plan, and everyone is where the plan puts it."""
    held: dict[str, int] = {s["id"]: 0 for s in plan["strata"]}
    for one in frame["institutions"]:
        first = next((s["id"] for s in plan["strata"] if _holds(s, one)), None)
        if one["stratum"] != first:
            raise _broken("stratum", f"{one['uscc']} 应在类别 {first}，不在 {one['stratum']}",
                          f"{one['uscc']} belongs to {first}, not to {one['stratum']}")  # fmt: skip
        held[one["stratum"]] += 1
    for s in plan["strata"]:
        quota, number = s["quota"], held[s["id"]]
        take = quota["count"] if "count" in quota else -(-number * quota["share"][0] // quota["share"][1])
        if s["take"] != take or not 0 < take <= number:
            raise _broken(
                "take",
                f"类别 {s['id']} 按配额应抽 {take} 家，写的是 {s['take']} 家",
                f"stratum {s['id']}: {take} by its quota, not {s['take']}",
            )


def _holds(s: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    fits = ANY in s["fields"] or not set(s["fields"]).isdisjoint(one["fields"])
    return fits and (not s["divisions"] or one["division"] in s["divisions"])


def _result(file: Document, again: Document) -> None:
    if file["result"] == again:
        return
    stated, right = ({row["uscc"]: row for row in one["drawn"]} for one in (file["result"], again))
    for uscc in sorted({*stated, *right}):
        if stated.get(uscc) != right.get(uscc):
            words = [
                (f"{row['chance']}，{'、'.join(row['team'])}" if row else "未抽中 not drawn")
                for row in (stated.get(uscc), right.get(uscc))
            ]
            raise _broken(
                "result",
                f"{uscc}：文件写的是 {words[0]}，重新抽得 {words[1]}",
                f"{uscc}: the file says {words[0]}, run again {words[1]}",
            )
    raise _broken("result", "抽中名单与重新抽得的不同", "what was drawn is not what comes out")


def _broken(why: str, zh: str, en: str) -> PublicationBroken:
    return PublicationBroken(why, zh, en)
