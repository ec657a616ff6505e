"""What can be added up is added up on both sides, and a changed figure shows by how much."""

from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.exchange.migration.moved import AT, ON
from tests.exchange.migration.small import built, run
from tests.exchange.migration.test_migration import SCOPE, carry, compared

from zhijian.exchange.migration import extracting, quarantine_store
from zhijian.exchange.migration.reconciling import Line, Reconciled


def bodies(result: Reconciled) -> Line:
    return next(line for line in result.lines if line.entity == "institution")


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """Institution n has n square metres and a half."""
    monkeypatch.setattr(extracting, "ROWS", 8)
    made = built(tmp_path / "s.db")
    with made.begin() as db:
        db.execute(sa.text("UPDATE 机构 SET 面积 = id + 0.5"))
    return made


WAITING = {6, 7, 14, 21, 28, 11, 22}
"""Not loaded: twins, without a code, left out."""
AREA = sum((Decimal(n) + Decimal("0.5") for n in range(1, 31) if n not in WAITING), Decimal(0))


def test_the_sum_of_what_was_carried_is_that_of_the_target(
    tmp_path: Path, target: sa.Engine, source: sa.Engine
) -> None:
    one = run(tmp_path / "work")
    carry(one, target, source)
    (area,) = bodies(compared(one, target)).sums
    assert (area.element, area.carried, area.target) == ("area_m2", AREA, AREA)
    with target.begin() as db:
        db.execute(sa.text("UPDATE collected.institution SET area_m2 = area_m2 + 1000 WHERE name = '甲1检测'"))
    result = compared(one, target)
    (area,) = bodies(result).sums
    assert area.target - area.carried == 1000
    assert not area.agrees
    assert not result.agrees


def test_a_wrong_sum_is_seen_though_the_digest_was_made_to_fit(
    tmp_path: Path, target: sa.Engine, source: sa.Engine
) -> None:
    """Whoever changes a figure and the notes of the digest leaves the sums."""
    one = run(tmp_path / "work")
    carry(one, target, source)
    with target.begin() as db:
        db.execute(sa.text("UPDATE collected.institution SET area_m2 = 1 WHERE name = '甲1检测'"))
    line = bodies(compared(one, target))
    with target.begin() as db:
        db.execute(sa.text("UPDATE migration_step SET digest = digest + :more WHERE entity = 'institution' AND chunk = 1"),
                   {"more": line.target_digest - line.digest})  # fmt: skip
    line = bodies(compared(one, target))
    assert line.target_digest == line.digest
    assert not line.agrees


def test_a_later_run_sums_what_it_wrote_and_a_mended_record_is_added(
    tmp_path: Path, target: sa.Engine, source: sa.Engine
) -> None:
    one = run(tmp_path / "work")
    carry(one, target, source)
    with target.begin() as db:
        (w,) = (w for w in quarantine_store.waiting(db, SCOPE, one.migration) if w.source_row == 7 and w.entity == "institution")  # fmt: skip
        mended = {w.id: {**w.record, "uscc": "91330100MA00000007"}}
        assert quarantine_store.taken_back(db, SCOPE, one.migration, one.spec, mended, ON, AT) == (1, 0)
    result = compared(one, target)
    assert result.agrees
    assert bodies(result).sums[0].target == AREA + Decimal("7.5")
    with source.begin() as db:
        db.execute(sa.text("UPDATE 机构 SET 面积 = 500 WHERE id IN (2, 3)"))
    later = run(tmp_path / "work", 2)
    carry(later, target, source)
    result = compared(later, target)
    assert result.agrees
    assert bodies(result).sums[0].carried == 1000
