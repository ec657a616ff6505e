"""The registry holds every entity about an institution, each with province and origin, and each in its own way."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.registry.test_enrolment import ALL, ONE, TWO, records

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import Enrolled, as_of, enrol, history
from zhijian.registry.tables import BY_NAME, NATIONAL
from zhijian.spec import specification

AT = datetime(2026, 6, 30, 9, tzinfo=UTC)
NUMBER = "261009119991"
REST: list[tuple[str, dict[str, Any]]] = [
    ("certificate_change", {"number": NUMBER, "change_no": "BG1", "kind": "名称", "applied_on": "2026-02-01"}),
    ("capability_level", {"number": NUMBER, "site_no": "1", "sequence": "1", "level": 1, "name": "食品"}),
    ("credit", {"uscc": ONE, "assessed_on": "2026-03-20", "class": "B", "authority": "省局", "points": 85.125}),
    ("annual_report", {"uscc": ONE, "year": 2025, "submitted_on": "2026-02-01", "conditions_kept": True, "revenue": 12.5}),
    ("proficiency_test", {"plan_no": "PT-1", "name": "铅", "kind": "能力验证", "provider_name": "示例院", "results": [
        {"seq": 1, "uscc": ONE, "parameter": "铅", "z_score": -1.25, "judgement": "满意"}]}),
    ("inspection", {"inspection_no": "JC-1", "uscc": ONE, "kind": "双随机", "authority": "省局", "inspectors": ["张", "李"],
                    "began_on": "2026-05-04"}),
    ("finding", {"inspection_no": "JC-1", "finding_no": 1, "nature": "报告管理", "description": "不全\n一份", "law": "39号令"}),
    ("rectification", {"inspection_no": "JC-1", "finding_no": 1, "attempt": 1, "uscc": ONE, "measures": "已改",
                       "submitted_on": "2026-06-01", "state": "通过"}),
    ("penalty", {"decision_no": "罚1号", "uscc": ONE, "authority": "省局", "kinds": ["警告", "罚款"], "facts": "事实", "law": "39号令",
                 "fine": 10000, "inspection_no": "JC-OLD", "decided_on": "2026-06-03", "state": "有效"}),
]  # fmt: skip


@pytest.fixture
def db(seeded: Seeded) -> Iterator[Db]:
    with seeded.node.engine.connect() as open_:
        enrol(open_, ALL, records() + records(TWO, "261009119992", "320102"), on=None, source="t", at=AT)
        yield open_
        open_.rollback()


def put(db: Db, *all_: tuple[str, dict[str, Any]], scope: Scope = ALL) -> Enrolled:
    return enrol(db, scope, all_, on=None, source="import:x", at=AT)


def one(entity: str, **changes: Any) -> tuple[str, dict[str, Any]]:
    return entity, dict(REST)[entity] | changes


def test_every_entity_about_an_institution_is_kept() -> None:
    apart = {"report", "report_item", "sample", "complaint", "code_state_change"}
    assert set(BY_NAME) == set(specification().entities) - apart


def test_every_table_says_whose_a_row_is_since_when_and_from_where() -> None:
    for name, table in BY_NAME.items():
        wanted = {"since_on", "source", "recorded_at"} | (set() if name in NATIONAL else {"province", "uscc"})
        assert {c.name for c in table.columns if not c.nullable} >= wanted, name


def test_all_of_them_go_in_and_come_back_the_same_again_writes_nothing(db: Db) -> None:
    done = put(db, *REST)
    assert done.refused == ()
    assert done.changed == dict.fromkeys([*dict(REST), "proficiency_result"], 1)
    for name in done.changed:
        row = db.execute(sa.text(f"SELECT * FROM {name} WHERE source = 'import:x'")).mappings().one()
        assert name in NATIONAL or (row["uscc"], row["province"]) == (ONE, "33")
    found = as_of(db, ALL, ONE, AT.date())
    assert found is not None
    assert set(found.records) == set(BY_NAME) - NATIONAL
    assert str(found.records["credit"][0]["points"]) == "85.13", "as the specification's two places have it"
    assert put(db, *REST).changed == {}


def test_parts_come_nested_or_by_themselves_naming_their_whole(db: Db) -> None:
    put(db, *REST)
    result = {"plan_no": "PT-1", "seq": 1, "uscc": ONE, "parameter": "铅", "z_score": -1.25, "judgement": "满意"}
    assert put(db, ("proficiency_result", result)).changed == {}
    assert put(db, ("proficiency_result", result | {"judgement": "有问题"})).changed == {"proficiency_result": 1}
    lost = put(db, ("proficiency_result", result | {"plan_no": "PT-9"}))
    assert [(r.entity, r.pointer) for r in lost.refused] == [("proficiency_result", "/plan_no")]


@pytest.mark.parametrize(
    ("stray", "pointer"),
    [
        (one("finding", inspection_no="JC-9"), "/inspection_no"),
        (one("rectification", inspection_no="JC-9"), "/inspection_no"),
        (one("rectification", uscc=TWO), "/uscc"),
        (one("certificate_change", number="261009118888"), "/number"),
        (one("penalty", uscc=TWO), "/decision_no"),
        (one("inspection", uscc=TWO), "/inspection_no"),
    ],
)
def test_what_has_no_parent_or_is_anothers_is_given_back(
    db: Db, stray: tuple[str, dict[str, Any]], pointer: str
) -> None:
    put(db, *REST)
    assert [(r.entity, r.pointer) for r in put(db, stray).refused] == [(stray[0], pointer)]


@pytest.mark.parametrize(
    "entity", ["penalty", "credit", "certificate_change", "inspection", "finding", "proficiency_test"]
)
def test_an_institution_does_not_say_of_itself_what_the_regulator_says(db: Db, entity: str) -> None:
    put(db, *REST)
    mine = Scope.of_institution(ONE)
    assert put(db, one("annual_report", staff_count=9), scope=mine).refused == ()
    assert {r.entity for r in put(db, one(entity), scope=mine).refused} >= {entity}


def test_a_province_does_not_change_what_belongs_to_all(db: Db) -> None:
    here, there = Scope(frozenset({"33"}), None), Scope(frozenset({"32"}), None)
    assert put(db, *REST, scope=here).refused == ()
    assert [r.entity for r in put(db, one("credit"), scope=there).refused] == ["credit"]
    changed = {k: v for k, v in one("proficiency_test", name="改")[1].items() if k != "results"}
    assert [r.entity for r in put(db, ("proficiency_test", changed), scope=there).refused] == ["proficiency_test"]


def test_a_decision_that_is_revoked_shows_both_states(db: Db) -> None:
    put(db, *REST)
    enrol(db, ALL, [one("penalty", state="撤销", changed_on="2026-06-20")], on=date(2026, 6, 20), source="t", at=AT)
    newest = history(db, ALL, ONE, entity="penalty")[0]
    assert newest.elements["state"] == ("有效", "撤销")
    before = as_of(db, ALL, ONE, date(2026, 6, 19))
    assert before is not None
    assert before.records["penalty"][0]["state"] == "有效"
