"""Legal bases: by the day of the conduct, the law of the field first, no amount that was not read."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.cases.law import Circumstances, changed_between, propose, serious
from zhijian.spec import specification

LISTS = specification().codelists
CODE = date(2026, 8, 15)
DAY_BEFORE = CODE - timedelta(days=1)


def first(nature: str, field: str, on: date, subject: str | None = None) -> str:
    found = propose(nature, field, on, subject)
    return f"{found[0].law} {found[0].article}" if found else ""


def test_environment_changes_its_law_with_the_code() -> None:
    assert first("虚假", "12", DAY_BEFORE).startswith("《生态环境监测条例》")
    assert first("虚假", "12", CODE).startswith("《生态环境法典》")
    assert first("虚假", "05", DAY_BEFORE, "vehicle-emissions") == "《大气污染防治法》 第一百一十二条第一款"
    assert first("虚假", "05", CODE, "vehicle-emissions").startswith("《生态环境法典》")
    assert "《大气污染防治法》" not in [one.law for one in propose("虚假", "05", CODE, "vehicle-emissions")], (
        "it was repealed that day"
    )
    assert first("虚假", "12", date(2025, 12, 31)).startswith("《检验检测机构监督管理办法》"), (
        "before the rules of 2026"
    )


@pytest.mark.parametrize(
    ("field", "law"),
    [("05", "《道路交通安全法》 第九十四条"), ("00", "《食品安全法》 第一百三十八条"), ("08", "《产品质量法》 第五十七条"),
     ("01", "《检验检测机构监督管理办法》 第二十七条")],
)  # fmt: skip
def test_a_false_report_is_judged_by_the_law_of_its_field_first(field: str, law: str) -> None:
    assert first("虚假", field, date(2026, 1, 20)).startswith(law)
    assert propose("虚假", field, date(2026, 1, 20))[-1].law == "《检验检测机构监督管理办法》", (
        "which comes behind them"
    )


@pytest.mark.parametrize(
    ("nature", "article", "most"),
    [("报告管理", "第二十六条", 30000), ("不实", "第二十七条", 50000), ("虚假", "第二十七条", 100000), ("无资质", "第三十四条", None),
     ("标志证书", "第三十五条", None), ("超范围", "第三十六条", None)],
)  # fmt: skip
def test_rules_of_the_field_itself_with_their_range_or_none(nature: str, article: str, most: int | None) -> None:
    found = propose(nature, "01", date(2026, 1, 20))[0]
    assert found.article.startswith(article)
    assert (found.fine.most if found.fine else None) == (Decimal(most) if most else None)
    assert most or "查条文原文" in found.range_said()[0]


def test_conduct_before_a_version_is_judged_by_the_version_of_its_day_without_amounts() -> None:
    before, after = (propose("不实", "01", day)[0] for day in (date(2025, 3, 17), date(2025, 3, 18)))
    assert (before.version, before.fine) == ("行为时版本", None)
    assert after.fine is not None
    assert propose("不实", "01", date(2021, 5, 31)) == (), "39号令 was not in force"
    assert propose("虚假", "13", DAY_BEFORE)[0].law != "《生态环境法典》"


@given(st.sampled_from(sorted(LISTS["finding_nature"])), st.sampled_from(sorted(LISTS["field"])),
       st.dates(date(2021, 6, 1), date(2030, 1, 1)), st.sampled_from([None, "vehicle-emissions"]))  # fmt: skip
def test_every_nature_but_other_has_a_basis_on_every_day_and_field_laws_come_first(
    nature: str, field: str, on: date, subject: str | None
) -> None:
    found = propose(nature, field, on, subject)
    assert bool(found) == (nature != "其他")
    assert [one.of_field for one in found] == sorted((one.of_field for one in found), reverse=True)
    assert len({(one.law, one.article) for one in found}) == len(found)


def test_a_law_that_changed_since_is_said() -> None:
    (said,) = changed_between("虚假", "12", DAY_BEFORE, CODE)
    assert "第三十七条" in said[0]
    assert "milder" in said[1]
    assert changed_between("报告管理", "01", DAY_BEFORE, CODE) == ()


def test_serious_circumstances_are_known_since_2026() -> None:
    on = date(2026, 3, 1)
    assert serious(Circumstances(on)) == ()
    assert serious(Circumstances(on, penalised_on=[date(2024, 2, 29)])) == ()
    assert serious(Circumstances(on, penalised_on=[date(2024, 3, 1)])) == ("again",)
    assert serious(Circumstances(on, penalised_on=[on])) == (), "one before, not the same day"
    assert serious(Circumstances(on, false_reports_key=1, false_reports=9)) == ()
    assert serious(Circumstances(on, False, (), 2, 10, True, "x")) == ("key-fields", "many", "incident", "other")


@pytest.mark.parametrize(
    ("text", "law", "field", "subject"),
    [("道路交通安全法(2021-04-29).md", "《道路交通安全法》", "05", None), ("食品安全法(2021-04-29).md", "《食品安全法》", "00", None),
     ("产品质量法(2018-12-29).md", "《产品质量法》", "08", None),
     ("大气污染防治法(2018-10-26).md", "《大气污染防治法》", "05", "vehicle-emissions")],
)  # fmt: skip
def test_amounts_are_those_of_the_text_of_the_law(
    shared: Path, text: str, law: str, field: str, subject: str | None
) -> None:
    one = next(p for p in propose("虚假", field, DAY_BEFORE, subject) if p.law == law)
    number = one.article.split("第")[1].join(("第", ""))
    paragraphs = (shared / "data" / "laws" / text).read_text("utf-8").split("\n\n")
    start = next(n for n, paragraph in enumerate(paragraphs) if paragraph.startswith(f"{number} "))
    article = paragraphs[start + ("第二款" in one.article)]
    assert one.fine is not None
    words = {
        5: "五倍以上",
        10: "十倍以下",
        50000: "五万元以上",
        100000: "十万元以",
        500000: "五十万元以下",
        10000: "不足一万元",
    }
    for amount in (one.fine.least, one.fine.most, one.fine.fee_least, one.fine.fee_most, one.fine.fee_small):
        assert amount is None or words[int(amount)] in article, (amount, article)
