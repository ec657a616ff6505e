"""SIGKILL at random moments under load: nothing acknowledged is lost, nothing happens twice, nothing by halves.

The seed decides who is killed and when; the threads of the load make every run a little different all the same.
"""

import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import SHARED
from tests.crash.laboratories import Laboratory, Ledger, Load, ask_again, laboratories
from tests.crash.reckoning import (
    an_independent_reader_agrees,
    everything_acknowledged,
    nothing_by_halves,
    the_doors_say_so,
    the_log_holds_it,
    the_witnesses_agree,
    trusted,
)
from tests.crash.town import RUNNING, Town

SEED = 20261124
KILLS = 100
FEW = ("worker", "backend", "everything while starting", "office and witness")
"""Everything is killed twice in one of them: at work, and while it starts again."""
ALL = ("everything", *FEW, "everything", "verify", "office", "witness", "database", "worker beside a standby")


@pytest.fixture
def town() -> Iterator[Town]:
    home = Path(tempfile.mkdtemp(prefix="zhijian-crash-"))
    made = Town(home)
    yield made
    made.stop_everything()
    shutil.rmtree(home, ignore_errors=True)


class Watch:
    """Keeps every checkpoint that was ever to be read."""

    def __init__(self, log: Path) -> None:
        self._log, self._stop = log, threading.Event()
        self.published: set[bytes] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            if (path := self._log / "checkpoint").exists():
                self.published.add(path.read_bytes())

    def end(self) -> None:
        self._stop.set()
        self._thread.join(10)


def strike(town: Town, what: str, chance: random.Random) -> None:
    """Kill, and start again what a supervisor would."""
    match what:
        case "everything":
            town.kill_everything()
            town.start(*RUNNING)
        case "everything while starting":
            town.kill_everything()
            town.start(*RUNNING)
            time.sleep(chance.uniform(0.0, 3.0))
            town.kill_everything()
            town.start(*RUNNING)
        case "backend":
            town.kill_a_backend(chance)
        case "database":
            # Its owner has to be started anew; nobody else.
            owner = town.owner()
            town.kill_postmaster()
            time.sleep(chance.uniform(0.0, 0.5))
            town.stop(owner)
            town.start(owner)
        case "worker beside a standby":
            town.start("standby")
            time.sleep(chance.uniform(1.0, 3.0))
            owned = town.owner() == "worker"
            town.kill("worker")
            if owned:  # the database went with it, and comes back with the next process only
                town.start("worker")
                town.kill("standby")
            else:
                town.processes["worker"] = town.processes.pop("standby")
        case _:
            for one in what.split(" and "):
                town.kill(one)
                time.sleep(chance.uniform(0.0, 0.2))
            town.start(*what.split(" and "))


def one_round(town: Town, labs: list[Laboratory], ledger: Ledger, what: str, seed: int) -> None:
    chance, owner = random.Random(seed), town.owner()
    with Load(labs, seed):
        time.sleep(chance.uniform(0.2, 1.2))
        strike(town, what, chance)
        if what in ("worker", "backend"):
            time.sleep(0.3)
    if what == "witness" or (what.startswith("worker") and owner != "worker"):
        assert not ledger.doubtful, "submission needs neither the worker nor a witness"
    town.await_doors()
    for _ in range(3):
        ask_again(ledger)
    town.await_log()
    assert not ledger.surprises, ledger.surprises[:3]
    assert not ledger.doubtful, "a server that is up again refused what it should take"


def endure(town: Town, kills: list[str], seed: int, kit: Path) -> None:
    ledger = Ledger()
    town.start(*RUNNING)
    town.await_doors()
    town.await_log()
    labs, trust = laboratories(town, ledger, 3), trusted(town)
    watch, asked = Watch(town.log), set[str]()
    try:
        for n, what in enumerate(kills):
            before = len(ledger.state)
            print(f"kill {n}: {what}, seed {seed + n}", flush=True)
            one_round(town, labs, ledger, what, seed + n)
            nothing_by_halves(town)
            everything_acknowledged(town, ledger)
            the_log_holds_it(town, trust, set(watch.published))
            the_witnesses_agree(town)
            # Those asked about before are asked again once they were changed: a kept page must not outlive the notice.
            again, nexts = asked & ledger.changes.keys(), {code for lab in labs for code in lab.issued[:3]}
            the_doors_say_so(town, ledger, [*nexts, *again, *[*ledger.changes][-5:]])
            asked = asked - again | nexts
            print(f"  {len(ledger.state) - before} more reports, {len(watch.published)} checkpoints", flush=True)
    finally:
        watch.end()
    assert len(ledger.state) > 10 * len(kills), "there was load"
    assert len(ledger.changes) > len(kills), "states were changed"
    if kit.exists():
        an_independent_reader_agrees(town, trust, kit)


KIT = SHARED / "kit" / "tlog_check.py"


def test_a_few_kills_lose_nothing_that_was_acknowledged(town: Town) -> None:
    endure(town, list(FEW), SEED, KIT)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_kills_lose_nothing_that_was_acknowledged(town: Town) -> None:
    chance = random.Random(SEED)
    endure(town, [chance.choice(ALL) for _ in range(KILLS)], SEED, KIT)
