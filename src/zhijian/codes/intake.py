"""Is a submitted report well-formed by the specification? Findings name field, rule and remedy in both languages."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from jsonschema_rs import Draft202012Validator

from zhijian.registry import Finding, InstitutionFacts, findings
from zhijian.spec import CHECKS, Element, Entity, hidden, json_schema, specification

FILLED_IN = frozenset({"uscc"})
"""What the node knows from the key and the laboratory does not send."""
MAX_FIELDS = 200
"""Of a report, which has some forty. One that has more is not looked at further: that would cost more than it tells."""
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


def refusals(report: object, institution: InstitutionFacts, on: date) -> list[Finding]:
    """What speaks against registering `report` on this day: its form, or else the registry's rules."""
    found = shape_findings(report)
    return findings(report, institution, on) if not found and isinstance(report, dict) else found


def shape_findings(report: object) -> list[Finding]:
    """What is wrong with the form of `report`; empty when the rules of the registry can read it."""
    if isinstance(report, dict) and len(report) > MAX_FIELDS:
        return [_too_many_fields(report)]
    validator = _validator()
    try:
        if validator.is_valid(report):
            return list(_checked(report)) if isinstance(report, dict) else []
        return [_finding(error) for error in islice(validator.iter_errors(report), MAX_FINDINGS)]
    except (ValueError, RecursionError):  # nested beyond what the validator walks, or half a character
        return [Finding("unreadable", "", None, "嵌套太深，或文字不是合法的 Unicode", "nested too deeply, or text that is no Unicode",
                        "按数据规范更正，见 /api/openapi.json", "correct it by the specification, see /api/openapi.json")]  # fmt: skip


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
    elements, checked = _elements(entity.id)
    for name, value in record.items():
        # Three fast looks that almost every text passes: millions of them are asked.
        if type(value) is str and value.isprintable() and not value.isspace() and name not in checked:
            continue
        element = elements.get(name)
        if element is not None and value is not None:
            yield from _element_findings(element, value, f"{under}/{name}")


@cache
def _elements(entity: str) -> tuple[dict[str, Element], frozenset[str]]:
    """Elements by name; the names of those whose text has a check of its own."""
    elements = {e.id: e for e in specification().entities[entity].elements}
    return elements, frozenset({"own_number", *(e.id for e in elements.values() if e.check)})


def _element_findings(element: Element, value: Any, pointer: str) -> Iterator[Finding]:
    if isinstance(value, str):
        yield from _text_findings(element, value, pointer)
    elif isinstance(value, float) and element.type.kind == "integer":
        # JSON Schema takes 3.0 for an integer; the facts would say "3.0".
        yield Finding("integer-with-point", pointer, str(value), f"{element.zh}：整数不写小数点", f"{element.en}: an integer has no point",
                      f"写成 {value:.0f}", f"write {value:.0f}")  # fmt: skip
    elif element.many:
        for n, one in enumerate(value):
            yield from _text_findings(element, one, f"{pointer}/{n}")


def _text_findings(element: Element, text: str, pointer: str) -> Iterator[Finding]:
    if not text.isprintable() or not text.strip():
        unseen = hidden(text)
        if unseen or not text.strip():
            what = f"U+{ord(unseen):04X}" if unseen else "空白 blank"
            yield Finding("text-invisible", pointer, text[:100], f"{element.zh}：含有看不见的字符（{what}）", f"{element.en}: invisible characters ({what})",
                          "删去看不见的字符", "delete what cannot be seen")  # fmt: skip
    if element.id == "own_number" and text != text.strip():
        yield Finding("text-blank-ends", pointer, text, f"{element.zh}：前后有空白", f"{element.en}: blanks before or behind",
                      "删去前后的空白", "delete the blanks")  # fmt: skip
    wrong = CHECKS[element.check](text) if element.check else None
    if wrong and not wrong.warning:
        yield Finding(f"{element.check}-malformed", pointer, text, f"{element.zh}{wrong.zh}", f"{element.en}: {wrong.en}",
                      f"更正{element.zh}", f"correct {element.id}")  # fmt: skip


_OF_WHOLE_OBJECTS = {"Required", "AdditionalProperties"}
"""Findings about an object as a whole, which is not read out of the validator again: it may be large."""


def _finding(error: Any) -> Finding:
    path = [str(p) for p in error.instance_path]
    kind = type(error.kind).__name__
    if kind == "Required":
        path.append(error.kind.property)
    pointer = "".join(f"/{p}" for p in path)
    value = None if kind in _OF_WHOLE_OBJECTS else error.instance
    value = value if isinstance(value, str | int | float | bool) else None
    zh, en = _words(kind, error)
    name = _title(path)
    remedy = ("按数据规范更正，见 /api/openapi.json", "correct it by the specification, see /api/openapi.json")
    if kind == "Required":
        remedy = (f"填写{name}", f"give {error.kind.property}")
    return Finding(f"schema-{kind.lower()}", pointer, None if value is None else str(value)[:100],
                   f"{name}：{zh}", f"{pointer or 'the report'}: {en}", *remedy)  # fmt: skip


def _words(kind: str, error: Any) -> tuple[str, str]:
    schema_at = error.kind
    match kind:
        case "Required":
            return "没有填写", f"{schema_at.property} is missing"
        case "AdditionalProperties":
            return (
                f"没有这些字段：{_some(schema_at.unexpected)}",
                f"no such fields: {_some(schema_at.unexpected)}",
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


def _too_many_fields(report: Mapping[str, Any]) -> Finding:
    return Finding("too-many-fields", "", str(len(report)), f"字段太多：{len(report):,} 个，报告约四十个", f"{len(report):,} fields, a report has some forty",
                   "按数据规范更正，见 /api/openapi.json", "correct it by the specification, see /api/openapi.json")  # fmt: skip


def _some(names: list[str]) -> str:
    return ", ".join(name[:40] for name in names[:10]) + (" …" if len(names) > 10 else "")


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
