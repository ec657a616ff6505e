"""Honest reports of one laboratory: each is admissible by every rule the platform checks."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random
from typing import Any

from cryptography.hazmat.primitives import hashes

from . import days, results
from .capability import Entry, Table
from .days import iso, workday_back
from .institution import WINDOW_DAYS, Certificate, Institution, Record
from .instrument import Instrument
from .laboratory import Laboratory
from .methods import Subject
from .names import company, person

_SUPERVISED = {"05": 0.01, "00": 0.25, "04": 0.22, "12": 0.1, "01": 0.08}
_SUPERVISED_ELSE = 0.13
"""Shares of official sampling by field, set so that commissions come to the published 90.75 %."""
_DAY_MINUTES = 1_440
QUIET_DAYS = 12
"""No report in the first days under a certificate: testing comes first."""

_STYLES: tuple[Callable[[str, str, int, int], str], ...] = (
    lambda letters, mark, year, n: f"{letters}-{mark}-{year}-{n:05}",
    lambda letters, mark, year, n: f"{letters}{mark}{year % 100:02}{n:06}",
    lambda letters, mark, year, n: f"{letters}检字〔{year}〕第{n:05}号",
    lambda letters, mark, year, n: f"({year}){letters}-{mark}字第{n:05}号",
    lambda letters, mark, year, n: f"{mark}{year}-{n:05}",
)


def own_number(lab: Laboratory, year: int, n: int) -> str:
    """In the institution's own style; consecutive within a year."""
    it = lab.institution
    return _STYLES[it.index % len(_STYLES)](it.letters, it.line.mark, year, n)


def reports(lab: Laboratory, count: int, on: int) -> Iterator[Record]:
    """In order of issue. The institution must be one that `may_issue`."""
    rng = Random(f"{lab.seed}/{lab.institution.index}/report")
    first = on - WINDOW_DAYS
    cumulative = _openings(lab.institution, on)
    year = date.fromordinal(first).year
    passed = first - date(year, 1, 1).toordinal()
    serial = {year: round(count * passed / WINDOW_DAYS)}
    clients = [company(rng, lab.institution.sites[0].division.city) for _ in range(max(5, min(60, count // 12)))]
    for day in sorted(rng.choices(range(first, on + 1), cum_weights=cumulative, k=count)):
        year = date.fromordinal(day).year
        serial[year] = serial.get(year, 0) + 1
        yield draft(lab, rng, day, serial[year], clients)


def may_issue(it: Institution, on: int) -> bool:
    """Whether a certificate was in force long enough on any day of the window."""
    return _openings(it, on)[-1] > 0


def _openings(it: Institution, on: int) -> list[float]:
    """Running total of how much is issued on each day of the window."""
    first = on - WINDOW_DAYS
    saturday = 0.9 if it.line.fields == ("05",) else 0.15
    weights = enumerate(days.weights(first, on, saturday=saturday), start=first)
    return list(accumulate(w if it.certificate_on(day - QUIET_DAYS, day) else 0.0 for day, w in weights))


@dataclass(frozen=True, slots=True)
class _Dates:
    sampled: int | None
    received: int
    start: int
    end: int


def draft(lab: Laboratory, rng: Random, day: int, n: int, clients: list[str]) -> Record:
    """One report issued on that day. The certificate must have been in force for the `QUIET_DAYS` before."""
    certificate = lab.institution.certificate_on(day - QUIET_DAYS, day)
    assert certificate is not None
    table, subject, entries = _choose(lab, rng, certificate, day)
    kind = _kind(rng, subject)
    when = _dates(lab, rng, subject, entries, day, kind != "委托送检")
    checked = rng.random() < subject.checked_share
    failing = _failing(rng, subject, entries) if checked else None
    instruments: dict[str, Instrument] = {}
    tester = lab.pick(rng, "检验检测人员", when.start, when.end).no
    items = []
    for seq, entry in enumerate(entries, start=1):
        tested = _tested(rng, entry, when)
        unit = instruments.get(entry.row.instrument)
        if unit is None or not unit.usable(tested):
            unit = instruments[entry.row.instrument] = lab.unit(rng, table.site.no, entry.row.instrument, tested)
        items.append(_item(rng, seq, entry, checked, entry is failing, unit.no, tested, tester))
    return _report(lab, rng, n, day, certificate, table, subject, kind, when, checked, failing, items, clients)


def _choose(
    lab: Laboratory, rng: Random, certificate: Certificate, day: int
) -> tuple[Table, Subject, tuple[Entry, ...]]:
    """Entries whose shortest test fits between the certificate's first day and the day of issue."""
    tables = lab.tables_of[certificate.number]
    room = _room(certificate, day)
    for attempt in range(80):
        table = tables[0] if rng.random() < 0.6 else rng.choice(tables)
        subject = rng.choice(list(table.entries))
        by_parameter: dict[str, list[Entry]] = {}
        for entry in table.entries[subject]:
            fits = entry.row.minutes <= max(room - 9, 0) * _DAY_MINUTES or entry.row.minutes < _DAY_MINUTES
            if fits and entry.holds(day - 60 if room > 60 else day - room, day):
                by_parameter.setdefault(entry.row.parameter, []).append(entry)
        if len(by_parameter) < (3 if attempt < 40 else 1):
            continue
        names = list(by_parameter)
        if not subject.is_vehicle:
            most = min(len(names), 8)
            kept = set(rng.sample(names, rng.randrange(min(3, most), most + 1)))
            names = [name for name in names if name in kept]
        return table, subject, tuple(rng.choice(by_parameter[name]) for name in names)
    raise AssertionError(f"{lab.institution.name} can test nothing on {iso(day)}")


def _room(certificate: Certificate, day: int) -> int:
    """Days on which the certificate was in force without a break up to that day."""
    start = certificate.issued
    if certificate.state is not None and certificate.state[2] is not None and certificate.state[2] < day:
        start = max(start, certificate.state[2] + 1)
    return day - start


def _kind(rng: Random, subject: Subject) -> str:
    if rng.random() < _SUPERVISED.get(subject.field, _SUPERVISED_ELSE):
        return "监督抽检"
    return "委托抽样" if rng.random() < subject.sampled_share else "委托送检"


def _dates(
    lab: Laboratory, rng: Random, subject: Subject, entries: tuple[Entry, ...], day: int, sampled: bool
) -> _Dates:
    """Backwards from the day of issue, on working days, not before the certificate; vehicles in one day."""
    if subject.is_vehicle:
        return _Dates(day if sampled else None, day, day, day)
    longest = max(-(-entry.row.minutes // _DAY_MINUTES) if entry.row.minutes >= _DAY_MINUTES else 0 for entry in entries)
    certificate = lab.institution.certificate_on(day - QUIET_DAYS, day)
    assert certificate is not None
    floor = day - _room(certificate, day)
    end = max(workday_back(day - rng.choices((0, 1, 2, 3), (20, 40, 25, 15))[0]), floor)
    start = max(workday_back(end - longest - rng.choices((0, 1, 2, 3), (30, 35, 25, 10))[0]), floor)
    received = max(workday_back(start - rng.choices((0, 1, 2), (45, 40, 15))[0]), floor)
    taken = max(workday_back(received - rng.choices((0, 1), (60, 40))[0]), floor) if sampled else None
    return _Dates(taken, received, start, end)


def _failing(rng: Random, subject: Subject, entries: tuple[Entry, ...]) -> Entry | None:
    """The entry that breaks its limit, or None when the report conforms."""
    if rng.random() >= subject.fail_share:
        return None
    able = [entry for entry in entries if results.can_fail(entry.row)]
    return rng.choice(able) if able else None


def _tested(rng: Random, entry: Entry, when: _Dates) -> int:
    """The day on which the test began; a long test begins early enough to end in time."""
    whole = -(-entry.row.minutes // _DAY_MINUTES) if entry.row.minutes >= _DAY_MINUTES else 0
    latest = max(when.end - whole, when.start)
    return max(workday_back(rng.randrange(when.start, latest + 1)), when.start)


def _item(
    rng: Random, seq: int, entry: Entry, checked: bool, fails: bool, unit: str, tested: int, tester: str
) -> dict[str, Any]:
    row = entry.row
    item: dict[str, Any] = {
        "seq": seq,
        "parameter": row.parameter,
        "standard": entry.standard,
        "result": results.draw(rng, row, fails=fails),
    }
    if row.unit is not None:
        item["unit"] = row.unit
    if checked and row.limit is not None:
        item["limit"] = row.limit
    judged = checked and row.limit is not None
    item["verdict"] = ("不合格" if fails else "合格") if judged else "不判定"
    item["instruments"] = [unit]
    item["tested_on"] = iso(tested)
    item["tester"] = tester
    return item


def _report(
    lab: Laboratory,
    rng: Random,
    n: int,
    day: int,
    certificate: Certificate,
    table: Table,
    subject: Subject,
    kind: str,
    when: _Dates,
    checked: bool,
    failing: Entry | None,
    items: list[dict[str, Any]],
    clients: list[str],
) -> Record:
    it = lab.institution
    year = date.fromordinal(day).year
    number = own_number(lab, year, n)
    place = table.site.division
    record: Record = {
        "own_number": number,
        "uscc": it.uscc,
        "cma_marked": True,
        "certificate_number": certificate.number,
        "site_no": table.site.no,
        "title": f"{subject.category}{'检验' if checked else '检测'}报告".replace("检验检验", "检验"),
        "form": "检验" if checked else "检测",
        "kind": kind,
        "client_name": _client(rng, subject, kind, place.city, clients),
        "client_address": f"{place.city}{place.district}示例路{rng.randrange(1, 900)}号",
        "sample_name": rng.choice(subject.samples),
        "sample_no": f"{it.letters}Y{year % 100}{n:06}-1",
        "sample_count": 1 if subject.is_vehicle else rng.choices((1, 2, 3, 6), (60, 20, 15, 5))[0],
        "received_on": iso(when.received),
        "tested_from": iso(when.start),
        "tested_to": iso(when.end),
        "prepared_by": lab.pick(rng, "报告编制", day, day).no,
        "reviewed_by": lab.pick(rng, "报告审核", day, day).no,
        "signatory": lab.signatory(rng, subject.category, day).no,
        "issued_on": iso(day),
        "verdict": ("合格" if failing is None else "不合格") if checked else "不判定",
        "file_digest_algorithm": "sm3" if it.index % 10 < 7 else "sha256",
        "file_pages": 2 + len(items) // 6 + rng.randrange(2),
        "items": items,
    }
    if checked:
        named = "符合" if failing is None else f"{failing.row.parameter}不符合"
        record["conclusion"] = f"依据{subject.basis}，所检项目{named}要求。"
    if when.sampled is not None:
        record["sampled_on"] = iso(when.sampled)
        record["sampling_place"] = f"{place.city}{place.district}示例{rng.choice(('路', '村', '街', '园区'))}采样点"
    if subject.field in ("00", "02", "04", "10", "11") and rng.random() < 0.7:
        record["producer"] = company(rng, place.city)
        record["sample_batch"] = iso(when.received - rng.randrange(5, 120)).replace("-", "")
    record["file_digest"] = file_digest(record["file_digest_algorithm"], f"{it.uscc} {number} 模拟数据")
    return record


def _client(rng: Random, subject: Subject, kind: str, city: str, clients: list[str]) -> str:
    if kind == "监督抽检":
        return f"{city}示例市场监督管理局"
    if subject.is_vehicle and rng.random() < 0.8:
        return f"示例车主{person(rng)[0]}某"
    return rng.choice(clients)


def file_digest(algorithm: str, text: str) -> str:
    """64 hex digits; the text stands for the file that nobody printed.

    >>> file_digest("sm3", "abc")[:8], file_digest("sha256", "abc")[:8]
    ('66c7f0f4', 'ba7816bf')
    """
    if algorithm == "sha256":
        return hashlib.sha256(text.encode()).hexdigest()
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(text.encode())
    return sm3.finalize().hex()
