"""What may be one and the same in two institutions is found by what is equal, queued, and judged by people once."""

import random
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.registry.test_enrolment import ALL, ONE, TWO, records

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import enrol, matching
from zhijian.registry.likeness import MOST, Twin, institutions, nearly

AT, LATER = datetime(2026, 6, 30, 9, tzinfo=UTC), datetime(2026, 7, 1, 9, tzinfo=UTC)
BOTH = Scope(None, frozenset({ONE, TWO}))


def put(db: Db, here: dict[str, dict[str, Any]], there: dict[str, dict[str, Any]]) -> None:
    """Two institutions of two provinces, each with its changes by entity."""
    for uscc, number, division, changes in (
        (ONE, "261009119991", "330106", here),
        (TWO, "261009119992", "320102", there),
    ):
        all_ = [(name, record | changes.get(name, {})) for name, record in records(uscc, number, division)]
        assert enrol(db, ALL, all_, on=date(2026, 6, 1), source="t", at=AT).refused == ()


APART: dict[str, dict[str, Any]] = {
    "institution": {"name": "另一家检测中心", "address": "别处路 9 号"},
    "staff": {"name": "示例乙"},
}


def found(db: Db, kind: str) -> list[Twin]:
    return [one for one in matching.twins(db, BOTH) if one.kind == kind]


def test_one_person_employed_at_two_institutions_at_a_time_is_found(db: Db) -> None:
    known = {"title_level": "副高", "education": "博士"}
    put(db, {"staff": known}, APART | {"staff": known})
    assert [(one.a_uscc, one.b_uscc, one.why) for one in found(db, "person")] == [
        (*sorted((ONE, TWO)), ("name", "title-and-education", "rare"))]  # fmt: skip


@pytest.mark.parametrize(
    "other", [{"employed_from": "2021-01-01"}, {"title_level": "中级"}, {"education": "本科"}, {"name": "示例丁"}]
)
def test_who_left_before_or_differs_is_no_twin(db: Db, other: dict[str, Any]) -> None:
    known = {"title_level": "副高", "education": "博士"}
    put(db, {"staff": known | {"employed_to": "2020-12-31"} if "employed_from" in other else {"staff": known}["staff"]},
        APART | {"staff": known | other})  # fmt: skip
    assert found(db, "person") == []


def test_one_serial_number_in_use_at_two_institutions_is_found_however_it_is_written(db: Db) -> None:
    unit = {"model": "AA-7000", "maker": "示例仪器厂", "serial_no": "a3078 1234-5"}
    put(db, {"instrument": unit}, APART | {"instrument": unit | {"serial_no": "A30781234-5"}})
    [one] = found(db, "instrument")
    assert one.why == ("serial", "model", "maker")
    assert one.score > 0.8


@pytest.mark.parametrize(
    "other", [{"serial_no": "A307812346"}, {"model": "BB-1", "maker": "别厂"}, {"used_from": "2025-01-01"}]
)
def test_another_serial_another_model_or_one_after_the_other_is_no_twin(db: Db, other: dict[str, Any]) -> None:
    unit = {"model": "AA-7000", "maker": "示例仪器厂", "serial_no": "A307812345"}
    before = unit | ({"used_to": "2024-12-31"} if "used_from" in other else {})
    put(db, {"instrument": before}, APART | {"instrument": unit | other})
    assert found(db, "instrument") == []


def row(uscc: str, **changes: Any) -> dict[str, Any]:
    return {"uscc": uscc, "province": "33", "name": f"甲乙丙丁{uscc}检测", "address": f"路 {uscc} 号", "contact_phone": None,
            "public_phone": None, "legal_representative": None} | changes  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"name": "示例检测（集团）有限公司"}, {"name": "示例检测集团有限责任公司"}, ("name",)),
        ({"name": "杭州示例检测", "contact_phone": "0571-8888 0000"}, {"name": "杭州示列检测", "public_phone": "057188880000"},
         ("near-name", "phone")),
        ({"address": "某路1号"}, {"address": "某路 1 号"}, None),
        ({"address": "某路1号", "legal_representative": "张示例"}, {"address": "某路1号", "legal_representative": "张示例"},
         ("address", "legal-representative")),
        ({"name": "示例第一检测站"}, {"name": "示例第二检测站"}, None),
    ],
)  # fmt: skip
def test_institutions_are_twins_by_name_or_by_two_things_that_agree(
    one: dict[str, Any], other: dict[str, Any], why: tuple[str, ...] | None
) -> None:
    assert [t.why for t in institutions([row("A", **one), row("B", **other)])] == ([why] if why else [])


def test_what_many_share_sets_nobody_apart() -> None:
    rows = [row(f"U{n:02}", contact_phone="057188880000") for n in range(MOST + 1)]
    assert list(institutions(rows)) == []
    assert len(list(institutions(rows[:3]))) == 3


@given(st.text("甲乙丙", min_size=1, max_size=8), st.text("甲乙丙", min_size=1, max_size=8))
def test_nearly_is_an_edit_of_one_character(one: str, other: str) -> None:
    edits = {one[:i] + ch + one[i + 1 :] for i in range(len(one)) for ch in "甲乙丙"}
    edits |= {one[:i] + one[i + 1 :] for i in range(len(one))}
    edits |= {one[:i] + ch + one[i:] for i in range(len(one) + 1) for ch in "甲乙丙"}
    assert nearly(one, other) == (other in edits - {one}) == nearly(other, one)


def test_blocks_find_every_pair_of_names_that_comparing_all_with_all_would() -> None:
    rng = random.Random(5)
    names = ["".join(rng.choices("甲乙丙丁戊", k=6)) for _ in range(200)]
    names += [name[:i] + rng.choice(("", "己", "甲己")) + name[i + 1 :] for name in names for i in [rng.randrange(6)]]
    rows = [row(f"U{n:03}", name=name, address=f"路{n % 200}号") for n, name in enumerate(names)]
    by_block = {(t.a_uscc, t.b_uscc) for t in institutions(rows) if "near-name" in t.why}
    by_all = {(a["uscc"], b["uscc"]) for a in rows for b in rows
              if a["uscc"] < b["uscc"] and nearly(a["name"], b["name"]) and a["address"] == b["address"]}  # fmt: skip
    assert by_block == by_all
    assert len(by_all) > 100


def test_a_decision_stays_and_what_is_no_more_leaves_the_queue(db: Db) -> None:
    known = {"title_level": "副高", "education": "博士"}
    unit = {"model": "AA-7000", "serial_no": "A307812345"}
    put(db, {"staff": known, "instrument": unit}, APART | {"staff": known, "instrument": unit})
    assert matching.look(db, BOTH, AT) == {"institution": 0, "person": 1, "instrument": 1}
    asked = {one.twin.kind: one.twin for one in matching.queue(db, BOTH)}
    assert matching.decide(db, BOTH, asked["person"], "different", by="u:1", at=AT, note="同名")
    matching.look(db, BOTH, LATER)
    assert [one.twin.kind for one in matching.queue(db, BOTH)] == ["instrument"]
    [judged] = matching.queue(db, BOTH, state="different")
    assert (judged.decided_by, judged.decided_at, judged.note) == ("u:1", AT, "同名")
    enrol(db, ALL, [r for r in records(TWO, "261009119992", "320102") if r[0] in ("instrument", "staff")], on=date(2026, 6, 2),
          source="t", at=AT)  # fmt: skip
    matching.look(db, BOTH, datetime(2026, 7, 2, tzinfo=UTC))
    assert matching.queue(db, BOTH) == []
    assert len(matching.queue(db, BOTH, state="different")) == 1, "what was judged is kept"


def test_a_pair_over_two_provinces_is_seen_by_neither_alone(db: Db) -> None:
    unit = {"model": "AA-7000", "serial_no": "A307812345"}
    put(db, {"instrument": unit}, APART | {"instrument": unit})
    matching.look(db, BOTH, AT)
    [pair] = matching.queue(db, BOTH)
    for province in ("33", "32"):
        one = Scope(frozenset({province}), None)
        assert matching.queue(db, one, kind="instrument") == []
        assert not matching.decide(db, one, pair.twin, "same", by="u:1", at=AT)
    assert matching.queue(db, Scope(frozenset({"33", "32"}), None), limit=1000)


def test_a_city_finds_and_sees_only_pairs_of_its_own(db: Db) -> None:
    unit = {"model": "AA-7000", "serial_no": "A307812345"}
    other = APART["institution"] | {"division": "330203"}
    put(db, {"instrument": unit}, {"institution": other, "instrument": unit})
    city, province = Scope.of_province("33", "3301"), Scope.of_province("33")
    assert {ONE, TWO} in [{one.a_uscc, one.b_uscc} for one in matching.twins(db, province)]
    assert TWO not in {uscc for one in matching.twins(db, city) for uscc in (one.a_uscc, one.b_uscc)}
    matching.look(db, BOTH, AT)
    [pair] = [one.twin for one in matching.queue(db, BOTH) if one.twin.kind == "instrument"]
    assert pair in [one.twin for one in matching.queue(db, province, kind="instrument", limit=1000)]
    assert pair not in [one.twin for one in matching.queue(db, city, kind="instrument", limit=1000)]
    assert not matching.decide(db, city, pair, "same", by="u:1", at=AT)
