"""`zhijian demo` as a person starts and stops it: whatever it is at, Ctrl-C ends it with one line and status 130."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.servers import free_port

from zhijian.kit.postgres import Places

LINE = "已停止，数据保留，再次运行会接着做 stopped; the data stays, run it again to go on\n"


class Demonstration:
    """The real command, in a session of its own as at a terminal."""

    def __init__(self, home: Path, *words: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ZHIJIAN_")}
        ports = {"ZHIJIAN_OFFICE_PORT": str(free_port()), "ZHIJIAN_VERIFY_PORT": str(free_port())}
        self.home, self.out, self.err = home, home / "out.txt", home / "err.txt"
        command = [sys.executable, "-m", "zhijian.cli", "demo", "--institutions", "6", "--reports", "60", *words]
        path = os.pathsep.join(filter(None, sys.path))
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=err, start_new_session=True,
                env={**kept, **ports, "ZHIJIAN_HOME": str(home), "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    def until(self, seen: Callable[[], object]) -> None:
        deadline = time.monotonic() + 120
        while not seen():
            assert self.process.poll() is None, self.out.read_text() + self.err.read_text()
            assert time.monotonic() < deadline, self.out.read_text()
            time.sleep(0.005)

    def until_said(self, words: str) -> None:
        self.until(lambda: words in self.out.read_text())

    def signal(self, number: int) -> tuple[int, str]:
        """Status and what stands on standard error. The whole group gets the signal, as from a terminal."""
        os.killpg(self.process.pid, number)
        status = self.process.wait(60)
        return status, self.err.read_text()

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One home for all, in the order of the tests: each start goes on where the one before was stopped."""
    made = Path(tempfile.mkdtemp(prefix="zhijian-demo-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def started(home: Path, *words: str) -> Iterator[Demonstration]:
    demo = Demonstration(home, *words)
    try:
        yield demo
    finally:
        demo.end()


def no_server_is_left(home: Path) -> bool:
    return not (Places.of(home).data / "postmaster.pid").exists()


def test_while_postgresql_is_made(home: Path) -> None:
    with started(home) as demo:
        demo.until(lambda: (Places.of(home).data.with_name("data.new")).exists())
        assert demo.signal(signal.SIGINT) == (130, LINE)
    assert no_server_is_left(home)


def test_while_postgresql_starts(home: Path) -> None:
    with started(home) as demo:
        demo.until(lambda: (Places.of(home).data / "postmaster.pid").exists())
        assert demo.signal(signal.SIGINT) == (130, LINE)
    assert no_server_is_left(home)


def test_while_it_migrates(home: Path) -> None:
    with started(home) as demo:
        demo.until_said("database is up")
        assert demo.signal(signal.SIGINT) == (130, LINE)
    assert no_server_is_left(home)


@pytest.mark.parametrize("what", ["institutions 1", "reports "])
def test_while_it_seeds(home: Path, what: str) -> None:
    with started(home) as demo:
        demo.until_said(f"loading synthetic data: {'机构' if 'inst' in what else '报告'} {what}")
        assert demo.signal(signal.SIGINT) == (130, LINE)
    assert no_server_is_left(home)
    assert not (home / "demo.json").exists()


def test_sigterm_while_it_seeds(home: Path) -> None:
    with started(home) as demo:
        demo.until_said("loading synthetic data")
        assert demo.signal(signal.SIGTERM) == (143, LINE)
    assert no_server_is_left(home)


def test_while_it_serves_and_then_it_was_seeded_whole(home: Path) -> None:
    with started(home) as demo:
        demo.until_said("Zhijian is ready")
        assert "withdrawn" in demo.out.read_text()
        assert demo.signal(signal.SIGINT) == (130, LINE)
    assert no_server_is_left(home)


@pytest.mark.parametrize(
    "pauses_s", [(0.0, 1.2), *(pytest.param((p,), marks=pytest.mark.soak) for p in (0.0, 0.4, 0.8, 1.2, 1.6))]
)
def test_another_ctrl_c_says_the_same_line(home: Path, pauses_s: tuple[float, ...]) -> None:
    with started(home) as demo:
        demo.until_said("Zhijian is ready")
        os.killpg(demo.process.pid, signal.SIGINT)
        for pause_s in pauses_s:
            time.sleep(pause_s)
            with contextlib.suppress(ProcessLookupError):  # it has ended already
                os.killpg(demo.process.pid, signal.SIGINT)
        assert (demo.process.wait(60), demo.err.read_text()) == (130, LINE)


def test_sigterm_while_it_serves_is_an_orderly_end(home: Path) -> None:
    with started(home) as demo:
        demo.until_said("Zhijian is ready")
        assert demo.signal(signal.SIGTERM) == (0, "")
        assert demo.out.read_text().endswith("已停止，数据保留 stopped; the data stays.\n")


def test_a_later_start_seeds_nothing_and_ends_by_itself_when_asked_to(home: Path) -> None:
    with started(home, "--once") as demo:
        assert demo.process.wait(60) == 0, demo.err.read_text()
    assert "loading" not in demo.out.read_text()
    assert demo.err.read_text() == ""
