"""The flow of a case: 线索 → 任务 → 检查 → 整改、立案 → 决定 → 公示 → 信用 → 结案, as events that are only added to.

`acts.yaml` says who may do what, when, with which fields; `guards` and `deciding` what cannot be said in a table. An act names the
version that it saw. 不实 and 虚假 take two accounts. What the platform proposes of law is confirmed by people.

>>> from datetime import UTC, date, datetime
>>> from zhijian.cases.flow.allowing import allowed
>>> from zhijian.cases.flow.fold import fold
>>> from zhijian.cases.flow.model import Actor, CaseNo, Event
>>> officer = Actor("li", frozenset({"cases.triage"}))
>>> event = Event.after("浙检查〔2026〕0001", "", 1, "receive", "li", datetime(2026, 3, 24, tzinfo=UTC), {"source": "signal"})
>>> case = fold(CaseNo("浙检查〔2026〕0001"), [event])
>>> case.state.value, [clock.deadline for clock in case.clocks]
('lead', ['triage'])
>>> allowed(case, officer, "close", {}, date(2026, 3, 25))
Traceback (most recent call last):
zhijian.cases.flow.model.Refused: 结案：您的账号没有这项权限（cases.close） close: your account may not do this (cases.close)
"""

from zhijian.cases.flow import acts, areas_store, model, paper, reading
from zhijian.cases.flow.acting import act, open_case
from zhijian.cases.flow.dossier import dossier
from zhijian.cases.flow.number import read_number
from zhijian.cases.flow.reading import case, due, listed, told, told_of

__all__ = ["act", "acts", "areas_store", "case", "dossier", "due", "listed", "model", "open_case", "paper", "read_number", "reading", "told",
           "told_of"]  # fmt: skip
