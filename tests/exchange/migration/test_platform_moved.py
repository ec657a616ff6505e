"""The invented platform comes over whole: every true record but what the truth calls lost, and every loss listed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import duckdb
import pytest
import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.exchange.migration.conftest import database
from tests.exchange.migration.test_migration import compared
from tests.exchange.migration.test_rehearsing import rehearse
from tests.exchange.migration.test_sampling import sampled
from tests.provincial import Truth, build, true_records

from zhijian.exchange.migration import MigrationRun, MigrationWrong, quarantine_store
from zhijian.exchange.migration.reconciling import reconciled
from zhijian.exchange.migration.rehearsing import Rehearsed
from zhijian.kit.db import engine
from zhijian.kit.scope import Scope

SEED, SCALE = 3, 1


class Moved(NamedTuple):
    truth: Truth
    run: MigrationRun
    source: sa.Engine
    target: sa.Engine
    rehearsed: Mapping[str, Rehearsed]
    taken: Mapping[str, datetime | None]
    """When each extract was made, before the run itself."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, server: str) -> Iterator[Moved]:
    """A dry run of all of it, then the run, once for all tests. The last tests mend what waits."""
    home = tmp_path_factory.mktemp("platform")
    url = f"sqlite:///{home / 'platform.db'}"
    truth = build(url, seed=SEED, scale=SCALE)
    run, source, target = moved.run_of(home / "work"), sa.create_engine(url), engine(database(server))
    said = rehearse(run, target, source)
    taken = {name: e.taken_at for name, e in run.extracts().items()}
    moved.carry(run, target, source)
    yield Moved(truth, run, source, target, said, taken)
    source.dispose()
    target.dispose()


def test_the_run_comes_to_what_the_dry_run_said_by_part_and_reason(platform: Moved) -> None:
    one, said = platform.run, platform.rehearsed
    assert {name: e.taken_at for name, e in one.extracts().items()} == platform.taken  # not read a second time
    real = {line.label: line for line in compared(one, platform.target).lines}
    by_label: dict[str, list[Rehearsed]] = {}
    for line in said.values():
        by_label.setdefault(line.label, []).append(line)
    for label in {p.label for p in one.mapping.records}:
        if len(by_label[label]) > 1:
            continue
        (line,) = by_label[label]
        for name in ("rows", "left_out", "made", "loaded", "quarantined", "lost"):
            assert getattr(line, name) == getattr(real[label], name), (label, name)
        assert sum(int(str(r["count"])) for r in line.reasons) == line.quarantined
        assert sum(line.losses.values()) == line.lost
    assert sum(line.lost for line in said.values()) > 0


def test_no_person_is_shown_and_every_part_of_a_platform_can_be_drawn(platform: Moved) -> None:
    found = sampled(platform.run, platform.target, "1", 1500)
    assert len({d.label for d in found}) > 15
    with platform.source.connect() as db:
        people = {n for (n,) in db.execute(sa.text("SELECT 姓名 FROM jg_renyuan WHERE length(姓名) > 1"))}
    said = [(p.element, text) for d in found for p in d.pairs for text in (p.target, *(v for _, v in p.source))]
    shown = [(element, text) for element, text in said if text.strip() in people]
    assert shown == []
    assert sum("＊" in text for _, text in said) > 100
    assert any(p.source and p.target for d in found if d.entity == "report_item" for p in d.pairs)


def lost_of(truth: Truth) -> dict[tuple[str, tuple[Any, ...]], set[str]]:
    lost: dict[tuple[str, tuple[Any, ...]], set[str]] = defaultdict(set)
    for one in truth.dirt:
        if not one.extra and not one.recoverable:
            lost[one.entity, one.key].add(one.element)
    return lost


def _nobody_sampled(record: dict[str, Any]) -> bool:
    """Small bodies of the invented field have no two samplers: a sample that was drawn and does not say by whom waits, too."""
    return "sampled_at" in record and "sampled_by" not in record


def test_every_true_record_comes_over_or_waits_for_a_reason_and_no_other(platform: Moved) -> None:
    true = {(entity, key): record for entity, key, record in true_records(SEED, SCALE)}
    lost, missing, wrong = lost_of(platform.truth), set(true), []
    for entity, key, record in moved.records(platform.target):
        wanted = true.get((entity, key))
        missing.discard((entity, key))
        if wanted is None:
            wrong.append((entity, key, "no such record"))
            continue
        names = {n for n in {*record, *wanted} if record.get(n) != wanted.get(n)} - lost[entity, key]
        wrong += [(entity, key, n, record.get(n), wanted.get(n)) for n in sorted(names)]
    assert wrong == []
    # A cell that is gone may be compulsory, or needed in this case, or leave days out of order: a check says which.
    refused = {(entity, key) for entity, key in missing if lost[entity, key] or _nobody_sampled(true[entity, key])}
    orphans = {(entity, key) for entity, key in missing - refused if entity == "report_item"}
    assert {("report", key[:2]) for _, key in orphans} <= refused
    assert missing == refused | orphans
    with platform.target.begin() as db:
        result = reconciled(db, moved.SCOPE, platform.run.migration, platform.run.spec, platform.run.rows())
    assert result.agrees
    assert sum(line.loaded + line.quarantined for line in result.lines) == sum(line.made for line in result.lines)
    assert sum(line.loaded for line in result.lines) == len(true) - len(missing)


SILENT = {"missing", "wrong_year"}
"""There is nothing in the cell that could be listed, or what is there looks right."""


def test_every_cell_that_is_lost_is_listed_with_its_row_and_what_stood_there(platform: Moved) -> None:
    files = platform.run.work / "losses" / "1" / "*.parquet"
    listed = set(
        duckdb.execute(
            f"SELECT entity, element, row FROM '{files}' WHERE kind = 'lost' AND value IS NOT NULL"
        ).fetchall()
    )
    told = [one for one in platform.truth.dirt if not one.recoverable and not one.extra and one.kind not in SILENT]
    of_reference = [one for one in told if (one.entity, one.element, one.pk) not in listed]
    assert of_reference == []
    assert len(told) > 20


def test_what_is_no_record_is_left_out_or_waits_to_be_looked_at(platform: Moved) -> None:
    with platform.target.connect() as db:
        found = db.execute(sa.text("SELECT source_table, source_row FROM migration_quarantine"))
        waiting = {(table, row) for table, row in found}
        brought = {entity: {row for (row,) in db.execute(sa.text(f"SELECT _source_row FROM collected.{entity} WHERE _table = :t"), {"t": table})}
                   for table, entity in (("jg_jbxx", "institution"), ("sb_jianding", "calibration"), ("bg_jcxm", "report_item"),
                                         ("jg_renyuan", "staff"), ("sb_yiqi", "instrument"), ("bg_zhubiao", "report"))}  # fmt: skip
    entity_of = {"jg_jbxx": "institution", "sb_jianding": "calibration", "bg_jcxm": "report_item", "jg_renyuan": "staff",
                 "sb_yiqi": "instrument", "bg_zhubiao": "report"}  # fmt: skip
    extras = [one for one in platform.truth.dirt if one.extra]
    for one in extras:
        assert one.pk not in brought[entity_of[one.table]], one
        assert ((one.table, one.pk) in waiting) == (not one.recoverable), one
    assert {one.kind for one in extras} >= {"twin", "stale_twin", "orphan", "soft_deleted"}


def test_a_mended_record_is_loaded_once_and_the_books_still_agree(platform: Moved) -> None:
    migration, spec = platform.run.migration, platform.run.spec
    with platform.target.begin() as db:
        before = quarantine_store.waiting(db, moved.SCOPE, migration)
    reports = [w for w in before if w.entity == "report"]
    true = {(entity, key): record for entity, key, record in true_records(SEED, SCALE)}
    mended = {w.id: true["report", (w.record["uscc"], w.record["own_number"])] for w in reports}
    items = {w.id: w.record for w in before if w.entity == "report_item" and w.reasons[0]["check"] == "orphan"}
    with platform.target.begin() as db:
        assert quarantine_store.taken_back(db, moved.SCOPE, migration, spec, items, moved.ON, moved.AT)[0] == 0
    for given, number in ((mended, len(mended)), (mended, 0), (items, len(items)), (items, 0)):
        with platform.target.begin() as db:
            came = quarantine_store.taken_back(db, moved.SCOPE, migration, spec, given, moved.ON, moved.AT)
        assert came == (number, 0)
    with platform.target.begin() as db:
        assert len(quarantine_store.waiting(db, moved.SCOPE, migration)) == len(before) - len(mended) - len(items)
        assert reconciled(db, moved.SCOPE, migration, spec, platform.run.rows()).agrees
    brought = {(entity, key): record for entity, key, record in moved.records(platform.target)}
    for _, key in [k for k in brought if k[0] == "report_item"]:
        assert ("report", key[:2]) in brought
    assert {k for k in true if k[0] == "report"} == {k for k in brought if k[0] == "report"}


def test_giving_up_needs_a_word_why_and_another_province_sees_nothing(platform: Moved) -> None:
    migration = platform.run.migration
    with platform.target.begin() as db:
        one = quarantine_store.waiting(db, moved.SCOPE, migration)[0]
        with pytest.raises(MigrationWrong, match="原因"):
            quarantine_store.given_up(db, moved.SCOPE, migration, [one.id], " ", moved.AT)
        assert quarantine_store.given_up(db, moved.SCOPE, migration, [one.id], "源库也没有", moved.AT) == 1
        assert quarantine_store.given_up(db, moved.SCOPE, migration, [one.id], "源库也没有", moved.AT) == 0
        with pytest.raises(MigrationWrong, match="无权"):
            quarantine_store.waiting(db, Scope(provinces=frozenset({"44"})), migration)
