"""The thinnest whole path, with nothing faked: a laboratory submits, a stranger looks with a browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.public_door import watched
from tests.conftest import Laboratory, Seeded
from tests.servers import public_door, sequence

from zhijian.kit.signing import sm3


@pytest.fixture(scope="module")
def door(seeded: Seeded) -> Iterator[str]:
    with public_door(seeded.node) as address:
        yield address


@pytest.fixture
def phone(browser: Browser, door: str) -> Iterator[Page]:
    context = browser.new_context(base_url=door, viewport={"width": 390, "height": 844})
    context.set_default_timeout(10_000)
    page = watched(context.new_page())
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_submitted_report_is_valid_on_the_public_page_with_its_proof(
    phone: Page, lab: Laboratory, seeded: Seeded, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF-1.7 a report of the spine test")
    algorithm = "sm3"
    report = lab.fresh("SPINE-1", file_digest=sm3(file.read_bytes()).hex(), file_digest_algorithm=algorithm)
    issued = lab.lims.submit(report).json()
    sequence(seeded.node)

    phone.goto("/")
    phone.get_by_label("输入编码").fill(issued["printed"].lower())
    phone.get_by_role("button", name="查询").first.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("在册有效")
    expect(phone.get_by_role("heading", name="已核到第 3 级，共 4 级")).to_be_visible()
    assert report["own_number"] not in phone.content(), "the facts need the verifier"

    phone.goto(f"/v/{issued['code']}?v={issued['verifier']}")
    expect(phone.get_by_text("SPINE-1")).to_be_visible()
    drawer = phone.locator("details.drawer", has_text="凭证签名")
    if not drawer.get_attribute("open"):
        drawer.locator("summary").click()
    expect(drawer).to_contain_text(re.compile(r"log\.zhijian\.example/\d{4}h[12]"))
    expect(drawer).to_contain_text(report["file_digest"])

    phone.locator("input[type=file]").first.set_input_files(str(file))
    expect(phone.get_by_text(re.compile("第 4 级|一致")).first).to_be_visible()


def test_the_whole_qr_opens_the_facts_and_a_changed_one_does_not(phone: Page, lab: Laboratory, door: str) -> None:
    issued = lab.lims.submit(lab.fresh("SPINE-2")).json()
    path = issued["qr"].split("/", 3)[3]
    phone.goto("/" + path)
    expect(phone.get_by_text("SPINE-2")).to_be_visible()
    changed = path[:-1] + ("A" if path[-1] != "A" else "B")
    phone.goto("/" + changed)
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("在册有效")
    assert "SPINE-2" not in phone.content()


def test_a_withdrawal_reaches_a_page_that_was_kept(phone: Page, lab: Laboratory) -> None:
    issued = lab.lims.submit(lab.fresh("SPINE-3")).json()
    for _ in range(2):
        phone.goto(f"/v/{issued['code']}")
        expect(phone.get_by_role("heading", level=1)).to_have_text("在册有效")
    changed = lab.lims.post(f"/api/v1/reports/{issued['code']}/state", {"state": "withdrawn", "reason": "样品标识有误"})
    assert changed.status_code == 200, changed.text
    phone.wait_for_timeout(500)
    phone.goto(f"/v/{issued['code']}")
    expect(phone.get_by_role("heading", level=1)).to_have_text("已撤回")
    expect(phone.get_by_text("样品标识有误").first).to_be_visible()


def test_the_trace_goes_down_to_the_calibration(phone: Page, lab: Laboratory) -> None:
    issued = lab.lims.submit(lab.fresh("SPINE-4")).json()
    phone.goto(f"/v/{issued['code']}/trace?v={issued['verifier']}")
    instrument = next(i for item in lab.report["items"] for i in item.get("instruments", []))
    for text in (lab.report["items"][0]["parameter"], lab.report["items"][0]["standard"], instrument):
        expect(phone.get_by_text(text).first).to_be_visible()
    expect(phone.get_by_text(re.compile("检定|校准")).first).to_be_visible()
