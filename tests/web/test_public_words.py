"""Chinese is the source; every string has its English, and an English page holds no Chinese but data."""

import ast
import re
import string
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes
from markupsafe import Markup
from starlette.testclient import TestClient
from tests.web.fakes import CODES, VERIFIER, FakeVerifyService, State
from tests.web.public_addresses import PAGES
from tests.web.public_client import Clock, Door

from zhijian.web import DoorSettings, render, say, verify_app

WEB = Path(say.__file__).parent
VALID = CODES[State.VALID]
HAN = re.compile(r"[\u3400-\u9fff]")
SHOWN_IN_BOTH_LANGUAGES = {"fault.html", "language.html"}
"""The page of a fault, and the link that is written in the other language."""


def words_in_python() -> set[str]:
    found: set[str] = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"t", "zh"}:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(first.value)
    return found


def words_in_templates() -> set[str]:
    environment = jinja2.Environment(autoescape=True)
    found: set[str] = set()
    for path in render.TEMPLATES.rglob("*.html"):
        for call in environment.parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t" and isinstance(call.args[0], nodes.Const):
                found.add(call.args[0].value)
    return found


WORDS = words_in_python() | words_in_templates()
TABLE = say.languages()["en"].table


def test_every_string_of_the_pages_has_its_english() -> None:
    assert WORDS - TABLE.keys() == set()


def test_the_english_table_holds_nothing_that_no_page_says() -> None:
    assert TABLE.keys() - WORDS == set()


def test_the_english_names_the_same_values_and_no_chinese() -> None:
    placeholder = re.compile(r"\{(\w+)\}")
    for text, english in TABLE.items():
        assert set(placeholder.findall(english)) == set(placeholder.findall(text)), text
        assert not HAN.search(english), english


def test_a_text_names_its_values_in_bare_braces() -> None:
    """`Say` fills them in with plain `str.format`, which escapes values and nothing else."""
    for text in {*TABLE, *TABLE.values()}:
        names = [(name, spec, how) for _, name, spec, how in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() and not spec and not how for name, spec, how in names), text


def test_a_value_is_escaped_and_markup_is_not_escaped_twice() -> None:
    said = say.languages()["zh"]("{name}：{link}", name="<b>&", link=Markup("<i>x</i>"))
    assert said == Markup("&lt;b&gt;&amp;：<i>x</i>")


def test_templates_hold_no_chinese_outside_the_words() -> None:
    environment = jinja2.Environment(autoescape=True)
    for path in render.TEMPLATES.rglob("*.html"):
        if path.name in SHOWN_IN_BOTH_LANGUAGES:
            continue
        for data in environment.parse(path.read_text("utf-8")).find_all(nodes.TemplateData):
            assert not HAN.search(data.data), (path.name, data.data)


NAMES_IN_DATA = re.compile(
    "示例检测（浙江）有限公司|浙江省市场监督管理局|浙江节点|示例检测 2026|全国, 江苏, 某高校|检测报告（废水）|总排口废水|杭州示|有限公司"
    "|化学需氧量|氨氮|总磷|悬浮物|水质 氨氮的测定|紫外可见分光光度计|电子天平|示例计量院|总部实验室|浙江省杭州市"
    "|样品名称有误|补充检测项目|样品标识有误，委托方已同意|检测原始数据与报告不符|未经检测出具报告|中文|出错了|这是我们的故障，已经记录，不说明报告有问题。请稍后再试。"
    "|[王李赵钱]＊"
)


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_an_english_page_holds_no_chinese_but_data(door: Door, address: str) -> None:
    html = door.get(address, headers={"cookie": "lang=en"}).text
    assert '<html lang="en"' in html
    left = NAMES_IN_DATA.sub("", html)
    assert not HAN.search(left), [left[found.start() - 60 : found.end() + 20] for found in HAN.finditer(left)][:3]


def test_language_and_size_persist_and_keep_the_question(door: Door) -> None:
    address = f"/v/{VALID}?v={VERIFIER}"
    chinese = door.get(address).text
    assert f'href="?v={VERIFIER}&amp;lang=en"' in chinese
    english = door.get(f"{address}&lang=en").text
    assert "Registered and valid" in english
    assert "Registered and valid" in door.get(f"/v/{VALID}").text
    assert f'href="?v={VERIFIER}&amp;lang=zh"' in english
    large = door.get(f"/v/{VALID}?size=large").text
    assert 'data-size="large"' in large
    assert 'data-size="large"' in door.get("/").text
    assert 'data-size="large"' not in door.get("/?size=normal").text
    assert 'data-size="large"' not in door.get("/").text


def test_the_bar_of_a_demonstration_shows_only_there(service: FakeVerifyService, clock: Clock, door: Door) -> None:
    assert "演示环境，机构与数据均为虚构" in door.text("/")
    real = verify_app(service, concerns=door.concerns, clock=clock, settings=DoorSettings(demo=False))
    assert "演示环境" not in TestClient(real).get("/").text
