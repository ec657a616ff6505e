"""Damage that grows: what is damaged at 2 % is damaged at 8 % too. And the grade of what comes of it."""

from random import Random

from tests.exchange.clean import Tables, clean
from tests.exchange.seeded import run

from zhijian.exchange.quality import Grades, graded
from zhijian.spec import Element, specification

ENTITIES = ("institution", "certificate", "staff", "report", "report_item")


def damaged(percent: float) -> Tables:
    """That share of all filled cells of `ENTITIES`, each by what can be wrong with its element."""
    tables = {entity: rows for entity, rows in clean().items() if entity in ENTITIES}
    filled = [(e, i, c) for e, rows in tables.items() for i, row in enumerate(rows) for c, text in row.items() if text]
    rng = Random("damage")
    order = rng.sample(filled, len(filled))
    elements = {(e, x.id): x for e in ENTITIES for x in specification().entities[e].elements}
    for entity, i, column in order[: round(len(order) * percent / 100)]:
        tables[entity][i][column] = _spoilt(elements.get((entity, column)), str(tables[entity][i][column]))
    return tables


def _spoilt(element: Element | None, text: str) -> str | None:
    if element is None or (element.required and len(text) % 2):
        return None
    if element.type.kind == "text" and not element.codes and not element.check:
        return text + "锟斤拷"
    return "？" + text


def grades_of(tables: Tables) -> Grades:
    outcomes, _ = run(tables)
    return graded(outcomes)
