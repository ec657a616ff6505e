"""A suspicion reported by a person with a browser: with photo, by keyboard alone, without scripts, and what axe finds."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.public_door import AXE, ContextMaker, Site
from tests.browser.test_public_pages import COLOUR_AND_SIZE, RUN_AXE, WIDEST
from tests.cases.photos import jpeg
from tests.web.concerns import NOT_A_PICTURE, Received
from tests.web.fakes import CODES, State

VALID = CODES[State.VALID]
WORDS = "第 2 页的结果与查到的不同"
PATIENT_MS = 60_000
"""The work takes a free core half a second; machines that run tests are not free."""


def newest(site: Site) -> Received:
    return site.concerns.received[-1]


def fill(page: Page) -> None:
    page.get_by_label("线索类型").select_option("paper-differs")
    page.get_by_label("情况说明").fill(WORDS)


def photo(content: bytes, name: str = "IMG_1.JPG") -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def heading(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_have_text("线索已收到", timeout=PATIENT_MS)
    return page.url.rpartition("/")[2]


def test_from_an_answer_to_the_receipt_with_a_photo_and_its_work(page: Page, site: Site) -> None:
    page.goto(f"/v/{VALID}")
    page.get_by_role("link", name="反映问题").first.click()
    expect(page.get_by_label("报告编码")).to_have_value(VALID)
    expect(page.get_by_text("没有 JavaScript 也能提交")).to_be_hidden()
    fill(page)
    page.get_by_label("照片").set_input_files([photo(jpeg())])  # type: ignore[list-item]
    expect(page.get_by_text("可以提交了")).to_be_visible(timeout=PATIENT_MS)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    page.get_by_role("button", name="提交线索").click()
    receipt = heading(page)
    kept = newest(site)
    assert (kept.standing.receipt, kept.worked, kept.photos) == (receipt, True, (jpeg(),))
    assert (kept.complaint.words, kept.complaint.code, kept.complaint.origin) == (WORDS, VALID, "answer")
    page.reload()
    assert heading(page) == receipt
    assert newest(site) is kept


def test_pressed_too_early_it_says_so_and_sends_itself_once(page: Page, site: Site) -> None:
    page.goto("/concern")
    before = len(site.concerns.received)
    fill(page)
    page.evaluate(
        """() => { const form = document.querySelector('form[data-work]');
        form.requestSubmit(); form.requestSubmit(); }"""
    )
    heading(page)
    assert len(site.concerns.received) == before + 1
    assert newest(site).worked


def test_what_happens_is_said_in_a_live_region_and_needs_no_sight(page: Page) -> None:
    page.goto("/concern")
    live = page.get_by_role("status")
    expect(live).to_have_text(re.compile("正在准备提交…|可以提交了"))
    expect(live).to_contain_text("可以提交了", timeout=PATIENT_MS)
    assert page.locator("img, canvas, audio").count() == 0


def test_by_keyboard_alone(page: Page, site: Site) -> None:
    page.goto("/concern")

    def tab_to(element: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()") == element:
                return
        raise AssertionError(element)

    tab_to("kind")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to("words")
    page.keyboard.type(WORDS)
    tab_to("提交线索")
    page.keyboard.press("Enter")
    heading(page)
    assert (newest(site).complaint.kind, newest(site).complaint.words) == ("content-doubtful", WORDS)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_mistake_is_read_first_and_leads_to_its_field(context_of: ContextMaker, site: Site, scripts: bool) -> None:
    page = context_of(java_script_enabled=scripts, viewport={"width": 390, "height": 844}).new_page()
    page.goto("/concern")
    fill(page)
    page.get_by_label("报告编码").fill("12345")
    page.get_by_label("照片").set_input_files([photo(jpeg(320, 240)), photo(NOT_A_PICTURE, "x.jpg")])  # type: ignore[list-item]
    page.get_by_role("button", name="提交线索").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("请改这 1 处", timeout=PATIENT_MS)
    expect(page).to_have_title(re.compile("^还没有提交"))
    expect(page.get_by_label("情况说明")).to_have_value(WORDS)
    expect(page.get_by_label("线索类型")).to_have_value("paper-differs")
    summary.get_by_role("link", name=re.compile("^报告编码：")).click()
    field = page.get_by_label("报告编码")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("不是报告编码"))
    field.fill("")
    page.get_by_label("照片").set_input_files([photo(NOT_A_PICTURE)])  # type: ignore[list-item]
    page.get_by_role("button", name="提交线索").click()
    expect(page.get_by_role("alert")).to_contain_text("第 1 张不是 JPEG", timeout=PATIENT_MS)
    page.get_by_role("button", name="提交线索").click()
    heading(page)
    assert newest(site).worked is scripts


def test_without_scripts_it_is_sent_by_the_slower_lane_which_the_page_says(
    context_of: ContextMaker, site: Site
) -> None:
    page = context_of(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto("/concern")
    expect(page.get_by_text("没有 JavaScript 也能提交，只是收得少")).to_be_visible()
    expect(page.locator("[data-work-status]")).to_be_hidden()
    fill(page)
    page.get_by_role("button", name="提交线索").click()
    receipt = heading(page)
    assert (newest(site).standing.receipt, newest(site).worked) == (receipt, False)
    page.goto("/concern")
    page.get_by_label("回执编号").fill(f"{receipt[:5].lower()} {receipt[5:]}")
    page.get_by_role("button", name="看进度").click()
    assert heading(page) == receipt


def test_a_browser_without_workers_does_the_work_in_pieces(context_of: ContextMaker, site: Site) -> None:
    context = context_of(viewport={"width": 390, "height": 844})
    context.add_init_script("window.Worker = class { constructor() { throw new Error('none'); } };")
    page = context.new_page()
    page.goto("/concern")
    fill(page)
    expect(page.get_by_text("可以提交了")).to_be_visible(timeout=PATIENT_MS)
    page.get_by_role("button", name="提交线索").click()
    heading(page)
    assert newest(site).worked


def test_a_form_that_was_open_for_long_gets_another_challenge_when_it_is_sent(
    context_of: ContextMaker, site: Site
) -> None:
    page = context_of(viewport={"width": 390, "height": 844}).new_page()
    page.clock.install()
    page.goto("/concern")
    expect(page.get_by_text("可以提交了")).to_be_visible(timeout=PATIENT_MS)
    first = page.locator("[name=challenge]").input_value()
    asked: list[str] = []

    def count(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_()

    page.route("**/concern/challenge", count)
    page.clock.set_fixed_time(page.evaluate("Date.now()") + 9 * 60_000)
    fill(page)
    page.get_by_role("button", name="提交线索").click()
    heading(page)
    assert len(asked) >= 1
    assert newest(site).worked
    assert first


def test_when_no_work_can_be_done_it_can_be_sent_all_the_same(context_of: ContextMaker, site: Site) -> None:
    context = context_of(viewport={"width": 390, "height": 844})
    context.add_init_script("window.Worker = undefined; window.TextEncoder = undefined;")
    page = context.new_page()
    page.goto("/concern")
    expect(page.get_by_role("status")).to_contain_text("仍可提交", timeout=PATIENT_MS)
    fill(page)
    page.get_by_role("button", name="提交线索").click()
    heading(page)
    assert newest(site).worked is False


LOOKS: dict[str, dict[str, object]] = {
    "phone": {"viewport": {"width": 390, "height": 844}},
    "desk": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark", "rules": COLOUR_AND_SIZE},
    "english": {"viewport": {"width": 390, "height": 844}, "extra_http_headers": {"cookie": "lang=en; size=large"}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_mistakes_and_receipt_and_nothing_runs_over(
    context_of: ContextMaker, look: str, pictures: object
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in ui/")
    options = dict(LOOKS[look])
    rules = options.pop("rules", None)
    page = context_of(**options).new_page()
    axe, found = AXE.read_text("utf-8"), {}

    def look_at(name: str) -> None:
        page.screenshot(path=f"{pictures}/concern-{name}-{look}.png", full_page=True)
        page.evaluate(axe)
        violations = json.loads(page.evaluate(RUN_AXE, rules))
        if violations:
            found[name] = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
        for width in (320, 390, 1440):
            page.set_viewport_size({"width": width, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found[f"{name} at {width}"] = page.evaluate(WIDEST)
        page.set_viewport_size(options["viewport"])  # type: ignore[arg-type]

    page.goto(f"/concern?code={VALID}")
    look_at("form")
    page.locator("form[data-work]").evaluate("form => { form.noValidate = true; form.elements.code.value = '1'; }")
    page.locator("form[data-work] button").click()
    page.locator("#problems").wait_for(timeout=PATIENT_MS)
    look_at("mistakes")
    page.locator("#kind").select_option("other")
    page.locator("#words").fill(WORDS)
    page.locator("#code").fill("")
    page.locator("form[data-work] button").click()
    page.wait_for_url(re.compile("/concern/[0-9A-Y]{10}$"), timeout=PATIENT_MS)
    look_at("receipt")
    assert found == {}
