"""The trail held against what the log says of it, and what commands leave in it."""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.servers import sequence
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.codes import Logbook
from zhijian.identity import audit, noted
from zhijian.kit.scope import Scope
from zhijian.wiring import Node
from zhijian.worker import carrying


@pytest.fixture(autouse=True)
def settings(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)


def anchors(node: Node) -> audit.Anchors:
    with node.transaction() as db:
        trust = node.trust(db)
    return audit.Anchors(node.logbook.anchors(trust), Logbook.anchor_leaf)


def broken(node: Node, held: audit.Anchors | None) -> list[str]:
    with node.one_moment() as db:
        return [one.why for one in audit.checked(db, anchors=held) if isinstance(one, audit.Broken)]


@pytest.fixture
def anchored(node: Node) -> Node:
    with node.transaction() as db:
        for n in range(3):
            noted(db, None, "test.anchor", f"第 {n} 件", datetime.now(UTC))
    carrying.anchor(node)
    sequence(node)
    return node


@pytest.fixture
def rewritten(anchored: Node) -> Iterator[Node]:
    """The whole trail written anew by the tables' owner, every digest made again: it agrees with itself."""
    with anchored.transaction() as db:
        kept = [dict(row) for row in db.execute(sa.text("SELECT * FROM audit ORDER BY seq")).mappings()]
        _replaced(db, _without_a_trace(kept))
    yield anchored
    with anchored.transaction() as db:
        _replaced(db, kept)


def _without_a_trace(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    previous, made = audit.BEGINNING, []
    for row in rows:
        login = "somebody-else" if row["object"] == "第 1 件" else row["login"]
        entry = audit.Entry(**{**row, "login": login, "previous": previous, "digest": b""})  # type: ignore[arg-type]
        previous = entry.computed()
        made.append({**row, "login": login, "previous": entry.previous, "digest": previous})
    return made


def _replaced(db: sa.Connection, rows: list[dict[str, object]]) -> None:
    from zhijian.identity.tables import audit as table

    db.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
    db.execute(sa.text("DELETE FROM audit"))
    db.execute(sa.insert(table), rows)
    db.execute(sa.text("ALTER TABLE audit ENABLE TRIGGER USER"))


def test_a_trail_that_was_rewritten_whole_agrees_with_itself_and_not_with_the_log(rewritten: Node) -> None:
    assert broken(rewritten, None) == []
    assert "rewritten" in broken(rewritten, anchors(rewritten))
    done = CliRunner().invoke(app, ["admin", "check-audit", "--format", "json"])
    assert done.exit_code == 1
    assert {one["why"] for one in json.loads(done.stdout)["broken"]} == {"rewritten"}


def test_anchors_are_read_from_the_logs_files_whatever_the_database_says(rewritten: Node) -> None:
    with rewritten.transaction() as db:
        kept = [
            dict(row) for row in db.execute(sa.text("SELECT code, record FROM log_entry WHERE kind = 4")).mappings()
        ]
        db.execute(sa.text("UPDATE log_entry SET code = '', record = '' WHERE kind = 4"))
    try:
        assert "rewritten" in broken(rewritten, anchors(rewritten))
    finally:
        with rewritten.transaction() as db:
            for row in kept:
                leaf = {**row, "entry": b"\x04" + hashlib.sha256(bytes(row["record"])).digest() + b"zhijian-audit-v1"}
                db.execute(sa.text("UPDATE log_entry SET code = :code, record = :record WHERE entry = :entry"), leaf)


def test_a_trail_that_only_grew_agrees_with_its_anchors(anchored: Node) -> None:
    with anchored.transaction() as db:
        noted(db, None, "test.anchor", "之后", datetime.now(UTC))
    held = anchors(anchored)
    assert held.leaves
    assert broken(anchored, held) == []
    done = CliRunner().invoke(app, ["admin", "check-audit"])
    assert done.exit_code == 0, done.output


def test_nothing_is_anchored_twice_and_the_log_rebuilds_with_anchors_in_it(anchored: Node) -> None:
    before = anchors(anchored).leaves
    assert not carrying.anchor(anchored)
    sequence(anchored)
    assert anchors(anchored).leaves == before
    with anchored.transaction() as db:
        office = anchored.office(db)
    with anchored.one_moment() as db:
        found = [one for one in office.rebuild(db, anchored.settings.home, lambda *_: None) if "audit" in one.detail]
    assert found == []


def test_a_command_leaves_the_name_of_who_ran_it(node: Node) -> None:
    done = CliRunner().invoke(app, ["admin", "account", "add", "by-command", "--name", "周", "--role", "auditor"], input="correct horse battery\n")  # fmt: skip
    assert done.exit_code == 0, done.output
    with node.reading() as db:
        (entry,) = audit.entries(db, Scope.everything(), audit.Sought(thing="by-command"))
        code = db.execute(
            sa.text("SELECT code FROM report WHERE state = 'valid' ORDER BY code DESC LIMIT 1")
        ).scalar_one()
    assert (entry.login.startswith("os:"), entry.role, entry.act) == (True, "operator", "account.added")
    for state in ("doubted", "valid"):
        done = CliRunner().invoke(app, ["admin", "state", code, state, "--reason", "核查", "--office", "某局"])
        assert done.exit_code == 0, done.output
    with node.reading() as db:
        newest = audit.entries(db, Scope.everything(), audit.Sought(act="report.state"))[0]
    assert (newest.object, newest.province, newest.login[:3], newest.reason) == (code, code[:2], "os:", "核查")
