"""What was counted goes into the database: added up over flushes and processes, tried again when that fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.lookups import store
from zhijian.lookups.counter import CODES_MOST, Tally, Window
from zhijian.lookups.model import KEPT_DAYS, PLACES_MOST
from zhijian.lookups.places import DailySalt, marks

DELETED_AT_ONCE = 5_000
Transaction = Callable[[], AbstractContextManager[Db]]
"""Opens a transaction that commits at its end."""


@dataclass(slots=True)
class _Waiting:
    """Counts of one subject and day that are not in the database yet."""

    tally: Tally
    places: set[int]
    codes: set[int]
    first_at: datetime
    last_at: datetime

    def add(self, other: "_Waiting") -> None:
        for name in ("looks", "verified_looks", "wrong_verifier", "after_end", "before_issue"):
            setattr(self.tally, name, getattr(self.tally, name) + getattr(other.tally, name))
        for mine, theirs in ((self.places, other.places), (self.codes, other.codes)):
            for one in theirs:
                if len(mine) < PLACES_MOST:
                    mine.add(one)
        self.last_at = other.last_at


def _looks(one: _Waiting) -> int:
    return one.tally.looks + one.tally.wrong_verifier


class LookWriter:
    """One a process; used from one thread at a time. A crash loses what was counted since the last `write`."""

    def __init__(self, transaction: Transaction, folder: Path, most: int = CODES_MOST) -> None:
        """`folder` keeps the day's salt. `most` subjects wait at most while the database cannot be reached."""
        self._transaction, self._salt, self._most = transaction, DailySalt(folder), most
        self._codes: dict[tuple[date, str], _Waiting] = {}
        self._unknown: dict[tuple[date, str], _Waiting] = {}
        self.other = 0
        """Looks for which there was no room, since the process began."""

    @property
    def salt_is_shared(self) -> bool:
        """False when the folder cannot be used: this process then counts places for itself alone."""
        return self._salt.is_shared

    @property
    def waiting(self) -> int:
        """How many looks are not in the database yet."""
        return sum(_looks(one) for kept in (self._codes, self._unknown) for one in kept.values())

    def add(self, window: Window, at: datetime) -> None:
        """Take over what was counted until `at`: it all belongs to that day, though the window may be some seconds older."""
        if not (window.codes or window.unknown or window.other):
            return
        on_day = day(at)
        salt = self._salt.of(on_day)
        for kept, tallies in ((self._codes, window.codes), (self._unknown, window.unknown)):
            for subject, tally in tallies.items():
                places = marks(salt, subject, tally.networks)
                made = _Waiting(tally, places, marks(salt, f"{subject}+codes", tally.tried), at, at)
                tally.networks, tally.tried = set(), set()
                self._keep(kept, (on_day, subject), made)
        self.other += window.other

    def write(self) -> int:
        """Everything that waits, in one transaction; how many rows were touched. When it fails all of it goes on waiting.

        A connection that breaks at the very commit may count a window twice.
        Raises: SQLAlchemyError.
        """
        if not (self._codes or self._unknown):
            return 0
        with self._transaction() as db:
            store.be_brief(db)
            scope = Scope.everything()
            indexes = {code[4:8] for _, code in self._codes} | {index for _, index in self._unknown}
            owners = store.institutions(db, scope, indexes)
            codes = {key: one for key, one in self._codes.items() if key[1][4:8] in owners}
            # Whoever makes codes up names institutions that there are not, too: that concerns nobody.
            unknown = {key: one for key, one in self._unknown.items() if key[1] in owners}
            touched = _write_rows(db, scope, codes, unknown, owners)
        self.other += sum(_looks(one) for key, one in self._codes.items() if key not in codes)
        self._codes, self._unknown = {}, {}
        return touched

    def tidy(self, at: datetime) -> int:
        """Drop what belongs to days that are over, and counts older than KEPT_DAYS; how many rows, bounded: call again.

        Raises: SQLAlchemyError, OSError.
        """
        today = day(at)
        self._salt.forget(today)
        with self._transaction() as db:
            store.be_brief(db)
            gone = store.forget_marks(db, Scope.everything(), today, DELETED_AT_ONCE)
            return gone + store.forget_days(db, Scope.everything(), today - timedelta(days=KEPT_DAYS), DELETED_AT_ONCE)

    def _keep(self, kept: dict[tuple[date, str], _Waiting], key: tuple[date, str], made: _Waiting) -> None:
        held = kept.get(key)
        if held is not None:
            held.add(made)
        elif len(kept) < self._most:
            kept[key] = made
        else:
            self.other += _looks(made)


Kept = dict[tuple[date, str], _Waiting]


def _write_rows(db: Db, scope: Scope, codes: Kept, unknown: Kept, owners: dict[str, tuple[str, str]]) -> int:
    seen = [(on, code, one.places) for (on, code), one in codes.items()]
    seen += [(on, f"{index}+places", one.places) for (on, index), one in unknown.items()]
    seen += [(on, f"{index}+codes", one.codes) for (on, index), one in unknown.items()]
    subjects = [(on, subject) for on, subject, _ in seen]
    store.add_marks(db, scope, [{"on_day": on, "subject": s, "seen": m} for on, s, m in seen if m])
    places = store.places(db, scope, subjects)
    touched = 0
    if codes:
        touched += store.add_days(db, scope, [_code_row(*key, one, owners, places) for key, one in codes.items()])
    if unknown:
        touched += store.add_unknown(
            db, scope, [_unknown_row(*key, one, owners, places) for key, one in unknown.items()]
        )
    return touched


def _code_row(
    on_day: date, code: str, one: _Waiting, owners: dict[str, tuple[str, str]], places: dict[tuple[date, str], int]
) -> store.Values:
    uscc, province = owners[code[4:8]]
    tally = one.tally
    return {
        "uscc": uscc, "on_day": on_day, "code": code, "province": province, "looks": tally.looks,
        "verified_looks": tally.verified_looks, "wrong_verifier": tally.wrong_verifier, "after_end": tally.after_end,
        "before_issue": tally.before_issue, "places": places.get((on_day, code), 0), "first_at": one.first_at,
        "last_at": one.last_at,
    }  # fmt: skip


def _unknown_row(
    on_day: date, index: str, one: _Waiting, owners: dict[str, tuple[str, str]], places: dict[tuple[date, str], int]
) -> store.Values:
    uscc, province = owners[index]
    return {
        "uscc": uscc, "on_day": on_day, "province": province, "looks": one.tally.looks,
        "codes": places.get((on_day, f"{index}+codes"), 0), "places": places.get((on_day, f"{index}+places"), 0),
        "first_at": one.first_at, "last_at": one.last_at,
    }  # fmt: skip
