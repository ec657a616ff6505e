"""Units of the field: one normal form for the ways they are written, and conversion within one quantity.

The table is `units.csv`: symbol (the normal form), quantity, factor to the quantity's base, base, other spellings.
"""

import csv
import re
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from functools import cache, lru_cache
from importlib.resources import files

from .reasons import REASONS, Why
from .text import MOST_CHARS, folded

_EXACT = Context(prec=100)
"""Wide enough for every number this room reads, so that decimal factors lose no digit."""
_BASIS = re.compile(r"\((以[^()]{1,20}计)\)")
_BRACKETS = re.compile(r"\((?:单位:?)?([^()]+(?:\([^()]*\))?)\)|\[([^\[\]]+)\]")
_EXAMINED = re.compile(r"/(\d{1,4})(g|mL|L|kg|cm2)", re.I)
_INVERSE = re.compile(r"[·.]?(kg|g|mL|L|m3|d)-1$")
_CHINESE = (
    ("毫克", "mg"), ("微克", "μg"), ("纳克", "ng"), ("千克", "kg"), ("公斤", "kg"), ("克", "g"), ("微升", "μL"),
    ("毫升", "mL"), ("升", "L"), ("立方米", "m3"), ("平方米", "m2"), ("平方厘米", "cm2"), ("立方厘米", "cm3"),
    ("平方毫米", "mm2"), ("毫米", "mm"), ("厘米", "cm"), ("千米", "km"), ("微米", "μm"), ("纳米", "nm"), ("兆帕", "MPa"),
    ("千帕", "kPa"), ("帕", "Pa"), ("千牛", "kN"), ("牛顿", "N"), ("牛", "N"), ("千伏", "kV"), ("毫伏", "mV"), ("伏", "V"),
    ("毫安", "mA"), ("安", "A"), ("兆欧", "MΩ"), ("千瓦", "kW"), ("瓦", "W"), ("欧姆", "Ω"), ("米", "m"), ("小时", "h"),
    ("分钟", "min"), ("秒", "s"), ("每", "/"), ("菌落形成单位", "CFU"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    symbol: str
    """Normal form, such as mg/kg; with `basis` behind it in brackets."""
    quantity: str
    factor: Decimal
    """Value in this unit times factor is the value in `base`."""
    base: str
    basis: str = ""
    """What is counted, such as 以Al计. Values of different bases are not compared."""

    def __str__(self) -> str:
        return self.symbol


@dataclass(frozen=True, slots=True)
class UnitUnknown:
    """A unit that the table does not know, as it stands (characters made one)."""

    symbol: str

    @property
    def why(self) -> Why:
        return Why.EMPTY if not self.symbol else Why.UNIT_UNKNOWN

    @property
    def zh(self) -> str:
        return REASONS[self.why][0]

    @property
    def en(self) -> str:
        return REASONS[self.why][1]

    def __str__(self) -> str:
        return self.symbol


class UnitsDiffer(ValueError):
    """Values in these two cannot be converted into each other. `why` is stable."""

    why = "units_differ"

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} 与 {other} 不能换算 · {one} and {other} cannot be converted")


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit | UnitUnknown:
    """The unit a text names.

    >>> unit("ＭＧ／ＫＧ").symbol, unit("µg/kg").symbol, unit("cfu/ml").symbol, unit("毫克每千克").symbol
    ('mg/kg', 'μg/kg', 'CFU/mL', 'mg/kg')
    >>> unit("mg·kg⁻¹").symbol, unit("mg/kg(以Al计)").symbol, unit("/25G").symbol, unit("µ/g").en
    ('mg/kg', 'mg/kg（以Al计）', '/25g', 'a unit that the table does not know; kept, not converted')
    """
    if len(text) > MOST_CHARS:
        return UnitUnknown(text)
    plain = folded(text)
    around = _BRACKETS.fullmatch(plain)
    if around and not _BASIS.fullmatch(plain):
        plain = around[1] or around[2]
    basis = _BASIS.search(plain)
    found = _known(plain[: basis.start()] + plain[basis.end() :] if basis else plain)
    if found is None:
        return UnitUnknown(plain)
    if basis:
        return replace(found, symbol=f"{found.symbol}（{basis[1]}）", basis=basis[1])
    return found


def convert(value: Decimal, source: Unit, target: Unit) -> Decimal:
    """`value` in `source`, expressed in `target`. Raises UnitsDiffer unless both measure one quantity on one basis.

    Exact where the factors' ratio is a finite decimal; else (s and min) to 100 digits.

    >>> mgkg, ugkg = unit("mg/kg"), unit("μg/kg")
    >>> format(convert(Decimal("0.20"), mgkg, ugkg), "f"), convert(Decimal("5.0"), ugkg, mgkg)
    ('200', Decimal('0.0050'))
    """
    if (source.quantity, source.base, source.basis) != (target.quantity, target.base, target.basis):
        raise UnitsDiffer(source.symbol, target.symbol)
    if source.factor == target.factor:
        return value
    ratio = _EXACT.divide(source.factor, target.factor).normalize(_EXACT)
    if ratio.as_tuple().digits == (1,):
        # Only the point moves: 0.20 becomes 200, not 200.00.
        return value.scaleb(ratio.adjusted(), _EXACT)
    return _EXACT.divide(_EXACT.multiply(value, source.factor), target.factor)


def _known(plain: str) -> Unit | None:
    exact, loose = _table()
    for key in _keys(plain):
        found = exact.get(key) or loose.get(key.casefold())
        if found is not None:
            return found
    examined = _EXAMINED.fullmatch(plain.replace("^", ""))
    if examined:
        rest = exact.get(examined[2]) or loose[examined[2].casefold()]
        symbol = f"/{int(examined[1])}{rest.symbol}"
        # Found in 25 g and found in 10 g are different findings: never converted.
        return Unit(symbol, f"in {symbol[1:]}", Decimal(1), symbol)
    return None


def _keys(plain: str) -> tuple[str, ...]:
    """Spellings to look up, the plainest first."""
    key = plain.replace("^", "").replace("[", "(").replace("]", ")")
    for name, symbol in _CHINESE:
        if name in key:
            key = key.replace(name, symbol)
    inverse = _INVERSE.sub(r"/\1", key)
    micro = re.sub(r"(?<![A-Za-z])[uU](?=g|m|L|S|l|G|W|A|V|F|mol)", "μ", inverse)
    return plain, key, key.replace(".", "·").replace("*", "·"), inverse, micro


@cache
def _table() -> tuple[dict[str, Unit], dict[str, Unit]]:
    """By exact spelling, and by spelling whatever the case, where only one unit has it (mPa and MPa do not)."""
    exact: dict[str, Unit] = {}
    loose: dict[str, set[str]] = {}
    lines = (files(__package__) / "units.csv").read_text("utf-8").splitlines()
    for row in csv.DictReader(lines):
        made = Unit(row["symbol"], row["quantity"], Decimal(row["factor"]), row["base"])
        for spelling in (row["symbol"], *row["spellings"].split()):
            key = folded(spelling).replace("^", "")
            exact[key] = made
            loose.setdefault(key.casefold(), set()).add(row["symbol"])
    by_symbol = {made.symbol: made for made in exact.values()}
    return exact, {key: by_symbol[next(iter(names))] for key, names in loose.items() if len(names) == 1}
