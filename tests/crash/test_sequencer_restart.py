"""The sequencer after a crash at each of its steps: (1) places committed, (2) files written, (3) checkpoint published.

Each test leaves behind by hand what a crash after that step leaves, then starts the sequencer as the worker would.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.crash.spare import Spare, spare_node

from zhijian.codes.log import LogError, LogFolder
from zhijian.codes.logbook import SM3_TREE, folder, signers
from zhijian.wiring import Node


@pytest.fixture(scope="module")
def spare() -> Iterator[Spare]:
    with spare_node() as made:
        yield made


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
