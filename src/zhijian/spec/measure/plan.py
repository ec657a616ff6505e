"""Sampling plans of microbiology, GB 4789.1-2016 and GB 29921-2021: n samples, of which at most c lie between m and M."""

import re
from dataclasses import dataclass

from .reasons import Unread, Why
from .units import Unit, UnitUnknown
from .values import Value, same_unit, scan, unit_behind

_FIELD = re.compile(r"(?P<name>[ncmM])=(?P<said>.*?)(?=[,，;、]?(?:[ncmM]=|$))")


@dataclass(frozen=True, slots=True)
class Plan:
    n: int
    c: int
    m: Value
    """Up to here a sample is acceptable."""
    M: Value | None
    """Above here no sample may lie. None in a plan of two classes: then c samples may lie above m."""

    @property
    def text(self) -> str:
        none = "，M=—" if self.c else ""
        beyond = none if self.M is None else f"，M={self.M.text}"
        return f"n={self.n}，c={self.c}，m={self.m.text}{beyond}"


def is_plan(text: str) -> bool:
    return re.search(r"(?<![A-Za-z])n=\d", text) is not None


def read_plan(text: str) -> tuple[Plan, Unit | UnitUnknown | None]:
    """From a folded text. Raises Unread: a plan without m, or with c > 0 and no greater M, was cut short."""
    said: dict[str, str] = {}
    end = 0
    for found in _FIELD.finditer(text):
        if found["name"] in said or text[end : found.start()].strip(",，;、"):
            raise Unread(Why.BAD_PLAN)
        said[found["name"]], end = found["said"], found.end()
    if not {"n", "c"} <= said.keys() or text[end:]:
        raise Unread(Why.BAD_PLAN)
    if "m" not in said:
        raise Unread(Why.LIMIT_CUT)
    n, c = _count(said["n"]), _count(said["c"])
    m, given = _value(said["m"])
    beyond = None
    if said.get("M", "-") not in ("-", "/", ""):
        beyond, other = _value(said["M"])
        given = same_unit(given, other)
    elif c > 0 and said.get("M", "") == "":
        raise Unread(Why.LIMIT_CUT)
    if n < 1 or c >= n:
        raise Unread(Why.BAD_PLAN)
    if beyond is not None and m.number is not None and beyond.number is not None and m.number >= beyond.number:
        # M=10² loses its power more often than anybody writes a plan in which M is no more than m.
        raise Unread(Why.LIMIT_CUT if beyond.number in (10, m.number) else Why.BAD_PLAN)
    return Plan(n, c, m, beyond), given


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text):
        raise Unread(Why.BAD_PLAN)
    return int(text)


def _value(text: str) -> tuple[Value, Unit | UnitUnknown | None]:
    try:
        scanned = scan(text)
        if scanned is None or scanned[0].sign or scanned[0].around is not None:
            raise Unread(Why.BAD_PLAN)
        return scanned[0], unit_behind(scanned[1])
    except Unread as unread:
        raise Unread(Why.LIMIT_CUT if unread.why is Why.EXPONENT_LOST else unread.why) from None
