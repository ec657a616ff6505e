"""What is kept of a result: its figures can be computed again, and nothing of the data comes with it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.scorecard.results import again, changed, invented, result

from zhijian.exchange.model import Dimension, Severity, State
from zhijian.exchange.quality.grade import Judged, grades_of
from zhijian.exchange.quality.result import CheckResult, GradeResult
from zhijian.exchange.scorecard.model import ALL, Card, ResultRefused, by_figure, cost_of, recomputed
from zhijian.exchange.scorecard.taking import read

AT, ON = datetime(2026, 11, 2, tzinfo=UTC), date(2026, 11, 2)


def taken(raw: bytes) -> Card:
    return read(raw, "33", AT, ON, "某局")


@st.composite
def outcomes(draw: st.DrawFn) -> CheckResult:
    """A result whose rules passed, failed, did not apply or did not run, as it may be, with the grade that follows."""
    base = result(invented("33"))
    rules = []
    for rule in draw(st.lists(st.sampled_from(base.rules), min_size=1, max_size=40)):
        state = draw(st.sampled_from(State))
        applicable = draw(st.integers(1, 10**6)) if state in (State.PASSED, State.FAILED) else 0
        failing = draw(st.integers(1, applicable)) if state is State.FAILED else 0
        rules.append(replace(
            rule, number=len(rules), state=state, applicable=applicable, failing=failing, share=failing / (applicable or 1),
            severity=draw(st.sampled_from(Severity)), dimension=draw(st.sampled_from(Dimension)),
        ))  # fmt: skip
    return graded(replace(base, rules=tuple(rules)))


def graded(base: CheckResult) -> CheckResult:
    grades = grades_of(Judged(r.dimension, r.severity, r.state, r.share) for r in base.rules)
    shown = {d.value: GradeResult(g.score, g.level, g.zh, g.rules) for d, g in grades.dimensions.items()}
    whole = grades.whole
    return replace(base, dimensions=shown, whole=whole and GradeResult(whole.score, whole.level, whole.zh, whole.rules))


@settings(max_examples=60, deadline=None)
@given(outcomes())
def test_the_figures_computed_again_from_what_is_kept_are_those_handed_in(base: CheckResult) -> None:
    card = taken(again(base))
    figures = by_figure(card.scores)
    made = recomputed(figures, card.failing)
    assert made.keys() == figures.keys()
    for name, figure in figures.items():
        assert made[name].score == pytest.approx(figure.score, abs=1e-6)
        assert (made[name].level, made[name].rules) == (figure.level, figure.rules)
    handed = {ALL: base.whole, **base.dimensions}
    for dimension, grade in handed.items():
        if grade is not None:
            assert made[ALL, dimension].score == pytest.approx(grade.score, abs=1e-6)
            assert made[ALL, dimension].level == grade.level


@settings(max_examples=60, deadline=None)
@given(outcomes())
def test_the_costs_behind_a_figure_and_its_score_make_a_hundred(base: CheckResult) -> None:
    card = taken(again(base))
    figures = by_figure(card.scores)
    for (dataset, dimension), figure in figures.items():
        costs = sum(cost_of(f, figures, dataset, dimension) for f in card.failing)
        assert costs + figure.score == pytest.approx(100, abs=1e-6)


def test_no_value_of_the_data_is_kept() -> None:
    base = result(invented("33"))
    marked = replace(base, rules=tuple(
        replace(r, examples=tuple(replace(e, value="王小明13800000000") for e in r.examples)) for r in base.rules))  # fmt: skip
    raw = again(marked)
    assert "王小明".encode() in raw
    kept = repr(taken(raw))
    assert "王小明" not in kept
    assert "13800000000" not in kept
    assert any(f.spots and f.spots[0].row for f in taken(raw).failing)


def test_its_id_is_the_digest_of_the_file() -> None:
    raw = invented("33")
    assert taken(raw).head.id == sha256(raw).hexdigest()


@pytest.mark.parametrize(("raw", "why"), [
    (b"", "not-a-result"), (b"{}", "not-a-result"), (b"\xff\xfe", "not-a-result"), (b"[1]", "not-a-result"),
    (changed(invented("33"), format="zhijian-check/2"), "not-a-result"),
    (changed(invented("33"), on="yesterday"), "not-a-result"),
    (changed(invented("33"), tables=[]), "not-a-result"),
    (changed(invented("33"), specification="0.2.0\u0000").replace("\u0000".encode(), b"\\u0000"), "not-a-result"),
    (changed(invented("33"), on="2026-11-03"), "day-to-come"),
    (changed(invented("33"), whole=None), "figures-differ"),
    (changed(invented("33"), dimensions={}), "figures-differ"),
])  # fmt: skip
def test_what_is_no_result_is_refused_with_its_reason(raw: bytes, why: str) -> None:
    with pytest.raises(ResultRefused) as refused:
        taken(raw)
    assert refused.value.why == why
    assert refused.value.remedy.zh
    assert refused.value.remedy.en


def test_a_score_that_was_raised_by_hand_is_refused() -> None:
    document = json.loads(invented("33"))
    document["whole"]["score"] = 99.9
    with pytest.raises(ResultRefused, match="对不上"):
        taken(json.dumps(document).encode())
    document = json.loads(invented("33"))
    failed = next(r for r in document["rules"] if r["failing"] > 1)
    failed["failing"] -= failed["failing"] // 2
    with pytest.raises(ResultRefused, match="对不上"):
        taken(json.dumps(document).encode())


def test_a_check_of_real_files_is_taken_as_it_was_written(tmp_path: Path) -> None:
    from zhijian.exchange.quality import SelfCheck

    file = tmp_path / "sites.csv"
    file.write_text(
        "统一社会信用代码,场所编号,场所名称,行政区划代码,地址,启用日期\nX,S1,,330100,某路,2020-01-01\n", "utf-8"
    )
    with SelfCheck(tmp_path) as check:
        check.open([file])
        done = check.judge(ON)
    card = taken(again(done))
    assert card.head.datasets == ("site",)
    assert card.head.score == pytest.approx(done.whole.score if done.whole else None)
    costs = by_figure(card.scores)
    for f in card.failing:
        assert cost_of(f, costs) == pytest.approx(done.rules[f.number].cost)
