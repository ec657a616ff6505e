"""A mapping out of YAML, held against the specification; every complaint names the place in the file.

mapping: demo
title: {zh: 示例, en: Example}
specification: 0.2.0
tables:
  机构: {files: "机构*.csv"}
records:
  - entity: institution
    from: 机构
    fields:
      uscc: 统一代码
      name: 名称
      legal_form: {from: 类型, codes: {企业: enterprise}}
      independent: {value: "true", because: {zh: 源表只收独立法人, en: The source holds independent bodies only}}
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from zhijian.exchange.bound import key_of_parent
from zhijian.exchange.mapping.functions import FUNCTIONS
from zhijian.exchange.mapping.model import (
    SEPARATORS,
    Derived,
    Each,
    Field,
    Find,
    Join,
    MappingWrong,
    Records,
    SchemaMapping,
    Source,
)
from zhijian.exchange.model import Text
from zhijian.kit import yaml_text
from zhijian.spec import Specification

LARGEST = 1_000_000
"""Values that a mapping may hold."""
_FIELD = {"from", "sql", "value", "as", "codes", "with", "default", "because", "confidence", "options", "keep", "find"}


def read_mapping(text: str, spec: Specification) -> SchemaMapping:
    """Raises: MappingWrong."""
    try:
        raw = yaml_text.read_texts(text)
    except yaml_text.YamlWrong as why:
        raise MappingWrong(f"第 {why.line} 行", f"不是 YAML：{why}", "not YAML") from None
    _small(raw)
    raw = _table(raw, "YAML", {"mapping", "title", "specification", "tables", "derived", "records", "codes", "notes"},
                 needs={"mapping", "specification", "tables", "records"})  # fmt: skip
    shared = {str(k): _texts(v, f"codes.{k}") for k, v in _keys(raw.get("codes") or {}, "codes").items()}
    sources = tuple(_source(str(name), one or {}) for name, one in _keys(raw["tables"], "tables").items())
    names = {s.name for s in sources}
    made = tuple(_derived(str(name), one, names) for name, one in _keys(raw.get("derived") or {}, "derived").items())
    own = frozenset(s.name for s in sources)
    records = tuple(
        _records(one, n, spec, own, names, shared) for n, one in enumerate(_listed(raw["records"], "records"))
    )
    title = _said(raw.get("title") or {"zh": raw["mapping"], "en": raw["mapping"]}, "title")
    notes = tuple(_said(n, "notes") for n in _listed(raw.get("notes") or [], "notes"))
    return SchemaMapping(str(raw["mapping"]), title, str(raw["specification"]), sources, records, notes, made)


def _small(raw: Any) -> None:
    """A few lines of YAML whose aliases name each other stand for billions of values. Raises: MappingWrong."""
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        if not isinstance(node, dict | list):
            return 1
        if id(node) not in sizes:
            sizes[id(node)] = LARGEST  # of what holds itself
            sizes[id(node)] = 1 + sum(map(size, node.values() if isinstance(node, dict) else node))
        return sizes[id(node)]

    if size(raw) > LARGEST:
        raise MappingWrong(
            "YAML",
            f"展开后超过 {LARGEST:,} 项（& 和 * 互相引用）",
            f"more than {LARGEST:,} values once its aliases are followed",
        )


def _keys(raw: Any, where: str) -> dict[Any, Any]:
    if not isinstance(raw, dict):
        raise MappingWrong(where, "应为“键: 值”", "should be keys with values")
    return raw


def _listed(raw: Any, where: str) -> list[Any]:
    if not isinstance(raw, list):
        raise MappingWrong(where, "应为列表，每项以“- ”开头", "should be a list")
    return raw


def _word(raw: Any, where: str) -> str:
    if not isinstance(raw, str):
        raise MappingWrong(where, "应为一个名称", "should be one name")
    return raw


def _table(raw: Any, where: str, may: set[str], needs: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    if not isinstance(raw, dict):
        raise MappingWrong(where, "应为“键: 值”", "should be keys with values")
    if unknown := set(map(str, raw)) - may:
        raise MappingWrong(where, f"不认识 {sorted(unknown)}；可用 {sorted(may)}", f"unknown {sorted(unknown)}")
    if absent := needs - set(raw):
        raise MappingWrong(where, f"缺少 {sorted(absent)}", f"wants {sorted(absent)}")
    return raw


def _texts(raw: Any, where: str) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise MappingWrong(where, "应为“源值: 目标代码”", "should be source: code")
    return {str(k): str(v) for k, v in raw.items()}


def _said(raw: Any, where: str) -> Text:
    if isinstance(raw, str):
        return Text(raw, raw)
    one = _table(raw, where, {"zh", "en"}, {"zh"})
    return Text(str(one["zh"]), str(one.get("en") or one["zh"]))


def _source(name: str, raw: Any) -> Source:
    # A sheet is called `名册.xlsx / 机构`, a file in an archive `a.zip / 2026/b.csv`: a stroke alone leads nowhere.
    if not name.strip() or name[0] in "/\\" or ".." in re.split(r"[/\\ ]+", name):
        raise MappingWrong(f"tables.{name}", "表的名称不能为空，不能以 / 或 \\ 开头，也不能有 .. 这一级；文件在哪里写在 --from 里",
                           "a table's name is not empty, begins with no / or \\ and has no part `..`")  # fmt: skip
    one = _table(raw, f"tables.{name}", {"files", "table", "unused"})
    unused = {
        str(k): _said(v, f"tables.{name}.unused.{k}")
        for k, v in _keys(one.get("unused") or {}, f"tables.{name}.unused").items()
    }
    return Source(name, str(one.get("files") or one.get("table") or name), unused)


def _derived(name: str, raw: Any, tables: set[str]) -> Derived:
    """In the order of the file: a later one may use those before it. Adds its name to `tables`."""
    at = f"derived.{name}"
    one = _table(raw, at, {"from", "join", "add", "where", "first", "twins"}, {"from"})
    if _word(one["from"], f"{at}.from") not in tables or name in tables:
        raise MappingWrong(at, f"没有表 {one['from']}，或 {name} 重名", f"no table {one['from']}, or {name} is taken")
    first = _table(one.get("first") or one.get("twins") or {}, f"{at}.first", {"of", "latest"})
    joins = tuple(_join(j, at, tables) for j in _listed(one.get("join") or [], f"{at}.join"))
    tables.add(name)
    return Derived(name, str(one["from"]), joins, _texts(one.get("add") or {}, f"{at}.add"), str(one.get("where") or ""),
                   _columns(first.get("of")), str(first.get("latest") or ""), "twins" in one)  # fmt: skip


def _records(
    raw: Any, n: int, spec: Specification, sources: frozenset[str], tables: set[str], shared: Mapping[str, Any]
) -> Records:
    where = f"records[{n + 1}]"
    one = _table(
        raw, where, {"entity", "from", "where", "join", "each", "distinct", "fields"}, {"entity", "from", "fields"}
    )
    if _word(one["entity"], f"{where}.entity") not in spec.entities:
        raise MappingWrong(where, f"数据规范没有 {one['entity']}", f"no entity {one['entity']}")
    where = f"{where} {one['entity']}"
    if _word(one["from"], f"{where}.from") not in sources:
        raise MappingWrong(where, f"tables 里没有 {one['from']}", f"no table {one['from']} in tables")
    joins = tuple(_join(j, where, tables) for j in _listed(one.get("join") or [], f"{where}.join"))
    each = _each(one["each"], where) if one.get("each") else None
    fields = tuple(
        _field(str(e), f, where, spec, str(one["entity"]), shared)
        for e, f in _keys(one["fields"], f"{where}.fields").items()
    )
    for absent in (f for f in fields if f.find and f.find.table not in tables):
        raise MappingWrong(f"{where}.{absent.element}.find", "没有这个表", "no such table")
    return Records(str(one["entity"]), str(one["from"]), fields, str(one.get("where") or ""), joins, each,
                   _columns(one.get("distinct")))  # fmt: skip


def _join(raw: Any, where: str, tables: set[str]) -> Join:
    one = _table(raw, f"{where}.join", {"table", "as", "on", "where"}, {"table", "on"})
    if _word(one["table"], f"{where}.join.table") not in tables:
        raise MappingWrong(f"{where}.join", f"tables 里没有 {one['table']}", f"no table {one['table']}")
    return Join(str(one["table"]), str(one.get("as") or one["table"]), _texts(one["on"], f"{where}.join.on"),
                str(one.get("where") or ""))  # fmt: skip


def _each(raw: Any, where: str) -> Each:
    one = _table(raw, f"{where}.each", {"columns", "n", "when", "split", "by"})
    if ("split" in one) == ("columns" in one):
        raise MappingWrong(f"{where}.each", "columns 和 split 写且只写一个", "either columns or split")
    if "split" in one:
        return Each(split=str(one["split"]), by=str(one.get("by") or SEPARATORS))
    columns = _texts(one["columns"], f"{where}.each.columns")
    when = str(one.get("when") or next(iter(columns)))
    if when not in columns:
        raise MappingWrong(f"{where}.each.when", f"columns 里没有 {when}", f"no {when} in columns")
    return Each(columns, tuple(_numbers(one.get("n"), where)), when)


def _numbers(raw: Any, where: str) -> list[int]:
    if isinstance(raw, list) and all(re.fullmatch(r"\d{1,3}", str(i)) for i in raw):
        return [int(i) for i in raw]
    if isinstance(raw, str) and (span := re.fullmatch(r"(\d{1,3})\.\.(\d{1,3})", raw)):
        return list(range(int(span[1]), int(span[2]) + 1))
    raise MappingWrong(f"{where}.each.n", "应写 1..6 或 [1, 2, 3]", "should be 1..6 or a list of numbers")


def _field(element: str, raw: Any, where: str, spec: Specification, entity: str, shared: Mapping[str, Any]) -> Field:
    at = f"{where}.{element}"
    known = {e.id for e in (*spec.entities[entity].elements, *key_of_parent(spec, spec.entities[entity]))}
    if element not in known:
        raise MappingWrong(at, f"{entity} 没有这个字段", f"{entity} has no such element")
    if isinstance(raw, str | list):
        raw = {"from": raw}
    one = _table(raw, at, _FIELD)
    if sum(k in one for k in ("from", "sql", "value")) != 1:
        raise MappingWrong(at, "from、sql、value 写且只写一个", "exactly one of from, sql, value")
    because = _said(one["because"], f"{at}.because") if "because" in one else None
    if because is None and ("value" in one or "default" in one):
        raise MappingWrong(f"{at}.because", "写死的值和缺省值要说明理由", "a fixed or default value needs a reason")
    reads = _word(one.get("as") or "", f"{at}.as")
    if reads and reads not in FUNCTIONS:
        raise MappingWrong(f"{at}.as", f"没有 {reads}；可用 {sorted(FUNCTIONS)}", f"no {reads}")
    return Field(
        element,
        _columns(one.get("from")),
        str(one.get("sql") or ""),
        str(one["value"]) if "value" in one else None,
        reads,
        _codes(one.get("codes"), at, shared),
        str(one.get("with") or ""),
        {str(k): str(v) for k, v in _keys(one.get("options") or {}, f"{at}.options").items()},
        str(one["default"]) if "default" in one else None,
        because,
        _share(one["confidence"], at) if "confidence" in one else None,
        _columns(one.get("keep")),
        _find(one["find"], at) if "find" in one else None,
    )


def _find(raw: Any, at: str) -> Find:
    one = _table(raw, f"{at}.find", {"in", "by", "take", "on"}, {"in", "by", "take"})
    return Find(str(one["in"]), str(one["by"]), str(one["take"]), _texts(one.get("on") or {}, f"{at}.find.on"))


def _share(raw: Any, at: str) -> float:
    if not re.fullmatch(r"0(\.\d+)?|1(\.0+)?", str(raw)):
        raise MappingWrong(f"{at}.confidence", "应为 0 到 1 的数", "a number from 0 to 1")
    return float(raw)


def _columns(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(map(str, raw)) if isinstance(raw, Sequence) and not isinstance(raw, str) else (str(raw),)


def _codes(raw: Any, at: str, shared: Mapping[str, Any]) -> Mapping[str, str]:
    if raw is None:
        return {}
    if isinstance(raw, str):
        if raw not in shared:
            raise MappingWrong(f"{at}.codes", f"文件里没有 codes.{raw}", f"no codes.{raw}")
        one: Mapping[str, str] = shared[raw]
        return one
    return _texts(raw, f"{at}.codes")
