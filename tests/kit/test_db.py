"""Errors of the database tell what failed, and nothing of the data that it failed on."""

import traceback

import psycopg
import pytest
import sqlalchemy as sa
from tests.conftest import Seeded

from zhijian.kit.db import copy_rows
from zhijian.kit.postgres import Places

PERSON = "欧阳不外传"
TABLE = sa.Table("person", sa.MetaData(), sa.Column("name", sa.Text()), sa.Column("born", sa.Date()))


@pytest.fixture
def db(seeded: Seeded) -> sa.Connection:
    with seeded.node.engine.connect() as link:
        link.execute(sa.text("CREATE TEMP TABLE person (name text PRIMARY KEY, born date NOT NULL) ON COMMIT DROP"))
        yield link


def told(why: BaseException) -> str:
    """All that any log could write of it."""
    return "".join(traceback.format_exception(why)) + repr(why)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("INSERT INTO person VALUES (:name, '2026-01-01'), (:name, '2026-01-01')", "person_pkey"),
        ("INSERT INTO person VALUES (:name, NULL)", "born"),
        ("SELECT CAST(:name AS date)", "22007"),
        ("SELECT nothing FROM person WHERE name = :name", "nothing"),
    ],
)
def test_an_error_of_a_statement_quotes_no_value(db: sa.Connection, sql: str, says: str) -> None:
    with pytest.raises(sa.exc.DBAPIError) as why:
        db.execute(sa.text(sql), {"name": PERSON})
    assert PERSON not in told(why.value)
    assert says in str(why.value)


@pytest.mark.parametrize(("row", "says"), [((PERSON, "no day"), "22007"), ((PERSON, None), "born")])
def test_an_error_of_copy_quotes_no_row(db: sa.Connection, row: tuple[str, str | None], says: str) -> None:
    with pytest.raises(psycopg.Error) as why:
        copy_rows(db, TABLE, ("name", "born"), [row])
    assert PERSON not in told(why.value)
    assert "no day" not in told(why.value)
    assert says in str(why.value)


def test_the_embedded_server_s_log_holds_no_value(seeded: Seeded, db: sa.Connection) -> None:
    log = Places.of(seeded.node.settings.home).log
    if not log.exists():
        pytest.skip("an external PostgreSQL keeps its own log")
    with pytest.raises(psycopg.Error):
        copy_rows(db, TABLE, ("name", "born"), [(PERSON, None)])
    written = log.read_text(errors="replace")
    assert "ready to accept connections" in written
    assert PERSON not in written
