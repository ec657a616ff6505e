"""A province's own checks, out of YAML (docs/howto/checks.md). They say what must hold with the same words as ours, over the
same data, and can reach nothing else: a rule that says more is refused when the file is read.

>>> check = read('''
... - id: sh-report-prefix
...   dimension: conformity
...   severity: warning
...   title: {zh: 报告编号前缀, en: Prefix of the report number}
...   entity: report
...   on: own_number
...   must: starts_with(text(own_number), 'SH')
...   why: {zh: 报告编号应以 SH 开头, en: begins with SH}
...   remedy: {zh: 按本市编号规则改写, en: number it by the rule}
... ''', "上海")[0]
>>> check.id, check.origin
('sh-report-prefix', '上海')
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from zhijian.exchange.bound import Bound, key_of_parent
from zhijian.exchange.checks.catalog import catalog
from zhijian.exchange.checks.forms import first
from zhijian.exchange.checks.model import Cells, Check, Context, Rows, Rule
from zhijian.exchange.model import Dimension, Severity, Text
from zhijian.exchange.quality import predicate
from zhijian.spec import specification

_MUST = ("id", "dimension", "severity", "title", "entity", "on", "why", "remedy")
_MAY = ("must", "failing", "applicable", "basis", "about")


class OwnWrong(ValueError):
    """What is wrong with a file of checks: where, and how to mend it."""

    def __init__(self, where: str, zh: str, en: str) -> None:
        super().__init__(f"{where}：{zh} / {en}")
        self.where, self.said = where, Text(zh, en)


def own_checks(path: Path) -> tuple[Check, ...]:
    """All checks of one file, whose name says who added them. Raises: OwnWrong, OSError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise OwnWrong(path.name, "文件不是 UTF-8 编码，另存为 UTF-8", "not UTF-8: save it as UTF-8") from None
    return read(text, path.stem, path.name)


def read(text: str, origin: str, name: str = "YAML") -> tuple[Check, ...]:
    """Raises: OwnWrong."""
    try:
        lines = [node.start_mark.line + 1 for node in getattr(yaml.compose(text, yaml.SafeLoader), "value", [])
                 if isinstance(node, yaml.Node)]  # fmt: skip
        entries = yaml.safe_load(text)
    except RecursionError:
        raise OwnWrong(name, "层次太深", "too many levels within one another") from None
    except yaml.YAMLError as why:
        line = getattr(getattr(why, "problem_mark", None), "line", 0) + 1
        raise OwnWrong(f"{name} 第 {line} 行", "不是有效的 YAML", "not valid YAML") from None
    if not isinstance(entries, list) or not entries:
        raise OwnWrong(name, "应是检查的列表，每项以“- id:”开头", "a list of checks, each beginning with “- id:”")
    taken = {c.id for c in catalog()}
    checks = []
    for line, entry in zip(lines, entries, strict=True):
        checks.append(_check(entry, origin, f"{name} 第 {line} 行", taken))
        taken.add(checks[-1].id)
    return tuple(checks)


def _check(entry: object, origin: str, where: str, taken: Iterable[str]) -> Check:
    if not isinstance(entry, dict):
        raise OwnWrong(where, "应写成“键: 值”", "keys with values")
    entry = {"on" if key is True else key: value for key, value in entry.items()}  # YAML 1.1 takes on for true
    for key in _MUST:
        if not entry.get(key):
            raise OwnWrong(f"{where} {key}", "缺少这一项", "is missing")
    for key in entry:
        if key not in _MUST + _MAY:
            raise OwnWrong(f"{where} {key}", f"没有这一项；可写 {'、'.join(_MUST + _MAY)}", "no such key")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", str(entry["id"])) or entry["id"] in taken:
        raise OwnWrong(
            f"{where} id", "用小写字母、数字和连字符，且不与已有检查重复", "lower case with hyphens, and not taken"
        )
    dimension, severity = _one_of(entry, "dimension", Dimension, where), _one_of(entry, "severity", Severity, where)
    title, why, remedy = (_text(entry, key, where) for key in ("title", "why", "remedy"))
    rule = _rule(entry, why, remedy, where)
    about = _text(entry, "about", where) if "about" in entry else why
    return Check(entry["id"], Dimension(dimension), Severity(severity), title, about,
                 partial(_rules, entry["entity"], rule), str(entry.get("basis", "")), origin)  # fmt: skip


def _rules(entity: str, rule: Rule, bound: Bound, context: Context) -> Iterator[Rule]:
    if bound.entity and bound.entity.id == entity and (isinstance(rule, Cells) or first(bound, context)):
        yield rule


def _rule(entry: Mapping[str, Any], why: Text, remedy: Text, where: str) -> Rule:
    spec = specification()
    entity = spec.entities.get(str(entry["entity"]))
    if entity is None:
        raise OwnWrong(f"{where} entity", f"没有“{entry['entity']}”；可写 {'、'.join(spec.entities)}", "no such entity")
    columns = {e.id for e in (*entity.elements, *key_of_parent(spec, entity))}
    on = tuple(map(str, entry["on"])) if isinstance(entry["on"], list) else tuple(str(entry["on"]).split())
    for name in on:
        if name not in columns:
            raise OwnWrong(f"{where} on", f"{entity.zh}没有字段“{name}”", f"{entity.en} has no element {name}")
    if ("must" in entry) == ("failing" in entry) or ("failing" in entry) != ("applicable" in entry):
        raise OwnWrong(where, "写 must，或写 failing 和 applicable", "either must, or failing with applicable")
    tables = {e.id: {x.id for x in (*e.elements, *key_of_parent(spec, e))} for e in spec.entities.values()}
    for key in ("must", "failing", "applicable"):
        if key in entry:
            _allowed(str(entry[key]), key, columns, tables, f"{where} {key}")
    if "must" in entry:
        return Cells(on, str(entry["must"]), why, remedy)
    return Rows(entity.id, on, str(entry["failing"]), str(entry["applicable"]), why, remedy)


def _allowed(sql: str, key: str, columns: set[str], tables: Mapping[str, set[str]], where: str) -> None:
    known = {name for names in tables.values() for name in names}
    if re.search(r"\brecursive\b", sql, re.IGNORECASE):
        raise OwnWrong(
            where, "规则里不能写 RECURSIVE：它可能永远算不完", "a rule may not say RECURSIVE: it may never end"
        )
    try:
        if key == "must":
            predicate.cells(sql, columns, date.min)
        else:
            predicate.rows(sql, tables, known, date.min)
    except predicate.NotAllowed as why:
        raise OwnWrong(where, f"规则里不能写 {why}", f"a rule may not say {why}") from None
    except predicate.Absent as why:
        raise OwnWrong(where, f"数据规范没有 {why}", f"the specification has no {why}") from None
    except RecursionError:
        raise OwnWrong(
            where, "层次太深，请分成几条", "too many levels within one another: make it several checks"
        ) from None
    except predicate.RuleWrong as why:
        raise OwnWrong(where, f"读不懂：{why}", f"cannot be read: {why}") from None


def _one_of(entry: Mapping[str, Any], key: str, words: Iterable[str], where: str) -> str:
    value = str(entry[key])
    if value not in list(words):
        raise OwnWrong(f"{where} {key}", f"“{value}”不是其中之一：{'、'.join(words)}", f"one of {', '.join(words)}")
    return value


def _text(entry: Mapping[str, Any], key: str, where: str) -> Text:
    given = entry[key]
    if not isinstance(given, dict) or not all(isinstance(given.get(lang), str) for lang in ("zh", "en")):
        raise OwnWrong(f"{where} {key}", "写成 {zh: 中文, en: English}", "as {zh: …, en: …}")
    return Text(given["zh"], given["en"])
