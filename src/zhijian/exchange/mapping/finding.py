"""SQL of a look-up: names in a cell become what they stand for in another table. Pure.

Where a name is found nowhere, or as several, there is no value: it goes into `loss`, and the others of the cell stay.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zhijian.exchange.mapping.model import Field, Find, MappingWrong, Records

if TYPE_CHECKING:
    from zhijian.exchange.mapping.sql import Scope


def picked(scope: "Scope", i: int, one: Field, at: str) -> list[str]:
    """`f<i>_0`, what was found, and `f<i>_1`, a list of what was not. The option `by` cuts a cell that holds several."""
    given = scope.condition(one.sql, at, one.keep) if one.sql else scope.cleaned(one.columns[0], at, one.keep)
    if cut := one.options.get("by", ""):
        by = "'" + cut.replace("'", "''") + "'"
        pieces = f"list_filter(list_transform(string_split_regex({given}, {by}), x -> trim(x)), x -> x <> '')"
    else:
        pieces = f"[{given}]"
    known = f"list_filter(list_transform({pieces}, x -> _find{i}.m[x]), x -> x IS NOT NULL)"
    unknown = f"list_filter({pieces}, x -> x IS NOT NULL AND _find{i}.m[x] IS NULL)"
    return [f"nullif(array_to_string({known}, '；'), '') AS f{i}_0", f"{unknown} AS f{i}_1"]


def joins(scope: "Scope", fields: Sequence[Field]) -> str:
    """One join a field: beside each row everything that its names may stand for."""
    return " ".join(_join(scope, i, f, f.find) for i, f in enumerate(fields) if f.find is not None)


def _join(scope: "Scope", i: int, one: Field, find: Find) -> str:
    at = f"{scope.records.label}.{one.element}.find"
    there = scope.tables.get(find.table)
    if there is None:
        raise MappingWrong(at, f"没有读到表 {find.table}", f"no table {find.table} was found")
    own = type(scope)(Records("", find.table, ()), scope.tables, "t")
    keys = [f"{own.cleaned(c, at)} AS k{j}" for j, c in enumerate(find.on.values())]
    by = "".join(f"k{j}, " for j in range(len(keys)))
    one_each = (
        f"SELECT {by}b, min(v) AS v FROM (SELECT {''.join(f'{k}, ' for k in keys)}{own.cleaned(find.by, at)} AS b, "
        f"{own.cleaned(find.take, at)} AS v FROM {there.relation} t) WHERE b IS NOT NULL AND v IS NOT NULL "
        f"GROUP BY {by}b HAVING count(DISTINCT v) = 1"
    )
    maps = f"SELECT {by}map(list(b), list(v)) AS m FROM ({one_each})" + (
        f" GROUP BY {by.removesuffix(', ')}" if by else ""
    )
    on = " AND ".join(f"{scope.cleaned(c, at)} = _find{i}.k{j}" for j, c in enumerate(find.on)) or "TRUE"
    return f"LEFT JOIN {scope.once(maps)} _find{i} ON {on}"


def lost(inputs: str, i: int, find: Find) -> str:
    """What was not found, as rows of `loss` have it: _row, _n, kind, value, zh, en."""
    return (
        f"SELECT i._row, i._n, 'lost', p.x, '{_sql(find.table)} 里没有，或不止一个', 'not in {_sql(find.table)}, or more than once' "
        f"FROM {inputs} i, LATERAL (SELECT unnest(i.f{i}_1) AS x) p WHERE i._kept"
    )


def _sql(text: str) -> str:
    return text.replace("'", "''")
