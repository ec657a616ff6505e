"""Chinese is the source; every string has its English, and an English page holds no Chinese but data."""

import ast
import re
from pathlib import Path

import jinja2
from jinja2 import nodes

from zhijian.web import render, say

WEB = Path(say.__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")
SHOWN_IN_BOTH_LANGUAGES = {"fault.html", "base.html"}
"""The page of a fault, and the link that is written in the other language."""


def words_in_python() -> set[str]:
    found: set[str] = set()
    for path in WEB.glob("*.py"):
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


def test_templates_hold_no_chinese_outside_the_words() -> None:
    environment = jinja2.Environment(autoescape=True)
    for path in render.TEMPLATES.rglob("*.html"):
        if path.name in SHOWN_IN_BOTH_LANGUAGES:
            continue
        for data in environment.parse(path.read_text("utf-8")).find_all(nodes.TemplateData):
            assert not HAN.search(data.data), (path.name, data.data)
