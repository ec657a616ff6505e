"""Real files before the real node: stamped, sealed, registered, edited, re-saved, stripped, and somebody else's."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from tests.codes.document.inspecting import replaced_content, updated
from tests.codes.document.papers import paper, rewritten
from tests.codes.document.sealing_keys import stranger
from tests.conftest import Laboratory, Seeded, laboratory
from tests.web.test_inspect import banner

from zhijian import documents
from zhijian.codes.document import certificates
from zhijian.codes.document.seal import Seal, Sealer, seal
from zhijian.codes.document.stamp import Stamp, stamp
from zhijian.codes.model import Code, Issued
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite, sm3
from zhijian.web import public_app
from zhijian.web.node_service import NodeService
from zhijian.web.service import Inspected
from zhijian.wiring import Node


@dataclass(frozen=True)
class Report:
    code: str
    verifier: str
    original: bytes
    stamped: bytes
    sealed: bytes


Issue = Callable[..., Report]


@pytest.fixture(scope="module")
def sealing(seeded: Seeded, api: TestClient) -> Laboratory:
    return laboratory(seeded, api, Suite.ES256)


@pytest.fixture(scope="module")
def issue(node: Node, sealing: Laboratory) -> Issue:
    """A report of its own: registered, stamped by the API, sealed by the laboratory."""
    lims = sealing.lims

    def make(name: str, by: Sealer | None = None, at: datetime | None = None) -> Report:
        original = paper(pages=3, words=f"{name} {datetime.now(UTC).timestamp()} mg/kg")
        changes = {"file_digest_algorithm": "sm3", "file_digest": sm3(original).hex(), "file_pages": 3}
        said = lims.submit(sealing.fresh(f"IN-{name}-{datetime.now(UTC).timestamp()}", **changes))
        assert said.status_code == 201, said.text
        issued = said.json()
        stamped = lims.post_file(f"/api/v1/reports/{issued['code']}/stamp", original).content
        what = Seal(issued["code"], issued["qr"], b"proof", "sm3")
        sealed = seal(stamped, what, by or sealer_of(node, sealing), at or datetime.now(UTC))
        return Report(issued["code"], issued["verifier"], original, stamped, sealed)

    return make


def sealer_of(node: Node, sealing: Laboratory) -> Sealer:
    lims = sealing.lims
    with node.transaction() as db:
        certificate = documents.certificate(node, db, lims.kid, datetime.now(UTC))
    root = node.root_certificate(Suite.ES256)
    return Sealer("名称", lims.key, certificate, root, lims.key, bytes.fromhex(lims.kid))


@pytest.fixture(scope="module")
def report(issue: Issue) -> Report:
    return issue("plain")


@pytest.fixture(scope="module")
def handed_out(sealing: Laboratory, issue: Issue) -> Report:
    """Its sealed file is registered."""
    made = issue("handed-out")
    put = sealing.lims.post_file(f"/api/v1/reports/{made.code}/document", made.sealed)
    assert put.status_code == 201, put.text
    return made


@pytest.fixture(scope="module")
def door(node: Node) -> TestClient:
    """Without limits of rate, as the settings of the test node have it."""
    return TestClient(public_app(node), follow_redirects=False)


@pytest.fixture
def judged(node: Node) -> Callable[[bytes], Inspected]:
    return lambda pdf: NodeService(node).inspect(pdf, datetime.now(UTC))


def shown(door: TestClient, pdf: bytes) -> tuple[str, str]:
    answer = door.post("/inspect", files={"file": ("report.pdf", pdf, "application/pdf")})
    assert answer.status_code == 200, answer.text
    return banner(answer.text)


def stripped(pdf: bytes) -> bytes:
    """Without attachments, seal and stamp's record: what is left is what can be seen."""
    writer = pypdf.PdfWriter()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.pop("/Annots", None)
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_registered_file_and_the_registered_original_are_green(
    door: TestClient, judged: Callable[[bytes], Inspected], handed_out: Report
) -> None:
    assert shown(door, handed_out.sealed) == ("valid", "这个文件就是登记的报告文件，签章后没有改动")
    found = judged(handed_out.sealed)
    assert (found.bytes_are, found.code, found.sealed_original) == ("handed-out", handed_out.code, True)
    assert shown(door, handed_out.original) == ("valid", "这个文件就是登记的报告文件，没有改动")
    found = judged(handed_out.original)
    assert (found.bytes_are, found.code, found.found.code) == ("original", handed_out.code, None)


def test_a_sealed_file_that_was_not_registered_is_green_by_its_seal_and_its_original(
    door: TestClient, judged: Callable[[bytes], Inspected], report: Report
) -> None:
    assert shown(door, report.sealed) == ("valid", "这是登记的报告，签章后没有改动")
    assert judged(report.sealed).bytes_are == "begins-with-original"


def test_an_edited_page_is_named(door: TestClient, handed_out: Report) -> None:
    edited = updated(handed_out.sealed, replaced_content)
    assert edited.startswith(handed_out.sealed)
    assert shown(door, edited) == ("penalty", "签章后有改动：第 2 页")
    said = door.post("/api/v1/inspect", content=edited, headers={"content-type": "application/pdf"}).json()
    assert (said["finding"], said["verdict"], said["answer"]["state"]) == ("edited", "edited", "valid")
    assert [page["number"] for page in said["pages"] if page["standing"] == "edited"] == [2]


def test_a_file_saved_anew_is_told_from_an_edited_one(door: TestClient, report: Report) -> None:
    assert shown(door, rewritten(report.sealed)) == ("care", "文件另存过，页面内容没有变")


def test_without_a_seal_the_stamped_original_proves_nothing_of_itself(door: TestClient, report: Report) -> None:
    assert shown(door, report.stamped) == ("care", "不能确认文件没有改动")
    assert shown(door, updated(report.stamped, replaced_content)) == ("care", "不能确认文件没有改动")


def test_a_stripped_file_and_a_forgery_with_a_real_code_are_not_the_registered_one(
    door: TestClient, handed_out: Report
) -> None:
    left = stripped(handed_out.sealed)
    assert shown(door, left) == ("care", "编码是真的，文件不是登记的那一份")
    assert shown(door, updated(left, replaced_content)) == ("care", "编码是真的，文件不是登记的那一份")


def test_a_seal_by_somebody_else_is_no_seal(door: TestClient, issue: Issue) -> None:
    """He has a root of his own and calls himself the laboratory."""
    made = issue("stranger", by=stranger())
    assert shown(door, made.sealed) == ("care", "不能确认文件没有改动")


def test_what_the_laboratory_sealed_in_place_of_the_registered_report_is_not_green(
    node: Node, door: TestClient, sealing: Laboratory, report: Report
) -> None:
    """Two papers under one code: a mild one registered, another handed out, both sealed by the laboratory's own key."""
    with node.transaction() as db:
        office = node.office(db)
        row = office.own_report(db, Scope.everything(), report.code)[0]
        issued = Issued(0, Code(report.code), report.verifier, bytes(row["credential"]))
        whole, small = office.qr_texts(issued)
    what = Stamp(issued.code, report.verifier, whole, small, "verify.example", "名称", "")
    another = stamp(paper(pages=3, words="another paper"), what)
    sealed = seal(another, Seal(issued.code, whole, b"proof", "sm3"), sealer_of(node, sealing), datetime.now(UTC))
    assert shown(door, sealed) == ("care", "编码是真的，文件不是登记的那一份")


def test_a_certificate_with_a_script_for_a_name_stays_text(door: TestClient, issue: Issue) -> None:
    evil = "<script>alert(1)</script>"
    root_key, key = PrivateKey(Suite.ES256, bytes([91]) * 32), PrivateKey(Suite.ES256, bytes([92]) * 32)
    since, until = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=9)
    root = certificates.root_certificate(root_key, certificates.Subject(evil), since, until + timedelta(days=1))
    own = certificates.sealing_certificate(root_key, root, certificates.Subject(evil), key.public, since, until)
    made = issue("script", by=replace(stranger(), key=key, certificate=own, root=root))
    html = door.post("/inspect", files={"file": ("report.pdf", made.sealed, "application/pdf")}).text
    assert evil not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_pdf_of_somebody_else_has_no_code_and_garbage_is_refused(door: TestClient) -> None:
    assert shown(door, paper(pages=1, words="a bill")) == ("none", "文件里没有报告编码")
    garbage = door.post("/inspect", files={"file": ("report.pdf", b"\x00garbage" * 99, "application/pdf")})
    assert garbage.status_code == 422
    assert "不是 PDF" in garbage.text
    broken = door.post("/inspect", files={"file": ("report.pdf", b"%PDF-1.7 garbage", "application/pdf")})
    assert broken.status_code == 422
    large = b"%PDF-" + bytes(21 << 20)
    assert door.post("/inspect", files={"file": ("report.pdf", large, "application/pdf")}).status_code == 413


def test_a_withdrawn_report_is_said_to_be_so_before_its_file_is_praised(
    door: TestClient, sealing: Laboratory, issue: Issue
) -> None:
    made = issue("withdrawn")
    assert sealing.lims.post_file(f"/api/v1/reports/{made.code}/document", made.sealed).status_code == 201
    gone = sealing.lims.post(f"/api/v1/reports/{made.code}/state", {"state": "withdrawn", "reason": "样品有误"})
    assert gone.status_code == 200, gone.text
    assert shown(door, made.sealed) == ("stopped", "已撤回；这个文件就是登记的报告文件，签章后没有改动")


def test_one_file_under_two_codes_shows_the_one_that_is_not_valid(
    door: TestClient, judged: Callable[[bytes], Inspected], sealing: Laboratory
) -> None:
    """A withdrawn report's file, registered once more, must not look as if nothing had been."""
    for which in (lambda codes: codes[1], max):  # neither the order of registration nor that of the codes decides
        original = paper(pages=3, words=f"twice {datetime.now(UTC).timestamp()}")
        changes = {"file_digest_algorithm": "sm3", "file_digest": sm3(original).hex(), "file_pages": 3}
        numbers = [f"IN-TWICE-{n}-{datetime.now(UTC).timestamp()}" for n in (1, 2)]
        codes = [sealing.lims.submit(sealing.fresh(number, **changes)).json()["code"] for number in numbers]
        gone = which(codes)
        sealing.lims.post(f"/api/v1/reports/{gone}/state", {"state": "withdrawn", "reason": "样品有误"})
        assert shown(door, original)[0] == "stopped"
        found = judged(original)
        assert (found.code, [*found.also]) == (gone, [code for code in codes if code != gone])


def test_certificates_are_judged_at_the_time_the_file_was_registered(
    node: Node, handed_out: Report, report: Report
) -> None:
    """Ten years on the certificate has run out: the registered file is as good as ever, another proves nothing any more."""
    later = datetime.now(UTC) + timedelta(days=3_650)
    old = NodeService(node).inspect(handed_out.sealed, later)
    assert (old.bytes_are, old.found.verdict) == ("handed-out", "unchanged")
    assert NodeService(node).inspect(report.sealed, later).found.verdict != "unchanged"


def test_rows_that_were_altered_are_an_alarm_and_no_finding(door: TestClient, node: Node, handed_out: Report) -> None:

    def put(value: bytes) -> None:
        with node.transaction() as db:
            db.execute(sa.text("UPDATE report_file SET sm3 = :v WHERE code = :c"), {"v": value, "c": handed_out.code})

    put(bytes(32))
    try:
        assert shown(door, handed_out.sealed) == ("care", "暂时不能回答")
    finally:
        put(sm3(handed_out.sealed))
    assert shown(door, handed_out.sealed)[0] == "valid"
