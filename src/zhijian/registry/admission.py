"""May this report carry the CMA mark? Every rule that speaks against it, with its place, basis and remedy.

A report without the mark is held to the order of its times and to known people and sites only.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

from zhijian.registry.law import METROLOGY, SUPERVISION_ON, Basis, accreditation, criteria, supervision
from zhijian.registry.model import (
    Capability,
    Certificate,
    Finding,
    InstitutionFacts,
    Person,
    normal_parameter,
    standard_without_year,
)

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One report before the rules: its facts, its institution, the day it is judged on."""

    report: Report
    facts: InstitutionFacts
    today: date

    def day(self, name: str) -> date:
        return date.fromisoformat(self.report[name])

    @property
    def certificate(self) -> Certificate | None:
        return self.facts.certificates.get(self.report.get("certificate_number") or "")

    @cached_property
    def tested(self) -> list[date]:
        """Day of each item."""
        return [date.fromisoformat(item["tested_on"]) for item in self.report["items"]]

    @cached_property
    def covering(self) -> list[tuple[Capability, ...]]:
        """For each item the rows of the capability table that cover it; none without a known certificate."""
        if (certificate := self.certificate) is None:
            return []
        number, site = certificate.number, self.report["site_no"]
        return [
            self.facts.capabilities_on(number, site, item["parameter"], item["standard"], on)
            for item, on in zip(self.report["items"], self.tested, strict=True)
        ]


def findings(report: Report, facts: InstitutionFacts, today: date) -> list[Finding]:
    """What speaks against registering `report` (well-formed by the specification's schema). Empty: admitted."""
    case = Case(report, facts, today)
    rules = ALWAYS + (WITH_MARK if report["cma_marked"] else ())
    return [finding for rule in rules for finding in rule(case)]


def certificate_is_ours(case: Case) -> Iterator[Finding]:
    """With the mark or without: the pair of certificate and own number is a second key that the public searches by."""
    number = case.report.get("certificate_number")
    if number and case.certificate is None:
        yield Finding(
            "certificate-unknown", "/certificate_number", number,
            f"证书 {number} 没有登记在本机构名下", f"certificate {number} is not registered for this institution",
            "核对证书编号；新证书请先在登记部门登记", "compare the number; have a new certificate registered first",
            accreditation("第三十七条", case.day("issued_on")),
        )  # fmt: skip


def certificate_is_in_force(case: Case) -> Iterator[Finding]:
    number = case.report.get("certificate_number")
    issued = case.day("issued_on")
    if not number:
        yield Finding("certificate-missing", "/certificate_number", None,
                      "使用资质认定标志的报告须写证书编号", "a report with the CMA mark names its certificate",
                      "填写证书编号，或将 cma_marked 改为 false", "give the certificate number, or set cma_marked to false",
                      accreditation("第三十五条", issued))  # fmt: skip
    elif case.certificate and (state := case.certificate.state_on(issued)) != "有效":
        term = case.certificate.term
        yield Finding("certificate-not-in-force", "/issued_on", case.report["issued_on"],
                      f"签发当日证书 {number} 状态为{state}（有效期 {term.from_on} 至 {term.to_on}）",
                      f"certificate {number} was not in force that day ({_STATE_EN[state]}; term {term.from_on} to {term.to_on})",
                      "不得使用资质认定标志出具报告；核对签发日期或换发证书后重新出具",
                      "no report with the CMA mark may be issued; check the date, or issue under a certificate in force",
                      accreditation("第三十四条、第三十七条", issued))  # fmt: skip


def certificate_was_in_force_when_tested(case: Case) -> Iterator[Finding]:
    """A test done while the certificate was suspended does not become a test within scope by waiting."""
    certificate, seen = case.certificate, set()
    for at, on in enumerate(case.tested if certificate else ()):
        if on in seen:
            continue
        seen.add(on)  # one finding a day, at its first item
        if certificate and (state := certificate.state_on(on)) != "有效":
            yield Finding("certificate-not-in-force-when-tested", f"/items/{at}/tested_on", on.isoformat(),
                          f"检测当日证书 {certificate.number} 状态为{state}",
                          f"certificate {certificate.number} was not in force on the day of the test ({_STATE_EN[state]})",
                          "该项目不得使用资质认定标志；核对检测日期，或在证书有效期间重新检测",
                          "the mark may not cover this item; check the date, or test again while the certificate is in force",
                          accreditation("第三十四条、第三十七条", on))  # fmt: skip


def site_is_registered(case: Case) -> Iterator[Finding]:
    site = case.facts.sites.get(case.report["site_no"])
    days = [case.day("tested_from"), case.day("tested_to")]
    if site is None or not all(site.used.covers(on) for on in days):
        known = "、".join(sorted(case.facts.sites))
        yield Finding("site-unknown", "/site_no", case.report["site_no"],
                      f"检测当日没有这个场所的登记；已登记：{known}", f"no such site on the day of the test; registered: {known}",
                      "使用已登记的场所编号，或先办理场所变更", "use a registered site, or register the change first",
                      accreditation("第十四条", case.day("tested_from")))  # fmt: skip


def items_are_within_scope(case: Case) -> Iterator[Finding]:
    certificate = case.certificate
    if certificate is None or case.report["site_no"] not in case.facts.sites:
        return
    for at, rows in enumerate(case.covering):
        if not rows:
            item = case.report["items"][at]
            listed = case.facts.scope.get(
                (certificate.number, case.report["site_no"], normal_parameter(item["parameter"])), ()
            )
            yield _out_of_scope(case, at, case.tested[at], listed)


def _out_of_scope(case: Case, at: int, tested_on: date, rows: tuple[Capability, ...]) -> Finding:
    item = case.report["items"][at]
    parameter, standard = item["parameter"], item["standard"]
    basis = accreditation("第三十六条", tested_on)
    in_force = [r.standard for r in rows if r.valid.covers(tested_on)]
    same = [s for s in in_force if standard_without_year(s) == standard_without_year(standard)]
    if same:
        return Finding("standard-year-unknown", f"/items/{at}/standard", standard,
                       f"能力附表中“{parameter}”的标准为 {'、'.join(same)}，没有 {standard}",
                       f"the capability table has {', '.join(same)} for this parameter, not {standard}",
                       f"标准有误时改为 {same[0]}；标准已更新时先办理标准变更",
                       f"correct it to {same[0]}, or have the change of standard approved first", basis)  # fmt: skip
    if in_force:
        listed = "、".join(in_force[:5])
        return Finding("standard-out-of-scope", f"/items/{at}/standard", standard,
                       f"能力附表中“{parameter}”没有标准 {standard}；有：{listed}",
                       f"the capability table has no {standard} for this parameter; it has {listed}",
                       "使用能力附表内的标准，或不使用资质认定标志", "use a standard within scope, or do not use the mark",
                       basis)  # fmt: skip
    return Finding("parameter-out-of-scope", f"/items/{at}/parameter", parameter,
                   f"检测当日该场所的能力附表没有“{parameter}”", "the site's capability table has no such parameter on that day",
                   "超出资质认定范围的项目不得使用资质认定标志；核对参数名称与能力附表一致",
                   "outside the scope the mark may not be used; spell the parameter as the capability table does",
                   basis)  # fmt: skip


def signatory_is_authorised(case: Case) -> Iterator[Finding]:
    who = case.report["signatory"]
    issued = case.day("issued_on")
    person = case.facts.people.get(who)
    if person is None or not person.employed.covers(issued):
        yield Finding("signatory-unknown", "/signatory", who,
                      f"签发当日 {who} 不是本机构登记的在职人员", f"{who} is not on the institution's staff on that day",
                      "核对人员编号；新人员请先登记", "compare the staff number; register new staff first",
                      supervision("第十二条", issued))  # fmt: skip
        return
    if not case.report["cma_marked"]:
        return
    missing = sorted("、".join(sorted(some)) for some in _categories(case) if not _may_sign(person, some, issued))
    if missing:
        listed = "、".join(missing)
        yield Finding("signatory-not-authorised", "/signatory", who,
                      f"签发当日 {who} 未获授权签发：{listed}", f"{who} was not authorised that day to sign: {listed}",
                      "由在授权范围内的签字人签发", "have it signed by a signatory within whose scope it falls",
                      supervision("第十二条", issued))  # fmt: skip


def _categories(case: Case) -> set[frozenset[str]]:
    """Of the items the categories under which the scope has each; an item out of scope is another rule's finding."""
    return {frozenset([r.category for r in rows]) for rows in case.covering if rows}


def _may_sign(person: Person, categories: frozenset[str], on: date) -> bool:
    return any(span.covers(on) and (what & (categories | {"*"})) for what, span in person.authorised)


def people_are_known(case: Case) -> Iterator[Finding]:
    """Whoever the report names besides its signatory was on the staff on the day of his part."""
    issued = case.day("issued_on")
    for role in ("prepared_by", "reviewed_by"):
        who = case.report.get(role)
        if who and not _on_staff(case, who, issued):
            yield _unknown_person(f"/{role}", who, issued)
    for at, (item, on) in enumerate(zip(case.report["items"], case.tested, strict=True)):
        who = item.get("tester")
        if who and not _on_staff(case, who, on):
            yield _unknown_person(f"/items/{at}/tester", who, on)


def _on_staff(case: Case, who: str, on: date) -> bool:
    person = case.facts.people.get(who)
    return person is not None and person.employed.covers(on)


def _unknown_person(pointer: str, who: str, on: date) -> Finding:
    return Finding("person-unknown", pointer, who,
                   f"{on} 当日 {who} 不是本机构登记的在职人员", f"{who} was not on the institution's staff on {on}",
                   "核对人员编号；新人员请先登记", "compare the staff number; register new staff first",
                   supervision("第十二条", on))  # fmt: skip


def instruments_are_calibrated(case: Case) -> Iterator[Finding]:
    good = set()  # most items of a report were tested with the same ones on the same day
    for at, (item, on) in enumerate(zip(case.report["items"], case.tested, strict=True)):
        for n, management_no in enumerate(item.get("instruments") or ()):
            if (management_no, on) in good:
                continue
            if found := _instrument(case, f"/items/{at}/instruments/{n}", management_no, on):
                yield found
            else:
                good.add((management_no, on))


def _instrument(case: Case, pointer: str, management_no: str, on: date) -> Finding | None:
    instrument = case.facts.instruments.get(management_no)
    if instrument is None or not instrument.used.covers(on) or not instrument.in_use:
        return Finding("instrument-unknown", pointer, management_no,
                       f"检测当日没有在用仪器 {management_no} 的登记", f"no instrument {management_no} was in use that day",
                       "核对管理编号；新仪器请先登记", "compare the management number; register a new instrument first",
                       _instrument_basis(on))  # fmt: skip
    if instrument.site_no != case.report["site_no"] in case.facts.sites:
        return Finding("instrument-other-site", pointer, management_no,
                       f"仪器 {management_no} 登记在场所 {instrument.site_no}", f"{management_no} is registered at site {instrument.site_no}",
                       "核对场所编号与仪器管理编号", "compare site number and management number",
                       _instrument_basis(on))  # fmt: skip
    if instrument.needs_calibration and instrument.calibration_on(on) is None:
        last = max((c.good.to_on for c in instrument.calibrations if c.passed and c.good.to_on), default=None)
        return Finding("calibration-overdue", pointer, management_no,
                       f"{instrument.name} {management_no} 在 {on} 没有有效的检定或校准（最近一次到期 {last or '无记录'}）",
                       f"{management_no} had no valid calibration on {on} (last one due {last or 'none on record'})",
                       "登记检定校准证书，或用有效期内的仪器重新检测",
                       "register the calibration, or test again with an instrument within its term",
                       _instrument_basis(on))  # fmt: skip
    return None


def _instrument_basis(on: date) -> Basis:
    return METROLOGY if on < SUPERVISION_ON else supervision("第十四条第（二）项", on)


_ORDER = ("sampled_on", "received_on", "tested_from", "tested_to", "issued_on")


def times_are_in_order(case: Case) -> Iterator[Finding]:
    known = [(n, case.day(n)) for n in _ORDER if case.report.get(n)]
    for (before, earlier), (name, later) in pairwise(known):
        if later < earlier:
            yield Finding("dates-out-of-order", f"/{name}", later.isoformat(),
                          f"{_ZH[name]} {later} 早于{_ZH[before]} {earlier}", f"{name} {later} is before {before} {earlier}",
                          "采样 ≤ 接样 ≤ 检测开始 ≤ 检测结束 ≤ 签发，请核对", "sampled ≤ received ≤ tested ≤ issued; check the dates",
                          criteria(case.day("issued_on")))  # fmt: skip
    first, last = case.day("tested_from"), case.day("tested_to")
    for at, on in enumerate(case.tested):
        if not first <= on <= last:
            yield Finding("dates-out-of-order", f"/items/{at}/tested_on", on.isoformat(),
                          "项目的检测日期不在报告的检测起止日期之内", "the item's day lies outside the report's days of testing",
                          "核对 tested_on 与 tested_from、tested_to", "check tested_on against tested_from and tested_to",
                          criteria(case.day("issued_on")))  # fmt: skip
    if (issued := case.day("issued_on")) > case.today:
        yield Finding("issued-in-future", "/issued_on", issued.isoformat(),
                      f"签发日期在今天（{case.today}）之后", f"issued after today ({case.today})",
                      "改为实际签发日期", "give the day on which it was signed", criteria(case.day("issued_on")))  # fmt: skip


_ZH = {"sampled_on": "采样日期", "received_on": "接样日期", "tested_from": "检测开始日期", "tested_to": "检测结束日期",
       "issued_on": "签发日期"}  # fmt: skip
_STATE_EN = {"暂停": "suspended", "撤销": "revoked", "注销": "cancelled", "过期": "expired", "未生效": "not yet issued"}

Rule = Callable[[Case], Iterator[Finding]]
ALWAYS: tuple[Rule, ...] = (times_are_in_order, certificate_is_ours, site_is_registered, signatory_is_authorised,
                            people_are_known)  # fmt: skip
WITH_MARK: tuple[Rule, ...] = (
    certificate_is_in_force,
    certificate_was_in_force_when_tested,
    items_are_within_scope,
    instruments_are_calibrated,
)
