"""All checks over all tables: one scan a table, then the rules that take more than one row.

Leaves in the connection: `m<n>` (see `scan`) and `finding` (rule, tab, row, value, other_tab, other_row), every one located.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import Timer

import duckdb

from zhijian.exchange.bound import Bound
from zhijian.exchange.checks.forms import fills
from zhijian.exchange.checks.model import Cells, Check, Context, Fact, Rows, Rule
from zhijian.exchange.checks.sql import quoted
from zhijian.exchange.model import State, Text
from zhijian.exchange.quality import predicate, reading, words
from zhijian.exchange.quality.fills import COLUMNS, filled
from zhijian.exchange.quality.layers import TABLE_BITS, alike, layers, whole
from zhijian.exchange.quality.outcome import Located, Outcome
from zhijian.exchange.quality.scan import CellRule, matrix, scanned

EXAMPLES = 20
SECONDS = 120
"""Of a province's own rule over several rows."""
Progress = Callable[[str, int, int], None]
"""(what, done, of)"""


@dataclass(slots=True)
class Placed:
    """A rule with its place in the run, and what is known of it so far."""

    number: int
    check: Check
    bound: Bound
    rule: Rule
    sql: str = ""
    query: predicate.Query | None = None
    measure: predicate.Query | None = None
    """How much it applies to."""
    state: State | None = None
    reason: Text | None = None
    applicable: int = 0
    failing: int = 0


@dataclass
class Run:
    con: duckdb.DuckDBPyConnection
    context: Context
    checks: Sequence[Check]
    progress: Progress = lambda what, done, of: None
    placed: list[Placed] = field(default_factory=list)
    _words: dict[int, words.Words] = field(default_factory=dict)
    """By the number of the table."""
    _made: set[int] = field(default_factory=set)
    """Numbers of the tables whose counts (`fills`) are there."""

    def go(self) -> list[Outcome]:
        bounds = self.context.bounds
        self.con.execute(
            "CREATE OR REPLACE TABLE finding (rule INTEGER, tab INTEGER, row BIGINT, value VARCHAR, "
            "other_tab INTEGER, other_row BIGINT)"
        )
        self.placed = self._place()
        for n, bound in enumerate(bounds):
            self.progress(bound.table.name, n, len(bounds))
            self._scan(bound)
        sets = [p for p in self.placed if isinstance(p.rule, Rows)]
        for n, one in enumerate(sets):
            self.progress(one.check.title.zh, n, len(sets))
            self._rows(one)
        return [self._outcome(p) for p in self.placed]

    def _place(self) -> list[Placed]:
        placed: list[Placed] = []
        for check in self.checks:
            for bound in self.context.bounds:
                for rule in check.rules(bound, self.context):
                    placed.append(self._compiled(Placed(len(placed), check, bound, rule)))
        return placed

    def _compiled(self, one: Placed) -> Placed:
        try:
            if isinstance(one.rule, Cells):
                one.sql = predicate.cells(one.rule.must, self._columns[one.bound.number], self.context.on, one.rule.on)
            elif isinstance(one.rule, Rows):
                given = self._tables, self._known, self.context.on, one.rule.on
                one.query = predicate.rows(one.rule.failing, *given)
                one.measure = predicate.rows(one.rule.applicable, *given)
        except predicate.Absent as why:
            one.state = State.NOT_APPLICABLE
            without = one.rule.without if isinstance(one.rule, Rows) else None
            one.reason = without or Text(f"数据中没有 {why}", f"the data has no {why}")
        except predicate.RuleWrong as why:
            one.state, one.reason = State.NOT_EVALUATED, Text(f"规则写法有误：{why}", f"the rule is wrong: {why}")
        return one

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(e.id for entity in self.context.spec.entities.values() for e in entity.elements)

    @cached_property
    def _columns(self) -> dict[int, frozenset[str]]:
        return {b.number: frozenset(c.id for c in b.columns) for b in self.context.bounds}

    @cached_property
    def _tables(self) -> dict[str, set[str]]:
        """Entity → ids of the columns that some table of it has; `t3` → those of that table alone."""
        tables: dict[str, set[str]] = {f"t{b.number}": {c.id for c in b.columns} for b in self.context.bounds}
        tables |= {fills(b): set(COLUMNS) for b in self.context.bounds}
        for b in self.context.bounds:
            if b.entity is not None:
                tables.setdefault(b.entity.id, set()).update(c.id for c in b.columns)
        return tables

    def _scan(self, bound: Bound) -> None:
        here = [p for p in self.placed if p.bound is bound]
        cells = [p for p in here if isinstance(p.rule, Cells) and p.state is None]
        rules = [self._cell(p, p.rule) for p in cells if isinstance(p.rule, Cells)]
        few = words.few_words(self.con, bound)
        self._words[bound.number] = words.worded(self.con, bound, few)
        single = [r for r in rules if len(r.columns) == 1 and r.columns <= few]
        said = words.judged(self.con, self._words[bound.number], single)
        left = [r for r in rules if r.number not in said.applies]
        source = layers(bound, few, {*said.bad, *(c for r in left for c in r.columns)})
        self._counted(bound, cells, said.applies | scanned(self.con, bound, left, source, said.bad))
        (size,) = self.con.execute(f"SELECT count(*) FROM {matrix(bound)}").fetchone() or (0,)
        for p in here:
            if isinstance(p.rule, Fact):
                self._fact(p, p.rule, size)

    def _cell(self, one: Placed, rule: Cells) -> CellRule:
        columns = predicate.read_by(rule.must, self.context.on, rule.on) | {rule.on[0]}
        return CellRule(one.number, one.sql, columns, rule.on[0], rule.odd)

    def _counted(self, bound: Bound, cells: Sequence[Placed], applies: Mapping[int, int]) -> None:
        if not cells:
            return
        self.con.execute(
            f"INSERT INTO finding SELECT b.k, {bound.number}, _row - {bound.number << TABLE_BITS}, b.v, NULL, NULL "
            f"FROM (SELECT _row, unnest(_bad) AS b FROM {matrix(bound)} WHERE _bad IS NOT NULL)"
        )
        failing = dict(
            self.con.execute(f"SELECT rule, count(*) FROM finding WHERE tab = {bound.number} GROUP BY rule").fetchall()
        )
        for p in cells:
            p.applicable, p.failing = applies[p.number], failing.get(p.number, 0)
            p.state = _state(p)

    def _fact(self, one: Placed, rule: Fact, size: int) -> None:
        one.applicable = max(size, 1)
        one.failing = min(one.applicable, one.applicable if rule.weight is None else rule.weight) if rule.fails else 0
        one.state = _state(one)
        if rule.fails:
            # Written out, here and below: the first parameter that DuckDB is given makes it load pandas, for a second.
            row = "NULL" if rule.row is None else str(rule.row)
            self.con.execute(
                f"INSERT INTO finding VALUES ({one.number}, {one.bound.number}, {row}, {quoted(rule.value)}, NULL, NULL)"
            )

    def _rows(self, one: Placed) -> None:
        if one.query is None or one.measure is None or one.state is not None or not isinstance(one.rule, Rows):
            return
        try:
            with self._in_time(one.check):
                (one.applicable,) = self.con.execute(self._over(one.measure)).fetchone() or (0,)
                if one.applicable:
                    self._insert(one, self._over(one.query))
        except duckdb.InterruptException:
            one.state = State.NOT_EVALUATED
            one.reason = Text(f"{SECONDS} 秒没有算完：把规则写得更窄，例如先按编号分组再比较",
                              f"not done in {SECONDS} seconds: narrow the rule, such as by grouping before comparing")  # fmt: skip
            return
        except duckdb.Error as why:
            one.state = State.NOT_EVALUATED
            one.reason = Text(f"未能执行：{str(why).splitlines()[0]}", f"could not run: {str(why).splitlines()[0]}")
            return
        one.state = _state(one)
        if one.state is State.NOT_APPLICABLE:
            one.reason = one.rule.without or one.reason

    @contextmanager
    def _in_time(self, check: Check) -> Iterator[None]:
        """A rule that somebody wrote may compare every row with every other; ours have been measured."""
        timer = Timer(SECONDS, self.con.interrupt)
        if check.origin != "national":
            timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _insert(self, one: Placed, sql: str) -> None:
        low = (1 << TABLE_BITS) - 1
        names = [d[0] for d in self.con.execute(f"DESCRIBE {sql}").fetchall()]
        other = "other" if "other" in names else "NULL::BIGINT"
        self.con.execute(
            f"INSERT INTO finding SELECT {one.number}, coalesce(_row >> {TABLE_BITS}, {one.bound.number}), _row & {low}, "
            f"CAST(value AS VARCHAR), {other} >> {TABLE_BITS}, {other} & {low} FROM ({sql})"
        )
        (one.failing,) = self.con.execute(f"SELECT count(*) FROM finding WHERE rule = {one.number}").fetchone() or (0,)

    def _over(self, query: predicate.Query) -> str:
        """The query with each entity put in the place of its tables."""
        parts = []
        for entity, names in query.needs.items():
            if entity.startswith("fill_"):
                self._fill(entity)
                continue
            tables = self._named(entity)
            each = [self._slice(b, names, len(tables) > 1) for b in tables]
            parts.append(f"{entity} AS (" + " UNION ALL BY NAME ".join(each) + ")")
        return f"WITH {', '.join(parts)} SELECT * FROM ({query.sql})" if parts else query.sql

    def _fill(self, name: str) -> None:
        """Makes the table of counts of that name, once."""
        for bound in self.context.bounds:
            if fills(bound) == name and bound.number not in self._made:
                filled(self.con, bound, self._words[bound.number])
                self._made.add(bound.number)

    def _named(self, name: str) -> list[Bound]:
        """Tables of an entity, or the one that is called so."""
        return [b for b in self.context.bounds if name == f"t{b.number}" or (b.entity and b.entity.id == name)]

    def _slice(self, bound: Bound, names: Iterable[str], several: bool) -> str:
        ids = {c.id for c in bound.columns}
        mine = {n.split("__")[0] for n in names} & ids
        listed = ["_row", *sorted(n for n in names if n == "_hash" or n.split("__")[0] in mine)]
        hashed = "" if "_hash" not in names or not ids else alike(bound) if several else whole(bound)
        source = layers(bound, self._words[bound.number].few, ids if hashed else mine, hashed or "0")
        return f"SELECT {', '.join(map(reading.name, listed))} FROM {source}"

    def _outcome(self, p: Placed) -> Outcome:
        found = []
        if p.failing:
            found = self.con.execute(
                f"SELECT row, value, other_tab, other_row FROM finding WHERE rule = {p.number} ORDER BY tab, row LIMIT {EXAMPLES}"
            ).fetchall()
        examples = tuple(Located(r, v, None if o is None else (t, o)) for r, v, t, o in found)
        state = p.state or State.NOT_EVALUATED
        return Outcome(p.number, p.check, p.rule, p.bound.number, state, p.applicable, p.failing, p.reason, examples)


def _state(one: Placed) -> State:
    if not one.applicable:
        one.reason = one.reason or Text("没有适用的行", "no row that it applies to")
        return State.NOT_APPLICABLE
    return State.FAILED if one.failing else State.PASSED
