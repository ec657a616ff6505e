"""What the review's page shows: columns left, elements right, one field opened."""

from dataclasses import dataclass
from typing import Any

from zhijian.exchange.mapping import MappingWrong, reviewing
from zhijian.spec import Element
from zhijian.web.say import zh

Field = reviewing.Field
Review = reviewing.Review
SAMPLES = 4
MOST_CODES = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """How sure a field is: a word and the tag's class, so that colour is never alone."""

    word: str
    tag: str


CONFIRMED = Standing(zh("已确认"), "valid")
VERY = Standing(zh("很有把握"), "changed")
RATHER = Standing(zh("较有把握"), "changed")
LITTLE = Standing(zh("把握不大"), "care")
ABSENT = Standing(zh("必填，没有来源"), "care")
NONE = Standing(zh("没有来源"), "bare")
KINDS = {"lost": zh("丢失"), "as-text": zh("按原文保留"), "inferred": zh("推断"), "": ""}
STATES = {"used": zh("已用"), "set-aside": zh("有意不用"), "open": zh("未用")}


def standing(element: Element, field: Field | None) -> Standing:
    if field is None:
        return ABSENT if element.required else NONE
    if field.confidence is None:
        return CONFIRMED
    return VERY if field.confidence >= 0.9 else RATHER if field.confidence >= 0.75 else LITTLE


def page_view(review: Review, part: int, chosen: str, problem: MappingWrong | None, form: str) -> dict[str, Any]:
    records = review.mapping.records[part]
    elements = review.elements(part)
    one = next((e for e in elements if e.id == chosen), None)
    return {
        "review": review, "part": part, "records": records, "entity": review.spec.entities[records.entity],
        "parts": [(n, r, review.spec.entities[r.entity], _to_do(review, n)) for n, r in enumerate(review.mapping.records)],
        "rows": [(e, review.field(part, e.id), standing(e, review.field(part, e.id))) for e in elements],
        "columns": _columns(review, records.table), "table": records.table, "states": STATES, "kinds": KINDS,
        "found": records.table in review.found.tables, "samples": SAMPLES, "problem": problem, "form": form,
        "opened": _opened(review, part, one) if one is not None else None,
    }  # fmt: skip


def _to_do(review: Review, part: int) -> int:
    """Fields not confirmed, and compulsory elements without a source."""
    pairs = [(e, review.field(part, e.id)) for e in review.elements(part)]
    return sum((f.confidence is not None) if f else e.required for e, f in pairs)


def _columns(review: Review, table: str) -> list[dict[str, Any]]:
    source = review.mapping.source(table)
    return [
        {"name": name, "profile": p, "state": review.state_of(table, name), "why": source.unused.get(name)}
        for name, p in review.columns(table).items()
    ]


def _opened(review: Review, part: int, element: Element) -> dict[str, Any]:
    field = review.field(part, element.id)
    failed = None
    try:
        preview = review.preview(part, element.id)
    except MappingWrong as why:
        preview, failed = [], why
    return {
        "element": element, "field": field, "standing": standing(element, field), "preview": preview, "failed": failed,
        "comment": review.comment(part, element.id), "names": review.names(part) if review.found.tables else [],
        "codes": review.spec.codelists[element.codes] if element.codes else {}, "values": _values(review, part, element, field),
    }  # fmt: skip


def _values(review: Review, part: int, element: Element, field: Field | None) -> list[tuple[str, str]]:
    """(value of the source, code it becomes), the commonest first."""
    if not element.codes or field is None or len(field.columns) != 1:
        return []
    profile = review.profile(part, field.columns[0])
    codes = review.spec.codelists[element.codes]
    values = list(profile.values[:MOST_CODES]) if profile else []
    values += [v for v in field.codes if v not in values]
    return [(v, field.codes.get(v, v if v in codes and not field.codes else "")) for v in values]
