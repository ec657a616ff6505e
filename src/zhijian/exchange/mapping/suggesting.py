"""A mapping proposed from names, values and code lists, with a confidence for each part. Nothing is guessed silently: what
is less sure than `SURE` is a comment, and of two that fit alike neither is chosen."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import duckdb

from zhijian.exchange.bound import plain
from zhijian.exchange.mapping.judging import Dictionary
from zhijian.exchange.mapping.linking import Fetching, links
from zhijian.exchange.mapping.model import Each
from zhijian.exchange.mapping.naming import table_score
from zhijian.exchange.mapping.pairing import pairs, strong
from zhijian.exchange.mapping.profiling import Profile, profiles
from zhijian.exchange.mapping.proposal import Guess, Part, Proposal
from zhijian.exchange.mapping.proposal_text import as_yaml
from zhijian.exchange.quality import reading
from zhijian.exchange.source.model import SourceTable
from zhijian.spec import Entity, Specification

__all__ = ["Proposal", "as_yaml", "proposed"]

Progress = Callable[[str, int, int], None]
_SLOT = re.compile(r"(.*\D)_?(\d{1,2})")
_KIND, _CODE, _NAME = ("type", "类型", "lx", "leixing"), ("code", "代码", "dm", "bm"), ("name", "名称", "mc", "label")


def proposed(
    con: duckdb.DuckDBPyConnection, tables: Iterable[SourceTable], spec: Specification,
    progress: Progress = lambda what, done, of: None,
) -> Proposal:  # fmt: skip
    by_name, files = _named(tables)
    looked = {}
    for n, (name, table) in enumerate(by_name.items()):
        progress(name, n, len(by_name))
        looked[name] = profiles(con, table)
    dictionary = _dictionary(con, by_name)
    first = {name: part for name, columns in looked.items() if (part := _part(name, columns, spec, dictionary))}
    beside = [p for part in first.values() if (p := _beside(part, looked[part.table], spec, dictionary))]
    for part in beside:
        first[part.table] = _only_where_named(first[part.table], spec)
    beside = [_only_where_named(p, spec) for p in beside]
    fetching = Fetching(spec, first, links(con, by_name, looked))
    parts = [fetching.filled(p) for p in (*first.values(), *beside)]
    order = {e: n for n, e in enumerate(spec.entities)}
    return Proposal(tuple(sorted(parts, key=lambda p: order[p.entity])), looked, files)


def _named(tables: Iterable[SourceTable]) -> tuple[dict[str, SourceTable], dict[str, str]]:
    """Files with the same columns are one table, under the beginning that their names share."""
    groups: dict[tuple[str, ...], list[SourceTable]] = {}
    for table in tables:
        if any(not c.name.startswith("_") for c in table.columns):
            key = (table.kind if table.kind == "database" else "", *(c.name for c in table.columns))
            groups.setdefault((*key, table.name if table.kind == "database" else ""), []).append(table)
    made, files = {}, {}
    for same in groups.values():
        names = [re.sub(r"\.[A-Za-z]+$", "", t.name) for t in same]
        name = names[0] if len(same) == 1 else _shared(names)
        made[name] = same[0] if len(same) == 1 else _united(same)
        files[name] = same[0].name if len(same) == 1 else f"{name}*"
    return made, files


def _shared(names: list[str]) -> str:
    least, most = min(names), max(names)
    end = next((i for i, ch in enumerate(least) if i >= len(most) or most[i] != ch), len(least))
    return least[:end].rstrip("0123456789") or least


def _united(same: list[SourceTable]) -> SourceTable:
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {t.relation}" for t in same)
    return replace(same[0], relation=f"({union})")


def _part(name: str, columns: Mapping[str, Profile], spec: Specification, dictionary: Dictionary) -> Part | None:
    each, columns = _wide(columns)
    best: Part | None = None
    most = 0.0
    for entity in spec.entities.values():
        guesses, named = pairs(columns, entity, spec, dictionary), table_score(name, entity)
        found = [g for g in guesses if g.sure]
        if not _enough(entity, found, named[0], spec):
            continue
        score = (strong(guesses) + 1.5 * named[0]) * (0.5 + 0.5 * len(found) / max(len(columns), 1))
        if score > most:
            evidence = "；".join(e for e in (f"{len(found)} 列对得上", named[1]) if e)
            most, best = score, Part(name, entity.id, evidence, guesses, each=each)
    if best is not None and each is not None:
        best = _counted(best, spec.entities[best.entity])
    return best


def _enough(entity: Entity, found: list[Guess], named: float, spec: Specification) -> bool:
    """Without what is usually fetched from other tables, half of the compulsory ones; or the table's name says it."""
    keys = {k for other in spec.entities.values() if other is not entity for k in other.key}
    own = {e.id for e in entity.elements if e.required and not e.refers and e.id not in keys}
    have = {g.element for g in found}
    if named >= 0.8 and len(have) >= 2 and len(own & have) * 3 >= len(own):
        return True
    return len(have) >= 5 or (len(have) >= 3 and len(own & have) * 2 >= len(own))


def _beside(part: Part, columns: Mapping[str, Profile], spec: Specification, dictionary: Dictionary) -> Part | None:
    """Records of a parent or of parts in the same table, out of columns that are left over."""
    own = spec.entities[part.entity]
    kin = [e for e in spec.entities.values() if own.id in e.parts.values() or e.id in own.parts.values()]
    used = {g.column for g in part.guesses if g.sure}
    rest = {n: p for n, p in columns.items() if n not in used}
    for entity in kin:
        guesses = pairs(rest, entity, spec, dictionary)
        if sum(g.confidence >= 0.8 for g in guesses) >= 2:
            return Part(
                part.table,
                entity.id,
                f"“{own.zh}”的表里还有 {len([g for g in guesses if g.sure])} 列是{entity.zh}的",
                guesses,
            )
    return None


def _only_where_named(part: Part, spec: Specification) -> Part:
    """Of a table that holds reports and their items in one row: items only where one is named."""
    named = next((g for g in part.sure if g.element == "parameter"), None)
    within = any(part.entity in e.parts.values() for e in spec.entities.values())
    return replace(part, where=f"{reading.name(named.column)} IS NOT NULL") if named and within else part


def _wide(columns: Mapping[str, Profile]) -> tuple[Each | None, Mapping[str, Profile]]:
    """项目1 结果1 … 项目6 结果6 as one 项目 and one 结果."""
    slots: dict[str, dict[int, str]] = {}
    for name in columns:
        if found := _SLOT.fullmatch(name):
            slots.setdefault(found[1], {})[int(found[2])] = name
    wide = {stem: at for stem, at in slots.items() if len(at) >= 2 and all(c == f"{stem}{n}" for n, c in at.items())}
    if len(wide) < 2:
        return None, columns
    numbers = sorted(set.intersection(*(set(at) for at in wide.values())))
    if len(numbers) < 2:
        return None, columns
    inside = {c for at in wide.values() for c in at.values()}
    made = {n: p for n, p in columns.items() if n not in inside}
    made |= {stem: replace(columns[at[numbers[0]]], name=stem) for stem, at in wide.items()}
    when = max(wide, key=lambda stem: columns[wide[stem][numbers[0]]].filled)
    each = Each({stem: stem + "{n}" for stem in wide}, tuple(numbers), when)
    return each, made


def _counted(part: Part, entity: Entity) -> Part:
    if "seq" in {g.element for g in part.sure} or "seq" not in {e.id for e in entity.elements}:
        return part
    rest = tuple(g for g in part.guesses if g.element != "seq")
    return replace(part, guesses=(Guess("seq", "n", 0.85, ("并排的第几组",)), *rest))


def _dictionary(con: duckdb.DuckDBPyConnection, tables: Mapping[str, SourceTable]) -> dict[str, dict[str, str]]:
    """Codes of the source's own table of codes, where it has one: kind, code and name in three columns."""
    made: dict[str, dict[str, str]] = {}
    for table in tables.values():
        names = [c.name for c in table.columns]
        kind, code, name = (_one(names, words) for words in (_KIND, _CODE, _NAME))
        if kind and code and name and len(names) <= 10:
            picked = ", ".join(f"trim(CAST({reading.name(c)} AS VARCHAR))" for c in (kind, code, name))
            for k, c, n in con.execute(f"SELECT {picked} FROM {table.relation} LIMIT 20000").fetchall():
                if k and c and n:
                    made.setdefault(k, {})[c] = n
    return made


def _one(names: list[str], words: tuple[str, ...]) -> str | None:
    return next((n for n in names for w in words if plain(n).endswith(w)), None)
