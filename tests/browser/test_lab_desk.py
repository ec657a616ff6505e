"""The laboratory's desk in Chromium, over the real API: open a key, fill in a report, issue it, stamp many files."""

import contextlib
import io
import json
import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pypdf import PdfReader
from tests.browser.public_door import AXE, watched
from tests.codes.document.papers import paper
from tests.conftest import Laboratory, Seeded, laboratory
from tests.servers import office, public_door

from zhijian import sandbox
from zhijian.kit.signing import Suite, sm3
from zhijian.spec.workbook import template
from zhijian.wiring import Node


@pytest.fixture(scope="module")
def desk(node: Node) -> Iterator[str]:
    sandbox.fill(node, 9, Suite.SM2, datetime.now(UTC))
    with office(node, sandbox=True) as address:
        yield address


@pytest.fixture
def page(browser: Browser, desk: str) -> Iterator[Page]:
    context = browser.new_context(base_url=desk, viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(15_000)
    page = watched(context.new_page())
    yield page
    context.close()
    assert page.complaints == []  # type: ignore[attr-defined]


@pytest.fixture(scope="module", params=list(Suite))
def key_file(request: Any, seeded: Seeded, api: Any, desk: str, tmp_path_factory: Any) -> tuple[Laboratory, Path]:
    """A key as `zhijian` writes it: no passphrase, no key id inside."""
    lab = laboratory(seeded, api, request.param)
    lab.lims.authority = desk.removeprefix("http://")
    path = tmp_path_factory.mktemp("key") / "key.json"
    path.write_text(json.dumps({"suite": lab.lims.key.suite.value, "secret": lab.lims.key.secret.hex()}))
    return lab, path


def open_key(page: Page, lab: Laboratory, path: Path) -> None:
    page.get_by_label("密钥文件").set_input_files(path)
    page.get_by_label("密钥编号（8 位十六进制）").fill(lab.lims.kid)
    page.get_by_role("button", name="打开", exact=True).click()


def take_test_institution(page: Page) -> None:
    page.goto("/lab")
    page.get_by_role("button", name="领取测试机构和密钥").click()
    expect(page.get_by_text("密钥已打开")).to_be_visible()
    expect(page.get_by_text("这个测试密钥只给一次")).to_be_visible()
    expect(page.get_by_text("这个密钥文件没有口令")).to_be_hidden()


def test_a_clerk_without_a_system_issues_a_report_and_the_public_sees_it(page: Page, node: Node) -> None:
    take_test_institution(page)
    page.get_by_role("link", name="填写报告").click()
    page.get_by_label("机构报告编号").first.fill(f"DESK-{datetime.now(UTC).timestamp()}")
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.get_by_role("heading", name="已签发")).to_be_visible(timeout=60_000)
    printed = page.locator('[data-slot="printed"]').inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载盖码的报告").click()
    stamped = Path(waiting.value.path()).read_bytes()
    assert printed in PdfReader(io.BytesIO(stamped)).pages[0].extract_text().replace("\n", "")
    with node.transaction() as db:
        from zhijian.kit.scope import Scope

        answer = node.desk(db).answer(db, Scope.anyone(), printed, None, datetime.now(UTC))
        assert answer.state == "valid"
        held = node.desk(db).by_digest(db, Scope.anyone(), "sm3", sm3(stamped).hex(), datetime.now(UTC))
    assert [one.code for one in held] == [answer.code], "whoever drops the stamped file finds the report"


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(page: Page) -> None:
    take_test_institution(page)
    page.get_by_role("link", name="填写报告").click()
    page.get_by_label("机构报告编号").first.fill("DESK-WRONG")
    page.get_by_label("授权签字人（人员编号）").fill("NOBODY")
    page.get_by_label("签发日期").fill("2099-01-01")
    page.get_by_role("button", name="签发", exact=True).click()
    summary = page.get_by_role("alert").filter(has_text="请改这些地方")
    expect(summary).to_be_focused()
    field = page.get_by_label("授权签字人（人员编号）")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.get_attribute("aria-describedby")
    told = page.locator('[data-field="issued_on"] .problem')
    expect(told).to_contain_text("改为实际签发日期")
    expect(told).to_contain_text("证书")
    summary.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    expect(page.get_by_label("机构报告编号").first).to_have_value("DESK-WRONG")
    page.reload()
    expect(page.locator("[data-locked], [data-key-closed]").first).to_be_attached()
    kept = json.loads(page.evaluate("sessionStorage.getItem('zhijian-draft')"))
    assert kept["report"]["signatory"] == "NOBODY"
    take_test_institution(page)
    page.get_by_role("link", name="填写报告").click()
    expect(page.get_by_label("授权签字人（人员编号）")).not_to_have_value("NOBODY"), "it was another institution's"
    page.get_by_role("link", name="机构密钥").click()
    page.get_by_role("button", name="关闭密钥").click()
    expect(page.get_by_text("密钥已打开")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_what_was_registered_is_not_called_undone_when_its_file_fails(page: Page) -> None:
    take_test_institution(page)
    page.get_by_role("link", name="填写报告").click()
    page.get_by_label("机构报告编号").first.fill(f"HALF-{datetime.now(UTC).timestamp()}")
    page.route("**/stamp", lambda route: route.abort())
    page.get_by_role("button", name="签发", exact=True).click()
    summary = page.get_by_role("alert").filter(has_text="请改这些地方")
    expect(summary).to_contain_text(re.compile(r"已登记，文件还没有盖码。.*(\w{4}-){4}\w{2}"), timeout=60_000)
    code = re.search(r"(\w{4}-){4}\w{2}", summary.inner_text())
    page.unroute("**/stamp")
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.get_by_role("heading", name="已签发")).to_be_visible(timeout=60_000)
    assert code
    assert page.locator('[data-slot="printed"]').inner_text() == code[0]


def test_a_plain_key_is_asked_for_its_id_and_saved_with_a_passphrase(
    page: Page, key_file: tuple[Laboratory, Path], tmp_path: Path
) -> None:
    lab, path = key_file
    page.goto("/lab")
    open_key(page, lab, path)
    expect(page.get_by_text("这个密钥文件没有口令")).to_be_visible()
    page.get_by_label("新口令（至少 10 个字符）").first.fill("一句很长的口令 long")
    page.get_by_label("再输一次").first.fill("一句很长的口令 lang")
    page.get_by_role("button", name="另存为有口令的密钥文件").click()
    expect(page.get_by_text("两次输入的口令不一样。")).to_be_visible()
    page.get_by_label("再输一次").first.fill("一句很长的口令 long")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="另存为有口令的密钥文件").click()
    sealed = tmp_path / "sealed.json"
    waiting.value.save_as(sealed)
    assert lab.lims.key.secret.hex() not in sealed.read_text()

    page.goto("/lab")
    page.reload()
    page.get_by_label("密钥文件").set_input_files(sealed)
    page.get_by_label("口令", exact=True).fill("wrong passphrase")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_text("口令不对，或文件损坏。")).to_be_visible()
    page.get_by_label("口令", exact=True).fill("一句很长的口令 long")
    page.get_by_role("button", name="打开", exact=True).click()
    expect(page.get_by_text("密钥已打开")).to_be_visible()
    expect(page.locator('[data-slot="uscc"]')).to_have_text(lab.uscc)


def test_the_key_never_leaves_the_browser(page: Page, key_file: tuple[Laboratory, Path]) -> None:
    lab, path = key_file
    secret, sent = lab.lims.key.secret.hex(), []
    page.on("request", lambda r: sent.append((r.url, r.headers, r.post_data_buffer or b"")))
    page.goto("/lab")
    open_key(page, lab, path)
    expect(page.get_by_text("密钥已打开")).to_be_visible()
    page.get_by_role("link", name="本机构报告").click()
    expect(page.locator("[data-own-table] tbody tr").first).to_be_visible()
    assert sum("/api/v1/" in url for url, *_ in sent) >= 2
    assert not any(secret in f"{url}{headers}" or secret.encode() in body for url, headers, body in sent)
    assert secret not in page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")


def test_a_wrong_file_says_so(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    page.goto("/lab")
    for content in ("", "{}", "[]", '{"suite":"SM2-SM3","secret":"zz"}', '{"form":"zhijian-key/1"}'):
        path.write_text(content)
        page.get_by_label("密钥文件").set_input_files([])
        page.get_by_label("密钥文件").set_input_files(path)
        if "form" in content:
            page.get_by_label("口令", exact=True).fill("whatever it is")
            page.get_by_role("button", name="打开", exact=True).click()
            expect(page.get_by_text("口令不对，或文件损坏。")).to_be_visible()
        else:
            expect(page.get_by_text("这不是密钥文件")).to_be_visible()


def test_many_files_are_stamped_at_once_and_each_says_how_it_went(
    page: Page, key_file: tuple[Laboratory, Path], tmp_path: Path
) -> None:
    lab, path = key_file
    files, printed = [], []
    for n in range(3):
        pdf = paper(pages=1, words=f"file {n} {lab.lims.kid} {datetime.now(UTC).timestamp()}")
        changes = {"file_digest": sm3(pdf).hex(), "file_digest_algorithm": "sm3", "file_pages": 1}
        issued = lab.lims.submit(lab.fresh(f"FILES-{n}-{datetime.now(UTC).timestamp()}", **changes))
        printed.append(issued.json()["printed"])
        files.append(tmp_path / f"report {n}.pdf")
        files[-1].write_bytes(pdf)
    (tmp_path / "stranger.pdf").write_bytes(paper(pages=1, words="nobody registered this"))
    (tmp_path / "notes.pdf").write_text("not a PDF")
    page.goto("/lab")
    open_key(page, lab, path)
    page.get_by_role("link", name="报告文件盖码").click()
    page.locator("#files-input").set_input_files([*files, tmp_path / "stranger.pdf", tmp_path / "notes.pdf"])
    expect(page.get_by_text("已盖码并登记")).to_have_count(3, timeout=60_000)
    expect(page.get_by_text("没有登记这个文件")).to_have_count(1)
    expect(page.get_by_text("不是 PDF 文件")).to_have_count(1)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="全部下载（zip）").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert sorted(archive.namelist()) == sorted(f.name for f in files)
        for file, code in zip(files, printed, strict=True):
            words = PdfReader(io.BytesIO(archive.read(file.name))).pages[0].extract_text().replace("\n", "")
            assert code in words


def test_a_workbook_is_checked_mended_and_issued(page: Page, desk: str, tmp_path: Path) -> None:
    take_test_institution(page)
    page.get_by_role("link", name="填写报告").click()
    example = json.loads(page.evaluate("() => { const r = document.querySelector('[data-report]');"
        "r.dispatchEvent(new Event('input')); return sessionStorage.getItem('zhijian-draft'); }"))["report"]  # fmt: skip
    stamp = str(datetime.now(UTC).timestamp())
    filled = [{**example, "own_number": f"SHEET-{n}-{stamp}"} for n in range(3)]
    mine = paper(pages=2, words="a file of its own " + stamp)
    filled[2]["file_pages"] = 2
    page.get_by_role("link", name="表格批量签发").click()
    with page.expect_download() as empty:
        page.get_by_role("link", name="下载空白表格（xlsx）").click()
    assert Path(empty.value.path()).read_bytes().startswith(b"PK")

    wrong = tmp_path / "wrong.xlsx"
    wrong.write_bytes(template(["report"], {"report": [{k: v for k, v in filled[0].items() if k != "sample_name"}]}))
    page.get_by_label("填好的表格").set_input_files(wrong)
    page.get_by_role("button", name="检查表格").click()
    expect(page.locator("[data-sheet-findings]")).to_contain_text("要改", timeout=30_000)
    expect(page.locator("[data-sheet-issue]")).to_be_hidden()

    filled[1]["signatory"] = "NOBODY"
    right, pdf = tmp_path / "right.xlsx", tmp_path / f"sheet-2-{stamp}.pdf"
    right.write_bytes(template(["report"], {"report": filled}))
    pdf.write_bytes(mine)
    page.get_by_label("填好的表格").set_input_files(right)
    page.get_by_label(re.compile("自带的报告文件")).set_input_files(pdf)
    page.get_by_role("button", name="检查表格").click()
    page.get_by_role("button", name="签发 3").click(timeout=30_000)
    expect(page.get_by_role("button", name="下载报告和回执（zip）")).to_be_visible(timeout=90_000)
    table = page.locator("[data-sheet-reports]")
    expect(table.get_by_text("已签发")).to_have_count(2)
    expect(table.get_by_role("row").nth(2)).to_contain_text(re.compile(r"!\w+4"))
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载报告和回执（zip）").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        names = archive.namelist()
        assert len([n for n in names if n.endswith(".pdf")]) == 2
        own = next(n for n in names if n.startswith("SHEET-2"))
        assert archive.read(own).startswith(mine), "a file of its own is stamped as it is"
        assert f"SHEET-0-{stamp}" in archive.read("receipts.csv").decode("utf-8-sig")


def test_a_report_is_found_and_withdrawn_with_its_reason(page: Page, key_file: tuple[Laboratory, Path]) -> None:
    lab, path = key_file
    number = f"OWN-{datetime.now(UTC).timestamp()}"
    lab.lims.submit(lab.fresh(number))
    page.goto("/lab#own")
    expect(page.get_by_role("heading", name="还没有打开机构密钥")).to_be_visible()
    page.get_by_role("link", name="打开机构密钥").click()
    open_key(page, lab, path)
    page.get_by_role("link", name="本机构报告").click()
    page.get_by_label("机构报告编号").last.fill("nothing like this")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name="没有符合条件的报告")).to_be_visible()
    page.get_by_label("机构报告编号").last.fill(number)
    page.get_by_role("button", name="查找").click()
    row = page.get_by_role("row").filter(has_text=number)
    row.get_by_role("button", name="变更").click()
    page.get_by_role("button", name="确认变更").click()
    expect(page.get_by_text("请写原因")).to_be_visible()
    page.get_by_label("原因（公开显示）").fill("样品标识有误")
    page.get_by_role("button", name="确认变更").click()
    expect(row.get_by_text("已撤回")).to_be_visible()


def test_an_answer_that_a_later_question_overtook_is_not_shown(page: Page, key_file: tuple[Laboratory, Path]) -> None:
    lab, path = key_file
    lab.lims.submit(lab.fresh(f"LATE-{datetime.now(UTC).timestamp()}"))
    page.goto("/lab")
    open_key(page, lab, path)
    held: list[Route] = []
    page.route(re.compile(r"/api/v1/reports\?limit=50$"), lambda route: held.append(route))
    page.get_by_role("link", name="本机构报告").click()
    page.get_by_label("机构报告编号").last.fill("nothing like this")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name="没有符合条件的报告")).to_be_visible()
    with page.expect_response(re.compile(r"limit=50$")):
        held.pop().continue_()
    page.wait_for_timeout(300)
    expect(page.locator("[data-own-table] tbody tr")).to_have_count(0)


def test_the_laboratory_sees_what_the_public_looked_at(
    page: Page, key_file: tuple[Laboratory, Path], node: Node
) -> None:
    lab, path = key_file
    issued = lab.lims.submit(lab.fresh(f"LOOKED-{datetime.now(UTC).timestamp()}")).json()
    with public_door(node) as door:
        for _ in range(12):
            urllib.request.urlopen(f"{door}/v/{issued['code']}").read()
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(f"{door}/v/{issued['code']}?v=222222")
    page.goto("/lab")
    open_key(page, lab, path)
    page.get_by_role("link", name="公众查验情况").click()
    row = page.locator("[data-statement-codes]").get_by_role("row").filter(has_text=issued["printed"])
    expect(row).to_contain_text("12")
    noticed = page.locator("[data-statement-noticed]")
    expect(noticed.get_by_role("row").filter(has_text=issued["printed"])).to_contain_text("校验码或二维码不符")
    page.get_by_label("从").fill("2026-01-02")
    page.get_by_label("到", exact=True).fill("2026-01-01")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("晚于")).to_be_visible()
    page.get_by_label("从").fill("2026-01-01")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("heading", name="这段时间没有人查过本机构的报告")).to_be_visible()


def test_a_new_key_is_made_here_and_can_be_asked_for(page: Page, lab: Laboratory, node: Node, tmp_path: Path) -> None:
    page.goto("/lab")
    page.get_by_text("生成新密钥").click()
    page.get_by_label("统一社会信用代码").fill(lab.uscc.lower())
    page.get_by_label("新口令（至少 10 个字符）").last.fill("a passphrase of mine")
    page.get_by_label("再输一次").last.fill("a passphrase of mine")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="生成并保存").click()
    waiting.value.save_as(tmp_path / "new.json")
    command = page.locator('[data-slot="made-command"]').inner_text()
    found = re.fullmatch(
        r"zhijian admin key ask (\w{18}) (04[0-9a-f]{128}) --suite (\S+) --proof ([0-9a-f]{128})", command
    )
    assert found
    uscc, point, suite, proof = found.groups()
    from zhijian.kit.scope import Scope
    from zhijian.kit.signing import PublicKey

    with node.transaction() as db:
        kid = node.office(db).ask_key(db, Scope.everything(), uscc, "desk", PublicKey(Suite(suite), bytes.fromhex(point)),
                                      bytes.fromhex(proof), None, datetime.now(UTC))  # fmt: skip
    assert (
        kid
        == page.locator('[data-slot="made-kid"]').inner_text()
        == json.loads((tmp_path / "new.json").read_text())["kid"]
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_every_room_is_accessible_and_fits(page: Page, width: int, pictures: Path) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    take_test_institution(page)
    page.evaluate(
        "document.querySelector('[data-slot=who]').textContent = '某某省某某市示例检验检测认证技术服务有限责任公司某某分公司'"
    )
    for room in ("key", "report", "sheet", "files", "own", "statement"):
        page.goto(f"/lab#{room}")
        expect(page.locator(f'[data-room="{room}"]')).to_be_visible()
        expect(page.locator(".nav [aria-current]")).to_be_in_viewport(ratio=0.9)
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"
        )
        assert found == [], room
        assert page.evaluate("document.documentElement.scrollWidth") <= width, room
        page.screenshot(path=pictures / f"lab-{room}-{width}.png", full_page=True)
