"""Work aside: results, errors, and what is too slow, too large, or dies."""

import os
import signal
import threading
import time

import pytest

from zhijian.kit.aside import Aside, AsideFailed


class Refused(Exception):
    pass


def added(a: bytes, b: bytes) -> bytes:
    return a + b


def refuse() -> None:
    raise Refused("why")


def forever() -> None:
    while True:
        time.sleep(1)


def eats() -> int:
    return len(bytearray(4 << 30))


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def who() -> int:
    return os.getpid()


def held(path: str) -> None:
    while not os.path.exists(path):
        time.sleep(0.01)


@pytest.fixture(scope="module")
def aside() -> Aside:
    return Aside([], at_once=1, seconds=20, memory_bytes=1 << 30, patience_s=0.2)


def test_a_call_gives_its_result_from_another_process(aside: Aside) -> None:
    assert aside(added, b"a", b"b" * 1_000_000) == b"a" + b"b" * 1_000_000
    assert aside(who) != os.getpid()
    assert aside(who) != aside(who)


def test_what_a_call_raises_comes_back(aside: Aside) -> None:
    with pytest.raises(Refused, match="why"):
        aside(refuse)


def test_a_call_that_never_ends_is_ended() -> None:
    hasty = Aside([], seconds=0.5)
    with pytest.raises(AsideFailed, match="too-slow"):
        hasty(forever)
    # Its own time would be too short for a loaded machine.
    assert Aside([], seconds=60)(added, b"", b"x") == b"x"


def test_a_call_that_wants_too_much_memory_or_is_killed_says_died(aside: Aside) -> None:
    for call in (eats, killed):
        with pytest.raises(AsideFailed, match="died"):
            aside(call)
    assert aside(added, b"", b"x") == b"x"


def test_who_comes_while_all_are_busy_waits_a_moment_and_is_sent_away(aside: Aside, tmp_path: object) -> None:
    mark = f"{tmp_path}/go"
    first = threading.Thread(target=aside, args=(held, mark))
    first.start()
    try:
        while aside._free.acquire(blocking=False):  # not begun yet
            aside._free.release()
            time.sleep(0.01)
        with pytest.raises(AsideFailed, match="busy"):
            aside(who)
    finally:
        open(mark, "w").close()
        first.join()
    assert aside(added, b"", b"x") == b"x"
