"""Test institutions for those who connect a system: invented, registered, each with a key that is handed out once.

They wait in `home/sandbox/`, a file each, filled by the operator; the door that hands them out needs no key of the root.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from zhijian.codes.model import KeyOrder
from zhijian.kit.db import Db
from zhijian.kit.files import write_whole
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.registry import enrol
from zhijian.synthetic import LABEL, Record, World
from zhijian.wiring import SANDBOX as FOLDER
from zhijian.wiring import Node

SEED = 77_000_000
GIVEN = "given"
REPORTS_EACH = 8
"""Looked at to find one that can be sent as it stands."""


def fill(node: Node, count: int, suite: Suite, at: datetime) -> int:
    """Register `count` more institutions and put their keys into the pool; how many it holds now. Publishes a trust list."""
    folder = node.settings.home / FOLDER
    (folder / GIVEN).mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chmod(folder, 0o700)
    fresh: list[tuple[Path, Path]] = []
    with node.transaction() as db:
        for report in islice(_fresh(db, node, at), count):
            uscc, key = str(report["uscc"]), PrivateKey.generate(suite)
            facts = node.institution(db, uscc)
            if facts is None:
                raise ValueError(uscc)
            order = KeyOrder(uscc, facts.code_index, "sandbox", key.public)
            [kid] = node.keyring().issue(db, Scope.everything(), [order], node.settings.reports_per_key_per_day, at)
            whole, waiting = folder / f"{kid}.json", folder / f"{kid}.waiting"
            write_whole(waiting, json.dumps({
                "label": LABEL, "uscc": uscc, "name": facts.name, "kid": kid, "key": {"suite": suite.value, "secret": key.secret.hex()},
                "report": {k: v for k, v in report.items() if k != "uscc" and not k.startswith("file_")},
            }, ensure_ascii=False))  # fmt: skip
            fresh.append((waiting, whole))
        node.keyring().publish(db, at)
    for waiting, whole in fresh:  # handed out only now that the database has them
        waiting.rename(whole)
    return left(node.settings.home)


def _fresh(db: Db, node: Node, at: datetime) -> Iterator[Record]:
    """A report each of institutions that nobody had registered here, and now are, without end."""
    seed = SEED + len(list((node.settings.home / FOLDER).rglob("*.json")))
    while True:
        world = World(seed=seed, institutions=20, reports=200, on=at.date())
        for lab in world.laboratories():
            reports = (r for r in world.reports_of(lab, REPORTS_EACH) if r["cma_marked"])
            report = max(reports, key=lambda r: str(r["issued_on"]), default=None)
            if report is not None and node.institution(db, report["uscc"]) is None and _enrolled(db, lab.records(), at):
                yield report
        seed += 1_000_003


def _enrolled(db: Db, records: Iterable[tuple[str, Record]], at: datetime) -> bool:
    """False, and nothing done, when another institution has one of its numbers: worlds know nothing of each other."""
    attempt = db.begin_nested()
    done = enrol(db, Scope.everything(), records, on=None, source="synthetic", at=at, synthetic=True)
    if done.refused:
        attempt.rollback()
        return False
    attempt.commit()
    return True


def take(home: Path, at: datetime) -> dict[str, Any] | None:
    """One test institution with its key, which nobody gets again; None when there is none left."""
    (home / FOLDER / GIVEN).mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted((home / FOLDER).glob("*.json")):
        given = home / FOLDER / GIVEN / f"{at:%Y%m%dT%H%M%S}-{path.name}"
        # Fails when another request was first.
        with contextlib.suppress(FileNotFoundError):
            path.rename(given)
            found: dict[str, Any] = json.loads(given.read_text())
            return found
    return None


def left(home: Path) -> int:
    return sum(1 for _ in (home / FOLDER).glob("*.json"))
