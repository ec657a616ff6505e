"""The capability tables: which rows an institution holds, at which site, under which certificate, on which days."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .days import iso
from .institution import Certificate, Institution, Record, Site
from .methods import Row, Subject, subjects_of
from .streams import stream


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table. `standard` is the row's own or the one it replaced."""

    row: Row
    standard: str
    sequence: str
    batch: str
    valid_from: int
    valid_to: int | None

    def holds(self, first: int, last: int) -> bool:
        return self.valid_from <= first and (self.valid_to is None or last <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Table:
    """The capability table of one certificate at one site."""

    certificate: Certificate
    site: Site
    entries: dict[Subject, tuple[Entry, ...]]


def tables(it: Institution, seed: int, on: int) -> tuple[Table, ...]:
    """Of certificates that ended over 400 days ago the table is gone: nobody holds such old rows."""
    breadth = min(max(0.45 + 0.22 * it.score, 0.15), 1.0)
    made = []
    chosen = {site.no: _choose(it, site, breadth, seed) for site in it.sites}
    for certificate in it.certificates:
        if certificate.expires < on - 400:
            continue
        rng = stream(seed, it.index, "capability", certificate.number)
        for site in it.sites:
            if site.used_from <= certificate.expires:
                made.append(Table(certificate, site, _entries(rng, certificate, site, chosen[site.no], on)))
    return tuple(made)


def records(table: Table) -> Iterator[tuple[str, Record]]:
    for entries in table.entries.values():
        for entry in entries:
            row = entry.row
            record: Record = {
                "number": table.certificate.number,
                "site_no": table.site.no,
                "sequence": entry.sequence,
                "category": row.category,
                "object": row.object,
                "parameter": row.parameter,
                "standard": entry.standard,
                "standard_name": row.standard_name,
                "batch": entry.batch,
                "valid_from": iso(entry.valid_from),
            }
            if row.restriction is not None:
                record["restriction"] = row.restriction
            if entry.valid_to is not None:
                record["valid_to"] = iso(entry.valid_to)
            yield "capability", record


def _choose(it: Institution, site: Site, breadth: float, seed: int) -> dict[Subject, tuple[Row, ...]]:
    rng = stream(seed, it.index, "scope", site.no)
    offered = subjects_of(it.line.fields)
    count = max(min(3, len(offered)), round(breadth * len(offered) * (1.0 if site.no == "1" else 0.6)))
    kept = set(rng.sample(range(len(offered)), min(count, len(offered))))
    chosen = {}
    for place, subject in enumerate(offered):
        if place in kept:
            whole = subject.is_vehicle or rng.random() < breadth
            rows = [row for row in subject.rows if whole or rng.random() < 0.55 + 0.4 * breadth]
            chosen[subject] = tuple(rows) if len({row.parameter for row in rows}) >= 3 else subject.rows
    return chosen


def _entries(
    rng: Random, certificate: Certificate, site: Site, chosen: dict[Subject, tuple[Row, ...]], on: int
) -> dict[Subject, tuple[Entry, ...]]:
    opened = max(certificate.issued, site.used_from)
    categories: dict[str, int] = {}
    objects: dict[str, int] = defaultdict(int)
    made = {}
    for subject, rows in chosen.items():
        category = categories.setdefault(subject.category, len(categories) + 1)
        objects[subject.category] += 1
        later = rng.random() < 0.15 and opened < on - 900
        start, batch = (opened + rng.randrange(120, 480), "扩项") if later else (opened, certificate.batch)
        entries: list[Entry] = []
        for number, row in enumerate(rows, start=1):
            sequence = f"{category}.{objects[subject.category]}.{number}"
            entries.extend(_versions(rng, row, sequence, batch, start=start, on=on))
        made[subject] = tuple(entries)
    return made


def _versions(rng: Random, row: Row, sequence: str, batch: str, *, start: int, on: int) -> Iterator[Entry]:
    """The row, and before it the standard that it replaced when that was in force at the start."""
    if row.replaces is None or row.since <= start:
        yield Entry(row, row.standard, sequence, batch, start, None)
        return
    changed = row.since + rng.randrange(0, 60)
    if changed > on:
        yield Entry(row, row.replaces, sequence, batch, start, None)
        return
    yield Entry(row, row.replaces, sequence, batch, start, changed - 1)
    yield Entry(row, row.standard, f"{sequence}b", "标准变更", changed, None)
