"""Is a submitted report well-formed by the specification? Findings name field, rule and remedy in both languages."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator

from zhijian.registry import Finding
from zhijian.spec import CHECKS, Element, Entity, json_schema, specification

FILLED_IN = frozenset({"uscc"})
"""What the node knows from the key and the laboratory does not send."""
MAX_FINDINGS = 20
"""A broken record breaks many rules; more than these help nobody."""


@cache
def schema() -> dict[str, Any]:
    """JSON Schema of one submitted report; `code` and `credential` come with codes leased for offline work."""
    made = json_schema(specification(), "report", without=FILLED_IN)
    made["properties"]["code"] = {
        "type": ["string", "null"], "title": "报告编码", "maxLength": 40, "minLength": 1,
        "description": "Only for a code out of a lease; else the node gives one",
    }  # fmt: skip
    made["properties"]["credential"] = {
        "type": ["string", "null"], "title": "凭证", "maxLength": 400, "minLength": 1, "pattern": "^[A-Za-z0-9_-]+$",
        "description": "Base64url of the credential that the institution signed itself, with a leased code",
    }  # fmt: skip
    return made


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema(), validate_formats=True)


def shape_findings(report: object) -> list[Finding]:
    """What is wrong with the form of `report`; empty when the rules of the registry can read it."""
    validator = _validator()
    if validator.is_valid(report):
        return [f for f in _checked(report) if f is not None] if isinstance(report, dict) else []
    found = []
    for error in validator.iter_errors(report):
        found.append(_finding(error))
        if len(found) == MAX_FINDINGS:
            break
    return found


def _checked(report: Mapping[str, Any]) -> Iterator[Finding]:
    spec = specification()
    yield from _check_elements(spec.entities["report"], report, "")
    for at, item in enumerate(report["items"]):
        yield from _check_elements(spec.entities["report_item"], item, f"/items/{at}")
    seqs = [item["seq"] for item in report["items"]]
    if len(set(seqs)) != len(seqs):
        yield Finding("item-twice", "/items", None, "项目序号重复", "two items have one sequence number",
                      "每个项目用不同的 seq", "give each item its own seq")  # fmt: skip


def _check_elements(entity: Entity, record: Mapping[str, Any], under: str) -> Iterator[Finding]:
    for element in _checkable(entity):
        value = record.get(element.id)
        wrong = CHECKS[element.check or ""](value) if isinstance(value, str) else None
        if wrong and not wrong.warning:
            yield Finding(f"{element.check}-malformed", f"{under}/{element.id}", str(value),
                          f"{element.zh}{wrong.zh}", f"{element.en}: {wrong.en}", f"更正{element.zh}", f"correct {element.id}")  # fmt: skip


@cache
def _checkable_ids(entity_id: str) -> tuple[Element, ...]:
    return tuple(e for e in specification().entities[entity_id].elements if e.check and e.id not in FILLED_IN)


def _checkable(entity: Entity) -> tuple[Element, ...]:
    return _checkable_ids(entity.id)


def _finding(error: Any) -> Finding:
    path = [str(p) for p in error.instance_path]
    kind = type(error.kind).__name__
    if kind == "Required":
        path.append(error.kind.property)
    pointer = "".join(f"/{p}" for p in path)
    value = error.instance if isinstance(error.instance, str | int | float | bool) else None
    zh, en = _words(kind, error)
    name = _title(path)
    return Finding(f"schema-{kind.lower()}", pointer, None if value is None else str(value)[:100],
                   f"{name}：{zh}", f"{pointer or 'the report'}: {en}",
                   "按数据规范更正，见 /api/openapi.json", "correct it by the specification, see /api/openapi.json")  # fmt: skip


def _words(kind: str, error: Any) -> tuple[str, str]:
    schema_at = error.kind
    match kind:
        case "Required":
            return f"缺少 {schema_at.property}", f"{schema_at.property} is missing"
        case "AdditionalProperties":
            return (
                f"没有这些字段：{', '.join(schema_at.unexpected)}",
                f"no such fields: {', '.join(schema_at.unexpected)}",
            )
        case "Type":
            return "类型不对", f"wrong type ({error.message[-60:]})"
        case "Enum":
            return "不在代码表内", f"not in the code list ({error.message[-120:]})"
        case "MaxLength" | "MinLength":
            return f"长度不对（{error.message[-40:]}）", error.message[-60:]
        case "Format" | "Pattern":
            return (
                "格式不对；日期写 YYYY-MM-DD，文字不含控制字符",
                "wrong format; dates are YYYY-MM-DD, text has no control characters",
            )
        case _:
            return "不符合数据规范", error.message[-120:]


def _title(path: list[str]) -> str:
    spec, entity = specification(), "report"
    name = "报告"
    for step in path:
        if step in spec.entities[entity].parts:
            entity = spec.entities[entity].parts[step]
            name = spec.entities[entity].zh
        elif element := next((e for e in spec.entities[entity].elements if e.id == step), None):
            name = element.zh
    return name
