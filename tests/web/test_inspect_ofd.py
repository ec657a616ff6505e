"""A real OFD before the real node: the page and the API judge it as they judge a PDF."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient
from tests.api.problem_documents import problem
from tests.conftest import Laboratory, Seeded, laboratory
from tests.web.ofd_reports import PAGE, OfdReport, issued_ofd
from tests.web.test_inspect import banner

from zhijian import documents
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.kit.signing import Suite
from zhijian.web import public_app
from zhijian.wiring import Node

OFD = {"content-type": documents.OFD}


@pytest.fixture(scope="module")
def sealing(seeded: Seeded, api: TestClient) -> Laboratory:
    return laboratory(seeded, api, Suite.SM2)


@pytest.fixture(scope="module")
def report(node: Node, sealing: Laboratory) -> OfdReport:
    return issued_ofd(node, sealing, "plain")


@pytest.fixture(scope="module")
def door(node: Node) -> TestClient:
    return TestClient(public_app(node), follow_redirects=False)


def shown(door: TestClient, ofd: bytes, lang: str = "zh") -> tuple[tuple[str, str], str]:
    answer = door.post(
        "/inspect", files={"file": ("report.ofd", ofd, documents.OFD)}, headers={"cookie": f"lang={lang}"}
    )
    assert answer.status_code == 200, answer.text
    return banner(answer.text), answer.text


def test_a_sealed_ofd_is_green_by_its_seal_and_by_its_digest_once_registered(
    door: TestClient, node: Node, sealing: Laboratory
) -> None:
    made = issued_ofd(node, sealing, "handed-out")
    assert shown(door, made.sealed)[0] == ("valid", "这是登记的报告，签章后没有改动")
    assert shown(door, made.original)[0] == ("valid", "这个文件就是登记的报告文件，没有改动")
    put = sealing.lims.post_file(f"/api/v1/reports/{made.code}/document", made.sealed, kind=documents.OFD)
    assert put.status_code == 201, put.text
    words, page = shown(door, made.sealed)
    assert words == ("valid", "这个文件就是登记的报告文件，签章后没有改动")
    assert "检验检测专用章" in page


def test_an_edited_page_and_its_file_are_named(door: TestClient, report: OfdReport) -> None:
    words, page = shown(door, report.edited)
    assert words == ("penalty", "签章后有改动：第 4 页")
    assert PAGE in page
    assert "签章后改过" in page
    said = door.post("/api/v1/inspect", content=report.edited, headers=OFD).json()
    assert (said["finding"], said["verdict"], said["kind"], said["code"]) == ("edited", "edited", "ofd", report.code)
    assert said["files"] == [{"name": PAGE, "standing": "changed"}]
    assert said["signatures"][0]["problem"] == "files-changed"
    assert "Changed after the seal" in shown(door, report.edited, "en")[0][1]


def test_a_page_whose_font_was_exchanged_is_not_said_to_be_the_same(door: TestClient, report: OfdReport) -> None:
    files = unzipped(report.sealed)
    font = next(name for name in files if name.endswith(".ttf"))
    swapped = zipped(files | {font: files[font] + b"x"})
    words, page = shown(door, swapped)
    assert words[0] == "penalty"
    assert "与签章时相同" not in page
    assert page.count("不能确定：页面以外的文件有改动") == 5
    assert "Uncertain: files besides the pages were changed" in shown(door, swapped, "en")[1]


def test_a_stamp_without_a_seal_and_another_container_prove_nothing(door: TestClient, report: OfdReport) -> None:
    assert shown(door, report.stamped)[0][0] == "care"
    anew = zipped(dict(reversed(unzipped(report.sealed).items())))
    assert shown(door, anew)[0] == ("valid", "这是登记的报告，签章后没有改动")  # a seal covers files, not their order


def test_a_name_in_the_container_stays_text(door: TestClient, report: OfdReport) -> None:
    hostile = zipped({**unzipped(report.sealed), "Doc_0/'&; onload=x\u202e.xml": b"<x/>"})
    words, page = shown(door, hostile)
    assert words[0] == "penalty"
    assert "&amp;; onload=x.xml" in page


def test_a_seal_whose_key_or_maker_was_revoked_counts_for_nothing(
    node: Node, report: OfdReport, sealing: Laboratory
) -> None:
    at = datetime.now(UTC)
    with node.transaction() as db:
        known = node.trust(db)
    for kid, problem_ in ((sealing.lims.kid, "key-revoked"), (node.issuing.kid.hex(), "seal-maker-revoked")):
        revoked = replace(known, keys=tuple(replace(k, revoked_at=at) if k.kid == kid else k for k in known.keys))
        found = documents.inspect(node, revoked, report.sealed, at)
        assert (found.verdict, found.signatures[0].problem) == ("stranger", problem_)


def test_what_is_no_ofd_is_refused_with_what_to_do(door: TestClient, report: OfdReport) -> None:
    for raw, why in (
        (zipped({"word/document.xml": b"<w/>"}), "document-not-ofd"),
        (report.sealed + b"x", "document-zip-hidden"),
    ):
        problem(door.post("/api/v1/inspect", content=raw, headers=OFD), 422, why=why)
        assert door.post("/inspect", files={"file": ("a.ofd", raw)}).status_code == 422


def test_the_api_registers_no_ofd_of_another_report_or_of_another_original(
    node: Node, sealing: Laboratory, report: OfdReport
) -> None:
    other = issued_ofd(node, sealing, "other")
    path = f"/api/v1/reports/{other.code}/document"
    problem(sealing.lims.post_file(path, report.sealed, kind=documents.OFD), 422, why="file-of-another")
    problem(sealing.lims.post_file(path, other.edited, kind=documents.OFD), 422, why="document-edited")
    problem(sealing.lims.post_file(path, other.sealed, kind=documents.PDF), 422, why="document-media-type")
    said = problem(sealing.lims.post_file(path, other.original, kind=documents.OFD), 422, why="file-of-another")
    assert (said["title"], said.get("found")) == ("文件未加盖报告编码 the file bears no code", None)
    silent = unzipped(other.stamped)
    silent |= {"OFD.xml": silent["OFD.xml"].replace(b"ZhijianOriginalSM3", b"ZhijianOriginalSMX")}
    problem(sealing.lims.post_file(path, zipped(silent), kind=documents.OFD), 422, why="file-differs")
    assert sealing.lims.post_file(path, other.stamped, kind=documents.OFD).status_code == 201
    wrong = unzipped(other.stamped)
    entry = wrong["OFD.xml"].replace(documents_digest(other).encode(), b"0" * 64)
    problem(
        sealing.lims.post_file(path, zipped(wrong | {"OFD.xml": entry}), kind=documents.OFD), 422, why="file-differs"
    )


def documents_digest(report: OfdReport) -> str:
    from zhijian.kit.signing import sm3

    return sm3(report.original).hex()
