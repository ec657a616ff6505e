"""A MariaDB server of a test's own: Debian's programs, a new data folder, gone with the context.

No service of the system is touched, and no file of /etc/mysql is read. The server listens on 127.0.0.1 at a free port
and on a Unix socket; the only account that may come in by network has a password drawn at the start.
"""

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

DATABASE, ACCOUNT = "jyjc", "qianyi"
READY_S = 60.0
_OPTIONS = (
    "--bind-address=127.0.0.1",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--local-infile=1",
    "--max-allowed-packet=64M",
    "--innodb-buffer-pool-size=256M",
    "--innodb-log-file-size=256M",
    "--innodb-flush-log-at-trx-commit=2",  # a test's server need not outlive the machine
    "--innodb-doublewrite=0",
)


class MariadbNotStarted(Exception):
    """The server did not come up. The message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a running server is found. `url` is SQLAlchemy's, with account, password and database."""

    url: str
    port: int
    socket: Path
    pid: int


def needs_mariadb() -> None:
    """Skip the test, with the reason, on a machine without the server's programs."""
    if _program("mariadbd") is None or _program("mariadb-install-db") is None:
        pytest.skip("mariadbd is not installed (Debian: apt-get install mariadb-server)")


@contextlib.contextmanager
def running_mariadb(home: Path, *options: str) -> Iterator[Address]:
    """A new server for as long as the context lasts. Its data lie below `home`, or, where `home` is closed to the
    account `mysql` that root's server runs as, in a folder of its own in /tmp; that folder goes with the server.

    `options` are further words for mariadbd. Raises: MariadbNotStarted.
    """
    needs_mariadb()
    spot = Path(tempfile.mkdtemp(prefix="zhijian-mariadb-"))  # a socket's path may not exceed 107 bytes
    base = home / "mariadb" if os.geteuid() != 0 or _reachable(home) else spot / "mariadb"
    base.mkdir(parents=True, exist_ok=True)
    try:
        for path in (spot, base):
            _hand_over(path)
        _install(base)
        with _serving(base, spot, options) as address:
            yield address
    finally:
        shutil.rmtree(spot, ignore_errors=True)


@contextlib.contextmanager
def _serving(base: Path, spot: Path, options: tuple[str, ...]) -> Iterator[Address]:
    password = secrets.token_urlsafe(18)
    first = spot / "first.sql"
    first.touch(mode=0o600)
    first.write_text(
        f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;\n"
        f"CREATE OR REPLACE USER '{ACCOUNT}'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
        f"GRANT ALL ON *.* TO '{ACCOUNT}'@'127.0.0.1';\n"
    )
    _hand_over(first)
    for attempt in range(3):
        port = _free_port()
        server = _start(base, spot, port, options)
        try:
            _wait_ready(server, base, port, password)
            url = f"mysql+pymysql://{ACCOUNT}:{password}@127.0.0.1:{port}/{DATABASE}?charset=utf8mb4&local_infile=1"
            yield Address(url, port, spot / "socket", server.pid)
            return
        except _PortTaken:
            if attempt == 2:
                raise
        finally:
            _stop(server)


class _PortTaken(MariadbNotStarted):
    """Somebody took the port between our look and the server's."""


def _start(base: Path, spot: Path, port: int, options: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    (base / "server.log").write_bytes(b"")
    _hand_over(base / "server.log")
    words = [
        str(_program("mariadbd")),
        "--no-defaults",  # first, or it is not heeded
        f"--datadir={base / 'data'}",
        f"--tmpdir={base}",
        f"--socket={spot / 'socket'}",
        f"--pid-file={spot / 'pid'}",
        f"--log-error={base / 'server.log'}",
        f"--port={port}",
        f"--init-file={spot / 'first.sql'}",
        *_OPTIONS,
        *options,
    ]
    return subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # a Ctrl-C at the terminal is for pytest to hear
        preexec_fn=_die_with_parent,
        **_as_service(),
    )


def _wait_ready(server: "subprocess.Popen[bytes]", base: Path, port: int, password: str) -> None:
    deadline, why = time.monotonic() + READY_S, "no answer"
    while time.monotonic() < deadline:
        if server.poll() is not None:
            why = f"exit status {server.returncode}"
            break
        try:
            pymysql.connect(host="127.0.0.1", port=port, user=ACCOUNT, password=password, database=DATABASE).close()
            return
        except pymysql.err.OperationalError as error:
            why = str(error)
            time.sleep(0.05)
    tail = (base / "server.log").read_text(errors="replace")[-1500:]
    kind = _PortTaken if "already in use" in tail else MariadbNotStarted
    raise kind(f"MariaDB did not start: {why}\n{tail}")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    for how, seconds in ((signal.SIGTERM, 30), (signal.SIGKILL, 10)):
        if server.poll() is not None:
            return
        server.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)


def _install(base: Path) -> None:
    if (base / "data" / "mysql").is_dir():
        return
    words = [str(_program("mariadb-install-db")), "--no-defaults", f"--datadir={base / 'data'}", "--skip-test-db",
             "--skip-name-resolve", "--auth-root-authentication-method=socket"]  # fmt: skip
    made = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/", start_new_session=True,
                          env={"PATH": os.environ.get("PATH", ""), "TMPDIR": str(base)},
                          preexec_fn=_die_with_parent, **_as_service())  # fmt: skip
    if made.returncode:
        raise MariadbNotStarted(f"mariadb-install-db: {made.stdout[-800:]} {made.stderr[-1200:]}")


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reachable(path: Path) -> bool:
    """Whether a user who owns nothing on the way can walk down to `path`."""
    path.mkdir(parents=True, exist_ok=True)
    resolved = path.resolve()
    return all(os.stat(step).st_mode & 0o001 for step in (resolved, *resolved.parents))


def _hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam("mysql")
        os.chown(path, account.pw_uid, account.pw_gid)


def _as_service() -> dict[str, Any]:
    """mariadbd refuses to run as root; Debian's package brings the account `mysql`."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("mysql")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    """In the child, after its user was set: the kernel ends the server when the tests are gone, however they went."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
