"""One record twice: exactly, by key, and nearly."""

from tests.exchange.checks.given import V, institution, item, report
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import State


def test_different_rows_pass() -> None:
    assert states("exact-duplicate", {"report": [report(), report("R2")]}) == {State.PASSED}


def test_the_second_of_two_equal_rows_is_found_and_names_the_first() -> None:
    (one,) = judged("exact-duplicate", {"report": [report(), report("R2"), report()]})
    assert [(e.row, e.value, e.other) for e in one.examples] == [(4, "R1", (0, 2))]


def test_an_empty_table_does_not_apply() -> None:
    assert states("exact-duplicate", {"report": []}) <= {State.NOT_APPLICABLE}


def test_a_key_with_other_content_is_found() -> None:
    (one,) = judged("key-duplicate", {"report": [report(), report(issued_on="2026-09-06"), report("R2")]})
    assert [(one.rule.on[0], e.row, e.value, e.other) for e in one.examples] == [("own_number", 3, "R1", (0, 2))]


def test_exact_copies_are_not_counted_again() -> None:
    assert states("key-duplicate", {"report": [report(), report()]}) == {State.PASSED}


def test_items_are_one_by_number_within_their_report() -> None:
    tables = {"report_item": [item(), item("R2"), item(seq=2), item(seq=2, result="9.9")]}
    assert found("key-duplicate", tables) == [("seq", 5, "2")]


def test_without_its_columns_a_key_does_not_apply_and_says_why() -> None:
    (one,) = judged("key-duplicate", {"report": [{"uscc": "U", "title": "报告"}]})
    assert one.state is State.NOT_APPLICABLE
    assert one.reason is not None
    assert "own_number" in one.reason.zh


def test_form_width_and_place_words_do_not_make_another_institution() -> None:
    rows = [institution(), institution(uscc=V, name="示例省示例市测控检测公司"), institution(uscc="W", name="示例测控检测有限公司"),
            institution(uscc="X", name="示例测控（检测）有限责任公司")]  # fmt: skip
    assert [f[1] for f in found("fuzzy-duplicate", {"institution": rows})] == [5]


def test_one_character_off_at_one_address_is_found() -> None:
    rows = [institution(name="示例华清环境检测有限公司"), institution(uscc=V, name="示例华青环境检测有限公司")]
    assert found("fuzzy-duplicate", {"institution": rows}) == [("name", 3, "示例华青环境检测有限公司")]


def test_one_character_off_elsewhere_is_another() -> None:
    rows = [
        institution(name="示例第一机动车检测站"),
        institution(uscc=V, name="示例第二机动车检测站", address="别处别路一百二十号"),
    ]
    assert states("fuzzy-duplicate", {"institution": rows}) == {State.PASSED}


def test_without_names_nothing_is_compared() -> None:
    assert states("fuzzy-duplicate", {"institution": [institution(name=None)]}) == {State.NOT_APPLICABLE}
