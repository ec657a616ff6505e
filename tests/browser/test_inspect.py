"""A file sent to be judged, as a person does it: by the form, by the button after a comparison, without scripts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.public_door import AXE, ContextMaker, Site
from tests.browser.test_public_pages import COLOUR_AND_SIZE, RUN_AXE, WIDEST
from tests.browser.test_public_ways import drop
from tests.web.fakes import CODES, State
from tests.web.inspections import BROKEN, KNOWN, OTHER_PAGE, STRANGER

from zhijian.codes.document.found import Verdict

VALID = CODES[State.VALID]
FILES: dict[str, tuple[bytes, str]] = {
    "same": (b"%PDF-1.7 registered", "这个文件就是登记的报告文件，签章后没有改动"),
    "resaved": (b"%PDF-1.7 saved anew", "文件另存过，页面内容没有变"),
    "edited": (b"%PDF-1.7 edited", "签章后有改动：第 2 页"),
    "forged": (b"%PDF-1.7 forged", "编码是真的，文件不是登记的那一份"),
    "no-code": (b"%PDF-1.7 a bill", "文件里没有报告编码"),
    "withdrawn": (b"%PDF-1.7 withdrawn", "已撤回；这个文件就是登记的报告文件，签章后没有改动"),
}


@pytest.fixture(autouse=True)
def papers(site: Site) -> Iterator[None]:
    site.service.file(VALID, FILES["same"][0])
    put = site.service.papers.put
    handed_out = {"bytes_are": "handed-out"}
    put(FILES["same"][0], VALID, Verdict.UNCHANGED, **handed_out)  # type: ignore[arg-type]
    put(FILES["resaved"][0], VALID, Verdict.RESAVED, sealed_original=True)
    put(
        FILES["edited"][0],
        VALID,
        Verdict.EDITED,
        edited=(2,),
        contradictions=(OTHER_PAGE,),
        signatures=(BROKEN, STRANGER, KNOWN),
    )
    put(FILES["forged"][0], VALID, Verdict.STRANGER)
    put(FILES["withdrawn"][0], CODES[State.WITHDRAWN], Verdict.UNCHANGED, **handed_out)  # type: ignore[arg-type]
    yield
    site.service.reports[VALID].digests.clear()
    site.service.papers.known.clear()


def send(page: Page, content: bytes) -> None:
    page.goto("/inspect")
    page.locator("#file").set_input_files({"name": "report.pdf", "mimeType": "application/pdf", "buffer": content})
    page.get_by_role("button", name="上传检查").or_(page.get_by_role("button", name="Upload and check")).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_file_is_sent_by_the_form_and_its_banner_is_read_first(context_of: ContextMaker, scripts: bool) -> None:
    page = context_of(java_script_enabled=scripts, viewport={"width": 390, "height": 844}).new_page()
    for content, word in FILES.values():
        send(page, content)
        expect(page.get_by_role("heading", level=1)).to_have_text(word)
    send(page, FILES["edited"][0])
    expect(page.locator("tr", has_text="内容有改动")).to_contain_text("2")
    page.get_by_role("link", name="看登记信息").click()
    expect(page).to_have_url(f"/v/{VALID}")


def test_garbage_and_a_file_too_large_are_told_so_beside_the_form(page: Page) -> None:
    send(page, b"GIF89a no pdf")
    expect(page.get_by_role("alert")).to_contain_text("请导出为 PDF")
    expect(page.locator("#file")).to_be_visible()
    send(page, b"%PDF-" + bytes(21 << 20))
    expect(page.get_by_role("alert")).to_contain_text("文件超过 20 MB")


def test_after_a_comparison_the_reader_may_send_the_file_and_nothing_is_sent_before(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url.rpartition('/')[2]}"))
    page.goto(f"/v/{VALID}")
    drop(page, "report.pdf", FILES["edited"][0])
    button = page.get_by_role("button", name="上传检查改动在哪里")
    expect(button).to_be_visible()
    assert "POST inspect" not in sent
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("签章后有改动：第 2 页")
    expect(page).to_have_url("/inspect")
    page.go_back()
    expect(page).to_have_url(f"/v/{VALID}")


def test_a_file_chosen_at_home_that_nobody_registered_may_be_sent_too(page: Page) -> None:
    page.goto("/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选文件").click()
    chooser.value.set_files({"name": "A.PDF", "mimeType": "", "buffer": FILES["forged"][0]})
    page.get_by_role("button", name="上传检查改动在哪里").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("编码是真的，文件不是登记的那一份")


def choose(page: Page, name: str, kind: str, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选文件").click()
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})
    expect(page.get_by_text("没有登记过这个文件")).to_be_visible()


def test_what_is_neither_pdf_nor_ofd_or_too_large_is_not_offered_to_be_sent(page: Page) -> None:
    button = page.get_by_role("button", name="上传检查改动在哪里")
    page.goto("/")
    choose(page, "report.docx", "", b"PK\x03\x04")
    expect(button).to_be_hidden()
    choose(page, "report.ofd", "application/ofd", b"PK\x03\x04")
    expect(button).to_be_visible()
    choose(page, "report.pdf", "application/pdf", b"%PDF-" + bytes(21 << 20))
    expect(button).to_be_hidden()
    expect(page.get_by_text("文件超过 20 MB，不能上传检查。")).to_be_visible()
    choose(page, "report.pdf", "application/pdf", b"%PDF-1.7 small")
    expect(button).to_be_visible()
    expect(page.get_by_text("文件超过 20 MB，不能上传检查。")).to_be_hidden()


LOOKS: dict[str, dict[str, object]] = {
    "phone": {"viewport": {"width": 390, "height": 844}},
    "desk": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark", "rules": COLOUR_AND_SIZE},
    "english": {"viewport": {"width": 390, "height": 844}, "extra_http_headers": {"cookie": "lang=en; size=large"}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_the_result_and_nothing_runs_over(
    context_of: ContextMaker, look: str, pictures: Path
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in ui/")
    options = dict(LOOKS[look])
    rules = options.pop("rules", None)
    page = context_of(**options).new_page()
    axe = AXE.read_text("utf-8")
    found: dict[str, object] = {}
    for name, (content, _) in FILES.items():
        send(page, content)
        page.screenshot(path=pictures / f"inspect-{name}-{look}.png", full_page=True)
        page.evaluate("for (const drawer of document.querySelectorAll('details')) drawer.open = true")
        page.evaluate(axe)
        violations = json.loads(page.evaluate(RUN_AXE, rules))
        if violations:
            found[name] = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found[f"{name} at {width}"] = page.evaluate(WIDEST)
        page.set_viewport_size(options["viewport"])  # type: ignore[arg-type]
    assert found == {}
