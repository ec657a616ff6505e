"""The bytes of add-checkpoint: everything written is read back, and whatever is read was written so."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.codes.log.witness_samples import LOG

from zhijian.codes.log.add_checkpoint import SIZE_TYPE, Answered, Asked
from zhijian.codes.log.errors import LogMalformed

Hashes = st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple)


@given(st.integers(0, (1 << 63) - 1), Hashes, st.binary(max_size=500))
def test_what_is_asked_is_read_back(old: int, proof: tuple[bytes, ...], checkpoint: bytes) -> None:
    asked = Asked(old, proof, checkpoint)
    assert Asked.parse(asked.body()) == asked


LINES = st.sampled_from([b"old 0", b"old 12", b"old 012", b"old", b"", b"\n", b"\n\n", b"A" * 43 + b"=", b"A" * 42 + b"B=", b"\r\n",
                         b" ", b"\xff", LOG.checkpoint(3), "—".encode()])  # fmt: skip


@given(
    st.one_of(
        st.binary(max_size=300), st.lists(LINES, max_size=8).map(b"\n".join), st.lists(LINES, max_size=8).map(b"".join)
    )
)
@example(LOG.asked(3, 7))
def test_any_bytes_are_malformed_or_have_this_one_reading(raw: bytes) -> None:
    try:
        asked = Asked.parse(raw)
    except LogMalformed:
        return
    assert asked.body() == raw


@given(st.integers(0, (1 << 63) - 1))
def test_a_size_is_read_back(known: int) -> None:
    assert Answered.size(known).known_size() == known


@pytest.mark.parametrize(
    "answer",
    [
        Answered(200, b"7\n", SIZE_TYPE), Answered(409, b"7\n"), Answered(409, b"7", SIZE_TYPE), Answered(409, b"", SIZE_TYPE),
        Answered(409, b"07\n", SIZE_TYPE), Answered(409, b"-7\n", SIZE_TYPE), Answered(409, b"\xff\n", SIZE_TYPE),
        Answered(409, b"9" * 30 + b"\n", SIZE_TYPE), Answered(409, b"7\n7\n", SIZE_TYPE),
    ],
)  # fmt: skip
def test_a_conflict_without_a_proper_size_is_malformed(answer: Answered) -> None:
    with pytest.raises(LogMalformed):
        answer.known_size()
