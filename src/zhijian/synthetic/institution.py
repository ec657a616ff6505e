"""One institution: its name and code, sites and certificates, with what happened to them."""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from . import mix, numbers
from .days import iso
from .methods import Division, Province
from .names import brand
from .streams import stream

Record = dict[str, Any]
"""A record of the specification: element ids to JSON-able values; what is absent has no key."""

TERM_YEARS = 6
WINDOW_DAYS = 304
"""Reports are spread over the ten months that end on the as-of day."""


@dataclass(frozen=True, slots=True)
class Site:
    no: str
    division: Division
    address: str
    used_from: int


@dataclass(frozen=True, slots=True)
class Certificate:
    number: str
    issued: int
    expires: int
    batch: str
    state: tuple[str, int, int | None, str] | None = None
    """State, first day, last day (None while it lasts), reason."""

    def good(self, first: int, last: int) -> bool:
        """In force on every day from first to last."""
        if first < self.issued or last > self.expires:
            return False
        if self.state is None:
            return True
        _, begin, end, _ = self.state
        return last < begin or (end is not None and first > end)


@dataclass(frozen=True, slots=True)
class Institution:
    index: int
    province: Province
    line: mix.Line
    score: float
    uscc: str
    name: str
    brand: str
    letters: str
    legal_form: str
    ownership: str
    established: int
    phone: str
    sites: tuple[Site, ...]
    certificates: tuple[Certificate, ...]
    """Oldest first."""

    @property
    def current(self) -> Certificate:
        return self.certificates[-1]

    def certificate_on(self, first: int, last: int) -> Certificate | None:
        """The one in force on every day from first to last."""
        return next((one for one in self.certificates if one.good(first, last)), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an institution stands in the world before anything is drawn for it."""

    index: int
    ordinal: int
    """Its count within the province: it keeps certificate and telephone numbers apart."""
    province: Province
    line: mix.Line
    score: float


def found(seat: Seat, seed: int, on: int) -> Institution:
    index, province, line = seat.index, seat.province, seat.line
    rng = stream(seed, index, "institution")
    home = rng.choice(province.divisions)
    form, ownership = mix.legal_form(rng, line)
    kind = {"企业": "91", "事业": "12"}.get(form, "52")
    two, letters = brand(rng.randrange(1640))
    certificates, established = _certificates(rng, seat, on)
    return Institution(
        index=index,
        province=province,
        line=line,
        score=seat.score,
        uscc=numbers.uscc(kind, home.code, seed * 1_000_003 + index),
        name=_name(rng, home, line, form, two),
        brand=two,
        letters=letters,
        legal_form=form,
        ownership=ownership,
        established=established,
        phone=numbers.phone(home.phone, seat.ordinal),
        sites=_sites(rng, home, seat, established=established, on=on),
        certificates=certificates,
    )


def records(it: Institution, people: dict[str, str], staff_count: int, seed: int) -> list[tuple[str, Record]]:
    """Institution, sites, certificates and their states. `people`: names of those the institution's record names."""
    rng = stream(seed, it.index, "record")
    home = it.sites[0]
    institution: Record = {
        "uscc": it.uscc,
        "name": it.name,
        "legal_form": it.legal_form,
        "independent": rng.random() < 0.93,
        "ownership": it.ownership,
        "division": home.division.code,
        "address": home.address,
        **people,
        "contact_phone": it.phone,
        "public_phone": it.phone,
        "fields": list(it.line.fields),
        "staff_count": staff_count,
        "area_m2": round(rng.uniform(22, 60) * staff_count + 200, 0),
        "credit_class": rng.choices("ABCD", (34, 56, 8, 2))[0],
        "established_on": iso(it.established),
    }
    found_records: list[tuple[str, Record]] = [("institution", institution)]
    found_records += [("site", _site_record(it, site)) for site in it.sites]
    for one in it.certificates:
        found_records.append(("certificate", _certificate_record(it, one)))
    for one in it.certificates:
        if one.state is not None:
            state, first, last, reason = one.state
            record: Record = {"number": one.number, "state": state, "from_on": iso(first), "reason": reason}
            if last is not None:
                record["to_on"] = iso(last)
            found_records.append(("certificate_state", record))
    return found_records


def _site_record(it: Institution, site: Site) -> Record:
    return {
        "uscc": it.uscc,
        "site_no": site.no,
        "name": f"{it.brand}（示例）{'总部' if site.no == '1' else '第' + site.no}实验室",
        "division": site.division.code,
        "address": site.address,
        "used_from": iso(site.used_from),
    }


def _certificate_record(it: Institution, one: Certificate) -> Record:
    return {
        "number": one.number,
        "uscc": it.uscc,
        "authority": f"{it.province.name}市场监督管理局（模拟）",
        "issued_on": iso(one.issued),
        "expires_on": iso(one.expires),
    }


def _name(rng: Random, home: Division, line: mix.Line, form: str, two: str) -> str:
    place = home.city.removesuffix("市") if rng.random() < 0.6 else home.district
    label = "示例" if rng.random() < 0.7 else "模拟"
    match form:
        case "企业":
            return f"{place}{label}{two}{line.word}{rng.choice(('有限公司', '技术有限公司', '科技有限公司'))}"
        case "事业":
            return f"{home.city}{label}{two}{line.word}{rng.choice(('中心', '院', '所'))}"
        case _:
            return f"{place}{label}{two}{line.word}服务中心"


def _sites(rng: Random, home: Division, seat: Seat, *, established: int, on: int) -> tuple[Site, ...]:
    """About 15 % have several, large ones oftener."""
    province = seat.province
    several = rng.random() < (0.45 if seat.score > 1 else 0.09)
    count = rng.choices((2, 3, 4), (70, 22, 8))[0] if several else 1
    sites = []
    for number in range(1, count + 1):
        at = home if number == 1 or rng.random() < 0.5 else rng.choice(province.divisions)
        city = "" if at.city == province.name else at.city
        address = f"{province.name}{city}{at.district}示例路{rng.randrange(1, 900)}号"
        opened = established if number == 1 else min(established + rng.randrange(200, 2400), on - 500)
        sites.append(Site(str(number), at, address, max(opened, established)))
    return tuple(sites)


def _certificates(rng: Random, seat: Seat, on: int) -> tuple[tuple[Certificate, ...], int]:
    """Certificates oldest first, and the day of founding.

    Which story an institution has goes by its index, so that a small world has one of each: renewed within the window
    (1 in 7, as a term of six years makes it), newly certified (1 in 23), expired (1 in 29), suspended for a time (1 in
    13). Revocation is rare (0.76 % a year).
    """
    index, line = seat.index, seat.line
    state: tuple[str, int, int | None, str] | None = None
    renewed = True
    if index % 7 == 3:
        issued = on - rng.randrange(60, 240)
    elif index % 23 == 11:
        issued, renewed = on - rng.randrange(100, 200), False
    elif index % 29 == 17:
        issued = _years(on - rng.randrange(60, 160), -TERM_YEARS)
        renewed = rng.random() < 0.5
    else:
        issued = on - rng.randrange(WINDOW_DAYS + 60, 2_150)
        renewed = rng.random() < 0.55
    if index % 13 == 6 and issued < on - 300:
        begin = on - rng.randrange(110, 260)
        state = "暂停", begin, begin + rng.randrange(30, 91), "能力验证结果不满意，限期整改"
    elif rng.random() < 0.0076 and issued < on - 300:
        state = "撤销", on - rng.randrange(10, 250), None, "出具虚假检验检测报告（模拟）"
    field = "00" if "00" in line.fields else line.fields[0]
    ministry = rng.choice(line.ministries)

    def number(day: int, which: int) -> str:
        serial = seat.ordinal * 2 + which
        return numbers.cma_number(date.fromordinal(day).year, seat.province.authority, field, ministry, serial)

    current = Certificate(
        number(issued, 1), issued, _years(issued, TERM_YEARS) - 1, "复查" if renewed else "首次", state
    )
    if not renewed:
        return (current,), issued - rng.randrange(150, 500)
    first = _years(issued, -TERM_YEARS)
    old = Certificate(number(first, 0), first, issued - 1, "首次")
    return (old, current), first - rng.randrange(150, 4_500)


def _years(day: int, years: int) -> int:
    at = date.fromordinal(day)
    leap_day = (at.month, at.day) == (2, 29)
    return at.replace(year=at.year + years, day=28 if leap_day else at.day).toordinal()
