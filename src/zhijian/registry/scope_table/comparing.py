"""What a later version of a capability table changed, line by line, and how often by kind."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from zhijian.registry.scope_table.model import LEVELS, Line

KINDS = {
    "first": ("首次", "first"), "added": ("扩项", "added"), "removed": ("取消", "removed"),
    "standard": ("标准变更", "standard changed"), "limits": ("限制变更", "limits changed"),
    "category": ("类别改名", "category renamed"), "site": ("场所变更", "moved to another site"),
    "other": ("其他", "other"),
}  # fmt: skip
"""In the order in which they are counted and shown. `other`: numbers, names of standards, notes, days, certificate."""
_COMPARED = tuple(f.name for f in fields(Line) if f.compare)


@dataclass(frozen=True, slots=True)
class Change:
    """A line as it was and as it is. One of them None: it came or went."""

    before: Line | None
    after: Line | None
    kinds: tuple[str, ...]
    """Keys of KINDS, in their order: a line can change in several ways at once."""

    @property
    def fields(self) -> tuple[str, ...]:
        """In which fields the two differ."""
        if self.before is None or self.after is None:
            return ()
        return tuple(name for name in _COMPARED if getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class Difference:
    """Changes in the order of site, levels, standard; unchanged lines are not among them."""

    changes: tuple[Change, ...]
    unchanged: int

    def of(self, kind: str) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if kind in change.kinds)

    @property
    def counts(self) -> Mapping[str, int]:
        """By kind, in the order of KINDS, those that occur. A line that changed in two ways counts in both."""
        counted = Counter(kind for change in self.changes for kind in change.kinds)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}


def compared(before: Iterable[Line], after: Iterable[Line]) -> Difference:
    """The same lines in another order are no difference.

    >>> from zhijian.registry.scope_table.model import Level
    >>> old = Line(None, "S1", "1", (Level("食品"), Level("铅")), "GB 5009.12-2017")
    >>> new = Line(None, "S1", "1", (Level("食品"), Level("铅")), "GB 5009.12-2023", restriction="只用第一法")
    >>> compared([old], [new]).counts
    {'standard': 1, 'limits': 1}
    """
    old, new = sorted(before, key=order), sorted(after, key=order)
    first_or_added = "added" if old else "first"
    names = renamed(old, new)
    old, new, same = _paired(old, new, lambda line, _: tuple(getattr(line, name) for name in _COMPARED))
    changes: list[Change] = []
    for key in _KEYS:
        old, new, pairs = _paired(old, new, key, names)
        changes += [Change(was, now, _kinds(was, now)) for was, now in pairs]
    changes += [Change(line, None, ("removed",)) for line in old]
    changes += [Change(None, line, (first_or_added,)) for line in new]
    changes.sort(key=lambda c: (order(c.after or c.before), order(c.before or c.after)))
    return Difference(tuple(changes), len(same))


def applied(before: Iterable[Line], difference: Difference) -> tuple[Line, ...]:
    """The later version, in its order. Raises: ValueError, where `difference` is of another table."""
    kept = Counter(before)
    for change in difference.changes:
        if change.before is not None:
            if not kept[change.before]:
                raise ValueError(f"not in the table: {change.before.sequence} {change.before.standard}")
            kept[change.before] -= 1
    made = [*kept.elements(), *(change.after for change in difference.changes if change.after is not None)]
    return tuple(sorted(made, key=order))


def order(line: Line | None) -> tuple[object, ...]:
    """Site, levels, standard, and then all else, so that equal tables have one order."""
    if line is None:
        return ()
    levels = tuple((level.name, level.no or "") for level in line.levels)
    rest = tuple(str(getattr(line, name) or "") for name in _COMPARED if name != "levels")
    return line.site_no, line.path, line.code, levels, rest


def _kinds(was: Line, now: Line) -> tuple[str, ...]:
    found = {
        "standard": was.code != now.code,
        "limits": (was.restriction, was.clause) != (now.restriction, now.clause),
        "category": was.path != now.path,
        "site": was.site_no != now.site_no,
    }
    return tuple(kind for kind, is_so in found.items() if is_so) or ("other",)


Path = tuple[str, ...]
Names = Mapping[tuple[str, Path], Path]
"""(site, path) of an old line → its path under the category's new name."""
_KEYS: tuple[Callable[[Line, Path], Hashable], ...] = (
    lambda line, path: (line.site_no, path, line.code, line.clause, line.restriction),
    lambda line, path: (line.site_no, path, line.code, line.clause),
    lambda line, path: (line.site_no, path, line.code),
    lambda line, path: (line.site_no, path, line.code_without_year),
    lambda line, path: (path, line.code),
)
"""By which lines are the same one, the strictest first; the last finds those that moved to another site."""


def _paired(
    old: Sequence[Line], new: Sequence[Line], key: Callable[[Line, Path], Hashable], names: Names | None = None
) -> tuple[list[Line], list[Line], list[tuple[Line, Line]]]:
    """What is left of both, and the pairs of one key, in order."""
    waiting: dict[Hashable, list[int]] = defaultdict(list)
    for n in range(len(new) - 1, -1, -1):
        waiting[key(new[n], new[n].path)].append(n)
    pairs: list[tuple[Line, Line]] = []
    left: list[Line] = []
    taken: set[int] = set()
    for line in old:
        path = (names or {}).get((line.site_no, line.path), line.path)
        found = waiting.get(key(line, path))
        if found:
            n = found.pop()
            taken.add(n)
            pairs.append((line, new[n]))
        else:
            left.append(line)
    return left, [line for n, line in enumerate(new) if n not in taken], pairs


def renamed(old: Sequence[Line], new: Sequence[Line]) -> Names:
    """Categories and items (not parameters) that are gone, while one with most of the same lines has come beside them."""
    names: dict[tuple[str, Path], Path] = {}
    for depth in range(1, LEVELS):
        before, after = _below(old, depth), _below(new, depth)
        gone = {group: tails for group, tails in before.items() if group not in after}
        come = {group: tails for group, tails in after.items() if group not in before}
        where: dict[Hashable, set[tuple[str, Path]]] = defaultdict(set)
        for group, tails in come.items():
            for tail in tails:
                where[tail].add(group)
        taken: set[tuple[str, Path]] = set()
        for (site_no, path), tails in sorted(gone.items()):
            shared = Counter(
                g for tail in tails for g in where.get(tail, ()) if (g[0], g[1][:-1]) == (site_no, path[:-1])
            )
            best = min(((-count, g) for g, count in shared.items() if g not in taken), default=None)
            if best is not None and -best[0] * 2 > max(len(tails), len(come[best[1]])):
                taken.add(best[1])
                names |= {(site_no, (*path, *rest)): (*best[1][1], *rest) for rest, _ in tails}
    return names


def _below(lines: Iterable[Line], depth: int) -> dict[tuple[str, Path], set[tuple[Path, str]]]:
    """(site, path down to `depth`) → what stands under it: the rest of the path, and the standard without its year."""
    found: dict[tuple[str, Path], set[tuple[Path, str]]] = defaultdict(set)
    for line in lines:
        if len(line.path) > depth:
            found[line.site_no, line.path[:depth]].add((line.path[depth:], line.code_without_year))
    return dict(found)
