"""The second wall: what the office's role cannot see, whatever SQL it sends."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from zhijian.identity import Gate, audit, walls
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.wiring import Node


def _seen(db: Db) -> set[tuple[str, str]]:
    return {(r.province, r.uscc) for r in db.execute(sa.text("SELECT province, uscc FROM institution"))}


@pytest.fixture
def all_there(node: Node) -> set[tuple[str, str]]:
    with node.transaction() as db:
        found = _seen(db)
    assert len({province for province, _ in found}) > 1
    return found


def now() -> datetime:
    return datetime.now(UTC)


def test_the_nation_sees_all_a_province_its_own_a_laboratory_itself(
    node: Node, all_there: set[tuple[str, str]]
) -> None:
    province, uscc = sorted(all_there)[0]
    for scope, wanted in (
        (Scope.everything(), all_there),
        (Scope.of_province(province), {one for one in all_there if one[0] == province}),
        (Scope.of_institution(uscc), {(province, uscc)}),
        (Scope(), set()),
    ):
        with node.gate.within(scope, now()) as db:
            assert _seen(db) == wanted


def test_who_has_entered_no_scope_sees_nothing(node: Node) -> None:
    with node.gate.engine.connect() as db:
        assert _seen(db) == set()


@pytest.mark.parametrize("forge", ["unsigned", "widened", "other connection", "too old"])
def test_a_scope_that_was_not_signed_for_this_connection_and_minute_opens_nothing(node: Node, forge: str) -> None:
    key = node.keys.secret("scope")
    with node.gate.engine.begin() as db:
        pid = db.connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
        own = walls.setting(Scope.of_province("99"), pid, key, now())
        said = {
            "unsigned": "*|*|1|9999999999|00",
            "widened": "|".join(["*", "*", *own.split("|")[2:]]),
            "other connection": walls.setting(Scope.everything(), pid + 1, key, now()),
            "too old": walls.setting(Scope.everything(), pid, key, now() - timedelta(hours=1)),
        }[forge]
        db.execute(sa.select(sa.func.set_config("zhijian.scope", said, True)))
        assert _seen(db) == set()


def test_smuggled_sql_does_not_reach_over_the_wall(node: Node, all_there: set[tuple[str, str]]) -> None:
    province = min(all_there)[0]
    with node.gate.within(Scope.of_province(province), now()) as db:
        smuggled = "x' OR TRUE OR name = 'x"
        rows = db.execute(sa.text(f"SELECT province FROM institution WHERE name = '{smuggled}'")).scalars()
        assert set(rows) == {province}


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM scope_key", "SELECT password FROM account", "SELECT * FROM session", "RESET ROLE; SELECT * FROM scope_key",
     "SET ROLE zhijian", "ALTER TABLE institution DISABLE ROW LEVEL SECURITY", "UPDATE audit SET reason = ''",
     "DROP POLICY seen ON institution", "SELECT pg_read_file('/etc/passwd')"],
)  # fmt: skip
def test_the_offices_role_may_neither_read_secrets_nor_take_the_wall_down(node: Node, statement: str) -> None:
    refused = pytest.raises(sa.exc.DBAPIError, match=r"permission denied|must be owner|only grows")
    with refused, node.gate.within(Scope.everything(), now()) as db:
        for one in statement.split("; "):
            db.execute(sa.text(one))


def test_the_scope_ends_with_the_transaction(node: Node) -> None:
    with node.gate.within(Scope.everything(), now()) as db:
        pid = db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    with node.gate.engine.connect() as db:
        assert db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() == pid  # the same connection again
        assert _seen(db) == set()


@pytest.mark.parametrize("code", ["*", "33,32", "33|*", ""])
def test_a_code_that_would_read_as_another_scope_is_not_signed(code: str) -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        walls.said(Scope.of_province(code))


def test_what_the_address_says_of_a_user_does_not_go_before_the_offices_role(node: Node) -> None:
    owner = sa.create_engine(node.engine.url.update_query_dict({"user": "zhijian"}))
    gate = Gate(owner, node.keys.secret("scope"), node.keys.secret("office-db"))
    with gate.within(Scope(), now()) as db:
        assert db.execute(sa.text("SELECT current_user")).scalar_one().startswith("zhijian_office_")
    gate.close()
    owner.dispose()


def test_nothing_smuggled_into_one_request_waits_in_the_connection_for_the_next(node: Node) -> None:
    with node.gate.within(Scope.everything(), now()) as db:
        pid = db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        db.execute(sa.text("SELECT pg_advisory_lock(736015), set_config('search_path', 'pg_catalog', false)"))
    with node.gate.engine.connect() as db:
        assert db.execute(sa.text("SELECT pg_backend_pid()")).scalar_one() == pid
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        assert db.execute(sa.text(held)).scalar_one() == 0
        assert "public" in db.execute(sa.text("SHOW search_path")).scalar_one()
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"), node.gate.within(Scope(), now()) as db:
        db.execute(sa.text("CREATE TEMP TABLE institution (province text, uscc text)"))


@pytest.mark.parametrize("seq", ["9223372036854775807", "1", "(SELECT max(seq) + 2 FROM audit)"])
def test_an_entry_cannot_be_put_anywhere_but_at_the_trails_end(node: Node, seq: str) -> None:
    with node.transaction() as db:
        audit.noted(db, None, "test", "end", now())
    forged = (
        "INSERT INTO audit (seq, at, login, role, act, object, reason, detail, previous, digest) "
        f"VALUES ({seq}, now(), 'li', 'national', 'x', 'x', '', '{{}}', decode(repeat('00', 32), 'hex'), '\\x01')"
    )
    with pytest.raises(sa.exc.DBAPIError, match="grows at its end"), node.gate.within(Scope.everything(), now()) as db:
        db.execute(sa.text(forged))


def test_a_key_that_the_database_does_not_know_is_told_and_shows_nothing(node: Node) -> None:
    with pytest.raises(walls.NotEntered), node.gate.engine.begin() as db:
        walls.entered(db, Scope.everything(), b"another key" * 3, now())
