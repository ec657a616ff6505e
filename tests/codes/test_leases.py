"""Codes out of leases: taken by eight processes at once, none twice, none told by its neighbours."""

import math
import multiprocessing
from collections import Counter as Tally
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.codes.lease_taker import Taken, Task, take_codes
from tests.codes.submitting import Counter, counter, rolled_back
from tests.conftest import Seeded

from zhijian.codes import leasing, parse
from zhijian.codes.code import ALPHABET, parts
from zhijian.codes.leasing import LeaseRefused
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope

ALL = Scope.everything()
PROCESSES = 8


def taken_at_once(seeded: Seeded, each: int, batch: int) -> list[list[Taken]]:
    """What each of eight processes got, over four institutions, two of them of one province."""
    url = seeded.node.engine.url.render_as_string(hide_password=False)
    with seeded.node.transaction() as db:
        rows = db.execute(sa.text("SELECT uscc FROM institution ORDER BY province, uscc")).scalars().all()
    tasks = [
        Task(str(seeded.node.settings.home), url, tuple(rows[:4]), each, batch, seed, seeded.at)
        for seed in range(PROCESSES)
    ]
    # Processes of their own, not copies of this one; what they import is imported once for all eight.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.codes.lease_taker"])
    with context.Pool(PROCESSES) as pool:
        return pool.map(take_codes, tasks, chunksize=1)


def check(seeded: Seeded, found: list[list[Taken]], each: int) -> None:
    everything = [one for process in found for one in process]
    assert [len(process) for process in found] == [each] * PROCESSES
    assert len({code for code, *_ in everything}) == len(everything), "no code twice"
    places = {(code[:2], yymm, index) for code, _, yymm, index in everything}
    assert len(places) == len(everything), "no place in a status list twice"
    assert all(parse(code) == code for code, *_ in everything[:: max(1, len(everything) // 5000)])
    with seeded.node.transaction() as db:
        leases = db.execute(sa.text("SELECT * FROM code_lease ORDER BY id")).mappings().all()
    spans = defaultdict(list)
    for lease in leases:
        assert 0 <= lease["used"] <= lease["count"]
        spans[lease["institution"], lease["year"]].append((lease["first"], lease["first"] + lease["count"]))
        spans[lease["province"], lease["yymm"]].append((lease["status_first"], lease["status_first"] + lease["count"]))
    for place, ranges in spans.items():
        ranges.sort()
        assert all(end <= start for (_, end), (start, _) in zip(ranges, ranges[1:], strict=False)), place
    stray(everything)


def stray(everything: list[Taken]) -> None:
    """Neighbours in a lease look like strangers. Bounds lie beyond six standard deviations."""
    by_lease = defaultdict(list)
    for code, lease, _, index in everything:
        by_lease[lease].append((index, code))
    words = [[code[8:16] for _, code in sorted(rows)] for rows in by_lease.values()]
    pairs = [(a, b) for lease in words for a, b in zip(lease, lease[1:], strict=False)]
    n, value = len(pairs), {ch: i for i, ch in enumerate(ALPHABET)}
    numbers = {word: sum(value[ch] * 31**i for i, ch in enumerate(word[::-1])) for lease in words for word in lease}
    rising = sum(numbers[a] < numbers[b] for a, b in pairs)
    assert abs(rising / n - 0.5) < 6 * math.sqrt(1 / 4 / n), "no order"
    steps = Tally((numbers[b] - numbers[a]) % 31**8 for a, b in pairs)
    assert steps.most_common(1)[0][1] <= 3, "no step that comes back"
    same = sum(x == y for a, b in pairs for x, y in zip(a, b, strict=True))
    assert abs(same / (8 * n) - 1 / 31) < 7 * math.sqrt(30 / 31**2 / (8 * n)), "no common symbols"
    count = sum(map(len, words))
    for at in range(8):
        seen = Tally(word[at] for lease in words for word in lease)
        assert sum((seen[ch] - count / 31) ** 2 / (count / 31) for ch in ALPHABET) < 30 + 8 * math.sqrt(60), (
            "no favourite"
        )
        follows = Tally((a[at], b[at]) for a, b in pairs)
        expected = n / 961
        chi = sum((follows[x, y] - expected) ** 2 / expected for x in ALPHABET for y in ALPHABET)
        assert chi < 960 + 8 * math.sqrt(2 * 960), "no habit"


def test_eight_processes_take_codes_at_once_and_none_comes_twice(seeded: Seeded) -> None:
    check(seeded, taken_at_once(seeded, 2_500, 400), 2_500)


@pytest.mark.soak
def test_a_million_codes_taken_by_eight_processes_and_none_comes_twice(seeded: Seeded) -> None:
    check(seeded, taken_at_once(seeded, 125_000, 2_000), 125_000)


def test_online_issue_goes_through_its_block_and_opens_the_next(lab: Counter, db: Db) -> None:
    facts, node = lab.facts(db), lab.node.issuing
    first = leasing.take(db, ALL, node, facts, 200, lab.at)
    rest = leasing.take(db, ALL, node, facts, 600, lab.at)
    codes = [place.code for place in first + rest]
    assert len(set(codes)) == 800
    assert len({p.lease_id for p in first + rest}) >= 2
    assert leasing.take(db, ALL, node, facts, 0, lab.at) == []


def test_every_code_leads_back_to_its_lease_and_place(lab: Counter, db: Db) -> None:
    facts, node = lab.facts(db), lab.node.issuing
    made = leasing.lease_offline(db, ALL, node, facts, 50, lab.at)
    for place in leasing.places(node, made):
        assert leasing.place_of(db, ALL, node, place.code) == (made, place)
        p = parts(place.code)
        assert (p.province, p.institution, p.year) == (facts.province, facts.code_index, made.year)
    online = leasing.take(db, ALL, node, facts, 5, lab.at)
    for place in online:
        found = leasing.place_of(db, ALL, node, place.code)
        assert found is not None
        assert found[1] == place


def test_a_lease_is_found_within_its_scope_only(lab: Counter, db: Db) -> None:
    node = lab.node.issuing
    made = leasing.lease_offline(db, ALL, node, lab.facts(db), 1, lab.at)
    code = next(leasing.places(node, made)).code
    assert leasing.place_of(db, lab.scope, node, code) is not None
    assert leasing.place_of(db, Scope.of_institution("91330000MA0000000A"), node, code) is None
    assert leasing.place_of(db, Scope(), node, code) is None


@pytest.mark.parametrize("count", [0, -1])
def test_a_lease_has_at_least_one_code(lab: Counter, db: Db, count: int) -> None:
    with pytest.raises(LeaseRefused):
        leasing.lease_offline(db, ALL, lab.node.issuing, lab.facts(db), count, lab.at)


def test_year_and_month_of_a_code_are_those_of_shanghai(lab: Counter, db: Db) -> None:
    node, facts = lab.node.issuing, lab.facts(db)
    eve = datetime(2027, 12, 31, 15, 59, 59, tzinfo=UTC)
    before = leasing.take(db, ALL, node, facts, 1, eve)[0]
    after = leasing.take(db, ALL, node, facts, 1, eve + timedelta(seconds=1))[0]
    assert (parts(before.code).year, before.yymm) == (2027, 2712)
    assert (parts(after.code).year, after.yymm) == (2028, 2801)


def test_each_month_has_a_status_list_of_its_own(lab: Counter, db: Db) -> None:
    node, facts = lab.node.issuing, lab.facts(db)
    places = [leasing.take(db, ALL, node, facts, 1, datetime(2029, month, 15, tzinfo=UTC))[0] for month in (1, 2, 3)]
    assert [p.yymm for p in places] == [2901, 2902, 2903]
    assert len({parts(p.code).serial for p in places}) == 3


def test_a_lease_that_was_rolled_back_gives_its_codes_again_to_nobody_else(lab: Counter) -> None:
    """Nothing of a transaction that failed was handed out, so that its range may be used again."""
    node = lab.node.issuing
    with rolled_back(lab.node) as db:
        lost = leasing.lease_offline(db, ALL, node, lab.facts(db), 10, datetime(2031, 1, 5, tzinfo=UTC))
    with rolled_back(lab.node) as db:
        again = leasing.lease_offline(db, ALL, node, lab.facts(db), 10, datetime(2031, 1, 5, tzinfo=UTC))
    assert (again.first, again.status_first) == (lost.first, lost.status_first)


def test_a_second_writer_of_one_institution_is_told_so_and_one_of_another_is_not_held_up(
    seeded: Seeded, lab: Counter
) -> None:
    """Whoever goes on without the lock would read the same place of a lease: the answer must not be dropped."""
    other, office = counter(seeded, but=lab.uscc), lab.node.office
    with rolled_back(lab.node) as first, rolled_back(lab.node) as second:
        assert office(first).lock(first, ALL, lab.uscc)
        assert office(first).lock(first, ALL, lab.uscc), "one's own lock is no obstacle"
        assert office(second).lock(second, ALL, other.uscc)
        assert not office(second).lock(second, ALL, lab.uscc)
        first.rollback()
        assert office(second).lock(second, ALL, lab.uscc)
