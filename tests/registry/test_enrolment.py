"""Enrolment: what conforms goes in, in scope and in order; what does not is given back and stops nothing else."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded

from zhijian.codes.code import ALPHABET
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import Enrolled, InstitutionFacts, facts, revision
from zhijian.registry import enrol as enrol_on
from zhijian.spec.values import uscc as check_uscc

ALL = Scope.everything()
Records = list[tuple[str, dict[str, Any]]]


ON, AT = date(2026, 6, 30), datetime(2026, 6, 30, 9, tzinfo=UTC)


def enrol(db: Db, scope: Scope, records: Records) -> Enrolled:
    return enrol_on(db, scope, records, on=ON, source="import:test", at=AT)


def credit_code(body: str) -> str:
    return next(body + ch for ch in ALPHABET if check_uscc(body + ch) is None)


ONE, TWO = credit_code("91330000MAE000001"), credit_code("91320000MAE000002")


def records(uscc: str = ONE, number: str = "261009119991", division: str = "330106") -> Records:
    return [
        ("institution", {"uscc": uscc, "name": "示例检测有限公司", "legal_form": "企业", "independent": True, "division": division,
                         "address": "示例路 1 号", "area_m2": 1234.5, "fields": ["00", "13"]}),
        ("site", {"uscc": uscc, "site_no": "1", "name": "总部", "division": division, "address": "示例路 1 号", "used_from": "2020-01-01"}),
        ("certificate", {"number": number, "uscc": uscc, "authority": "省局", "issued_on": "2026-01-01", "expires_on": "2031-12-31"}),
        ("certificate_state", {"number": number, "state": "暂停", "from_on": "2026-03-01", "to_on": "2026-03-31"}),
        ("capability", {"number": number, "site_no": "1", "sequence": "1", "category": "食品", "parameter": "铅",
                        "standard": "GB 5009.12-2023", "valid_from": "2026-01-01"}),
        ("staff", {"uscc": uscc, "staff_no": "R1", "name": "示例甲", "employed_from": "2020-01-01"}),
        ("authorisation", {"uscc": uscc, "staff_no": "R1", "categories": ["食品"], "from_on": "2026-01-01"}),
        ("instrument", {"uscc": uscc, "management_no": "Y1", "site_no": "1", "name": "天平", "needs_calibration": True, "state": "在用",
                        "used_from": "2020-01-01"}),
        ("calibration", {"uscc": uscc, "management_no": "Y1", "kind": "校准", "calibrated_on": "2026-01-01", "due_on": "2026-12-31",
                         "passed": True}),
    ]  # fmt: skip


def changed(entity: str, all_: Records | None = None, **changes: Any) -> Records:
    made = json.loads(json.dumps(all_ or records()))
    return [(name, record | changes if name == entity else record) for name, record in made]


def known(db: Db, uscc: str = ONE, scope: Scope = ALL) -> InstitutionFacts:
    found = facts(db, scope, uscc)
    assert found is not None
    return found


def test_what_is_enrolled_comes_back_as_facts(db: Db) -> None:
    done = enrol(db, ALL, records())
    each = dict.fromkeys([name for name, _ in records()], 1)
    assert done == Enrolled(each, (), each)
    one = known(db)
    assert (one.uscc, one.province, one.synthetic) == (ONE, "33", False)
    certificate = one.certificates["261009119991"]
    assert [certificate.state_on(d) for d in (certificate.term.from_on, certificate.states[0][1].from_on)] == [
        "有效",
        "暂停",
    ]
    day = certificate.states[0][1].from_on
    assert len(one.capabilities_on("261009119991", "1", "铅", "gb5009.12-2023", day)) == 1
    assert one.people["R1"].authorised[0][0] == {"食品"}
    assert one.instruments["Y1"].calibration_on(day) is not None
    assert one.sites["1"].used.to_on is None


def test_every_institution_gets_an_index_of_its_own_for_good(db: Db) -> None:
    enrol(db, ALL, records() + records(TWO, "261009119992", "320102"))
    first, second = known(db), known(db, TWO)
    assert first.code_index != second.code_index
    enrol(db, ALL, changed("institution", name="改名检测有限公司") + records(TWO, "261009119992", "320102"))
    assert known(db).name == "改名检测有限公司"
    assert (known(db).code_index, known(db, TWO).code_index) == (first.code_index, second.code_index)
    taken = db.execute(sa.text("SELECT count(*), count(DISTINCT code_index) FROM institution")).one()
    assert taken[0] == taken[1]


def test_a_change_raises_the_revision_of_its_institution_alone(db: Db) -> None:
    enrol(db, ALL, records() + records(TWO, "261009119992", "320102"))
    before, other = revision(db, ALL, ONE), revision(db, ALL, TWO)
    for entity, change in {
        "site": {"name": "分部"}, "capability": {"note": "改"}, "certificate_state": {"to_on": "2026-04-30"},
        "calibration": {"passed": False},
    }.items():  # fmt: skip
        enrol(db, ALL, [r for r in changed(entity, **change) if r[0] == entity])
        after = revision(db, ALL, ONE)
        assert after is not None
        assert before is not None
        assert after > before, entity
        before = after
        assert enrol(db, ALL, [r for r in changed(entity, **change) if r[0] == entity]).changed == {}
        assert revision(db, ALL, ONE) == before, "the same again"
    assert revision(db, ALL, TWO) == other


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a missing field": ("institution", {"name": None}, "/name"),
    "a strange field": ("institution", {"colour": "red"}, "/"),
    "a credit code of another form": ("institution", {"uscc": "9133"}, "/uscc"),
    "a credit code with a strange letter": ("institution", {"uscc": "91330000MAI000001X"}, "/uscc"),
    "a strange division": ("institution", {"division": "930106"}, "/division"),
    "a word that is not in its list": ("instrument", {"state": "坏"}, "/state"),
    "a standard without its year": ("capability", {"standard": "GB 5009.12"}, "/standard"),
    "a certificate number of another authority": ("certificate", {"number": "269909119991"}, "/number"),
    "a date that is none": ("calibration", {"due_on": "2026-13-01"}, "/due_on"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_record_that_does_not_conform_is_given_back_with_its_place(db: Db, what: str) -> None:
    entity, changes, pointer = WRONG[what]
    wrong = next(r for r in changed(entity, **changes) if r[0] == entity)
    done = enrol(db, ALL, [*records(), wrong])
    assert [(r.entity, r.pointer) for r in done.refused] == [(entity, pointer)]
    assert done.refused[0].record == wrong[1]
    assert done.refused[0].reason
    assert known(db).uscc == ONE, "the others went in"


def test_an_unknown_entity_is_given_back(db: Db) -> None:
    done = enrol(db, ALL, [("report", {"uscc": ONE}), ("nothing", {})])
    assert [(r.entity, r.pointer) for r in done.refused] == [("report", ""), ("nothing", "")]


def test_a_warning_of_the_credit_code_refuses_nothing(db: Db) -> None:
    done = enrol(db, ALL, records("91350203M0001QAY9B", division="350203")[:1])
    assert done.refused == ()


def test_a_record_without_its_parent_is_given_back(db: Db) -> None:
    stray = [r for r in records(TWO, "261009119992") if r[0] == "site"]
    done = enrol(db, ALL, [*records(), *stray])
    assert [r.entity for r in done.refused] == ["site"]


def test_a_date_of_year_0_is_given_back(db: Db) -> None:
    done = enrol(db, ALL, changed("staff", employed_from="0000-01-01"))
    assert [(r.entity, r.pointer) for r in done.refused] == [("staff", "/employed_from")]


def test_an_institution_enrols_itself_and_no_other(db: Db) -> None:
    done = enrol(db, Scope.of_institution(TWO), [r for r in records() if "uscc" in r[1]])
    assert {r.pointer for r in done.refused} == {"/uscc"}
    assert facts(db, ALL, ONE) is None


def test_a_province_enrols_institutions_of_its_own_alone(db: Db) -> None:
    done = enrol(db, Scope(frozenset({"32"}), None), records()[:1])
    assert [(r.entity, r.pointer) for r in done.refused] == [("institution", "/division")]


@pytest.mark.parametrize("entity", ["site", "certificate", "capability", "staff", "instrument", "certificate_state"])
def test_a_province_enrols_nothing_into_institutions_of_another(db: Db, entity: str) -> None:
    enrol(db, ALL, records())
    done = enrol(db, Scope(frozenset({"32"}), None), [r for r in records() if r[0] == entity])
    assert [r.entity for r in done.refused] == [entity]


def test_a_province_does_not_take_an_institution_from_another_by_claiming_it(db: Db) -> None:
    enrol(db, ALL, records())
    enrol(db, Scope(frozenset({"32"}), None), changed("institution", division="320102")[:1])
    assert known(db).province == "33"


def test_a_certificate_does_not_pass_to_another_institution(db: Db) -> None:
    enrol(db, ALL, records() + records(TWO, "261009119992", "320102"))
    theft = [r for r in records(TWO, "261009119991", "320102") if r[0] == "certificate"]
    done = enrol(db, Scope.of_institution(TWO), theft)
    assert done.refused
    assert "261009119991" in known(db).certificates


def test_facts_are_seen_within_scope_only(db: Db) -> None:
    enrol(db, ALL, records())
    for scope in (Scope(), Scope.of_institution(TWO), Scope(frozenset({"32"}), None)):
        assert facts(db, scope, ONE) is None
        assert revision(db, scope, ONE) is None
    for scope in (Scope.of_institution(ONE), Scope(frozenset({"33"}), None), ALL):
        assert known(db, scope=scope).uscc == ONE


def test_the_synthetic_world_is_enrolled_whole(seeded: Seeded, db: Db) -> None:
    for entity, wanted in count(seeded.world.registry()).items():
        found = db.execute(sa.text(f"SELECT count(*) FROM {entity}")).scalar_one()
        assert found >= wanted, entity


def count(all_: Iterator[tuple[str, dict[str, Any]]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entity, _ in all_:
        counts[entity] = counts.get(entity, 0) + 1
    return counts
