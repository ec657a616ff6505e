"""A dry run says what the run will do, and leaves the target as it was."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.exchange.migration import moved
from tests.exchange.migration.small import AT, MAPPING, built, run
from tests.exchange.migration.test_migration import carry, content

from zhijian.exchange.migration import MigrationRun, MigrationWrong, extracting, planning
from zhijian.exchange.migration.rehearsing import Rehearsed, rehearsed
from zhijian.exchange.migration.store import made_room
from zhijian.kit.scope import Scope
from zhijian.spec import specification

SCOPE = Scope.everything()


def rehearse(one: MigrationRun, target: sa.Engine, source: sa.Engine) -> dict[str, Rehearsed]:
    for _ in one.extract(source):
        pass
    with target.begin() as db:
        made_room(db, SCOPE, one.migration)
    with target.connect() as db:
        found = rehearsed(db, SCOPE, one, "sqlite://", AT)
        db.rollback()
    return {f"{n} {line.label}": line for n, line in enumerate(found)}


def notes(target: sa.Engine) -> list[int]:
    with target.connect() as db:
        return [db.execute(sa.text(f"SELECT count(*) FROM migration_{t}")).scalar_one() for t in ("run", "step", "quarantine")]  # fmt: skip


def test_a_dry_run_loads_nothing_and_says_why_each_record_would_wait(
    tmp_path: Path, target: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "ROWS", 8)
    source, one = built(tmp_path / "s.db"), run(tmp_path / "work")
    found = rehearse(one, target, source)
    assert content(target) == {"institution": [], "site": []}
    assert notes(target) == [0, 0, 0]
    bodies = found["0 机构 → institution"]
    assert (bodies.rows, bodies.left_out, bodies.made, bodies.loaded, bodies.quarantined) == (30, 2, 28, 23, 5)
    why = {str(r["check"]): r["count"] for r in bodies.reasons}
    assert why.pop("key-duplicate") == 1  # across chunks: only the target can know
    assert sum(map(int, map(str, why.values()))) == 4
    orphans = {str(r["check"]): r["count"] for r in found["1 场所 → site"].reasons}
    assert orphans["orphan"] == 2  # of the two that were left out
    assert sum(int(str(n)) for n in orphans.values()) == found["1 场所 → site"].quarantined == 8


def test_a_run_that_has_begun_to_load_is_not_rehearsed_nor_extracted_again(tmp_path: Path, target: sa.Engine) -> None:
    source, one = built(tmp_path / "s.db"), run(tmp_path / "work")
    rehearse(one, target, source)
    one.forget()
    assert one.taken_at is None
    one.begins()
    carry(one, target, source)
    with pytest.raises(MigrationWrong, match="已经开始装入"):
        rehearse(one, target, source)
    with pytest.raises(MigrationWrong, match="已从现有的取数装入"):
        one.forget()


def test_a_plan_may_be_mended_until_something_is_loaded_and_keeps_what_was_extracted(tmp_path: Path) -> None:
    """After a dry run people mend the mapping: that must not cost another night of reading."""
    built(tmp_path / "s.db")
    source, work, spec = sa.create_engine(f"sqlite:///{tmp_path / 's.db'}"), tmp_path / "work", specification()

    def plan(text: str, **more: object) -> MigrationRun:
        planning.planned(work, text, spec, source, "33", one_day, **more)  # type: ignore[arg-type]
        return planning.run_of(work, spec)

    one_day = moved.ON
    one = plan(MAPPING)
    for _ in one.extract(source):
        pass
    taken = one.taken_at
    stale = work / "extract" / "1" / "0.parquet"
    stale.write_bytes(b"derived by the former mapping")
    again = plan(MAPPING.replace("面积", "面积 "))
    assert again.taken_at == taken
    assert not stale.exists()
    assert plan(MAPPING, since={"机构": ("代码", "9")}).taken_at is None  # other rows: to be read anew
    again.begins()
    with pytest.raises(MigrationWrong, match="已开始装入"):
        plan(MAPPING)
