"""A day of work on a platform that was built: what an incremental migration has to find."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

import sqlalchemy as sa

from tests.provincial.tables import CHANGED, METADATA
from tests.provincial.truth import Truth

MOMENT = "2026-07-01 09:30:00"
"""After every `xgsj` that `build` writes."""
_REPLACED: dict[str, tuple[str, str]] = {
    "bg_zhubiao": ("jl", "依据复核结果更正结论。"),
    "sb_yiqi": ("ggxh", "更正型号-A"),
    "jg_renyuan": ("gw", "检验检测人员、监督员"),
    "bg_jcxm": ("jcyj", "GB 5009.12-2023"),  # no xgsj: only a comparison of snapshots sees it
}
_ADDED: dict[str, str] = {"jg_renyuan": "rybh", "sb_yiqi": "glbh"}
"""Table → column of the business key, which the new row has with `新`."""
_DELETED = ("sb_jianding", "xy_fenlei")
"""Rows go without a trace: the platform marks deletions in some tables only."""
_REKEYED: dict[str, str] = {"sb_jianding": "jdrq"}
"""A day that is part of the business key is corrected to the one before: under the old key there is no row any more."""
_HIDDEN = ("zs_zhengshu",)
"""Marked as deleted."""
_ENTERED_AGAIN: dict[str, tuple[str, str]] = {"sb_jianding": ("jddw", "改名后的检定机构")}
"""Deleted and written anew under the next free number, with that column changed; the business key is the same."""


@dataclass(frozen=True, slots=True)
class Change:
    table: str
    pk: int
    what: Literal["updated", "inserted", "deleted", "rekeyed", "hidden", "replaced"]
    """replaced: deleted, and its business key inserted again with another number."""
    column: str = ""
    value: str = ""


def later_changes(url: str, truth: Truth, *, each: int = 3) -> list[Change]:
    """`each` rows of every kind, clean ones only, by the truth's seed. In one transaction."""
    rng, done = Random(f"{truth.seed}/later"), []
    dirty = {name: {one.pk for one in truth.at(name)} for name in METADATA.tables}
    engine = sa.create_engine(url)
    with engine.begin() as link:
        for name, (column, value) in _REPLACED.items():
            for pk in _some(rng, truth, dirty, name, each):
                done.append(_update(link, Change(name, pk, "updated", column, value)))
        for name, column in _ADDED.items():
            for n, pk in enumerate(_some(rng, truth, dirty, name, each), start=1):
                done.append(_insert(link, name, column, pk, truth.rows[name] + n))
        for name in _DELETED:
            for pk in _some(rng, truth, dirty, name, each):
                table = METADATA.tables[name]
                link.execute(table.delete().where(_key(table) == pk))
                done.append(Change(name, pk, "deleted"))
        for one in done:
            dirty[one.table].add(one.pk)
        done += _of_keys(link, rng, truth, dirty)
    engine.dispose()
    return done


def _of_keys(link: sa.Connection, rng: Random, truth: Truth, dirty: dict[str, set[int]]) -> list[Change]:
    """One row of every kind that changes what is there without a number going or coming, or under another number."""
    done: list[Change] = []
    for name, column in _REKEYED.items():
        (pk,) = _some(rng, truth, dirty, name, 1)
        table, written = METADATA.tables[name], str(_row(link, name, pk)[column])
        day = f"{date.fromisoformat(written[:10]) - timedelta(days=1)}{written[10:]}"
        link.execute(table.update().where(_key(table) == pk).values({column: sa.literal_column(f"'{day}'")}))
        done.append(Change(name, pk, "rekeyed", column, day))
        dirty[name].add(pk)
    for name in _HIDDEN:
        (pk,) = _some(rng, truth, dirty, name, 1)
        done.append(_update(link, Change(name, pk, "hidden", "sfsc", "1")))
    for name, (column, value) in _ENTERED_AGAIN.items():
        (pk,) = _some(rng, truth, dirty, name, 1)
        table, row, new = METADATA.tables[name], _row(link, name, pk), truth.rows[name] + 1
        link.execute(table.delete().where(_key(table) == pk))
        link.execute(table.insert().values(row | {_key(table).name: new, column: value}))
        done += [Change(name, pk, "replaced"), Change(name, new, "inserted", column, value)]
    return done


def _row(link: sa.Connection, name: str, pk: int) -> dict[str, Any]:
    table = METADATA.tables[name]
    return dict(link.execute(sa.select(table).where(_key(table) == pk)).one()._asdict())


def _some(rng: Random, truth: Truth, dirty: dict[str, set[int]], name: str, each: int) -> list[int]:
    found: list[int] = []
    while len(found) < each:
        pk = rng.randrange(1, truth.rows[name] + 1)
        if pk not in dirty[name] and pk not in found:
            found.append(pk)
    return found


def _key(table: sa.Table) -> "sa.Column[Any]":
    return next(iter(table.primary_key))


def _update(link: sa.Connection, change: Change) -> Change:
    table = METADATA.tables[change.table]
    values: dict[str, Any] = {change.column: change.value}
    if CHANGED in table.c:
        values[CHANGED] = sa.literal_column(f"'{MOMENT}'")
    link.execute(table.update().where(_key(table) == change.pk).values(values))
    return change


def _insert(link: sa.Connection, name: str, column: str, pk: int, new: int) -> Change:
    table = METADATA.tables[name]
    key = _key(table)
    row = _row(link, name, pk)
    value = f"{row[column]}新"
    stamp = sa.literal_column(f"'{MOMENT}'")
    link.execute(table.insert().values(row | {key.name: new, column: value, CHANGED: stamp}))
    return Change(name, new, "inserted", column, value)
