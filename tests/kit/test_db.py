"""Errors of the database tell what failed, and nothing of the data that it failed on."""

import traceback

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Seeded

from zhijian.kit.db import copy_rows, engine, text_array
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


LISTS = sa.Table("lists", sa.MetaData(), sa.Column("n", sa.Integer()), sa.Column("texts", sa.ARRAY(sa.Text())))
AWKWARD = [[], [""], ["NULL"], ['a"b', "a\\b", "{a,b}", " a ", "a\tb\nc", "\\N", "\\."], ["铅", "a" * 300]]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8))))
def test_lists_of_texts_come_back_from_copy(seeded: Seeded, some: list[list[str]]) -> None:
    given_lists = AWKWARD + some
    with seeded.node.engine.connect() as db:
        db.execute(sa.text("CREATE TEMP TABLE lists (n int, texts text[]) ON COMMIT DROP"))
        copy_rows(db, LISTS, ("n", "texts"), ((n, text_array(tuple(one))) for n, one in enumerate(given_lists)))
        assert list(db.execute(sa.select(LISTS.c.texts).order_by(LISTS.c.n)).scalars()) == given_lists


def test_a_connection_that_the_server_has_ended_is_replaced_before_it_is_used(seeded: Seeded) -> None:
    made = engine(seeded.node.engine.url.render_as_string(hide_password=False), pool=2)
    with made.connect() as first, made.connect():
        pid = first.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with seeded.node.transaction() as db:
        db.execute(sa.text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = :p"), {"p": pid})
    for _ in range(3):
        with made.connect() as one:
            assert one.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() != pid
    made.dispose()
