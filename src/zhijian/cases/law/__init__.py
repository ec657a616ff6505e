"""Which law a conduct is judged by, and what it may cost: proposals, which a lawyer must confirm.

A basis is (law, version in force, article), chosen by the day of the conduct; laws of a field come before 39号令 and 163号.
Where the amount was not read in the law itself it is not given, and says so. Pure; the table is `law.yaml`.

>>> from datetime import date
>>> first = propose("虚假", "12", date(2026, 8, 15))[0]
>>> first.law, first.fine is None
('《生态环境法典》', True)
>>> propose("报告管理", "01", date(2026, 1, 20))[0].fine.said("zh")
'3 万元以下'
"""

from zhijian.cases.law.choosing import CONFIRM, Proposal, changed_between, propose
from zhijian.cases.law.fine import Fine
from zhijian.cases.law.serious import CONDITIONS, Circumstances, serious

__all__ = ["CONDITIONS", "CONFIRM", "Circumstances", "Fine", "Proposal", "changed_between", "propose", "serious"]
