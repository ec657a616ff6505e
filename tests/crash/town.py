"""The real processes of one node, on ports of their own, to be killed: the two doors, the worker, a witness, and PostgreSQL.

Two witnesses are needed for each checkpoint: one that the public door hosts, and one of a process of its own.

Only processes that were started here are ever signalled, each by its number.
"""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import requests
import sqlalchemy as sa

from zhijian.cli.seed import seed
from zhijian.codes.log import Ask, Verifier, Witness, WitnessKey
from zhijian.kit.db import engine
from zhijian.kit.postgres import Places
from zhijian.kit.settings import Settings
from zhijian.synthetic import World
from zhijian.wiring import open_node

WORDS = {"verify": ("serve", "verify"), "office": ("serve", "office"), "worker": ("worker",), "standby": ("worker",)}
RUNNING = ("verify", "office", "worker", "witness")
WORLD = {"seed": 5, "institutions": 6, "reports": 60}
READY_S = 60.0


class Town:
    """A seeded home and its processes."""

    def __init__(self, home: Path) -> None:
        home.chmod(0o755)  # the server runs as another user when the tests run as root
        self.home, self.on = home, datetime.now(UTC).date()
        self.ports = {name: free_port() for name in ("office", "verify")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.world = World(on=self.on, **WORLD)  # type: ignore[arg-type]
        self.witnesses = {f"{self.url('verify')}/witness/hosted": home / "witness/hosted",
                          f"http://127.0.0.1:{free_port()}": home / "alone"}  # fmt: skip
        keys = {url: WitnessKey.make(folder, f"{folder.name}.example") for url, folder in self.witnesses.items()}
        self.pairs = ",".join(f"{key.verifier.vkey()} {url}" for url, key in keys.items())
        settings = replace(Settings(home), public_url=self.url("verify"), witnesses=self.pairs, witness_quorum=2)
        with open_node(settings) as node:
            at = datetime.now(UTC)
            self.origin = node.issuing.log_origin_at(at)
            self.vkeys = {log.origin: log.vkey for log in node.keyring().logs}
            node.asks_at = self._asked_before_they_run
            node.prepare(at)
            seed(node, self.world, at, lambda *_: None)
        self.log = home / "log" / self.origin
        self.database = engine(Places.of(home).url, pool=2)

    def witness(self, url: str) -> Witness:
        return Witness.open(self.witnesses[url], [Verifier.parse(vkey) for vkey in self.vkeys.values()])

    def _asked_before_they_run(self, url: str) -> Ask:
        return lambda body: self.witness(url).add_checkpoint(body, datetime.now(UTC))

    def _words(self, name: str) -> tuple[str, ...]:
        if name != "witness":
            return WORDS[name]
        (url, folder) = [*self.witnesses.items()][1]
        logs = [word for vkey in self.vkeys.values() for word in ("--log", vkey)]
        return ("log", "witness", "--dir", str(folder), "--port", url.rpartition(":")[2], *logs)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, *names: str) -> None:
        """Does not wait. From the main thread only: a child is killed when the thread that started it ends."""
        settings = {
            "HOME": self.home, "OFFICE_PORT": self.ports["office"], "VERIFY_PORT": self.ports["verify"],
            "PUBLIC_URL": self.url("verify"), "VERIFY_RATE_PER_S": 0, "CHECKPOINT_EVERY_S": 0.1,
            "WITNESSES": self.pairs, "WITNESS_QUORUM": 2,
        }  # fmt: skip
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ZHIJIAN_")}
        environment = kept | {f"ZHIJIAN_{k}": str(v) for k, v in settings.items()}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        for name in names:
            with (self.home / f"{name}.out").open("ab") as out:
                words = [sys.executable, "-m", "zhijian.cli", *self._words(name)]
                self.processes[name] = subprocess.Popen(
                    words, env=environment, stdout=out, stderr=out, cwd=self.home, preexec_fn=_die_with_parent
                )

    def await_doors(self) -> None:
        self._await(lambda: all(self._answers(name) for name in self.ports))

    def await_log(self) -> None:
        """The log has everything that was registered."""
        self._await(self.caught_up)

    def _await(self, fact: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_S
        while not fact():
            gone = [name for name, process in self.processes.items() if process.poll() is not None]
            assert not gone, f"{gone} ended by themselves: {self.said(gone[0])}"
            assert time.monotonic() < deadline, "\n".join(
                [str(self.missing()), *(f"{n}: {self.said(n)}" for n in RUNNING)]
            )
            time.sleep(0.05)

    def _answers(self, name: str) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url(name)}/readyz", timeout=2).status_code == 200
        return False

    def missing(self) -> dict[str, object]:
        """What is not as it should be, for the one who reads a failed run."""
        found: dict[str, object] = {name: self._answers(name) for name in self.ports}
        found["backends"] = [_title(pid) for pid in descendants(self.postmaster)]
        with contextlib.suppress(sa.exc.DBAPIError):
            found["log"] = self.rows('SELECT count(*), count("index"), max("index") FROM log_entry')
            found["waits"] = self.rows(
                "SELECT pid, state, wait_event, left(query, 100) FROM pg_stat_activity WHERE datname = 'zhijian'"
            )
        return found

    def caught_up(self) -> bool:
        """No leaf waits, and the checkpoint covers the last one."""
        sql = 'SELECT count(*) FILTER (WHERE "index" IS NULL), coalesce(max("index") + 1, 0) FROM log_entry'
        with contextlib.suppress(sa.exc.DBAPIError, FileNotFoundError), self.database.connect() as db:
            waiting, size = db.execute(sa.text(sql)).one()
            return bool(waiting == 0 and int((self.log / "checkpoint").read_text().split("\n")[1]) == size)
        return False

    def rows(self, sql: str) -> list[sa.Row[tuple[object, ...]]]:
        with self.database.connect() as db:
            return list(db.execute(sa.text(sql)))

    def said(self, name: str) -> str:
        return (self.home / f"{name}.out").read_text(errors="replace")[-3000:]

    @property
    def postmaster(self) -> int:
        return int((Places.of(self.home).data / "postmaster.pid").read_text().split("\n", 1)[0])

    def owner(self) -> str:
        """The process whose child the database server is."""
        parent = _parents()[self.postmaster]
        return next(name for name, process in self.processes.items() if process.pid == parent)

    def kill_everything(self) -> None:
        """The whole tree at once: doors, worker, server and all of its backends."""
        children = [process.pid for process in self.processes.values()]
        for pid in children + [pid for child in children for pid in descendants(child)]:
            _kill(pid)
        self._reap(*self.processes)

    def kill(self, name: str) -> None:
        _kill(self.processes[name].pid)
        self._reap(name)

    def kill_postmaster(self) -> None:
        assert self.postmaster in descendants(self.processes[self.owner()].pid)
        _kill(self.postmaster)

    def kill_a_backend(self, chance: random.Random) -> None:
        """The server answers this by restarting itself; nobody else has to be restarted."""
        backends = [
            pid for pid in descendants(self.postmaster) if "client backend" in _title(pid) or "[local]" in _title(pid)
        ]
        if backends:
            _kill(chance.choice(backends))

    def stop(self, name: str) -> None:
        self.processes[name].terminate()
        self._reap(name)

    def stop_everything(self) -> None:
        for name in [*self.processes]:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop(name)
        if self.processes:
            self.kill_everything()
        self.database.dispose()

    def _reap(self, *names: str) -> None:
        for name in names:
            self.processes[name].wait(40)
            del self.processes[name]


def descendants(pid: int) -> list[int]:
    """Children and theirs, by the kernel's table of this moment."""
    parents = _parents()
    found = [child for child, parent in parents.items() if parent == pid]
    return found + [deeper for child in found for deeper in descendants(child)]


def _parents() -> dict[int, int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in brackets can hold anything; what follows the last bracket cannot.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


def _title(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
