"""Reports that must be refused, each an honest one with one thing wrong. The key names the rule it breaks."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from random import Random

from .days import iso, workday_back
from .institution import Record
from .laboratory import Laboratory
from .methods import subjects
from .numbering import numbering
from .report import QUIET_DAYS, draft
from .results import draw
from .streams import stream

_SERIAL = 900_000
"""Where the numbers of faulty reports begin, far from those of honest ones."""


def faulty(labs: Sequence[Laboratory], seed: int, on: int, each: int) -> Iterator[tuple[str, Record]]:
    """`each` reports for every rule; fewer when no laboratory in `labs` has what the fault needs."""
    for place, (rule, breaks) in enumerate(_RULES.items()):
        rng = stream(seed, "fault", rule)
        shifted = [labs[(place * 7 + step) % len(labs)] for step in range(len(labs))]
        found = ((lab, report) for lab in shifted if (report := breaks(lab, labs, rng, on)) is not None)
        for number, (lab, report) in enumerate(islice(found, each)):
            serial = _SERIAL + place * 1_000 + number
            yield rule, report | numbering(lab.institution, date.fromisoformat(report["issued_on"]).year, serial)


_Break = Callable[[Laboratory, Sequence[Laboratory], Random, int], Record | None]


def _honest(lab: Laboratory, rng: Random, on: int) -> tuple[Record, int] | None:
    """An honest report of the last weeks and its day of issue; None when the institution may not issue any more."""
    for back in range(1, 60):
        day = workday_back(on - back)
        if lab.institution.certificate_on(day - QUIET_DAYS, day) is not None:
            return draft(lab, rng, day, _SERIAL, ["示例委托有限公司"]), day
    return None


def _category(lab: Laboratory, report: Record) -> str:
    item = report["items"][0]
    return next(
        subject.category
        for table in lab.tables_of[report["certificate_number"]]
        for subject, entries in table.entries.items()
        for entry in entries
        if entry.row.parameter == item["parameter"] and entry.standard == item["standard"]
        if report["sample_name"] in subject.samples
    )


def _reissued(lab: Laboratory, rng: Random, report: Record, day: int) -> Record:
    """The same report issued on another day, by people who are there on that day."""
    return {
        **report,
        "issued_on": iso(day),
        "signatory": lab.signatory(rng, _category(lab, report), day).no,
        "prepared_by": lab.pick(rng, "报告编制", day, day).no,
        "reviewed_by": lab.pick(rng, "报告审核", day, day).no,
    }


def _signatory_not_authorised(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    """A signatory for another category where there is one, else somebody who may sign nothing.

    One row may stand in two categories (lead in food and in farm produce): none of them may be covered.
    """
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, day = made
    tested = {(item["parameter"], item["standard"]) for item in report["items"]}
    categories = {
        entry.row.category
        for table in lab.tables
        for entries in table.entries.values()
        for entry in entries
        if (entry.row.parameter, entry.standard) in tested
    }
    signing = {
        grant.staff_no for grant in lab.authorisations if any(grant.covers(category, day) for category in categories)
    }
    others = [one for one in lab.people if one.employed(day, day) and one.no not in signing]
    others.sort(key=lambda one: "授权签字人" not in one.roles)
    return {**report, "signatory": others[0].no} if others else None


def _out_of_scope(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, _day = made
    held = {entry.row.parameter for table in lab.tables for entries in table.entries.values() for entry in entries}
    foreign = [row for subject in subjects() for row in subject.rows if row.parameter not in held]
    row = rng.choice(foreign)
    item = report["items"][0]
    item |= {"parameter": row.parameter, "standard": row.standard, "result": draw(rng, row, fails=False)}
    item.pop("unit", None)
    if row.unit is not None:
        item["unit"] = row.unit
    if "limit" in item:
        item["limit"] = row.limit or "/"
    return report


def _standard_year_unknown(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, _day = made
    item = report["items"][0]
    held = {entry.standard for table in lab.tables for entries in table.entries.values() for entry in entries}
    code, _dash, year = item["standard"].rpartition("-")
    item["standard"] = next(other for back in range(4, 60) if (other := f"{code}-{int(year) - back}") not in held)
    return report


def _standard_without_year(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, _day = made
    item = report["items"][0]
    item["standard"] = item["standard"].rpartition("-")[0]
    return report


def _certificate_expired(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    """Tested while the certificate was in force, issued after it ran out."""
    for certificate in lab.institution.certificates:
        day = workday_back(certificate.expires)
        if not on - 250 < certificate.expires < on - 15 or not certificate.good(day - QUIET_DAYS, day):
            continue
        report = draft(lab, rng, day, _SERIAL, ["示例委托有限公司"])
        return _reissued(lab, rng, report, certificate.expires + rng.randrange(3, 12))
    return None


def _calibration_overdue(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, day = made
    for unit in lab.instruments:
        there = unit.site_no == report["site_no"] and unit.state == "在用" and unit.first <= day - 60
        if there and unit.needs_calibration and all(one.due < day - 60 for one in unit.calibrations):
            report["items"][0]["instruments"] = [unit.no]
            return report
    return None


def _instrument_unknown(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, _day = made
    report["items"][0]["instruments"] = [f"{lab.institution.letters}-YQ-9999"]
    return report


def _dates_out_of_order(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    """Received after it was tested."""
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, day = made
    return {**report, "received_on": iso(day + 1)}


def _future_issue_date(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None or lab.institution.certificate_on(made[1] - QUIET_DAYS, on + 9) is None:
        return None
    report, _day = made
    return _reissued(lab, rng, report, on + rng.randrange(2, 9))


def _signatory_unknown(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    return None if made is None else {**made[0], "signatory": "R9999"}


def _site_unknown(lab: Laboratory, _: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    return None if made is None else {**made[0], "site_no": "99"}


def _certificate_of_another(lab: Laboratory, labs: Sequence[Laboratory], rng: Random, on: int) -> Record | None:
    made = _honest(lab, rng, on)
    if made is None:
        return None
    report, day = made
    for other in labs:
        if other.institution.uscc != lab.institution.uscc and other.institution.current.good(day, day):
            return {**report, "certificate_number": other.institution.current.number}
    return None


_RULES: dict[str, _Break] = {
    "signatory_not_authorised": _signatory_not_authorised,
    "out_of_scope": _out_of_scope,
    "standard_year_unknown": _standard_year_unknown,
    "standard_without_year": _standard_without_year,
    "certificate_expired": _certificate_expired,
    "calibration_overdue": _calibration_overdue,
    "instrument_unknown": _instrument_unknown,
    "dates_out_of_order": _dates_out_of_order,
    "future_issue_date": _future_issue_date,
    "signatory_unknown": _signatory_unknown,
    "site_unknown": _site_unknown,
    "certificate_of_another": _certificate_of_another,
}
