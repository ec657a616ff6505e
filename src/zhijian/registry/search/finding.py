"""The two questions as pages ask them: who may test it, and what is this."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry.model import normal_standard, standard_without_year
from zhijian.registry.replaced import in_force, replacements
from zhijian.registry.search import capability_store, store
from zhijian.registry.search.model import Count, Hit, Near, Sought

MOST = 8


@dataclass(frozen=True, slots=True)
class Able:
    """Rows of capability tables, of the page that was asked for."""

    count: Count
    rows: Sequence[capability_store.Row]


def able(db: Db, scope: Scope, wanted: Sought, start: int, most: int) -> Able:
    """Whose certificate is in force on the day and whose table has what is wanted; see `capability_store.rows` for what a row has."""
    by = capability_store.spellings(db, scope, wanted)
    if (
        (wanted.parameter and not by.parameters)
        or (wanted.standard and not by.standards)
        or not (by.parameters or by.standards)
    ):
        return Able(Count(0, 0, True), ())
    rows = capability_store.rows(db, scope, wanted, by, start, most)
    if start == 0 and len(rows) < most:
        return Able(Count(len(rows), len({row["uscc"] for row in rows}), capability_store.is_whole(by)), rows)
    return Able(capability_store.count(db, scope, wanted, by), rows)


BEFORE = (store.institutions, store.certificates, store.standards, store.parameters)


def everything(db: Db, scope: Scope, words: str, most: int, *, names: bool = False) -> list[Hit]:
    """The first `most` of each kind, kinds in their order. Reports and cases are other rooms'. `names`: people by their names."""
    found = [hit for group in BEFORE for hit in group(db, scope, words, most)]
    return [*found, *store.people(db, scope, words, most, by_name=names), *store.instruments(db, scope, words, most)]


def near(db: Db, scope: Scope, wanted: Sought) -> Near:
    """Words only, of nobody: what there is elsewhere, another edition, a like name."""
    by = capability_store.spellings(db, scope, wanted)
    newer = in_force(wanted.standard, replacements(), wanted.on) if wanted.standard else None
    editions: tuple[str, ...] = ()
    if wanted.standard:
        stem = Sought("", standard_without_year(wanted.standard), "", wanted.on)
        others = capability_store.spellings(db, scope, stem).standards
        editions = tuple(
            {normal_standard(s): s for s in others if normal_standard(s) != normal_standard(wanted.standard)}.values()
        )
    return Near(
        newer.new if newer else None, newer.in_force_on if newer else None, editions[:MOST],
        () if by.parameters or not wanted.parameter else tuple(store.near(db, scope, "parameter", wanted.parameter, MOST)),
        () if by.standards or not wanted.standard or editions else tuple(store.near(db, scope, "standard", wanted.standard, MOST)),
    )  # fmt: skip
