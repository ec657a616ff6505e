"""A ConcernService in memory that behaves: one complaint a form, photos that are no pictures refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhijian.cases.model import Complaint, FormUsed, PhotoRefused, Progress, Receipt, ReceiptUnknown, Standing
from zhijian.kit.base31 import symbols
from zhijian.kit.work import Challenges

NOT_A_PICTURE = b"GIF89a"
SECRET = b"secret of the fake node"


@dataclass
class Received:
    complaint: Complaint
    photos: tuple[bytes, ...]
    worked: bool
    standing: Standing


class FakeConcernService:
    """Easy work, so that tests solve it in no time."""

    def __init__(self, bits: int = 4, parts: int = 2) -> None:
        self.work = Challenges(SECRET, "concern", bits=bits, parts=parts)
        self.forms: dict[bytes, Received] = {}
        self.fault: Exception | None = None

    @property
    def received(self) -> list[Received]:
        return list(self.forms.values())

    def receive(
        self, complaint: Complaint, photos: Sequence[bytes], form: bytes, *, worked: bool, at: datetime
    ) -> Receipt:
        if self.fault:
            raise self.fault
        for position, raw in enumerate(photos, 1):
            if raw.startswith(NOT_A_PICTURE):
                raise PhotoRefused("photo-kind", position)
        before = self.forms.get(form)
        if before is not None and before.complaint != complaint:
            raise FormUsed("")
        receipt = Receipt(symbols(len(self.forms) + 31**9, 10))
        new = Received(complaint, tuple(photos), worked, Standing(receipt, Progress.RECEIVED, at, at))
        return self.forms.setdefault(form, new).standing.receipt

    def standing(self, receipt: Receipt) -> Standing:
        for one in self.received:
            if one.standing.receipt == receipt:
                return one.standing
        raise ReceiptUnknown(receipt)
