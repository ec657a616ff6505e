"""A later run brings what changed and what is new, nothing twice, and names what is gone."""

from pathlib import Path

import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.provincial import build, later_changes

from zhijian.exchange.migration import gone_store
from zhijian.exchange.migration.reconciling import reconciled

BY_NAME = {"yp_yangpin", "bg_zhubiao", "bg_kuanbiao", "jd_wenti"}
"""Tables that name people: a new namesake makes a name ambiguous that was none before."""


def test_a_day_of_work_is_brought_over_and_what_is_gone_is_named(tmp_path: Path, target: sa.Engine) -> None:
    url = f"sqlite:///{tmp_path / 'platform.db'}"
    truth, source = build(url, seed=5, scale=1), sa.create_engine(url)
    moved.carry(moved.run_of(tmp_path / "work"), target, source)
    changes = later_changes(url, truth)
    later = moved.run_of(tmp_path / "work", 2)
    moved.carry(later, target, source)
    with target.begin() as db:
        result = reconciled(db, moved.SCOPE, later.migration, later.spec, later.rows())
        assert result.agrees
        written = [(table, row) for entity in later.spec.entities for table, row in
                   db.execute(sa.text(f"SELECT _table, _source_row FROM collected.{entity} WHERE _run = 2"))]  # fmt: skip
        waiting = {
            (table, row)
            for table, row in db.execute(sa.text("SELECT source_table, source_row FROM migration_quarantine"))
        }
        named = {(g.label.split(" ")[0], g.source_row) for g in gone_store.gone_of(db, moved.SCOPE, later)}
    brought = {(c.table, c.pk) for c in changes if c.what in ("updated", "inserted", "rekeyed")} - waiting
    assert brought <= set(written)
    assert sum(line.loaded - line.unchanged for line in result.lines) == len(written)
    assert {table for table, _ in set(written) - brought} <= BY_NAME
    assert named == {(c.table, c.pk) for c in changes if c.what in ("deleted", "rekeyed", "hidden")} - waiting
    assert not {(c.table, c.pk) for c in changes if c.what in ("inserted", "rekeyed")} & waiting
