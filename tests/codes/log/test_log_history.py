"""Finding a leaf's time in a long history: by bisection the same lines as by reading all."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codes.log.log_samples import AT

from zhijian.codes.log.errors import LogDamaged
from zhijian.codes.log.history import Published, around


def lines(sizes: list[int]) -> bytes:
    return b"".join(Published(s, bytes([n % 256]) * 32, AT + timedelta(0, n)).line() for n, s in enumerate(sizes))


@given(
    st.lists(st.integers(0, 1 << 62), unique=True, max_size=60).map(sorted),
    st.data(),
    st.sampled_from([b"", b"12345 torn", b"9"]),
)
def test_the_lines_around_a_leaf_are_those_that_reading_all_finds(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject, torn: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "history"
    path.write_bytes(lines(sizes) + torn)
    index = data.draw(
        st.one_of(st.integers(0, 1 << 63), st.sampled_from([n for s in sizes for n in (s - 1, s, s + 1)] or [0]))
    )
    before, after = around(path, index)
    assert (before and before.size) == max((s for s in sizes if s <= index), default=None)
    assert (after and after.size) == min((s for s in sizes if s > index), default=None)


def test_a_long_history_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_bytes(lines(list(range(0, 300_000, 3))))
    before, after = around(path, 200_000)
    assert (before and before.size, after and after.size) == (199_998, 200_001)


@pytest.mark.parametrize("raw", [b"\0" * 4096, b"x y z\n", b"1 2\n" * 100, b"a" * 5000])
def test_what_is_no_history_is_damaged(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "history").write_bytes(raw)
    with pytest.raises(LogDamaged):
        around(tmp_path / "history", 5)
