"""ZHIJIAN_DATABASE_URL takes the embedded server's place: same dialect, same migrations, on Debian's PostgreSQL 15."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import sqlalchemy as sa
from tests.codes.submitting import Counter

from zhijian.codes import Office
from zhijian.codes.model import KeyOrder
from zhijian.kit.scope import Scope
from zhijian.kit.settings import Settings
from zhijian.kit.signing import PrivateKey, Suite
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


def laboratory(node: Node, uscc: str, report: dict[str, Any]) -> Counter:
    """An institution with a key that the trust list vouches for."""
    key, ring = PrivateKey.generate(Suite.SM2), node.keyring()
    with node.transaction() as db:
        facts = node.institution(db, uscc)
        assert facts is not None
        order = KeyOrder(uscc, facts.code_index, "示例-2026a", key.public)
        kid = ring.issue(db, Scope.everything(), [order], 1000, AT - timedelta(days=1))[0]
        ring.publish(db, AT)
    return Counter(node, uscc, kid, key, report, AT)


def test_it_is_the_external_server_and_no_embedded_one_was_started(node: Node) -> None:
    with node.transaction() as db:
        assert db.execute(sa.text("SHOW server_version")).scalar_one().startswith("15.")
    assert not (node.settings.home / "postgres").exists()


def test_preparing_twice_changes_nothing(node: Node) -> None:
    with node.transaction() as db:
        before = Office.sealed_trust(db)
    node.prepare(AT)
    with node.transaction() as db:
        assert Office.sealed_trust(db) == before


def test_a_report_is_registered_logged_and_verified_to_level_3(node: Node) -> None:
    world = World(seed=5, on=AT.date(), institutions=2, reports=4)
    with node.transaction() as db:
        assert (
            enrol(db, Scope.everything(), world.registry(), on=None, source="synthetic", at=AT, synthetic=True).refused
            == ()
        )
    report = next(world.reports())
    lab = laboratory(node, report.pop("uscc"), report)
    with node.transaction() as db:
        issued = lab.issue(db, report["own_number"])
    with node.transaction() as db:
        assert node.desk(db).answer(db, Scope.anyone(), issued.code, issued.verifier, AT).level == 2
    with node.sequencer(AT) as sequencer:
        assert sequencer.run_once(AT) == 1
    with node.transaction() as db:
        answer = node.desk(db).answer(db, Scope.anyone(), issued.code, issued.verifier, AT)
    assert (answer.state, answer.level) == ("valid", 3)
    assert answer.full is not None
    assert answer.full.own_number == report["own_number"]
