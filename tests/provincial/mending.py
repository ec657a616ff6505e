"""What a good mapping does, written out by hand for the tests: from a dirty cell back to the value of the record.

It is the proof that dirt called recoverable is; the mapping engine has its own means and this file is none of them.
"""

import html
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.provincial.codes import CODES
from tests.provincial.plantings import CELLS
from tests.provincial.truth import Dirt

_NARROW = str.maketrans("０１２３４５６７８９．", "0123456789.")
_NOTHING = {"", "/", "-", "——", "NULL"}
_MAY_BE_NONE = {"result", "title_level"}
"""Elements of which 无 is a value and not a word for an empty cell."""
_CODED = {
    ("institution", "legal_form"): "frlx", ("staff", "title_level"): "zc", ("certificate_state", "state"): "zszt",
    ("certificate_change", "kind"): "bgsx", ("capability", "batch"): "pc", ("instrument", "state"): "sbzt",
    ("calibration", "kind"): "jdlx", ("sample", "origin"): "jylb", ("report", "kind"): "jylb", ("report", "verdict"): "pd",
    ("report_item", "verdict"): "pd", ("inspection", "kind"): "jcfs", ("finding", "nature"): "wtxz",
    ("rectification", "state"): "zgzt", ("complaint", "kind"): "tslx",
}  # fmt: skip
_MANY = {"roles", "fields", "sampled_by", "inspectors", "kinds", "categories"}
_UPPER = {"uscc", "class"}
_NUMBERS = {"staff_count", "fine", "year", "quantity", "z_score"}


def value_of(dirt: Dirt, row: Mapping[str, Any], names: Mapping[tuple[object, str], str]) -> Any:
    """The element's value by the dirty row. `names`: (institution's key, name) → staff number."""
    raw = row[dirt.column]
    if raw is None or str(raw).strip() in _NOTHING or (raw == "无" and dirt.element not in _MAY_BE_NONE):
        return None
    text = re.sub(r"[\r\n]+", "", html.unescape(str(raw)).translate(_NARROW)).strip(" \u3000\t")
    if dirt.element in _MANY:
        parts = [part for part in re.split(r"[、,;；/ ]+", text) if part]
        return [names[row["jg_id"], part] for part in parts] if dirt.element == "sampled_by" else parts
    if (kind := _CODED.get((dirt.entity, dirt.element))) is not None:
        return CODES[kind].get(text, text)
    if dirt.element == "passed":
        return text in ("1", "合格")
    if dirt.element.endswith(("_on", "_from", "_to")):
        return day(text)
    if dirt.element == "standard" and "《" in text:
        return text.split("《")[0]
    if dirt.element in _NUMBERS:
        figure = float(re.findall(r"-?[\d.]+", text)[0])
        return figure * 10_000 if "万" in text else figure
    if dirt.entity == "staff" and dirt.element == "name":
        return re.sub(r"\s", "", text)
    if dirt.element == "result":
        return _without_unit(dirt, text)
    return text.upper() if dirt.element in _UPPER else text


def day(text: str) -> str:
    """
    >>> day("2026年3月5日"), day("20260305"), day("2026.03.05"), day("46086")
    ('2026-03-05', '2026-03-05', '2026-03-05', '2026-03-05')
    """
    if re.fullmatch(r"\d{5}", text):
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    if re.fullmatch(r"\d{8}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return "{}-{:0>2}-{:0>2}".format(*re.findall(r"\d+", text)[:3])


def _without_unit(dirt: Dirt, text: str) -> str:
    found = re.fullmatch(r"(未检出|[<≤>]?\s*[\d.]+)\s*(\D.*)", text)
    return found.group(1) if found and dirt.kind == "unit_in_cell" else text


def planted() -> set[tuple[str, str]]:
    """(kind, table) of every cell that the plan may spoil."""
    return {(one.kind, table) for table, plan in CELLS.items() for one in plan}
