"""Work done once, for one purpose, within its time; nothing else counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.kit.work import FORM_LIFE, LIFE, Challenges, WorkRefused, solve

AT = datetime(2026, 5, 18, 2, 24, 36, tzinfo=UTC)
SECRET = b"secret of this node"
BITS, PARTS = 6, 3
OURS = Challenges(SECRET, "concern", bits=BITS, parts=PARTS)


def refused(challenge: str, solution: str, at: datetime = AT, by: Challenges = OURS) -> str:
    with pytest.raises(WorkRefused) as why:
        by.solved(challenge, solution, at)
    return why.value.why


def test_work_that_was_done_counts_and_again_while_nothing_came_of_it() -> None:
    challenge = OURS.new(AT)
    solution = solve(challenge)
    assert OURS.solved(challenge, solution, AT) == OURS.solved(challenge, solution, AT + LIFE)
    assert len(OURS.solved(challenge, solution, AT)) == 32


def test_another_process_with_the_same_secret_takes_it_too() -> None:
    challenge = OURS.new(AT)
    assert Challenges(SECRET, "concern").solved(challenge, solve(challenge), AT)


@settings(max_examples=60)
@given(st.integers(0, PARTS - 1), st.integers(1, (1 << 32) - 1))
def test_a_wrong_number_in_any_part_is_refused_unless_it_solves_it(part: int, step: int) -> None:
    challenge = OURS.new(AT)
    numbers = solve(challenge).split(".")
    numbers[part] = str((int(numbers[part]) + step) % (1 << 32))
    try:
        OURS.solved(challenge, ".".join(numbers), AT)
    except WorkRefused as why:
        assert why.why == "unsolved"
    else:  # one in 2**BITS does
        assert solve(challenge).split(".")[part] != numbers[part]


def test_work_for_one_challenge_is_none_for_the_next() -> None:
    harder = Challenges(SECRET, "concern", bits=12, parts=2)
    first, second = harder.new(AT), harder.new(AT)
    assert refused(second, solve(first)) == "unsolved"


@pytest.mark.parametrize(
    "solution",
    ["", "1", "1.2", "1.2.3.4", "a.b.c", "-1.2.3", "1,2,3", "１.2.3", f"{1 << 32}.1.1", "1." * 200, "0x1.1.1"],
)
def test_what_is_no_solution_is_refused_and_raises_nothing_else(solution: str) -> None:
    harder = Challenges(SECRET, "concern", bits=24, parts=PARTS)
    assert refused(harder.new(AT), solution) == "unsolved"


def test_a_part_left_out_is_no_solution() -> None:
    challenge = OURS.new(AT)
    assert refused(challenge, solve(challenge).rpartition(".")[0]) == "unsolved"


@given(st.text(max_size=400))
def test_any_text_is_refused_and_raises_nothing_else(text: str) -> None:
    assert refused(text, "1.1.1") == "malformed"


def test_ten_minutes_and_not_a_second_more() -> None:
    challenge = OURS.new(AT)
    solution = solve(challenge)
    assert OURS.solved(challenge, solution, AT + timedelta(minutes=10))
    assert refused(challenge, solution, AT + timedelta(minutes=10, seconds=1)) == "expired"


def test_without_work_a_form_holds_longer_and_not_for_ever() -> None:
    challenge = OURS.new(AT)
    assert OURS.signed(challenge, AT + FORM_LIFE)
    with pytest.raises(WorkRefused, match="expired"):
        OURS.signed(challenge, AT + FORM_LIFE + timedelta(seconds=1))


def test_one_for_another_purpose_or_under_another_secret_is_foreign() -> None:
    for other in (
        Challenges(SECRET, "login", bits=BITS, parts=PARTS),
        Challenges(b"other", "concern", bits=BITS, parts=PARTS),
    ):
        challenge = other.new(AT)
        assert refused(challenge, solve(challenge)) == "foreign"


@pytest.mark.parametrize("field", range(6))
def test_a_challenge_changed_anywhere_is_not_ours(field: int) -> None:
    parts = OURS.new(AT).split(".")
    parts[field] = {0: "concernx", 1: "0", 2: "1", 3: str(int(parts[3]) + 600), 4: "0" * 32, 5: "0" * 64}[field]
    challenge = ".".join(parts)
    assert refused(challenge, solve(challenge)) == "foreign"


def test_what_was_spent_is_refused_and_only_so_many_are_remembered() -> None:
    few = Challenges(SECRET, "concern", bits=1, parts=1, most_spent=2)
    made = [few.new(AT) for _ in range(3)]
    few.spend(few.solved(made[0], solve(made[0]), AT))
    assert refused(made[0], solve(made[0]), by=few) == "replayed"
    with pytest.raises(WorkRefused, match="replayed"):
        few.signed(made[0], AT)
    for one in made[1:]:
        few.spend(few.signed(one, AT))
    assert few.signed(made[0], AT)
    assert refused(made[2], solve(made[2]), by=few) == "replayed"
