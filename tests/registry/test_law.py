"""Conduct is judged by the law of its day: bases change on the right morning."""

from datetime import date

import pytest
from tests.registry.institution import TODAY, facts, found, item

from zhijian.registry.law import METROLOGY, accreditation, criteria, supervision

AMENDED = "总局令第39号，2025年3月18日修正"


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2021, 6, 1), "总局令第39号，行为时版本"),
        (date(2025, 3, 17), "总局令第39号，行为时版本"),
        (date(2025, 3, 18), AMENDED),
        (date(2026, 6, 10), AMENDED),
    ],
)
def test_the_supervision_rules_are_those_of_the_day(on: date, version: str) -> None:
    basis = supervision("第十二条", on)
    assert basis.version == version
    assert "第十二条" in basis.article
    assert (basis.article == "第十二条") == (version == AMENDED), "article numbers are those of the amended text"


@pytest.mark.parametrize(("on", "amended"), [("2025-03-17", False), ("2025-03-18", True)])
def test_a_signature_is_judged_by_its_day_of_issue(on: str, amended: bool) -> None:
    one = next(f for f in found(facts(), TODAY, signatory="R9", issued_on=on) if f.rule == "signatory-unknown")
    assert one.basis is not None
    assert (one.basis.version == AMENDED) == amended


@pytest.mark.parametrize(("on", "law"), [("2021-05-31", "《计量法》"), ("2021-06-01", "《检验检测机构监督管理办法》")])
def test_a_calibration_is_judged_by_the_day_of_the_test(on: str, law: str) -> None:
    """39号令 came into force on 2021-06-01; before it the metrology law alone speaks of instruments."""
    items = [item(tested_on=on)]
    one = next(f for f in found(facts(), TODAY, items=items) if f.rule == "calibration-overdue")
    assert one.basis is not None
    assert one.basis.law == law


def test_no_basis_is_older_than_its_law() -> None:
    items = [item(tested_on="2021-05-31", instruments=["YQ-9"])]
    one = next(f for f in found(facts(), TODAY, items=items) if f.rule == "instrument-unknown")
    assert one.basis is not None
    assert one.basis.law != "《检验检测机构监督管理办法》"


def test_the_criteria_of_2023_do_not_judge_a_report_of_2022() -> None:
    changes = {
        "tested_from": "2022-06-05",
        "tested_to": "2022-06-05",
        "received_on": "2022-06-06",
        "issued_on": "2022-06-10",
    }
    items = [item(tested_on="2022-06-05", instruments=[])]
    one = next(
        f for f in found(facts(), TODAY, sampled_on=None, items=items, **changes) if f.rule == "dates-out-of-order"
    )
    assert one.basis is not None
    assert "2023" not in one.basis.version


def test_a_basis_reads_as_law_version_and_article() -> None:
    assert str(accreditation("第三十六条")) == "《检验检测机构资质认定管理办法》（总局令第163号，2021年修正）第三十六条"
    assert str(METROLOGY) == "《计量法》（2018年修正）第九条"
    assert str(criteria(date(2026, 1, 1))) == "《检验检测机构资质认定评审准则》（2023年）附件4第40项"
