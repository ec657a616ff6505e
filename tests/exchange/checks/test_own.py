"""A province's own checks out of YAML."""

from pathlib import Path

import pytest
from tests.exchange.tables import found, judged_by

from zhijian.exchange.checks.own import OwnWrong, own_checks, read
from zhijian.exchange.model import State
from zhijian.exchange.quality import run

PREFIX = """
- id: sh-report-prefix
  dimension: conformity
  severity: warning
  title: {zh: 报告编号前缀, en: Prefix}
  entity: report
  on: own_number
  must: starts_with(text(own_number), 'SH')
  why: {zh: 应以 SH 开头, en: begins with SH}
  remedy: {zh: 改写, en: rewrite it}
"""
TWICE = """
- id: sh-title-twice
  dimension: consistency
  severity: error
  title: {zh: 标题重复, en: Title twice}
  entity: report
  on: title
  failing: SELECT max(_row) AS _row, text(title) AS value FROM report GROUP BY text(title) HAVING count(*) > 1
  applicable: SELECT count(text(title)) FROM report
  why: {zh: 标题重复, en: twice}
  remedy: {zh: 改写, en: rewrite it}
"""
REPORTS = {"report": [{"own_number": "SH-1", "title": "甲"}, {"own_number": "BJ-2", "title": "甲"}]}


def test_a_rule_over_single_rows_is_judged_like_ours(tmp_path: Path) -> None:
    (tmp_path / "上海.yaml").write_text(PREFIX, encoding="utf-8")
    (check,) = own_checks(tmp_path / "上海.yaml")
    (one,) = judged_by([check], REPORTS)
    assert (check.origin, one.failing, [e.value for e in one.examples]) == ("上海", 1, ["BJ-2"])


def test_a_rule_over_several_rows_is_judged_like_ours() -> None:
    (one,) = judged_by(list(read(TWICE, "上海")), REPORTS)
    assert (one.state, [e.row for e in one.examples]) == (State.FAILED, [3])


def test_a_rule_that_would_take_for_ever_is_stopped_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SECONDS", 0.5)
    rows = [{"own_number": f"SH-{n}", "title": f"甲{n}"} for n in range(400)]
    pairs = "FROM report a, report b, report c, report d WHERE text(a.title) || text(b.title) || text(c.title) || text(d.title) = ''"
    endless = TWICE.replace("SELECT count(text(title)) FROM report", f"SELECT count(*) {pairs}")
    (one,) = judged_by(list(read(endless, "上海")), {"report": rows})
    assert one.state is State.NOT_EVALUATED
    assert one.reason is not None
    assert "没有算完" in one.reason.zh


def test_without_the_entity_it_says_nothing() -> None:
    assert judged_by(list(read(PREFIX, "上海")), {"site": [{"site_no": "1", "name": "甲"}]}) == []


@pytest.mark.parametrize(
    ("was", "instead", "where", "said"),
    [
        ("starts_with(text(own_number), 'SH')", "read_text('/etc/passwd') = ''", "第 2 行 must", "read_text"),
        ("starts_with(text(own_number), 'SH')", "own_number = (SELECT 1)", "第 2 行 must", "SELECT"),
        ("starts_with(text(own_number), 'SH')", "text(nothing) = ''", "第 2 行 must", "nothing"),
        ("starts_with(text(own_number), 'SH')", "starts_with(", "第 2 行 must", "读不懂"),
        ("entity: report", "entity: reports", "第 2 行 entity", "reports"),
        ("on: own_number", "on: number", "第 2 行 on", "number"),
        ("severity: warning", "severity: fatal", "第 2 行 severity", "error、warning、note"),
        ("  severity: warning\n", "", "第 2 行 severity", "缺少"),
        ("id: sh-report-prefix", "id: orphan", "第 2 行 id", "重复"),
        ("{zh: 改写, en: rewrite it}", "改写", "第 2 行 remedy", "zh"),
        ("must:", "mustt:", "第 2 行 mustt", "没有这一项"),
        ("why: {zh", "why: {{zh", "第", "YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_line_and_key(was: str, instead: str, where: str, said: str) -> None:
    assert was in PREFIX
    with pytest.raises(OwnWrong) as wrong:
        read(PREFIX.replace(was, instead), "上海", "上海.yaml")
    assert wrong.value.where.startswith(f"上海.yaml {where}")
    assert said in str(wrong.value)


def test_a_second_check_of_the_same_name_is_refused_at_its_line() -> None:
    with pytest.raises(OwnWrong, match="第 11 行 id"):
        read(PREFIX + PREFIX.lstrip("\n"), "上海", "上海.yaml")


def test_a_query_may_reach_nothing_but_entities() -> None:
    for source in ("read_csv('/etc/passwd')", "'/etc/passwd'", "information_schema.tables", "duckdb_settings()"):
        with pytest.raises(OwnWrong):
            read(TWICE.replace("FROM report GROUP", f"FROM {source} GROUP"), "上海")


def test_ours_stay_as_they_are() -> None:
    assert found("required-blank", {"site": [{"site_no": "1", "name": None}]}) == [("name", 2, None)]


@pytest.mark.parametrize(
    ("was", "instead", "where"),
    [
        ("entity: report", "entity: [report]", "entity"),
        ("on: own_number", "on: 5", "on"),
        ("starts_with(text(own_number), 'SH')", "(" * 3000 + "true" + ")" * 3000, "must"),
    ],
    ids=["entity", "on", "deep"],
)
def test_odd_values_are_refused_at_their_key(was: str, instead: str, where: str) -> None:
    with pytest.raises(OwnWrong) as wrong:
        read(PREFIX.replace(was, instead), "上海", "上海.yaml")
    assert wrong.value.where == f"上海.yaml 第 2 行 {where}"


def test_a_rule_that_never_ends_and_yaml_without_an_end_are_refused() -> None:
    endless = (
        "WITH RECURSIVE r AS (SELECT 1 AS _row UNION ALL SELECT _row + 1 FROM r) SELECT _row, '' AS value FROM r --"
    )
    with pytest.raises(OwnWrong, match="RECURSIVE"):
        read(TWICE.replace("failing: ", f"failing: {endless} "), "上海")
    with pytest.raises(OwnWrong, match="层次太深"):
        read("[" * 5000 + "]" * 5000, "上海")
