"""The rules a report must keep to be admitted, written once more and apart from the generator: the oracle.

Works on records alone, with dates as ISO strings (they sort as days do). Names of rules are those of
`World.refusable`; some rules that no seeded fault breaks have names of their own.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]
FOREVER = "9999-12-31"


def within(day: str, first: str, last: str | None) -> bool:
    return first <= day <= (last or FOREVER)


NOT_ASKED = {"certificate_change", "credit", "annual_report", "penalty"}
"""What no rule of admission looks at."""


class Book:
    """The registry as a clerk would file it."""

    def __init__(self, registry: Iterable[tuple[str, Record]], on: str) -> None:
        self.on = on
        self.institutions: dict[str, Record] = {}
        self.sites: dict[tuple[str, str], Record] = {}
        self.certificates: dict[str, Record] = {}
        self.states: dict[str, list[Record]] = defaultdict(list)
        self.capabilities: dict[tuple[str, str], list[Record]] = defaultdict(list)
        self.staff: dict[tuple[str, str], Record] = {}
        self.authorisations: dict[tuple[str, str], list[Record]] = defaultdict(list)
        self.instruments: dict[tuple[str, str], Record] = {}
        self.calibrations: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for entity, record in registry:
            if entity not in NOT_ASKED:
                getattr(self, f"_{entity}")(record)

    def _institution(self, r: Record) -> None:
        assert r["uscc"] not in self.institutions
        self.institutions[r["uscc"]] = r

    def _site(self, r: Record) -> None:
        assert r["uscc"] in self.institutions
        self.sites[r["uscc"], r["site_no"]] = r

    def _certificate(self, r: Record) -> None:
        assert r["uscc"] in self.institutions
        assert r["number"] not in self.certificates
        self.certificates[r["number"]] = r

    def _certificate_state(self, r: Record) -> None:
        assert r["number"] in self.certificates
        self.states[r["number"]].append(r)

    def _capability(self, r: Record) -> None:
        assert (self.certificates[r["number"]]["uscc"], r["site_no"]) in self.sites
        self.capabilities[r["number"], r["parameter"]].append(r)

    def _staff(self, r: Record) -> None:
        assert (r["uscc"], r["staff_no"]) not in self.staff
        self.staff[r["uscc"], r["staff_no"]] = r

    def _authorisation(self, r: Record) -> None:
        assert "授权签字人" in self.staff[r["uscc"], r["staff_no"]]["roles"]
        self.authorisations[r["uscc"], r["staff_no"]].append(r)

    def _instrument(self, r: Record) -> None:
        assert (r["uscc"], r["site_no"]) in self.sites
        assert (r["uscc"], r["management_no"]) not in self.instruments
        self.instruments[r["uscc"], r["management_no"]] = r

    def _calibration(self, r: Record) -> None:
        assert (r["uscc"], r["management_no"]) in self.instruments
        self.calibrations[r["uscc"], r["management_no"]].append(r)

    def faults(self, report: Record) -> set[str]:
        """Names of the rules that the report breaks; empty when it is admissible."""
        uscc = report["uscc"]
        found = self._dates(report)
        certificate = self.certificates.get(report["certificate_number"])
        own = certificate is not None and certificate["uscc"] == uscc
        if not own:
            found.add("certificate_of_another")
        else:
            found |= self._certificate_faults(certificate, report["issued_on"])
        there = (uscc, report["site_no"]) in self.sites
        if not there:
            found.add("site_unknown")
        for item in report["items"]:
            if own and there:
                found |= self._scope(report, item)
            if there:
                found |= self._instruments(report, item)
            found |= self._person(uscc, item["tester"], item["tested_on"], "检验检测人员", "tester")
        found |= self._person(uscc, report["prepared_by"], report["issued_on"], "报告编制", "writer")
        found |= self._person(uscc, report["reviewed_by"], report["issued_on"], "报告审核", "reviewer")
        return found | self._signatory(report, own)

    def _dates(self, report: Record) -> set[str]:
        first = report.get("sampled_on", report["received_on"])
        order = [first, report["received_on"], report["tested_from"], report["tested_to"], report["issued_on"]]
        inside = all(report["tested_from"] <= i["tested_on"] <= report["tested_to"] for i in report["items"])
        found = set() if order == sorted(order) and inside else {"dates_out_of_order"}
        return found | ({"future_issue_date"} if report["issued_on"] > self.on else set())

    def _certificate_faults(self, certificate: Record, day: str) -> set[str]:
        if day > certificate["expires_on"]:
            return {"certificate_expired"}
        if day < certificate["issued_on"]:
            return {"certificate_not_yet"}
        states = self.states[certificate["number"]]
        return {f"certificate_{s['state']}" for s in states if within(day, s["from_on"], s.get("to_on"))}

    def _scope(self, report: Record, item: Record) -> set[str]:
        rows = [
            row
            for row in self.capabilities[report["certificate_number"], item["parameter"]]
            if row["site_no"] == report["site_no"] and within(item["tested_on"], row["valid_from"], row.get("valid_to"))
        ]
        if any(row["standard"] == item["standard"] for row in rows):
            return set()
        if not re.search(r"-\d{4}$", item["standard"]):
            return {"standard_without_year"}
        code = item["standard"].rpartition("-")[0]
        same_code = any(row["standard"].rpartition("-")[0] == code for row in rows)
        return {"standard_year_unknown" if same_code else "out_of_scope"}

    def _instruments(self, report: Record, item: Record) -> set[str]:
        found = set()
        for number in item["instruments"]:
            unit = self.instruments.get((report["uscc"], number))
            if unit is None:
                found.add("instrument_unknown")
                continue
            day = item["tested_on"]
            if unit["site_no"] != report["site_no"]:
                found.add("instrument_elsewhere")
            if unit["state"] != "在用" or not within(day, unit["used_from"], unit.get("used_to")):
                found.add("instrument_out_of_use")
            good = [c for c in self.calibrations[report["uscc"], number] if c["passed"]]
            if unit["needs_calibration"] and not any(within(day, c["calibrated_on"], c["due_on"]) for c in good):
                found.add("calibration_overdue")
        return found

    def _person(self, uscc: str, number: str, day: str, role: str, name: str) -> set[str]:
        one = self.staff.get((uscc, number))
        if one is None:
            return {f"{name}_unknown"}
        fit = role in one["roles"] and within(day, one["employed_from"], one.get("employed_to"))
        return set() if fit else {f"{name}_not_employed"}

    def _signatory(self, report: Record, own: bool) -> set[str]:
        one = self.staff.get((report["uscc"], report["signatory"]))
        if one is None:
            return {"signatory_unknown"}
        day = report["issued_on"]
        if not within(day, one["employed_from"], one.get("employed_to")):
            return {"signatory_not_employed"}
        covering: set[str] = set()
        for grant in self.authorisations[report["uscc"], report["signatory"]]:
            if within(day, grant["from_on"], grant.get("to_on")):
                covering |= set(grant["categories"])
        for item in report["items"] if own else []:
            rows = self.capabilities[report["certificate_number"], item["parameter"]]
            categories = {row["category"] for row in rows if row["standard"] == item["standard"]}
            if categories and not covering & (categories | {"*"}):
                return {"signatory_not_authorised"}
        return set() if covering else {"signatory_not_authorised"}
