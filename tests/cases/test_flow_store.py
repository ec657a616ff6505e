"""Cases in the database: their rows are the fold, two officers do not overwrite each other, nobody sees what is not theirs."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from tests.cases.walking import LAB, LEAD, LI, SUN, USCC, ZHOU, filled

from zhijian.cases import Complaint, Progress, receive, standing
from zhijian.cases.flow import act, case, dossier, due, listed, open_case, told, told_of
from zhijian.cases.flow.acts import possible
from zhijian.cases.flow.fold import fold
from zhijian.cases.flow.model import Actor, CaseNo, CaseUnknown, ChainBroken, Done, Refused, Stale, State
from zhijian.cases.flow.reading import events
from zhijian.cases.flow.rows import rows_of
from zhijian.kit.clock import day
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

AT = datetime(2026, 3, 24, 2, tzinfo=UTC)
ALL, ZHEJIANG, JIANGSU = Scope.everything(), Scope(frozenset({"33"}), None), Scope(frozenset({"32"}), None)
PARTY, OTHER = Scope.of_institution(USCC), Scope.of_institution("91350203M0001QAY9B")
TO_FILED = ("take-up", "assign", "begin", "find", "end", "order", "rectify", "file")


def opened(db: Db, **other: Any) -> CaseNo:
    return open_case(db, ZHEJIANG, LI, {**LEAD, **other}, AT).no


def do(db: Db, no: CaseNo, name: str, actor: Actor = LI, at: datetime = AT, *, choose: int = 0, **other: Any) -> Done:
    now = case(db, ZHEJIANG, no)
    fields = {**filled(name, now, day(at), choose=choose), **other}
    content = fields.pop("content", b"a record") if name == "add-evidence" else None
    return act(db, ZHEJIANG, actor, no, now.version, name, fields, at, content)


def walked(db: Db, *acts: str, **other: Any) -> CaseNo:
    no = opened(db, **other)
    for name in acts:
        do(db, no, name)
    return no


def test_a_number_counts_by_province_and_year_and_leaves_no_gap(node: Node) -> None:
    def numbers(*provinces: str) -> list[str]:
        with node.engine.connect() as db, db.begin() as transaction:
            made = [open_case(db, ALL, LI, {**LEAD, "province": one}, AT.replace(year=2027)).no for one in provinces]
            transaction.rollback()
        return [one.split("〕")[1] for one in made]

    first = numbers("33", "33", "32")
    assert int(first[1]) == int(first[0]) + 1
    assert numbers("33", "33", "32") == first, "a number is given back with its transaction"


@pytest.mark.parametrize("seed", range(6))
def test_the_rows_are_the_fold_of_the_events_after_any_walk(db: Db, seed: int) -> None:
    draw, at = Random(seed), AT
    no = walked(db, *TO_FILED[: draw.randrange(9)])
    for _ in range(25):
        at += timedelta(days=draw.randrange(4))
        wanted = draw.choice([one.id for one in possible(case(db, ZHEJIANG, no).state) if one.id != "merge"])
        before = case(db, ZHEJIANG, no)
        try:
            do(db, no, wanted, draw.choice([LI, SUN, ZHOU]), at, choose=draw.randrange(8))
        except Refused:
            assert case(db, ZHEJIANG, no) == before
        now = fold(no, events(db, ZHEJIANG, no))
        rows = rows_of(now)
        assert now == case(db, ZHEJIANG, no)
        (file,) = kept(db, "case_file", no)
        assert {name: file[name] for name in rows.file} == rows.file
        assert [dict(one) for one in kept(db, "case_task", no)] == rows.tasks
        assert [dict(one) for one in kept(db, "case_objection", no)] == rows.objections


def test_a_row_says_what_lists_are_made_of(db: Db) -> None:
    no = walked(db, *TO_FILED, "notify", "state", "decide", "serve", "publish")
    (row,) = kept(db, "case_file", no)
    said = {
        name: row[name]
        for name in ("state", "outcome", "found", "is_told", "is_public", "uscc", "division", "officers", "version")
    }
    assert said == {"state": "published", "outcome": "fine", "found": None, "is_told": True, "is_public": True, "uscc": USCC,
                    "division": "检验检测监管处", "officers": ["li", "sun"], "version": 14}  # fmt: skip
    assert [one["deadline"] for one in row["clocks"]] == ["acceptance", "payment"]
    assert (row["next_due_on"].isoformat(), row["due_unknown"]) == ("2026-04-08", False)


def kept(db: Db, table: str, no: str) -> Any:
    from zhijian.kit.db import metadata

    found = metadata.tables[table]
    return db.execute(sa.select(found).where(found.c.no == no).order_by(*found.primary_key.columns)).mappings().all()


def test_of_two_officers_at_once_the_second_is_told_who_was_first(node: Node) -> None:
    with node.transaction() as db:
        no = opened(db)

    def take(actor: Actor, name: str) -> str:
        with node.transaction() as db:
            act(db, ZHEJIANG, actor, no, 1, name, {"reason": actor.account}, AT)
        return "done"

    with ThreadPoolExecutor(2) as both:
        asked = [both.submit(take, LI, "take-up"), both.submit(take, ZHOU, "not-take")]
        said = [one.exception() for one in asked]
    lost = next(one for one in said if one is not None)
    assert said.count(None) == 1
    assert isinstance(lost, Stale)
    assert lost.version == 2
    assert ("li" if said[0] is None else "zhou") in lost.zh
    with node.transaction() as db:
        assert case(db, ZHEJIANG, no).version == 2


def test_another_province_sees_nothing_does_nothing_and_opens_nothing(db: Db) -> None:
    no = opened(db)
    for look in (case, events, dossier, told):
        with pytest.raises(CaseUnknown):
            look(db, JIANGSU, no)
    with pytest.raises(CaseUnknown):
        act(db, JIANGSU, LI, no, 1, "take-up", {"reason": "x"}, AT)
    with pytest.raises(Refused, match="33"):
        open_case(db, JIANGSU, LI, LEAD, AT)
    assert no not in [one.no for one in listed(db, JIANGSU, most=1000)]
    assert no in [one.no for one in listed(db, ZHEJIANG, most=1000)]
    assert listed(db, Scope.anyone()) == []


def test_the_party_sees_what_it_was_told_and_nothing_else(db: Db) -> None:
    no = walked(db, "take-up", "assign", "begin", "find", "end")
    do(db, no, "object", by_other=True, words="举报人说的")
    for scope in (PARTY, OTHER):
        with pytest.raises(CaseUnknown):
            told(db, scope, no)
        with pytest.raises(CaseUnknown):
            act(
                db,
                scope,
                LAB,
                no,
                case(db, ZHEJIANG, no).version,
                "object",
                filled("object", case(db, ZHEJIANG, no), day(AT)),
                AT,
            )
    do(db, no, "order")
    view = told(db, PARTY, no)
    assert [one.act for one in view.told] == ["order"]
    assert no in told_of(db, PARTY)
    assert [name for name, _ in view.due] == ["rectification"]
    for secret in ("li", "sun", "举报人", "检验检测监管处", LEAD["matter"]):
        assert f"'{secret}" not in str(view)
    for look in (case, events, dossier):
        with pytest.raises(CaseUnknown):
            look(db, PARTY, no)
    with pytest.raises(CaseUnknown):
        told(db, OTHER, no)
    assert act(db, PARTY, LAB, no, view.version, "rectify", {"measures": "已改"}, AT).version == view.version + 1
    with pytest.raises(Refused, match=r"cases\.inspect"):
        act(db, PARTY, LAB, no, view.version + 1, "accept", {"opinion": "好"}, AT)
    with pytest.raises(Stale) as stale:
        act(db, PARTY, LAB, no, 1, "object", {"objection_kind": "objection", "about": "x", "words": "y"}, AT)
    assert "li" not in stale.value.zh
    with pytest.raises(Refused) as refused:
        act(db, PARTY, LAB, no, view.version + 1, "state", {"words": "y"}, AT)
    assert refused.value.why == "not-now"
    assert "整改" not in refused.value.zh, "how far the case has come inside is not said"


def test_a_decision_that_waits_for_its_second_person_is_not_told_to_the_party(db: Db) -> None:
    no = walked(db, *TO_FILED, "notify", "state")
    assert do(db, no, "decide", choose=1).state == State.CONFIRMING
    assert "decide" not in [one.act for one in told(db, PARTY, no).told]
    with pytest.raises(Refused) as refused:
        do(db, no, "confirm", LI)
    assert refused.value.why == "same-account"
    assert do(db, no, "confirm", ZHOU).state == State.DECIDED
    assert told(db, PARTY, no).told[-1].fields["found"] == "虚假"
    decision = case(db, ZHEJIANG, no).decision
    assert decision is not None
    assert (decision.by, decision.confirmed_by) == ("li", "zhou")


def test_what_happened_can_be_neither_changed_nor_removed_and_a_way_round_is_seen(db: Db) -> None:
    no = walked(db, "take-up", "assign")
    for attack in ("UPDATE case_event SET by = 'x' WHERE no = :no", "DELETE FROM case_event WHERE no = :no"):
        with pytest.raises(sa.exc.IntegrityError, match="only added"), db.begin_nested():
            db.execute(sa.text(attack), {"no": no})
    db.execute(sa.text("ALTER TABLE case_event DISABLE TRIGGER ALL"))
    for attack in (
        "UPDATE case_event SET by = 'x' WHERE no = :no AND seq = 2",
        "DELETE FROM case_event WHERE no = :no AND seq = 3",
    ):
        undone = db.begin_nested()
        db.execute(sa.text(attack), {"no": no})
        with pytest.raises(ChainBroken):
            case(db, ZHEJIANG, no)
        undone.rollback()
    assert case(db, ZHEJIANG, no).version == 3


def test_a_complaint_becomes_one_case_and_is_closed_with_it(db: Db) -> None:
    complaint = Complaint.written("other", "颜色不对", "332608K7M4QX72RD9C")
    receipt = receive(db, Scope.anyone(), complaint, (), AT, form=secrets.token_bytes(32), worked=True)
    no = opened(db, source="complaint", source_ref=f" {receipt.lower()} ")
    assert standing(db, ALL, receipt).progress == Progress.PASSED_ON
    with pytest.raises(Refused, match=no) as refused:
        opened(db, source="complaint", source_ref=receipt)
    assert refused.value.why == "complaint-has-case"
    do(db, no, "not-take")
    assert standing(db, ALL, receipt).progress == Progress.CLOSED
    with pytest.raises(Refused, match="receipt"):
        opened(db, source="complaint", source_ref="AAAAAAAAAA")


def test_a_merged_lead_lives_on_in_the_other_case(db: Db) -> None:
    first, second = opened(db), walked(db, "take-up", "assign")
    do(db, first, "merge", into=second)
    assert case(db, ZHEJIANG, first).into == second
    assert case(db, ZHEJIANG, second).joined == (first,)
    third = opened(db)
    for into in (first, "浙检查〔2026〕99999", third):
        with pytest.raises(Refused) as refused:
            do(db, third, "merge", into=into)
        assert "into" in refused.value.fields
    assert case(db, ZHEJIANG, third).state == State.LEAD


def test_evidence_is_kept_as_it_came_and_a_changed_byte_is_seen(db: Db) -> None:
    no = walked(db, "take-up", "assign")
    for content in (b"\xff\xd8 first", b"second"):
        do(db, no, "add-evidence", content=content)
    found = dossier(db, ZHEJIANG, no)
    assert [one.kept for one in found.evidence] == ["same", "same"]
    assert [one.act for one in found.parts] == ["receive", "take-up", "assign", "add-evidence", "add-evidence"]
    assert all(b.previous == a.digest for a, b in zip(found.parts, found.parts[1:], strict=False))
    db.execute(sa.text("UPDATE case_evidence SET content = 'secomd' WHERE no = :no AND evidence_no = 2"), {"no": no})
    db.execute(sa.text("DELETE FROM case_evidence WHERE no = :no AND evidence_no = 1"), {"no": no})
    after = dossier(db, ZHEJIANG, no)
    assert [one.kept for one in after.evidence] == ["missing", "differs"]
    assert after.digest == found.digest, "it is over what was handed in"
    with pytest.raises(Refused):
        do(db, no, "add-evidence", content=b"")


def test_what_is_due_is_listed_overdue_first_and_an_unknown_day_is_said_to_be_unknown(db: Db) -> None:
    ours = Actor("due-li", LI.rights)
    late, soon = opened(db), walked(db, "take-up")
    do(db, soon, "assign", officers=["due-li", "sun"], due_on="2026-05-08")
    turn = open_case(db, ZHEJIANG, ours, LEAD, datetime(2026, 12, 28, tzinfo=UTC)).no
    found = {one.case.no: one for one in due(db, ZHEJIANG, day(AT) + timedelta(days=40), within=10)}
    assert (found[late].deadline, found[late].left) == ("triage", -18), (
        "15 working days after 24 March, Qingming left out: 15 April"
    )
    assert (found[soon].deadline, found[soon].left) == ("task", 5)
    assert (found[turn].last_on, found[turn].left) == (None, None)
    assert [one.case.no for one in due(db, ZHEJIANG, day(AT) + timedelta(days=40), 10, officer="due-li")] == [soon]
    assert due(db, PARTY, day(AT)) == []
    assert late not in [one.case.no for one in due(db, JIANGSU, day(AT) + timedelta(days=40), within=10)]
