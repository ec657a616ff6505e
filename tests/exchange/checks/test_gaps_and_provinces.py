"""Gaps of columns that are no element's; provinces in two spellings."""

from tests.exchange.tables import judged_by

from zhijian.exchange.checks import catalog
from zhijian.exchange.model import State
from zhijian.exchange.quality import Outcome


def outcomes(check: str, rows: list[dict[str, str]]) -> list[Outcome]:
    return judged_by([c for c in catalog() if c.id == check], {"report": rows}, named=False)


def failing(check: str, rows: list[dict[str, str]]) -> dict[str, list[int | None]]:
    return {o.rule.on[0]: [e.row for e in o.examples] for o in outcomes(check, rows) if o.state is State.FAILED}


def test_blanks_and_placeholders_among_filled_rows_are_located() -> None:
    rows = [{"厂家": "甲"}, {"厂家": "/ "}, {"厂家": "乙"}, {"厂家": ""}, {"厂家": "丙"}]
    assert failing("gaps", [{"号": "1", **r} for r in rows]) == {"c1": [3, 5]}


def test_a_filled_column_passes_and_a_mostly_blank_one_does_not_apply() -> None:
    states = {
        o.rule.on[0]: o.state
        for o in outcomes("gaps", [{"甲": "1", "乙": ""}, {"甲": "2", "乙": ""}, {"甲": "3", "乙": "x"}])
    }
    assert states == {"c0": State.PASSED, "c1": State.NOT_APPLICABLE}


def test_the_rarer_spelling_of_provinces_is_located() -> None:
    rows = [{"单位": f"抽查({name}市场监管局)"} for name in ("山东", "山东", "江苏", "天津市", "浙江")]
    assert failing("province-spelling", rows) == {"c0": [5]}


def test_one_spelling_passes_and_other_columns_do_not_apply() -> None:
    assert [o.state for o in outcomes("province-spelling", [{"省": n} for n in ("山东", "江苏", "浙江")])] == [
        State.PASSED
    ]
    assert [o.state for o in outcomes("province-spelling", [{"名": n} for n in ("甲", "乙", "山东面馆")])] == [
        State.NOT_APPLICABLE
    ]
