"""A day as a parameter."""

import re
from datetime import date

from zhijian.kit.problem import Problem

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day(name: str, text: str) -> date:
    """Raises: Problem 422."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError(text)
        found = date.fromisoformat(text)
        if not 2000 <= found.year <= 2999:
            raise ValueError(text)
    except ValueError:
        raise Problem(422, "date-malformed", f"{name}：{text!r} 不是日期", f"{name}: {text!r} is no day",
                      remedy_zh=f"写成 {name}=2026-05-18", remedy_en=f"write {name}=2026-05-18", parameter=name) from None  # fmt: skip
    return found
