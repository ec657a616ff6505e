"""SQL of a mapping: columns of the source, cleaned, joined, spread out, into one table of inputs. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from zhijian.exchange.mapping import finding
from zhijian.exchange.mapping.model import Derived, Field, MappingWrong, Records
from zhijian.exchange.quality import predicate, reading
from zhijian.exchange.source.cell import text_sql
from zhijian.exchange.source.model import Column, SourceTable


@dataclass(frozen=True, slots=True)
class Scope:
    """What a name in a mapping means: column name → SQL over the joined tables."""

    records: Records
    tables: Mapping[str, SourceTable]
    """By the mapping's name."""
    base: str = "s"
    """Alias of the records' own table."""
    kept: Callable[[str], str] | None = None
    """Name of a table that holds what a query says, for whoever asks many times."""
    chunk: str | None = None
    """Relation of the rows to become records, where they are not the whole of the records' own table. What looks into that table, as a
    join, a look-up or `distinct`, sees all of it, so that a table in chunks comes to the same as one at once."""

    @property
    def rows(self) -> str:
        return self.chunk or self.tables[self.records.table].relation

    def once(self, query: str) -> str:
        """What follows FROM; `query` is over whole tables."""
        return self.kept(query) if self.kept is not None else f"({query})"

    def columns(self) -> dict[str, str]:
        """Every name that a field may use: `列`, of a joined table `别名.列`, those of `each`, `n`, `_row`."""
        base = self.tables[self.records.table]
        known = {c.name: text_sql(c, self.base) for c in base.columns}
        for join in self.records.joins:
            alias = reading.name(join.alias)
            there = self.tables[join.table].columns
            known |= {f"{join.alias}.{c.name}": text_sql(c, alias) for c in there}
        each = self.records.each
        if each and each.split:
            known |= {each.split: "s._piece", "n": "CAST(s._n AS VARCHAR)"}
        elif each:
            known |= {name: f"s._piece.{reading.name(name)}" for name in each.columns} | {"n": "CAST(s._n AS VARCHAR)"}
        return known | {"_row": f"CAST({self.base}._row AS VARCHAR)"}

    def cleaned(self, name: str, where: str, keep: tuple[str, ...] = ()) -> str:
        """Without blanks around; NULL for blank and for a placeholder but those in `keep`."""
        known = self.columns()
        if name not in known:
            raise MappingWrong(where, f"源表没有列“{name}”", f"the source has no column {name!r}")
        return reading.bare(f"CAST({known[name]} AS VARCHAR)", keep)

    def condition(self, text: str, where: str, keep: tuple[str, ...] = ()) -> str:
        """An expression of the mapping, in DuckDB's SQL over cleaned columns. Raises: MappingWrong."""
        try:
            tree = predicate.parsed(text)
        except predicate.RuleWrong as why:
            raise MappingWrong(where, f"写法不对：{why}", f"wrong: {why}") from None
        _of_the_row(tree, where)
        known = self.columns()

        def put(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column):
                name = f"{node.table}.{node.name}" if node.table else node.name
                if name in known:
                    return exp.Paren(this=predicate.duckdb(self.cleaned(name, where, keep)))
                raise MappingWrong(where, f"源表没有列“{name}”", f"the source has no column {name!r}")
            return node

        return tree.transform(put).sql("duckdb")


def _of_the_row(tree: exp.Expr, where: str) -> None:
    """A query could read any file of the machine; the day of today would make another value tomorrow. Raises: MappingWrong."""
    if (query := tree.find(exp.Query, exp.Table, exp.Values)) is not None:
        raise MappingWrong(
            where, f"表达式里不能有查询：{query.sql('duckdb')[:80]}。别的表用 join 或 find",
            f"no query may stand in an expression: {query.sql('duckdb')[:80]}. Use join or find for another table",
        )  # fmt: skip
    if tree.find(exp.CurrentDate) is not None:
        raise MappingWrong(
            where, "不能用今天的日期（current_date）：同一行明天会得出另一个值。写成固定日期，如 DATE '2026-01-01'",
            "the day of today (current_date) may not stand here: the row would give another value tomorrow. Write the day, such as DATE '2026-01-01'",
        )  # fmt: skip


def inputs_sql(scope: Scope, fields: Sequence[Field]) -> str:
    """One row a record: `_row`, `_n`, `_kept` (does it become a record), `_twin` (of an earlier one) and `f<i>_<j>`, the inputs
    of field i."""
    records = scope.records
    picked = []
    for i, one in enumerate(fields):
        at = f"{records.label}.{one.element}"
        if one.find:
            picked += finding.picked(scope, i, one, at)
        elif one.sql:
            picked.append(f"CAST({scope.condition(one.sql, at, one.keep)} AS VARCHAR) AS f{i}_0")
        elif one.value is not None:
            picked.append(f"{_quoted(one.value)} AS f{i}_0")
        elif one.glue or (len(one.columns) > 1 and not one.reads):
            glued = ", ".join(scope.cleaned(c, at, one.keep) for c in one.columns)
            picked.append(f"nullif(concat_ws({_quoted(one.glue)}, {glued}), '') AS f{i}_0")
        else:
            picked += [f"{scope.cleaned(c, at, one.keep)} AS f{i}_{j}" for j, c in enumerate(one.columns)]
    kept = scope.condition(records.where, f"{records.label}.where") if records.where else "TRUE"
    joined = " ".join(_join(scope, n) for n in range(len(records.joins)))
    twin, twins = _twin(scope, kept, joined)
    return (
        f"SELECT *, _let AND NOT _twin AS _kept FROM (SELECT s._row, s._n, coalesce({kept}, FALSE) AS _let, {twin} AS _twin"
        f"{''.join(f', {p}' for p in picked)} FROM {_base(scope, scope.rows)} s {joined} {finding.joins(scope, fields)} {twins})"
    )


def _twin(scope: Scope, kept: str, joined: str) -> tuple[str, str]:
    """(SQL of: equal to an earlier row in all columns of `distinct`, JOIN that it needs)."""
    records = scope.records
    if not records.distinct:
        return "FALSE", ""
    same = ", ".join(scope.cleaned(c, f"{records.label}.distinct") for c in records.distinct)
    later = f"row_number() OVER (PARTITION BY coalesce({kept}, FALSE), {same} ORDER BY s._row, s._n) > 1"
    if scope.chunk is None:
        return later, ""
    whole = _base(scope, scope.tables[records.table].relation)
    twins = scope.once(f"SELECT s._row AS r, s._n AS n FROM {whole} s {joined} QUALIFY {later}")
    return "_twins.r IS NOT NULL", f"LEFT JOIN {twins} _twins ON _twins.r = s._row AND _twins.n = s._n"


def _base(scope: Scope, rows: str) -> str:
    """`rows` of the records' own table, spread out as `each` says."""
    records, table = scope.records, scope.tables[scope.records.table]
    each = records.each
    if each is None:
        return f"(SELECT *, 0 AS _n FROM {rows})"
    known = {c.name: text_sql(c) for c in table.columns}
    if each.split:
        cell = known.get(each.split)
        if cell is None:
            raise MappingWrong(f"{records.label}.each", f"源表没有列“{each.split}”", f"no column {each.split!r}")
        cut = f"string_split_regex(coalesce({cell}, ''), {_quoted(each.by)})"
        pieces = f"list_filter(list_transform({cut}, x -> trim(x)), x -> x <> '')"
        return f"(SELECT *, unnest({pieces}) AS _piece, generate_subscripts({pieces}, 1) AS _n FROM {rows})"
    structs = []
    for n in each.n:
        names = {name: pattern.replace("{n}", str(n)) for name, pattern in each.columns.items()}
        if absent := set(names.values()) - set(known):
            raise MappingWrong(f"{records.label}.each", f"源表没有列 {sorted(absent)}", f"no columns {sorted(absent)}")
        parts = ", ".join(f"{_quoted(name)}: {known[c]}" for name, c in names.items())
        structs.append(f"{{'_n': {n}, {parts}}}")
    when = reading.bare(f"x.{reading.name(each.when)}")
    spread = f"unnest(list_filter([{', '.join(structs)}], x -> {when} IS NOT NULL))"
    return f"(SELECT *, _piece._n AS _n FROM (SELECT *, {spread} AS _piece FROM {rows}))"


def _join(scope: Scope, n: int) -> str:
    join, at = scope.records.joins[n], f"{scope.records.label}.join"
    there = scope.tables[join.table]
    own = Scope(Records("", join.table, ()), scope.tables, "t")
    keys = ", ".join(f"{own.cleaned(c, at)} AS _k{i}" for i, c in enumerate(join.on.values()))
    chosen = own.condition(join.where, at) if join.where else "TRUE"
    numbered = ", ".join(f"_k{i}" for i in range(len(join.on)))
    one = scope.once(
        f"SELECT *, {keys} FROM {there.relation} t WHERE {chosen} "
        f"QUALIFY row_number() OVER (PARTITION BY {numbered} ORDER BY t._row) = 1",
    )
    alias = reading.name(join.alias)
    on = " AND ".join(f"{scope.cleaned(c, at)} = {alias}._k{i}" for i, c in enumerate(join.on))
    return f"LEFT JOIN {one} {alias} ON {on}"


def derived_sql(one: Derived, tables: Mapping[str, SourceTable]) -> str:
    """`tables` by the mapping's names, those derived before among them."""
    at = f"derived.{one.name}"
    scope = Scope(Records("", one.table, (), joins=one.joins), tables)
    added = [f"CAST({scope.condition(sql, f'{at}.add.{name}')} AS VARCHAR)" for name, sql in one.add.items()]
    base = tables[one.table].columns
    columns = [f"s.{reading.name(c.name)}" for c in base if c.name not in one.add]
    columns += [f"{sql} AS {reading.name(name)}" for name, sql in zip(one.add, added, strict=True)]
    joined = " ".join(_join(scope, n) for n in range(len(one.joins)))
    inner = f"SELECT s._row, {', '.join(columns)} FROM {tables[one.table].relation} s {joined}"
    names = (*(c for c in base if c.name not in one.add), *map(Column, one.add))
    outer = Scope(Records("", "it", ()), {"it": SourceTable(one.name, "", "", names, "database")}, "d")
    sql = f"SELECT * FROM ({inner}) d"
    if one.where:
        sql += f" WHERE {outer.condition(one.where, f'{at}.where')}"
    if one.first_of:
        same = ", ".join(outer.cleaned(c, f"{at}.first.of") for c in one.first_of)
        latest = f"{outer.cleaned(one.latest, f'{at}.first.latest')} DESC NULLS LAST, " if one.latest else ""
        sql += f" QUALIFY row_number() OVER (PARTITION BY {same} ORDER BY {latest}d._row) {'>' if one.twins else '='} 1"
    return sql


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
