"""Two versions of a table: what came, went and changed; applying it to the one gives the other."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.registry.scope.sheets import line
from tests.registry.scope.tables import tables

from zhijian.registry.scope_table import Line, applied, compared

LEAD = line("食品", "粮食", "铅")
CADMIUM = line("食品", "粮食", "镉", standard="GB 5009.15-2023", sequence="2")


@settings(max_examples=20, deadline=None)
@given(tables())
def test_a_table_is_no_different_from_itself_in_whatever_order(lines: tuple[Line, ...]) -> None:
    mixed = Random(1).sample(lines, len(lines))
    difference = compared(lines, mixed)
    assert difference.changes == ()
    assert difference.unchanged == len(lines)


@settings(max_examples=50, deadline=None)
@given(tables(), tables(), st.data())
def test_applying_the_difference_to_the_one_gives_the_other(
    one: tuple[Line, ...], two: tuple[Line, ...], data: st.DataObject
) -> None:
    after = (*two, *data.draw(st.lists(st.sampled_from(one), max_size=5)))
    difference = compared(one, after)
    assert Counter(applied(one, difference)) == Counter(after)
    assert Counter(applied(after, compared(after, one))) == Counter(one)
    assert sum(len(difference.of(kind)) for kind in difference.counts) == sum(difference.counts.values())
    assert difference == compared(one[::-1], after[::-1])


def test_a_new_edition_of_the_same_standard_is_a_change_of_standard_with_both_years() -> None:
    old = line("食品", "粮食", "铅", standard="GB 5009.12-2017")
    (change,) = compared([old, CADMIUM], [LEAD, CADMIUM]).changes
    assert change.kinds == ("standard",)
    assert change.before is not None
    assert change.after is not None
    assert (change.before.standard, change.after.standard) == ("GB 5009.12-2017", "GB 5009.12-2023")


def test_another_standard_is_one_removed_and_one_added() -> None:
    other = line("食品", "粮食", "铅", standard="GB 5009.268-2016")
    assert compared([LEAD], [other]).counts == {"added": 1, "removed": 1}


def test_the_first_table_is_first_and_what_comes_later_is_an_extension() -> None:
    assert compared([], [LEAD, CADMIUM]).counts == {"first": 2}
    assert compared([LEAD], [LEAD, CADMIUM]).counts == {"added": 1}
    assert compared([LEAD, CADMIUM], [LEAD]).counts == {"removed": 1}


def test_limits_change_by_the_column_and_by_the_method() -> None:
    assert compared([LEAD], [line("食品", "粮食", "铅", restriction="只测大米")]).counts == {"limits": 1}
    assert compared([LEAD], [line("食品", "粮食", "铅", standard_name="食品中铅的测定 第一法")]).counts == {"limits": 1}


def test_a_line_can_change_in_two_ways() -> None:
    old = line("食品", "粮食", "铅", standard="GB 5009.12-2017")
    assert compared([old], [line("食品", "粮食", "铅", restriction="只测大米")]).counts == {"standard": 1, "limits": 1}


def test_a_category_under_another_name_is_a_renaming_of_its_lines() -> None:
    after = [line("粮油", "粮食", "铅"), line("粮油", "粮食", "镉", standard="GB 5009.15-2025", sequence="2")]
    difference = compared([LEAD, CADMIUM], after)
    assert difference.counts == {"standard": 1, "category": 2}


def test_an_item_under_another_name_is_a_renaming_too() -> None:
    assert compared([LEAD], [line("食品", "粮食及其制品", "铅")]).counts == {"category": 1}


def test_a_parameter_given_up_in_one_category_and_taken_up_in_another_is_no_renaming() -> None:
    before = [LEAD, CADMIUM, line("食品", "水果", "镉", sequence="3")]
    after = [CADMIUM, line("食品", "水果", "镉", sequence="3"), line("食品", "水果", "铅")]
    assert compared(before, after).counts == {"added": 1, "removed": 1}


def test_a_line_at_another_site_has_moved() -> None:
    assert compared([LEAD, CADMIUM], [line("食品", "粮食", "铅", site_no="S2"), CADMIUM]).counts == {"site": 1}


def test_new_numbers_and_days_are_no_change_of_capability() -> None:
    (change,) = compared([LEAD], [line("食品", "粮食", "铅", sequence="9", valid_from="2031-03-01")]).changes
    assert change.kinds == ("other",)
    assert change.fields == ("sequence", "valid_from")


def test_spelling_of_blanks_width_and_case_is_no_renaming() -> None:
    one, two = line("水质", "化学需氧量（CODcr）"), line("水质", "化学需氧量 (codCr)")
    assert compared([one], [two]).counts == {"other": 1}


def test_a_difference_of_another_table_is_refused() -> None:
    with pytest.raises(ValueError, match="not in the table"):
        applied([CADMIUM], compared([LEAD], []))
