"""Results in PostgreSQL: kept once, seen within the scope, ranked where they stand on one ground."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from tests.exchange.scorecard.results import DAYS, changed, invented, rolled_back

from zhijian.exchange import scorecard
from zhijian.exchange.scorecard.model import ALL, Apart, NotYours, ResultRefused
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.wiring import Node

AT, ON = datetime(2026, 11, 2, tzinfo=UTC), date(2026, 11, 2)
EVERYTHING, OURS = Scope.everything(), Scope(frozenset({"33"}))
GROUND = scorecard.present_ground()


@pytest.fixture
def db(node: Node) -> Iterator[Db]:
    with rolled_back(node) as db:
        yield db


def take(db: Db, raw: bytes, province: str, scope: Scope = EVERYTHING, at: datetime = AT) -> tuple[Any, bool]:
    return scorecard.taken(db, scope, raw, province, at, ON, "某局")


def count(db: Db, table: str) -> int:
    return int(db.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_what_is_read_back_is_what_was_handed_in(db: Db) -> None:
    from zhijian.exchange.scorecard.taking import read

    head, new = take(db, invented("33"), "33")
    assert new
    handed = read(invented("33"), "33", AT, ON, "某局")
    kept = scorecard.store.card(db, OURS, head)
    assert kept.head == handed.head
    assert sorted(kept.scores, key=repr) == sorted(handed.scores, key=repr)
    assert kept.failing == handed.failing


def test_the_same_file_is_kept_once(db: Db) -> None:
    first, new = take(db, invented("33"), "33")
    rows = count(db, "quality_failing")
    again, newer = take(db, invented("33"), "33", at=datetime(2026, 11, 3, tzinfo=UTC))
    assert (new, newer) == (True, False)
    assert again == first
    assert (count(db, "quality_result"), count(db, "quality_failing")) == (1, rows)


def test_a_file_of_one_province_is_not_taken_for_another(db: Db) -> None:
    take(db, invented("33"), "33")
    with pytest.raises(ResultRefused) as refused:
        take(db, invented("33"), "44")
    assert refused.value.why == "kept-for-another"


def test_there_is_no_province_of_an_unknown_code(db: Db) -> None:
    for code in ("10", "99", "", "浙江"):
        with pytest.raises(ResultRefused) as refused:
            take(db, invented("33"), code)
        assert refused.value.why == "province-unknown"


def test_a_province_beyond_the_scope_is_refused_and_not_seen(db: Db) -> None:
    theirs, _ = take(db, invented("44"), "44")
    take(db, invented("33"), "33")
    with pytest.raises(NotYours):
        take(db, invented("44", DAYS[0]), "44", OURS)
    with pytest.raises(NotYours):
        scorecard.store.heads(db, OURS, "44", DAYS[0], ON)
    with pytest.raises(NotYours):
        scorecard.store.head(db, OURS, "44", theirs.id)
    with pytest.raises(NotYours):
        scorecard.store.card(db, OURS, theirs)
    assert scorecard.store.head(db, OURS, "33", theirs.id) is None
    assert scorecard.store.scores(db, OURS, [theirs.id]) == {}
    assert [h.province for h in scorecard.store.latest(db, OURS, ON)] == ["33"]
    assert scorecard.store.points(db, OURS, DAYS[0], ON).keys() == {"33"}
    assert [row.province for row in scorecard.board(db, OURS, GROUND, ON).rows] == ["33"]
    assert scorecard.board(db, Scope(), GROUND, ON).rows == ()


def test_the_newest_result_counts_and_the_day_that_is_asked_for_decides(db: Db) -> None:
    for on in (DAYS[1], DAYS[2], DAYS[0]):
        take(db, invented("33", on), "33")
    row = by_province(scorecard.board(db, EVERYTHING, GROUND, ON))["33"]
    assert row.head.on == DAYS[2]
    assert [p.on for p in row.trend] == list(DAYS)
    then = by_province(scorecard.board(db, EVERYTHING, GROUND, DAYS[1]))["33"]
    assert then.head.on == DAYS[1]
    assert [p.on for p in then.trend] == list(DAYS[:2])
    before = by_province(scorecard.board(db, EVERYTHING, GROUND, date(2026, 1, 1)))["33"]
    assert (before.head, before.rank, before.trend) == (None, None, ())


def test_of_two_checks_of_one_day_the_one_handed_in_later_counts(db: Db) -> None:
    take(db, invented("33", seed=1), "33")
    later, _ = take(db, invented("33", seed=2), "33", at=datetime(2026, 11, 2, 1, tzinfo=UTC))
    assert by_province(scorecard.board(db, EVERYTHING, GROUND, ON))["33"].head == later


def by_province(board: scorecard.Board) -> dict[str, Any]:
    return {row.province: row for row in board.rows}


def test_every_province_has_its_row_and_only_those_on_one_ground_a_rank(db: Db) -> None:
    for code in ("11", "31", "33", "44"):
        take(db, invented(code), code)
    take(db, changed(invented("12"), specification="0.1.0"), "12")
    take(db, changed(invented("13"), program="0.0.9"), "13")
    board = scorecard.board(db, EVERYTHING, GROUND, ON)
    rows = by_province(board)
    assert len(rows) == 31
    ranked = {p: row.rank for p, row in rows.items() if row.rank}
    assert ranked.keys() == {"11", "31", "33", "44"}
    assert board.ranked == 4
    best = max(ranked, key=lambda p: rows[p].scores[ALL].score)
    assert ranked[best] == 1
    assert rows["12"].apart == (Apart.SPECIFICATION,)
    assert rows["13"].apart == (Apart.RULES,)
    assert rows["12"].scores[ALL].score > 0, "kept and shown all the same"
    assert rows["65"].head is None


def test_who_checked_other_tables_than_most_has_no_rank_in_the_whole_but_in_each_data_set(db: Db) -> None:
    short = next(c for c in scorecard.provinces() if "inspection" not in head_of(db, c).datasets)
    assert by_province(scorecard.board(db, EVERYTHING, GROUND, ON))[short].apart == (Apart.DATASETS,)
    assert by_province(scorecard.board(db, EVERYTHING, GROUND, ON, "report"))[short].rank is not None
    assert by_province(scorecard.board(db, EVERYTHING, GROUND, ON, "inspection"))[short].rank is None


def head_of(db: Db, code: str) -> Any:
    return take(db, invented(code), code)[0]


def test_own_rules_and_unrecognised_tables_are_said(db: Db) -> None:
    import json

    document = json.loads(invented("33"))
    document["rules"][0]["origin"] = "33"
    assert take(db, json.dumps(document).encode(), "33")[0].apart(GROUND) == (Apart.OWN_RULES,)
    document = json.loads(invented("44"))
    document["tables"][0]["entity"] = None
    assert take(db, json.dumps(document).encode(), "44")[0].apart(GROUND) == (Apart.UNRECOGNISED,)


def test_a_rank_can_be_of_one_dimension(db: Db) -> None:
    codes = ("11", "13", "33", "62")
    for code in codes:
        take(db, invented(code), code)
    rows = by_province(scorecard.board(db, EVERYTHING, GROUND, ON, dimension="timeliness"))
    shown = {c: round(rows[c].scores["timeliness"].score, 1) for c in codes}
    assert len(set(shown.values())) > 1
    assert {c: rows[c].rank for c in codes} == {
        c: 1 + sum(o > mine for o in shown.values()) for c, mine in shown.items()
    }
    assert rows["11"].trend[-1].score == rows["11"].scores["timeliness"].score


def test_two_runs_are_compared_by_what_fails(db: Db) -> None:
    old, _ = take(db, invented("33", DAYS[0]), "33")
    new, _ = take(db, invented("33", DAYS[2], seed=6), "33")
    cards = [scorecard.store.card(db, OURS, h) for h in (old, new)]
    made = scorecard.compare(*cards)
    assert made.same_ground
    assert next(f.dimension for f in made.figures) == ALL
    kinds = {c.change.value for c in made.rules}
    assert {"new", "gone"} <= kinds
    assert sum(c.cost_before - c.cost_now for c in made.rules) == pytest.approx(new.score - old.score, abs=1e-6)
    assert scorecard.compare(cards[0], cards[0]).rules == ()


def test_nothing_judged_is_kept_without_a_score(db: Db) -> None:
    head, _ = take(db, changed(invented("33"), rules=[], whole=None, dimensions={}), "33")
    assert head.score is None
    assert by_province(scorecard.board(db, EVERYTHING, GROUND, ON))["33"].rank is None
