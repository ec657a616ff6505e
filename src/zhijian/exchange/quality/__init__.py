"""The self-check: rules compiled into one scan a table, what came of them, grades; the whole of it is `SelfCheck`."""

from zhijian.exchange.quality import comparing, grade, result, sheets
from zhijian.exchange.quality.grade import Grades, graded
from zhijian.exchange.quality.marked import marked
from zhijian.exchange.quality.outcome import Located, Outcome
from zhijian.exchange.quality.rejected import rejected
from zhijian.exchange.quality.run import Run
from zhijian.exchange.quality.selfcheck import CheckRefused, SelfCheck

__all__ = ["CheckRefused", "Grades", "Located", "Outcome", "Run", "SelfCheck", "comparing", "grade", "graded", "marked",
           "rejected", "result", "sheets"]  # fmt: skip
