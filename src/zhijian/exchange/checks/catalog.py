"""All checks: every module of this package that has a `CHECK`."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from zhijian.exchange.checks.model import Check
from zhijian.exchange.model import Dimension


@cache
def catalog() -> tuple[Check, ...]:
    """By dimension in the standard's order, then by id."""
    modules = (
        importlib.import_module(f"zhijian.exchange.checks.{m.name}")
        for m in pkgutil.iter_modules([str(Path(__file__).parent)])
    )
    found: list[Check] = [m.CHECK for m in modules if hasattr(m, "CHECK")]
    order = list(Dimension)
    return tuple(sorted(found, key=lambda c: (order.index(c.dimension), c.id)))
