"""Every page and state: states, accessibility, width, print, language and size."""

import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.public_door import AXE, ContextMaker
from tests.web.fakes import CODES, VERIFIER, State
from tests.web.public_addresses import PAGES

VALID = CODES[State.VALID]
WORDS = {
    State.VALID: "在册有效",
    State.CORRECTED: "已更正",
    State.REPLACED: "已替换",
    State.WITHDRAWN: "已撤回",
    State.RESERVED: "尚未登记",
    State.DOUBTED: "存疑",
    State.INACCURATE: "认定不实",
    State.FALSE: "认定虚假",
}
COLOUR_AND_SIZE = ["color-contrast", "target-size", "scrollable-region-focusable"]
LOOKS: dict[str, dict[str, object]] = {
    "light": {"viewport": {"width": 1440, "height": 900}},
    "en": {"cookie": "lang=en"},
    # The same markup as in light: only what colour and size can break is looked at again.
    "dark": {"color_scheme": "dark", "rules": COLOUR_AND_SIZE},
    "large": {"cookie": "size=large", "rules": COLOUR_AND_SIZE},
}


@pytest.mark.parametrize("state", State)
def test_each_state_is_read_in_its_first_heading(page: Page, state: State) -> None:
    page.goto(f"/v/{CODES[state]}")
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS[state])
    if state in {State.CORRECTED, State.REPLACED}:
        page.get_by_role("link", name="查询新报告").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("在册有效")


RUN_AXE = """(rules) => axe.run({ resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) })
  .then((result) => JSON.stringify(result.violations))"""


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page(context_of: ContextMaker, look: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in ui/")
    options = dict(LOOKS[look])
    cookie, rules = options.pop("cookie", None), options.pop("rules", None)
    headers = {"extra_http_headers": {"cookie": cookie}} if cookie else {}
    context = context_of(**{"viewport": {"width": 390, "height": 844}, **options, **headers})
    page = context.new_page()
    axe = AXE.read_text("utf-8")
    found: dict[str, list[str]] = {}
    for name, address in PAGES.items():
        page.goto(address)
        page.evaluate("for (const drawer of document.querySelectorAll('details')) drawer.open = true")
        page.evaluate(axe)
        violations = json.loads(page.evaluate(RUN_AXE, rules))
        if violations:
            found[name] = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
    assert found == {}


@pytest.mark.parametrize("cookie", ["lang=zh", "lang=en; size=large"])
def test_nothing_runs_over_the_page(context_of: ContextMaker, cookie: str) -> None:
    page = context_of(extra_http_headers={"cookie": cookie}).new_page()
    over: dict[str, str] = {}
    for name, address in PAGES.items():
        page.goto(address)
        page.evaluate("for (const drawer of document.querySelectorAll('details')) drawer.open = true")
        page.evaluate("for (const part of document.querySelectorAll('[data-when]')) part.hidden = false")
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                over[f"{name} at {width}"] = page.evaluate(WIDEST)
    assert over == {}


WIDEST = """[...document.querySelectorAll("main *, header *, footer *")]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map((one) => one.outerHTML.slice(0, 120)).slice(-1)[0]"""


def test_the_print_holds_the_code_the_proof_and_no_controls(context_of: ContextMaker, pictures: Path) -> None:
    page = context_of(viewport={"width": 1024, "height": 800}, color_scheme="dark").new_page()
    page.goto(f"/v/{VALID}?v={VERIFIER}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    shown = page.locator("body").inner_text()
    for text in ("在册有效", "3326", "72RD", "查询时间", "log.zj.example/2026h1", "sm3:7c1d9e40", "悬浮物"):
        assert text in shown, text
    for text in ("打印验证结果", "再查一份", "English", "选择 PDF"):
        assert text not in shown, text
    expect(page.locator("img.qr")).to_be_visible()
    pdf = page.pdf(path=pictures / "valid.pdf", prefer_css_page_size=True)
    text, pages = text_of_pdf(pdf)
    assert "332608K7M4QX72RD9C" in text.replace("-", "").replace(" ", "").replace("\n", "")
    assert pages <= 2


def text_of_pdf(pdf: bytes) -> tuple[str, int]:
    pypdf = pytest.importorskip("pypdf")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return "".join(page.extract_text() for page in reader.pages), len(reader.pages)


def test_language_and_size_are_kept_while_walking(page: Page) -> None:
    page.goto(f"/v/{VALID}")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Registered and valid")
    page.get_by_role("link", name="Large type").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check a test or inspection report")
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("查一份检验检测报告")
