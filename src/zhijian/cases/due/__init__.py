"""Work that is due: certificates, calibrations, replaced standards, annual reports, deadlines of cases, draws, in one list.

Each line says whom it concerns, what, until when, and on what it rests; `calendar` writes the list as a feed (RFC 5545).
Obeys 《检验检测机构资质认定管理办法》, 《检验检测机构监督管理办法》; days that no law sets are marked as such in `kinds.yaml`.

>>> from zhijian.cases.due import KINDS
>>> KINDS["annual-report"].unconfirmed
True
"""

from zhijian.cases.due.feed import calendar
from zhijian.cases.due.gathering import gathered
from zhijian.cases.due.model import KINDS, WITHIN, Count, Due, Item, Kind, Wanted

__all__ = ["KINDS", "WITHIN", "Count", "Due", "Item", "Kind", "Wanted", "calendar", "gathered"]
