"""When a failed delivery is tried again: soon at first, ever later, and not for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zhijian.webhooks.schedule import GIVES_UP_AFTER, PAUSES_S, next_attempt

FIRST = datetime(2026, 5, 12, tzinfo=UTC)
CHANCE = st.floats(0, 1, exclude_max=True)


@given(failures=st.integers(1, 10_000), since_s=st.integers(0, 10**7), chance=CHANCE)
def test_it_is_later_than_now_by_a_known_pause_or_given_up(failures: int, since_s: int, chance: float) -> None:
    at = FIRST + timedelta(seconds=since_s)
    again = next_attempt(FIRST, failures, at, chance)
    assert (again is None) == (at - FIRST >= GIVES_UP_AFTER)
    if again is not None:
        asked_s = PAUSES_S[min(failures, len(PAUSES_S)) - 1]
        assert 0.8 * asked_s <= (again - at).total_seconds() <= 1.2 * asked_s + 1e-6


@given(chances=st.lists(CHANCE, min_size=40, max_size=40))
def test_a_receiver_that_never_answers_is_tried_some_twenty_times_in_three_days(chances: list[float]) -> None:
    at: datetime | None = FIRST
    times = [FIRST]
    while (at := next_attempt(FIRST, len(times), times[-1], chances[len(times) - 1])) is not None:
        times.append(at)
    assert 14 <= len(times) <= 24
    assert timedelta(days=3) <= times[-1] - FIRST <= timedelta(days=3, hours=8)
    pauses = [b - a for a, b in zip(times, times[1:], strict=False)]
    assert pauses[:5] == sorted(pauses[:5]), "each longer than the one before, whatever chance makes of it"


def test_chance_spreads_those_that_failed_together() -> None:
    assert len({next_attempt(FIRST, 3, FIRST, n / 10) for n in range(10)}) == 10
