"""The self-check: rules compiled into one scan a table, what came of them, grades."""

from zhijian.exchange.quality.grade import Grade, Grades, graded
from zhijian.exchange.quality.outcome import Located, Outcome
from zhijian.exchange.quality.run import Run

__all__ = ["Grade", "Grades", "Located", "Outcome", "Run", "graded"]
