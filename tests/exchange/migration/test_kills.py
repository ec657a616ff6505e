"""The whole command, killed at random moments: the target is what it is when nobody disturbs it, and the books agree to the row.

MariaDB as the source, PostgreSQL as the target, `zhijian migrate` as a process of its own.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.exchange.migration.conftest import database
from tests.mariadb import Address, running_mariadb
from tests.provincial import build

from zhijian.kit.db import engine

SEED = 20261128
FEW = ("jg_jbxx", "jg_changsuo", "jg_renyuan", "sb_yiqi", "yp_yangpin", "bg_zhubiao", "bg_jcxm")
"""Tables of the short form: whatever refers to another and a long one are among them."""


@dataclass
class Command:
    """`zhijian migrate` with a folder and a target of its own."""

    home: Path
    source: str
    target: str
    mapping: str
    moment_s: float
    """How long after a line of progress a kill may come."""

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        env = {**os.environ, "ZHIJIAN_HOME": str(self.home / "home"), "ZHIJIAN_DATABASE_URL": self.target,
               "MIGRATION_SOURCE_URL": self.source}  # fmt: skip
        argv = [sys.executable, "-m", "zhijian.cli", "migrate", *words, "--work", str(self.home / "work")]
        with self.told.open("wb") as err, (self.home / "out").open("wb") as out:
            return subprocess.Popen(argv, env=env, stdout=out, stderr=err)

    @property
    def told(self) -> Path:
        return self.home / "err"

    @property
    def lines(self) -> int:
        """Of progress, of the last run."""
        return self.told.read_bytes().count(b"\n")

    def run(self, *words: str) -> tuple[int, Any]:
        status = self.start(*words, "--format", "json").wait(3000)
        out = (self.home / "out").read_text("utf-8")
        return status, json.loads(out) if out else self.told.read_text("utf-8")

    def plan(self) -> None:
        (self.home / "mapping.yaml").write_text(self.mapping, "utf-8")
        status, said = self.run("plan", str(self.home / "mapping.yaml"), "--province", "33", "--on", "2026-11-01")
        assert status == 0, said

    def killed(self, chance: random.Random, lines: float) -> bool:
        """Killed after so many lines of progress and a moment more; False: it came to its end before."""
        process, wait_for = self.start("run"), int(chance.uniform(0, lines))
        while process.poll() is None and self.lines < wait_for:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, self.moment_s))
        process.kill()
        return process.wait() == -9


def command(home: Path, source: str, server: str, name: str, few: bool) -> Command:
    mapping = moved.parts_of(*FEW) if few else moved.FILE.read_text("utf-8")
    made = Command(home / name, source, database(server), mapping, 0.2 if few else 0.6)
    made.home.mkdir()
    made.plan()
    return made


def endure(home: Path, source: str, server: str, kills: int, seed: int, few: bool = False) -> int:
    """How many kills struck while it was at work."""
    calm, hunted, chance = (
        command(home, source, server, "calm", few),
        command(home, source, server, "hunted", few),
        random.Random(seed),
    )
    began = time.monotonic()
    status, wanted = calm.run("run")
    assert status == 1, wanted  # quarantine waits
    lines, struck, loading, gone = calm.lines, 0, 0, 0
    print(f"undisturbed: {time.monotonic() - began:.0f} s, {lines} lines of progress", flush=True)
    for n in range(kills):  # on the average evenly over what is left
        struck += hunted.killed(chance, 2 * max(lines - gone, 1) / (kills - n + 1))
        gone += hunted.lines
        loading += (hunted.home / "work" / "begun-1").exists()
    print(f"{struck} kills struck, {loading} of them while it was loading", flush=True)
    assert loading >= kills // 4
    status, found = hunted.run("run")
    assert status == 1, found
    assert found == wanted
    assert found["agrees"]
    one, other = engine(calm.target), engine(hunted.target)
    assert moved.content(other) == moved.content(one)
    assert hunted.run("reconcile") == (0, wanted)
    one.dispose()
    other.dispose()
    return struck


@pytest.fixture
def platform(mariadb: Address) -> Iterator[str]:
    link = sa.create_engine(mariadb.url, isolation_level="AUTOCOMMIT")
    with link.connect() as db:
        db.execute(sa.text("CREATE OR REPLACE DATABASE moved CHARACTER SET utf8mb4"))
        yield mariadb.url.replace("/jyjc?", "/moved?")
        db.execute(sa.text("DROP DATABASE moved"))
    link.dispose()


def test_three_kills_change_nothing(tmp_path: Path, platform: str, server: str) -> None:
    build(platform, seed=SEED, scale=2)
    assert endure(tmp_path, platform, server, 3, SEED, few=True) >= 2


@pytest.mark.soak
@pytest.mark.timeout(6 * 3600)
def test_fifty_kills_change_nothing(tmp_path: Path, platform: str, server: str) -> None:
    """SCALE 1000 is five million rows."""
    truth = build(platform, seed=SEED, scale=int(os.environ.get("SCALE", "1000")))
    print(f"{sum(truth.rows.values()):,} rows in the source", flush=True)
    assert endure(tmp_path, platform, server, 50, SEED) >= 45


def test_a_source_that_goes_away_is_said_and_the_run_goes_on_later(home: Path, tmp_path: Path, server: str) -> None:
    with running_mariadb(home / "stopped") as source:
        build(source.url, seed=SEED, scale=1)
        one = command(tmp_path, source.url, server, "moving", few=True)
    status, said = one.run("run")
    assert status == 3
    assert "再运行同一条命令" in said
    assert "Traceback" not in said
    assert str(sa.make_url(source.url).password) not in said
    with running_mariadb(home / "stopped") as again:  # with what was in it
        one.source = again.url
        status, found = one.run("run")
    assert status == 1, found
    assert found["agrees"]
