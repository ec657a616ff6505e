"""A node of its own that tests may leave in any condition in which a crash or a disaster can leave it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.conftest import Laboratory, Seeded, laboratory

from zhijian.api import api_app
from zhijian.cli.seed import seed
from zhijian.codes.log import LogReader, folder_fetch
from zhijian.codes.logbook import folder, trust_in
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node


@dataclass(frozen=True)
class Spare:
    """A node that tests may leave in any condition a crash can leave it in."""

    node: Node
    lab: Laboratory

    def register(self, own_number: str) -> str:
        answer = self.lab.lims.submit(self.lab.fresh(own_number))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    def sequence(self, at: datetime) -> None:
        with self.node.sequencer(at) as sequencer:
            while sequencer.run_once(at):
                pass

    def sql(self, text: str, **values: object) -> list[sa.Row[tuple[object, ...]]]:
        with self.node.transaction() as db:
            found = db.execute(sa.text(text), values)
            return list(found) if found.returns_rows else []

    def level(self, code: str, at: datetime) -> int:
        with self.node.transaction() as db:
            return self.node.desk(db).answer(db, Scope.anyone(), code, None, at).level

    def crash_after_the_places(self, at: datetime) -> list[bytes]:
        """What step (1) commits: the next places of the log of that time."""
        origin = self.node.issuing.log_origin_at(at)
        return [
            bytes(row.entry)
            for row in self.sql(
                'UPDATE log_entry e SET origin = :o, logged_at = :at, "index" = p.n FROM (SELECT id, row_number() OVER (ORDER BY id) '
                '- 1 + (SELECT coalesce(max("index") + 1, 0) FROM log_entry WHERE origin = :o) AS n FROM log_entry '
                'WHERE "index" IS NULL) p WHERE p.id = e.id RETURNING e.entry, e."index"',
                o=origin, at=at,
            )
        ]  # fmt: skip

    def covered(self, code: str, at: datetime) -> bool:
        """Whether the checkpoint of the log of that time has the leaf."""
        with self.node.transaction() as db:
            known = self.node.trust(db)
            log = known.log(self.node.issuing.log_origin_at(at))
        (row,) = self.sql('SELECT origin, "index", entry FROM log_entry WHERE code = :c AND kind = 1', c=code)
        assert row.origin == log.origin
        reader = LogReader.open(folder_fetch(folder(self.node.settings.home, log.origin)), trust_in(log, known))
        return row.index < reader.checkpoint.size and reader.entry(row.index) == bytes(row.entry)


@contextmanager
def spare_node(disk: Path | None = None) -> Iterator[Spare]:
    """In a home of its own, or on a `disk`."""
    with tempfile.TemporaryDirectory(prefix="zhijian-spare-", dir=disk) as made:
        home, at = Path(made), datetime.now(UTC)
        home.chmod(0o755)
        with open_node(replace(Settings(home), verify_rate_per_s=0)) as node:
            node.prepare(at)
            world = World(seed=11, institutions=4, reports=40, on=at.date())
            seeded = Seeded(node, seed(node, world, at, lambda *_: None), world, at)
            with TestClient(api_app(node), base_url="http://api.test", raise_server_exceptions=False) as client:
                yield Spare(node, laboratory(seeded, client))
