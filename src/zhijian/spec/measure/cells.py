"""A result that a crawler or an export split between two cells, put together again.

The first number of the result was taken into the column of results and deleted wherever it stood in what remained, now
in the column of units: "4.1×10⁴，8.6×10⁴，4.1×10⁴CFU/g" became 4.1 and "×10⁴，8.6×10⁴，×10⁴CFU/g". So the number goes
back into every gap. That the first gap held it is sure; for others it is inferred, and said.
"""

import re
from dataclasses import dataclass

from .reasons import Inferred

LABEL = re.compile(r"(?:[①-⑳]|n(?P<n>\d{1,2}):|(?P<no>\d{1,2})#:?|(?P<trial>初检|复检)(?:结果)?:?)")
_CUT = re.compile(r"[;，、]|(?<![;，、])(?=[①-⑳])|/(?=\d+(?:\.\d+)?×10)|(?<=[^;，、])(?=复检结果)")
_UNIT_NAMED = re.compile(r"\((?:单位:?)([^()]{1,20}(?:\([^()]*\))?)\)")
_GAP_AHEAD = re.compile(r"[<>≤≥]?")
_WORD = re.compile(r"未检出|检出")


@dataclass(frozen=True, slots=True)
class Joined:
    text: str
    inferred: tuple[Inferred, ...]
    gaps: int


def unit_named(text: str) -> tuple[str, str]:
    """The text without "(单位:CFU/g)", and the unit said there.

    >>> unit_named("结果均大于M(单位:CFU/g)")
    ('结果均大于M', 'CFU/g')
    """
    found = _UNIT_NAMED.search(text)
    return (text[: found.start()] + text[found.end() :], found[1]) if found else (text, "")


def cut(text: str) -> list[str]:
    """The parts between separators, empty ones at the end left out."""
    parts = _CUT.split(text)
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    if len(parts) > 1 and not parts[0] and text[0] in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳初复":
        parts = parts[1:]
    return parts


def joined(number: str, rest: str) -> Joined:
    """Both cells, folded, as one text. Without a gap the number simply stands before the rest.

    >>> joined("4.1", "×10^4，8.6×10^4，×10^4CFU/g").text
    '4.1×10^4；8.6×10^4；4.1×10^4CFU/g'
    """
    parts = cut(rest)
    filled = [_filled(part, number) for part in parts]
    gaps = sum(gap for _, gap in filled)
    if gaps == 0:
        return Joined(number + rest, (), 0)
    inferred = (Inferred.JOINED, Inferred.NUMBER_PUT_BACK) if gaps > 1 else (Inferred.JOINED,)
    if _WORD.search(rest):
        # 25 stood before g in every "未检出/25g": one quantity for all samples, nothing to infer.
        inferred = (Inferred.JOINED,)
    return Joined("；".join(text for text, _ in filled), inferred, gaps)


def _filled(part: str, number: str) -> tuple[str, bool]:
    label = LABEL.match(part)
    begin = label.end() if label else 0
    word = re.match(r"(?:未检出|检出)/(?=[A-Za-z])", part[begin:])
    if word:
        place = begin + word.end()
        return part[:place] + number + part[place:], True
    ahead = _GAP_AHEAD.match(part, begin)
    place = ahead.end() if ahead else begin
    after = part[place:]
    if re.match(r"[\d.]", after) or re.match(r"[\u4e00-\u9fff]{2}", after):
        return part, False
    return part[:place] + number + after, True
