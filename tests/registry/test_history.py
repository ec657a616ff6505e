"""Nothing that was registered is forgotten, and every day can be looked at as it was."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import Seeded
from tests.registry.test_enrolment import ALL, ONE, TWO, changed, records

from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.registry import as_of, enrol, facts, history, listing, remove, revision
from zhijian.registry.checking import typed
from zhijian.registry.model import AsOf, Change
from zhijian.registry.tables import BY_NAME, NATIONAL

AT = datetime(2026, 6, 30, 9, tzinfo=UTC)
DAY = date(2026, 6, 1)
NUMBER = "261009119991"
SITE = {"uscc": ONE, "site_no": "1"}


def put(db: Db, all_: list[tuple[str, dict[str, Any]]], on: date | None = DAY, **options: Any) -> None:
    done = enrol(db, ALL, all_, on=on, source="import:test", at=options.get("at", AT))
    assert done.refused == ()


def site(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [r for r in changed("site", name=name) if r[0] == "site"]


def known(db: Db, on: date) -> AsOf:
    found = as_of(db, ALL, ONE, on)
    assert found is not None
    return found


def of(changes: list[Change], entity: str) -> list[Change]:
    return [c for c in changes if c.entity == entity]


def test_each_day_is_seen_as_it_was_registered(db: Db) -> None:
    put(db, records(), DAY)
    put(db, site("新址"), DAY + timedelta(days=10))
    assert [known(db, DAY + timedelta(days=n)).facts.sites["1"].name for n in (0, 9, 10, 20)] == [
        "总部", "总部", "新址", "新址"]  # fmt: skip
    assert as_of(db, ALL, ONE, DAY - timedelta(days=1)) is None


def test_a_correction_that_comes_late_changes_its_days_and_not_today(db: Db) -> None:
    put(db, records(), DAY)
    put(db, site("新址"), DAY + timedelta(days=10))
    put(db, site("旧址"), DAY + timedelta(days=5))
    assert [known(db, DAY + timedelta(days=n)).facts.sites["1"].name for n in (4, 5, 9, 10)] == [
        "总部", "旧址", "旧址", "新址"]  # fmt: skip
    now = facts(db, ALL, ONE)
    assert now is not None
    assert now.sites["1"].name == "新址"


def test_today_and_the_facts_that_admission_uses_are_one(seeded: Seeded, db: Db) -> None:
    usccs = [r["uscc"] for e, r in seeded.world.registry() if e == "institution"][:3]
    for uscc in usccs:
        now, found = facts(db, ALL, uscc), as_of(db, ALL, uscc, seeded.at.date())
        assert found is not None
        assert now is not None
        assert sorted_facts(found.facts) == sorted_facts(now)


def sorted_facts(one: Any) -> Any:
    if isinstance(one, dict):
        return {k: sorted_facts(v) for k, v in one.items()}
    if isinstance(one, tuple | list):
        return sorted(map(repr, one))
    if hasattr(one, "__dataclass_fields__"):
        return {n: sorted_facts(getattr(one, n)) for n in one.__dataclass_fields__}
    return one


def test_a_record_that_goes_is_gone_from_its_day_and_there_before(db: Db) -> None:
    put(db, records(), DAY)
    gone = remove(db, ALL, [("site", SITE)], on=DAY + timedelta(days=3), source="import:test", at=AT)
    assert gone.changed == {"site": 1}
    assert "1" in known(db, DAY + timedelta(days=2)).facts.sites
    assert known(db, DAY + timedelta(days=3)).facts.sites == {}
    assert of(history(db, ALL, ONE), "site")[0].kind == "gone"
    again = remove(db, ALL, [("site", SITE)], on=DAY + timedelta(days=3), source="import:test", at=AT)
    assert again.changed == {}, "gone is gone"


def test_what_others_stand_on_is_not_taken_from_under_them(db: Db) -> None:
    put(db, records(), DAY)
    done = remove(db, ALL, [("certificate", {"number": NUMBER})], on=DAY, source="t", at=AT)
    assert [r.entity for r in done.refused] == ["certificate"]
    keys = [("certificate", {"number": NUMBER}), ("capability", {"number": NUMBER, "site_no": "1", "sequence": "1"}),
            ("certificate_state", {"number": NUMBER, "from_on": "2026-03-01"})]  # fmt: skip
    assert remove(db, ALL, keys, on=DAY, source="t", at=AT).refused == ()
    assert known(db, DAY).facts.certificates == {}


def test_an_institution_is_never_removed(db: Db) -> None:
    put(db, records(), DAY)
    done = remove(db, ALL, [("institution", {"uscc": ONE})], on=DAY, source="t", at=AT)
    assert [r.entity for r in done.refused] == ["institution"]


def test_nobody_removes_what_is_outside_his_scope(db: Db) -> None:
    put(db, records(), DAY)
    for scope in (Scope(frozenset({"32"}), None), Scope.of_institution(TWO)):
        done = remove(db, scope, [("site", SITE)], on=DAY, source="t", at=AT)
        assert [r.pointer for r in done.refused] == ["/uscc"]
    assert "1" in known(db, DAY).facts.sites


def test_what_is_to_hold_from_tomorrow_is_refused_and_says_so(db: Db) -> None:
    put(db, records(), DAY)
    tomorrow = date(2026, 7, 1)
    done = enrol(db, ALL, site("新址"), on=tomorrow, source="t", at=AT)
    assert "2026-07-01" in done.refused[0].reason
    assert remove(db, ALL, [("site", SITE)], on=tomorrow, source="t", at=AT).refused
    late_evening = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)  # midnight has passed in Shanghai
    assert enrol(db, ALL, site("新址"), on=tomorrow, source="t", at=late_evening).refused == ()


def test_without_a_day_each_record_holds_from_its_own_first(db: Db) -> None:
    put(db, changed("institution", established_on="2015-05-05"), None)
    found = {c.entity: c.on.isoformat() for c in history(db, ALL, ONE)}
    assert found["institution"] == "2015-05-05"
    assert (found["site"], found["calibration"]) == ("2020-01-01", "2026-01-01")


def test_the_same_again_writes_nothing_and_a_change_tells_what_changed(db: Db) -> None:
    put(db, records(), DAY)
    before = revision(db, ALL, ONE)
    assert enrol(db, ALL, records(), on=DAY + timedelta(days=1), source="t", at=AT).changed == {}
    assert revision(db, ALL, ONE) == before
    put(db, site("新址"), DAY + timedelta(days=2))
    newest = history(db, ALL, ONE)[0]
    assert (newest.entity, newest.kind, newest.key) == ("site", "changed", (ONE, "1"))
    assert newest.elements == {"name": ("总部", "新址")}
    assert (newest.source, newest.recorded_at) == ("import:test", AT)


def test_the_past_is_seen_within_scope_only(db: Db) -> None:
    put(db, records(), DAY)
    for scope in (Scope(), Scope.of_institution(TWO), Scope(frozenset({"32"}), None)):
        assert as_of(db, scope, ONE, DAY) is None
        assert history(db, scope, ONE) == []


def test_an_institution_that_moves_takes_its_records_and_its_past_along(db: Db) -> None:
    put(db, records(), DAY)
    put(db, site("新址"), DAY + timedelta(days=1))
    put(db, changed("institution", division="320102")[:1], DAY + timedelta(days=2))
    there = Scope(frozenset({"32"}), None)
    assert as_of(db, Scope(frozenset({"33"}), None), ONE, DAY) is None
    found = as_of(db, there, ONE, DAY)
    assert found is not None
    assert (found.facts.sites["1"].name, found.records["institution"][0]["division"]) == ("总部", "330106")
    assert len(found.records) == len({name for name, _ in records()})


# No way round: the database itself keeps what is changed or taken out.


def test_a_change_by_hand_is_kept_too(db: Db) -> None:
    put(db, records(), DAY)
    db.execute(sa.text("UPDATE site SET name = '手改', since_on = '2026-06-09' WHERE uscc = :u"), {"u": ONE})
    assert known(db, date(2026, 6, 8)).facts.sites["1"].name == "总部"
    assert of(history(db, ALL, ONE), "site")[0].elements == {"name": ("总部", "手改")}


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM site WHERE uscc = :u",
        "UPDATE site SET name = '手改', since_on = '2020-01-01' WHERE uscc = :u",
        "UPDATE site SET since_on = '2026-06-20' WHERE uscc = :u",
        "UPDATE site SET site_no = '9' WHERE uscc = :u",
        "UPDATE registry_past SET record = '{}' WHERE uscc = :u",
        "DELETE FROM registry_past WHERE uscc = :u",
        "TRUNCATE registry_past",
        "TRUNCATE site",
    ],
)
def test_no_statement_forgets(db: Db, sql: str) -> None:
    put(db, records(), DAY)
    put(db, site("新址"), DAY + timedelta(days=1))
    with pytest.raises(sa.exc.IntegrityError):
        db.execute(sa.text(sql), {"u": ONE} if ":u" in sql else {})


# Any story: versions, removals and late corrections in any order.

DAYS = st.integers(0, 12)
STEP = st.tuples(st.sampled_from(["site", "staff", "capability"]), st.sampled_from(["1", '二"\\']), DAYS,
                 st.one_of(st.none(), st.sampled_from(["甲", "乙", "丙"])))  # fmt: skip
Step = tuple[str, str, int, str | None]


def record_of(entity: str, no: str, word: str) -> dict[str, Any]:
    template = dict(records())[entity]
    which = {"site": "site_no", "staff": "staff_no", "capability": "sequence"}[entity]
    return template | {which: no} | ({"note": word} if entity == "capability" else {"name": word})


def key_of_it(entity: str, no: str) -> dict[str, Any]:
    names = {
        "site": ("uscc", "site_no"),
        "staff": ("uscc", "staff_no"),
        "capability": ("number", "site_no", "sequence"),
    }
    one = record_of(entity, no, "甲")
    return {name: one[name] for name in names[entity]}


def folded(told: dict[tuple[str, str], list[tuple[int, int, str | None]]], day: int) -> dict[tuple[str, str], str]:
    """What holds on a day: of each record the last of its versions, by day and then by arrival."""
    last = {key: max((v for v in line if v[0] <= day), key=lambda v: v[:2], default=None) for key, line in told.items()}
    return {key: v[2] for key, v in last.items() if v is not None and v[2] is not None}


def seen(records_: dict[str, tuple[dict[str, Any], ...]]) -> dict[tuple[str, str], str]:
    found = {}
    for entity, which, word in (
        ("site", "site_no", "name"),
        ("staff", "staff_no", "name"),
        ("capability", "sequence", "note"),
    ):
        found |= {(entity, one[which]): one[word] for one in records_.get(entity, ())}
    return found


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, max_size=14))
def test_every_day_is_the_fold_of_what_came_in_and_replaying_it_gives_today(db: Db, steps: list[Step]) -> None:
    savepoint = db.begin_nested()
    try:
        tell_and_look(db, steps)
    finally:
        savepoint.rollback()


def tell_and_look(db: Db, steps: list[Step]) -> None:
    put(db, [r for r in records() if r[0] not in ("site", "staff", "capability", "authorisation")], DAY)
    told: dict[tuple[str, str], list[tuple[int, int, str | None]]] = {}
    for n, (entity, no, day, word) in enumerate(steps):
        on = DAY + timedelta(days=day)
        if folded(told, day).get((entity, no)) == word:
            continue_with = {}
        else:
            told.setdefault((entity, no), []).append((day, n, word))
            continue_with = {entity: 1}
        if word is None:
            done = remove(db, ALL, [(entity, key_of_it(entity, no))], on=on, source="t", at=AT)
        else:
            done = enrol(db, ALL, [(entity, record_of(entity, no, word))], on=on, source="t", at=AT)
        assert (done.refused, done.changed) == ((), continue_with)
    for day in range(13):
        assert seen(dict(known(db, DAY + timedelta(days=day)).records)) == folded(told, day)
    assert {(e, k): v for (e, k), v in seen(now(db)).items()} == folded(told, 12)
    assert replayed(db) == {name: rows for name, rows in now(db).items() if rows}


def now(db: Db) -> dict[str, tuple[dict[str, Any], ...]]:
    """The tables as they stand, read by nothing of the registry's."""
    found = {}
    for name in ("site", "staff", "capability"):
        rows = db.execute(sa.text(f"SELECT to_jsonb(c) AS row FROM {name} c WHERE uscc = :u"), {"u": ONE}).scalars()
        found[name] = tuple(sorted((typed(name, row) for row in rows), key=repr))
    return found


def replayed(db: Db) -> dict[str, tuple[dict[str, Any], ...]]:
    """Today's rows, made from nothing but the list of changes."""
    held: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    for change in reversed(history(db, ALL, ONE)):
        if change.entity not in ("site", "staff", "capability"):
            continue
        row = held.setdefault((change.entity, change.key), {})
        assert all(row.get(name) == before for name, (before, _) in change.elements.items())
        row |= {name: after for name, (_, after) in change.elements.items()}
        if change.kind == "gone":
            del held[change.entity, change.key]
    found: dict[str, list[dict[str, Any]]] = {}
    for (entity, _), row in held.items():
        names = typed(entity, {})
        found.setdefault(entity, []).append(names | row)
    return {name: tuple(sorted(rows, key=repr)) for name, rows in found.items()}


def test_the_keys_of_the_past_are_those_that_a_program_writes(db: Db) -> None:
    odd = '二"\\ü\u2028'[:4]
    put(db, records(), DAY)
    put(db, [("staff", record_of("staff", odd, "甲"))], DAY)
    put(db, [("staff", record_of("staff", odd, "乙"))], DAY + timedelta(days=1))
    key = db.execute(
        sa.text("SELECT key FROM registry_past WHERE entity = 'staff' AND uscc = :u"), {"u": ONE}
    ).scalar_one()
    assert json.loads(key) == [ONE, odd]


def test_the_newest_changes_are_the_first_of_all(db: Db) -> None:
    put(db, records(), DAY)
    for n in range(1, 6):
        put(db, site(f"新址{n}"), DAY + timedelta(days=n * 3))
    put(db, site("补记"), DAY + timedelta(days=4))
    whole = history(db, ALL, ONE)
    for most in range(1, len(whole) + 3):
        newest = history(db, ALL, ONE, newest=most)
        assert [(c.on, c.recorded_at) for c in newest] == [(c.on, c.recorded_at) for c in whole[:most]]
        assert set(map(repr, newest)) <= set(map(repr, whole))
    assert listing.number_of_changes(db, ALL, ONE) == len(whole)


def test_today_read_by_itself_is_today_out_of_the_history(db: Db) -> None:
    put(db, records(), DAY)
    put(db, site("新址"), DAY + timedelta(days=10))
    today = DAY + timedelta(days=20)
    for wanted in (
        ("site",),
        ("certificate", "certificate_state", "capability"),
        ("staff", "authorisation"),
        ("instrument", "calibration"),
        tuple(BY_NAME.keys() - NATIONAL),
    ):
        one, other = listing.present(db, ALL, ONE, today, wanted), as_of(db, ALL, ONE, today, entities=wanted)
        assert one is not None
        assert other is not None
        assert {k: v for k, v in one.records.items() if k in wanted} == {
            k: v for k, v in other.records.items() if k in wanted
        }
        assert one.facts.sites == other.facts.sites
        assert one.facts.scope == other.facts.scope
    number = listing.counts(db, ALL, ONE)
    whole = as_of(db, ALL, ONE, today)
    assert whole is not None
    assert number == {
        name: len(whole.records.get(name, ())) for name in ("certificate", "capability", "staff", "instrument")
    }
    assert listing.counts(db, Scope(), ONE) == {}


def test_pages_of_the_newest_changes_together_are_the_whole(db: Db) -> None:
    """Of one moment, too: an import gives hundreds of records the same."""
    put(db, records(), DAY)
    some = [
        (
            "site",
            SITE
            | {
                "site_no": str(n),
                "name": f"场所{n}",
                "address": f"路 {n} 号",
                "division": "330106",
                "used_from": "2020-01-01",
            },
        )
        for n in range(2, 30)
    ]
    put(db, some, DAY)
    whole = history(db, ALL, ONE)
    pages = [history(db, ALL, ONE, newest=end)[end - 5 : end] for end in range(5, len(whole) + 5, 5)]
    assert [repr(c) for page in pages for c in page] == [repr(c) for c in whole]
