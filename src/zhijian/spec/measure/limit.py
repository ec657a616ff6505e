"""Limits as standards, reports and notices write them: bounds, ranges, sampling plans, prohibitions, words."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from .cells import unit_named
from .plan import Plan, is_plan, read_plan
from .reasons import Inferred, NotReadable, Unread, Why
from .text import MOST_CHARS, as_it_stands, folded, printed
from .units import Unit, UnitUnknown, unit
from .values import Value, number_in_thousands, same_unit, scan, unit_behind
from .words import BLANK


class LimitKind(StrEnum):
    BOUNDS = "bounds"
    """One bound, or two that both hold; the ends of "0.5~1.0" belong to it."""
    TOLERANCE = "tolerance"
    """±5: how far a deviation may go to either side."""
    BARE = "bare"
    """A number without a sign: whether it is the most or the least is not said."""
    PLAN = "plan"
    NOT_USED = "not_used"
    """不得使用, 不得添加."""
    NOT_FOUND = "not_found"
    """不得检出, 阴性."""
    AS_NEEDED = "as_needed"
    """按生产需要适量使用 (GB 2760)."""
    CONFORMITY = "conformity"
    """Words of a requirement, such as 符合GB 29924规定要求."""
    NONE = "none"
    """No limit, said so by a stroke."""
    SEVERAL = "several"
    """Several in one cell, in `parts`; which of them applies is not said, or said by their labels."""


@dataclass(frozen=True, slots=True)
class Limit:
    kind: LimitKind
    bounds: tuple[Value, ...] = ()
    unit: Unit | UnitUnknown | None = None
    plan: Plan | None = None
    words: str = ""
    parts: tuple["Limit", ...] = ()
    label: str = ""
    """What the limit is for, where a cell has several: 一级."""
    inferred: tuple[Inferred, ...] = ()

    @property
    def text(self) -> str:
        """Canonical form for the field limit: without the unit, which has a field beside it, unless it is as in /25g."""
        examined = self.unit.symbol if self.unit is not None and self.unit.symbol.startswith("/") else ""
        joint = "：" if self.label and self.kind in (LimitKind.BARE, LimitKind.TOLERANCE) else ""
        return f"{self.label}{joint}{self._bare}{examined}"

    @property
    def whole(self) -> str:
        """Canonical form with its unit; reads back as this limit."""
        if self.kind is LimitKind.SEVERAL:
            return "；".join(part.whole for part in self.parts)
        if self.unit is None or self.unit.symbol.startswith("/"):
            return self.text
        aside = not self.is_number or self.plan is not None
        return f"{self.text}（单位：{self.unit.symbol}）" if aside else f"{self.text}{self.unit.symbol}"

    @property
    def is_number(self) -> bool:
        """Whether it is held against a number, in `unit`."""
        return self.kind in _NUMERIC

    @property
    def _bare(self) -> str:
        if self.kind is LimitKind.SEVERAL:
            return "；".join(part.text for part in self.parts)
        if self.plan is not None:
            return self.plan.text
        if self.kind is LimitKind.TOLERANCE:
            return f"±{self.bounds[0].text}"
        if [bound.sign for bound in self.bounds] == ["≥", "≤"] and not self.label:
            return "~".join(replace(bound, sign="").text for bound in self.bounds)
        return "，".join(bound.text for bound in self.bounds) or self.words

    def __str__(self) -> str:
        return self.text


_NUMERIC = {LimitKind.BOUNDS, LimitKind.TOLERANCE, LimitKind.BARE, LimitKind.PLAN}
_STROKES = BLANK - {""} | {"不作要求", "不作限定", "不作规定", "无要求", "无限量", "无限量要求"}
_KINDS = (
    (re.compile(r"(?:不得|不应|不准|严禁|禁止)(?:检出|有检出)"), LimitKind.NOT_FOUND, "不得检出"),
    (re.compile(r"未检出|阴性|ND"), LimitKind.NOT_FOUND, "不得检出"),
    (re.compile(r"(?:不得|不应|不准|严禁|禁止)添加"), LimitKind.NOT_USED, "不得添加"),
    (re.compile(r"(?:不得|不应|不准|严禁|禁止)使用|禁用|不允许使用"), LimitKind.NOT_USED, "不得使用"),
    (re.compile(r"按(?:照)?生产需要(?:量)?(?:适量)?(?:使用|添加)?"), LimitKind.AS_NEEDED, "按生产需要适量使用"),
)
_REQUIREMENT = re.compile(r"(?:应)?(?:符合|满足)|合格$|按(?:照)?(?:GB|DB|标准)|GB/?T?\d|见")
_AHEAD = (
    ("≤", r"不得大于|不应大于|不大于|不得超过|不应超过|不超过|不得高于|不应高于|不高于|不多于|小于等于|小于或等于|至多|最大值?|最高|^max"),
    ("≥", r"不得小于|不应小于|不小于|不得低于|不应低于|不低于|不得少于|不少于|大于等于|大于或等于|至少|最小值?|最低|^min"),
    (">", r"大于|高于|超过|多于"),
    ("<", r"小于|低于|少于|不足|不满"),
)  # fmt: skip
_AHEAD_WORD = re.compile("|".join(f"(?P<a{n}>{words})" for n, (_, words) in enumerate(_AHEAD)), re.I)
_BEHIND = re.compile(r"(?:\((?P<bracket>max|min)\)|(?P<least>及?以上)|(?P<most>及?以下|以内|之内|max))$", re.I)
"""以上, 以下, 以内 take in the number itself: 《民法典》第一千二百五十九条."""
_LABEL = re.compile(
    r"(?P<label>[\u4e00-\u9fffA-Za-z()]{1,20}?):?(?=[<>≤≥])|(?P<before>[\u4e00-\u9fff]{1,20}):(?=[\d±])"
)
_TURNED = re.compile(r"(?P<number>\d+(?:\.\d+)?)≤(?P<unit>[A-Za-zμ%][^\d]*)")
_BETWEEN = re.compile(r"(?P<first>.+?)(?P<a>[<≤])(?P<name>[A-Za-zμ\u4e00-\u9fff]{1,10})(?P<b>[<≤])(?P<second>.+)")


def read_limit(text: str) -> Limit | NotReadable:
    """What a cell of limits says.

    >>> read_limit("不得超过 0.2 ㎎/kg").whole, read_limit("0.5-1.0").bounds[1].text, read_limit("200≤mg/kg").text
    ('≤0.2mg/kg', '≤1.0', '≤200')
    >>> read_limit("n=5,c=2,m=10^4,M=10^5(单位:CFU/g)").text, read_limit("n=5,c=2,m=10,M=10").zh
    ('n=5，c=2，m=10⁴，M=10⁵', '限量值不完整（被截断）；请从标准补上')
    """
    if len(text) > MOST_CHARS:
        return NotReadable(text, Why.TOO_LONG)
    plain = folded(text)
    try:
        if not plain:
            raise Unread(Why.EMPTY)
        parts = [part for part in re.split(r"[;；。\n]", plain) if part]
        if is_plan(plain) or len(parts) < 2:
            made = _limit(plain)
            # The words of a requirement keep their blanks: GB 29924 is a name.
            return replace(made, words=as_it_stands(text)) if made.kind is LimitKind.CONFORMITY else made
        read = [_limit(part) for part in parts]
        flat = tuple(one for limit in read for one in (limit.parts or (limit,)))
        return Limit(LimitKind.SEVERAL, parts=flat)
    except Unread as unread:
        why = Why.BAD_LIMIT if unread.why is Why.BAD_VALUE else unread.why
        return NotReadable(as_it_stands(text), why)


def _limit(text: str) -> Limit:
    if text in _STROKES:
        return Limit(LimitKind.NONE, words="/")
    body, named = unit_named(text)
    given = unit(named) if named else None
    for pattern, kind, words in _KINDS:
        found = pattern.match(body)
        if found and len(body) - found.end() <= 20 and not re.search(r"[<>≤≥=]|(?<![/\d])\d", body[found.end() :]):
            return Limit(kind, unit=same_unit(given, unit_behind(body[found.end() :])), words=words)
    if is_plan(body):
        plan, found_unit = read_plan(body)
        return Limit(LimitKind.PLAN, unit=same_unit(given, found_unit), plan=plan)
    if _REQUIREMENT.match(body):
        return Limit(LimitKind.CONFORMITY, words=printed(text))
    body, thousands = number_in_thousands(body)
    made = _numbers(body, given)
    return replace(made, inferred=(*made.inferred, Inferred.THOUSANDS)) if thousands else made


def _numbers(text: str, given: Unit | UnitUnknown | None) -> Limit:
    turned = _TURNED.fullmatch(text)
    if turned:
        bound = Value(Decimal(turned["number"]), "≤")
        found = same_unit(given, unit_behind(turned["unit"]))
        return Limit(LimitKind.BOUNDS, (bound,), found, inferred=(Inferred.LIMIT_TURNED,))
    between = _BETWEEN.fullmatch(text)
    if between and "，" not in text and "、" not in text:
        low, low_unit = _number(between["first"])
        high, high_unit = _number(between["second"])
        found = same_unit(given, same_unit(low_unit, high_unit))
        low = replace(low, sign=">" if between["a"] == "<" else "≥")
        name = "" if between["name"] in "xX" else between["name"]
        return replace(_both(low, replace(high, sign=between["b"]), found), label=name)
    text = _AHEAD_WORD.sub(lambda found: _AHEAD[int((found.lastgroup or "a0")[1:])][0], text)
    label = _LABEL.match(text)
    name = (label["label"] or label["before"]) if label else ""
    text = text[label.end() :] if label else text
    pieces = re.split(r"[，、且]", text)
    if name and len(pieces) > 1 and all(_LABEL.match(piece) for piece in pieces[1:]):
        parts = (replace(_one(pieces[0], given), label=printed(name)), *(_numbers(p, given) for p in pieces[1:]))
        return Limit(LimitKind.SEVERAL, parts=parts)
    if len(pieces) == 1:
        return replace(_one(text, given), label=printed(name)) if name else _one(text, given)
    if len(pieces) != 2:
        raise Unread(Why.BAD_LIMIT)
    first, second = (_one(piece, given) for piece in pieces)
    bounds = sorted((*first.bounds, *second.bounds), key=lambda bound: bound.sign in ("<", "≤"))
    if len(bounds) != 2 or bounds[0].sign not in (">", "≥") or bounds[1].sign not in ("<", "≤"):
        raise Unread(Why.BAD_LIMIT)
    return replace(_both(bounds[0], bounds[1], same_unit(first.unit, second.unit)), label=printed(name))


def _one(text: str, given: Unit | UnitUnknown | None) -> Limit:
    behind = _BEHIND.search(text)
    sign = ""
    if behind:
        least = behind["least"] or (behind["bracket"] or "").lower() == "min"
        sign, text = "≥" if least else "≤", text[: behind.start()]
    if text.startswith("±"):
        value, found = _number(text[1:])
        if value.number is None or value.number < 0 or sign:
            raise Unread(Why.BAD_LIMIT)
        return Limit(LimitKind.TOLERANCE, (value,), same_unit(given, found))
    value, rest = _scanned(text)
    apart = re.match(r"([^\d~]{0,30}?)(?:~|-|至|到)(?=[\d.]|-\d)", rest)
    if apart and not value.sign and not sign and value.around is None:
        high, found = _number(rest[apart.end() :])
        found = same_unit(given, same_unit(unit_behind(apart[1]), found))
        if high.sign:
            raise Unread(Why.BAD_LIMIT)
        return _both(replace(value, sign="≥"), replace(high, sign="≤"), found)
    found = same_unit(given, unit_behind(rest))
    if value.around is not None:
        if value.sign or sign or value.around < 0:
            raise Unread(Why.BAD_LIMIT)
        return _both(Value(value.amount - value.around, "≥"), Value(value.amount + value.around, "≤"), found)
    if value.sign and sign and value.sign != sign:
        raise Unread(Why.BAD_LIMIT)
    if sign and not value.sign:
        value = replace(value, sign=sign)
    if not value.sign and value.number == 0 and isinstance(found, Unit) and found.symbol.startswith("/"):
        # 0/25g: no more than none.
        return Limit(LimitKind.NOT_FOUND, unit=found, words="不得检出")
    return Limit(LimitKind.BOUNDS if value.sign else LimitKind.BARE, (value,), found)


def _both(low: Value, high: Value, found: Unit | UnitUnknown | None) -> Limit:
    if low.amount > high.amount:
        raise Unread(Why.RANGE_TURNED)
    return Limit(LimitKind.BOUNDS, (low, high), found)


def _scanned(text: str) -> tuple[Value, str]:
    scanned = scan(text)
    if scanned is None:
        raise Unread(Why.BAD_LIMIT if re.search(r"\d|^[<>≤≥±]?$", text) else Why.WORDS)
    return scanned


def _number(text: str) -> tuple[Value, Unit | UnitUnknown | None]:
    value, rest = _scanned(text)
    return value, unit_behind(rest)
