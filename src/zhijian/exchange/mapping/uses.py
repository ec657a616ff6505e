"""What of a source a mapping uses: columns by table, written out from names, expressions, joins and patterns. Pure."""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from zhijian.exchange.mapping.model import Field, MappingWrong, Records, SchemaMapping
from zhijian.exchange.quality import predicate

OWN = ("_row", "_file", "_line", "n")
"""Names that are the engine's, not the source's."""


def used(mapping: SchemaMapping) -> dict[str, set[str]]:
    """By the mapping's name of the table. Columns of `distinct` do not count: nothing of them comes over."""
    found: dict[str, set[str]] = {s.name: set() for s in mapping.sources}
    for records in mapping.records:
        for table, column in _of(records):
            found[table].add(column)
    return found


def columns_of(records: Records, field: Field) -> list[tuple[str, str]]:
    """(table, column) of one field, in its order; those of `each` written out."""
    names = _named(field.sql, f"{records.label}.{field.element}") if field.sql else field.columns
    return [place for name in names for place in placed(records, name)]


def placed(records: Records, name: str) -> list[tuple[str, str]]:
    """Where a name of the mapping points to.

    >>> from zhijian.exchange.mapping.model import Each
    >>> placed(Records("report", "报告", (), each=Each({"项": "项目{n}"}, (1, 2), "项")), "项")
    [('报告', '项目1'), ('报告', '项目2')]
    """
    each = records.each
    if each and name in each.columns:
        return [(records.table, each.columns[name].replace("{n}", str(n))) for n in each.n]
    if name in OWN:
        return []
    for join in records.joins:
        if name.startswith(f"{join.alias}."):
            return [(join.table, name.removeprefix(f"{join.alias}."))]
    return [(records.table, name)]


def _of(records: Records) -> Iterator[tuple[str, str]]:
    for one in records.fields:
        yield from columns_of(records, one)
    for name in _named(records.where, f"{records.label}.where"):
        yield from placed(records, name)
    for join in records.joins:
        for here, there in join.on.items():
            yield from placed(records, here)
            yield join.table, there
        yield from ((join.table, c) for c in _named(join.where, f"{records.label}.join"))
    if records.each and records.each.split:
        yield records.table, records.each.split


def _named(sql: str, where: str) -> Iterable[str]:
    if not sql:
        return ()
    try:
        tree = predicate.parsed(sql)
    except predicate.RuleWrong as why:
        raise MappingWrong(where, f"写法不对：{why}", f"wrong: {why}") from None
    found = (f"{c.table}.{c.name}" if c.table else c.name for c in tree.find_all(exp.Column))
    return tuple(dict.fromkeys(found))
