"""Two runs: what is new, worse, better, gone, and what is only noise."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.quality.planted import ON, SITES, judged, put

from zhijian.exchange.model import State
from zhijian.exchange.quality import SelfCheck
from zhijian.exchange.quality.comparing import Change, beyond_noise, compared
from zhijian.exchange.quality.result import CheckResult

HEAD = SITES.splitlines()[0] + "\n"


def run(folder: Path, name: str, named: int, unnamed: int, undated: int = 0) -> CheckResult:
    text = HEAD + "U,S,总部,330100,某路,2020-01-01,\n" * named + "U,S,,330100,某路,2020-01-01,\n" * unnamed
    text += "U,S,总部,330100,某路,,\n" * undated
    with judged(folder, put(folder, **{name: text})) as (_, result):
        return result


def test_more_faults_beyond_noise_are_worse_and_fewer_are_better(tmp_path: Path) -> None:
    few, many = run(tmp_path, "a", 980, 20), run(tmp_path, "b", 900, 100)
    (change,) = compared(few, many).rules
    assert (change.change, change.significant, change.columns) == (Change.WORSE, True, ("场所名称",))
    assert (change.before, change.now) == (0.02, 0.1)
    assert compared(many, few).rules[0].change is Change.BETTER


def test_a_change_within_the_noise_of_so_many_rows_is_not_significant(tmp_path: Path) -> None:
    change = compared(run(tmp_path, "a", 98, 2), run(tmp_path, "b", 97, 3))
    assert [r.significant for r in change.rules] == [False]
    assert change.of(Change.WORSE) == ()


def test_new_and_gone(tmp_path: Path) -> None:
    named, dated = run(tmp_path, "a", 900, 100), run(tmp_path, "b", 900, 0, undated=100)
    found = {(r.change, r.columns) for r in compared(named, dated).rules}
    assert found == {(Change.GONE, ("场所名称",)), (Change.NEW, ("启用日期",))}


def test_the_same_run_has_no_change_and_one_ground(tmp_path: Path) -> None:
    one = run(tmp_path, "a", 10, 1)
    change = compared(one, run(tmp_path, "other-name", 10, 1))
    assert change.rules == ()
    assert change.same_rules
    assert change.paired == len(one.rules)
    assert all(g.before == g.now for g in change.grades)


def test_other_rules_are_said(tmp_path: Path) -> None:
    one = run(tmp_path, "a", 10, 1)
    fewer = replace(one, rules=one.rules[1:])
    assert not compared(one, fewer).same_rules


def test_a_rule_that_could_not_run_is_no_pass(tmp_path: Path) -> None:
    one = run(tmp_path, "a", 10, 1)
    lost = replace(one, rules=tuple(replace(r, state=State.NOT_EVALUATED, failing=0, applicable=0) for r in one.rules))
    (change,) = compared(one, lost).rules
    assert change.change is Change.GONE
    assert change.now is None, "not 0: nobody looked"


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 500))
def test_noise_is_symmetric_and_nothing_differs_from_itself(a: int, b: int, of: int) -> None:
    a, b = min(a, of), min(b, of)
    assert beyond_noise(a, of, b, of) == beyond_noise(b, of, a, of)
    assert not beyond_noise(a, of, a, of)


def test_a_file_mended_in_its_encoding_is_judged_by_the_same_rules(tmp_path: Path) -> None:
    results = []
    for coding in ("gb18030", "utf-8"):
        path = tmp_path / f"{coding}.csv"
        path.write_text(SITES, encoding=coding)
        with SelfCheck(tmp_path) as check:
            check.open([path])
            results.append(check.judge(ON, profile=False))
    change = compared(*results)
    assert change.same_rules
    assert ("encoding", Change.GONE) in {(r.check, r.change) for r in change.rules}
