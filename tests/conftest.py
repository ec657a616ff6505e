"""One node for the whole run: embedded PostgreSQL, a small synthetic world, its log. Tests use own numbers of their own."""

import contextlib
import gc
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.lims import Lims
from tests.mariadb import Address, running_mariadb
from zhijian.api import api_app
from zhijian.cli.seed import seed
from zhijian.kit.db import Db
from zhijian.kit.settings import Settings
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.synthetic import World
from zhijian.wiring import Node, open_node

SHARED = Path(__file__).parents[2] / "shared"
WORLD = {"seed": 11, "institutions": 8, "reports": 160}


def pytest_sessionstart() -> None:
    """What modules define stays: to look through it again and again takes a third of the collection's time."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.enable()
    gc.freeze()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Vectors, kit and real data beside the checkout; they are not part of the project."""
    if not (SHARED / "vectors").is_dir():
        pytest.skip("../shared is not there: published vectors and independent readers are not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="zhijian-test-"))
    made.chmod(0o755)  # the server runs as another user when the tests run as root
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb(home: Path) -> Iterator[Address]:
    """A MariaDB that every test of a run shares: whoever needs it empty makes a database of its own there."""
    with running_mariadb(home) as address:
        yield address


@dataclass(frozen=True)
class Seeded:
    node: Node
    shown: dict[str, Any]
    world: World
    at: datetime


@pytest.fixture(scope="session")
def seeded(home: Path) -> Iterator[Seeded]:
    """ZHIJIAN_DATABASE_URL, when set, takes the embedded server's place."""
    settings = replace(Settings(home), verify_rate_per_s=0, database_url=os.environ.get("ZHIJIAN_DATABASE_URL", ""))
    at = datetime.now(UTC)
    with open_node(settings) as node:
        node.prepare(at)
        world = World(on=at.date(), **WORLD)  # type: ignore[arg-type]
        yield Seeded(node, seed(node, world, at, lambda *_: None), world, at)


@pytest.fixture(scope="session")
def node(seeded: Seeded) -> Node:
    return seeded.node


@pytest.fixture
def db(node: Node) -> Iterator[Db]:
    """A transaction that leaves nothing behind."""
    with node.engine.connect() as open_:
        yield open_
        open_.rollback()


@pytest.fixture(scope="session")
def api(node: Node) -> Iterator[TestClient]:
    with TestClient(api_app(node), base_url="http://api.test", raise_server_exceptions=False) as client:
        yield client


def key_of(node: Node, uscc: str) -> PrivateKey:
    """The demonstration key of a synthetic institution."""
    path = node.settings.home / "keys" / f"demo-{uscc}.json"
    with node.transaction() as db:
        suite = next(k for k in node.trust(db).keys if k.kid == kid_of(node, uscc)).suite
    return PrivateKey(suite, bytes.fromhex(json.loads(path.read_text())["secret"]))


def kid_of(node: Node, uscc: str) -> str:
    import sqlalchemy as sa

    with node.transaction() as db:
        return str(
            db.execute(
                sa.text("SELECT kid FROM institution_key WHERE uscc = :u ORDER BY not_before, kid LIMIT 1"), {"u": uscc}
            ).scalar_one()
        )


@contextlib.contextmanager
def no_looks(node: Node) -> Iterator[None]:
    """Nothing counted before, whatever doors other tests opened, and nothing left behind."""
    import sqlalchemy as sa

    empty = sa.text("TRUNCATE look_day, look_unknown, look_sketch")
    with node.transaction() as db:
        db.execute(empty)
    try:
        yield
    finally:
        with node.transaction() as db:
            db.execute(empty)


@dataclass(frozen=True)
class Laboratory:
    """A synthetic institution with its system: key, client, and a report it may register."""

    uscc: str
    lims: Lims
    report: dict[str, Any]

    def fresh(self, own_number: str, **changes: Any) -> dict[str, Any]:
        """A report that will be admitted, under another own number."""
        return {**json.loads(json.dumps(self.report)), "own_number": own_number, **changes}


def laboratory(seeded: Seeded, client: Any, suite: Suite | None = None) -> Laboratory:
    """The institution of the newest report (with the CMA mark and an instrument) whose key is of `suite`."""
    for report in reversed(list(seeded.world.reports())):
        uscc = report["uscc"]
        key = key_of(seeded.node, uscc)
        fits = report["cma_marked"] and any(i.get("instruments") for i in report["items"])
        if fits and suite in (None, key.suite):
            lims = Lims(client, kid_of(seeded.node, uscc), key)
            return Laboratory(uscc, lims, {k: v for k, v in report.items() if k != "uscc"})
    raise AssertionError("the small world has no such institution")


@pytest.fixture(scope="session")
def lab(seeded: Seeded, api: TestClient) -> Laboratory:
    return laboratory(seeded, api)
