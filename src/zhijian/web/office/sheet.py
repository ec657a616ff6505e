"""Rows as a CSV that a spreadsheet opens: UTF-8 with its mark, and no cell that becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from zhijian.exchange.quality.sheets import is_formula


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """
    >>> csv_bytes([["名称", "=1+1"], ["甲", None], [" @SUM(A1)", "-3.5"]]).decode("utf-8-sig")
    "名称,'=1+1\\r\\n甲,\\r\\n' @SUM(A1),-3.5\\r\\n"
    """
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    text = "" if value is None else "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if is_formula(text) else text
