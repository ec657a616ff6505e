"""One value: a number with its sign and power, or a word such as 未检出. Exact decimals, never floats."""

import re
from dataclasses import dataclass
from decimal import Decimal

from .reasons import Unread, Why
from .text import raised
from .units import Unit, UnitUnknown, unit

_MOST_POWER = 30
_N = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
_VALUE = re.compile(
    r"(?P<sign>[<>≤≥]?)"
    r"(?:10\^(?P<bare>-?\d{1,3})(?!\d)"
    rf"|(?P<number>{_N})(?:×10\^(?P<power>-?\d{{1,3}})(?!\d)|[eE](?P<e>[+-]?\d{{1,3}})(?![A-Za-z\d])"
    rf"|×(?P<flat>10\d*(?!\d*[./])))?)(?:±(?P<around>{_N}))?"
)
_WORD = r"(?:[A-Za-zμΩ%‰℃°]{1,12}(?:\^-?\d{1,2}|\d{1,2})?|[\u4e00-\u9fff]{1,6})"
_GROUP = rf"(?:{_WORD}|\({_WORD}(?:[/·.]{_WORD})*\))"
_UNIT_LIKE = re.compile(rf"(?:{_WORD}|/{_GROUP})(?:[/·.*]\d{{0,4}}{_GROUP}|\({_WORD}\))*")
_NOT_UNIT = re.compile(r"[是的为大小于不未超均值结果检出以上下内且或]|^[eE]\d")


@dataclass(frozen=True, slots=True)
class Value:
    """A number (`sign` is empty or one of < ≤ > ≥), or a word and no number."""

    number: Decimal | None
    sign: str = ""
    power: int | None = None
    """The power of ten it was written with, so that 3.50×10² stays what it is."""
    word: str = ""
    around: Decimal | None = None
    """What stands behind ±, in the same unit."""
    label: str = ""
    """初检 or 复检, or the class a limit is for; empty where the order says enough."""

    @property
    def amount(self) -> Decimal:
        """The number, of a value that has one."""
        if self.number is None:
            raise ValueError(self.word)
        return self.number

    @property
    def text(self) -> str:
        if self.number is None:
            return f"{self.label}{self.word}"
        around = "" if self.around is None else f"±{self.around:f}"
        return f"{self.label}{self.sign}{_written(self.number, self.power)}{around}"

    def __str__(self) -> str:
        return self.text


def scan(text: str) -> tuple[Value, str] | None:
    """The number at the beginning of a folded text, and what follows it. None when it begins with no number.

    Raises Unread for a number that is cut or too long.

    >>> value, rest = scan("<1.30×10^5CFU/g")
    >>> value.text, value.number, rest
    ('<1.30×10⁵', Decimal('1.30E+5'), 'CFU/g')
    """
    found = _VALUE.match(text)
    if found is None:
        return None
    sign, bare, mantissa, ten, e, flat, around = found.groups()
    rest = text[found.end() :]
    if flat is not None:
        raise Unread(Why.EXPONENT_LOST if flat == "10" else Why.EXPONENT_FLAT)
    if rest[:1] in ("^", "×"):
        raise Unread(Why.BAD_VALUE)
    if len(mantissa or "") > 30 or len(around or "") > 30:
        raise Unread(Why.NUMBER_SIZE)
    number = Decimal(mantissa or "1")
    written = ten or e or bare
    if written is None:
        return Value(number, sign, None, "", Decimal(around) if around else None), rest
    power = int(written)
    if abs(power) > _MOST_POWER:
        raise Unread(Why.NUMBER_SIZE)
    return Value(_scaled(number, power), sign, power, "", Decimal(around) if around else None), rest


def number_in_thousands(text: str) -> tuple[str, bool]:
    """A folded text with the half-width commas of thousands taken out of it, and whether that is an inference.

    Other half-width commas become 、. Raises Unread when both readings are possible.

    >>> number_in_thousands("1,234.5mg"), number_in_thousands("12,500"), number_in_thousands("55,70,110")
    (('1234.5mg', False), ('12500', True), ('55、70、110', False))
    """
    if "," not in text:
        return text, False
    if text.count(",") == 1 and re.search(r"\d,\d(?!\d\d(?!\d))", text):
        # 0,5 may be a half or two values.
        raise Unread(Why.COMMA)
    runs = re.findall(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?", text)
    if (
        not runs
        or len(re.findall(r"\d,\d", text)) > sum(run.count(",") for run in runs)
        or re.search(r"(?<!\d),|,(?!\d)", text)
    ):
        return text.replace(",", "、"), False
    inferred = False
    for run in runs:
        groups = run.partition(".")[0].split(",")
        if groups[0].startswith("0"):
            return text.replace(",", "、"), False
        sure = "." in run or any(group.startswith("0") for group in groups[1:])
        if not sure and (len(groups) > 2 or len(groups[0]) == 3):
            raise Unread(Why.COMMA)
        inferred = inferred or not sure
        text = text.replace(run, run.replace(",", ""))
    return text, inferred


def unit_behind(text: str) -> Unit | UnitUnknown | None:
    """What follows a number, as a unit; None for nothing. Raises Unread when it looks like none."""
    if not text:
        return None
    found = unit(text)
    if isinstance(found, UnitUnknown) and not looks_like_unit(text):
        raise Unread(Why.BLANK_INSIDE if text.startswith(" ") else Why.BAD_VALUE)
    return found


def looks_like_unit(text: str) -> bool:
    """Of a unit that the table does not know: letters, slashes, a short word; neither a value nor a sentence."""
    return len(text) <= 30 and _UNIT_LIKE.fullmatch(text) is not None and not _NOT_UNIT.search(text)


def same_unit(one: Unit | UnitUnknown | None, other: Unit | UnitUnknown | None) -> Unit | UnitUnknown | None:
    """The one unit of two places. Raises Unread when they differ."""
    if one is not None and other is not None and one.symbol != other.symbol:
        raise Unread(Why.TWO_UNITS)
    return one if one is not None else other


def _scaled(number: Decimal, power: int) -> Decimal:
    sign, digits, exponent = number.as_tuple()
    return Decimal((sign, digits, int(exponent) + power))


def _written(number: Decimal, power: int | None) -> str:
    if power is None:
        return f"{number:f}"
    mantissa = f"{_scaled(number, -power):f}"
    return f"10{raised(power)}" if mantissa == "1" else f"{mantissa}×10{raised(power)}"
