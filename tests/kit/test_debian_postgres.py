"""ZHIJIAN_DATABASE_URL takes the embedded server's place: same dialect, same migrations, on Debian's PostgreSQL 15."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import sqlalchemy as sa

from zhijian.cli.laboratory import issue_keys, submit
from zhijian.codes.model import Issued
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.registry import enrol
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node

DEBIAN = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.skipif(not (DEBIAN / "postgres").exists(), reason="Debian's postgresql-15 is not installed")
AT = datetime.now(UTC)


def as_nobody() -> dict[str, Any]:
    return {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of its own in a folder of its own, on a socket alone."""
    base = Path(tempfile.mkdtemp(prefix="zhijian-test-debian-"))
    if os.geteuid() == 0:
        os.chown(base, 65534, 65534)
    subprocess.run(
        [DEBIAN / "initdb", "-D", base / "data", "-U", "zhijian", "--auth=trust", "--encoding=UTF8", "--no-sync"],
        check=True, capture_output=True, cwd="/", **as_nobody(),
    )  # fmt: skip
    server = subprocess.Popen(
        [DEBIAN / "postgres", "-D", base / "data", "-k", base, "-c", "listen_addresses=", "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_nobody(),
    )  # fmt: skip
    try:
        wait(f"host={base} user=zhijian dbname=postgres")
        yield f"postgresql://zhijian@/postgres?host={quote(str(base), safe='')}"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(base, ignore_errors=True)


def wait(where: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(where, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise AssertionError("the server did not come up")


@pytest.fixture(scope="module")
def node(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with open_node(Settings(tmp_path_factory.mktemp("debian"), database_url=url)) as opened:
        opened.prepare(AT)
        yield opened


def test_it_is_the_external_server_and_no_embedded_one_was_started(node: Node) -> None:
    with node.transaction() as db:
        assert db.execute(sa.text("SHOW server_version")).scalar_one().startswith("15.")
    assert not (node.settings.home / "postgres").exists()


def test_preparing_twice_changes_nothing(node: Node) -> None:
    with node.transaction() as db:
        before = node.keyring().sealed(db)
    node.prepare(AT)
    with node.transaction() as db:
        assert node.keyring().sealed(db) == before


def test_a_report_is_registered_logged_and_verified_to_level_3(node: Node) -> None:
    world = World(seed=5, on=AT.date(), institutions=2, reports=4)
    with node.transaction() as db:
        assert enrol(db, Scope.everything(), world.registry(), synthetic=True).refused == ()
    report = next(world.reports())
    uscc = report.pop("uscc")
    keys = issue_keys(node, [uscc], AT.replace(year=AT.year - 1), AT)
    with node.transaction() as db:
        issued = submit(db, node, uscc, keys, [report], AT)[0]
        assert isinstance(issued, Issued)
    with node.transaction() as db:
        assert node.desk(db).answer(db, Scope.anyone(), issued.code, issued.verifier, AT).level == 2
    with node.sequencer(AT) as sequencer:
        assert sequencer.run_once(AT) == 1
    with node.transaction() as db:
        answer = node.desk(db).answer(db, Scope.anyone(), issued.code, issued.verifier, AT)
    assert (answer.state, answer.level) == ("valid", 3)
    assert answer.full is not None
    assert answer.full.own_number == report["own_number"]
