"""Empty tables of looks, writers over the shared node, and codes of its institutions."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from tests.conftest import no_looks

from zhijian.codes.code import compose
from zhijian.lookups import LookCounter, LookWriter, Shown
from zhijian.wiring import Node

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
AT = datetime(2026, 5, 18, 2, 24, 36, tzinfo=UTC)


class Looks:
    """A counter and its writer, as one process of the public door has them."""

    def __init__(self, node: Node, folder: Path, **how: Any) -> None:
        self.counter = LookCounter()
        self.writer = LookWriter(node.transaction, folder, **how)

    def answered(self, code: str, *clients: str, as_: Shown = Shown.IN_USE, verified: bool = False) -> None:
        for client in clients:
            self.counter.answered(code, client, as_, verified)

    def flush(self, at: datetime = AT) -> int:
        self.writer.add(self.counter.take(), at)
        return self.writer.write()


@pytest.fixture(autouse=True)
def empty(node: Node) -> Iterator[None]:
    with no_looks(node):
        yield


@pytest.fixture
def looks(node: Node, tmp_path: Path) -> Looks:
    return Looks(node, tmp_path / "places")


@pytest.fixture
def code_of(node: Node) -> Callable[..., str]:
    """The n-th code of an institution of the world: `code_of(3)` is of the first, `code_of(3, 1)` of the second."""
    with node.transaction() as db:
        found = db.execute(sa.text("SELECT code_index FROM institution ORDER BY code_index")).scalars()
        indexes = list(found)
    return lambda number, which=0: compose("33", 2026, indexes[which], number)


@pytest.fixture
def rows(node: Node) -> Callable[[str], list[dict[str, Any]]]:
    def ask(table: str) -> list[dict[str, Any]]:
        with node.transaction() as db:
            return [dict(row) for row in db.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2, 3")).mappings()]

    return ask


@pytest.fixture
def uscc_of(node: Node) -> Callable[[str], str]:
    def ask(code: str) -> str:
        with node.transaction() as db:
            query = sa.text("SELECT uscc FROM institution WHERE code_index = :i")
            return str(db.execute(query, {"i": code[4:8]}).scalar_one())

    return ask
