"""All that is due within a scope, out of the registry, the cases and the draws."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from zhijian.cases import flow, sampling
from zhijian.cases.days import DEADLINES, NotKnownYet, working_days_between
from zhijian.cases.due.model import KINDS, Count, Due, Item, Wanted
from zhijian.cases.sampling.model import State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import listing
from zhijian.registry.replaced import replacements

DRAWS = {
    State.COMMITTED: ("已承诺，公开数公布后抽取", "committed; to be drawn when the public value is there"),
    State.DRAWN: ("已抽取，待公开", "drawn, to be published"),
    State.PUBLISHED: ("已公开，待检查结果", "published, outcomes are awaited"),
}
NARROW = frozenset({"calibration"})
"""Kinds counted over many rows an institution: only within a province, a division or an institution."""


def gathered(
    db: Db, scope: Scope, on: date, wanted: Wanted, *, cases: bool, draws: bool, start: int = 0, most: int = 50
) -> Due:
    """`cases`, `draws`: whether the caller may see them. An institution has its own deadlines, and no draws."""
    until, wide = on + timedelta(days=wanted.within), scope.provinces is None and scope.institutions is None
    left_out = NARROW if wide and not wanted.division else frozenset()
    kinds = tuple(k for k in listing.due.REGISTRY_KINDS if k not in left_out)
    asked = _asked(on, until, kinds, wanted)
    counts = {kind: Count(*found) for kind, found in listing.due.counts(db, scope, asked).items()}
    own = (_cases(db, scope, on, wanted) if cases else []) + (_draws(db, scope, wanted) if draws else [])
    for kind in ("case", "draw"):
        if some := [one for one in own if one.kind == kind]:
            counts[kind] = Count(len(some), sum(one.left is not None and one.left < 0 for one in some))
    own = [
        one for one in own if wanted.kind in ("", one.kind) and (one.due_on or date.max) >= (asked.since or date.min)
    ]
    # At most all of `own` stand before the page, so at least the other rows do: they are not fetched.
    before = max(0, start - len(own))
    asked = _asked(on, until, tuple(k for k in kinds if wanted.kind in ("", k)), wanted)
    rows = listing.due.lines(db, scope, asked, before, start - before + most)
    items = sorted([*(_of_row(row, on) for row in rows), *own], key=_order)[start - before :][:most]
    return Due(tuple(items), {k: counts[k] for k in KINDS if k in counts}, left_out)


def _asked(on: date, until: date, kinds: tuple[str, ...], wanted: Wanted) -> listing.due.Asked:
    yearly = KINDS["annual-report"]
    replaced = {one.plain: one.in_force_on for one in replacements().values()}
    since = on - timedelta(days=wanted.behind) if wanted.behind is not None else None
    return listing.due.Asked(
        on, until, since, kinds, replaced, date(on.year, yearly.month, yearly.day), wanted.division
    )


def _of_row(row: Any, on: date) -> Item:
    kind = KINDS[row["kind"]]
    by = months_before(row["due_on"], 3) if kind.id == "certificate" else row["due_on"]
    said = {"ref": row["ref"], "count": row["count"], "by": by}
    return Item(kind.id, row["province"], row["uscc"], row["name"], row["ref"], row["count"], kind.what_zh.format(**said),
                kind.what_en.format(**said), row["due_on"], (row["due_on"] - on).days, False, kind.basis, kind.unconfirmed)  # fmt: skip


def _cases(db: Db, scope: Scope, on: date, wanted: Wanted) -> list[Item]:
    if scope.institutions is not None:
        return list(_told(db, scope, on, wanted))
    found = [
        one
        for one in flow.due(db, scope, on, wanted.within)
        if one.case.province == wanted.division[:2] or not wanted.division
    ]
    whose = listing.due.divisions(db, scope, (one.case.uscc for one in found if one.case.uscc))
    if len(wanted.division) > 2:  # a case has no place of its own but that of its institution
        found = [one for one in found if whose.get(one.case.uscc or "", ("", ""))[1].startswith(wanted.division)]
    return [
        _of_clock(one.deadline, one.last_on, on, one.case.no, one.case.province, one.case.uscc,
                  one.case.institution_name or whose.get(one.case.uscc or "", ("", ""))[0])
        for one in found
    ]  # fmt: skip


def _told(db: Db, scope: Scope, on: date, wanted: Wanted) -> Iterable[Item]:
    """An institution's own deadlines, of what it was told."""
    for no in flow.told_of(db, scope):
        for deadline, last_on in flow.told(db, scope, no).due:
            if last_on is None or last_on <= on + timedelta(days=wanted.within):
                yield _of_clock(deadline, last_on, on, no, "", None, "")


def _of_clock(
    deadline: str, last_on: date | None, on: date, no: str, province: str, uscc: str | None, name: str
) -> Item:  # fmt: skip
    kind, known = KINDS["case"], DEADLINES[deadline]
    left, working = _left(last_on, on, known.kind == "working")
    zh, en = kind.what_zh.format(ref=no, zh=known.zh), kind.what_en.format(ref=no, en=known.en)
    return Item("case", province, uscc, name, no, 1, zh, en, last_on, left, working, known.basis, known.unconfirmed)


def _left(last_on: date | None, on: date, working: bool) -> tuple[int | None, bool]:
    """Days left, and whether working days are what was counted: where holidays are not announced, calendar days are."""
    if last_on is None:
        return None, False
    if working:
        try:
            left = working_days_between(on, last_on)
            # What ended before today is over on a day off too, when no working day has gone by yet.
            if left or last_on >= on:
                return left, True
        except NotKnownYet:
            pass
    return (last_on - on).days, False


def _draws(db: Db, scope: Scope, wanted: Wanted) -> list[Item]:
    kind = KINDS["draw"]
    return [
        Item("draw", one.province, None, one.name, one.id, 1, kind.what_zh.format(ref=one.id, zh=DRAWS[one.state][0]),
             kind.what_en.format(ref=one.id, en=DRAWS[one.state][1]), None, None, False, kind.basis, kind.unconfirmed)
        for one in sampling.life.listed(db, scope)
        if one.state in DRAWS and one.province.startswith(wanted.division[:2])
    ]  # fmt: skip


def _order(one: Item) -> tuple[date, str, str, str]:
    """As `listing.due.lines` orders them."""
    return one.due_on or date.max, one.kind, one.uscc or "", one.ref


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last.

    >>> months_before(date(2026, 5, 31), 3)
    datetime.date(2026, 2, 28)
    """
    whole = day.year * 12 + day.month - 1 - months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
