"""The operator's commands over complaints: masked unless a reason is given, and who looked is written down."""

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import Seeded
from typer.testing import CliRunner

from zhijian.cases import Complaint, receive
from zhijian.cases.model import Photo, Receipt
from zhijian.cli import app
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

runner = CliRunner()
NAMED = "示例检测 138.1234.5678"
WORDS, CONTACT = "第一行，电话 13812345678\n第二行", "wang@example.com"
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def settings(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)


def run(*words: str) -> tuple[int, str, str]:
    done = runner.invoke(app, ["admin", "complaints", *words], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def received(node: Node, at: datetime = NOW) -> Receipt:
    complaint = Complaint.written("not-tested", WORDS, "332608K7M4QX72RD9C", NAMED, CONTACT, "answer")
    photos = [Photo("image/jpeg", 40, 30, b"\xff\xd8 first"), Photo("image/jpeg", 30, 40, b"\xff\xd8 second")]
    with node.transaction() as db:
        return receive(db, Scope.anyone(), complaint, photos, at, form=secrets.token_bytes(32), worked=True)


def test_lists_and_shows_are_masked(node: Node) -> None:
    receipt = received(node)
    status, said, _ = run("list", "--most", "500")
    assert (status, receipt in said, "未检测出具" in said) == (0, True, True)
    for command in (["list", "--most", "500"], ["show", receipt], ["show", receipt, "--format", "json"]):
        status, said, log = run(*command)
        assert status == 0
        assert "13812345678" not in said
        assert "wang@" not in said
        assert "1234.5678" not in said
        assert log == ""
    assert "w＊＊＊@example.com" in run("show", receipt)[1]
    assert "第二行" in run("show", receipt)[1]
    assert "示例检测 1＊" in run("show", receipt)[1]


def test_to_see_the_contact_asks_for_a_reason_and_leaves_a_line(node: Node) -> None:
    receipt = received(node)
    assert run("show", receipt, "--reveal")[0] == 2
    assert run("show", receipt, "--reveal", "--reason", " ")[0] == 2
    assert run("show", receipt, "--reason", "核查")[0] == 2
    status, said, log = run(
        "show", f"{receipt[:5].lower()}-{receipt[5:]}", "--reveal", "--reason", "核查需要联系举报人", "--format", "json"
    )
    assert (status, json.loads(said)["contact"], json.loads(said)["words"]) == (0, CONTACT, WORDS)
    assert json.loads(said)["institution_name"] == NAMED
    line = json.loads(log)
    assert (line["event"], line["receipt"], line["reason"]) == ("complaint_revealed", receipt, "核查需要联系举报人")
    assert line["by"]
    assert line["timestamp"]
    assert CONTACT not in log


def test_a_photo_is_written_once_and_who_took_it_is_written_down(node: Node, tmp_path: Path) -> None:
    receipt, out = received(node), tmp_path / "photo.jpg"
    status, _, log = run("photo", receipt, "2", "--out", str(out))
    assert (status, out.read_bytes()) == (0, b"\xff\xd8 second")
    line = json.loads(log)
    assert (line["event"], line["receipt"], line["photo"]) == ("complaint_photo_taken", receipt, 2)
    assert run("photo", receipt, "1", "--out", str(out))[0] == 2
    assert run("photo", receipt, "3", "--out", str(tmp_path / "no.jpg"))[0] == 1
    assert not (tmp_path / "no.jpg").exists()


def test_it_is_passed_on_and_closed(node: Node) -> None:
    receipt = received(node)
    assert run("pass-on", receipt, "--office", " ")[0] == 2
    assert run("pass-on", receipt, "--office", "浙江省市场监督管理局")[0] == 0
    assert "已转办" in run("show", receipt)[1]
    assert "浙江省市场监督管理局" in run("show", receipt)[1]
    assert run("close", receipt)[0] == 0
    assert receipt in run("list", "--state", "closed", "--most", "500")[1]
    assert receipt not in run("list", "--state", "received", "--most", "500")[1]


def test_an_unknown_number_and_what_is_none_are_told_apart() -> None:
    for command in (
        ["show", "{}"],
        ["pass-on", "{}", "--office", "x"],
        ["close", "{}"],
        ["photo", "{}", "1", "--out", "/tmp/none.jpg"],
    ):
        status, _, said = run(*(word.format("0000000000") for word in command))
        assert (status, "没有这个回执编号" in said) == (1, True), said
        status, _, said = run(*(word.format("12") for word in command))
        assert (status, "不是回执编号" in said) == (2, True), said


def test_what_is_over_is_deleted(node: Node) -> None:
    old, young = received(node, datetime(2020, 1, 1, tzinfo=UTC)), received(node)
    status, said, _ = run("expire", "--format", "json")
    assert status == 0
    assert json.loads(said)["expired"] >= 1
    assert json.loads(run("show", old, "--format", "json")[1]) | {
        "contact": None,
        "photos": [],
        "photos_received": 2,
    } == json.loads(run("show", old, "--format", "json")[1])
    assert len(json.loads(run("show", young, "--format", "json")[1])["photos"]) == 2
