"""`zhijian log rebuild` beside a running node."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.servers import sequence
from typer.testing import CliRunner

from zhijian.cli import app

runner = CliRunner()


def rebuild(seeded: Seeded, *words: str) -> tuple[int, str, str]:
    url = seeded.node.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    environment = {"ZHIJIAN_HOME": str(seeded.node.settings.home), "ZHIJIAN_DATABASE_URL": url}
    done = runner.invoke(app, ["log", "rebuild", *words], env=environment, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def moved(seeded: Seeded) -> Any:
    """A report whose state was set without a leaf, for as long as the test runs."""
    sequence(seeded.node)
    with seeded.node.transaction() as db:
        code = db.execute(sa.text("SELECT code FROM report WHERE state = 'valid' ORDER BY code LIMIT 1")).scalar_one()
        db.execute(sa.text("UPDATE report SET state = 'doubted' WHERE code = :c"), {"c": code})
    yield code
    with seeded.node.transaction() as db:
        db.execute(sa.text("UPDATE report SET state = 'valid' WHERE code = :c"), {"c": code})


def test_agreement_is_status_0_and_progress_goes_to_standard_error(seeded: Seeded) -> None:
    sequence(seeded.node)
    status, said, progress = rebuild(seeded)
    assert (status, "一致" in said) == (0, True), said
    assert seeded.node.issuing.log_origin_at(seeded.at) in progress


def test_a_finding_is_status_1_and_says_what_where_and_what_to_do(seeded: Seeded, moved: str) -> None:
    status, said, _ = rebuild(seeded, "--format", "json")
    told = json.loads(said)
    assert (status, told["findings"]) == (1, {"state-differs": 1})
    (one,) = told["shown"]
    assert one["where"] == moved
    assert one["remedy"].keys() == {"zh", "en"}
    status, said, _ = rebuild(seeded)
    assert status == 1
    assert moved in said
    assert "停止签发" in said
    assert "Stop issuing" in said
