"""`zhijian admin seal make`, and `codes stamp | seal | inspect` of an OFD: what works, and what is said of what does not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.cli.test_documents import DEMO, _options, roots_of, run, submitted
from tests.codes.document.ofds import ofd
from tests.conftest import Laboratory, Seeded, laboratory
from tests.servers import sequence

from zhijian.codes import Office
from zhijian.codes.document import ses
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite, sm3


@dataclass(frozen=True)
class Desk:
    lab: Laboratory
    issued: dict[str, Any]
    name: str
    folder: Path

    def stamp(self, out: Path, **changed: Any) -> tuple[int, str]:
        given = {"file": self.folder / "report.ofd", "report": self.folder / "issued.json", "institution": self.name,
                 "label": DEMO, "out": out} | changed  # fmt: skip
        return run("codes", "stamp", given.pop("file"), *_options(given))

    def seal(self, out: Path, **changed: Any) -> tuple[int, str]:
        f = self.folder
        given = {"file": f / "stamped.ofd", "report": f / "issued.json", "key": f / "key.json", "seal": f / "seal.esl",
                 "root": f / "root.pem", "proof": f / "report.tlog-proof", "out": out} | changed  # fmt: skip
        return run("codes", "seal", given.pop("file"), *_options(given))

    def inspect(self, file: Path, **changed: Any) -> tuple[int, str]:
        f = self.folder
        given = {"trust": f / "trust.json", "roots": f / "root-keys.json", "root-certificate": f / "root.pem"} | changed
        return run("codes", "inspect", file, *_options(given))


@pytest.fixture(scope="module")
def desk(seeded: Seeded, api: TestClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    node, lab = seeded.node, laboratory(seeded, api, Suite.SM2)
    folder = tmp_path_factory.mktemp("ofd-desk")
    original = ofd(f"铅 {datetime.now(UTC).timestamp()} mg/kg", "镉 0.003 mg/kg")
    issued = submitted(lab, original, "sm3")
    sequence(node)
    (folder / "report.ofd").write_bytes(original)
    (folder / "issued.json").write_text(json.dumps(issued, ensure_ascii=False))
    (folder / "key.json").write_bytes((node.settings.home / "keys" / f"demo-{lab.uscc}.json").read_bytes())
    (folder / "root-keys.json").write_bytes((node.settings.home / "root-keys.json").read_bytes())
    with node.transaction() as db:
        proof = node.desk(db).proof(db, Scope.anyone(), issued["code"], issued["verifier"])
        institution = node.institution(db, lab.uscc)
        (folder / "trust.json").write_bytes(Office.sealed_trust(db) or b"")
    (folder / "report.tlog-proof").write_bytes(proof)
    assert institution
    made = Desk(lab, issued, institution.name, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHIJIAN_HOME", str(node.settings.home))
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        (folder / "root.pem").write_text(roots_of(seeded))
        said = run("admin", "seal", "make", lab.lims.kid, "--out", folder / "seal.esl")
        assert said[0] == 0, said
        for status, said in (
            made.stamp(folder / "stamped.ofd"),
            made.seal(folder / "sealed.ofd", page=1, left=140, bottom=40),
        ):
            assert status == 0, said
        yield made


def test_a_sealed_ofd_is_found_unchanged_and_taken_by_the_api(desk: Desk) -> None:
    status, said = desk.inspect(desk.folder / "sealed.ofd")
    assert (status, said.splitlines()[0]) == (0, "签章后未改动 unchanged since the seal"), said
    for part in (
        desk.issued["printed"],
        desk.name,
        desk.lab.uscc,
        desk.lab.lims.kid,
        "检验检测专用章",
        "页 pages 1, 2: 未改动",
        "可信 known",
    ):
        assert part in said
    found = json.loads(desk.inspect(desk.folder / "sealed.ofd", format="json")[1])
    assert (found["kind"], found["verdict"], found["files"], found["qr"]) == ("ofd", "unchanged", [], desk.issued["qr"])
    assert found["original_said"]["sm3"] == sm3((desk.folder / "report.ofd").read_bytes()).hex()
    assert found["proof"].encode() == (desk.folder / "report.tlog-proof").read_bytes()
    path = f"/api/v1/reports/{desk.issued['code']}/document"
    answer = desk.lab.lims.post_file(path, (desk.folder / "sealed.ofd").read_bytes(), kind="application/ofd")
    assert (answer.status_code, answer.json()["sealed"]) in ((201, True), (200, True)), answer.text


def test_the_stamp_is_that_of_the_api_byte_for_byte(desk: Desk) -> None:
    path = f"/api/v1/reports/{desk.issued['code']}/stamp"
    answer = desk.lab.lims.post_file(path, (desk.folder / "report.ofd").read_bytes(), kind="application/ofd")
    assert answer.status_code == 200, answer.text
    assert answer.content == (desk.folder / "stamped.ofd").read_bytes()
    assert answer.headers["content-type"] == "application/ofd"


def test_a_changed_file_in_the_container_is_named(desk: Desk, tmp_path: Path) -> None:
    files = unzipped((desk.folder / "sealed.ofd").read_bytes())
    page = "Doc_0/Pages/Page_1/Content.xml"
    (tmp_path / "edited.ofd").write_bytes(
        zipped(files | {page: files[page].replace(b"0.003", b"0.001"), "x\u202e.xml": b"<x/>"})
    )
    status, said = desk.inspect(tmp_path / "edited.ofd")
    assert (status, said.splitlines()[0]) == (1, "签章后内容有改动：第 2 页 edited since the seal on pages 2"), said
    assert f"{page}，签章后改过 changed" in said
    assert "x\ufffd.xml，签章没有覆盖" in said


def test_seals_say_whose_they_are_and_a_picture_of_ones_own_is_taken(desk: Desk, tmp_path: Path) -> None:
    facts = ses.read_seal((desk.folder / "seal.esl").read_bytes())
    assert (facts.name, facts.picture.kind, facts.picture.data[:4]) == (f"{desk.name}检验检测专用章", "PNG", b"\x89PNG")
    (tmp_path / "stamp.png").write_bytes(facts.picture.data)
    status, said = run("admin", "seal", "make", desk.lab.lims.kid, "--picture", tmp_path / "stamp.png", "--name", "报告专用章",
                       "--width", 40, "--height", 40, "--format", "json", "--out", tmp_path / "own.esl")  # fmt: skip
    assert status == 0, said
    assert (json.loads(said)["name"], json.loads(said)["kid"]) == ("报告专用章", desk.lab.lims.kid)
    own = ses.read_seal((tmp_path / "own.esl").read_bytes())
    assert (own.name, own.picture.width_mm, own.picture.data) == ("报告专用章", 40, facts.picture.data)
    assert desk.seal(tmp_path / "out.ofd", seal=tmp_path / "own.esl")[0] == 0
    assert desk.inspect(tmp_path / "out.ofd")[0] == 0


def test_what_is_wrong_of_a_seal_to_be_made_is_said(
    desk: Desk, seeded: Seeded, api: TestClient, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n torn")
    other = laboratory(seeded, api, Suite.ES256).lims.kid
    out = tmp_path / "out.esl"
    for words, status, says in (
        (["00000000"], 1, "没有这个机构密钥"), ([other], 1, "机构的密钥是 ES256"), ([desk.lab.lims.kid, "--picture", tmp_path / "a.png"], 2, "须为 PNG"),
        ([desk.lab.lims.kid, "--picture", desk.folder / "seal.esl"], 2, "这是电子印章"), ([desk.lab.lims.kid, "--name", "长" * 61], 2, "1–60 个字"),
    ):  # fmt: skip
        found, said = run("admin", "seal", "make", *words, "--out", out)
        assert (found, says in said, out.exists()) == (status, True, False), said
        assert "Traceback" not in said


def test_whatever_is_wrong_of_a_sealing_is_said_in_both_languages_and_leaves_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    def written(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    other = PrivateKey.generate(Suite.SM2)
    key = json.dumps({"suite": "SM2-SM3", "secret": other.secret.hex()}).encode()
    seal, stamped = (desk.folder / "seal.esl").read_bytes(), (desk.folder / "stamped.ofd").read_bytes()
    spoilt = bytearray(seal)
    spoilt[-1] ^= 1
    files = unzipped(stamped)
    renamed = zipped(files | {"OFD.xml": files["OFD.xml"].replace(sm3((desk.folder / "report.ofd").read_bytes()).hex().encode(), b"00" * 32)
                              .replace(b"ZhijianOriginalSHA256", b"x")})  # fmt: skip
    for name, changed, says in (
        ("the key of another", {"key": written("k.json", key)}, "印章或证书不是这个私钥的"),
        ("no seal", {"seal": None}, "由运营方用 zhijian admin seal make 制作"),
        ("a spoilt seal", {"seal": written("s.esl", bytes(spoilt))}, "印章或签章的签名值无效"),
        ("a torn seal", {"seal": written("t.esl", seal[:400])}, "不合 GB/T 38540"),
        ("a PDF as seal", {"seal": written("p.esl", b"%PDF-1.7")}, "这是PDF 文件"),
        ("a page that is not there", {"page": 9, "left": 1, "bottom": 1}, "1–2"),
        ("outside of the page", {"page": 1, "left": 190, "bottom": 1}, "印章超出页面：页面 210×297 毫米"),
        ("a sealed file", {"file": desk.folder / "sealed.ofd"}, "OFD 已签章"),
        ("no stamp", {"file": desk.folder / "report.ofd"}, "盖码的不是登记的那份文件"),
        ("another original", {"file": written("o.ofd", renamed)}, "盖码的不是登记的那份文件"),
        ("a zip", {"file": written("z.ofd", zipped({"a": b"b"}))}, "这个压缩包不是 OFD"),
    ):  # fmt: skip
        status, said = desk.seal(tmp_path / "out.ofd", **changed)
        assert (status, says in said) == (2, True), (name, said)
        assert len(said.strip().splitlines()) == 2, (name, said)
        assert not (tmp_path / "out.ofd").exists(), name
        assert other.secret.hex() not in said


def test_a_stranger_and_an_older_time_are_findings(desk: Desk) -> None:
    status, said = desk.inspect(desk.folder / "sealed.ofd", at="2001-01-01")
    assert (status, said.splitlines()[0]) == (1, "签章者不在信任列表内 sealed by somebody we do not know"), said
    assert desk.inspect(desk.folder / "stamped.ofd")[1].startswith("文件未签章")
