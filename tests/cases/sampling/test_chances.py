"""Chances are those promised, and teams keep to the rules."""

import math
import random
from collections import Counter
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cases.sampling.worlds import frame, plan, published

from zhijian.cases.sampling.chances import chances, drawn
from zhijian.cases.sampling.drawing import hindrance
from zhijian.cases.sampling.model import DivisionRule
from zhijian.cases.sampling.stream import below, hexadecimal
from zhijian.cases.sampling.teams import staffed


def test_numbers_from_the_stream_are_even_and_those_in_excess_are_thrown_again() -> None:
    counts = Counter(below("seed", str(n), 7) for n in range(14_000))
    assert sum((counts[k] - 2000) ** 2 / 2000 for k in range(7)) < 16.8  # chi-square, 6 degrees of freedom, 1 %
    limit = 3 << 254  # of four quarters one is in excess; kept, it would make the lowest third as likely as the rest
    values = [below("seed", str(n), limit) for n in range(3_000)]
    assert max(values) < limit
    assert abs(sum(v < 1 << 254 for v in values) - 1000) < 3 * math.sqrt(3_000 * 2 / 9)


@settings(deadline=None)
@given(
    weights=st.lists(st.integers(1, 10_000), min_size=1, max_size=40),
    equal=st.sampled_from([(1, 4), (1, 1), (1, 100)]),
    data=st.data(),
)
def test_chances_are_above_the_floor_add_up_and_exactly_so_many_are_drawn(
    weights: list[int], equal: tuple[int, int], data: st.DataObject
) -> None:
    named = {f"i{n}": weight for n, weight in enumerate(weights)}
    take = data.draw(st.integers(1, len(named)))
    by = chances(named, take, equal)
    every = [by.of(name) for name in named]
    assert sum(every) == take
    assert all(Fraction(equal[0] * take, equal[1] * len(named)) <= one <= 1 for one in every)
    assert all(by.of(a) <= by.of(b) for a in named for b in named if named[a] <= named[b])
    found = drawn(str(data.draw(st.integers())), "s", by)
    assert len(set(found)) == len(found) == take
    assert by.certain <= set(found)


def test_ten_thousand_draws_have_the_promised_chances_singly_and_in_pairs() -> None:
    weights = {f"i{n}": w for n, w in enumerate([1, 1, 1, 2, 2, 3, 5, 8, 13, 40, 90, 400])}
    by, turns = chances(weights, 5, (1, 4)), 10_000
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, ...]] = Counter()
    for turn in range(turns):
        found = drawn(hexadecimal(f"draw {turn}"), "s", by)
        single.update(found)
        pairs.update(combinations(found, 2))
    assert by.certain == {"i10", "i11"}
    square = 0.0
    for name in weights:
        chance = float(by.of(name))
        if chance == 1:
            assert single[name] == turns
            continue
        spread = math.sqrt(turns * chance * (1 - chance))
        assert abs(single[name] - turns * chance) < 3.5 * spread, name
        square += (single[name] - turns * chance) ** 2 / spread**2
    assert square < 29.6  # ten of them, negatively correlated: below chi-square's 0.1 %
    assert len(pairs) == math.comb(12, 2)  # every pair has a chance, so that a variance can be estimated


def test_every_pair_of_equals_is_equally_likely_to_be_drawn_and_to_go_together() -> None:
    by = chances(dict.fromkeys("abcdef", 1), 2, (1, 4))
    pairs = Counter(tuple(drawn(hexadecimal(str(n)), "s", by)) for n in range(3_000))
    assert sum((pairs[p] - 200) ** 2 / 200 for p in combinations("abcdef", 2)) < 29.2  # 14 degrees of freedom, 1 %
    crew = {name: list("vwxyz") for name in "ab"}
    teams: Counter[tuple[tuple[str, ...], ...]] = Counter()
    for n in range(3_000):
        made = staffed(hexadecimal(str(n)), crew, dict.fromkeys("vwxyz", 3), 2)
        assert made.busiest == 1
        teams[made.of["a"], made.of["b"]] += 1
    assert len(teams) == 30  # disjoint pairs out of five
    assert sum((count - 100) ** 2 / 100 for count in teams.values()) < 49.6  # 29 degrees of freedom, 1 %


def best_flow(may: dict[str, list[str]], room: dict[str, int], size: int) -> bool:
    """Whether all can be staffed, found by trying everything."""
    if not may:
        return True
    name, *rest = sorted(may)
    for team in combinations(may[name], size):
        if all(room[who] > 0 for who in team):
            left = {who: n - (who in team) for who, n in room.items()}
            if best_flow({n: may[n] for n in rest}, left, size):
                return True
    return False


def test_whenever_all_can_be_staffed_all_are_with_the_least_load() -> None:
    chance = random.Random(3)
    short = 0
    for turn in range(150):
        names, staff = [f"i{n}" for n in range(chance.randint(1, 5))], [f"w{n}" for n in range(chance.randint(2, 6))]
        may = {name: sorted(w for w in staff if chance.random() < 0.7) for name in names}
        most = {who: chance.randint(1, 3) for who in staff}
        made = staffed(str(turn), may, most, 2)
        load = Counter(who for team in made.of.values() for who in team)
        assert all(load[who] <= min(most[who], made.busiest) for who in staff)
        assert all(set(team) <= set(may[name]) and len(team) in (0, 2) for name, team in made.of.items())
        possible = best_flow(may, most, 2)
        assert possible is all(made.of.values()) is not bool(made.short)
        short += not possible
        if possible and made.busiest > 1:
            assert not best_flow(may, {w: min(n, made.busiest - 1) for w, n in most.items()}, 2)
    assert 20 < short < 130


def test_a_chain_as_long_as_the_staff_is_no_trouble() -> None:
    """Each institution could be inspected by two neighbours only, and one more comes at the end of the row."""
    count = 3_000
    may = {f"i{n:04}": [f"w{n:04}", f"w{n + 1:04}"] for n in range(count)}
    made = staffed("s", may, {f"w{n:04}": 1 for n in range(count + 1)}, 1)
    assert not made.short
    assert len({team[0] for team in made.of.values()}) == count


def test_nobody_goes_where_a_conflict_a_field_or_a_division_forbids_it() -> None:
    for seed, rule in enumerate(DivisionRule):
        made = published(plan(division=rule), frame(seed=seed, inspectors=40))
        staff = {who["no"]: who for who in made["frame"]["inspectors"]}
        places = {one["uscc"]: one for one in made["frame"]["institutions"]}
        for row in made["result"]["drawn"]:
            assert len(set(row["team"])) == 2
            assert not [who for who in row["team"] if hindrance(made["plan"], places[row["uscc"]], staff[who])]


def test_why_one_cannot_be_staffed_is_said_with_those_who_might_have_come() -> None:
    may = {"a": ["v", "w"], "b": ["v", "w"], "c": ["x", "y"]}
    made = staffed("s", may, dict.fromkeys("vwxy", 1), 2)
    assert made.of["c"] == ("x", "y")
    ((name, full),) = made.short.items()
    assert (made.of[name], full) == ((), ("v", "w"))
