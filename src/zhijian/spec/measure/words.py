"""Words that stand where a number could: found or not, conforms or not, not applicable."""

import re
from dataclasses import dataclass

BLANK = frozenset({"", "/", "//", "-", "--", "---", "\\", "不适用", "N/A", "n/a", "NA"})
"""Nothing is said here, on purpose."""
_WORDS = {
    "未检出": r"未检出|未检测出|未测出|N\.?D\.?|n\.?d\.?|Nd|notdetected|<(?:方法)?(?:检出限|检测限|LOD|MDL)|(?:低于|小于)(?:方法)?(?:检出限|检测限)",
    "检出": r"检出(?!限)|检测出|detected",
    "阴性": r"阴性(?:\(-\))?|\(-\)|negative",
    "阳性": r"阳性(?:\(\+\))?|\(\+\)|positive",
}
_FOUND = re.compile("|".join(f"(?P<w{n}>{pattern})" for n, pattern in enumerate(_WORDS.values())), re.I)
_NAMES = tuple(_WORDS)
_BEHIND = re.compile(
    r"(?:\((?:(?:方法)?(?:检出限|检测限|定量限|LOD|LOQ|MDL)(?:为|:|=)?)?(?P<limit>[<≤]?\d[^()]{0,40})\))?(?P<unit>(?:/\d|\(?[A-Za-zμ%‰]).{0,30})?",
    re.I,
)
_CONFORM = re.compile(r"(?:检[验测]?结果)?(?P<no>不)?(?:符合|合格|通过)(?:要求|规定|标准要求|规定要求|标准)?[。.]?")
_ENGLISH = {"pass": "符合", "passed": "符合", "conforms": "符合", "fail": "不符合", "failed": "不符合"}


@dataclass(frozen=True, slots=True)
class FoundWord:
    word: str
    """未检出, 检出, 阴性 or 阳性."""
    limit: str
    """Detection limit as it stands, with its unit; empty where none is said."""
    unit: str


def found_word(text: str) -> FoundWord | None:
    """
    >>> found_word("ND(<0.01mg/kg)"), found_word("检出/25g").unit, found_word("未检测")
    (FoundWord(word='未检出', limit='<0.01mg/kg', unit=''), '/25g', None)
    """
    found = _FOUND.match(text)
    if found is None:
        return None
    behind = _BEHIND.fullmatch(text, found.end())
    if behind is None:
        return None
    name = _NAMES[int((found.lastgroup or "w0")[1:])]
    return FoundWord(name, behind["limit"] or "", behind["unit"] or "")


def conformity(text: str) -> str:
    """符合, 不符合, or nothing.

    >>> conformity("合格"), conformity("不符合要求"), conformity("基本符合")
    ('符合', '不符合', '')
    """
    found = _CONFORM.fullmatch(text)
    if found is None:
        return _ENGLISH.get(text.casefold(), "")
    return "不符合" if found["no"] else "符合"
