"""Complaints over a node: the form is looked up, photos are made harmless aside, and one transaction keeps everything."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from zhijian import cases
from zhijian.cases.model import Complaint, Photo, PhotoRefused, Receipt, Standing
from zhijian.kit.aside import AsideFailed
from zhijian.kit.scope import Scope
from zhijian.kit.work import Challenges
from zhijian.wiring import Node

PURPOSE = "concern"


class NodeConcerns:
    """A `ConcernService` over a node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.work = Challenges(node.keys.secret("work"), PURPOSE)

    def receive(
        self, complaint: Complaint, photos: Sequence[bytes], form: bytes, *, worked: bool, at: datetime
    ) -> Receipt:
        with self._node.transaction() as db:
            cases.refuse_used(db, Scope.anyone(), complaint, len(photos), form=form)
        cleaned = list(_cleaned(photos))
        with self._node.transaction() as db:
            return cases.receive(db, Scope.anyone(), complaint, cleaned, at, form=form, worked=worked)

    def standing(self, receipt: Receipt) -> Standing:
        with self._node.transaction() as db:
            return cases.standing(db, Scope.anyone(), receipt)


def _cleaned(photos: Sequence[bytes]) -> Iterator[Photo]:
    for position, raw in enumerate(photos, 1):
        try:
            yield cases.cleaned(raw)
        except PhotoRefused as why:
            raise PhotoRefused(why.value, position) from why
        except AsideFailed as why:
            if why.why == "busy":
                raise
            raise PhotoRefused("photo-too-complex", position) from why
