"""What a case changes outside of it: reports found false are so for everybody, and the registry knows what was inspected and decided."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.cases.walking import LAB, LEAD, LI, SUN, filled
from tests.conftest import Seeded

from zhijian.cases.flow import act, case, open_case
from zhijian.cases.flow.model import Actor, Case, CaseNo
from zhijian.cases.following import follow, standing
from zhijian.codes import grouped
from zhijian.codes.model import Code, CodesError
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import as_of
from zhijian.spec import specification

ALL = Scope.everything()


@dataclass
class Work:
    """One case of an institution, and the reports of it."""

    seeded: Seeded
    db: Db
    at: datetime
    province: str
    uscc: str
    codes: tuple[str, ...]
    no: CaseNo | None = None

    def open(self, *acts: str) -> None:
        self.no = open_case(self.db, ALL, LI, {**LEAD, "province": self.province, "uscc": self.uscc}, self.at).no
        for name in acts:
            self.do(name)

    def do(self, name: str, actor: Actor = LI, **other: Any) -> None:
        now = self.now()
        act(self.db, ALL, actor, now.no, now.version, name, {**filled(name, now, day(self.at)), **other}, self.at)

    def now(self) -> Case:
        assert self.no is not None
        return case(self.db, ALL, self.no)

    def propose_false(self, *codes: str) -> None:
        self.open("take-up", "assign", "begin", "find", "end", "file", "notify")
        self.do("state", LAB)
        now = self.now()
        fields = filled("decide", now, day(self.at), choose=1)
        act(self.db, ALL, LI, now.no, now.version, "decide", {**fields, "report_codes": list(codes)}, self.at)

    def follow(self) -> tuple[str, ...]:
        done = follow(self.db, ALL, self.seeded.node.office(self.db), CodesError, self.at, most=100)
        return tuple(p for one in done if one.no == self.no for p in one.problems)

    def state(self, code: str) -> str:
        return str(self.db.execute(sa.text("SELECT state FROM report WHERE code = :c"), {"c": code}).scalar_one())

    @property
    def authority(self) -> str:
        return f"{specification().codelists['province'][self.province].zh}市场监督管理局"

    def records(self, entity: str) -> list[dict[str, Any]]:
        found = as_of(self.db, ALL, self.uscc, day(self.at))
        assert found is not None
        return [dict(r) for r in found.records.get(entity, ())]


@pytest.fixture
def work(seeded: Seeded, db: Db) -> Work:
    rows = db.execute(sa.text(
        "SELECT province, uscc, array_agg(code ORDER BY code) AS codes FROM report WHERE state = 'valid' GROUP BY 1, 2 "
        "HAVING count(*) > 1 ORDER BY 2 LIMIT 1"
    )).one()  # fmt: skip
    at = datetime.now(UTC) + timedelta(minutes=1)
    work = Work(seeded, db, at, rows.province, rows.uscc, tuple(rows.codes[:2]))
    work.follow()
    return work


def test_reports_found_false_are_false_once_a_second_person_agreed_and_valid_again_when_it_is_withdrawn(
    work: Work,
) -> None:
    work.propose_false(*work.codes)
    assert work.follow() is not None
    assert [work.state(c) for c in work.codes] == ["valid", "valid"], "one person decides nothing"
    work.do("confirm", SUN)
    work.follow()
    assert [work.state(c) for c in work.codes] == ["false", "false"]
    said = "SELECT by, actor, reason FROM state_change WHERE code = :c ORDER BY id DESC LIMIT 1"
    last = work.db.execute(sa.text(said), {"c": work.codes[0]}).one()
    assert (last.by, last.actor, last.reason) == (
        "regulator",
        work.authority,
        "浙市监罚〔2026〕1号：认定为虚假检验检测报告",
    )
    work.do("withdraw", withdrawn_as="撤销", reason="复议撤销")
    work.do("confirm", SUN)
    work.follow()
    assert [work.state(c) for c in work.codes] == ["valid", "valid"]


def test_it_is_done_once_and_what_another_decided_since_stands(work: Work) -> None:
    work.propose_false(*work.codes)
    work.do("confirm", SUN)
    work.follow()
    count = "SELECT count(*) FROM state_change WHERE code = :c"
    before = work.db.execute(sa.text(count), {"c": work.codes[0]}).scalar_one()
    work.do("serve")
    work.do("publish")
    work.follow()
    assert work.db.execute(sa.text(count), {"c": work.codes[0]}).scalar_one() == before
    office = work.seeded.node.office(work.db)
    office.decide(work.db, ALL, work.codes[1], "inaccurate", actor="另一机关", reason="另案", at=work.at)
    work.do("withdraw", withdrawn_as="撤销", reason="复议撤销")
    work.do("confirm", SUN)
    work.follow()
    assert [work.state(c) for c in work.codes] == ["valid", "inaccurate"]


def test_a_code_that_there_is_not_holds_up_no_other_and_is_told(work: Work) -> None:
    work.propose_false("3326-08K7-0049-M302-AR", work.codes[0])
    work.do("confirm", SUN)
    assert standing(work.db, ALL, work.now().no, work.now().version) is None
    problems = work.follow()
    assert any("3326-08K7-0049-M302-AR" in one for one in problems), problems
    assert work.state(work.codes[0]) == "false"
    kept = standing(work.db, ALL, work.now().no, work.now().version)
    assert kept is not None
    assert kept.problems == problems
    assert standing(work.db, Scope.of_institution(work.uscc), work.now().no, 1) is None


def test_the_registry_knows_the_inspection_its_findings_and_the_penalty_as_they_change(work: Work) -> None:
    work.open("take-up", "assign", "begin")
    work.do(
        "find",
        law="《检验检测机构监督管理办法》",
        article="第十四条",
        report_codes=[*(grouped(Code(c)) for c in work.codes), "不是编码"],
    )
    work.do("end", reports_examined=40)
    work.do("order")
    work.do("rectify", measures="补做三份")
    assert work.follow() == ()
    (inspection,) = [r for r in work.records("inspection") if r["inspection_no"] == work.no]
    assert (inspection["kind"], inspection["authority"], inspection["reports_examined"], inspection["outcome"]) == (
        "线索核查", work.authority, 40, "责令改正")  # fmt: skip
    assert [r["state"] for r in work.records("rectification") if r["inspection_no"] == work.no] == ["已提交"]
    (finding,) = [r for r in work.records("finding") if r["inspection_no"] == work.no]
    assert (finding["finding_no"], finding["report_codes"]) == (1, list(work.codes))
    for name in ("accept", "file", "notify"):
        work.do(name)
    work.do("state", LAB)
    work.do("decide")
    work.do("serve")
    work.do("publish")
    assert work.follow() == ()
    assert [r["state"] for r in work.records("rectification") if r["inspection_no"] == work.no] == ["通过"]
    (penalty,) = [r for r in work.records("penalty") if r["inspection_no"] == work.no]
    assert (penalty["state"], float(penalty["fine"]), "published_on" in penalty) == ("有效", 10_000, True)
    work.do("withdraw", withdrawn_as="确认违法", reason="判决")
    assert work.follow() == ()
    (penalty,) = [r for r in work.records("penalty") if r["inspection_no"] == work.no]
    assert penalty["state"] == "确认违法"


@pytest.mark.parametrize("whose", ["another institution", "another province"])
def test_a_case_changes_nothing_of_anybody_but_its_party_where_its_office_is_competent(work: Work, whose: str) -> None:
    if whose == "another province":
        work.province = next(p for p in ("11", "33", "37") if p != work.province)
        code = work.codes[0]
    else:
        other = sa.text("SELECT code FROM report WHERE state = 'valid' AND uscc <> :u ORDER BY code LIMIT 1")
        code = work.db.execute(other, {"u": work.uscc}).scalar_one()
    work.propose_false(code)
    work.do("confirm", SUN)
    assert any(code in one for one in work.follow())
    assert work.state(code) == "valid"
    found = [r for r in work.records("inspection") if r["inspection_no"] == work.no]
    assert bool(found) == (whose == "another institution")


def test_a_case_whose_events_were_changed_behind_its_back_holds_up_no_other(work: Work) -> None:
    work.open("take-up")
    broken = work.no
    work.db.execute(sa.text("SET LOCAL session_replication_role = replica"))
    work.db.execute(sa.text("UPDATE case_event SET by = 'nobody' WHERE no = :n AND seq = 1"), {"n": broken})
    work.propose_false(work.codes[0])
    work.do("confirm", SUN)
    done = follow(work.db, ALL, work.seeded.node.office(work.db), CodesError, work.at, most=100)
    assert any("摘要不符" in p for one in done if one.no == broken for p in one.problems)
    assert work.state(work.codes[0]) == "false"


def test_a_record_that_lacks_something_is_told_by_its_name_in_both_languages(work: Work) -> None:
    work.open("take-up", "assign", "begin", "find")
    (problem,) = work.follow()
    assert "检查发现·法律法规名称 Finding, Law：缺这一项 is missing" in problem
    work.do("find", law="《检验检测机构监督管理办法》")
    assert len(work.follow()) == 1
