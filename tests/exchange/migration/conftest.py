"""One embedded PostgreSQL for all tests of migration; each gets a database of its own, already upgraded."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from zhijian.kit import migrate, postgres
from zhijian.kit.db import engine

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """Address of a server whose database `template_zhijian` has all tables and no rows.

    Not under pytest's own folder: each session that begins takes that away from every other user, and the server is one.
    """
    with postgres.running(home / "target") as url:
        _said(url, "CREATE DATABASE template_zhijian")
        made = engine(_named(url, "template_zhijian"))
        migrate.upgrade(made)
        made.dispose()
        yield url


def database(server: str) -> str:
    """Address of a new one."""
    name = f"moved_{next(_NUMBERS)}"
    _said(server, f"CREATE DATABASE {name} TEMPLATE template_zhijian")
    return _named(server, name)


@pytest.fixture
def target_url(server: str) -> str:
    return database(server)


@pytest.fixture
def target(target_url: str) -> Iterator[sa.Engine]:
    made = engine(target_url)
    yield made
    made.dispose()


def _named(url: str, database: str) -> str:
    return sa.make_url(url).set(database=database).render_as_string(hide_password=False)


def _said(url: str, statement: str) -> None:
    made = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with made.connect() as db:
        db.execute(sa.text(statement))
    made.dispose()
