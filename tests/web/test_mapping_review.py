"""The review's page over HTTP: who may open it, and what its forms change."""

import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient
from tests.exchange.mapping.test_reviewing import ROWS, TEXT
from tests.exchange.tables import written

from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.exchange.mapping.reviewing import Review
from zhijian.exchange.source import opened
from zhijian.spec import specification
from zhijian.web import DoorSettings, Renderer, review_app

PORT, HOST = 5555, "http://127.0.0.1:5555"


class Page:
    def __init__(self, folder: Path, text: str = TEXT) -> None:
        con = duckdb.connect()
        tables = list(opened(con, [written(folder, "报告", ROWS)], folder))
        self.path = folder / "demo.yaml"
        self.path.write_text(text, encoding="utf-8")
        self.review = Review(con, tables, specification(), text, self.path)
        door = DoorSettings(public_host=f"127.0.0.1:{PORT}")
        renderer = Renderer(door, lambda: datetime(2026, 11, 1, tzinfo=UTC), "mapping")
        self.client = TestClient(review_app(self.review, renderer, door, "a-token", PORT), base_url=HOST)

    def secret(self) -> str:
        found = re.search(r'name="secret" value="([^"]+)"', self.client.get("/records/0").text)
        assert found
        return found[1]

    def post(self, path: str, **form: str) -> tuple[int, str]:
        answer = self.client.post(path, data={"secret": self.secret(), **form})
        return answer.status_code, answer.text


@pytest.fixture
def page(tmp_path: Path) -> Page:
    made = Page(tmp_path)
    assert made.client.get("/open/a-token").status_code == 200
    return made


def test_the_address_opens_once_and_nothing_else_does(tmp_path: Path) -> None:
    made = Page(tmp_path)
    assert made.client.get("/records/0").status_code == 403
    assert made.client.get("/open/wrong").status_code == 403
    assert made.client.get("/open/a-token").status_code == 200
    made.client.cookies.clear()
    assert made.client.get("/open/a-token").status_code == 403
    assert made.client.get("/records/0").status_code == 403


def test_a_strangers_name_or_page_or_a_form_without_the_secret_is_refused(page: Page) -> None:
    assert page.client.get("/records/0", headers={"host": "evil.example:5555"}).status_code == 403
    save = "/records/0/save"
    assert (
        page.client.post(save, data={"secret": page.secret()}, headers={"origin": "http://evil.example"}).status_code
        == 403
    )
    assert page.client.post(save, data={"secret": "x"}).status_code == 403
    assert page.client.post(save).status_code == 403


def test_every_answer_carries_the_strict_policy(page: Page) -> None:
    answer = page.client.get("/records/0?element=issued_on")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script|\sstyle=|\son\w+=", answer.text)
    assert answer.headers["cache-control"] == "no-store"


def test_a_field_is_confirmed_changed_translated_and_saved(page: Page) -> None:
    assert page.post("/records/0/elements/own_number", action="confirm")[0] == 200
    assert page.post("/records/0/elements/verdict", action="column", column0="结论")[0] == 200
    form = {"action": "codes", "code0": "合", "to0": "合格", "code1": "不", "to1": ""}
    status, html = page.post("/records/0/elements/verdict", **form)
    assert status == 200
    assert "丢失" in html
    assert "有改动没有保存" in html
    assert page.post("/records/0/save")[0] == 200
    saved = page.path.read_text(encoding="utf-8")
    assert "own_number: 编号" in saved
    assert "verdict: {from: 结论, codes: {合: 合格}}" in saved
    assert "# 头上的话" in saved


def test_a_value_without_a_reason_is_refused_at_the_field(page: Page) -> None:
    status, html = page.post("/records/0/elements/title", action="constant", value="检测报告")
    assert status == 422
    assert 'id="wrong-constant"' in html
    assert page.review.text == TEXT


def test_a_column_is_left_out_with_a_reason_and_undo_brings_it_back(page: Page) -> None:
    assert page.post("/records/0/aside", column="备注", reason="", action="aside")[0] == 422
    assert page.post("/records/0/aside", column="备注", reason="没有对应字段", action="aside")[0] == 200
    assert page.review.state_of("报告", "备注") == "set-aside"
    assert page.post("/records/0/undo")[0] == 200
    assert page.review.text == TEXT


def test_what_is_not_there_is_404_and_markup_in_data_stays_text(page: Page) -> None:
    assert page.client.get("/records/9").status_code == 404
    assert page.post("/records/0/elements/nonsense", action="drop")[0] == 404
    page.post("/records/0/elements/title", action="constant", value="<script>x</script>", because="试")
    assert "<script>x" not in page.client.get("/records/0?element=title").text


def test_the_page_speaks_english(page: Page) -> None:
    html = page.client.get("/records/0?element=issued_on&lang=en").text
    assert "Ten real rows" in html
    assert "Lost" in html
    # The words that are the data's or the file's may be Chinese; the page's own are not.
    assert "十行真数据" not in html


FOUND = "own_number: {from: 编号, as: line, find: {in: 报告, by: 编号, take: 备注}, keep: [无], confidence: 0.88}"


@pytest.mark.parametrize("form", [{"action": "confirm"}, {"action": "column", "column0": "编号", "as": "line"},
                                  {"action": "codes", "code0": "B1", "to0": ""}])  # fmt: skip
def test_no_form_takes_a_look_up_away_from_a_field_whose_column_stays(tmp_path: Path, form: dict[str, str]) -> None:
    text = TEXT.replace("own_number: {from: 编号, confidence: 0.88}", FOUND)
    made = Page(tmp_path, text)
    made.client.get("/open/a-token")
    assert made.post("/records/0/elements/own_number", **form)[0] == 200
    field = made.review.field(0, "own_number")
    assert field is not None
    assert field.confidence is None
    assert field.find is not None
    assert (field.keep, field.find.take, field.reads) == (("无",), "备注", "line")


def test_every_function_can_be_chosen(page: Page) -> None:
    html = page.client.get("/records/0?element=own_number").text
    assert not {name for name in FUNCTIONS if not re.search(rf"<option[^>]*>{name}</option>", html)}
