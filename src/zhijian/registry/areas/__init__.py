"""Figures of areas (the nation, a province, a city, a district) with the lists behind them, and one instrument or one person of an
institution. For pages: within the caller's scope, bounded, whatever is asked."""

from zhijian.registry.areas.counting_store import Figures, by_place, count, total
from zhijian.registry.areas.places import is_area, name, steps
from zhijian.registry.areas.store import Overdue, covered, employed_elsewhere, overdue, seats

__all__ = ["Figures", "Overdue", "by_place", "count", "covered", "employed_elsewhere", "is_area", "name", "overdue", "seats", "steps",
           "total"]  # fmt: skip
