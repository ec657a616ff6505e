"""One chunk's records held against the specification: what fits its column, which rules over single records are broken, which keys are
missing or repeated. SQL of rules is compiled once a run.

Of `mapped` it leaves in the connection `one` (the records, numbered `_at`; a value that its column cannot hold is gone and in `loss`)
and `bad` (_at, rule, value).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import duckdb

from zhijian.exchange.bound import Bound, bind
from zhijian.exchange.checks import Cells, Check, Context, catalog
from zhijian.exchange.migration.collected import elements_of, key_of, pieces, quoted, typed
from zhijian.exchange.model import Severity
from zhijian.exchange.quality import predicate
from zhijian.exchange.quality.layers import TABLE_BITS, layers
from zhijian.exchange.quality.scan import CellRule, matrix, scan_sql
from zhijian.exchange.source import Column, SourceTable
from zhijian.spec import Element, Specification

NO_KEY, TWICE = -1, -2
"""Numbers of the two rules that are no check's."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Of one part of a mapping."""

    entity: str
    rules: Mapping[int, tuple[Check, Cells]]
    fitting: str
    """SQL that makes `one`."""
    lost: str
    """SQL of what did not fit, for `loss`, with %d for the part."""
    scan: str
    broken: str
    key: tuple[str, ...]
    keyed: frozenset[str]


@lru_cache(maxsize=200)
def judge(spec_version: str, entity: str, columns: tuple[str, ...], relation: str, on: date) -> Judge:
    """`columns`: what the mapping makes of it. The specification is the installed one of that version."""
    spec = _SPECS[spec_version]
    elements = {e.id: e for e in elements_of(spec, entity)}
    have = [elements[c] for c in columns]
    misfits = ", ".join(f"CASE WHEN NOT ({fits(e)}) THEN '{e.id}' END" for e in have)
    all_fit = " AND ".join(f"({fits(e)})" for e in have)
    kept = ", ".join(f"CASE WHEN list_contains(_misfit, '{e.id}') THEN NULL ELSE {quoted(e.id)} END AS {quoted(e.id)}" for e in have)  # fmt: skip
    came = (
        f"CREATE OR REPLACE TABLE came AS SELECT *, row_number() OVER () AS _at, "
        f"CASE WHEN {all_fit} THEN [] ELSE list_filter([{misfits}], x -> x IS NOT NULL) END AS _misfit FROM (SELECT * FROM {relation} ORDER BY _row, _n);"
        f"CREATE OR REPLACE TABLE one AS SELECT _row, _n, _at, {kept} FROM came"
    )
    cases = " ".join(f"WHEN '{e.id}' THEN {quoted(e.id)}" for e in have)
    lost = (
        f"INSERT INTO loss SELECT %d, '{entity}', e, _row, _n, 'lost', CASE e {cases} END, '超出字段的长度或取值范围', "
        "'does not fit the element' FROM (SELECT *, unnest(_misfit) AS e FROM came WHERE len(_misfit) > 0)"
    )
    table = SourceTable(entity, "", "(SELECT * EXCLUDE (_row, _n, _at), _at AS _row FROM one)", tuple(map(Column, columns)), "database", 1)  # fmt: skip
    (bound,) = bind(spec, [table], {entity: entity})
    rules = _rules(bound, Context(spec, [bound], on))
    compiled = [CellRule(n, predicate.cells(r.must, [c.id for c in bound.columns], on), predicate.read_by(r.must, on), r.on[0])
                for n, (_, r) in rules.items()]  # fmt: skip
    low = bound.number << TABLE_BITS
    broken = f"SELECT _row - {low} AS _at, unnest(_bad) AS b FROM {matrix(bound)} WHERE _bad IS NOT NULL"
    return Judge(entity, rules, came, lost, scan_sql(bound, compiled, layers(bound, (), columns)), f"SELECT _at, b.k AS rule, b.v AS value FROM ({broken})",
                 key_of(spec, entity), frozenset(columns))  # fmt: skip


_SPECS: dict[str, Specification] = {}


def judged(con: duckdb.DuckDBPyConnection, table: SourceTable, spec: Specification, part: int, on: date) -> Judge:
    _SPECS.setdefault(spec.version, spec)
    one = judge(spec.version, table.name, tuple(c.name for c in table.columns), table.relation, on)
    con.execute(one.fitting)
    con.execute(one.lost % part)
    con.execute(one.scan)
    con.execute(f"CREATE OR REPLACE TABLE bad AS {one.broken}")
    for name in one.key:
        absent = f"{quoted(name)} IS NULL" if name in one.keyed else "TRUE"
        con.execute(f"INSERT INTO bad SELECT _at, {NO_KEY}, '{name}' FROM one WHERE {absent}")
    if one.keyed >= set(one.key):
        same = ", ".join(map(quoted, one.key))
        con.execute(
            f"INSERT INTO bad SELECT _at, {TWICE}, NULL FROM (SELECT _at, row_number() OVER (PARTITION BY {same} ORDER BY _at) AS nth "
            f"FROM one WHERE _at NOT IN (SELECT _at FROM bad)) WHERE nth > 1"
        )
    return one


def _rules(bound: Bound, context: Context) -> dict[int, tuple[Check, Cells]]:
    """Over single records, where a breach is an error. A chunk alone cannot be held against others: that is the store's work."""
    found: dict[int, tuple[Check, Cells]] = {}
    for check in catalog():
        for rule in check.rules(bound, context):
            if isinstance(rule, Cells) and (rule.severity or check.severity) is Severity.ERROR and _runs(rule, bound):
                found[len(found)] = (check, replace(rule))
    return found


def _runs(rule: Cells, bound: Bound) -> bool:
    try:
        predicate.cells(rule.must, [c.id for c in bound.columns], date(2026, 1, 1))
    except predicate.RuleWrong:
        return False
    return True


def fits(e: Element) -> str:
    """DuckDB: whether the text of `e` goes into its column as it is."""
    name = quoted(e.id)
    if e.many:
        return f"{name} IS NULL OR len(list_filter({pieces(e)}, x -> length(x) > {e.type.length})) = 0"
    match e.type.kind:
        case "text":
            return f"{name} IS NULL OR (length({name}) <= {e.type.length} AND NOT contains({name}, chr(0)))"
        case "integer":
            number = f"TRY_CAST({name} AS DECIMAL(38, 6))"
            return f"{name} IS NULL OR coalesce(abs({number}) < 1e{e.type.length} AND {number} % 1 = 0, FALSE)"
        case "decimal":
            whole = (e.type.length or 0) - (e.type.places or 0)
            plain = (
                f"regexp_full_match({name}, '-?[0-9]{{1,{whole}}}([.][0-9]{{1,{e.type.places}}})?')"
                if whole > 0 and e.type.places
                else "FALSE"
            )
            exact = f"coalesce(TRY_CAST({name} AS DECIMAL(38, 10)) = {typed(e)}, FALSE)"
            return f"{name} IS NULL OR {plain} OR {exact}"  # the cast takes ten times as long
        case _:
            return f"{name} IS NULL OR {typed(e)} IS NOT NULL"
