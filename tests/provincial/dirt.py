"""How cells are spoilt. Each kind takes a clean cell and gives a dirty one, or None where it does not apply."""

from collections.abc import Callable
from random import Random

from tests.provincial.codes import CODES
from tests.provincial.days import STYLES

Spoil = Callable[[Random, str | None, str], str | None]
"""(chance, cell as the table writes it, what the planting says of the column) → dirty cell."""

_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_ISO = "2026-03-05"


def _iso(cell: str, style: str) -> str:
    """Back from a table's habit."""
    if style == "2026年3月5日":
        cell = cell.replace("年", "/").replace("月", "/").rstrip("日")
    if style == "20260305":
        return f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"
    parts = cell.replace(".", "/").replace("-", "/").split("/")
    return "{}-{:0>2}-{:0>2}".format(*parts)


def _blanks(rng: Random, cell: str | None, _: str) -> str | None:
    return cell and rng.choice((cell + "  ", cell + "\u3000", " " + cell, cell + "\t"))


def _inner_blank(rng: Random, cell: str | None, _: str) -> str | None:
    return cell[0] + rng.choice((" ", "\u3000")) + cell[1] if cell and len(cell) == 2 else None


def _full_width(_rng: Random, cell: str | None, _: str) -> str | None:
    return cell.translate(_WIDE_DIGITS) if cell and any(c in "0123456789" for c in cell) else None


def _lower_case(_rng: Random, cell: str | None, _: str) -> str | None:
    return cell.lower() if cell and cell.lower() != cell else None


def _odd_date(rng: Random, cell: str | None, style: str) -> str | None:
    if not cell:
        return None
    others = [one for one in STYLES if one not in (style, "46086")]
    return STYLES[rng.choice(others)](_iso(cell, style))


def _excel_date(_rng: Random, cell: str | None, style: str) -> str | None:
    return STYLES["46086"](_iso(cell, style)) if cell else None


def _impossible_date(rng: Random, cell: str | None, style: str) -> str | None:
    year = _iso(cell, style)[:4] if cell else ""
    return f"{year}{rng.choice(('-02-30', '-06-31', '-13-05'))}" if cell else None


def _wrong_year(_rng: Random, cell: str | None, _: str) -> str | None:
    return "206" + cell[3:] if cell else None


def _code_as_text(_rng: Random, cell: str | None, kind: str) -> str | None:
    return CODES[kind].get(cell) if cell else None


def _unknown_code(rng: Random, cell: str | None, _: str) -> str | None:
    return rng.choice(("7", "X", "待核")) if cell else None


def _slash(rng: Random, cell: str | None, _: str) -> str | None:
    return rng.choice(("/", "", "无", "-", "——", "NULL")) if cell is None else None


def _missing(rng: Random, cell: str | None, _: str) -> str | None:
    return rng.choice(("", "/", "无", "-")) if cell else None


def _line_break(_rng: Random, cell: str | None, _: str) -> str | None:
    return cell[: len(cell) // 2] + "\r\n" + cell[len(cell) // 2 :] if cell and len(cell) > 3 else None


def _html_entity(_rng: Random, cell: str | None, _: str) -> str | None:
    dirty = (cell or "").replace("<", "&lt;").replace("≤", "&le;").replace("≥", "&ge;")
    return dirty if cell and dirty != cell else None


def _separator(rng: Random, cell: str | None, usual: str) -> str | None:
    return cell.replace(usual, rng.choice((";", "；", "/", " ", ",、"))) if cell and usual in cell else None


def _unit_in_cell(_rng: Random, cell: str | None, unit: str) -> str | None:
    return f"{cell}{unit}" if cell and unit else None


def _money_in_wan(_rng: Random, cell: str | None, _: str) -> str | None:
    return f"{float(cell) / 10_000:g}万元" if cell and float(cell) >= 1000 else None


def _zero_date(_rng: Random, cell: str | None, _: str) -> str | None:
    return "0000-00-00" if cell else None


def _overlong(_rng: Random, cell: str | None, _: str) -> str | None:
    return (cell + "详见附页。") * (1_100 // (len(cell) + 5) + 1) if cell else None


def _garbled(_rng: Random, cell: str | None, _: str) -> str | None:
    return cell[:2] + "锟斤拷" + cell[4:] if cell and len(cell) > 5 else None


def _wrong_reference(rng: Random, cell: str | None, _: str) -> str | None:
    return cell[:2] + "0000" + cell[6:] if rng.random() < 0.5 and cell else cell and cell[:-1]


MENDABLE: dict[str, Spoil] = {
    "blanks": _blanks, "inner_blank": _inner_blank, "full_width": _full_width, "lower_case": _lower_case,
    "odd_date": _odd_date, "excel_date": _excel_date, "code_as_text": _code_as_text, "slash": _slash,
    "line_break": _line_break, "html_entity": _html_entity, "separator": _separator, "unit_in_cell": _unit_in_cell,
    "money_in_wan": _money_in_wan,
}  # fmt: skip
"""Kinds after which a good mapping still finds the exact value."""

LOST: dict[str, Spoil] = {
    "impossible_date": _impossible_date, "wrong_year": _wrong_year, "unknown_code": _unknown_code, "missing": _missing,
    "zero_date": _zero_date, "overlong": _overlong, "garbled": _garbled, "wrong_reference": _wrong_reference,
}  # fmt: skip
"""Kinds after which the value is gone, or does not fit the specification."""

NAMESAKE = "namesake"
"""A name that stands for a person where two of the institution bear it: lost, and found in the data, not planted."""

LEAVE_OUT = ("twin", "stale_twin", "soft_deleted", "test_row")
LOOK_AT = ("orphan", "mistyped_twin")
"""Rows that are no record: a mapping can tell the first and leaves them out; the others are for people."""
