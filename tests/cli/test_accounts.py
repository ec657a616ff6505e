"""The operator's commands over accounts and the audit trail."""

import json
import os

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.identity import audit
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

runner = CliRunner()
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def settings(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)


def run(*words: str, given: str = "") -> tuple[int, str, str]:
    done = runner.invoke(app, ["admin", *words], input=given, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_the_first_account_is_made_by_the_operator_and_noted(node: Node) -> None:
    status, _, err = run("account", "add", "First", "--name", "周某", "--role", "national", given=GOOD + "\n")
    assert (status, err) == (0, "")
    status, said, _ = run("account", "list", "--format", "json")
    assert [a["role"] for a in json.loads(said)["accounts"] if a["login"] == "first"] == ["national"]
    with node.reading() as db:
        (entry,) = audit.entries(db, Scope.everything(), audit.Sought(thing="first"))
    assert (entry.login[:3], entry.role, entry.act) == ("os:", "operator", "account.added")
    assert GOOD not in said


@pytest.mark.parametrize(
    ("words", "given"),
    [(["x!", "--name", "周", "--role", "national"], GOOD), (["second", "--name", "周", "--role", "national"], "short"),
     (["second", "--name", "周", "--role", "provincial"], GOOD), (["second", "--name", "周", "--role", "manager"], GOOD),
     (["second", "--name", "周", "--role", "clerk", "--uscc", "91330106MA2DEMX01W"], GOOD),
     (["second", "--name", "周", "--role", "city", "--province", "33", "--city", "3201"], GOOD)],
)  # fmt: skip
def test_what_is_no_account_is_said(words: list[str], given: str) -> None:
    status, said, err = run("account", "add", *words, given=given + "\n")
    assert status == 2
    assert err
    assert "Traceback" not in said + err


def test_the_trail_is_held_against_itself(node: Node) -> None:
    assert run("check-audit")[0] == 0
    with node.transaction() as db:
        (seq,) = db.execute(sa.text("SELECT max(seq) FROM audit")).one()
        db.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
        db.execute(sa.text("UPDATE audit SET reason = reason || '改' WHERE seq = :s"), {"s": seq})
    try:
        status, said, _ = run("check-audit")
        assert status == 1
        assert f"第 {seq} 条" in said
    finally:
        with node.transaction() as db:
            db.execute(sa.text("UPDATE audit SET reason = left(reason, -1) WHERE seq = :s"), {"s": seq})
            db.execute(sa.text("ALTER TABLE audit ENABLE TRIGGER USER"))
