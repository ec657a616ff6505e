"""Every rule of admission: a report that keeps it, one that breaks it, and one to which it does not apply."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.registry.institution import (
    ALWAYS,
    ISSUED,
    NUMBER,
    TESTED,
    TODAY,
    capability,
    facts,
    found,
    instrument,
    item,
    person,
    rules,
)  # fmt: skip

from zhijian.registry import InstitutionFacts
from zhijian.registry.model import Certificate, Site, Span

DAY = timedelta(days=1)
HAN = re.compile(r"[一-鿿]")


def unmarked(**changes: Any) -> dict[str, Any]:
    return {"cma_marked": False, "certificate_number": None} | changes


def test_a_report_that_keeps_every_rule_is_admitted() -> None:
    assert found() == []
    assert found(**unmarked()) == []


BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "certificate-missing": ("/certificate_number", {"certificate_number": None, "signatory": "R2"}),
    "certificate-unknown": ("/certificate_number", {"certificate_number": "241009119999", "signatory": "R2"}),
    "certificate-not-in-force": ("/issued_on", {"issued_on": "2031-01-10"}),
    "certificate-not-in-force-when-tested": ("/items/0/tested_on", {"issued_on": "2024-02-10", "tested_to": "2024-01-09", "tested_from": "2024-01-09",
        "received_on": "2024-01-09", "sampled_on": None, "items": [item(tested_on="2024-01-09", instruments=[])]}),
    "person-unknown": ("/items/0/tester", {"items": [item(tester="R9")]}),
    "site-unknown": ("/site_no", {"site_no": "2"}),
    "parameter-out-of-scope": ("/items/0/parameter", {"items": [item(parameter="镉")]}),
    "standard-out-of-scope": ("/items/0/standard", {"items": [item(standard="HJ 535-2009")]}),
    "standard-year-unknown": ("/items/0/standard", {"items": [item(standard="GB 5009.12-2017")]}),
    "signatory-unknown": ("/signatory", {"signatory": "R9"}),
    "signatory-not-authorised": ("/signatory", {"signatory": "R3"}),
    "instrument-unknown": ("/items/0/instruments/0", {"items": [item(instruments=["YQ-9"])]}),
    "calibration-overdue": ("/items/0/instruments/1", {"items": [item(instruments=["YQ-2", "YQ-1"], tested_on="2025-12-31")],
                                                       "tested_from": "2025-12-31", "sampled_on": None, "received_on": "2025-12-30"}),
    "dates-out-of-order": ("/tested_from", {"received_on": "2026-06-06"}),
    "issued-in-future": ("/issued_on", {"issued_on": "2026-07-01"}),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_a_report_that_breaks_one_rule_is_refused_for_that_rule_alone(rule: str) -> None:
    pointer, changes = BROKEN[rule]
    today = date(2031, 6, 1) if rule == "certificate-not-in-force" else TODAY
    findings = found(None, today, **changes)
    assert [(f.rule, f.pointer) for f in findings] == [(rule, pointer)]
    one = findings[0]
    assert HAN.search(one.zh)
    assert HAN.search(one.remedy_zh)
    assert re.search(r"[a-z]{4}", one.en)
    assert re.search(r"[a-z]{4}", one.remedy_en)
    assert one.basis is not None
    assert HAN.search(str(one.basis))


NOT_APPLICABLE: dict[str, dict[str, Any]] = {
    "certificate-missing": unmarked(),
    "certificate-unknown": unmarked(certificate_number=None),
    "certificate-not-in-force": unmarked(certificate_number=NUMBER, issued_on="2031-01-10"),
    "certificate-not-in-force-when-tested": unmarked(
        received_on="2024-01-09",
        tested_from="2024-01-09",
        tested_to="2024-01-09",
        sampled_on=None,
        items=[item(tested_on="2024-01-09")],
    ),
    "person-unknown": {"prepared_by": None},
    "parameter-out-of-scope": unmarked(items=[item(parameter="镉")]),
    "standard-out-of-scope": unmarked(items=[item(standard="HJ 535-2009")]),
    "standard-year-unknown": unmarked(items=[item(standard="GB 5009.12-2017")]),
    "signatory-not-authorised": unmarked(signatory="R3"),
    "instrument-unknown": {"items": [item(instruments=[])]},
    "calibration-overdue": {"items": [item(instruments=["YQ-2"])]},
    "dates-out-of-order": {"sampled_on": None},
}


@pytest.mark.parametrize("rule", NOT_APPLICABLE)
def test_a_rule_that_does_not_apply_says_nothing(rule: str) -> None:
    assert rules(None, date(2031, 6, 1), **NOT_APPLICABLE[rule]) == set()


def test_what_holds_with_and_without_the_mark_holds_without_it() -> None:
    for rule in ("site-unknown", "signatory-unknown", "person-unknown", "dates-out-of-order", "issued-in-future"):
        assert rules(**unmarked(**{k: v for k, v in BROKEN[rule][1].items() if k != "cma_marked"})) == {rule}


# The day before, the day of, the day after. Both ends of every span belong to it.


@pytest.mark.parametrize(
    ("on", "broken"),
    [
        (date(2024, 1, 9), {"certificate-not-in-force", "certificate-not-in-force-when-tested"}),
        (date(2024, 1, 10), set()),
        (date(2030, 1, 9), set()),
        (date(2030, 1, 10), {"certificate-not-in-force", "certificate-not-in-force-when-tested"}),
    ],
)
def test_a_certificate_counts_on_its_first_and_its_last_day(on: date, broken: set[str]) -> None:
    day = on.isoformat()
    changes = {"issued_on": day, "tested_from": day, "tested_to": day, "received_on": day, "sampled_on": None}
    items = [item(tested_on=day, instruments=[])]
    assert rules(None, date(2031, 1, 1), items=items, **changes) == broken


@pytest.mark.parametrize("state", ["暂停", "撤销", "注销"])
@pytest.mark.parametrize(("shift", "broken"), [(-1, False), (0, True), (3, True), (4, False)])
def test_a_suspension_counts_on_its_first_and_its_last_day(state: str, shift: int, broken: bool) -> None:
    start = ISSUED - shift * DAY
    certificate = Certificate(
        NUMBER, Span(date(2024, 1, 10), date(2030, 1, 9)), ((state, Span(start, start + 3 * DAY)),)
    )
    known = facts(certificates={NUMBER: certificate})
    assert rules(known) == ({"certificate-not-in-force"} if broken else set())
    if broken:
        assert f"状态为{state}" in found(known)[0].zh


def test_a_suspension_that_lasts_has_no_end() -> None:
    certificate = Certificate(
        NUMBER, Span(date(2024, 1, 10), date(2030, 1, 9)), (("暂停", Span(date(2025, 1, 1), None)),)
    )
    both = {"certificate-not-in-force", "certificate-not-in-force-when-tested"}
    assert rules(facts(certificates={NUMBER: certificate})) == both


def test_a_record_of_being_in_force_changes_nothing() -> None:
    certificate = Certificate(NUMBER, Span(date(2024, 1, 10), date(2030, 1, 9)), (("有效", Span(ISSUED, None)),))
    assert rules(facts(certificates={NUMBER: certificate})) == set()


@pytest.mark.parametrize(
    ("first", "last", "good"), [(0, 0, True), (1, 9, False), (-9, -1, False), (0, 9, True), (-9, 0, True)]
)
def test_authorisation_counts_on_the_day_of_issue(first: int, last: int, good: bool) -> None:
    span = Span(ISSUED + first * DAY, ISSUED + last * DAY)
    known = facts(people={"R1": person("R1", ({"食品"}, span))})
    assert rules(known) == (set() if good else {"signatory-not-authorised"})


@pytest.mark.parametrize(("first", "last", "good"), [(0, 0, True), (1, 9, False), (-9, -1, False), (0, None, True)])
def test_employment_counts_on_the_day_of_issue(first: int, last: int | None, good: bool) -> None:
    span = Span(ISSUED + first * DAY, None if last is None else ISSUED + last * DAY)
    known = facts(people={"R1": person("R1", ({"食品"}, ALWAYS), employed=span)})
    assert rules(known) == (set() if good else {"signatory-unknown"})


@pytest.mark.parametrize(
    ("first", "last", "good"), [(0, 0, True), (1, 9, False), (-9, -1, False), (0, 9, True), (-9, 0, True)]
)
def test_calibration_counts_on_the_day_of_the_test(first: int, last: int, good: bool) -> None:
    span = Span(TESTED + first * DAY, TESTED + last * DAY)
    known = facts(instruments={"YQ-1": instrument("YQ-1", span)})
    assert rules(known) == (set() if good else {"calibration-overdue"})


def test_a_calibration_that_was_not_passed_is_none() -> None:
    span = Span(TESTED - 9 * DAY, TESTED + 9 * DAY)
    assert rules(facts(instruments={"YQ-1": instrument("YQ-1", span, passed=False)})) == {"calibration-overdue"}


@pytest.mark.parametrize(("first", "last", "good"), [(0, 0, True), (1, 9, False), (-9, -1, False), (0, None, True)])
def test_an_instrument_is_in_use_on_the_day_of_the_test(first: int, last: int | None, good: bool) -> None:
    span = Span(TESTED + first * DAY, None if last is None else TESTED + last * DAY)
    known = facts(instruments={"YQ-1": instrument("YQ-1", needs_calibration=False, used=span)})
    assert rules(known) == (set() if good else {"instrument-unknown"})
    assert rules(facts(instruments={"YQ-1": instrument("YQ-1", in_use=False)})) == {"instrument-unknown"}


@pytest.mark.parametrize(
    ("first", "last", "good"), [(0, 0, True), (1, 9, False), (-9, -1, False), (0, 9, True), (-9, 0, True)]
)
def test_capability_counts_on_the_day_of_the_test(first: int, last: int, good: bool) -> None:
    key, row = capability("1", "铅", "GB 5009.12-2023", "食品", Span(TESTED + first * DAY, TESTED + last * DAY))
    assert rules(facts(scope={key: (row,)})) == (set() if good else {"parameter-out-of-scope"})


@pytest.mark.parametrize(("first", "last", "good"), [(0, 0, True), (1, 9, False), (-9, -1, False)])
def test_a_site_is_in_use_on_the_first_day_of_testing(first: int, last: int, good: bool) -> None:
    used = Span(TESTED + first * DAY, TESTED + last * DAY)
    assert rules(facts(sites={"1": Site("1", "总部", "地址", used)})) == (set() if good else {"site-unknown"})


@pytest.mark.parametrize(
    ("today", "broken"), [(ISSUED - DAY, {"issued-in-future"}), (ISSUED, set()), (ISSUED + DAY, set())]
)
def test_a_report_may_be_issued_today_and_not_tomorrow(today: date, broken: set[str]) -> None:
    assert rules(None, today) == broken


ORDER = ("sampled_on", "received_on", "tested_from", "tested_to", "issued_on")


@pytest.mark.parametrize("at", range(1, 5))
def test_each_time_may_be_the_day_of_the_one_before_and_not_earlier(at: int) -> None:
    same = dict.fromkeys(ORDER, TESTED.isoformat())
    assert rules(**same) == set()
    early = same | dict.fromkeys(ORDER[:at], (TESTED + DAY).isoformat())
    broken = found(**early, items=[item(instruments=[])])
    assert ("dates-out-of-order", f"/{ORDER[at]}") in {(f.rule, f.pointer) for f in broken}


@pytest.mark.parametrize(("shift", "good"), [(-1, False), (0, True), (2, True), (3, False)])
def test_an_item_is_tested_within_the_days_of_the_report(shift: int, good: bool) -> None:
    day = TESTED + shift * DAY
    broken = found(tested_to=(TESTED + 2 * DAY).isoformat(), items=[item(tested_on=day.isoformat())])
    assert [(f.rule, f.pointer) for f in broken] == ([] if good else [("dates-out-of-order", "/items/0/tested_on")])


def test_every_item_and_every_instrument_is_named_by_its_place() -> None:
    items = [item(), item(seq=2, parameter="镉", instruments=["YQ-1", "YQ-8"]), item(seq=3, instruments=["YQ-9"])]
    assert [(f.rule, f.pointer) for f in found(items=items)] == [
        ("parameter-out-of-scope", "/items/1/parameter"),
        ("instrument-unknown", "/items/1/instruments/1"),
        ("instrument-unknown", "/items/2/instruments/0"),
    ]


def test_a_finding_says_what_the_table_has_instead() -> None:
    assert "GB 5009.12-2023" in found(items=[item(standard="GB 5009.12-2017")])[0].zh
    assert "GB 5009.12-2023" in found(items=[item(standard="GB 5009.12")])[0].remedy_zh
    assert "GB 5009.12-2023" in found(items=[item(standard="HJ 535-2009")])[0].en


def test_a_row_under_two_categories_may_be_signed_by_whoever_signs_one() -> None:
    assert rules(signatory="R1") == set()
    farm = person("R4", ({"农产品"}, ALWAYS))
    assert rules(replace(facts(), people={"R4": farm}), signatory="R4") == set()


def test_all_items_must_be_within_the_signatorys_categories() -> None:
    items = [item(), item(seq=2, parameter="氨氮", standard="HJ 535-2009")]
    assert rules(items=items, signatory="R2") == set()
    assert [f.zh for f in found(items=items)] == ["签发当日 R1 未获授权签发：水质"]


@pytest.mark.parametrize(
    ("parameter", "standard"),
    [
        (" 铅 ", "gb5009.12-2023"),
        ("铅", "GB 5009.12—2023"),
        ("铅", "ＧＢ ５００９．１２－２０２３"),
        ("铅", "GB5009.12–2023"),
    ],
)
def test_width_case_and_blanks_do_not_make_another_test(parameter: str, standard: str) -> None:
    assert rules(items=[item(parameter=parameter, standard=standard)]) == set()


@pytest.mark.parametrize("parameter", ["铅含量", "铅（Pb）", "总铅"])
def test_another_name_is_another_parameter(parameter: str) -> None:
    assert rules(items=[item(parameter=parameter)]) == {"parameter-out-of-scope"}


def test_an_unknown_certificate_is_not_the_signatorys_fault() -> None:
    """Found beside certificate-unknown: 未获授权签发： and nothing after the colon."""
    assert rules(certificate_number="241009119999") == {"certificate-unknown"}
    assert rules(certificate_number=None) == {"certificate-missing"}


def test_an_instrument_of_another_site_was_not_used_here() -> None:
    known: InstitutionFacts = facts(instruments={"YQ-1": instrument("YQ-1", needs_calibration=False, site_no="2")})
    assert rules(known) != set()
