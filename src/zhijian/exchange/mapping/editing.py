"""A mapping's YAML changed in one place, everything else, comments too, left as it stands. Pure: text in, text out.

Places are found by the marks of the parser; nothing is searched for in the text.
"""

import json
import re
from collections.abc import Mapping

import yaml

from zhijian.exchange.mapping.model import MappingWrong

Value = str | list[str] | Mapping[str, "Value"]
_PLAIN = re.compile(r"[\w一-鿿][\w一-鿿.（）-]*")


def flow(value: Value) -> str:
    """On one line, as the house writes it.

    >>> flow({"from": ["结果", "单位"], "as": "result", "codes": {"1": "合格"}})
    '{from: [结果, 单位], as: result, codes: {1: 合格}}'
    """
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"


def set_field(text: str, part: int, element: str, value: Value) -> str:
    """`part`: which of `records`, from 0. Raises: MappingWrong where the file has no such place."""
    fields = _fields(text, part)
    for key, node in fields.value:
        if key.value == element:
            return _put(text, node.start_mark.index, _stop(text, node), flow(value))
    return _added(_without_candidate(text, part, element), part, f"{element}: {flow(value)}")


def as_written(text: str, part: int, element: str) -> dict[str, Value]:
    """All that the file says of a field, by key; what other places of it are named for is written out. Empty where it is not there."""
    for key, node in _fields(text, part).value:
        if key.value == element:
            made = yaml.BaseLoader("").construct_document(node)
            return made if isinstance(made, dict) else {"from": made}
    return {}


def without_key(text: str, part: int, element: str, name: str) -> str:
    """Takes one key out of a field; whatever else it says stays as it is written."""
    left = as_written(text, part, element)
    if left.pop(name, None) is None:
        return text
    if set(left) == {"from"}:
        return set_field(text, part, element, left["from"])
    node = next(n for k, n in _fields(text, part).value if k.value == element)
    at = next(i for i, (k, _) in enumerate(node.value) if k.value == name)
    start, stop = node.value[at][0].start_mark.index, _stop(text, node.value[at][1])
    if not node.flow_style:
        end = text.find("\n", stop)
        return _put(text, text.rfind("\n", 0, start) + 1, len(text) if end < 0 else end + 1, "")
    if at + 1 < len(node.value):
        return _put(text, start, node.value[at + 1][0].start_mark.index, "")
    return _put(text, _stop(text, node.value[at - 1][1]), stop, "")


def drop_field(text: str, part: int, element: str) -> str:
    """Takes the field's lines out, with the comment behind it. A field that is not there changes nothing."""
    for key, node in _fields(text, part).value:
        if key.value == element:
            if _fields(text, part).flow_style:
                return _put(text, key.start_mark.index, _past_comma(text, _stop(text, node)), "")
            start = text.rfind("\n", 0, key.start_mark.index) + 1
            stop = text.find("\n", _stop(text, node))
            left = _put(text, start, len(text) if stop < 0 else stop + 1, "")
            return left if _has_fields(left, part) else _emptied(text, part)
    return text


def set_aside(text: str, table: str, column: str, reason: str) -> str:
    """Writes the column into `unused` of its table."""
    node = _table(text, table)
    entry = _data(node)
    entry.setdefault("unused", {})[column] = {"zh": reason, "en": reason}
    return _put(text, node.start_mark.index, _stop(text, node), flow(entry))


def take_back(text: str, table: str, column: str) -> str:
    node = _table(text, table)
    entry = _data(node)
    entry.get("unused", {}).pop(column, None)
    if not entry.get("unused", True):
        del entry["unused"]
    return _put(text, node.start_mark.index, _stop(text, node), flow(entry))


def _root(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, yaml.BaseLoader)
    if not isinstance(root, yaml.MappingNode):
        raise MappingWrong("YAML", "应为“键: 值”", "should be keys with values")
    return root


def _under(node: yaml.Node, name: str) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                found: yaml.Node = value
                return found
    raise MappingWrong(name, "文件里没有这一处", "the file has no such place")


def _record(text: str, part: int) -> yaml.Node:
    records = _under(_root(text), "records")
    if not isinstance(records, yaml.SequenceNode) or part >= len(records.value):
        raise MappingWrong("records", "没有这一组", "no such records")
    one: yaml.Node = records.value[part]
    return one


def _fields(text: str, part: int) -> yaml.MappingNode:
    node = _under(_record(text, part), "fields")
    if not isinstance(node, yaml.MappingNode):
        raise MappingWrong(f"records[{part + 1}].fields", "应为“字段: 来源”", "should be element: source")
    return node


def _has_fields(text: str, part: int) -> bool:
    node = _under(_record(text, part), "fields")
    return isinstance(node, yaml.MappingNode)


def _emptied(text: str, part: int) -> str:
    node = _fields(text, part)
    start = node.start_mark.index
    return _put(text, start, node.end_mark.index, "{}\n")


def _added(text: str, part: int, line: str) -> str:
    node = _fields(text, part)
    if not node.value:
        return _put(text, node.start_mark.index, node.end_mark.index, "{" + line + "}")
    if node.flow_style:
        return _put(text, node.end_mark.index - 1, node.end_mark.index - 1, f", {line}")
    start = node.value[0][0].start_mark
    begin = text.rfind("\n", 0, start.index) + 1
    return _put(text, begin, begin, " " * start.column + line + "\n")


def _without_candidate(text: str, part: int, element: str) -> str:
    """Without the comment that proposed something for the element."""
    node = _record(text, part)
    start, stop = node.start_mark.index, node.end_mark.index
    inside = re.sub(rf"^[ ]*# {re.escape(element)}:.*\n", "", text[start:stop], flags=re.M)
    return text[:start] + inside + text[stop:]


def _table(text: str, table: str) -> yaml.Node:
    return _under(_under(_root(text), "tables"), table)


def _data(node: yaml.Node) -> dict[str, dict[str, Value]]:
    made = yaml.BaseLoader("").construct_document(node)
    return made if isinstance(made, dict) else {}


def _stop(text: str, node: yaml.Node) -> int:
    """Where a node really ends: the parser puts a block's end at the next thing, behind blank lines and comments."""
    start, stop = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", True):
        return stop
    lines = text[start:stop].split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return start + len("\n".join(lines).rstrip())


def _past_comma(text: str, at: int) -> int:
    found = re.compile(r"\s*,\s*").match(text, at)
    return found.end() if found else at


def _put(text: str, start: int, stop: int, new: str) -> str:
    return text[:start] + new + text[stop:]


def comment_of(text: str, part: int, element: str) -> str:
    """What stands behind the field on its line, or behind its candidate in a comment: the evidence of a proposal."""
    for key, node in _fields(text, part).value:
        if key.value == element:
            end = _stop(text, node)
            stop = text.find("\n", end)
            behind = text[end : stop if stop >= 0 else len(text)]
            return behind.partition("# ")[2].strip() if behind.lstrip().startswith("#") else ""
    node = _record(text, part)
    inside = text[node.start_mark.index : node.end_mark.index]
    found = re.search(rf"^[ ]*# {re.escape(element)}: *(.*)$", inside, re.M)
    return found[1].strip() if found else ""
