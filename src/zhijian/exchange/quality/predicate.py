"""SQL of a rule: parsed, held against a list of what may stand in it, names put in, written for DuckDB.

A province writes rules of its own, so that what a rule may say is a list and not a habit: no file, no setting and no other table is
within its reach.

>>> print(cells("text(title) <> ''", {"title"}, date(2026, 1, 1)))
"title__t" <> ''
>>> cells("read_text('/etc/passwd') = ''", {"title"}, date(2026, 1, 1))  # doctest: +IGNORE_EXCEPTION_DETAIL
Traceback (most recent call last):
zhijian.exchange.quality.predicate.NotAllowed: read_text
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Self

import sqlglot
from sqlglot import exp

from zhijian.exchange.quality import reading
from zhijian.kit import yaml_text

_OURS = {"text": "__t", "raw": "__r", "parts": "__p", "filled": "__f", "bare": "__b", "written": "__w"}
_MAYBE = "maybe"
"""`maybe(valid_to)`: NULL where no table has such a column, instead of a rule that does not apply. In rules over several rows."""
_ROW = frozenset({"_row", "_hash"})
_ALLOWED = {
    key: frozenset(str(names).split())
    for key, names in yaml_text.read(
        files("zhijian.exchange.quality").joinpath("allowed.yaml").read_text(encoding="utf-8")
    ).items()
}


class RuleWrong(Exception):
    """A rule that cannot be run: never taken for passed."""


class NotAllowed(RuleWrong):
    """It says something that rules may not say; names it."""


class Absent(RuleWrong):
    """It needs a column or a table that the data has not; names it."""


def cells(predicate: str, columns: Collection[str], on: date, about: Sequence[str] = ()) -> str:
    """A predicate over one table's columns, for DuckDB. `about`: of these it is the same but for their names as of others, and so
    is read once for all of them. Raises: RuleWrong."""
    form = Form.of(predicate, about)
    sql, names = _cells(form.text, on)
    for name in map(form.back, names):
        if name not in columns:
            raise Absent(name)
    return form.back(sql)


def read_by(predicate: str, on: date, about: Sequence[str] = ()) -> frozenset[str]:
    """Columns that a predicate reads. Raises: RuleWrong."""
    form = Form.of(predicate, about)
    return frozenset(map(form.back, _cells(form.text, on)[1]))


@dataclass(frozen=True, slots=True)
class Form:
    """A rule's text with other words in the place of names.

    >>> form = Form.of("text(title) <> 'title'", ["title"])
    >>> form.text, form.back('"ppp0__t" <> 1')
    ("text(ppp0) <> 'ppp0'", '"title__t" <> 1')
    >>> Form.of("year(submitted_on) >= year", ["year"]).text
    'year(submitted_on) >= ppp0'
    """

    text: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str, names: Sequence[str]) -> Self:
        """`text` has no `ppp0` of its own: then it stays as it is."""
        if not names or "ppp" in text:
            return cls(text, ())
        places = {name: f"ppp{n}" for n, name in enumerate(names)}
        words = re.compile(rf"\b({'|'.join(map(re.escape, places))})\b(?!\s*\()")  # not a function of that name
        return cls(words.sub(lambda m: places[m[1]], text), tuple(names))

    def forth(self, names: Collection[str], words: Collection[str]) -> frozenset[str]:
        """Those of `names` that stand in the text, as they do there."""
        own = {name: f"ppp{n}" for n, name in enumerate(self.names)}
        return frozenset(own.get(name, name) for name in names if name in own or name in words)

    def back(self, text: str) -> str:
        return _PLACE.sub(lambda m: self.names[int(m[1])], text) if self.names else text


_PLACE = re.compile(r"ppp([0-9]+)")
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=20_000)
def _cells(predicate: str, on: date) -> tuple[str, tuple[str, ...]]:
    """And the names of its columns. Kept: a run over several tables or by a service asks for the same again."""
    tree = parsed(predicate)
    if tree.find(exp.Select):
        raise NotAllowed("SELECT")
    lambdas = {i.name for one in tree.find_all(exp.Lambda) for i in one.expressions}
    names = tuple(c.name for c in tree.find_all(exp.Column) if c.name not in lambdas)
    return _named(tree, on).sql("duckdb", identify=True), names


@dataclass(frozen=True, slots=True)
class Query:
    sql: str
    needs: Mapping[str, frozenset[str]]
    """Entity → names of the columns that it must carry, suffixes included."""


def rows(
    query: str, columns: Mapping[str, Collection[str]], known: Collection[str], on: date, about: Sequence[str] = ()
) -> Query:
    """A SELECT over entities as tables, for DuckDB.

    `columns`: of each entity that has a table; `known`: all of the specification's element ids; `about` as in `cells`. Raises: RuleWrong.
    """
    form = Form.of(query, about)
    words = set(_WORD.findall(form.text))
    there = tuple((entity, form.forth(names, words)) for entity, names in columns.items() if entity in words)
    try:
        found = _rows(form.text, there, form.forth(known, words), on)
    except Absent as why:
        raise Absent(form.back(str(why))) from None
    needs = {entity: frozenset(map(form.back, names)) for entity, names in found.needs.items()}
    return Query(form.back(found.sql), needs)


@lru_cache(maxsize=20_000)
def _rows(query: str, frozen: tuple[tuple[str, frozenset[str]], ...], known: frozenset[str], on: date) -> Query:
    """Kept, as `_cells` is."""
    columns = dict(frozen)
    tree = parsed(query)
    if not isinstance(tree, exp.Select | exp.Union):
        raise NotAllowed("a query begins with SELECT or WITH")
    aliases = _tables(tree, columns)
    tree = _named(_optional(tree, aliases, columns), on)
    made = {a.alias for a in tree.find_all(exp.Alias)}
    needs: dict[str, set[str]] = {entity: set() for entity in aliases.values()}
    for column in tree.find_all(exp.Column):
        name = column.name.split("__")[0]
        for entity in [aliases[column.table]] if column.table in aliases else set(aliases.values()):
            if name in columns[entity] or column.name in _ROW:
                needs[entity].add(column.name)
            elif column.table in aliases:
                raise Absent(f"{entity}.{name}")
        if not column.table and name in known - made and not any(name in columns[e] for e in needs):
            raise Absent(name)
    return Query(tree.sql("duckdb", identify=True), {e: frozenset(names) for e, names in needs.items()})


def _optional(tree: exp.Expr, aliases: Mapping[str, str], columns: Mapping[str, Collection[str]]) -> exp.Expr:
    def present(column: exp.Column) -> bool:
        entities = [aliases[column.table]] if column.table in aliases else aliases.values()
        return (column.table and column.table not in aliases) or any(column.name in columns[e] for e in entities)

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() == _MAYBE:
            (given,) = node.expressions if len(node.expressions) == 1 else (exp.null(),)
            return given.copy() if all(present(c) for c in given.find_all(exp.Column)) else exp.null()
        return node

    return tree.transform(put, copy=False)


def parsed(text: str) -> exp.Expr:
    """One statement in which nothing stands that may not. Raises: RuleWrong."""
    try:
        trees = sqlglot.parse(text, read="duckdb")
    except sqlglot.errors.SqlglotError as why:
        raise RuleWrong(str(why).splitlines()[0]) from None
    if len(trees) != 1 or trees[0] is None:
        raise NotAllowed("one statement")
    tree = trees[0]
    for node in tree.walk():
        _allowed(node)
    return tree


def _are_texts(node: exp.In) -> bool:
    return len(node.expressions) > 3 and all(isinstance(i, exp.Literal) and i.is_string for i in node.expressions)


def _in_place_of_x(node: exp.Expr, what: exp.Expr) -> exp.Expr:
    return what.copy() if isinstance(node, exp.Column) and node.name == "x" else node


def duckdb(sql: str) -> exp.Expr:
    """Our own SQL as a tree, to be put into one of somebody else's."""
    return sqlglot.parse_one(sql, read="duckdb")


def _allowed(node: exp.Expr) -> None:
    name = type(node).__name__.lower()
    if isinstance(node, exp.Anonymous):
        if node.name.lower() not in _ALLOWED["also"] | set(_OURS) | {_MAYBE}:
            raise NotAllowed(node.name)
    elif isinstance(node, exp.Func):
        if name not in _ALLOWED["functions"]:
            raise NotAllowed(node.sql_name().lower())
    elif name not in _ALLOWED["forms"]:
        raise NotAllowed(name)


def _tables(tree: exp.Expr, columns: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Alias → entity."""
    for cte in tree.find_all(exp.CTE):
        # What DuckDB does not know it looks for among files and among our own tables.
        if not _PLAIN.fullmatch(cte.alias) or _TAKEN.fullmatch(cte.alias):
            raise NotAllowed(f"WITH {cte.alias}")
    aliases = {}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
            raise NotAllowed(table.sql("duckdb"))
        if _of_a_with(table):
            continue
        if table.name not in columns:
            raise Absent(table.name)
        aliases[table.alias_or_name] = table.name
    return aliases


_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = re.compile(r"(m|w|jw|w[0-9]+_|t|fill_t)[0-9]+|finding|judged|placed")


def _of_a_with(table: exp.Table) -> bool:
    """Whether a WITH around it says what it is."""
    node: exp.Expr | None = table
    while node is not None:
        if any(cte.alias == table.name for cte in getattr(node, "ctes", ())):
            return True
        node = node.parent
    return False


def _named(tree: exp.Expr, on: date) -> exp.Expr:
    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.CurrentDate):
            return exp.cast(exp.Literal.string(on.isoformat()), "DATE")
        if isinstance(node, exp.Anonymous) and (suffix := _OURS.get(node.name.lower())):
            (column,) = node.expressions if len(node.expressions) == 1 else (None,)
            if not isinstance(column, exp.Column):
                raise NotAllowed(f"{node.name}(…) takes one column")
            return exp.column(column.name + suffix, table=column.table or None)
        if isinstance(node, exp.In) and _are_texts(node):
            listed = duckdb(reading.one_of("x", [i.name for i in node.expressions]))
            return listed.transform(_in_place_of_x, node.this.transform(put))
        return node

    return tree.transform(put, copy=False)
