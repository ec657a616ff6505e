"""Looks counted in memory between two flushes. Belongs to one event loop; a look costs about a microsecond.

Networks stand here as they are for the seconds of one window, as addresses do in the limits; `writer` makes marks of them.
"""

from dataclasses import dataclass, field

from zhijian.lookups.model import PLACES_MOST, Shown
from zhijian.lookups.places import network_of

CODES_MOST = 20_000
"""Codes of one window. A process answers some 3,000 looks a second, so that five seconds stay below it."""


@dataclass(slots=True)
class Tally:
    """Of one code, or of one institution's unknown codes."""

    looks: int = 0
    verified_looks: int = 0
    wrong_verifier: int = 0
    after_end: int = 0
    before_issue: int = 0
    networks: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    """The unknown codes."""


@dataclass(slots=True)
class Window:
    """What was counted since the window before."""

    codes: dict[str, Tally] = field(default_factory=dict)
    unknown: dict[str, Tally] = field(default_factory=dict)
    """By the four symbols of the institution in the code."""
    other: int = 0
    """Looks for which there was no room: known only by their number."""


class LookCounter:
    """
    >>> counter = LookCounter()
    >>> counter.answered("332608K70049M302AR", "198.51.100.7", Shown.IN_USE, verified=True)
    >>> counter.take().codes["332608K70049M302AR"].verified_looks
    1
    """

    def __init__(self, most: int = CODES_MOST) -> None:
        self._most = most
        self._window = Window()

    def answered(self, code: str, client: str, as_: Shown, verified: bool = False) -> None:
        """An answer was given about a code that is registered or reserved."""
        tally = self._tally(self._window.codes, code, client)
        if tally is None:
            return
        tally.looks += 1
        if verified:
            tally.verified_looks += 1
        if as_ is Shown.ENDED:
            tally.after_end += 1
        elif as_ is Shown.RESERVED:
            tally.before_issue += 1

    def refused(self, code: str, client: str) -> None:
        """Verifier or credential were not those of this registered code."""
        tally = self._tally(self._window.codes, code, client)
        if tally is not None:
            tally.wrong_verifier += 1

    def unknown(self, code: str, client: str) -> None:
        """A well-formed code that nobody registered: counted for the institution it names. The code itself is not kept,
        or whoever makes codes up would fill the tables."""
        tally = self._tally(self._window.unknown, code[4:8], client)
        if tally is not None:
            tally.looks += 1
            if len(tally.tried) < PLACES_MOST:
                tally.tried.add(code)

    def take(self) -> Window:
        """What was counted; counting begins again from nothing."""
        taken, self._window = self._window, Window()
        return taken

    def _tally(self, tallies: dict[str, Tally], key: str, client: str) -> Tally | None:
        tally = tallies.get(key)
        if tally is None:
            if len(tallies) >= self._most:
                self._window.other += 1
                return None
            tally = tallies[key] = Tally()
        if len(tally.networks) < PLACES_MOST:
            tally.networks.add(network_of(client))
        return tally
