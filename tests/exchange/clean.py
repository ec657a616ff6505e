"""Clean tables of every entity of the specification, as a province would hand them in. Invented, seeded, consistent.

What the synthetic field holds comes from it; the rest (samples, supervision, proficiency, …) is made to fit it in
`clean_rest.py`. No check may find an error or a warning here: what one finds is wrong in the check or here.
"""

from datetime import date
from functools import cache

from tests.exchange.clean_rest import the_rest
from tests.exchange.tables import ON

from zhijian.spec import specification
from zhijian.synthetic import World

Cell = str | None
Tables = dict[str, list[dict[str, Cell]]]


def clean(seed: int = 1, institutions: int = 12, reports: int = 400, on: date = ON) -> Tables:
    """Entity → rows as texts, headed by element ids; a fresh copy each time.

    Several values in one cell are joined by "；", truths are 是 and 否, times `2026-03-01 09:30:00`. Rows of a part carry
    the key of the record that they belong to. A column stands in a table when some row fills it.
    """
    return {entity: [dict(row) for row in rows] for entity, rows in _made(seed, institutions, reports, on).items()}


@cache
def _made(seed: int, institutions: int, reports: int, on: date) -> Tables:
    world = World(seed, on=on, institutions=institutions, reports=reports)
    records: dict[str, list[dict[str, object]]] = {}
    for entity, record in world.registry():
        records.setdefault(entity, []).append(record)
    records["report"], records["report_item"] = [], []
    for report in world.reports():
        key = {"uscc": report["uscc"], "own_number": report["own_number"]}
        records["report_item"] += [key | item for item in report["items"]]
        records["report"].append({name: value for name, value in report.items() if name != "items"})
    records |= the_rest(seed, on, records)
    return {entity: _texts(entity, records.get(entity, [])) for entity in specification().entities}


def _texts(entity: str, records: list[dict[str, object]]) -> list[dict[str, Cell]]:
    filled = {name for record in records for name, value in record.items() if value not in (None, [], "")}
    own = [e.id for e in specification().entities[entity].elements]
    names = [*sorted(filled - set(own)), *(name for name in own if name in filled)]
    return [{name: _text(record.get(name)) for name in names} for record in records]


def _text(value: object) -> Cell:
    if value is None or value == [] or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(str(v) for v in value)
    return str(value)
