"""Who may test it, and what is this: what a search finds is what admission would let pass, and nothing beyond the scope."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import enrol, facts, search
from zhijian.registry.search import Sought
from zhijian.registry.sought import institution_text
from zhijian.synthetic import numbers
from zhijian.wiring import Node

ON = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
USCC, OTHER = numbers.uscc("91", "330106", 987_654), numbers.uscc("91", "320106", 987_655)


def world(uscc: str, division: str, number: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    row = {"number": number, "site_no": "1", "category": "食品", "valid_from": "2024-01-01"}
    return [
        ("institution", {"uscc": uscc, "name": name, "legal_form": "企业", "independent": True,
                         "division": division, "address": "模拟路1号", "fields": ["01"]}),
        ("site", {"uscc": uscc, "site_no": "1", "name": "本部", "division": division, "address": "模拟路1号", "used_from": "2020-01-01"}),
        ("certificate", {"number": number, "uscc": uscc, "authority": "模拟局", "issued_on": "2024-01-01", "expires_on": "2029-12-31"}),
        ("capability", {**row, "sequence": "1", "parameter": "模拟铅", "standard": "GB 95009.12-2023", "restriction": "只测茶叶"}),
        ("capability", {**row, "sequence": "2", "parameter": "模拟 铅", "standard": "GB 95009.12-2017", "valid_to": "2025-12-31"}),
        ("capability", {**row, "sequence": "3", "parameter": "模拟镉（Cd）", "standard": "GB/T 95750.6-2023"}),
        ("capability_level", {"number": number, "site_no": "1", "sequence": "1", "level": 1, "name": "食品"}),
        ("capability_level", {"number": number, "site_no": "1", "sequence": "1", "level": 2, "name": "模拟铅"}),
        ("staff", {"uscc": uscc, "staff_no": "R-77", "name": "欧阳模拟", "roles": ["最高管理者"], "employed_from": "2022-01-01"}),
        ("instrument", {"uscc": uscc, "management_no": "YQ-770", "site_no": "1", "name": "模拟天平", "serial_no": "SN770", "needs_calibration": True,
                        "state": "在用", "used_from": "2022-01-01"}),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def db(node: Node) -> Iterator[Db]:
    """Rolled back."""
    with node.engine.connect() as db:
        records = world(USCC, "330106", "230099990001", "浙江省模拟粮油质检中心") + world(
            OTHER, "320106", "230099990002", "重庆模拟长江检测公司"
        )
        done = enrol(db, Scope.everything(), records, on=None, source="test", at=AT, synthetic=True)
        assert not done.refused
        yield db


def found(
    db: Db, parameter: str, standard: str, on: date = ON, scope: Scope | None = None, division: str = ""
) -> list[tuple[str, str]]:
    able = search.able(db, scope or Scope.everything(), Sought(parameter, standard, division, on), 0, 50)
    assert able.count.rows == len(able.rows)
    return [(row["uscc"], row["sequence"]) for row in able.rows]


def test_a_row_comes_with_its_place_levels_and_limits(db: Db) -> None:
    able = search.able(db, Scope.of_province("33"), Sought("模拟铅", "GB 95009.12-2023", "", ON), 0, 50)
    assert able.count == search.Count(1, 1, True)
    (row,) = able.rows
    assert (row["name"], row["number"], row["site_name"], row["restriction"]) == (
        "浙江省模拟粮油质检中心",
        "230099990001",
        "本部",
        "只测茶叶",
    )
    assert row["levels"] == ["食品", "模拟铅"]


def test_without_its_year_every_edition_is_meant_and_only_rows_of_the_day_count(db: Db) -> None:
    assert found(db, "模拟铅", "GB 95009.12") == [(OTHER, "1"), (USCC, "1")]
    assert found(db, "模拟铅", "GB 95009.12", date(2025, 6, 1), Scope.of_province("33")) == [(USCC, "1"), (USCC, "2")]
    assert found(db, "模拟铅", "GB 95009.12-2017", date(2026, 1, 1)) == []


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_it_is_written_the_search_finds_what_admission_lets_pass(db: Db, data: st.DataObject) -> None:
    def written(text: str) -> str:
        some = [
            data.draw(
                st.sampled_from(
                    (ch, chr(ord(ch) + 0xFEE0) if "!" <= ch <= "~" else ch, ch.lower(), ch + " ", " \u3000" + ch)
                )
            )
            for ch in text
        ]
        return "".join(some).replace("-", data.draw(st.sampled_from("-—–－")))

    parameter = written(data.draw(st.sampled_from(("模拟铅", "模拟镉(Cd)", "模拟汞"))))
    standard = written(
        data.draw(st.sampled_from(("GB 95009.12-2023", "GB 95009.12-2017", "GB/T 95750.6-2023", "GB 1-2020")))
    )
    on = data.draw(st.sampled_from((ON, date(2025, 6, 1), date(2023, 1, 1), date(2030, 1, 1))))
    one = facts(db, Scope.everything(), USCC)
    assert one is not None
    certificate = one.certificates["230099990001"]
    covering = (
        one.capabilities_on("230099990001", "1", parameter, standard, on) if certificate.state_on(on) == "有效" else ()
    )
    assert found(db, parameter, standard, on, Scope.of_institution(USCC)) == [(USCC, c.sequence) for c in covering]


def test_a_suspended_certificate_may_not(db: Db) -> None:
    with db.begin_nested() as undo:
        state = {
            "number": "230099990001",
            "state": "暂停",
            "from_on": "2026-02-01",
            "to_on": "2026-02-20",
            "reason": "模拟",
        }
        assert not enrol(db, Scope.everything(), [("certificate_state", state)], on=None, source="test", at=AT).refused
        days = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 20), date(2026, 2, 21))
        assert [len(found(db, "模拟铅", "", on, Scope.of_province("33"))) for on in days] == [1, 0, 0, 1]
        undo.rollback()


def test_nobody_finds_what_lies_outside_the_scope(db: Db) -> None:
    assert found(db, "模拟铅", "", scope=Scope.of_province("33")) == [(USCC, "1")]
    assert found(db, "模拟铅", "", scope=Scope.of_province("33", "3302")) == []
    assert found(db, "模拟铅", "", scope=Scope.of_province("33", "3301")) == [(USCC, "1")]
    assert found(db, "模拟铅", "", scope=Scope.of_institution(OTHER)) == [(OTHER, "1")]
    assert found(db, "模拟铅", "", division="3301") == [(USCC, "1")]
    assert found(db, "模拟铅", "", division="32") == [(OTHER, "1")]


def test_pages_are_in_order_and_leave_nothing_out(db: Db) -> None:
    wanted, everyone = Sought("模拟铅", "GB 95009.12", "", date(2025, 6, 1)), Scope.everything()
    pages = [search.able(db, everyone, wanted, start, 1) for start in range(4)]
    assert [(p.rows[0]["uscc"], p.rows[0]["sequence"]) for p in pages] == [
        (OTHER, "1"),
        (OTHER, "2"),
        (USCC, "1"),
        (USCC, "2"),
    ]
    assert {(p.count.rows, p.count.institutions) for p in pages} == {(4, 2)}


def test_where_nothing_is_found_it_says_what_may_be_meant(db: Db) -> None:
    assert search.near(db, Scope.everything(), Sought("", "GB 95009.12-2001", "", ON)).editions == (
        "GB 95009.12-2017",
        "GB 95009.12-2023",
    )
    assert "模拟铅" in search.near(db, Scope.everything(), Sought("模拟铅含量", "", "", ON)).parameters
    assert search.near(db, Scope.everything(), Sought("模拟铅含量", "", "", ON)).parameters[0] == "模拟铅"
    near = search.near(db, Scope.everything(), Sought("", "GB 5009.12-2017", "", ON))
    assert (near.replaced_by, near.replaced_on) == ("GB 5009.12-2023", date(2024, 3, 6))


@pytest.mark.parametrize(
    ("words", "group", "key"),
    [("浙江省模拟粮", "institution", USCC), ("zjsmnly", "institution", USCC), ("zhejiangshengmoni", "institution", USCC),
     ("ZJSMN", "institution", USCC), ("cqmncj", "institution", OTHER), ("chongqingmonichangjiang", "institution", OTHER),
     ("粮油质检", "institution", USCC), (USCC.lower(), "institution", USCC), (USCC[:15], "institution", USCC),
     ("230099990001", "certificate", "230099990001"), ("GB95009.12", "standard", "GB 95009.12-2023"), ("模拟镉", "parameter", "模拟镉（Cd）"),
     ("mnq", "parameter", "模拟铅"), ("欧阳模拟", "staff", "R-77"), ("r-77", "staff", "R-77"), ("YQ-770", "instrument", "YQ-770"),
     ("sn770", "instrument", "YQ-770")],
)  # fmt: skip
def test_one_field_finds_everything(db: Db, words: str, group: str, key: str) -> None:
    hits = search.everything(db, Scope.everything(), words, 50, names=True)
    assert (group, key) in {(hit.group, hit.key) for hit in hits}


@pytest.mark.parametrize("words", ["模拟", "欧阳模拟", "YQ-770", "2300", "R-77"])
def test_one_field_finds_nothing_outside_the_scope(db: Db, words: str) -> None:
    for scope, uscc in (
        (Scope.of_province("33"), USCC),
        (Scope.of_province("33", "3301"), USCC),
        (Scope.of_institution(OTHER), OTHER),
    ):
        found_of = {hit.uscc for hit in search.everything(db, scope, words, 50, names=True) if hit.uscc}
        assert uscc in found_of
        assert not {USCC, OTHER} - {uscc} & found_of


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", "", " ", "。", "\U0010ffff", "a" * 100])
def test_signs_of_sql_find_nothing(db: Db, words: str) -> None:
    assert search.everything(db, Scope.everything(), words, 5) == []


def test_a_new_name_is_found_at_once_and_the_old_no_more(db: Db) -> None:
    with db.begin_nested() as undo:
        record = world(OTHER, "330106", "230099990002", "宁波改名检验所")[0]
        assert not enrol(db, Scope.everything(), [record], on=None, source="test", at=AT).refused
        assert [hit.key for hit in search.everything(db, Scope.of_province("33"), "nbgmjys", 5)] == [OTHER]
        assert search.everything(db, Scope.everything(), "cqmncj", 5) == []
        undo.rollback()


def test_every_institution_and_every_line_of_a_scope_can_be_searched(db: Db) -> None:
    missing = "SELECT count(*) FROM institution i LEFT JOIN institution_sought s USING (uscc) WHERE s.uscc IS NULL OR s.province <> i.province"
    unsaid = """SELECT count(*) FROM capability c WHERE NOT EXISTS (SELECT FROM scope_term WHERE kind = 'standard' AND said = c.standard)
        OR NOT EXISTS (SELECT FROM scope_term WHERE kind = 'parameter' AND said = c.parameter)"""
    assert [db.execute(sa.text(query)).scalar_one() for query in (missing, unsaid)] == [0, 0]


def test_the_longest_name_fits_into_an_index(db: Db) -> None:
    assert len(institution_text(USCC, "撞" * 200).encode()) < 2600
