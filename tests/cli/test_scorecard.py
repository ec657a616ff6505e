"""The operator takes results of provinces by `zhijian admin scorecard`, and the demonstration has some of every province."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.exchange.scorecard.results import DAYS, TABLES, changed, invented
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.cli.seed_scorecard import seed_scorecard
from zhijian.wiring import Node

runner = CliRunner()


@pytest.fixture(autouse=True)
def settings(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)
    yield
    with seeded.node.transaction() as db:
        db.execute(sa.text(f"TRUNCATE {TABLES}"))


def run(*words: str) -> tuple[int, str, str]:
    done = runner.invoke(app, ["admin", "scorecard", *words], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def written(folder: Path, raw: bytes, name: str = "check.json") -> str:
    (folder / name).write_bytes(raw)
    return str(folder / name)


def test_a_result_is_taken_once_and_listed(tmp_path: Path) -> None:
    raw = invented("33")
    path = written(tmp_path, raw)
    status, out, _ = run("add", path, "--province", "33", "--by", "浙江省市场监督管理局")
    assert (status, "收下 taken" in out) == (0, True)
    status, out, _ = run("add", path, "--province", "33", "--format", "json")
    (told,) = json.loads(out)
    assert (status, told["new"], told["result"], told["by"]) == (
        0,
        False,
        sha256(raw).hexdigest(),
        "浙江省市场监督管理局",
    )
    assert told["apart"] == []
    status, out, _ = run("list", "--province", "33")
    assert out.startswith(f"33  {DAYS[-1]}")
    assert run("list", "--province", "44") == (0, "没有结果 none\n", "")


def test_several_files_are_taken_and_one_that_cannot_be_is_named(tmp_path: Path) -> None:
    good = written(tmp_path, invented("33"))
    older = written(tmp_path, changed(invented("33", DAYS[0]), specification="0.1.0"), "older.json")
    status, out, _ = run("add", good, older, "--province", "33")
    assert status == 0
    assert "不可比 not comparable: specification" in out
    bad = written(tmp_path, b"{}", "bad.json")
    status, _, err = run("add", bad, "--province", "33")
    assert status == 1
    assert "bad.json" in err
    assert "不是 zhijian-check/1 格式" in err
    assert "Traceback" not in err


def test_an_unknown_province_is_told(tmp_path: Path) -> None:
    status, _, err = run("add", written(tmp_path, invented("33")), "--province", "Zhejiang")
    assert (status, "两位代码" in err, "two digits" in err) == (1, True, True)


def test_the_demonstration_has_every_province_and_the_same_again(node: Node) -> None:
    at = datetime.now(UTC)
    assert seed_scorecard(node, at.date(), at) == 31 * 6
    assert seed_scorecard(node, at.date(), at) == 0
    with node.transaction() as db:
        levels = {row[0] for row in db.execute(sa.text("SELECT DISTINCT level FROM quality_result"))}
        assert len(levels) >= 3, "there is something to tell apart"
