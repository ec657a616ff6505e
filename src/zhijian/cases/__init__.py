"""What was done about it. Here: what the public reports, with photos, is received and kept for the regulator.

Rooms of their own: `flow` (a case from lead to closed), `days` (deadlines), `law` (legal bases).

A complaint is a lead (线索), never a finding. Obeys 《个人信息保护法》 articles 6 and 19: no more is asked than is needed,
and contact and photos are deleted after `model.RETENTION_YEARS`.

>>> complaint = Complaint.written("other", "  盖章的颜色不对。\\r\\n请看看。 ")
>>> complaint.words, complaint.wrong()
('盖章的颜色不对。\\n请看看。', {})
>>> Complaint.written("other", "").wrong()
{'words': 'missing'}
"""

from zhijian.cases.filed import close, filed, kept_photo, listed, pass_on
from zhijian.cases.model import Complaint, Progress
from zhijian.cases.photo import cleaned
from zhijian.cases.receiving import expire, receive, refuse_used, standing

__all__ = ["Complaint", "Progress", "cleaned", "close", "expire", "filed", "kept_photo", "listed", "pass_on",
           "receive", "refuse_used", "standing"]  # fmt: skip
