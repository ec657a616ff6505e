"""The feed: every own leaf once, in the log's order, whatever comes in between; and no other institution's."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.api.problem_documents import problem
from tests.conftest import Laboratory
from tests.webhooks.conftest import Hooked
from tests.webhooks.receivers import Receiver, deliver

from zhijian.codes import feed
from zhijian.codes.events import EventType, Position, PositionMalformed
from zhijian.kit.scope import Scope
from zhijian.readiness import webhooks_troubled
from zhijian.wiring import Node

Issue = Callable[..., list[str]]


def events(lab: Laboratory, after: str = "", limit: int = 100) -> dict[str, Any]:
    answer = lab.lims.get("/api/v1/events", f"limit={limit}" + (f"&after={after}" if after else ""))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def numbers(count: int) -> list[str]:
    mark = uuid.uuid4().hex[:8]
    return [f"EV-{mark}-{n}" for n in range(count)]


def test_from_the_beginning_every_own_leaf_comes_once_and_nobody_elses(
    lab: Laboratory, other: Laboratory, node: Node, issue: Issue
) -> None:
    issue(other, *numbers(3))
    issue(lab, *numbers(3))
    seen, after, more = list[str](), "", True
    while more:
        page = events(lab, after, 37)
        seen += [e["id"] for e in page["events"]]
        after, more = page["next"], page["more"]
    with node.transaction() as db:
        rows = db.execute(sa.text(
            'SELECT e.origin, e."index" FROM log_entry e JOIN report r USING (code) WHERE r.uscc = :u AND e."index" IS NOT NULL '
            'ORDER BY e.origin, e."index"'), {"u": lab.uscc})  # fmt: skip
        assert seen == [f"{origin}/{index}" for origin, index in rows]


def test_from_the_end_only_what_is_new_comes_and_the_same_page_as_often_as_it_is_asked_for(
    lab: Laboratory, other: Laboratory, issue: Issue
) -> None:
    start = events(lab, "end")
    assert (start["events"], start["more"]) == ([], False)
    first, second = numbers(2)
    issue(lab, first)
    issue(other, *numbers(5))
    issue(lab, second)
    page = events(lab, start["next"])
    assert [e["data"]["own_number"] for e in page["events"]] == [first, second]
    assert events(lab, start["next"]) == page
    assert events(lab, page["next"])["events"] == []
    one = events(lab, start["next"], 1)
    assert (one["events"], one["more"]) == (page["events"][:1], True)
    assert events(lab, one["next"], 1)["events"] == page["events"][1:]


def test_what_waits_for_its_place_is_not_told_yet_and_not_skipped(lab: Laboratory, issue: Issue) -> None:
    start = events(lab, "end")["next"]
    waiting, next_ = numbers(2)
    assert lab.lims.submit(lab.fresh(waiting)).status_code == 201
    page = events(lab, start)
    assert page["events"] == []
    issue(lab, next_)
    assert [e["data"]["own_number"] for e in events(lab, page["next"])["events"]] == [waiting, next_]


def test_a_page_looks_at_a_window_and_says_that_there_is_more(
    lab: Laboratory, other: Laboratory, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "WINDOW", 4)
    after, (number,) = events(lab, "end")["next"], numbers(1)
    issue(other, *numbers(10))
    issue(lab, number)
    pages = []
    while not pages or pages[-1]["more"]:
        pages.append(events(lab, after))
        after = pages[-1]["next"]
    assert [[e["data"]["own_number"] for e in page["events"]] for page in pages] == [[], [], [number]]


@pytest.fixture
def turned(node: Node) -> Iterator[Callable[[str, str, int], None]]:
    """Puts a leaf into the log of another half-year, as a sequencer at its turn does; taken out again at the end."""
    host, moved = node.settings.log_host, list[tuple[str, str, int]]()

    def turn(code: str, half_year: str, index: int) -> None:
        with node.transaction() as db:
            was = db.execute(sa.text('SELECT origin, "index" FROM log_entry WHERE code = :c'), {"c": code}).one()
            moved.append((code, was.origin, was.index))
            _put(node, db, code, f"{host}/{half_year}", index)

    yield turn
    with node.transaction() as db:
        for code, origin, index in moved:
            _put(node, db, code, origin, index)


def _put(node: Node, db: sa.Connection, code: str, origin: str, index: int) -> None:
    db.execute(
        sa.text('UPDATE log_entry SET origin = :o, "index" = :i WHERE code = :c'), {"o": origin, "i": index, "c": code}
    )


def test_at_the_turn_of_the_half_year_nothing_is_skipped_even_when_the_clock_goes_back(
    lab: Laboratory, issue: Issue, turned: Callable[[str, str, int], None]
) -> None:
    """The order is: 2099h1, 2099h2 while the clock is ahead, 2099h1 once more."""
    first, second, third, fourth = issue(lab, *numbers(4))
    start = events(lab, "end")["next"]
    turned(first, "2099h1", 0)
    page = events(lab, start)
    turned(second, "2099h2", 0)
    page2 = events(lab, page["next"])
    turned(third, "2099h1", 1)
    page3 = events(lab, page2["next"])
    turned(fourth, "2099h2", 1)
    page4 = events(lab, page3["next"])
    assert [[e["data"]["code"] for e in p["events"]] for p in (page, page2, page3, page4)] == [
        [first],
        [second],
        [third],
        [fourth],
    ]


@given(
    st.lists(
        st.tuples(st.integers(2026, 2040), st.integers(1, 2), st.integers(0, 10**15 - 1)),
        max_size=4,
        unique_by=lambda t: t[:2],
    )
)
def test_a_cursor_is_read_back_as_it_was_written(parts: list[tuple[int, int, int]]) -> None:
    position = Position.of({f"{year}h{half}": count for year, half, count in parts})
    assert Position.parse(str(position)) == position


@given(st.text(max_size=60))
def test_any_other_text_is_no_cursor(text: str) -> None:
    try:
        assert str(Position.parse(text)) == text or sorted(str(Position.parse(text)).split("_")) == sorted(
            text.split("_")
        )
    except PositionMalformed:
        pass


@pytest.mark.parametrize(
    "after", ["x", "2026h3.1", "2026h1.", "2026h1.-1", "2026h1.1_2026h1.2", "%00", "2026h1.1'--", "9" * 90, "END"]
)
def test_what_is_no_cursor_is_refused_with_what_to_write(lab: Laboratory, after: str) -> None:
    problem(lab.lims.get("/api/v1/events", f"after={after}"), 400, why="cursor-malformed")


def test_a_cursor_a_little_beyond_the_end_stays_where_it_is(lab: Laboratory) -> None:
    half_year, size = events(lab, "end")["next"].rsplit("_", 1)[-1].split(".")
    beyond = f"{half_year}.{int(size) + 100}"
    page = events(lab, beyond)
    assert (page["events"], page["more"], page["next"]) == ([], False, beyond)


def test_a_leaf_with_another_record_is_an_alarm_and_no_event(
    lab: Laboratory, node: Node, issue: Issue, inbox: Receiver, hooked: Hooked
) -> None:
    start = events(lab, "end")["next"]
    code, twin = issue(lab, *numbers(2))
    sql = "UPDATE log_entry SET record = (SELECT record FROM log_entry WHERE code = :other) WHERE code = :c RETURNING record"
    with node.transaction() as db:
        kept = db.execute(sa.text("SELECT record FROM log_entry WHERE code = :c"), {"c": code}).scalar_one()
        db.execute(sa.text(sql), {"c": code, "other": twin})
    try:
        problem(lab.lims.get("/api/v1/events", f"after={start}"), 500, why="evidence-broken")
        hook = hooked(inbox, after=start, proven=False)
        deliver(node)
        before = hook.now
        assert before["last_attempt"]["error"]["why"] == "evidence-broken"
        assert (before["state"], webhooks_troubled(node)) == ("failing", 1)
        issue(lab, *numbers(1))
        deliver(node)
        assert hook.now == before, "news do not cut its pause short"
        assert inbox.batches == []
    finally:
        with node.transaction() as db:
            db.execute(sa.text("UPDATE log_entry SET record = :r WHERE code = :c"), {"r": kept, "c": code})
    hook.later(timedelta(hours=1))
    deliver(node)
    assert [e["data"]["code"] for e in inbox.events][:2] == [code, twin]
    assert (hook.now["state"], webhooks_troubled(node)) == ("active", 0)


def test_a_page_read_until_a_cursor_is_that_page_again(lab: Laboratory, node: Node, issue: Issue) -> None:
    start = Position.parse(events(lab, "end")["next"])
    issue(lab, *numbers(2))
    scope = Scope.of_institution(lab.uscc)
    with node.transaction() as db:
        page = node.feed.page(db, scope, start, 100)
    issue(lab, *numbers(2))
    with node.transaction() as db:
        again = node.feed.page(db, scope, start, 100, tuple(EventType), page.next)
        whole = node.feed.page(db, scope, start, 100)
    assert (again.events, again.next) == (page.events, page.next)
    assert len(whole.events) == 4
    assert all(event.logged_at <= datetime.now(UTC) for event in whole.events)


@pytest.mark.parametrize("after", ["9999h2.0", "2026h2.999999999999999", "٢٠٢٦h2.0"])
def test_a_cursor_that_was_never_given_is_refused(lab: Laboratory, after: str) -> None:
    """It would wait for events that never come, and nobody would know why."""
    answer = lab.lims.get("/api/v1/events", f"after={quote(after)}")
    assert (answer.status_code, answer.json()["why"]) == (400, "cursor-malformed")
    made = lab.lims.post(
        "/api/v1/webhooks", {"url": "https://lims.example/x", "types": ["report.logged"], "after": after}
    )
    assert made.status_code in (400, 422), made.text
