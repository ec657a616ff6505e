"""What the public door asks of the room `cases`, as node_concern.py answers it. No other file of this door names the room.

Synchronous on purpose: the door calls every method in a thread.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from zhijian.cases.model import (
    KINDS,
    MOST_PHOTO_BYTES,
    MOST_PHOTOS,
    PROGRESS,
    RETENTION_YEARS,
    CasesError,
    Complaint,
    FormUsed,
    PhotoRefused,
    Progress,
    Receipt,
    ReceiptUnknown,
    Standing,
    most,
    read_receipt,
)
from zhijian.kit.work import Challenges

__all__ = [
    "KINDS",
    "MOST_PHOTOS",
    "MOST_PHOTO_BYTES",
    "PROGRESS",
    "RETENTION_YEARS",
    "CasesError",
    "Challenges",
    "Complaint",
    "ConcernService",
    "FormUsed",
    "PhotoRefused",
    "Progress",
    "Receipt",
    "ReceiptUnknown",
    "Standing",
    "most",
    "read_receipt",
]


class ConcernService(Protocol):
    @property
    def work(self) -> Challenges:
        """Challenges of the forms, under a secret that all processes of the node share."""

    def receive(
        self, complaint: Complaint, photos: Sequence[bytes], form: bytes, *, worked: bool, at: datetime
    ) -> Receipt:
        """`photos` as they came; takes up to a second a photo. `form` is the digest of the form's challenge; of one that is
        known to be used no photo is looked at.

        Raises: FormUsed, PhotoRefused; AsideFailed `busy`.
        """

    def standing(self, receipt: Receipt) -> Standing:
        """Raises: ReceiptUnknown."""
