"""The server inside the home: it comes and goes with its application, and keeps every committed row."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from zhijian.kit import postgres
from zhijian.kit.postgres import Places, running

OWNER = """
import sys, psycopg
from pathlib import Path
from zhijian.kit.postgres import running
with running(Path(sys.argv[1])) as url:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as link:
        print("ready", flush=True)
        for n in map(int, sys.stdin):
            link.execute("INSERT INTO kept VALUES (%s)", [n])
            print(n, flush=True)
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="zhijian-test-pg-"))
    made.chmod(0o755)
    with running(made) as url, connect(url) as link:
        link.execute("CREATE TABLE kept (n bigint PRIMARY KEY)")
    yield made
    shutil.rmtree(made, ignore_errors=True)


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def kept(url: str) -> set[int]:
    with connect(url) as link:
        return {n for (n,) in link.execute("SELECT n FROM kept")}


def postmaster(home: Path) -> int | None:
    return postgres._postmaster(Places.of(home).data)


def owner(home: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def alive(pid: int) -> bool:
    """A dead process that nobody has waited for is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ended(process: "subprocess.Popen[str]") -> None:
    process.wait(20)
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(BrokenPipeError):
            assert pipe is not None
            pipe.close()


def wait_until_gone(home: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while postmaster(home) is not None and time.monotonic() < deadline:
        time.sleep(0.05)


def test_rows_survive_a_restart_and_nothing_is_left_running(home: Path) -> None:
    with running(home) as url, connect(url) as link:
        link.execute("INSERT INTO kept VALUES (-1)")
        pid = postmaster(home)
        assert pid is not None
    assert postmaster(home) is None
    assert not alive(pid)
    assert not Places.of(home).socket.exists()
    with running(home) as url:
        assert -1 in kept(url)


def test_the_server_is_reached_by_its_socket_and_password_alone(home: Path) -> None:
    places = Places.of(home)
    with running(home) as url:
        with connect(url) as link:
            assert link.execute("SHOW listen_addresses").fetchone() == ("",)
            assert link.execute("SHOW timezone").fetchone() == ("UTC",)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"host={places.socket} user=zhijian dbname=zhijian", connect_timeout=5)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(f"host={places.socket} user=zhijian dbname=zhijian password=wrong", connect_timeout=5)
        assert places.socket.stat().st_mode & 0o077 == 0
        assert places.password.stat().st_mode & 0o077 == 0
        assert places.data.stat().st_mode & 0o077 == 0


def test_text_search_is_not_blind_to_chinese(home: Path) -> None:
    with running(home) as url, connect(url) as link:
        row = link.execute(r"SELECT '检测' ~ '^\w+$', lower('Ａ'), datcollate, datctype FROM pg_database "
                           "WHERE datname = current_database()").fetchone()  # fmt: skip
    assert row == (True, "ａ", "C", "C.UTF-8")


def test_a_second_process_attaches_and_the_owner_goes_on(home: Path) -> None:
    with running(home) as url:
        pid = postmaster(home)
        second = owner(home)
        assert postmaster(home) == pid
        second.communicate("1001\n", timeout=30)
        assert second.returncode == 0
        assert postmaster(home) == pid, "the guest's end stops nothing"
        assert 1001 in kept(url)


def test_when_the_owner_is_killed_the_server_goes_and_committed_rows_stay(home: Path) -> None:
    process = owner(home)
    assert process.stdin is not None
    assert process.stdout is not None
    pid, acknowledged = postmaster(home), set()
    killer = threading.Timer(0.3, process.kill)
    killer.start()
    with contextlib.suppress(BrokenPipeError):
        for n in range(2000, 1_000_000):
            process.stdin.write(f"{n}\n")
            process.stdin.flush()
            if not (line := process.stdout.readline()):
                break
            acknowledged.add(int(line))
    ended(process)
    assert process.returncode == -signal.SIGKILL
    wait_until_gone(home, 15)
    assert postmaster(home) is None
    assert pid is not None
    assert not alive(pid)
    with running(home) as url:
        found = {n for n in kept(url) if n >= 2000}
    assert acknowledged
    assert acknowledged <= found
    assert len(found - acknowledged) <= 1, "at most the row that was on its way"


def test_a_home_can_be_taken_over_the_moment_its_owner_was_killed(home: Path) -> None:
    process = owner(home)
    process.kill()
    ended(process)
    with running(home) as url:
        assert -1 in kept(url)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's home is closed to the server's own user")
def test_a_home_that_the_servers_user_cannot_reach_still_gets_its_server(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    base = Places.of(closed / "home").data.parent
    try:
        assert base.parent == Path("/var/lib/zhijian")
        with running(closed / "home") as url, connect(url) as link:
            assert link.execute("SELECT 1").fetchone() == (1,)
        assert closed.stat().st_mode & 0o777 == 0o700, "no folder of the user was opened for it"
    finally:
        shutil.rmtree(base, ignore_errors=True)


def test_a_server_that_is_killed_under_its_owner_comes_back_with_every_row(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres, "RESTART_AFTER_S", 0.0)
    with running(home) as url:
        with connect(url) as link:
            link.execute("INSERT INTO kept VALUES (777001)")
        first = postmaster(home)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(psycopg.OperationalError):
                assert 777001 in kept(url)
                break
            time.sleep(0.1)
        assert postmaster(home) not in (None, first)
    assert postmaster(home) is None
    assert "started again" in capsys.readouterr().err
