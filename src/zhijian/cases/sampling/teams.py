"""Inspectors for those drawn: a random assignment under the constraints, with the load spread. Pure.

Each institution in a random order asks its admissible inspectors in a random order of its own. Where all are full, somebody is
moved along a chain (augmenting path, depth first): whenever all can be staffed, all are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from zhijian.cases.sampling.stream import in_order


@dataclass(frozen=True, slots=True)
class Teams:
    of: Mapping[str, tuple[str, ...]]
    """Institution → its inspectors in alphabetical order; empty: cannot be staffed."""
    busiest: int
    """No inspector has more: the least with which all are staffed that can be."""
    short: Mapping[str, tuple[str, ...]]
    """Of each that cannot be staffed, the inspectors who might have come: all at their limit."""


def staffed(seed: str, may: Mapping[str, Sequence[str]], most: Mapping[str, int], size: int) -> Teams:
    """`may`: institution → admissible inspectors. `most`: inspector → how many at most."""
    asked = {one: in_order(seed, f"team/{one}", who) for one, who in may.items()}
    order = in_order(seed, "teams", may)
    highest = max(most.values(), default=0)
    # With less than the average nobody need try: the same comes out as with 1, 2, …
    for busiest in range(max(1, -(-len(may) * size // max(1, len(most)))), highest + 1):
        made = _Assignment(order, asked, {who: min(limit, busiest) for who, limit in most.items()})
        if made.fill(size, all_or_none=True):
            return Teams(made.teams(), busiest, {})
    made = _Assignment(order, asked, most)
    made.fill(size, all_or_none=False)
    return Teams(made.teams(), highest, made.short)


class _Assignment:
    def __init__(self, order: Sequence[str], asked: Mapping[str, Sequence[str]], room: Mapping[str, int]) -> None:
        self.place = {one: n for n, one in enumerate(order)}
        self.asked, self.room = asked, room
        self.short: dict[str, tuple[str, ...]] = {}
        self.given: dict[str, set[str]] = {one: set() for one in order}
        self.held: dict[str, set[str]] = {who: set() for who in self.room}

    def teams(self) -> dict[str, tuple[str, ...]]:
        return {one: tuple(sorted(team)) for one, team in self.given.items()}

    def fill(self, size: int, *, all_or_none: bool) -> bool:
        """Whether all got theirs. `all_or_none`: end with the first that does not."""
        for one in self.place:
            for _ in range(size):
                full = self._one_more(one)
                if full is not None:
                    if all_or_none:
                        return False
                    self.short[one] = tuple(sorted(full))
                    for who in tuple(self.given[one]):
                        self._take(one, who)
                    break
        return not self.short

    def _one_more(self, root: str) -> set[str] | None:
        """Give `root` one more; or else everybody who was asked, all of them full. A search in depth, without recursion:
        chains can be as long as there are inspectors."""
        seen: set[str] = set()
        chain = [_Link(root, iter(self.asked[root]))]
        while chain:
            last = chain[-1]
            holder = next(last.holders, None)
            if holder is not None:
                chain.append(_Link(holder, iter(self.asked[holder])))
                continue
            who = next((w for w in last.asked if w not in seen and w not in self.given[last.one]), None)
            if who is None:
                chain.pop()
                continue
            seen.add(who)
            last.who = who
            if len(self.held[who]) < self.room[who]:
                self._along(chain)
                return None
            last.holders = iter(sorted(self.held[who], key=self.place.__getitem__))
        return seen | self.given[root]

    def _along(self, chain: list["_Link"]) -> None:
        for link, before in zip(reversed(chain), [*reversed(chain[:-1]), None], strict=True):
            self._give(link.one, link.who)
            if before is not None:
                self._take(link.one, before.who)

    def _give(self, one: str, who: str) -> None:
        self.given[one].add(who)
        self.held[who].add(one)

    def _take(self, one: str, who: str) -> None:
        self.given[one].remove(who)
        self.held[who].remove(one)


@dataclass
class _Link:
    """An institution that gets `who`, and, but for the first, gives up the one of the link before it."""

    one: str
    asked: Iterator[str]
    who: str = ""
    holders: Iterator[str] = field(default_factory=lambda: iter(()))
