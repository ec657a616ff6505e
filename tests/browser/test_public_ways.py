"""Each way in, as a person goes it: typing, file, photo, camera, keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route, expect
from tests.browser.public_door import ARGUMENTS, CHROMIUM, OTHER_NODE, ContextMaker, Site, watched
from tests.browser.qr_pictures import camera_film, photo_of, qr_picture
from tests.web.fakes import CODES, CREDENTIAL, VERIFIER, State

VALID, WITHDRAWN = CODES[State.VALID], CODES[State.WITHDRAWN]
REGISTERED = b"%PDF-1.7 registered report " * 100_000
CHANGED = REGISTERED + b" "
VALID_GROUPS = "3326-08K7-M4QX-72RD-9C"


@pytest.fixture(autouse=True)
def registered_file(site: Site) -> Iterator[None]:
    site.service.file(VALID, REGISTERED)
    yield
    for report in site.service.reports.values():
        report.digests.clear()


def test_typing_a_code_with_hyphens_growing_by_themselves(page: Page) -> None:
    page.goto("/")
    field = page.get_by_label("输入编码")
    field.press_sequentially("332608k7m4qx72rd9c")
    expect(field).to_have_value(VALID_GROUPS)
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("在册有效")
    expect(page).to_have_url(f"/v/{VALID}")


def test_the_caret_stays_where_one_corrects(page: Page) -> None:
    page.goto("/")
    field = page.get_by_label("输入编码")
    field.press_sequentially("332608K7MQX72RD9C")
    for _ in range(len("QX-72RD-9C")):
        field.press("ArrowLeft")
    field.press("4")
    expect(field).to_have_value(VALID_GROUPS)
    field.press("Backspace")
    field.press("4")
    expect(field).to_have_value(VALID_GROUPS)


def test_a_wrong_character_is_located_and_repaired_by_one_click(page: Page) -> None:
    page.goto("/")
    page.get_by_label("输入编码").fill(VALID_GROUPS.replace("M4", "MA"))
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("未找到")
    expect(page.locator("mark").first).to_have_text("A")
    expect(page.locator("mark.right")).to_have_text("4")
    page.get_by_role("link", name="用这个编码查询").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("在册有效")


def test_the_verifier_opens_the_facts_and_the_trace(page: Page) -> None:
    page.goto(f"/v/{VALID}")
    page.get_by_label("输入报告上的 6 位校验码").fill("7kq2mx")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("校验码相符")).to_be_visible()
    page.get_by_role("link", name="看样品、方法、仪器和人员").click()
    expect(page.get_by_role("heading", name="2. 氨氮")).to_be_visible()


def drop(page: Page, name: str, content: bytes) -> None:
    """As from the desktop: the file travels with the event."""
    data = page.evaluate_handle(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name, { type: "application/pdf" }));
          return data;
        }""",
        [name, content.decode()],
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": data})
    page.dispatch_event("body", "drop", {"dataTransfer": data})


def sent_bodies(page: Page) -> list[bytes]:
    sent: list[bytes] = []

    def keep(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        route.continue_()

    page.route("**/api/v1/verify", keep)
    return sent


def test_a_dropped_file_that_is_equal_reaches_level_four(page: Page) -> None:
    page.goto(f"/v/{VALID}")
    sent = sent_bodies(page)
    drop(page, "report.pdf", REGISTERED)
    expect(page.locator("#levels")).to_have_text("已核到第 4 级，共 4 级")
    expect(page.locator("[data-level-file]")).to_contain_text("逐字节相同")
    expect(page.get_by_text("文件与登记的逐字节相同", exact=True).first).to_be_visible()
    assert sent
    assert max(map(len, sent)) < 200, "only the digest may leave the browser"
    assert sha256(REGISTERED).hexdigest().encode() in b"".join(sent)


def test_a_dropped_file_that_differs_is_not_called_forged(page: Page) -> None:
    page.goto(f"/v/{VALID}")
    drop(page, "report.pdf", CHANGED)
    expect(page.get_by_text("文件字节与登记不一致").first).to_be_visible()
    expect(page.locator("[data-level-file]")).to_contain_text("与登记不一致")
    expect(page.locator("#levels")).to_have_text("已核到第 3 级，共 4 级")
    assert "伪造" not in page.content()


def test_where_webassembly_is_forbidden_the_file_is_compared_all_the_same(context_of: ContextMaker) -> None:
    """Chromium before 97 knows no 'wasm-unsafe-eval'."""
    page = context_of().new_page()

    def older(route: Route) -> None:
        response = route.fetch()
        policy = response.headers["content-security-policy"].replace(" 'wasm-unsafe-eval'", "")
        route.fulfill(response=response, headers={**response.headers, "content-security-policy": policy})

    page.route("**/v/*", older)
    page.goto(f"/v/{VALID}")
    drop(page, "report.pdf", REGISTERED)
    expect(page.locator("#levels")).to_have_text("已核到第 4 级，共 4 级")


def test_a_file_of_another_report_names_that_report(page: Page, site: Site) -> None:
    site.service.file(WITHDRAWN, CHANGED)
    page.goto(f"/v/{VALID}")
    drop(page, "report.pdf", CHANGED)
    expect(page.get_by_text("文件字节与登记不一致").first).to_be_visible()
    expect(page.locator(".found").first).to_contain_text("3326-08K7-T1HW-9P3C-UL")


def test_a_file_chosen_at_home_leads_to_its_report_and_state(page: Page, site: Site) -> None:
    site.service.file(WITHDRAWN, CHANGED)
    page.goto("/")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选文件").click()
    chooser.value.set_files({"name": "report.pdf", "mimeType": "application/pdf", "buffer": CHANGED})
    expect(page.locator(".found")).to_contain_text("已撤回")
    page.locator(".found a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已撤回")


def test_a_file_that_nobody_registered_is_no_verdict(page: Page) -> None:
    page.goto("/")
    drop(page, "report.pdf", b"something else")
    expect(page.get_by_text("没有登记过这个文件")).to_be_visible()
    expect(page.get_by_text("未找到不等于报告有假。").first).to_be_visible()


def test_a_network_that_fails_is_said(page: Page) -> None:
    page.goto("/")
    page.route("**/api/v1/verify", lambda route: route.abort())
    drop(page, "report.pdf", b"something else")
    expect(page.get_by_text("没有比对成")).to_be_visible()


def choose_photo(page: Page, photo: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="二维码照片").click()
    chooser.value.set_files(photo)


def test_a_photo_of_the_whole_qr_opens_the_facts(page: Page, site: Site, tmp_path: Path) -> None:
    text = f"HTTP://{site.host}/{VALID}/{VERIFIER}{CREDENTIAL}"
    page.goto("/")
    choose_photo(page, photo_of(text, tmp_path / "photo.jpg"))
    expect(page.get_by_text("校验码相符")).to_be_visible()


def test_a_photo_of_another_website_s_qr_is_not_followed(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto("/")
    choose_photo(page, photo_of(f"HTTPS://VERIFY-EVIL.EXAMPLE/{VALID}/{VERIFIER}", tmp_path / "photo.png"))
    warning = page.locator('[data-when="other-host"]')
    expect(warning).to_contain_text("verify-evil.example")
    expect(warning).to_contain_text(VALID_GROUPS)
    expect(page).to_have_url(f"{site.url}/")
    warning.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("在册有效")


def test_a_photo_of_an_allowed_node_s_qr_is_followed(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    seen: list[str] = []

    def answer(route: Route) -> None:
        seen.append(route.request.url)
        route.fulfill(body="the other node")

    page.route(f"**://{OTHER_NODE}/**", answer)
    choose_photo(page, photo_of(f"HTTPS://{OTHER_NODE.upper()}/{VALID}/{VERIFIER}", tmp_path / "photo.png"))
    expect(page.get_by_text("the other node")).to_be_visible()
    assert seen == [f"https://{OTHER_NODE}/{VALID}/{VERIFIER}"]


@pytest.mark.parametrize("text", ["javascript:alert(1)", "just words", "file:///etc/passwd"])
def test_a_qr_that_is_no_address_is_shown_as_text(page: Page, tmp_path: Path, text: str) -> None:
    page.goto("/")
    choose_photo(page, photo_of(text, tmp_path / "photo.png"))
    expect(page.locator('[data-when="no-address"]')).to_contain_text(text)


def test_a_photo_without_a_qr_is_said(page: Page, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (300, 300), "white").save(tmp_path / "white.png")
    page.goto("/")
    choose_photo(page, tmp_path / "white.png")
    expect(page.get_by_text("照片里没有认出二维码")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "content", "says", "advises"),
    [
        ("report.pdf", b"%PDF-1.7 report", "这是 PDF 文件，不是照片", "比对报告文件请用“选文件”"),
        ("photo.jpg", b"%PDF-1.7 called a photo", "这是 PDF 文件，不是照片", "比对报告文件请用“选文件”"),
        ("photo.jpg", b"", "这个文件是空的", "另选一张"),
        ("photo.png", b"\x89PNG" + bytes(31 << 20), "照片超过 30 MB", "只截取二维码那一块"),
        (
            "photo.heic",
            b"\0\0\0\x18ftypheic" + bytes(400),
            "这个文件不是照片，或格式不认识",
            "JPEG 或 PNG",
        ),
        ("notes.txt", "报告编码".encode(), "这个文件不是照片，或格式不认识", "JPEG 或 PNG"),
    ],
    ids=["pdf", "pdf called a photo", "empty", "large", "heic", "text"],
)
def test_a_file_that_is_no_photo_is_told_what_it_is_and_what_to_do(
    page: Page, tmp_path: Path, name: str, content: bytes, says: str, advises: str
) -> None:
    (tmp_path / name).write_bytes(content)
    page.goto("/")
    choose_photo(page, tmp_path / name)
    shown = page.locator("[data-scan-result] [data-when]:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(says)
    expect(shown).to_contain_text(advises)
    expect(shown).to_contain_text("或输入编码")


def test_a_qr_that_is_small_in_a_huge_photo_of_another_format_is_read(page: Page, site: Site, tmp_path: Path) -> None:
    from PIL import Image

    sheet = Image.new("L", (4200, 5600), 225)
    sheet.paste(qr_picture(f"HTTP://{site.host}/{VALID}/{VERIFIER}", scale=14), (300, 400))
    sheet.save(tmp_path / "photo.webp", quality=80)
    page.goto("/")
    choose_photo(page, tmp_path / "photo.webp")
    expect(page.get_by_text("校验码相符")).to_be_visible(timeout=20_000)


def test_after_a_fault_the_next_photo_is_read(page: Page, site: Site, tmp_path: Path) -> None:
    page.goto("/")
    (tmp_path / "empty.jpg").touch()
    choose_photo(page, tmp_path / "empty.jpg")
    expect(page.get_by_text("这个文件是空的")).to_be_visible()
    choose_photo(page, photo_of(f"HTTP://{site.host}/{VALID}/{VERIFIER}", tmp_path / "photo.jpg"))
    expect(page.get_by_text("校验码相符")).to_be_visible()


def test_a_code_pasted_with_its_label_is_read(page: Page) -> None:
    page.goto("/")
    page.get_by_label("输入编码").fill(f"报告编码：“{VALID_GROUPS}” 校验码：{VERIFIER}")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("校验码相符")).to_be_visible()


@contextmanager
def camera(playwright: Playwright, film: Path) -> Iterator[Browser]:
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM), args=[*ARGUMENTS, *fake, f"--use-file-for-fake-video-capture={film}"]
    )
    try:
        yield browser
    finally:
        browser.close()


def test_the_camera_reads_the_qr_and_opens_the_facts(playwright: Playwright, site: Site, tmp_path: Path) -> None:
    film = camera_film(f"HTTP://{site.host}/{VALID}/{VERIFIER}{CREDENTIAL}", tmp_path / "film.y4m")
    with camera(playwright, film) as browser:
        page = watched(browser.new_page(base_url=site.url, viewport={"width": 390, "height": 844}))
        page.goto("/")
        page.get_by_role("button", name="扫一扫").click()
        expect(page.get_by_text("校验码相符")).to_be_visible(timeout=15_000)
        assert page.complaints == []  # type: ignore[attr-defined]


def test_without_a_camera_the_page_says_so(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="扫一扫").click()
    expect(page.get_by_text("摄像头用不了")).to_be_visible()


def test_from_home_to_the_proof_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert focused(page) == "跳到结果"
    tab_to(page, "code")
    page.keyboard.type(VALID)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("在册有效")
    drawer = page.locator("details", has=page.locator("summary", has_text="证据")).last
    expect(drawer).not_to_have_attribute("open", "")
    tab_to(page, "证据")
    assert page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none", "focus must be seen"
    page.keyboard.press("Enter")
    expect(drawer).to_have_attribute("open", "")
    expect(page.get_by_text("log.zj.example/2026h1，第 18,402,276 条")).to_be_visible()
    tab_to(page, "下载证明文件")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == f"{VALID}.tlog-proof"


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return text


def tab_to(page: Page, start: str) -> None:
    for _ in range(40):
        if focused(page).startswith(start):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {start}")


def test_without_javascript_codes_are_checked_and_the_rest_says_what_it_needs(context_of: ContextMaker) -> None:
    page = context_of(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    page.goto("/")
    expect(page.get_by_text("扫码、照片和文件比对需要 JavaScript。")).to_be_visible()
    expect(page.get_by_role("button", name="扫一扫")).to_be_hidden()
    page.get_by_label("输入编码").fill(VALID_GROUPS)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("在册有效")
    expect(page.get_by_text("比对文件需要 JavaScript。")).to_be_visible()
    page.locator("summary", has_text="证据").click()
    expect(page.get_by_text("log.zj.example/2026h1，第 18,402,276 条")).to_be_visible()
    page.get_by_label("输入报告上的 6 位校验码").fill(VERIFIER)
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("校验码相符")).to_be_visible()
