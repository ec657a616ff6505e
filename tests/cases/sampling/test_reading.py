"""Plan and lists as an office writes them; every mistake is told with its place and its remedy."""

from datetime import date

import pytest
from tests.cases.sampling.worlds import SOURCE, frame, inspector, institution, plan

from zhijian.cases.sampling.form import back, barred
from zhijian.cases.sampling.model import (
    Conflict,
    ConflictKind,
    Frame,
    Outcome,
    Party,
    PlanRefused,
    Source,
    SourceKind,
    Stratum,
)
from zhijian.cases.sampling.preparing import prepared
from zhijian.cases.sampling.reading import InputWrong, read_frame, read_outcomes, read_plan

PLAN = """
id: 33-1
name: 第一次
province: 33
year: 2026
on: 2026-03-01
equal: 1/2
division: other
strata:
  - {id: food, name: 食品, fields: [00, 04], share: 1/10}
  - {id: rest, name: 其余, fields: ["*"], divisions: [330102], count: 3}
source:
  kind: parties
  words: 各出一句话
  parties: [{name: 甲, sha256: aa}, {name: 乙, sha256: bb}]
"""
INSTITUTIONS = (
    "\ufeff统一社会信用代码,名称,领域,辖区,风险权重,上次检查日期\r\n9133,甲,00;13,330102,5,2026-01-02\r\n\r\n"
)
INSPECTORS = "no,name,division,fields,most\nJ1,王小明,330102,*,3\n"
CONFLICTS = "工号,统一社会信用代码,回避类型,离职日期\nJ1,9133,原任职,2024-06-30\n"


def test_a_plan_is_read_as_it_is_written() -> None:
    read = read_plan("p.yaml", PLAN)
    assert (read.province, read.on, read.equal, read.division, read.team) == (
        "33",
        date(2026, 3, 1),
        (1, 2),
        "other",
        2,
    )
    assert read.strata == (
        Stratum("food", "食品", ("00", "04"), share=(1, 10)),
        Stratum("rest", "其余", ("*",), ("330102",), count=3),
    )
    assert read.source == Source(SourceKind.PARTIES, "各出一句话", (Party("甲", "aa"), Party("乙", "bb")))


def test_lists_are_read_with_headings_of_both_languages_as_spreadsheets_write_them() -> None:
    read = read_frame(("a", INSTITUTIONS), ("b", INSPECTORS), ("c", CONFLICTS))
    assert (read.institutions[0].fields, read.institutions[0].inspected_on) == (("00", "13"), date(2026, 1, 2))
    assert read.conflicts == (Conflict("J1", "9133", ConflictKind.FORMER_EMPLOYER, date(2024, 6, 30)),)
    assert read_outcomes("o", "uscc,结果\n1,有违法\n2,not-inspected\n") == {
        "1": Outcome.VIOLATION,
        "2": Outcome.NOT_INSPECTED,
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("year: 2026", "year: 二〇二六"), "p.yaml year：「二〇二六」应是整数"),
        (("on: 2026-03-01", "on: 3月1日"), "应是日期，如 2026-03-01"),
        (("share: 1/10", "share: 一成"), "p.yaml strata 1 share：「一成」应是比例，如 1/10"),
        (("share: 1/10", "shere: 1/10"), "不认识 shere"),
        (("name: 第一次", ""), "缺少 name（名称）"),
        (("division: other", "division: far"), "any、same、other"),
        (("strata:", "strata: ["), "第 10 行：不是 YAML"),
        (("fields: [00, 04]", "fields: 00"), "应是列表"),
        (("kind: parties", "kind: dice"), "log、numbers、parties"),
    ],
)
def test_a_mistake_in_the_plan_is_told_with_its_place(change: tuple[str, str], told: str) -> None:
    assert change[0] in PLAN
    with pytest.raises(InputWrong) as why:
        read_plan("p.yaml", PLAN.replace(*change))
    assert told in why.value.zh
    assert why.value.en.isascii() or "一成" in why.value.en or "二〇" in why.value.en or "月" in why.value.en


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        ((INSTITUTIONS.replace(",5,", ",五,"), INSPECTORS, CONFLICTS), "a 第 2 行 row 2 weight（风险权重）：「五」应是整数"),
        ((INSTITUTIONS.replace(",5,", ",5,,"), INSPECTORS, CONFLICTS), "a 第 2 行 row 2：有 7 列，表头有 6 列"),
        ((INSTITUTIONS.replace("领域", "行业"), INSPECTORS, CONFLICTS), "不认识 行业"),
        ((INSTITUTIONS, "", CONFLICTS), "b 第 1 行 line 1：缺少 no（工号）"),
        ((INSTITUTIONS, INSPECTORS, CONFLICTS.replace("原任职", "同学")), "c 第 2 行 row 2 kind（回避类型）：「同学」应是 原任职、亲属"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_list_is_told_with_file_row_and_column(lists: tuple[str, str, str], told: str) -> None:
    with pytest.raises(InputWrong) as why:
        read_frame(("a", lists[0]), ("b", lists[1]), ("c", lists[2]))
    assert told in why.value.zh


def test_what_cannot_be_drawn_fairly_is_refused_with_every_reason() -> None:
    bad = plan(id="a/b", province="99", team=1, equal=(0, 1), source=Source(SourceKind.PARTIES, "", ()))
    with pytest.raises(PlanRefused) as why:
        prepared(bad, frame(), "00")
    for part in ("a/b", "99", "不得少于 2 人", "没有机会", "source.words", "至少两方"):
        assert part in why.value.zh
    odd = Frame(
        (institution(1, weight=0), institution(1), institution(2, fields=("77",), division="33")),
        (inspector(1, most=0), inspector(2, no="J/2")),
        (Conflict("J9", "x", ConflictKind.DECLARED),),
    )
    with pytest.raises(PlanRefused) as why:
        prepared(plan(), odd, "00")
    for part in ("权重应为 1", "出现两次", "77", "辖区应为 6 位", "至少为 1", "J/2", "J9：名录里没有"):
        assert part in why.value.zh
    with pytest.raises(PlanRefused, match="要抽 12 家，名录里可抽的有 3 家"):
        prepared(
            plan(strata=(Stratum("a", "", ("*",), count=12),)),
            Frame(tuple(institution(n) for n in range(3)), (inspector(1), inspector(2))),
            "00",
        )
    many = Frame(tuple(institution(n) for n in range(30)), tuple(inspector(n, most=2) for n in range(4)))
    with pytest.raises(PlanRefused, match="要 24 人次，最多 8 人次"):
        prepared(plan(strata=(Stratum("a", "", ("*",), count=12),)), many, "00")


def test_who_left_long_ago_may_inspect_a_former_employer_and_a_household_never_itself() -> None:
    who, places = (
        inspector(1, group="市检科院"),
        (institution(1), institution(2), institution(3, group="市检科院"), institution(4)),
    )
    conflicts = (
        Conflict(who.no, places[0].uscc, ConflictKind.FORMER_EMPLOYER, date(2023, 3, 2)),
        Conflict(who.no, places[1].uscc, ConflictKind.FORMER_EMPLOYER, date(2023, 3, 1)),
        Conflict(who.no, places[3].uscc, ConflictKind.RELATIVE),
    )
    found = barred(plan(), Frame(places, (who,), conflicts), who)
    assert found == {places[0].uscc, places[2].uscc, places[3].uscc}


def test_whoever_was_inspected_lately_is_excluded_with_the_reason() -> None:
    places = (
        institution(1, inspected_on=date(2025, 3, 2)),
        institution(2, inspected_on=date(2025, 3, 1)),
        institution(3, fields=("12",)),
    )
    staff = (inspector(1), inspector(2))
    made = prepared(plan(strata=(Stratum("food", "", ("00",), count=1),), source=SOURCE), Frame(places, staff), "00")
    assert [one["uscc"] for one in made.frame["institutions"]] == [places[1].uscc]
    why = {one["uscc"]: one["why"] for one in made.frame["excluded"]}
    assert "2025-03-02 已检查，未满 12 个月" in why[places[0].uscc]
    assert "不属于任何抽取类别" in why[places[2].uscc]
    assert back(date(2024, 2, 29), 12) == date(2023, 2, 28)
