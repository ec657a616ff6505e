"""One institution with everything it has, built from its own random streams, and where to look things up in it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from . import capability, instrument, staff, supervision
from .capability import Table
from .institution import Institution, Record, records
from .instrument import Instrument
from .staff import Authorisation, Person


@dataclass(frozen=True)
class Laboratory:
    institution: Institution
    tables: tuple[Table, ...]
    people: tuple[Person, ...]
    authorisations: tuple[Authorisation, ...]
    instruments: tuple[Instrument, ...]
    seed: int
    on: int

    @classmethod
    def build(cls, it: Institution, seed: int, on: int) -> "Laboratory":
        tables = capability.tables(it, seed, on)
        people = staff.team(it, seed, on)
        categories = sorted({subject.category for table in tables for subject in table.entries})
        kinds: dict[str, dict[str, None]] = defaultdict(dict)
        for table in tables:
            for entries in table.entries.values():
                kinds[table.site.no].update(dict.fromkeys(entry.row.instrument for entry in entries))
        return cls(
            institution=it,
            tables=tables,
            people=people,
            authorisations=tuple(staff.authorisations(it, people, categories, seed)),
            instruments=instrument.park(it, {site: list(names) for site, names in kinds.items()}, seed, on),
            seed=seed,
            on=on,
        )

    def records(self) -> Iterator[tuple[str, Record]]:
        """Parents before children."""
        it, named = self.institution, self.people
        people = {
            "legal_representative": named[0].name,
            "technical_manager": named[1].name,
            "quality_manager": named[2].name,
        }
        own = records(it, people, len(named), self.seed)
        yield from own
        for table in self.tables:
            yield from capability.records(table)
        for one in named:
            yield "staff", staff.person_record(it, one)
        for grant in self.authorisations:
            yield "authorisation", staff.authorisation_record(it, grant)
        for unit in self.instruments:
            yield "instrument", instrument.instrument_record(it, unit)
        for unit in self.instruments:
            yield from instrument.calibration_records(it, unit)
        yield from supervision.records(it, own[0][1], named, len(self.instruments), self.seed, self.on)

    @cached_property
    def tables_of(self) -> dict[str, list[Table]]:
        found: dict[str, list[Table]] = defaultdict(list)
        for table in self.tables:
            found[table.certificate.number].append(table)
        return found

    @cached_property
    def units(self) -> dict[tuple[str, str], list[Instrument]]:
        """By site and kind; the steady one comes first."""
        found: dict[tuple[str, str], list[Instrument]] = defaultdict(list)
        for unit in self.instruments:
            found[unit.site_no, unit.name].append(unit)
        return found

    @cached_property
    def _by_role(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = defaultdict(list)
        for one in self.people:
            for role in one.roles:
                found[role].append(one)
        return found

    def pick(self, rng: Random, role: str, first: int, last: int) -> Person:
        """Somebody of that role employed on every day from first to last."""
        candidates = self._by_role[role]
        for _ in range(6):
            one = rng.choice(candidates)
            if one.employed(first, last):
                return one
        return next(one for one in candidates if one.employed(first, last))

    def signatory(self, rng: Random, category: str, day: int) -> Person:
        fit = [grant.staff_no for grant in self.authorisations if grant.covers(category, day)]
        by_no = self._by_no
        return rng.choice([by_no[no] for no in fit if by_no[no].employed(day, day)])

    @cached_property
    def _by_no(self) -> dict[str, Person]:
        return {one.no: one for one in self.people}

    def unit(self, rng: Random, site_no: str, kind: str, day: int) -> Instrument:
        units: Sequence[Instrument] = self.units[site_no, kind]
        one = rng.choice(units)
        return one if one.usable(day) else units[0]
