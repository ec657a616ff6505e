"""How tables of a source hang together: a column whose values are all keys of another table, and what can be fetched there."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from zhijian.exchange.bound import key_of_parent
from zhijian.exchange.mapping.model import Join
from zhijian.exchange.mapping.profiling import Profile
from zhijian.exchange.mapping.proposal import SURE, Guess, Part
from zhijian.exchange.quality import reading
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import Specification

INSIDE = 0.85
"""Share of a column's values that must be keys there."""
FAR = 3
"""Joins at most on the way to a value."""


@dataclass(frozen=True, slots=True)
class Link:
    here: str
    column: str
    there: str
    key: str
    share: float


def links(
    con: duckdb.DuckDBPyConnection, tables: Mapping[str, SourceTable], profiles: Mapping[str, Mapping[str, Profile]]
) -> list[Link]:
    """By columns of one name, unique in the other table."""
    keys: dict[str, list[str]] = {}
    for name, columns in profiles.items():
        for column, profile in columns.items():
            if profile.unique:
                keys.setdefault(column.casefold(), []).append(name)
    made = []
    for name, columns in profiles.items():
        for column, profile in columns.items():
            for there in keys.get(column.casefold(), ()):
                if there != name and profile.filled and next(iter(profiles[there])).casefold() == column.casefold():
                    share = _inside(con, tables[name], column, tables[there], next(iter(profiles[there])))
                    if share >= INSIDE:
                        made.append(Link(name, column, there, next(iter(profiles[there])), share))
    return made


def _inside(con: duckdb.DuckDBPyConnection, here: SourceTable, column: str, there: SourceTable, key: str) -> float:
    a, b = (reading.bare(f"CAST({reading.name(c)} AS VARCHAR)") for c in (column, key))
    (share,) = con.execute(
        f"SELECT avg(CASE WHEN v IN (SELECT {b} FROM {there.relation}) THEN 1.0 ELSE 0.0 END) FROM "
        f"(SELECT DISTINCT {a} AS v FROM {here.relation}) WHERE v IS NOT NULL"
    ).fetchone() or (0.0,)
    return float(share or 0)


@dataclass(slots=True)
class _Found:
    alias: str
    guess: Guess
    joins: tuple[Join, ...]
    confidence: float
    evidence: tuple[str, ...]


class Fetching:
    """Elements that stand in another table: a key of what the record refers to, or of what it is part of."""

    def __init__(self, spec: Specification, parts: Mapping[str, Part], found: list[Link]) -> None:
        self.spec, self.parts, self.links = spec, parts, found

    def filled(self, part: Part) -> Part:
        """`part` with joins and what they bring."""
        entity = self.spec.entities[part.entity]
        have = {g.element for g in part.guesses if g.sure}
        parent = key_of_parent(self.spec, entity)
        wanted = [e for e in (*entity.elements, *parent) if e.id not in have]
        wanted = [e for e in wanted if e.refers or e in parent or e.id in entity.key]
        guesses, joins = list(part.guesses), dict[str, Join]()
        for element in wanted:
            best = self._best(part, element.id)
            if best is not None:
                guesses = [g for g in guesses if g.element != element.id]
                guesses.append(Guess(element.id, f"{best.alias}.{best.guess.column}", best.confidence, best.evidence))
                joins |= {j.alias: j for j in best.joins}
        return Part(
            part.table, part.entity, part.evidence, tuple(guesses), tuple(joins.values()), part.each, part.where
        )

    def _best(self, part: Part, element: str) -> _Found | None:
        """The nearest table that has it as its own key's element."""
        reached: list[tuple[str, str, tuple[Join, ...], float]] = [(part.table, "", (), 1.0)]
        seen = {part.table}
        for _ in range(FAR):
            onward = []
            for table, alias, joins, sure in reached:
                for link in self.links:
                    if link.here != table or link.there in seen:
                        continue
                    seen.add(link.there)
                    here = f"{alias}.{link.column}" if alias else link.column
                    path = (*joins, Join(link.there, link.there, {here: link.key}))
                    confidence = sure * (0.93 if link.share == 1 else 0.9 if link.share >= 0.95 else 0.8)
                    if found := self._there(link, path, confidence, element):
                        return found
                    onward.append((link.there, link.there, path, confidence))
            reached = onward
        return None

    def _there(self, link: Link, path: tuple[Join, ...], sure: float, element: str) -> _Found | None:
        other = self.parts.get(link.there)
        if other is None or element not in self.spec.entities[other.entity].key:
            return None
        guess = next((g for g in other.guesses if g.element == element and g.confidence >= SURE), None)
        if guess is None:
            return None
        confidence = round(sure * guess.confidence, 2)
        evidence = (f"经“{link.column}”到表“{link.there}”，{link.share:.0%} 的值在那边是主键", *guess.evidence)
        return _Found(link.there, guess, path, confidence, evidence)
