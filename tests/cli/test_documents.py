"""`zhijian codes stamp | seal | inspect` and `admin key certificate`: a report's file with files alone, and what is refused."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.codes.document.inspecting import replaced_content, updated
from tests.codes.document.inspecting import sealed as sealed_by_nobody
from tests.codes.document.ofds import ofd
from tests.codes.document.papers import paper, rewritten
from tests.conftest import Laboratory, Seeded, laboratory
from tests.servers import sequence
from typer.testing import CliRunner

from zhijian.cli import app, document_work
from zhijian.codes import Office
from zhijian.codes.document.ofd_zip import zipped
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite, sm3

DEMO = "演示数据，不是真实报告"


def run(*words: Any) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    return done.exit_code, done.output


@dataclass(frozen=True)
class Desk:
    """A laboratory's folder: what it has of one registered report, and of itself."""

    lab: Laboratory
    issued: dict[str, Any]
    name: str
    folder: Path

    def stamp(self, out: Path, **changed: Any) -> tuple[int, str]:
        given = {"pdf": self.folder / "report.pdf", "report": self.folder / "issued.json", "institution": self.name,
                 "label": DEMO, "out": out} | changed  # fmt: skip
        return run("codes", "stamp", given.pop("pdf"), *_options(given))

    def seal(self, out: Path, **changed: Any) -> tuple[int, str]:
        f = self.folder
        given = {"pdf": f / "stamped.pdf", "report": f / "issued.json", "key": f / "key.json", "certificate": f / "sealing.pem",
                 "root": f / "root.pem", "proof": f / "report.tlog-proof", "out": out} | changed  # fmt: skip
        return run("codes", "seal", given.pop("pdf"), *_options(given))

    def inspect(self, pdf: Path, **changed: Any) -> tuple[int, str]:
        f = self.folder
        given = {"trust": f / "trust.json", "roots": f / "root-keys.json", "root-certificate": f / "root.pem"} | changed
        return run("codes", "inspect", pdf, *_options(given))

    @property
    def sealed(self) -> Path:
        return self.folder / "sealed.pdf"


def _options(given: dict[str, Any]) -> list[str]:
    return [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]


@pytest.fixture(scope="module")
def desk(seeded: Seeded, api: TestClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    node, lab = seeded.node, laboratory(seeded, api, Suite.ES256)
    folder = tmp_path_factory.mktemp("desk")
    original = paper(pages=2, words=f"Lead (Pb) {datetime.now(UTC).timestamp()} mg/kg")
    issued = submitted(lab, original, "sm3")
    sequence(node)
    (folder / "report.pdf").write_bytes(original)
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
        assert run("admin", "key", "certificate", lab.lims.kid, "--out", folder / "sealing.pem")[0] == 0
        for status, said in (made.stamp(folder / "stamped.pdf"), made.seal(folder / "sealed.pdf")):
            assert status == 0, said
        yield made


def roots_of(seeded: Seeded) -> str:
    """As anyone fetches them."""
    from zhijian.web import public_app

    with TestClient(public_app(seeded.node)) as door:
        return door.get("/trust/root.pem").text


def submitted(lab: Laboratory, file: bytes, algorithm: str) -> dict[str, Any]:
    value = (sm3(file) if algorithm == "sm3" else hashlib.sha256(file).digest()).hex()
    changes = {"file_digest_algorithm": algorithm, "file_digest": value, "file_pages": 2}
    answer = lab.lims.submit(lab.fresh(f"CD-{datetime.now(UTC).timestamp()}", **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_stamp_with_files_alone_is_that_of_the_api_byte_for_byte(desk: Desk, tmp_path: Path) -> None:
    status, said = desk.stamp(tmp_path / "out.pdf", format="json")
    made = (tmp_path / "out.pdf").read_bytes()
    body = (desk.folder / "report.pdf").read_bytes()
    answer = desk.lab.lims.post_file(f"/api/v1/reports/{desk.issued['code']}/stamp", body)
    assert (status, made) == (0, answer.content)
    assert json.loads(said) == {"code": desk.issued["code"], "file": str(tmp_path / "out.pdf"), "bytes": len(made),
                                "sm3": sm3(made).hex(), "sha256": hashlib.sha256(made).hexdigest()}  # fmt: skip


def test_a_place_and_a_host_are_those_that_were_asked_for(desk: Desk, tmp_path: Path) -> None:
    for name, changed in (("place", {"place": "bottom-left"}), ("host", {"host": "check.example"})):
        assert desk.stamp(tmp_path / name, **changed)[0] == 0
        assert (tmp_path / name).read_bytes() != (desk.folder / "stamped.pdf").read_bytes()
    status, said = desk.stamp(tmp_path / "no", place="middle")
    assert (status, "top-right" in said, (tmp_path / "no").exists()) == (2, True, False)


def test_another_file_than_the_registered_one_is_not_stamped(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(paper(pages=1, words="another"))
    for pdf in (other, desk.folder / "stamped.pdf", desk.sealed):
        status, said = desk.stamp(tmp_path / "out.pdf", pdf=pdf)
        assert (status, "不是登记的那份文件" in said, "not the registered file" in said) == (2, True, True), said
        assert sm3(pdf.read_bytes()).hex() in said
    assert not (tmp_path / "out.pdf").exists()


def test_a_file_that_is_there_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    taken = tmp_path / "taken.pdf"
    taken.write_bytes(b"mine")
    for status, said in (desk.stamp(taken), desk.seal(taken), desk.stamp(desk.folder / "report.pdf")):
        assert (status, "不会覆盖" in said, "will not be replaced" in said) == (2, True, True), said
    status, said = run("admin", "key", "certificate", desk.lab.lims.kid, "--out", taken)
    assert (status, "不会覆盖" in said) == (2, True), said
    assert taken.read_bytes() == b"mine"
    assert "没有这个文件夹" in desk.stamp(tmp_path / "none" / "out.pdf")[1]


def test_a_sealed_file_is_taken_by_the_api_and_found_unchanged(desk: Desk) -> None:
    body = desk.sealed.read_bytes()
    assert body.startswith((desk.folder / "stamped.pdf").read_bytes())
    answer = desk.lab.lims.post_file(f"/api/v1/reports/{desk.issued['code']}/document", body)
    assert (answer.status_code, answer.json()["sealed"]) in ((201, True), (200, True)), answer.text
    status, said = desk.inspect(desk.sealed)
    assert (status, said.splitlines()[0]) == (0, "签章后未改动 unchanged since the seal"), said
    for part in (
        desk.issued["printed"],
        desk.name,
        desk.lab.uscc,
        desk.lab.lims.kid,
        "页 pages 1, 2: 未改动",
        "可信 known",
    ):
        assert part in said
    status, said = desk.inspect(desk.sealed, format="json")
    found = json.loads(said)
    assert (status, found["verdict"], found["original"]["sm3"]) == (
        0,
        "unchanged",
        sm3((desk.folder / "report.pdf").read_bytes()).hex(),
    )
    assert found["proof"].encode() == (desk.folder / "report.tlog-proof").read_bytes()
    assert (found["qr"], found["file"]["sha256"]) == (desk.issued["qr"], hashlib.sha256(body).hexdigest())


def test_the_digest_s_algorithm_is_found_by_comparing(desk: Desk, seeded: Seeded, tmp_path: Path) -> None:
    pdf = paper(pages=2, words=f"Cadmium {datetime.now(UTC).timestamp()}")
    issued = submitted(desk.lab, pdf, "sha256")
    sequence(seeded.node)
    with seeded.node.transaction() as db:
        proof = seeded.node.desk(db).proof(db, Scope.anyone(), issued["code"], issued["verifier"])
    (tmp_path / "proof").write_bytes(proof)
    (tmp_path / "report.pdf").write_bytes(pdf)
    (tmp_path / "issued.json").write_text(json.dumps(issued))
    report = tmp_path / "issued.json"
    assert desk.stamp(tmp_path / "stamped.pdf", pdf=tmp_path / "report.pdf", report=report)[0] == 0
    status, said = desk.seal(tmp_path / "out.pdf", pdf=tmp_path / "stamped.pdf", report=report, proof=tmp_path / "proof",
                             page=2, left=60, bottom=30.5)  # fmt: skip
    assert status == 0, said
    status, said = desk.inspect(tmp_path / "out.pdf")
    assert status == 0, said
    answer = desk.lab.lims.post_file(f"/api/v1/reports/{issued['code']}/document", (tmp_path / "out.pdf").read_bytes())
    assert answer.status_code == 201, answer.text


def test_a_seal_that_is_seen_needs_page_and_place(desk: Desk, tmp_path: Path) -> None:
    status, said = desk.seal(tmp_path / "out.pdf", page=1)
    assert (status, "--left" in said, "go together" in said) == (2, True, True), said
    status, said = desk.seal(tmp_path / "out.pdf", page=9, left=1, bottom=1)
    assert (status, "1–2" in said) == (2, True), said
    status, said = desk.seal(tmp_path / "out.pdf", page=1, left=180, bottom=1)
    assert (status, "印章超出页面：页面 210×297 毫米" in said, "210×297 mm" in said) == (2, True, True), said


def wrong_seals(desk: Desk, seeded: Seeded, folder: Path) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A name, what is given instead, and what is said of it."""

    def written(name: str, content: bytes) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    other, other_issued = PrivateKey.generate(Suite.ES256), submitted(desk.lab, b"x", "sm3")
    key = json.dumps({"suite": "ES256", "secret": other.secret.hex()}).encode()
    receipt = json.dumps(other_issued).encode()
    root, pem = (desk.folder / "root.pem").read_bytes(), (desk.folder / "sealing.pem").read_bytes()
    yield "the key of another", {"key": written("other.json", key)}, "证书不是这个私钥的"
    yield "an SM2 key", {"key": written("sm2.json", key.replace(b"ES256", b"SM2-SM3"))}, "PDF 须用 ES256 密钥签章"
    yield "half a key", {"key": written("half.json", b'{"suite": "ES256", "secret": "00ff"}')}, "私钥已损坏"
    yield (
        "no number of the curve",
        {"key": written("zero.json", key.replace(other.secret.hex().encode(), b"00" * 32))},
        "私钥已损坏",
    )
    yield "a root as the certificate", {"certificate": written("r.pem", root)}, "有 2 张证书"
    yield "a root that did not sign it", {"root": written("s.pem", pem)}, "不是由信任的根证书签发"
    yield "a torn certificate", {"certificate": written("t.der", b"\x30\x82" + bytes(40))}, "不是有效的 X.509"
    yield "torn PEM", {"root": written("t.pem", root[:90])}, "证书已损坏"
    yield "the proof of another", {"proof": written("p", _proof(seeded, desk.issued, None))}, "不带本报告的登记记录"
    yield (
        "a torn proof",
        {"proof": written("q", (desk.folder / "report.tlog-proof").read_bytes()[:40])},
        "不带本报告的登记记录",
    )
    yield "the receipt of another", {"report": written("i.json", receipt)}, "不带本报告的登记记录"
    mixed = json.dumps({**desk.issued, "verifier": other_issued["verifier"]}).encode()
    yield "a mixed receipt", {"report": written("m.json", mixed)}, "不是同一份报告的"
    small = json.dumps({**desk.issued, "qr": desk.issued["qr_small"]}).encode()
    yield "a receipt without credential", {"report": written("n.json", small)}, "回执里的二维码文字有误"
    yield "a sealed file", {"pdf": desk.sealed}, "文件已签章"
    yield "a file without stamp", {"pdf": desk.folder / "report.pdf"}, "未加盖报告编码"
    shifted = updated((desk.folder / "stamped.pdf").read_bytes(), _other_length)
    yield "another original", {"pdf": written("o.pdf", shifted)}, "盖码前的部分不是登记的那份文件"
    yield "garbage", {"pdf": written("g.pdf", b"%PDF-1.7 garbage")}, "文件已损坏"
    yield "an OFD", {"pdf": written("a.ofd", ofd())}, "OFD 须用 SM2-SM3 密钥签章"
    for option in ("report", "key", "certificate", "root", "proof"):
        yield f"no {option}", {option: folder / "nothing"}, f"--{option} {folder / 'nothing'}：没有这个文件"
        yield f"a PDF as {option}", {option: desk.sealed}, "这是PDF 文件"


def _proof(seeded: Seeded, issued: dict[str, Any], verifier: str | None) -> bytes:
    with seeded.node.transaction() as db:
        return seeded.node.desk(db).proof(db, Scope.anyone(), issued["code"], verifier)


def _other_length(writer: Any) -> None:
    from zhijian.codes.document.objects import number, put, value
    from zhijian.codes.document.reading import PIECE

    put(value(writer.root, PIECE), "Length", number(100))
    writer.mark_update(writer.root_ref)


def test_whatever_is_wrong_of_a_seal_is_said_in_both_languages_and_leaves_nothing(
    desk: Desk, seeded: Seeded, tmp_path: Path
) -> None:
    out = tmp_path / "out.pdf"
    secret = json.loads((desk.folder / "key.json").read_text())["secret"]
    for name, changed, says in wrong_seals(desk, seeded, tmp_path):
        status, said = desk.seal(out, **changed)
        assert (status, says in said) == (2, True), (name, said)
        lines = said.strip().splitlines()
        assert len(lines) == 2, (name, said)
        assert lines[1].isascii() or "…" in lines[1] or "–" in lines[1], (name, said)
        assert secret not in said
        assert not out.exists(), name


def test_what_was_edited_or_saved_anew_after_the_seal_is_a_finding(desk: Desk, tmp_path: Path) -> None:
    sealed = desk.sealed.read_bytes()
    for name, made, words, verdict in (
        (
            "edited",
            updated(sealed, replaced_content),
            "签章后内容有改动：第 2 页 edited since the seal on pages 2",
            "edited",
        ),
        ("resaved", rewritten(sealed), "签章后另存过，页面内容未变 re-saved, content unchanged", "resaved"),
        ("stamped", (desk.folder / "stamped.pdf").read_bytes(), "文件未签章 not sealed", "not-sealed"),
        ("stranger", sealed_by_nobody(), "签章者不在信任列表内 sealed by somebody we do not know", "stranger"),
    ):
        (tmp_path / name).write_bytes(made)
        status, said = desk.inspect(tmp_path / name)
        assert (status, said.splitlines()[0]) == (1, words), said
        status, said = desk.inspect(tmp_path / name, format="json")
        assert (status, json.loads(said)["verdict"]) == (1, verdict)


def test_keys_have_to_be_good_at_the_time_that_is_asked_for(desk: Desk) -> None:
    status, said = desk.inspect(desk.sealed, at="2001-01-01")
    assert (status, "2001-01-01 00:00:00+08:00" in said, "不可信 unknown" in said) == (1, True, True), said
    assert desk.inspect(desk.sealed, at="0001-01-01")[0] == 2


def test_what_cannot_be_read_is_wrong_input_and_not_a_verdict(desk: Desk, tmp_path: Path) -> None:
    whole = desk.sealed.read_bytes()
    for name, raw, says in (
        ("text", b"hello", "这是以“hello”开头的文本"),
        ("zip", zipped({"word.xml": b"<w/>"}), "这个压缩包不是 OFD"),
        ("empty", b"", "空文件"),
        ("torn", b"%PDF-1.7\n" + whole[9:400], "文件已损坏"),
        ("nothing", None, "没有这个文件"),
    ):
        if raw is not None:
            (tmp_path / name).write_bytes(raw)
        status, said = desk.inspect(tmp_path / name)
        assert (status, says in said, len(said.strip().splitlines())) == (2, True, 2), (name, said)


def test_a_root_s_certificate_counts_only_for_the_root_s_key(desk: Desk, seeded: Seeded, tmp_path: Path) -> None:
    from zhijian.cli.document_files import pem

    status, said = desk.inspect(desk.sealed, **{"root-certificate": desk.folder / "sealing.pem"})
    assert (status, "root key in --roots" in said) == (2, True), said
    (tmp_path / "sm2.pem").write_bytes(pem(seeded.node.root_certificate(Suite.SM2)))
    assert desk.inspect(desk.sealed, **{"root-certificate": tmp_path / "sm2.pem"})[0] == 2
    (tmp_path / "root.der").write_bytes(seeded.node.root_certificate(Suite.ES256))
    assert desk.inspect(desk.sealed, **{"root-certificate": tmp_path / "root.der"})[0] == 0


def test_a_trust_list_older_than_one_seen_before_is_refused(desk: Desk, state_home: Path) -> None:
    from zhijian.cli.trust_seen import TrustSeen, state_file
    from zhijian.codes import offline

    points = offline.roots(json.loads((desk.folder / "root-keys.json").read_text()))
    TrustSeen(state_file({"XDG_STATE_HOME": str(state_home)}), print).remember(points, 10_000)
    status, said = desk.inspect(desk.sealed)
    assert (status, "比这里见过的第 10000 版旧" in said) == (3, True), said


def test_a_file_that_takes_too_long_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_work, "SECONDS", 0.01)
    status, said = desk.inspect(desk.sealed)
    assert (status, "文件太复杂" in said, "too-slow" in said) == (3, True, True), said


def test_names_out_of_a_stranger_s_file_cannot_steer_the_terminal(desk: Desk) -> None:
    from zhijian.cli import inspected

    found = json.loads(desk.inspect(desk.sealed, format="json")[1])
    for signature in found["signatures"]:
        signature["by"] = "A\x1b[2K\r\u202eB"
    said = inspected.text(found)
    assert "A\ufffd[2K\ufffd\ufffdB" in said
    assert not {"\x1b", "\r", "\u202e"} & set(said)


def test_a_certificate_is_pem_on_the_screen_and_der_when_asked(desk: Desk, tmp_path: Path) -> None:
    status, said = run("admin", "key", "certificate", desk.lab.lims.kid)
    assert (status, said.splitlines()[0]) == (0, "-----BEGIN CERTIFICATE-----")
    assert run("admin", "key", "certificate", desk.lab.lims.kid, "--der", "--out", tmp_path / "c.der")[0] == 0
    assert (tmp_path / "c.der").read_bytes().startswith(b"\x30\x82")
    assert desk.seal(tmp_path / "out.pdf", certificate=tmp_path / "c.der")[0] == 0
    status, said = run("admin", "key", "certificate", "00000000")
    assert (status, "没有签发 not issued" in said) == (1, True), said
