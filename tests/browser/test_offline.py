"""The offline page in a browser whose network is cut: what it says of each report, and what it cannot say."""

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.offline_door import REPORT_FILE, Field, ask, cut_off, field_of, named_door, prepared, proof_file
from tests.browser.public_door import AXE, watched
from tests.browser.qr_pictures import photo_of
from tests.conftest import Laboratory, Seeded


@pytest.fixture(scope="module")
def field(seeded: Seeded, lab: Laboratory) -> Iterator[Field]:
    with named_door(seeded.node) as address:
        yield field_of(address, lab, seeded, "OFFLINE-PAGE")


@pytest.fixture
def phone(browser: Browser, field: Field) -> Iterator[Page]:
    """Online, nothing prepared."""
    context = browser.new_context(base_url=field.url, viewport={"width": 390, "height": 844})
    context.set_default_timeout(8_000)
    page = watched(context.new_page())
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.fixture
def away(phone: Page) -> Page:
    """Prepared, and then the network is cut."""
    prepared(phone)
    cut_off(phone.context)
    return phone


def says(page: Page, word: str) -> None:
    expect(page.locator("#state")).to_have_text(word, use_inner_text=True)


def answer(page: Page) -> Locator:
    return page.locator("[data-answer]")


def test_the_first_visit_fetches_the_lists_and_tells_their_size_and_time(phone: Page) -> None:
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    prepared(phone)
    panel = phone.locator("[data-lists]")
    expect(panel).to_contain_text("可以离线用")
    for text in (r"第 \d+ 版，\d+ KB", r"\d+ 份，\d+ KB", r"截至 \d{4}-\d\d-\d\d \d\d:\d\d，可用到 \d{4}-"):
        expect(panel).to_contain_text(re.compile(text))
    lists = [url for url in asked if "/status" in url]
    assert len(lists) < 10, "one request a province"


def test_the_fingerprints_are_those_of_the_root_keys(phone: Page, seeded: Seeded) -> None:
    phone.goto("/offline")
    phone.locator("summary", has_text="根公钥指纹").click()
    for key in seeded.node.root_keys().values():
        digits = sha256(key.point).hexdigest()[:32]
        expect(phone.locator("[data-lists]")).to_contain_text(" ".join(re.findall("....", digits)))


def test_a_valid_report_is_valid_as_of_the_list(away: Page, field: Field) -> None:
    sent: list[str] = []
    away.on("request", lambda request: sent.append(request.url))
    ask(away, field.qr(field.valid))
    says(away, "在册有效")
    expect(answer(away)).to_contain_text(
        re.compile(r"截至 \d{4}-\d\d-\d\d \d\d:\d\d，没有更正、替换或撤回"), use_inner_text=True
    )
    expect(answer(away)).to_contain_text("列表签发之后的变化", use_inner_text=True)
    expect(answer(away)).to_contain_text("已核到第 2 级，共 4 级", use_inner_text=True)
    expect(answer(away).get_by_role("link", name="联网查看完整结果")).to_be_hidden()
    assert [url for url in sent if field.valid["code"] in url] == [], "nothing of what is checked is sent"


def test_proof_and_file_lift_the_answer_to_levels_three_and_four(away: Page, field: Field, tmp_path: Path) -> None:
    ask(away, field.qr(field.valid))
    away.locator("#own-file").set_input_files(proof_file(tmp_path, field.proof))
    expect(answer(away)).to_contain_text("已核到第 3 级，共 4 级", use_inner_text=True)
    expect(answer(away)).to_contain_text("log.zhijian.example/", use_inner_text=True)
    own = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": REPORT_FILE}
    away.locator("#own-file").set_input_files([own])  # type: ignore[list-item]
    expect(answer(away)).to_contain_text("已核到第 4 级，共 4 级", use_inner_text=True)
    away.locator("#own-file").set_input_files([{**own, "buffer": REPORT_FILE + b" "}])  # type: ignore[list-item]
    expect(answer(away)).to_contain_text("文件字节与登记不一致", use_inner_text=True)
    expect(answer(away)).to_contain_text("已核到第 3 级，共 4 级", use_inner_text=True)
    assert "伪造" not in away.content()


def test_a_proof_of_another_report_costs_its_level_and_not_the_answer(away: Page, field: Field, tmp_path: Path) -> None:
    ask(away, field.qr(field.withdrawn))
    away.locator("#own-file").set_input_files(proof_file(tmp_path, field.proof))
    expect(answer(away)).to_contain_text("证明文件是另一份报告的，没有使用它。", use_inner_text=True)
    says(away, "无效")


def test_a_withdrawn_report_is_invalid_and_the_page_says_what_it_cannot_tell(away: Page, field: Field) -> None:
    ask(away, field.qr(field.withdrawn))
    says(away, "无效")
    expect(answer(away)).to_contain_text("是撤回还是认定，原因是什么", use_inner_text=True)
    expect(away.locator("[data-band]")).to_have_class("answer stopped")


def test_a_forged_credential_is_refused(away: Page, field: Field) -> None:
    text = field.qr(field.valid)
    ask(away, text[:-1] + ("0" if text[-1] != "0" else "1"))
    says(away, "二维码未通过核验")
    ask(away, field.qr(field.valid).replace(field.valid["code"], field.withdrawn["code"]))
    expect(answer(away)).to_contain_text("凭证属于另一个编码", use_inner_text=True)


def moved(page: Page, by: timedelta) -> None:
    page.clock.set_fixed_time(datetime.now(UTC) + by)


def test_an_outdated_list_says_nothing_of_a_valid_report(away: Page, field: Field) -> None:
    moved(away, timedelta(hours=25))
    ask(away, field.qr(field.valid))
    says(away, "签名正确，状态未知")
    expect(answer(away)).to_contain_text("已过有效期，不能再相信", use_inner_text=True)
    expect(answer(away)).to_contain_text("已核到第 1 级，共 4 级", use_inner_text=True)


def test_an_outdated_list_still_warns_of_what_was_withdrawn_by_then(away: Page, field: Field) -> None:
    moved(away, timedelta(hours=25))
    ask(away, field.qr(field.withdrawn))
    says(away, "签名正确，状态未知")
    expect(answer(away)).to_contain_text("它已经不是有效的。请不要使用", use_inner_text=True)


def test_an_outdated_trust_list_is_not_believed(away: Page, field: Field) -> None:
    moved(away, timedelta(days=91))
    ask(away, field.qr(field.valid))
    says(away, "格式正确，签名没有核")
    expect(answer(away)).to_contain_text("信任列表已到期，不能再相信", use_inner_text=True)
    expect(answer(away)).to_contain_text("已核到第 0 级，共 4 级", use_inner_text=True)


def test_a_clock_that_is_behind_is_noticed(away: Page, field: Field) -> None:
    moved(away, -timedelta(days=1))
    ask(away, field.qr(field.valid))
    expect(answer(away)).to_contain_text("请看看设备的日期和时间对不对", use_inner_text=True)
    assert "在册有效" not in away.locator("#state").inner_text()


def test_a_qr_of_another_host_is_warned_of_whatever_it_holds(away: Page, field: Field) -> None:
    ask(away, field.qr(field.valid).replace(field.host, "evil.example"))
    says(away, "另一个网站")
    expect(answer(away)).to_contain_text("evil.example", use_inner_text=True)
    expect(answer(away)).to_contain_text(re.compile("凭证本身：\\s*在册有效"), use_inner_text=True)
    ask(away, f"https://evil.example/{field.valid['code']}/7KQ2MX")
    says(away, "另一个网站")


def test_a_bare_code_shows_its_format_and_no_more(away: Page, field: Field) -> None:
    ask(away, field.valid["printed"].lower())
    says(away, "格式正确，状态未知")
    expect(answer(away)).to_contain_text("离线只能看出它没有抄错", use_inner_text=True)


def test_one_wrong_character_is_located_and_repaired_by_one_click(away: Page, field: Field) -> None:
    code = field.valid["code"]
    wrong = code[:9] + ("A" if code[9] != "A" else "B") + code[10:]
    ask(away, wrong)
    says(away, "编码有误")
    expect(answer(away)).to_contain_text("编码第 10 位可能抄错了", use_inner_text=True)
    answer(away).get_by_role("button", name=field.valid["printed"]).click()
    says(away, "格式正确，状态未知")


def test_a_photo_of_the_qr_is_read_without_a_network(away: Page, field: Field, tmp_path: Path) -> None:
    with away.expect_file_chooser() as chooser:
        away.get_by_role("button", name="二维码照片").click()
    chooser.value.set_files(photo_of(field.qr(field.valid), tmp_path / "photo.jpg"))
    says(away, "在册有效")


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "https://shop.example/menu", "<img src=x onerror=alert(1)> and many words"]
)
def test_a_qr_that_is_no_report_s_is_shown_as_text(away: Page, tmp_path: Path, text: str) -> None:
    with away.expect_file_chooser() as chooser:
        away.get_by_role("button", name="二维码照片").click()
    chooser.value.set_files(photo_of(text, tmp_path / "photo.png"))
    expect(answer(away).locator('[data-slot="typed"]')).to_have_text(text)


def test_other_pages_lead_here_with_the_code_when_the_network_is_gone(away: Page, field: Field) -> None:
    away.goto(f"/v/{field.valid['code']}")
    expect(away).to_have_url(re.compile("/offline#from="))
    expect(away.get_by_text("编码已带到这里")).to_be_visible()
    says(away, "格式正确，状态未知")
    away.goto(field.qr(field.withdrawn).split(field.host, 1)[1])
    says(away, "无效")
    away.goto("/")
    expect(away.get_by_text("可以在这里离线核验。")).to_be_visible()
    expect(answer(away)).to_be_hidden()


KEPT_PATHS = """(async () => {
  const paths = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
  }
  return paths;
})()"""


def test_with_the_network_back_the_other_pages_come_from_it(away: Page, field: Field) -> None:
    away.context.set_offline(False)
    away.goto(f"/v/{field.withdrawn['code']}")
    expect(away.get_by_role("heading", level=1)).to_have_text("已撤回")
    away.goto(f"/q?code={field.valid['printed']}")
    expect(away).to_have_url(f"{field.url}/v/{field.valid['code']}")
    kept = away.evaluate(KEPT_PATHS)
    assert {path for path in kept if not path.startswith("/static/")} == {"/offline", "/offline-prefs"}


def test_language_and_size_work_without_a_network(away: Page, field: Field) -> None:
    away.get_by_role("link", name="English").click()
    expect(away.get_by_role("heading", level=1)).to_have_text("Check offline")
    away.get_by_role("link", name="Large type").click()
    expect(away.locator("html")).to_have_attribute("data-size", "large")
    away.goto("/")
    expect(away.get_by_role("heading", level=1)).to_have_text("Check offline")
    away.get_by_label("Paste the QR's text or type the code").fill(field.qr(field.valid))
    away.keyboard.press("Enter")
    says(away, "Registered and valid")


def test_by_keyboard_alone(away: Page, field: Field) -> None:
    away.goto("/offline")
    away.keyboard.press("Tab")
    assert focused(away) == "跳到结果"
    tab_to(away, "code")
    away.keyboard.type(field.qr(field.withdrawn))
    away.keyboard.press("Enter")
    says(away, "无效")
    assert focused(away).startswith("state"), "the answer is read next"
    tab_to(away, "更新")
    tab_to(away, "选择省份")
    away.keyboard.press("Enter")
    expect(away.locator("[data-choose]")).to_have_attribute("open", "")


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return text


def tab_to(page: Page, start: str) -> None:
    for _ in range(30):
        if focused(page).startswith(start):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {start}")


LOOKS: dict[str, dict[str, object]] = {
    "phone": {},
    "wide": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"color_scheme": "dark"},
    "english, large": {"extra_http_headers": {"cookie": "lang=en; size=large"}},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_whatever_the_answer_is(browser: Browser, field: Field, look: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in ui/")
    context = browser.new_context(**{"base_url": field.url, "viewport": {"width": 390, "height": 844}, **LOOKS[look]})  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/offline")
    expect(page.locator('[data-when="fresh"]')).to_be_visible(timeout=20_000)
    page.evaluate("for (const drawer of document.querySelectorAll('details')) drawer.open = true")
    page.evaluate(AXE.read_text("utf-8"))
    for text in (
        field.qr(field.valid),
        field.qr(field.withdrawn),
        field.qr(field.valid)[:-1],
        field.valid["code"][:-1],
    ):
        page.locator("#code").fill(text)
        page.keyboard.press("Enter")
        page.wait_for_timeout(200)
        found = json.loads(
            page.evaluate("axe.run({ resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations))")
        )
        assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []
    context.close()


@pytest.mark.parametrize(
    ("width", "cookie"),
    [(320, "lang=zh"), (390, "size=large"), (390, "lang=en; size=large"), (720, "lang=en"), (1440, "lang=zh")],
)
def test_nothing_runs_over_the_page(browser: Browser, field: Field, width: int, cookie: str, pictures: Path) -> None:
    """720 pixels are a screen of 1440 at 200 %."""
    context = browser.new_context(
        base_url=field.url, viewport={"width": width, "height": 844}, extra_http_headers={"cookie": cookie}
    )
    page = context.new_page()
    page.goto("/offline")
    expect(page.locator('[data-when="fresh"]')).to_be_visible(timeout=20_000)
    page.locator("#code").fill(field.qr(field.valid))
    page.keyboard.press("Enter")
    expect(answer(page)).to_be_visible()
    page.evaluate("for (const drawer of document.querySelectorAll('details')) drawer.open = true")
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    page.evaluate("for (const part of document.querySelectorAll('[data-when]')) part.hidden = false")
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    context.close()


def test_the_print_holds_the_answer_and_no_controls(away: Page, field: Field) -> None:
    ask(away, field.qr(field.valid))
    says(away, "在册有效")
    away.emulate_media(media="print")
    shown = away.locator("body").inner_text()
    for text in ("在册有效", "截至", "离线核验于", "凭证里写的", field.valid["code"][:4]):
        assert text in shown, text
    for text in ("更新", "扫一扫", "English", "选择省份"):
        assert text not in shown, text


@pytest.mark.skipif("ZHIJIAN_PICTURES" not in os.environ, reason="ZHIJIAN_PICTURES names no folder")
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_has_its_pictures(phone: Page, field: Field, pictures: Path, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 844})
    prepared(phone)
    phone.screenshot(path=pictures / f"offline-{width}.png", full_page=True)
    texts = {"valid": field.qr(field.valid), "withdrawn": field.qr(field.withdrawn), "forged": field.qr(field.valid)[:-1] + "0",
             "host": field.qr(field.valid).replace(field.host, "evil.example"), "bare": field.valid["code"]}  # fmt: skip
    for name, text in texts.items():
        ask(phone, text)
        expect(answer(phone)).to_be_visible()
        phone.wait_for_timeout(200)
        phone.screenshot(path=pictures / f"offline-{name}-{width}.png", full_page=True)
