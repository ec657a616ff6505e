"""The synthetic-data room: an invented field of institutions, staff, instruments and reports, and a door for notices.

No law asks for it. It stands in for provinces that have not sent yet: at the size, mix and habits of the published
statistics, so that every other room can be tried before real data arrives. It knows no other room; records are dicts
whose keys are the element ids of the specification.

`read_notices` turns public notices of food sampling (real results, no laboratory) into the same kind of records, under
demonstration laboratories: docs/howto/real-notices.md.

Everything else here is invented and says so: names carry 示例 or 模拟, credit codes and telephone numbers belong to nobody.
Put `LABEL` wherever such data is shown or exported.

>>> from datetime import date
>>> world = World(seed=1, institutions=5, reports=50, on=date(2026, 6, 30))
>>> report = next(world.reports())
>>> sorted(report["items"][0])[:3]
['instruments', 'limit', 'parameter']
"""

from .institution import Record
from .notices import NoticeError, NoticeSet, Unmapped, read_notices
from .quality import InventedCheck, checks
from .world import World

LABEL = "模拟数据：机构、人员、报告均为虚构"

__all__ = [
    "LABEL",
    "InventedCheck",
    "NoticeError",
    "NoticeSet",
    "Record",
    "Unmapped",
    "World",
    "checks",
    "read_notices",
]
