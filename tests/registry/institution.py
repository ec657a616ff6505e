"""One institution as the registry knows it, built by hand, and one report that it may issue."""

from dataclasses import replace
from datetime import date
from typing import Any

from zhijian.registry import Finding, InstitutionFacts, findings
from zhijian.registry.model import (
    Calibration,
    Capability,
    Certificate,
    Instrument,
    Person,
    Site,
    Span,
    normal_parameter,
)

NUMBER = "241009110001"
ISSUED = date(2026, 6, 10)
TESTED = date(2026, 6, 5)
TODAY = date(2026, 6, 30)
ALWAYS = Span(date(2020, 1, 1), None)


def capability(
    sequence: str, parameter: str, standard: str, category: str, valid: Span = ALWAYS
) -> tuple[tuple[str, str, str], Capability]:
    return (NUMBER, "1", normal_parameter(parameter)), Capability(sequence, category, parameter, standard, None, valid)


def person(no: str, *authorised: tuple[set[str], Span], employed: Span = ALWAYS) -> Person:
    return Person(no, f"示例{no}", employed, tuple((frozenset(what), span) for what, span in authorised))


def instrument(no: str, *good: Span, passed: bool = True, **changes: Any) -> Instrument:
    calibrations = tuple(Calibration("校准", "C-1", "示例计量院", span, passed) for span in good)
    return replace(Instrument(no, "1", "原子吸收分光光度计", None, None, ALWAYS, True, True, calibrations), **changes)


def facts(**changes: Any) -> InstitutionFacts:
    rows = [
        capability("1", "铅", "GB 5009.12-2023", "食品"),
        capability("2", "氨氮", "HJ 535-2009", "水质"),
        capability("3", "铅", "GB 5009.12-2023", "农产品"),
    ]
    scope: dict[tuple[str, str, str], tuple[Capability, ...]] = {}
    for key, row in rows:
        scope[key] = (*scope.get(key, ()), row)
    known = InstitutionFacts(
        uscc="91330000MA0000000A", name="示例检测有限公司", province="33", code_index="0001", revision=1, public_phone=None,
        synthetic=True, certificates={NUMBER: Certificate(NUMBER, Span(date(2024, 1, 10), date(2030, 1, 9)), ())},
        sites={"1": Site("1", "总部", "杭州市示例路 1 号", ALWAYS)}, scope=scope,
        people={p.staff_no: p for p in (person("R1", ({"食品"}, ALWAYS)), person("R2", ({"*"}, ALWAYS)), person("R3"))},
        instruments={
            i.management_no: i
            for i in (
                instrument("YQ-1", Span(date(2026, 1, 1), date(2026, 12, 31))),
                instrument("YQ-2", needs_calibration=False),
            )
        },
    )  # fmt: skip
    return replace(known, **changes)


def item(**changes: Any) -> dict[str, Any]:
    return {
        "seq": 1, "parameter": "铅", "standard": "GB 5009.12-2023", "result": "<0.02", "tested_on": TESTED.isoformat(),
        "instruments": ["YQ-1"],
    } | changes  # fmt: skip


def report(**changes: Any) -> dict[str, Any]:
    return {
        "own_number": "S-1", "cma_marked": True, "certificate_number": NUMBER, "site_no": "1", "sampled_on": "2026-06-01",
        "received_on": "2026-06-02", "tested_from": TESTED.isoformat(), "tested_to": TESTED.isoformat(),
        "issued_on": ISSUED.isoformat(), "signatory": "R1", "items": [item()],
    } | changes  # fmt: skip


def found(known: InstitutionFacts | None = None, today: date = TODAY, **changes: Any) -> list[Finding]:
    return findings(report(**changes), known or facts(), today)


def rules(known: InstitutionFacts | None = None, today: date = TODAY, **changes: Any) -> set[str]:
    return {f.rule for f in found(known, today, **changes)}
