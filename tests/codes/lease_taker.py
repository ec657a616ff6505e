"""One of the processes that take codes at the same time: a node of its own over the same home and database."""

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zhijian.codes import leasing, store
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.wiring import Node

Taken = tuple[str, int, int, int]
"""Code, lease, list (yymm), index."""


@dataclass(frozen=True)
class Task:
    home: str
    url: str
    usccs: tuple[str, ...]
    count: int
    batch: int
    seed: int
    at: datetime


def take_codes(task: Task) -> list[Taken]:
    """`count` codes in batches of up to `batch`, of institutions at random, half of them out of leases for offline work."""
    node, rnd = Node(Settings(Path(task.home)), task.url), random.Random(task.seed)
    taken: list[Taken] = []
    while len(taken) < task.count:
        uscc, scope = rnd.choice(task.usccs), Scope.everything()
        size = min(rnd.randint(1, task.batch), task.count - len(taken))
        with node.transaction() as db:
            facts = node.institution(db, uscc)
            assert facts is not None
            if not store.lock_institution(db, scope, uscc):
                continue  # another has it for longer than a moment: ask again
            if rnd.random() < 0.5:
                places = list(node.office(db).lease(db, scope, facts, size, task.at)[2])
            else:
                places = leasing.take(db, scope, node.issuing, facts, size, task.at)
        taken += [(p.code, p.lease_id, p.yymm, p.status_index) for p in places]
    node.close()
    return taken
