"""A later run begins when the earlier one is through, and what waits of the earlier one stays within reach."""

import csv
import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.exchange.migration.conftest import database
from tests.exchange.migration.small import AT, MAPPING, built, run
from tests.exchange.migration.test_migration import carry
from tests.exchange.migration.test_sheet import Command, migrate

from zhijian.exchange.migration import MigrationRun, MigrationWrong, planning, quarantine_store, runs_store
from zhijian.kit.db import engine
from zhijian.kit.scope import Scope
from zhijian.spec import specification

__all__ = ["migrate"]
SCOPE = Scope.everything()


def plan(migrate: Command, number: int, *more: str, work: str = "w", status: int = 0) -> str:
    return migrate("plan", "m.yaml", "--work", work, "--province", "33", "--on", "2026-11-01", "--run", str(number), *more, status=status)  # fmt: skip


def addresses(migrate: Command) -> dict[str, str]:
    with engine(migrate.target).connect() as db:
        return {code: at for code, at in db.execute(sa.text("SELECT uscc, address FROM collected.institution"))}  # noqa: C416


def changed(migrate: Command, statement: str) -> None:
    with sa.create_engine(f"sqlite:///{migrate.folder / 's.db'}").begin() as db:
        db.execute(sa.text(statement))


def test_a_later_run_is_not_planned_while_the_earlier_one_has_steps_left(tmp_path: Path, server: str) -> None:
    source = built(tmp_path / "s.db")
    (tmp_path / "m.yaml").write_text(MAPPING, "utf-8")
    one = Command(tmp_path, database(server))
    plan(one, 1)
    assert "第 1 次迁移还没有全部装入" in plan(one, 2, status=2)
    for _ in planning.run_of(tmp_path / "w", specification()).extract(source):
        pass
    (tmp_path / "w" / "begun-1").touch()  # killed before the first step
    assert "第 1 次迁移还没有全部装入" in plan(one, 2, status=2)
    one("run", "--work", "w", status=1)
    plan(one, 2)
    assert "第 2 次" in plan(one, 3, status=2)


def test_what_waits_of_an_earlier_run_is_listed_and_mended_after_a_later_one_was_planned(migrate: Command) -> None:
    plan(migrate, 2)
    listed = json.loads(migrate("quarantine", "list", "--work", "w", "--run", "1", "--format", "json"))
    assert listed["open"] == 13
    assert "open 0" in migrate("quarantine", "list", "--work", "w")
    migrate("quarantine", "export", "--work", "w", "--entity", "institution", "--out", "a.csv", "--run", "1")
    with (migrate.folder / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    (row,) = (row for row in rows if row[head.index("源行")] == "7")
    row[next(n for n, name in enumerate(head) if name.split()[-1] == "uscc")] = "91330100MA00000007"
    with (migrate.folder / "a.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, row])
    assert "装入 loaded 1" in migrate("quarantine", "mend", "--work", "w", "a.csv", "--run", "1")
    assert "91330100MA00000007" in addresses(migrate)
    assert "没有第 4 次的计划" in migrate("quarantine", "retry", "--work", "w", "--run", "4", status=2)


def test_what_a_later_run_has_brought_is_not_overwritten_by_what_waited_before(migrate: Command) -> None:
    changed(migrate, "UPDATE 机构 SET 代码 = '91330100MA00000007', 地址 = '新路' WHERE id = 7")
    plan(migrate, 2)
    migrate("run", "--work", "w", status=1)
    first = run(migrate.folder / "w")
    target = engine(migrate.target)
    with target.begin() as db:
        (one,) = (
            w
            for w in quarantine_store.waiting(db, SCOPE, first.migration)
            if w.entity == "institution" and w.source_row == 7
        )
        old = {**one.record, "uscc": "91330100MA00000007"}
        back = quarantine_store.taken_back(db, SCOPE, first.migration, first.spec, {one.id: old}, first.on, AT)
        (again,) = quarantine_store.waiting(db, SCOPE, first.migration, ids=[one.id])
    assert back == (0, 1)
    assert again.reasons[0]["check"] == "later-run"
    assert addresses(migrate)["91330100MA00000007"] == "新路"
    assert "对账：一致" in migrate("reconcile", "--work", "w")
    target.dispose()


def test_more_records_than_a_statement_has_parameters_can_be_taken_back_or_given_up(migrate: Command) -> None:
    one, target = run(migrate.folder / "w"), engine(migrate.target)
    with target.begin() as db:
        many = range(-70_000, 100)
        found = quarantine_store.waiting(db, SCOPE, one.migration, ids=many)
        assert len(found) == 13
        assert quarantine_store.given_up(db, SCOPE, one.migration, many, "不迁", AT) == 13
    target.dispose()


def test_the_same_run_from_another_folder_is_refused(migrate: Command) -> None:
    """Its chunks hold other rows: those that are noted as done would be passed over."""
    plan(migrate, 1, work="v")
    changed(migrate, "UPDATE 机构 SET 地址 = '新路'")
    for more in ((), ("--dry-run",)):
        assert "另一个工作目录" in migrate("run", "--work", "v", *more, status=2)
    migrate("run", "--work", "w", status=1)
    shutil.rmtree(migrate.folder / "w" / "extract")
    assert "取出的数据却不全了" in migrate("run", "--work", "w", status=2)


def test_a_run_by_changes_wants_the_one_before_it_whole(tmp_path: Path, target: sa.Engine) -> None:
    source = built(tmp_path / "s.db")

    def asked(number: int, since: dict[str, tuple[str, str]]) -> None:
        with target.begin() as db:
            runs_store.may_load(db, SCOPE, run(tmp_path / str(number), number, since=since))

    changes = {"机构": ("id", "3")}
    with pytest.raises(MigrationWrong, match="会漏掉其余的"):
        asked(2, changes)
    first = run(tmp_path / "1")
    carry(first, target, source, stop_after=1)
    with pytest.raises(MigrationWrong, match="会漏掉其余的"):
        asked(2, changes)
    asked(2, {})  # brings everything
    with target.begin() as db:
        db.execute(sa.text("UPDATE migration_run SET ended_at = now()"))
    asked(2, changes)


def test_a_file_that_was_exchanged_after_it_was_counted_is_spoken_of(tmp_path: Path, server: str) -> None:
    built(tmp_path / "s.db")
    (tmp_path / "m.yaml").write_text(MAPPING, "utf-8")
    one = Command(tmp_path, database(server))
    plan(one, 1)
    changed(one, "DELETE FROM 机构 WHERE id > 20")
    assert "机构 计划时 30 行，取出 20 行" in one("run", "--work", "w", status=1)


def test_an_earlier_plan_is_read_by_its_number(migrate: Command) -> None:
    plan(migrate, 2)
    made: list[MigrationRun] = [
        planning.run_of(migrate.folder / "w", run(migrate.folder / "w").spec, n) for n in (1, 2, None)
    ]
    assert [one.migration.run for one in made] == [1, 2, 2]
