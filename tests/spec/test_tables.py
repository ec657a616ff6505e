"""Tables derive from the specification, and a migrated database is what the tables say."""

import multiprocessing
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects.postgresql import ARRAY
from tests.spec.upgrading import upgrade

import zhijian.wiring  # noqa: F401  every room's tables are registered
from zhijian.kit import migrate
from zhijian.kit.db import engine, metadata
from zhijian.spec import specification
from zhijian.spec.model import FIRST, Element
from zhijian.wiring import Node

SPEC = specification()
KEPT = [entity for entity in SPEC.entities.values() if entity.id in metadata.tables]
"""Entities that a room keeps; the others are specified, and nobody keeps them yet."""
ELEMENTS = [(entity.id, e.id) for entity in KEPT for e in entity.elements]


def right_type(e: Element, kind: sa.types.TypeEngine[object]) -> bool:
    n = e.type
    if e.many:
        return isinstance(kind, ARRAY) and isinstance(kind.item_type, sa.Text)
    match n.kind:
        case "text":
            return isinstance(kind, sa.String) and kind.length == n.length
        case "integer":
            return isinstance(kind, sa.BigInteger if n.length > 9 else sa.Integer)
        case "decimal":
            return isinstance(kind, sa.Numeric) and (kind.precision, kind.scale) == (n.length, n.places)
        case "date":
            return isinstance(kind, sa.Date)
        case "datetime":
            return isinstance(kind, sa.DateTime) and kind.timezone
        case "bool":
            return isinstance(kind, sa.Boolean)


@pytest.mark.parametrize(("entity", "name"), ELEMENTS)
def test_every_element_is_a_column_of_its_type(entity: str, name: str) -> None:
    e, column = SPEC.entities[entity].element(name), metadata.tables[entity].columns[name]
    assert right_type(e, column.type), column.type
    assert column.nullable == (not (e.required or e.many))
    assert column.comment == e.zh


def test_what_was_kept_from_the_first_is_kept() -> None:
    assert {e.id for e in SPEC.entities.values() if e.since == FIRST} <= {e.id for e in KEPT}


def test_every_entity_that_is_kept_is_a_table_with_its_key_or_a_unique_one() -> None:
    for entity in KEPT:
        table = metadata.tables[entity.id]
        assert table.comment == entity.zh
        uniques = [
            {c.name for c in u.columns}
            for u in table.constraints
            if isinstance(u, (sa.UniqueConstraint, sa.PrimaryKeyConstraint))
        ]
        # The institution's own number is compared in a form of its own.
        key = {"own_number_key" if k == "own_number" else k for k in entity.key}
        assert any(key <= unique for unique in uniques), entity.id


def test_a_key_that_is_repeated_is_a_foreign_key() -> None:
    for name in ("site", "certificate", "staff", "authorisation", "instrument", "calibration"):
        targets = {f.target_fullname for c in metadata.tables[name].columns for f in c.foreign_keys}
        assert "institution.uscc" in targets, name
    assert {f.target_fullname for f in metadata.tables["capability"].columns["number"].foreign_keys} == {
        "certificate.number"
    }


def differences(url: sa.URL) -> list[object]:
    at = engine(url.render_as_string(hide_password=False))
    try:
        with at.connect() as link:
            return compare_metadata(MigrationContext.configure(link, opts={"compare_type": True}), metadata)
    finally:
        at.dispose()


def test_the_nodes_database_is_what_the_tables_say(node: Node) -> None:
    assert differences(node.engine.url) == []


@pytest.fixture
def fresh(node: Node) -> Iterator[sa.URL]:
    """An empty database on the node's server."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield node.engine.url.set(database=name)
    finally:
        with node.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
            link.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_migrations_alone_make_all_tables_and_running_them_again_changes_nothing(fresh: sa.URL) -> None:
    at = engine(fresh.render_as_string(hide_password=False))
    migrate.upgrade(at)
    migrate.upgrade(at)
    assert set(sa.inspect(at).get_table_names()) == {*metadata.tables, "alembic_version"}
    at.dispose()
    assert differences(fresh) == []


def test_two_processes_that_migrate_at_once_make_one_set_of_tables(fresh: sa.URL) -> None:
    url = fresh.render_as_string(hide_password=False)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.codes.lease_taker"])
    with context.Pool(2) as pool:
        assert pool.map(upgrade, [url, url], chunksize=1) == ["", ""]
    assert differences(fresh) == []
