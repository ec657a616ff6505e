"""What the public saw of a laboratory's reports: looks by code and day, and what stands out in them.

Counts only. Obeys 《个人信息保护法》 第六条 (no more than the purpose needs): no address is stored; where looks came from is
counted as networks, by marks that mean nothing once the day is over (`places`). The public door counts in memory and
writes every few seconds; a crash loses those seconds. A finding is 值得留意, never a verdict.

>>> counter = LookCounter()
>>> counter.refused("332608K70049M302AR", "198.51.100.7")
>>> counter.take().codes["332608K70049M302AR"].wrong_verifier
1
"""

from zhijian.lookups.counter import LookCounter, Window
from zhijian.lookups.model import Shown, Thresholds, shown
from zhijian.lookups.statements import PERIOD_MOST_DAYS, code_document, codes, document, statement
from zhijian.lookups.writer import LookWriter

__all__ = ["PERIOD_MOST_DAYS", "LookCounter", "LookWriter", "Shown", "Thresholds", "Window", "code_document", "codes", "document",
           "shown", "statement"]  # fmt: skip
