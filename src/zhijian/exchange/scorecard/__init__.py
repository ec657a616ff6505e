"""The scorecard: what provinces' self-checks came to, over time, by data set and dimension, with the failing checks behind each
figure. A result is kept as figures and places; no value of a province's data comes with it.

Source: 《检验检测智慧监管能力提升攻坚行动方案》 (each province checks its own data); the grades are `exchange.quality.grade`.
"""

from zhijian.exchange.scorecard import model, store
from zhijian.exchange.scorecard.board import (
    TREND,
    Board,
    Compared,
    Row,
    board,
    compare,
    present_ground,
    provinces,
    taken,
    worst,
)

__all__ = [
    "TREND",
    "Board",
    "Compared",
    "Row",
    "board",
    "compare",
    "model",
    "present_ground",
    "provinces",
    "store",
    "taken",
    "worst",
]
