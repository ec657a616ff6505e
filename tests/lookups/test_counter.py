"""Counting in memory: what is counted as what, and how much is kept."""

from zhijian.codes.model import State
from zhijian.lookups import LookCounter, Shown, shown
from zhijian.lookups.model import PLACES_MOST

CODE, OTHER = "332608K70049M302AR", "332608K7M4QX72RD9C"


def test_looks_verified_looks_and_wrong_verifiers_are_told_apart() -> None:
    counter = LookCounter()
    counter.answered(CODE, "198.51.100.7", Shown.IN_USE)
    counter.answered(CODE, "198.51.100.8", Shown.IN_USE, verified=True)
    counter.answered(CODE, "203.0.113.9", Shown.ENDED)
    counter.answered(CODE, "unknown", Shown.RESERVED)
    counter.refused(CODE, "203.0.113.9")
    tally = counter.take().codes[CODE]
    assert (tally.looks, tally.verified_looks, tally.wrong_verifier, tally.after_end, tally.before_issue) == (
        4,
        1,
        1,
        1,
        1,
    )
    assert tally.networks - {""} == {"198.51.100", "203.0.113"}


def test_every_state_is_in_use_ended_or_reserved() -> None:
    in_use = {state for state in State if shown(state) is Shown.IN_USE}
    assert in_use == {State.VALID, State.DOUBTED}
    assert {state for state in State if shown(state) is Shown.RESERVED} == {State.RESERVED}


def test_a_code_that_is_not_registered_counts_for_the_institution_it_names() -> None:
    counter = LookCounter()
    for code in (CODE, OTHER, OTHER):
        counter.unknown(code, "198.51.100.7")
    window = counter.take()
    assert window.codes == {}
    assert (window.unknown["08K7"].looks, window.unknown["08K7"].tried) == (3, {CODE, OTHER})


def test_after_a_window_was_taken_counting_begins_from_nothing() -> None:
    counter = LookCounter()
    counter.answered(CODE, "198.51.100.7", Shown.IN_USE)
    first = counter.take()
    counter.answered(CODE, "198.51.100.7", Shown.IN_USE)
    assert first.codes[CODE].looks == counter.take().codes[CODE].looks == 1
    assert counter.take().codes == {}


def test_memory_is_bounded_and_what_finds_no_room_is_known_by_its_number() -> None:
    counter = LookCounter(most=2)
    for number in range(10):
        counter.answered(f"{number:018d}", "198.51.100.7", Shown.IN_USE)
        counter.unknown(f"3326{number:04d}0000000000", "198.51.100.7")
    window = counter.take()
    assert (len(window.codes), len(window.unknown), window.other) == (2, 2, 16)


def test_of_one_code_no_more_networks_and_tries_are_kept_than_are_counted() -> None:
    counter = LookCounter()
    for number in range(500):
        counter.answered(CODE, f"10.{number // 256}.{number % 256}.1", Shown.IN_USE)
        counter.unknown(f"332608K7{number:010d}", f"10.{number // 256}.{number % 256}.1")
    window = counter.take()
    assert window.codes[CODE].looks == window.unknown["08K7"].looks == 500
    for tally in (window.codes[CODE], window.unknown["08K7"]):
        assert len(tally.networks) == PLACES_MOST
    assert len(window.unknown["08K7"].tried) == PLACES_MOST
