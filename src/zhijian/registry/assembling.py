"""Facts of one institution out of its records, of today or of another day. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from zhijian.registry.model import (
    Calibration,
    Capability,
    Certificate,
    InstitutionFacts,
    Instrument,
    Person,
    Site,
    Span,
    normal_parameter,
)


class Row(Protocol):
    """A dict, or a row of the database."""

    def __getitem__(self, name: str, /) -> Any: ...


Rows = Sequence[Row]
"""Records with typed values; every element is there, None where it is not known."""


def assembled(institution: Row, records: Mapping[str, Rows]) -> InstitutionFacts:
    """`institution`: its row with what the platform adds; `records`: entity → the records of this institution."""
    return InstitutionFacts(
        uscc=institution["uscc"], name=institution["name"], province=institution["province"],
        code_index=institution["code_index"], revision=institution["revision"],
        public_phone=institution["public_phone"], synthetic=institution["synthetic"],
        certificates=_certificates(records),
        sites={r["site_no"]: Site(r["site_no"], r["name"], r["address"], Span(r["used_from"], r["used_to"]))
               for r in records["site"]},
        scope=_scope(records["capability"]), people=_people(records), instruments=_instruments(records),
    )  # fmt: skip


def _certificates(records: Mapping[str, Rows]) -> dict[str, Certificate]:
    states: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for r in records["certificate_state"]:
        states[r["number"]].append((r["state"], Span(r["from_on"], r["to_on"])))
    return {
        r["number"]: Certificate(r["number"], Span(r["issued_on"], r["expires_on"]), tuple(states[r["number"]]))
        for r in records["certificate"]
    }


def _scope(capabilities: Rows) -> dict[tuple[str, str, str], tuple[Capability, ...]]:
    rows: dict[tuple[str, str, str], list[Capability]] = defaultdict(list)
    for r in capabilities:
        capability = Capability(
            r["sequence"],
            r["category"],
            r["parameter"],
            r["standard"],
            r["standard_name"],
            Span(r["valid_from"], r["valid_to"]),
        )
        rows[r["number"], r["site_no"], normal_parameter(r["parameter"])].append(capability)
    return {key: tuple(value) for key, value in rows.items()}


def _people(records: Mapping[str, Rows]) -> dict[str, Person]:
    authorised: dict[str, list[tuple[frozenset[str], Span]]] = defaultdict(list)
    for r in records["authorisation"]:
        authorised[r["staff_no"]].append((frozenset(r["categories"]), Span(r["from_on"], r["to_on"])))
    return {
        r["staff_no"]: Person(r["staff_no"], r["name"], Span(r["employed_from"], r["employed_to"]),
                              tuple(authorised[r["staff_no"]]))
        for r in records["staff"]
    }  # fmt: skip


def _instruments(records: Mapping[str, Rows]) -> dict[str, Instrument]:
    calibrations: dict[str, list[Calibration]] = defaultdict(list)
    for r in records["calibration"]:
        good = Span(r["calibrated_on"], r["due_on"])
        calibrations[r["management_no"]].append(
            Calibration(r["kind"], r["certificate_no"], r["provider"], good, r["passed"])
        )
    return {
        r["management_no"]: Instrument(
            r["management_no"], r["site_no"], r["name"], r["model"], r["serial_no"], Span(r["used_from"], r["used_to"]),
            # State is as of today; a scrapped instrument was in use until `used_to`.
            r["state"] == "在用" or r["used_to"] is not None, r["needs_calibration"],
            tuple(calibrations[r["management_no"]]),
        )
        for r in records["instrument"]
    }  # fmt: skip
