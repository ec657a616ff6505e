"""The sequencer after a crash at each of its steps: (1) places committed, (2) files written, (3) checkpoint published.

Each test leaves behind by hand what a crash after that step leaves, then starts the sequencer as the worker would.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.conftest import Laboratory, Seeded, laboratory

from zhijian.api import api_app
from zhijian.cli.seed import seed
from zhijian.codes.log import LogError, LogFolder, LogReader, folder_fetch
from zhijian.codes.logbook import SM3_TREE, folder, signers, trust_in
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


@pytest.fixture(scope="module")
def spare() -> Iterator[Spare]:
    with tempfile.TemporaryDirectory(prefix="zhijian-spare-") as made:
        home, at = Path(made), datetime.now(UTC)
        home.chmod(0o755)
        with open_node(replace(Settings(home), verify_rate_per_s=0)) as node:
            node.prepare(at)
            world = World(seed=11, institutions=4, reports=40, on=at.date())
            seeded = Seeded(node, seed(node, world, at, lambda *_: None), world, at)
            with TestClient(api_app(node), base_url="http://api.test", raise_server_exceptions=False) as client:
                yield Spare(node, laboratory(seeded, client))


@pytest.fixture
def at() -> datetime:
    return datetime.now(UTC)


def test_without_a_crash_a_leaf_is_published(spare: Spare, at: datetime) -> None:
    code = spare.register("R-NONE")
    spare.sequence(at)
    assert spare.level(code, at) == 3


def test_after_a_crash_behind_the_places_the_next_leaf_brings_all_of_them(spare: Spare, at: datetime) -> None:
    codes = [spare.register(f"R-PLACES-{n}") for n in range(3)]
    spare.crash_after_the_places(at)
    codes.append(spare.register("R-PLACES-NEXT"))
    spare.sequence(at)
    assert [spare.level(code, at) for code in codes] == [3, 3, 3, 3]


def test_after_a_crash_behind_the_places_nobody_has_to_wait_for_another_leaf(spare: Spare, at: datetime) -> None:
    code = spare.register("R-ALONE")
    spare.crash_after_the_places(at)
    spare.sequence(at)
    try:
        assert spare.level(code, at) == 3
    finally:
        spare.register("R-ALONE-NEXT")
        spare.sequence(at)


def test_after_a_crash_behind_the_files_nobody_has_to_wait_for_another_leaf(spare: Spare, at: datetime) -> None:
    code = spare.register("R-FILES")
    entries = spare.crash_after_the_places(at)
    origin = spare.node.issuing.log_origin_at(at)
    keys = signers(origin, *spare.node.log_keys())
    with LogFolder.open(folder(spare.node.settings.home, origin), origin, keys, sm3=SM3_TREE) as log:
        log.append(entries)
    spare.sequence(at)
    try:
        assert spare.level(code, at) == 3
    finally:
        spare.register("R-FILES-NEXT")
        spare.sequence(at)


def test_a_second_sequencer_is_kept_out(spare: Spare, at: datetime) -> None:
    with spare.node.sequencer(at), pytest.raises(LogError, match="locked"):
        spare.node.sequencer(at)


def test_a_place_is_given_once(spare: Spare) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        spare.sql(
            'UPDATE log_entry SET "index" = "index" + 1 WHERE id = (SELECT max(id) - 1 FROM log_entry WHERE "index" IS NOT NULL)'
        )


def test_a_database_that_knows_less_than_the_log_stops_the_sequencer(spare: Spare, at: datetime) -> None:
    """Restored from an older copy: issuing on would give published places to other leaves."""
    newest = 'SELECT id, origin, "index", logged_at FROM log_entry ORDER BY "index" DESC NULLS LAST LIMIT 1'
    (row,) = spare.sql(newest)
    spare.sql('UPDATE log_entry SET origin = NULL, "index" = NULL WHERE id = :i', i=row.id)
    try:
        with pytest.raises(LogError, match="older copy"):
            spare.node.sequencer(at)
    finally:
        spare.sql('UPDATE log_entry SET origin = :o, "index" = :n WHERE id = :i', o=row.origin, n=row.index, i=row.id)


def test_a_leaf_exchanged_before_it_was_published_stops_the_sequencer(spare: Spare, at: datetime) -> None:
    """Written to the files, changed in the database, not published yet: two histories, which no code may heal."""
    spare.register("R-FORK")
    entries = spare.crash_after_the_places(at)
    origin = spare.node.issuing.log_origin_at(at)
    keys = signers(origin, *spare.node.log_keys())
    with LogFolder.open(folder(spare.node.settings.home, origin), origin, keys, sm3=SM3_TREE) as log:
        log.append(entries)
    last = 'UPDATE log_entry SET entry = :e WHERE origin = :o AND "index" = (SELECT max("index") FROM log_entry WHERE origin = :o)'
    spare.sql(last, e=b"\1" + bytes(48), o=origin)
    try:
        with pytest.raises(LogError, match="entry-differs"):
            spare.node.sequencer(at)
    finally:
        spare.sql(last, e=entries[-1], o=origin)
    spare.register("R-FORK-NEXT")
    spare.sequence(at)


def turn_of_the_half_year(node: Node, at: datetime) -> tuple[datetime, datetime]:
    """A moment in the log of `at`, and one in the next."""
    later = at
    while node.issuing.log_origin_at(later) == node.issuing.log_origin_at(at):
        later += timedelta(hours=1)
    return later - timedelta(hours=1), later


def test_at_the_turn_of_the_half_year_a_leaf_goes_into_the_log_of_its_day(spare: Spare, at: datetime) -> None:
    before, after = turn_of_the_half_year(spare.node, at)
    old = spare.register("R-TURN-OLD")
    spare.sequence(before)
    with spare.node.sequencer(before) as sequencer:
        new = spare.register("R-TURN-NEW")
        sequencer.run_once(after)
    assert spare.covered(old, before)
    assert spare.covered(new, after)


LAST_HOURS = [datetime(2026, 12, 31, 15, 30, tzinfo=UTC), datetime(2027, 6, 30, 15, 30, tzinfo=UTC)]
"""Half past eleven in the evening, Shanghai."""


@pytest.mark.parametrize(
    ("before", "days_down"),
    [(b, d) for b in LAST_HOURS for d in (0.04, 1, 3, 40)],
)
def test_after_a_crash_at_the_turn_of_the_half_year_the_old_log_is_completed(
    spare: Spare, before: datetime, days_down: float
) -> None:
    code = spare.register(f"R-TURN-{before:%m}-{days_down}")
    spare.crash_after_the_places(before)
    spare.register(f"R-TURN-{before:%m}-{days_down}-NEXT")
    spare.sequence(before + timedelta(days=days_down))
    assert spare.covered(code, before)
