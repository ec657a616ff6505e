"""Results as laboratories, notices and exports write them: numbers, powers, words, several samples in one cell."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .cells import LABEL, cut, joined, unit_named
from .reasons import Inferred, NotReadable, Unread, Why
from .text import MOST_CHARS, as_it_stands, folded, printed
from .units import Unit, UnitUnknown, unit
from .values import Value, looks_like_unit, number_in_thousands, same_unit, scan, unit_behind
from .words import BLANK, conformity, found_word

_NEXT_SAMPLE = re.compile(r" (?=\d{1,2}#)")


class ResultKind(StrEnum):
    NUMBER = "number"
    RANGE = "range"
    FOUND = "found"
    """检出 or 阳性, without a number."""
    NOT_FOUND = "not_found"
    SEVERAL = "several"
    """One value a sample (n of a sampling plan), or a first and a second test."""
    CONFORMITY = "conformity"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Result:
    kind: ResultKind
    values: tuple[Value, ...]
    """One; two ends of a range; or one a sample, in order. None for not applicable."""
    unit: Unit | UnitUnknown | None = None
    detection_limit: Decimal | None = None
    """Said beside 未检出, in `unit`."""
    remark: str = ""
    inferred: tuple[Inferred, ...] = ()

    @property
    def text(self) -> str:
        """Canonical form, for the field result."""
        if self.kind is ResultKind.NOT_APPLICABLE:
            return "/"
        if self.kind is ResultKind.RANGE:
            return "~".join(value.text for value in self.values)
        text = "；".join(value.text for value in self.values)
        return text if self.detection_limit is None else f"{text}（<{self.detection_limit:f}）"

    @property
    def unit_text(self) -> str | None:
        """Canonical form, for the field unit."""
        return None if self.unit is None else self.unit.symbol

    def __str__(self) -> str:
        return self.text


def read_result(result_text: str, unit_text: str | None = None) -> Result | NotReadable:
    """What a cell of results says, with the cell of units beside it.

    >>> read_result("＜1.30×10⁵", "cfu/g").text, read_result("1.3", "×10⁵CFU/g").text
    ('<1.30×10⁵', '1.3×10⁵')
    >>> read_result("ND（＜0.01mg/kg）").text, read_result("①2.1×10⁴ ②<10CFU/g").text
    ('未检出（<0.01）', '2.1×10⁴；<10')
    >>> read_result("1.06", "×10").en
    'the exponent after ×10 is lost; take it from the original report'
    """
    if len(result_text) + len(unit_text or "") > MOST_CHARS:
        return NotReadable(f"{result_text}{unit_text or ''}", Why.TOO_LONG)
    number, beside = folded(result_text), folded(unit_text or "")
    if beside in BLANK:
        beside = ""
    whole = as_it_stands(f"{result_text} {unit_text or ''}")
    try:
        if not number:
            raise Unread(Why.EMPTY)
        given = _unit_beside(beside)
        if given is not None or not beside:
            return _read(number, given, ())
        put = joined(number, unit_named(beside)[0])
        whole = printed(put.text) if put.gaps else whole
        named = unit_named(beside)[1]
        if not put.gaps:
            raise Unread(Why.BAD_VALUE if re.search(r"\d", number + beside) else Why.WORDS)
        return _read(put.text, unit(named) if named else None, put.inferred)
    except Unread as unread:
        return NotReadable(whole, unread.why)


def _unit_beside(beside: str) -> Unit | UnitUnknown | None:
    """The cell of units where it holds a unit, known or not; None where it holds pieces of the result."""
    if not beside:
        return None
    found = unit(beside)
    return None if isinstance(found, UnitUnknown) and (not looks_like_unit(beside) or "检出" in beside) else found


def _read(text: str, given: Unit | UnitUnknown | None, inferred: tuple[Inferred, ...]) -> Result:
    if text in BLANK:
        return Result(ResultKind.NOT_APPLICABLE, (), given, inferred=inferred)
    text, named = unit_named(text)
    given = same_unit(given, unit(named) if named else None)
    if said := conformity(text):
        return Result(ResultKind.CONFORMITY, (Value(None, word=said),), given, inferred=inferred)
    if between := _range(text, given, inferred):
        return between
    text, thousands = number_in_thousands(text)
    if thousands:
        inferred = (*inferred, Inferred.THOUSANDS)
    # The only blanks left stand between digits: "2.1 2#:3.3" is two values, "2.1 3.3" may be one.
    parts = cut(_NEXT_SAMPLE.sub(";", text.replace("；", ";")))
    if len(parts) == 1:
        return _single(parts[0], given, inferred)
    return _several(parts, given, inferred)


def _single(text: str, given: Unit | UnitUnknown | None, inferred: tuple[Inferred, ...]) -> Result:
    label = LABEL.match(text)
    one = _part(text[label.end() :] if label else text, given)
    if one.flag:
        inferred = (*inferred, Inferred.L_FLAG)
    if one.value.number is not None:
        return Result(ResultKind.NUMBER, (one.value,), one.unit, inferred=inferred)
    kind = ResultKind.FOUND if one.value.word in ("检出", "阳性") else ResultKind.NOT_FOUND
    return Result(kind, (one.value,), one.unit, one.limit, inferred=inferred)


def _several(parts: list[str], given: Unit | UnitUnknown | None, inferred: tuple[Inferred, ...]) -> Result:
    values: list[Value] = []
    remark = ""
    for part in parts:
        if values and not re.search(r"[\d×]", part) and part and not found_word(part):
            remark = f"{remark}；{printed(part)}" if remark else printed(part)
            continue
        label = LABEL.match(part)
        if label and not label["trial"] and _place(label) != len(values) + 1:
            raise Unread(Why.LABELS)
        one = _part(part[label.end() :] if label else part, None)
        if one.limit is not None or one.flag:
            raise Unread(Why.BAD_VALUE)
        given = same_unit(given, one.unit)
        trial = (label["trial"] or "") if label else ""
        values.append(Value(one.value.number, one.value.sign, one.value.power, one.value.word, one.value.around, trial))
    if len(values) == 1:
        raise Unread(Why.BAD_VALUE)
    return Result(ResultKind.SEVERAL, tuple(values), given, remark=remark, inferred=inferred)


def _place(label: re.Match[str]) -> int:
    written = label["n"] or label["no"]
    return int(written) if written else ord(label[0]) - ord("①") + 1


@dataclass(frozen=True, slots=True)
class _One:
    value: Value
    unit: Unit | UnitUnknown | None
    limit: Decimal | None = None
    flag: bool = False


def _part(text: str, given: Unit | UnitUnknown | None) -> _One:
    """One value with whatever stands behind it."""
    if word := found_word(text):
        limit = None
        found = unit_behind(word.unit)
        if word.limit:
            number = scan(word.limit)
            if number is None or number[0].number is None or number[0].sign not in ("", "<", "≤"):
                raise Unread(Why.BAD_VALUE)
            limit = number[0].number
            found = same_unit(found, unit_behind(number[1]))
        return _One(Value(None, word=word.word), same_unit(given, found), limit)
    scanned = scan(text)
    if scanned is None:
        raise Unread(Why.BAD_VALUE if re.search(r"\d|×10", text) else Why.WORDS)
    value, rest = scanned
    if rest == "L" and given is None:
        raise Unread(Why.L_FLAG)
    if rest == "L" and not value.sign and given is not None and given.symbol != "L":
        # HJ 630-2011 and its kin: the detection limit with L behind it stands for a value below it.
        return _One(Value(None, word="未检出"), given, value.number, flag=True)
    return _One(value, same_unit(given, unit_behind(rest)))


def _range(text: str, given: Unit | UnitUnknown | None, inferred: tuple[Inferred, ...]) -> Result | None:
    if not re.search(r"[~至-]", text[1:]):
        return None
    first = scan(text)
    if first is None:
        return None
    apart = re.match(r"([^\d~;，、]{0,30}?)(?:~|-|至)(?=[\d.])", first[1])
    second = scan(first[1][apart.end() :]) if apart else None
    if apart is None or second is None or first[0].sign or second[0].sign:
        return None
    if first[0].amount > second[0].amount:
        raise Unread(Why.RANGE_TURNED)
    found = same_unit(given, same_unit(unit_behind(apart[1]), unit_behind(second[1])))
    return Result(ResultKind.RANGE, (first[0], second[0]), found, inferred=inferred)
