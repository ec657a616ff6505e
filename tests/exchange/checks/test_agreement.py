"""What different tables and fields say of one thing."""

from tests.exchange.checks.given import NUMBER, U, V, institution, instrument, item, report, staff
from tests.exchange.tables import found, judged, states

from zhijian.exchange.model import Severity, State


def test_one_name_in_two_institutions_at_a_time_is_a_warning() -> None:
    (one,) = (o for o in judged("two-employers", {"staff": [staff(), staff(uscc=V, employed_from="2021-01-01")]}))
    assert (one.severity, [(e.row, e.other) for e in one.examples]) == (Severity.WARNING, [(3, (0, 2))])


def test_one_after_the_other_a_common_name_or_another_title_passes() -> None:
    rows = [staff(employed_to="2021-12-31"), staff(uscc=V, employed_from="2022-01-01")]
    assert states("two-employers", {"staff": rows}) == {State.PASSED}
    assert states("two-employers", {"staff": [staff(), staff(uscc=V), staff(uscc="W")]}) == {State.PASSED}
    assert states("two-employers", {"staff": [staff(), staff(uscc=V, title_level="初级")]}) == {State.PASSED}


def test_a_number_of_the_person_counts_alone_and_is_an_error() -> None:
    rows = [
        staff(**{"身份证号": "N1"}),
        staff(uscc=V, name="别名", **{"身份证号": "N1"}),
        staff("P3", uscc=V, **{"身份证号": "N2"}),
    ]
    (one,) = judged("two-employers", {"staff": rows})
    assert (one.severity, [e.row for e in one.examples]) == (Severity.ERROR, [3])


def test_one_institution_has_nobody_elsewhere() -> None:
    assert states("two-employers", {"staff": [staff(), staff("P2")]}) == {State.NOT_APPLICABLE}


def test_one_serial_number_in_two_institutions_is_found() -> None:
    rows = [instrument(), instrument(uscc=V, serial_no="sn２０２６０００１")]
    assert found("shared-serial", {"instrument": rows}) == [("serial_no", 3, "sn２０２６０００１")]


def test_what_changed_hands_passes() -> None:
    rows = [instrument(used_to="2025-12-31"), instrument(uscc=V, used_from="2026-01-01")]
    assert states("shared-serial", {"instrument": rows}) == {State.PASSED}


def test_instruments_of_one_institution_do_not_apply() -> None:
    assert states("shared-serial", {"instrument": [instrument(), instrument("E2")]}) == {State.NOT_APPLICABLE}


def test_a_failing_item_in_a_conforming_report_is_an_error() -> None:
    tables = {"report": [report()], "report_item": [item(), item(seq=2, verdict="不合格")]}
    (one,) = (o for o in judged("verdict-items", tables) if o.failing)
    assert (one.severity, [(e.row, e.other) for e in one.examples]) == (Severity.ERROR, [(2, (1, 3))])


def test_a_failing_report_of_conforming_items_is_a_warning() -> None:
    tables = {"report": [report(verdict="不合格")], "report_item": [item(), item(seq=2)]}
    (one,) = (o for o in judged("verdict-items", tables) if o.failing)
    assert one.severity is Severity.WARNING


def test_verdicts_that_agree_pass_and_without_items_it_does_not_apply() -> None:
    tables = {
        "report": [report(), report("R2", verdict="不合格")],
        "report_item": [item(), item("R2", verdict="不合格")],
    }
    assert states("verdict-items", tables) == {State.PASSED}
    assert states("verdict-items", {"report": [report()]}) == {State.NOT_APPLICABLE}


def test_another_name_under_a_code_is_found() -> None:
    rows = [report(机构名称="示例检测有限公司"), report("R2", 机构名称="别家检测有限公司")]
    assert [f[1:] for f in found("name-mismatch", {"report": rows, "institution": [institution()]})] == [
        (3, "别家检测有限公司")
    ]


def test_width_and_brackets_do_not_make_another_name() -> None:
    tables = {
        "report": [report(机构名称="示例检测（有限公司）")],
        "institution": [institution(name="示例检测(有限公司)")],
    }
    assert states("name-mismatch", tables) == {State.PASSED}


def test_names_need_institutions() -> None:
    assert states("name-mismatch", {"report": [report(机构名称="某某")]}) == {State.NOT_APPLICABLE}


def annual(**other: object) -> dict[str, object]:
    return {
        "uscc": U,
        "year": 2025,
        "submitted_on": "2026-02-01",
        "report_count": 10,
        "cma_report_count": 9,
        "conditions_kept": "是",
    } | other


def test_a_part_is_not_more_than_the_whole() -> None:
    rows = [annual(), annual(uscc=V, cma_report_count=11)]
    assert found("field-agreement", {"annual_report": rows}) == [("cma_report_count", 3, "11")]


def test_a_fine_needs_its_kind_among_several() -> None:
    penalty = {"decision_no": "1", "uscc": U, "kinds": "警告；罚款", "fine": "100", "state": "有效"}
    rows = [penalty, penalty | {"kinds": "警告"}]
    assert found("field-agreement", {"penalty": rows}) == [("fine", 3, "100")]


def test_fields_that_agree_pass() -> None:
    assert State.FAILED not in states("field-agreement", {"report": [report()], "annual_report": [annual()]})


def test_without_one_of_the_fields_it_does_not_apply() -> None:
    assert states("field-agreement", {"annual_report": [annual(cma_report_count="", conditions_kept="", year="")]}) == {
        State.NOT_APPLICABLE
    }


CREDIT = {"uscc": U, "assessed_on": "2026-03-01", "class": "C", "authority": "示例局"}


def test_the_latest_valid_class_counts() -> None:
    older = CREDIT | {"assessed_on": "2025-03-01", "class": "A"}
    tables = {"institution": [institution(credit_class="A")], "credit": [older, CREDIT]}
    assert found("code-by-date", tables) == [("credit_class", 2, "A / C")]
    assert states("code-by-date", tables | {"credit": [older, CREDIT | {"valid_to": "2026-06-30"}]}) == {State.PASSED}


def test_two_states_on_one_day_are_found() -> None:
    rows = [{"number": NUMBER, "state": s, "from_on": f, "to_on": t}
            for s, f, t in (("有效", "2023-01-01", "2024-05-01"), ("暂停", "2024-05-01", None))]  # fmt: skip
    assert found("code-by-date", {"certificate_state": rows}) == [("from_on", 3, "有效 / 暂停")]


def test_without_classings_it_does_not_apply() -> None:
    assert states("code-by-date", {"institution": [institution(credit_class="A")]}) == {State.NOT_APPLICABLE}
