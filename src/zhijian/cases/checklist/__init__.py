"""The checklist of an inspection: what to look at by field, and what was found there, with photos, as evidence and findings of a case.

What is handed in is kept whole as evidence, with its digest; each 不符合 is a finding. The same hand-in twice is one.
"""

from zhijian.cases.checklist.handing_in import hand_in
from zhijian.cases.checklist.items import ANSWERS, Item, items
from zhijian.cases.checklist.model import KINDS, MOST_PHOTO_BYTES, MOST_PHOTOS, Checked, ChecklistWrong, Photo, Place

__all__ = [
    "ANSWERS",
    "KINDS",
    "MOST_PHOTOS",
    "MOST_PHOTO_BYTES",
    "Checked",
    "ChecklistWrong",
    "Item",
    "Photo",
    "Place",
    "hand_in",
    "items",
]
