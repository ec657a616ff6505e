"""Lines of a scope that rest on an edition which another has replaced."""

from datetime import date

from tests.registry.scope.sheets import line

from zhijian.registry.model import normal_standard
from zhijian.registry.scope_table import Replacement, replacements, stale
from zhijian.spec import CHECKS


def test_a_line_is_stale_from_the_day_on_which_the_new_edition_is_in_force() -> None:
    lines = [
        line("食品", "铅", standard="gb5009.12—2017"),
        line("食品", "铅", standard="GB 5009.12-2023", sequence="2"),
    ]
    assert stale(lines, replacements(), date(2025, 3, 1)) != ()
    early = [line("食品", "铅", standard="GB 5009.12-2017", valid_from="2020-01-01")]
    assert stale(early, replacements(), date(2024, 3, 5)) == ()
    (one,) = stale(early, replacements(), date(2024, 3, 6))
    assert one.by.new == "GB 5009.12-2023"


def test_later_editions_are_followed_as_far_as_they_are_in_force() -> None:
    chain = [
        Replacement("GB 1-2000", "GB 1-2010", date(2011, 1, 1), "甲"),
        Replacement("GB 1-2010", "GB 1-2020", date(2021, 1, 1), "乙"),
    ]
    replaced = {normal_standard(r.old): r for r in chain}
    old = [line("食品", "铅", standard="GB 1-2000", valid_from="2001-01-01")]
    assert [s.by.new for on in (date(2012, 1, 1), date(2022, 1, 1)) for s in stale(old, replaced, on)] == [
        "GB 1-2010",
        "GB 1-2020",
    ]


def test_a_line_that_is_not_valid_on_the_day_is_not_named() -> None:
    gone = [line("食品", "铅", standard="GB 5009.12-2017", valid_from="2020-01-01", valid_to="2024-03-05")]
    assert stale(gone, replacements(), date(2024, 3, 6)) == ()


def test_replacements_in_a_circle_come_to_an_end() -> None:
    replaced = {
        "GB1-2000": Replacement("GB 1-2000", "GB 1-2001", date(2001, 1, 1), ""),
        "GB1-2001": Replacement("GB 1-2001", "GB 1-2000", date(2001, 1, 1), ""),
    }
    assert len(stale([line("食品", "铅", standard="GB 1-2000", valid_from=None)], replaced, date(2025, 1, 1))) == 1


def test_the_list_is_in_order_has_sources_and_no_circle() -> None:
    for key, one in replacements().items():
        assert CHECKS["standard_code"](one.old) is None, one
        assert CHECKS["standard_code"](one.new) is None, one
        assert one.source
        assert key == normal_standard(one.old) != normal_standard(one.new)
        later = replacements().get(normal_standard(one.new))
        assert later is None or later.in_force_on > one.in_force_on
