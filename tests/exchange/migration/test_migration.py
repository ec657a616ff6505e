"""A whole source moved: everything adds up, whatever the moment at which it was interrupted."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.exchange.migration.conftest import database
from tests.exchange.migration.small import AT, built, run
from tests.provincial import build

from zhijian.exchange.migration import MigrationRun, MigrationWrong, extracting
from zhijian.exchange.migration.reconciling import Reconciled, reconciled
from zhijian.exchange.migration.store import begun, loaded, steps_done
from zhijian.kit.db import engine
from zhijian.kit.scope import Scope

SCOPE = Scope.everything()


def carry(one: MigrationRun, target: sa.Engine, source: sa.Engine, stop_after: int | None = None) -> int:
    """Steps done; `stop_after`: as a kill would, before the next."""
    for _ in one.extract(source):
        pass
    with target.begin() as db:
        begun(db, SCOPE, one.migration, one.spec, "sqlite://", AT)
        done = steps_done(db, SCOPE, one.migration)
    count = 0
    for step in one.steps(done):
        if stop_after == count:
            return count
        ready = one.carry(step)
        with target.begin() as db:
            loaded(db, SCOPE, one.migration, one.spec, step.part, step.chunk, ready, AT)
        count += 1
    return count


def content(target: sa.Engine) -> dict[str, list[Any]]:
    with target.begin() as db:
        return {name: sorted(map(str, db.execute(sa.text(f"SELECT * FROM collected.{name}")).all()))
                for name in ("institution", "site")}  # fmt: skip


def compared(one: MigrationRun, target: sa.Engine) -> Reconciled:
    with target.begin() as db:
        return reconciled(db, SCOPE, one.migration, one.spec, one.rows())


def reasons(target: sa.Engine) -> dict[tuple[str, int], str]:
    with target.begin() as db:
        found = db.execute(sa.text("SELECT entity, source_row, reasons->0->>'check' FROM migration_quarantine"))
        return {(entity, row): check for entity, row, check in found}


def test_every_row_is_loaded_left_out_or_in_quarantine_with_its_reason(tmp_path: Path, target: sa.Engine) -> None:
    source, one = built(tmp_path / "s.db"), run(tmp_path / "work")
    carry(one, target, source)
    result = compared(one, target)
    assert result.agrees
    by = {line.label: line for line in result.lines}
    assert (by["机构 → institution"].rows, by["机构 → institution"].left_out) == (30, 2)
    assert by["机构 → institution"].quarantined == 5
    found = reasons(target)
    assert {row for (entity, row), check in found.items() if entity == "institution" and check != "key-duplicate"} == {
        7,
        14,
        21,
        28,
    }
    assert found["institution", 6] == "key-duplicate"
    assert found["site", 11] == "orphan"
    assert len(found) == result.quarantine_open


def test_institutions_come_before_what_refers_to_them(tmp_path: Path) -> None:
    built(tmp_path / "s.db")
    one = run(tmp_path / "work")
    for _ in one.extract(sa.create_engine(f"sqlite:///{tmp_path / 's.db'}")):
        pass
    assert [s.label for s in one.steps()][:1] == ["机构 → institution"]


def test_a_run_broken_off_anywhere_ends_like_one_that_was_not(
    tmp_path: Path, target: sa.Engine, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "ROWS", 8)
    source = built(tmp_path / "s.db")
    carry(run(tmp_path / "whole"), target, source)
    whole = content(target)
    another = engine(database(server))
    one = run(tmp_path / "broken")
    while carry(one, another, source, stop_after=1):
        one = run(tmp_path / "broken")
    assert content(another) == whole
    assert compared(one, another).agrees
    another.dispose()


def test_a_changed_cell_in_the_target_is_noticed(tmp_path: Path, target: sa.Engine) -> None:
    source, one = built(tmp_path / "s.db"), run(tmp_path / "work")
    carry(one, target, source)
    with target.begin() as db:
        db.execute(sa.text("UPDATE collected.institution SET address = '别处' WHERE name = '甲1检测'"))
    assert not compared(one, target).agrees


def test_a_later_run_brings_what_changed_and_nothing_twice(tmp_path: Path, target: sa.Engine) -> None:
    source = built(tmp_path / "s.db")
    carry(run(tmp_path / "work"), target, source)
    with source.begin() as db:
        db.execute(sa.text("UPDATE 机构 SET 地址 = '新路' WHERE id = 2"))
    later = run(tmp_path / "work", 2)
    carry(later, target, source)
    result = compared(later, target)
    assert result.agrees
    line = next(one for one in result.lines if one.entity == "institution")
    assert line.loaded - line.unchanged == 1


def test_another_province_is_refused_whatever_is_asked(tmp_path: Path, target: sa.Engine) -> None:
    source, one, theirs = built(tmp_path / "s.db"), run(tmp_path / "work"), Scope(provinces=frozenset({"44"}))
    for _ in one.extract(source):
        pass
    step = one.steps()[0]
    ready = one.carry(step)
    with target.begin() as db:
        for ask in (
            lambda: begun(db, theirs, one.migration, one.spec, "sqlite://", AT),
            lambda: steps_done(db, theirs, one.migration),
            lambda: loaded(db, theirs, one.migration, one.spec, step.part, step.chunk, ready, AT),
        ):
            with pytest.raises(MigrationWrong, match="无权"):
                ask()


def test_a_step_that_was_heard_to_its_end_is_not_done_again(tmp_path: Path, target: sa.Engine) -> None:
    source, one = built(tmp_path / "s.db"), run(tmp_path / "work")
    carry(one, target, source)
    before, step = content(target), one.steps()[0]
    with target.begin() as db:
        first = loaded(db, SCOPE, one.migration, one.spec, step.part, step.chunk, one.carry(step), AT)
    assert content(target) == before
    assert first.loaded > 0
    assert compared(one, target).agrees


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        run(tmp_path / "work").alone(),
        pytest.raises(MigrationWrong, match="已有一个迁移"),
        run(tmp_path / "work").alone(),
    ):
        pass


@pytest.mark.parametrize(
    ("tables", "least"),
    [
        (("jg_jbxx", "jg_renyuan", "sb_yiqi", "yp_yangpin", "bg_zhubiao", "能力验证计划"), 1000),
        pytest.param((), 4000, marks=pytest.mark.soak),  # all
    ],
)
def test_postgresql_is_a_source_as_well(
    tmp_path: Path, target: sa.Engine, server: str, tables: tuple[str, ...], least: int
) -> None:
    address = database(server)
    build(address, seed=3, scale=1)
    one = moved.run_of(tmp_path / "work", text=moved.parts_of(*tables) if tables else "")
    source = sa.create_engine(address)
    moved.carry(one, target, source)
    assert compared(one, target).agrees
    assert sum(len(rows) for entity, rows in moved.content(target).items() if entity != "quarantine") > least
    source.dispose()
