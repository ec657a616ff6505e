"""Checks of single values: what passes, what fails, and what they do not apply to."""

import pytest
from tests.exchange.tables import judged, states

from zhijian.exchange.model import State

CASES = [
    ("bool-form", "report", "cma_marked", ["是", "1", "false"], ["√", "yes!"], [None, "/"]),
    ("bracket-mix", "capability", "object", ["混凝土（C30）"], [], ["混凝土"]),
    ("cma-number-form", "report", "certificate_number", ["161705070076"], ["163205070076", "16170507007"], [None, "无"]),
    ("code-in-words", "inspection", "kind", ["双随机"], ["双随机、一公开抽查", "random inspection"], [None]),
    ("code-unknown", "inspection", "kind", ["专项", "双随机、一公开抽查"], ["突击"], [None]),
    ("date-form", "report", "issued_on", ["2026-03-01"], ["2026/3/1", "20260301", "2026-02-30", "46082"], [None]),
    ("digest-form", "report", "file_digest", ["0a" * 32], ["0A" * 32, "0a" * 31], [None]),
    ("division-form", "site", "division", ["330106"], ["西湖区", "33010600"], [None]),
    ("division-unknown", "site", "division", ["330106", "810001"], ["270101"], [None, "西湖区"]),
    ("limit-in-words", "report_item", "limit", ["≤0.2", "6~9", "0.5"], ["不得检出", "n=5,c=2"], [None]),
    ("number-form", "report", "file_pages", ["3", "3.0"], ["3页", "1,200", "３"], [None]),
    ("phone-form", "institution", "contact_phone", ["0571-88888888", "13800000000", "12315"], ["见名片", "123"], [None]),
    ("placeholder", "report", "title", ["检测报告"], ["/", "待补", "N/A"], [None, " "]),
    ("standard-without-year", "capability", "standard", ["GB 5009.12-2023", "《水和废水监测分析方法》（第四版）", "ISO 4833-1:2013",
      "农业部1025号公告-18-2008"],
     ["GB 5009.12", "国标"], [None]),
    ("time-form", "sample", "received_at", ["2026-03-01 09:30:00", "2026-03-01T09:30"], ["2026-03-01", "上午"], [None]),
    ("too-long", "report", "title", ["长" * 200], ["长" * 201], [None]),
    ("too-many-places", "sample", "quantity", ["1.234", "1.2340"], ["1.2345"], [None, "一"]),
    ("unit-holds-result", "report_item", "unit", ["CFU/g", "10⁻⁶"], ["×10⁵CFU/g"], [None]),
    ("unit-spelling", "report_item", "unit", ["mg/kg", "g/L"], ["mg/KG", "µg/L", "ug/kg", "㎎/L"], [None]),
    ("uscc-check", "site", "uscc", ["52320613XN7CKN1W89"],
     ["91350203M0001QAY9B"], [None]),
    ("uscc-form", "site", "uscc", ["52320613XN7CKN1W89"], ["5232O613XN7CKN1W89", "52320613"], [None]),
    ("wrong-length", "capability", "number", ["161705070076"], ["16170507007"], [None]),
    ("required-blank", "report", "title", ["检测报告", "/"], [None, "  "], []),
    ("blanks-around", "report", "title", ["检测 报告"], ["检测报告 ", "\u3000检测报告"], []),
    ("full-width", "report", "own_number", ["JC2026-1", "（甲）"], ["JC２０２６"], []),
    ("hidden-character", "report", "title", ["检测报告"], ["检测\u200b报告", "检测\u00a0报告"], []),
    ("line-break-inside", "report", "title", ["检测报告"], ["检测\n报告"], []),
    ("markup", "report", "title", ["a<b", "A&B"], ["10<sup>5</sup>", "检测&nbsp;报告"], []),
    ("mojibake", "report", "title", ["检测报告 5 ℃"], ["锟斤拷", "æ£€æµ‹", "检\ufffd"], []),
    ("personal-number", "report", "title", ["110105194912310021", "检测报告"], ["张某11010519491231002X", "34198719900307153X"], []),
]  # fmt: skip


@pytest.mark.parametrize(("check", "entity", "column", "good", "bad", "silent"), CASES, ids=[c[0] for c in CASES])
def test_good_passes_bad_is_located_and_blank_does_not_apply(
    check: str, entity: str, column: str, good: list[str], bad: list[str], silent: list[str | None]
) -> None:
    rows = [{column: text, "_": "x"} for text in (*good, *bad, *silent)]
    mine = [o for o in judged(check, {entity: rows}) if o.rule.on[0] == column]
    failing = {e.row for o in mine if o.state is State.FAILED for e in o.examples}
    assert failing == set(range(2 + len(good), 2 + len(good) + len(bad)))
    if silent:
        alone = [o for o in judged(check, {entity: rows[-len(silent) :]}) if o.rule.on[0] == column]
        assert {o.state for o in alone} == {State.NOT_APPLICABLE}


@pytest.mark.parametrize("check", sorted({c[0] for c in CASES} - {"blanks-around", "full-width", "hidden-character",
    "line-break-inside", "markup", "mojibake", "personal-number", "unit-spelling", "unit-holds-result", "limit-in-words",
    "bracket-mix"}))  # fmt: skip
def test_a_table_of_no_entity_is_not_judged_by_the_specification(check: str) -> None:
    from tests.exchange.tables import judged_by

    from zhijian.exchange.checks import catalog

    outcomes = judged_by([c for c in catalog() if c.id == check], {"x": [{"甲": "1", "乙": "2"}]}, named=False)
    assert outcomes == []


def test_hygiene_goes_over_columns_that_are_no_elements() -> None:
    assert State.FAILED in states("markup", {"report": [{"title": "甲", "别的": "10<sup>5</sup>"}]})


def test_the_early_codes_that_fail_their_check_are_a_warning() -> None:
    (one,) = judged("uscc-check", {"site": [{"uscc": "91350203M0001QAY9B", "site_no": "1"}]})
    assert (one.severity.value, one.failing) == ("warning", 1)


def test_the_code_to_write_is_named() -> None:
    (one, *_) = judged("code-in-words", {"inspection": [{"kind": "双随机、一公开抽查", "uscc": "x"}]})
    assert "双随机、一公开抽查→双随机" in one.rule.remedy.zh
