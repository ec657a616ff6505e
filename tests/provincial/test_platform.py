"""The invented platform is what its truth says it is."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.provincial import METADATA, Truth, by_hand, dirt, generate, true_records
from tests.provincial.plantings import CELLS, EXTRAS
from tests.provincial.truth import Key
from zhijian.spec import json_schema, specification

SEED, SCALE = 129, 7
Table = dict[int, dict[str, Any]]


@cache
def written(seed: int = SEED, scale: int = SCALE) -> tuple[dict[str, Table], Truth]:
    """Every table by key, as it goes into any source, and its truth."""
    tables: dict[str, Table] = {name: {} for name in METADATA.tables}
    names = {name: [column.name for column in table.columns] for name, table in METADATA.tables.items()}

    def keep(table: str, rows: list[tuple[Any, ...]]) -> None:
        tables[table].update((row[0], dict(zip(names[table], row, strict=True))) for row in rows)

    return tables, generate(keep, seed=seed, scale=scale)


def digest(seed: int, scale: int) -> str:
    found = hashlib.sha256()
    generate(lambda table, rows: found.update(repr((table, rows)).encode()), seed=seed, scale=scale)
    return found.hexdigest()


def test_it_has_thirty_tables_some_chinese_some_pinyin_and_none_is_empty() -> None:
    tables, truth = written()
    assert len(tables) == 30
    assert {"jg_jbxx", "行政处罚", "sys_dict"} <= set(tables)
    assert all(tables.values())
    assert {name: len(rows) for name, rows in tables.items()} == truth.rows


def test_scale_one_is_about_five_thousand_rows_and_grows_evenly() -> None:
    small, large = (sum(written(scale=scale)[1].rows.values()) for scale in (1, SCALE))
    assert 4_000 <= small <= 6_000
    assert 0.7 <= large / small / SCALE <= 1.6  # institutions differ in size


def test_the_same_seed_writes_the_same_rows_and_another_does_not() -> None:
    assert digest(5, 1) == digest(5, 1) != digest(6, 1)


def test_what_the_platform_holds_is_right_by_the_specification_before_it_is_dirtied() -> None:
    spec, found, seen = specification(), [], set()
    schemas = {name: jsonschema_rs.validator_for(json_schema(spec, name)) for name in spec.entities}
    for entity, key, record in true_records(SEED, 2):
        seen.add(entity)
        parts = {part: [_blank(record)] for part in spec.entities[entity].parts if part == "results"}
        if entity != "report":
            found += [(entity, key, error.message) for error in schemas[entity].iter_errors(record | parts)]
    assert found == []
    assert seen == set(spec.entities)


def _blank(plan: dict[str, Any]) -> dict[str, Any]:
    """A plan's results stand in a table of their own here: one in their place, so that the plan can be judged."""
    return {"seq": 1, "uscc": "91330106XN0000000X", "parameter": "铅", "judgement": "满意"} if plan else {}


def test_a_record_has_a_row_and_the_counts_agree() -> None:
    tables, truth = written()
    by_entity = Counter(entity for entity, _, _ in true_records(SEED, SCALE))
    assert truth.records == by_entity
    extras = Counter(one.table for one in truth.dirt if one.extra)
    for table, entity in (
        ("jg_jbxx", "institution"),
        ("sb_yiqi", "instrument"),
        ("bg_zhubiao", "report"),
        ("bg_fuma", "code_state_change"),
    ):
        assert len(tables[table]) == by_entity[entity] + extras[table], table
    slots = sum(row[f"检测项目{n}"] is not None for row in tables["bg_kuanbiao"].values() for n in range(1, 7))
    assert len(tables["bg_jcxm"]) - extras["bg_jcxm"] + slots == by_entity["report_item"]


def test_the_counts_of_an_entity_add_up() -> None:
    _, truth = written()
    for entity in truth.records:
        count = truth.count(entity)
        assert count.clean + count.mended + count.poorer + count.refused == count.records
        assert min(count.clean, count.mended, count.poorer, count.refused) >= 0
    assert truth.count("report").refused
    assert truth.count("report").poorer
    assert truth.count("report_item").mended


def test_every_kind_of_dirt_is_there_and_every_table_of_the_plan_has_some() -> None:
    _, truth = written()
    kinds = {*dirt.MENDABLE, *dirt.LOST, *dirt.LEAVE_OUT, *dirt.LOOK_AT, dirt.NAMESAKE}
    assert kinds == {one.kind for one in truth.dirt}
    assert {*CELLS, *EXTRAS} == {one.table for one in truth.dirt}


def test_dirt_is_between_two_and_twenty_per_cent() -> None:
    _, truth = written()
    share = len(truth.dirt) / sum(truth.records.values())
    assert 0.02 < share < 0.2


TELLTALE: dict[str, Callable[[str], bool]] = {
    "blanks": lambda cell: cell != cell.strip(" \t\u3000"),
    "full_width": lambda cell: any(c in "０１２３４５６７８９" for c in cell),
    "zero_date": lambda cell: cell.startswith("0000-00-00"),
    "garbled": lambda cell: "锟斤拷" in cell,
    "html_entity": lambda cell: re.search("&(lt|le|ge);", cell) is not None,
    "line_break": lambda cell: "\n" in cell,
    "overlong": lambda cell: len(cell) > 1_000,
    "impossible_date": lambda cell: re.fullmatch(r"\d{4}-(02-30|06-31|13-05)", cell) is not None,
}
"""Kinds that a cell gives away by itself: the whole platform is searched for them."""


@pytest.mark.parametrize("kind", TELLTALE)
def test_dirt_that_shows_is_where_the_truth_says_and_nowhere_else(kind: str) -> None:
    tables, truth = written()
    told = {(one.table, one.pk, one.column) for one in truth.dirt if one.kind == kind}
    shows = TELLTALE[kind]
    found = {
        (table, pk, column)
        for table, rows in tables.items()
        for pk, row in rows.items()
        for column, cell in row.items()
        if isinstance(cell, str) and shows(cell)
    }
    assert found == told


def test_rows_too_many_are_where_the_truth_says() -> None:
    tables, truth = written()
    parent = {"sb_jianding": ("yq_id", "sb_yiqi"), "bg_jcxm": ("bg_id", "bg_zhubiao")}
    for table, (column, above) in parent.items():
        orphans = {pk for pk, row in tables[table].items() if row[column] not in tables[above]}
        assert orphans == {one.pk for one in truth.at(table) if one.kind == "orphan"} != set()
    for table in ("jg_renyuan", "sb_yiqi", "bg_zhubiao"):
        deleted = {pk for pk, row in tables[table].items() if row["sfsc"] == "1"}
        assert deleted == {one.pk for one in truth.at(table) if one.kind == "soft_deleted"}
        twins = {one.pk for one in truth.at(table) if one.kind == "stale_twin"}
        assert twins == {pk for pk, row in tables[table].items() if row["xgsj"].startswith("2019-05-06")}


def test_a_twin_is_equal_but_for_its_key() -> None:
    tables, truth = written()
    twins = [one for one in truth.dirt if one.kind == "twin"]
    for one in twins:
        # Other extras of the same row may stand between the twin and the row it repeats.
        own = list(tables[one.table][one.pk].values())[1:]
        assert any(own == list(tables[one.table][one.pk - back].values())[1:] for back in (1, 2, 3)), one
    assert twins


def test_a_mapping_by_hand_brings_back_every_value_but_those_the_truth_calls_lost() -> None:
    tables, truth = written()
    true = {(entity, key): record for entity, key, record in true_records(SEED, SCALE)}
    lost: defaultdict[tuple[str, Key], set[str]] = defaultdict(set)
    for one in truth.dirt:
        if not one.extra and not one.recoverable:
            lost[one.entity, one.key].add(one.element)
    missing, wrong = set(true), []
    for entity, key, record in by_hand.records(tables):
        if None not in key:  # a key that is gone: nobody can say which record it is
            wanted = true[entity, key]
            missing.remove((entity, key))
            names = {name for name in {*record, *wanted} if record.get(name) != wanted.get(name)} - lost[entity, key]
            wrong += [(entity, key, name, record.get(name), wanted.get(name)) for name in names]
    assert wrong == []
    assert all(lost[entity, key] & set(specification().entities[entity].key) for entity, key in missing)


def test_a_cell_called_lost_does_not_hold_the_true_value() -> None:
    tables, truth = written()
    true = {(entity, key): record for entity, key, record in true_records(SEED, SCALE)}
    for one in truth.dirt:
        if not one.recoverable and not one.extra and one.kind != dirt.NAMESAKE:
            cell, value = tables[one.table][one.pk][one.column], true[one.entity, one.key].get(one.element)
            assert value is not None
            assert str(cell) != str(value), one


def test_a_namesake_cannot_be_told_by_name() -> None:
    tables, truth = written()
    people = Counter((row["jg_id"], row["姓名"].replace(" ", "")) for row in tables["jg_renyuan"].values())
    reports = tables["bg_zhubiao"]
    for one in truth.dirt:
        if one.kind == dirt.NAMESAKE:
            row = tables[one.table][one.pk]
            jg_id = (row if one.table == "bg_zhubiao" else reports[row["bg_id"]])["jg_id"]
            assert people[jg_id, row[one.column]] > 1


def test_the_description_names_every_table_column_and_kind_of_dirt() -> None:
    text = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert "虚构数据" in text.split("\n\n")[1]
    lines = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    for name, table in METADATA.tables.items():
        wide = name == "bg_kuanbiao"
        columns = [re.sub(r"\d$", "1..6", column.name) if wide else column.name for column in table.columns]
        assert not [column for column in columns if f"`{column}`" not in lines[name]], name
    assert {*dirt.MENDABLE, *dirt.LOST, *dirt.LEAVE_OUT, *dirt.LOOK_AT, dirt.NAMESAKE} <= set(lines)
