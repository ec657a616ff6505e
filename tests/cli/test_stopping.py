"""A signal is heard between two steps, a second one at once, and afterwards everything is as before."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
import typer

from zhijian.cli import stopping
from zhijian.cli.stopping import Stopping

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_nothing_happens_between_the_signal_and_the_next_check() -> None:
    with Stopping() as asked:
        asked.check()
        os.kill(os.getpid(), signal.SIGINT)
        assert asked.asked == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            asked.check()


def test_sigterm_ends_with_its_own_status() -> None:
    with Stopping() as asked:
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(typer.Exit) as end:
            asked.check()
    assert end.value.exit_code == 143


def test_the_same_ctrl_c_passed_on_twice_is_one_and_an_impatient_one_is_heard_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stopping, "IMPATIENT_S", 0.2)
    with Stopping():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.25)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_afterwards_the_handlers_are_those_from_before_unless_it_was_asked_to_stop() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with Stopping():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before
    with Stopping():
        os.kill(os.getpid(), signal.SIGINT)
    assert {signal.getsignal(number) for number in SIGNALS} == {signal.SIG_IGN}
