"""A later run by a column of changes misses no row of the second in which the former one read, doubles none, and says what it cannot see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.conftest import Seeded
from tests.exchange.migration.small import built, run
from tests.exchange.migration.test_migration import carry, compared
from tests.mariadb import Address

from zhijian.exchange.migration import MigrationWrong, gone_store
from zhijian.exchange.migration.changed import changed
from zhijian.exchange.migration.extracting import reflected
from zhijian.kit.scope import Scope

SCOPE = Scope.everything()
SECOND = "2026-06-30 08:00:00"


def stamped(file: Path) -> sa.Engine:
    source = built(file)
    with source.begin() as db:
        db.execute(sa.text(f"ALTER TABLE 机构 ADD COLUMN 改动 TEXT DEFAULT '{SECOND}'"))
        db.execute(sa.text("UPDATE 机构 SET 改动 = '2026-06-29 23:59:59' WHERE id = 1"))
    return source


def addresses(target: sa.Engine) -> dict[str, str]:
    with target.connect() as db:
        return {name: at for name, at in db.execute(sa.text("SELECT name, address FROM collected.institution"))}  # noqa: C416


def test_rows_changed_in_the_very_second_of_the_last_extraction_are_not_missed_and_none_comes_twice(
    tmp_path: Path, target: sa.Engine
) -> None:
    source = stamped(tmp_path / "s.db")
    carry(run(tmp_path / "work"), target, source)
    before = addresses(target)
    with source.begin() as db:  # still in the same second, after the run has read the table
        db.execute(sa.text(f"UPDATE 机构 SET 地址 = '新路', 改动 = '{SECOND}' WHERE id = 2"))
        db.execute(sa.text("INSERT INTO 机构 VALUES (31, '91330100MA00000031', '甲31检测', '1', '330100', '某路', '食品', 1, NULL, :at)"),
                   {"at": SECOND})  # fmt: skip
    later = run(tmp_path / "work", 2, since={"机构": ("改动", SECOND)})
    carry(later, target, source)
    after = addresses(target)
    assert after == before | {"甲2检测": "新路", "甲31检测": "某路"}
    result = compared(later, target)
    assert result.agrees
    (bodies,) = (line for line in result.lines if line.entity == "institution")
    assert bodies.source_rows == 30  # all of that second once more, the one of the day before not
    assert bodies.loaded - bodies.unchanged == 2


def test_a_run_by_changes_says_that_it_sees_no_deletions_and_a_full_one_sees_them(
    tmp_path: Path, target: sa.Engine
) -> None:
    source = stamped(tmp_path / "s.db")
    carry(run(tmp_path / "work"), target, source)
    with source.begin() as db:
        db.execute(sa.text("DELETE FROM 机构 WHERE id = 1"))
        db.execute(sa.text("DELETE FROM 场所 WHERE id = 2"))
    by_changes = run(tmp_path / "work", 2, since={"机构": ("改动", SECOND)})
    carry(by_changes, target, source)
    assert gone_store.unseen(by_changes) == ["机构 → institution"]
    with target.begin() as db:
        assert [(g.entity, g.source_row) for g in gone_store.gone_of(db, SCOPE, by_changes)] == [("site", 2)]
    whole = run(tmp_path / "work", 3)
    carry(whole, target, source)
    assert gone_store.unseen(whole) == []
    with target.begin() as db:
        found = {(g.entity, g.source_row) for g in gone_store.gone_of(db, SCOPE, whole)}
    assert found == {("institution", 1), ("site", 2)}


def test_what_is_gone_is_not_asked_of_a_run_that_is_not_through(tmp_path: Path, target: sa.Engine) -> None:
    source, one = built(tmp_path / "s.db"), run(tmp_path / "work")
    carry(one, target, source, stop_after=1)
    with target.begin() as db, pytest.raises(MigrationWrong, match="还没有全部装入"):
        gone_store.gone_of(db, SCOPE, one)


KINDS = {
    "sqlite": "CREATE TABLE changed_at (id INTEGER PRIMARY KEY, d DATE, t DATETIME, s TEXT, v INTEGER)",
    "postgres": "CREATE TABLE changed_at (id bigint PRIMARY KEY, d date, t timestamp, s varchar(30), v integer)",
    "mariadb": "CREATE TABLE changed_at (id bigint PRIMARY KEY, d date, t datetime, s varchar(30), v integer)",
}


@pytest.fixture(params=list(KINDS))
def dated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """The second before, the very second, the one after; and a row that does not say when it was changed."""
    kind = request.param
    if kind == "sqlite":
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    elif kind == "postgres":
        seeded: Seeded = request.getfixturevalue("seeded")
        engine = sa.create_engine(seeded.node.engine.url)
    else:
        address: Address = request.getfixturevalue("mariadb")
        engine = sa.create_engine(address.url)
    with engine.begin() as db:
        db.execute(sa.text(KINDS[kind]))
        for n, second in enumerate(("07:59:59", "08:00:00", "08:00:01")):
            db.execute(sa.text(f"INSERT INTO changed_at VALUES ({n}, '2026-06-{29 + n if n < 2 else 30}', '2026-06-30 {second}', "
                               f"'2026-06-30 {second}', {n})"))  # fmt: skip
        db.execute(sa.text("INSERT INTO changed_at VALUES (9, NULL, NULL, NULL, NULL)"))
    yield engine
    with engine.begin() as db:
        db.execute(sa.text("DROP TABLE changed_at"))
    engine.dispose()


def test_every_kind_of_database_and_column_compares_from_that_moment_on(dated: sa.Engine) -> None:
    """SQLite keeps moments as text: compared by a driver that adds microseconds, the very second would be missed."""
    with dated.connect() as db:
        shape = reflected(db, "changed_at")

        def found(column: str, start: str) -> list[int]:
            return list(
                db.execute(sa.select(shape.c.id).where(changed(shape, (column, start))).order_by("id")).scalars()
            )

        for start in ("2026-06-30 08:00:00", "2026-06-30T08:00:00"):
            assert found("t", start) == [1, 2, 9]
            assert found("s", start) == [1, 2, 9]
        assert found("t", "2026-06-30") == [0, 1, 2, 9]
        assert found("d", "2026-06-30") == [1, 2, 9]
        assert found("v", "1") == [1, 2, 9]
        with pytest.raises(MigrationWrong, match="应为 2026-06-30"):
            found("t", "昨天")
        with pytest.raises(MigrationWrong, match=r"没有列 gaidong；有的是 id、d、t"):
            found("gaidong", "2026-06-30")
