"""Who exists and what they may test: what decides whether a report may carry the CMA mark.

Obeys 《检验检测机构资质认定管理办法》 (163号令) and 《检验检测机构监督管理办法》 (39号令). `findings` is pure: hand it a report,
the institution's facts and a day, and it says every rule that speaks against registering the report, with place,
legal basis and remedy.

>>> from zhijian.registry.model import normal_standard
>>> normal_standard("gb 5009.12—2023") == normal_standard("GB 5009.12-2023")
True
"""

from zhijian.registry import matching
from zhijian.registry.admission import findings
from zhijian.registry.enrolment import Enrolled, Refused, enrol, remove
from zhijian.registry.history import as_of, history
from zhijian.registry.model import Finding, InstitutionFacts
from zhijian.registry.store import facts, revision

__all__ = ["Enrolled", "Finding", "InstitutionFacts", "Refused", "as_of", "enrol", "facts", "findings", "history",
           "matching", "remove", "revision"]  # fmt: skip
