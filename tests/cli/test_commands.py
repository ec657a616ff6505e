"""Commands against a server and against files alone: what they say, and with which exit status."""

import hashlib
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Laboratory, Seeded
from tests.servers import public_door, sequence
from typer.testing import CliRunner

from zhijian.cli import app
from zhijian.codes import Logbook, grouped
from zhijian.codes.trust import seal, unseal
from zhijian.kit.signing import PrivateKey, Suite, sm3

runner = CliRunner()


def run(*words: str) -> tuple[int, str]:
    done = runner.invoke(app, list(words), catch_exceptions=False)
    return done.exit_code, done.output


@dataclass(frozen=True)
class Printed:
    """A registered report, its file, and what a reader can fetch beforehand."""

    issued: dict[str, Any]
    door: str
    file: Path
    folder: Path

    def offline(self, qr: str, *more: str) -> tuple[int, str]:
        f = self.folder
        known = (
            "--trust",
            f / "trust.json",
            "--roots",
            f / "roots.json",
            "--status",
            f / "status.cwt",
            "--proof",
            f / "proof",
        )
        return run("verify", "--offline", qr, *map(str, known), "--format", "json", *more)


@pytest.fixture(scope="module")
def printed(seeded: Seeded, lab: Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    folder = tmp_path_factory.mktemp("printed")
    file = folder / "report.pdf"
    file.write_bytes(b"%PDF-1.7 printed")
    report = lab.fresh("CLI-1", file_digest=sm3(file.read_bytes()).hex(), file_digest_algorithm="sm3")
    with public_door(seeded.node) as door:
        issued = lab.lims.submit(report).json()
        sequence(seeded.node)
        fetch(door, folder, issued)
        roots = {s.value: k.public.point.hex() for s, k in seeded.node.roots().items()}
        (folder / "roots.json").write_text(json.dumps(roots))
        yield Printed(issued, door, file, folder)


def fetch(door: str, folder: Path, issued: dict[str, Any]) -> None:
    on = issued["registered_at"]
    names = {
        "trust.json": "/trust",
        "status.cwt": f"/status/{issued['code'][:2]}-{on[:7]}",
        "proof": f"/proof/{issued['code']}?v={issued['verifier']}",
    }
    for name, path in names.items():
        (folder / name).write_bytes(urllib.request.urlopen(door + path).read())


def test_parse_says_what_a_code_says_and_where_it_is_wrong() -> None:
    status, said = run("codes", "parse", "3326 08k7 oo49 m3o2 ar")
    assert (status, "浙江省" in said) == (0, True)
    status, said = run("codes", "parse", "3326-08K7-0049-M302-AX", "--format", "json")
    assert status == 2
    assert json.loads(said) | {"position": 18, "suggestion": "3326-08K7-0049-M302-AR"} == json.loads(said)


def test_verify_asks_the_server(printed: Printed) -> None:
    status, said = run("verify", printed.issued["printed"], "--server", printed.door)
    assert (status, "在册有效" in said) == (0, True), said
    assert run("verify", "3326-08K7-0049-M302-AX", "--server", printed.door)[0] == 2
    assert run("verify", "3326-08K7-0049-M302-AR", "--server", printed.door)[0] == 1
    assert run("verify", printed.issued["printed"], "--server", "http://127.0.0.1:9")[0] == 3


def test_verify_a_file_by_its_digest(printed: Printed, tmp_path: Path) -> None:
    status, said = run("verify", str(printed.file), "--server", printed.door)
    assert (status, "文件与登记一致" in said, grouped(printed.issued["code"]) in said) == (0, True, True), said
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.7 edited")
    assert run("verify", str(other), "--server", printed.door)[0] == 1
    status, said = run("verify", printed.issued["printed"], "--file", str(other), "--server", printed.door)
    assert (status, "不一致" in said) == (1, True), said


def test_offline_the_files_alone_reach_the_fourth_level(printed: Printed) -> None:
    status, said = printed.offline(printed.issued["qr"], "--file", str(printed.file))
    found = json.loads(said)
    assert (status, found["level"], found["status"], found["host_known"]) == (0, 4, "valid", True), said


def test_offline_without_a_status_list_nothing_is_called_valid(printed: Printed) -> None:
    f = printed.folder
    known = ("--trust", str(f / "trust.json"), "--roots", str(f / "roots.json"))
    status, said = run("verify", "--offline", printed.issued["qr"], *known)
    assert (status, "不知道现在是否有效" in said) == (1, True), said


def test_offline_a_forged_qr_and_another_host_are_refused(printed: Printed) -> None:
    qr = printed.issued["qr"]
    status, _ = printed.offline(qr[:-4] + ("A" if qr[-4] != "A" else "B") + qr[-3:])
    assert status == 1
    status, said = printed.offline(qr.replace(qr.split("/")[2], "EVIL.EXAMPLE"))
    assert (status, json.loads(said)["host_known"]) == (1, False)


def test_offline_a_withdrawn_report_is_not_valid(
    printed: Printed, lab: Laboratory, seeded: Seeded, tmp_path: Path
) -> None:
    issued = lab.lims.submit(lab.fresh("CLI-2")).json()
    lab.lims.post(f"/api/v1/reports/{issued['code']}/state", {"state": "withdrawn", "reason": "样品标识有误"})
    sequence(seeded.node)
    fetch(printed.door, tmp_path, issued)
    (tmp_path / "roots.json").write_bytes((printed.folder / "roots.json").read_bytes())
    status, said = Printed(issued, printed.door, printed.file, tmp_path).offline(issued["qr"])
    assert (status, json.loads(said)["status"]) == (1, "invalid"), said


def relist(printed: Printed, seeded: Seeded, folder: Path, roots: Any = None, **changes: Any) -> Printed:
    """The same evidence beside another trust list: that of `printed` with `changes`, signed by the root or by `roots`."""
    for name in ("roots.json", "status.cwt", "proof"):
        (folder / name).write_bytes((printed.folder / name).read_bytes())
    public = {suite: key.public for suite, key in seeded.node.roots().items()}
    listed = unseal((printed.folder / "trust.json").read_bytes(), public)
    (folder / "trust.json").write_bytes(seal(replace(listed, **changes), roots or seeded.node.roots()))
    return Printed(printed.issued, printed.door, printed.file, folder)


def version_of(said: str) -> int:
    return int(json.loads(said.splitlines()[-1])["trust_version"])


def test_offline_a_trust_list_older_than_one_seen_before_is_refused(
    printed: Printed, seeded: Seeded, tmp_path: Path, state_home: Path
) -> None:
    status, said = printed.offline(printed.issued["qr"])
    version = version_of(said)
    newer = relist(printed, seeded, tmp_path, version=version + 1)
    assert newer.offline(printed.issued["qr"])[0] == status == 0
    assert list(json.loads((state_home / "zhijian" / "trust-seen.json").read_text()).values()) == [version + 1]
    status, said = printed.offline(printed.issued["qr"])
    assert (status, f"第 {version} 版比这里见过的第 {version + 1} 版旧" in said) == (3, True), said
    assert "fetch it from http://HOST:PORT/trust" in said
    assert newer.offline(printed.issued["qr"])[0] == 0


def test_offline_a_list_is_remembered_though_the_report_is_refused(
    printed: Printed, seeded: Seeded, tmp_path: Path
) -> None:
    version = version_of(printed.offline(printed.issued["qr"])[1])
    newer = relist(printed, seeded, tmp_path, version=version + 1)
    assert newer.offline(printed.issued["qr"][:-4] + "AAAA")[0] == 1
    assert printed.offline(printed.issued["qr"])[0] == 3


def test_offline_a_trust_list_that_ran_out_could_not_be_used_and_a_forged_one_is_a_finding(
    printed: Printed, seeded: Seeded, tmp_path: Path, state_home: Path
) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    status, said = relist(printed, seeded, tmp_path, expires_at=past).offline(printed.issued["qr"])
    assert (status, "已过期" in said, "http://HOST:PORT/trust" in said) == (3, True, True), said
    others = {suite: PrivateKey.generate(suite) for suite in Suite}
    status, said = relist(printed, seeded, tmp_path, others, version=999).offline(printed.issued["qr"])
    assert (status, "信任列表不被接受" in said) == (1, True), said
    assert not (state_home / "zhijian").exists(), "nothing was accepted"


def test_offline_a_memory_that_cannot_be_kept_is_a_warning(printed: Printed, state_home: Path) -> None:
    state_home.write_text("in the way")
    status, said = printed.offline(printed.issued["qr"])
    assert status == 0, said
    assert "care: the versions seen before cannot be read" in said
    assert "care: the trust list's version cannot be kept" in said


def test_times_are_shanghai_s_for_people_and_utc_for_machines(printed: Printed) -> None:
    f = printed.folder
    known = ("--trust", str(f / "trust.json"), "--roots", str(f / "roots.json"), "--status", str(f / "status.cwt"),
             "--proof", str(f / "proof"))  # fmt: skip
    online = ("verify", printed.issued["code"], "--server", printed.door)
    away = ("verify", "--offline", printed.issued["qr"], *known)
    for words in (online, away):
        status, said = run(*words)
        assert status == 0, said
        assert re.findall(r"\d{2}:\d{2}:\d{2}(\S*?)(?=[\s，）]|$)", said), said
        assert set(re.findall(r"\d{2}:\d{2}:\d{2}(\S*?)(?=[\s，）]|$)", said)) == {"+08:00"}, said
    found = json.loads(run(*away, "--format", "json")[1])
    for name in ("trust_issued_at", "issued_at", "status_as_of"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", found[name])
    asked = json.loads(run(*online, "--format", "json")[1])["asked_at"]
    assert datetime.fromisoformat(asked).utcoffset() == timedelta(0)


def test_a_digest_that_cannot_be_compared_is_said_by_door_and_command(printed: Printed, seeded: Seeded) -> None:
    value = hashlib.sha256(printed.file.read_bytes()).hexdigest()
    body = json.dumps({"code": printed.issued["code"], "digest": {"algorithm": "sha256", "value": value}}).encode()
    asked = urllib.request.Request(f"{printed.door}/api/v1/verify", body, {"Content-Type": "application/json"})
    found = json.loads(urllib.request.urlopen(asked).read())
    assert (found["outcome"], found["reason"]["why"]) == ("incomparable", "other-algorithm")
    reserved = seeded.shown["reserved"]["code"]
    status, said = run("verify", reserved, "--file", str(printed.file), "--server", printed.door)
    assert (status, "file not compared" in said) == (1, True), said


def test_the_log_is_checked_from_a_folder_and_from_an_address(printed: Printed, seeded: Seeded) -> None:
    origin = seeded.node.issuing.log_origin_at(seeded.at)
    with seeded.node.transaction() as db:
        vkey = seeded.node.trust(db).log(origin).vkey
    folder = str(Logbook.folder(seeded.node.settings.home, origin))
    for target in (folder, f"{printed.door}/log/{origin}"):
        status, said = run("log", "verify", target, "--vkey", vkey, "--format", "json")
        assert status == 0, said
        assert json.loads(said)["size"] > 0
    status, said = run("log", "verify", folder, "--vkey", vkey[:-8] + "AAAAAAA=")
    assert status == 2, said
    assert run("log", "verify", "/nowhere", "--vkey", vkey)[0] in (1, 3)


def test_the_trust_list_names_the_logs_keys(printed: Printed, seeded: Seeded) -> None:
    known = ("--trust", str(printed.folder / "trust.json"), "--roots", str(printed.folder / "roots.json"))
    status, said = run("log", "keys", *known, "--format", "json")
    assert status == 0, said
    origin = seeded.node.issuing.log_origin_at(seeded.at)
    vkey = next(log["vkey"] for log in json.loads(said) if log["origin"] == origin)
    assert run("log", "verify", f"{printed.door}/log/{origin}", "--vkey", vkey)[0] == 0
    status, said = run("log", "keys", known[0], known[3], known[2], known[3])
    assert (status, "--trust" in said, "it should be a trust list" in said) == (2, True, True), said
    status, said = run("log", "prove", known[1], "--entry", "00", "--vkey", vkey)
    assert (status, "it should be a proof of the log" in said) == (2, True), said


def test_spec_gives_schema_and_documents() -> None:
    status, said = run("spec", "schema", "site")
    assert (status, json.loads(said)["title"]) == (0, "检验检测场所")
    assert run("spec", "schema", "nothing")[0] == 2
    assert "# 数据规范" in run("spec", "docs")[1]
    assert "# 数据规范的变更" in run("spec", "docs", "--changes")[1]
