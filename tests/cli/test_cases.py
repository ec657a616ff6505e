"""A case on the command line: refusals say what to do instead, in both languages, with a status for scripts."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.cases.walking import LEAD
from tests.codes.document.sealing_keys import LAB, ROOT, ROOT_DER, SINCE, UNTIL
from tests.conftest import Seeded
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.codes.document import certificates, dossier
from zhijian.identity import accounts
from zhijian.kit.principal import Role
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.wiring import Node

runner = CliRunner()


@pytest.fixture(autouse=True)
def settings(seeded: Seeded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_HOME", str(seeded.node.settings.home))
    if url := os.environ.get("ZHIJIAN_DATABASE_URL"):
        monkeypatch.setenv("ZHIJIAN_DATABASE_URL", url)


def run(*words: str) -> tuple[int, str]:
    done = runner.invoke(app, ["cases", *words], catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture
def no() -> str:
    status, said = run("open", "--as", "li", "--json", json.dumps(LEAD), "--format", "json")
    assert status == 0
    return str(json.loads(said)["no"])


def test_all_wrong_fields_are_named_at_once_with_why_they_are_needed() -> None:
    status, said = run("open", "--json", '{"source": "rumour", "province": "99", "field": "01", "colour": "red"}')
    assert status == 2
    for words in ("source（线索来源）：应为其中之一", "province", "matter（案情）：请填写案情", "colour"):
        assert words in said
    assert "who did what and when" in said


def test_an_act_out_of_turn_says_what_is_possible_now(no: str) -> None:
    status, said = run("act", no, "close", "--json", '{"summary": "x"}')
    assert status == 1
    assert "案件现在是“线索”" in said
    assert "possible: take-up, not-take, merge" in said
    assert run("act", no, "leave")[0] == 2


def test_whoever_saw_an_old_version_is_told_who_acted_since(no: str) -> None:
    assert run("act", no, "take-up", "--json", '{"reason": "x"}', "--as", "li", "--seen", "1")[0] == 0
    status, said = run("act", no, "not-take", "--json", '{"reason": "x"}', "--as", "zhou", "--seen", "1")
    assert status == 1
    assert "li take-up" in said
    assert "open it again first" in said


@pytest.mark.parametrize("number", ["浙检查2026-99999", "2026-1", "x"])
def test_a_number_that_is_none_is_said_to_be_none(number: str) -> None:
    status, said = run("show", number)
    assert status == 2
    assert "no such case" in said


@pytest.mark.parametrize("given", ["{", "[]", '"x"', "1"])
def test_what_is_not_an_object_of_fields_is_refused(no: str, given: str) -> None:
    assert run("act", no, "take-up", "--json", given)[0] == 2


def test_laws_are_shown_with_their_range_or_that_it_must_be_looked_up() -> None:
    status, said = run("law", "虚假", "12", "2026-08-15")
    assert status == 0
    assert "《生态环境法典》" in said
    assert "not given here: look it up" in said
    assert "10 万元以下" in said
    assert "a lawyer must confirm" in said
    assert run("law", "虚构", "12", "2026-08-15")[0] == 2


def test_a_dossier_is_written_and_signed_with_files_alone(no: str, tmp_path: Path) -> None:
    unsigned, signed = tmp_path / "dossier.pdf", tmp_path / "signed.pdf"
    assert run("dossier", no, "--out", str(unsigned))[0] == 0
    assert run("dossier", no, "--out", str(unsigned))[0] == 2, "a file that is there is not written over"
    own = PrivateKey(Suite.ES256, bytes([5]) * 32)
    made = certificates.sealing_certificate(ROOT[Suite.ES256], ROOT_DER[Suite.ES256], LAB, own.public, SINCE, UNTIL)
    key, certificate, root = (tmp_path / name for name in ("key.json", "own.der", "root.der"))
    key.write_text(json.dumps({"suite": Suite.ES256.value, "secret": own.secret.hex()}))
    certificate.write_bytes(made)
    root.write_bytes(ROOT_DER[Suite.ES256])
    words = ["--key", str(key), "--certificate", str(certificate), "--root", str(root), "--name", "某局"]
    assert run("sign-dossier", str(unsigned), *words, "--out", str(signed))[0] == 0
    assert dossier.data(signed.read_bytes())["no"] == no
    again = run("sign-dossier", str(signed), *words, "--out", str(tmp_path / "again.pdf"))
    assert again[0] == 2
    assert "signed already" in again[1]


def test_all_that_is_due_for_a_province_or_an_account_is_printed_for_a_mail(node: Node, no: str) -> None:
    status, said = run("due", "--province", "33", "--within", "60", "--most", "5000", "--format", "json")
    assert status == 0
    found = json.loads(said)
    assert {one["province"] for one in found["items"]} == {"33"}
    assert no in {one["ref"] for one in found["items"]}
    assert sum(count["items"] for count in found["counts"].values()) == len(found["items"])
    with node.transaction() as db:
        uscc = str(db.execute(sa.text("SELECT min(uscc) FROM institution WHERE province = '33'")).scalar_one())
        accounts.add(db, None, "due-mail", "周某", Role.MANAGER, None, datetime.now(UTC), province="33", uscc=uscc)
    status, said = run("due", "--account", "due-mail", "--within", "90", "--format", "json")
    assert status == 0
    assert {one["uscc"] for one in json.loads(said)["items"]} <= {uscc, None}
    assert "已过" in run("due", "--province", "33", "--within", "90")[1]


@pytest.mark.parametrize(
    "words", [("--province", "3301"), ("--account", "nobody"), ("--account", "x", "--province", "33")]
)
def test_whose_due_it_is_must_be_one_that_there_is(words: tuple[str, ...]) -> None:
    status, said = run("due", *words)
    assert status == 2
    assert "--account" in said or "--province" in said
