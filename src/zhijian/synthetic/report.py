"""One honest report of a laboratory: admissible by every rule the platform checks."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from . import results
from .capability import Entry, Table
from .days import iso, workday_back
from .institution import Certificate, Record
from .instrument import Instrument
from .laboratory import Laboratory
from .methods import Subject
from .names import company, person
from .numbering import numbering

_SUPERVISED = {"05": 0.05, "00": 0.16, "04": 0.15, "12": 0.1, "01": 0.1}
_SUPERVISED_ELSE = 0.11
"""Shares of official sampling by field, set so that commissions come to the published 90.75 %."""
_DAY_MINUTES = 1_440
QUIET_DAYS = 14
"""No report in the first days under a certificate: testing comes first."""
_SPARE_DAYS = 12
"""Kept free when a test must fit after the certificate's first day: holidays and the days in between."""


@dataclass(frozen=True, slots=True)
class _Dates:
    sampled: int | None
    received: int
    start: int
    end: int
    issued: int


@dataclass(frozen=True, slots=True)
class _Work:
    """What is tested where, under which certificate."""

    certificate: Certificate
    table: Table
    subject: Subject
    entries: tuple[Entry, ...]
    kind: str
    checked: bool
    failing: Entry | None
    """The entry that breaks its limit; None when the report conforms or gives no verdict."""


def draft(lab: Laboratory, rng: Random, day: int, n: int, clients: list[str]) -> Record:
    """One report issued on that day. A certificate must have been in force for the `QUIET_DAYS` before it.

    `n` numbers it within the year; `clients` are who may have commissioned it.
    """
    work, room = _work(lab, rng, day)
    when = _dates(rng, work, day, room)
    tester = lab.pick(rng, "检验检测人员", when.start, when.end).no
    instruments: dict[str, Instrument] = {}
    items = []
    for seq, entry in enumerate(work.entries, start=1):
        kind, tested = entry.row.instrument, _tested(rng, entry, when)
        unit = instruments.get(kind)
        if unit is None or not unit.usable(tested):
            unit = instruments[kind] = lab.unit(rng, work.table.site.no, kind, tested)
        item = {"seq": seq, **_outcome(rng, entry, work)}
        items.append(item | {"instruments": [unit.no], "tested_on": iso(tested), "tester": tester})
    return {
        **numbering(lab.institution, date.fromordinal(day).year, n),
        **_head(rng, work, clients),
        **_days(when),
        "uscc": lab.institution.uscc,
        "prepared_by": lab.pick(rng, "报告编制", day, day).no,
        "reviewed_by": lab.pick(rng, "报告审核", day, day).no,
        "signatory": lab.signatory(rng, work.subject.category, day).no,
        **_verdict(work),
        **_origin(rng, work, when),
        "file_pages": 2 + len(items) // 6 + rng.randrange(2),
        "items": items,
    }


def _work(lab: Laboratory, rng: Random, day: int) -> tuple[_Work, int]:
    """And for how many days up to that day the certificate was in force without a break."""
    certificate = lab.institution.certificate_on(day - QUIET_DAYS, day)
    if certificate is None:
        raise ValueError(f"{lab.institution.name} held no certificate up to {iso(day)}")
    room = day - certificate.issued
    if certificate.state is not None and certificate.state[2] is not None and certificate.state[2] < day:
        room = min(room, day - certificate.state[2] - 1)
    table, subject, entries = _choose(rng, lab.tables_of[certificate.number], day, room)
    kind = "委托抽样" if rng.random() < subject.sampled_share else "委托送检"
    if rng.random() < _SUPERVISED.get(subject.field, _SUPERVISED_ELSE):
        kind = "监督抽检"
    checked = rng.random() < subject.checked_share
    able = [entry for entry in entries if results.can_fail(entry.row)] if checked else []
    failing = rng.choice(able) if able and rng.random() < subject.fail_share else None
    return _Work(certificate, table, subject, entries, kind, checked, failing), room


def _choose(rng: Random, tables: list[Table], day: int, room: int) -> tuple[Table, Subject, tuple[Entry, ...]]:
    """Three to eight parameters of one object (of a vehicle: all), each by one standard, whose test fits in `room`."""
    longest = max(room - _SPARE_DAYS, 1) * _DAY_MINUTES
    since = day - min(room, 60)
    for attempt in range(80):
        table = tables[0] if rng.random() < 0.6 else rng.choice(tables)
        subject = rng.choice(list(table.entries))
        offered: dict[str, list[Entry]] = {}
        for entry in table.entries[subject]:
            if entry.row.minutes <= longest and entry.holds(since, day):
                offered.setdefault(entry.row.parameter, []).append(entry)
        if len(offered) < (3 if attempt < 40 else 1):
            continue
        names = list(offered)
        if not subject.is_vehicle:
            most = min(len(names), 8)
            kept = set(rng.sample(names, rng.randrange(min(3, most), most + 1)))
            names = [name for name in names if name in kept]
        return table, subject, tuple(rng.choice(offered[name]) for name in names)
    raise ValueError(f"nothing can be tested in {room} days up to {iso(day)}")


def _whole_days(entry: Entry) -> int:
    """Days a test needs; one of less than a day fits into any."""
    return -(-entry.row.minutes // _DAY_MINUTES) if entry.row.minutes >= _DAY_MINUTES else 0


def _dates(rng: Random, work: _Work, day: int, room: int) -> _Dates:
    """Backwards from the day of issue, on working days, not before the certificate; vehicles in one day."""
    sampled = work.kind != "委托送检"
    if work.subject.is_vehicle:
        return _Dates(day if sampled else None, day, day, day, day)

    def back(from_day: int, lags: tuple[int, ...], odds: tuple[int, ...]) -> int:
        return max(workday_back(from_day - rng.choices(lags, odds)[0]), day - room)

    end = back(day, (0, 1, 2, 3), (20, 40, 25, 15))
    start = back(end - max(map(_whole_days, work.entries)), (0, 1, 2, 3), (30, 35, 25, 10))
    received = back(start, (0, 1, 2), (45, 40, 15))
    return _Dates(back(received, (0, 1), (60, 40)) if sampled else None, received, start, end, day)


def _tested(rng: Random, entry: Entry, when: _Dates) -> int:
    """The day on which the test began; a long test begins early enough to end in time."""
    latest = max(when.end - _whole_days(entry), when.start)
    return max(workday_back(rng.randrange(when.start, latest + 1)), when.start)


def _outcome(rng: Random, entry: Entry, work: _Work) -> dict[str, Any]:
    row, fails = entry.row, entry is work.failing
    item = {"parameter": row.parameter, "standard": entry.standard, "result": results.draw(rng, row, fails=fails)}
    if row.unit is not None:
        item["unit"] = row.unit
    if not work.checked or row.limit is None:
        return item | {"verdict": "不判定"}
    return item | {"limit": row.limit, "verdict": "不合格" if fails else "合格"}


def _head(rng: Random, work: _Work, clients: list[str]) -> Record:
    place, subject = work.table.site.division, work.subject
    word = "检验" if work.checked else "检测"
    client = rng.choice(clients)
    if work.kind == "监督抽检":
        client = f"{place.city}示例市场监督管理局"
    elif subject.is_vehicle and rng.random() < 0.8:
        client = f"示例车主{person(rng)[0]}某"
    return {
        "cma_marked": True,
        "certificate_number": work.certificate.number,
        "site_no": work.table.site.no,
        "title": f"{subject.category.removesuffix('检验')}{word}报告",
        "form": word,
        "kind": work.kind,
        "client_name": client,
        "client_address": f"{place.city}{place.district}示例路{rng.randrange(1, 900)}号",
        "sample_name": rng.choice(subject.samples),
        "sample_count": 1 if subject.is_vehicle else rng.choices((1, 2, 3, 6), (60, 20, 15, 5))[0],
    }


def _days(when: _Dates) -> Record:
    record = {
        "received_on": iso(when.received),
        "tested_from": iso(when.start),
        "tested_to": iso(when.end),
        "issued_on": iso(when.issued),
    }
    return record if when.sampled is None else {"sampled_on": iso(when.sampled)} | record


def _verdict(work: _Work) -> Record:
    if not work.checked:
        return {"verdict": "不判定"}
    says = "符合" if work.failing is None else f"{work.failing.row.parameter}不符合"
    return {
        "verdict": "合格" if work.failing is None else "不合格",
        "conclusion": f"依据{work.subject.basis}，所检项目{says}要求。",
    }


def _origin(rng: Random, work: _Work, when: _Dates) -> Record:
    """Where the sample comes from."""
    place, record = work.table.site.division, {}
    if when.sampled is not None:
        spot = rng.choice(("路", "村", "街", "园区"))
        record["sampling_place"] = f"{place.city}{place.district}示例{spot}采样点"
    if work.subject.field in ("00", "02", "04", "10", "11") and rng.random() < 0.7:
        record["producer"] = company(rng, place.city)
        record["sample_batch"] = iso(when.received - rng.randrange(5, 120)).replace("-", "")
    return record
