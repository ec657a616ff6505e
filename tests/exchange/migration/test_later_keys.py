"""A full later run ends like a run into an empty target, whatever became of rows and keys; what it has not met is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from tests.exchange.migration.small import AT, MAPPING, built, run
from tests.exchange.migration.test_migration import carry, compared

from zhijian.exchange.mapping import read_mapping
from zhijian.exchange.migration import MigrationRun, MigrationWrong, extracting, gone_store
from zhijian.exchange.migration.model import Migration
from zhijian.exchange.migration.store import begun
from zhijian.kit.scope import Scope
from zhijian.spec import specification

SCOPE = Scope.everything()


@pytest.fixture
def two_rows_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extracting, "ROWS", 2)


def source_of(file: Path, *rows: tuple[int, str, str]) -> sa.Engine:
    """Institutions only: (row, last digit of the code, address)."""
    source = built(file, 0)
    said(source, *(insert(*row) for row in rows))
    return source


def insert(row: int, digit: str, address: str) -> str:
    return f"INSERT INTO 机构 VALUES ({row}, '91330100MA0000000{digit}', '甲检测', '1', '330100', '{address}', '食品', 2.5, NULL)"


def said(source: sa.Engine, *statements: str) -> None:
    with source.begin() as db:
        for one in statements:
            db.execute(sa.text(one))


def there(target: sa.Engine, province: str = "33") -> dict[str, tuple[int, str]]:
    """Last digit of the code → (source row, address)."""
    with target.begin() as db:
        found = db.execute(sa.text("SELECT right(uscc, 1), _source_row, address FROM collected.institution WHERE _province = :p"),
                           {"p": province})  # fmt: skip
        return {digit: (row, address) for digit, row, address in found}


def waiting(target: sa.Engine, number: int, province: str = "33") -> set[tuple[int, str]]:
    with target.begin() as db:
        found = db.execute(sa.text("SELECT source_row, reasons->0->>'check' FROM migration_quarantine WHERE run = :n AND province = :p"),
                           {"n": number, "p": province})  # fmt: skip
        return {(row, check) for row, check in found}


def gone(target: sa.Engine, one: MigrationRun) -> list[tuple[int, str]]:
    with target.begin() as db:
        return [(g.source_row, g.key[0][-1]) for g in gone_store.gone_of(db, SCOPE, one)]


def brought(work: Path, target: sa.Engine, source: sa.Engine, number: int, **more: Any) -> MigrationRun:
    one = run(work, number, **more)
    carry(one, target, source)
    assert compared(one, target).agrees
    return one


def test_the_old_key_of_a_row_whose_key_was_changed_is_named_in_every_later_run(
    tmp_path: Path, target: sa.Engine
) -> None:
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"), (2, "2", "甲路"))
    brought(tmp_path / "w", target, source, 1)
    said(source, "UPDATE 机构 SET 代码 = '91330100MA00000009' WHERE id = 1")
    assert gone(target, brought(tmp_path / "w", target, source, 2)) == [(1, "1")]
    assert there(target) == {"1": (1, "甲路"), "2": (2, "甲路"), "9": (1, "甲路")}
    assert gone(target, brought(tmp_path / "w", target, source, 3)) == [(1, "1")]


def test_a_row_that_the_mapping_lets_through_no_more_is_named(tmp_path: Path, target: sa.Engine) -> None:
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"), (2, "2", "甲路"))
    brought(tmp_path / "w", target, source, 1)
    said(source, "UPDATE 机构 SET 作废 = '1' WHERE id = 2")
    assert gone(target, brought(tmp_path / "w", target, source, 2)) == [(2, "2")]


def test_a_row_that_waits_is_not_gone_though_its_key_cannot_be_read(tmp_path: Path, target: sa.Engine) -> None:
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"), (2, "2", "甲路"))
    brought(tmp_path / "w", target, source, 1)
    said(source, "UPDATE 机构 SET 代码 = '' WHERE id = 1", "UPDATE 机构 SET 地址 = '' WHERE id = 2")
    two = brought(tmp_path / "w", target, source, 2)
    assert {row for row, _ in waiting(target, 2)} == {1, 2}
    assert gone(target, two) == []


@pytest.mark.usefixtures("two_rows_a_chunk")
def test_a_record_that_was_deleted_and_entered_again_takes_its_place(tmp_path: Path, target: sa.Engine) -> None:
    source = source_of(tmp_path / "s.db", *((n, str(n), "甲路") for n in range(1, 6)))
    brought(tmp_path / "w", target, source, 1)
    said(source, "DELETE FROM 机构 WHERE id IN (4, 5)", insert(104, "4", "新路"), insert(105, "5", "甲路"))
    two = brought(tmp_path / "w", target, source, 2)
    assert waiting(target, 2) == set()
    assert there(target)["4"] == (104, "新路")
    assert there(target)["5"] == (105, "甲路")
    assert gone(target, two) == []
    (line,) = (one for one in compared(two, target).lines if one.entity == "institution")
    assert (line.loaded, line.unchanged) == (5, 3)


@pytest.mark.usefixtures("two_rows_a_chunk")
def test_rows_that_changed_keys_among_themselves_come_over(tmp_path: Path, target: sa.Engine) -> None:
    source = source_of(tmp_path / "s.db", *((n, str(n), f"{n} 路") for n in range(1, 6)))
    brought(tmp_path / "w", target, source, 1)
    said(source, *(f"UPDATE 机构 SET 代码 = '91330100MA0000000{6 - n}' WHERE id = {n}" for n in range(1, 6)))
    two = brought(tmp_path / "w", target, source, 2)
    assert (waiting(target, 2), gone(target, two)) == (set(), [])
    assert there(target) == {str(6 - n): (n, f"{n} 路") for n in range(1, 6)}


@pytest.mark.usefixtures("two_rows_a_chunk")
@pytest.mark.parametrize("new", [2, 104])
def test_two_live_rows_of_one_key_are_a_duplicate_and_the_first_has_it(
    tmp_path: Path, target: sa.Engine, new: int
) -> None:
    """Whether the newcomer's chunk comes before that of the row which brought the key, or after it."""
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"), (3, "3", "甲路"), (5, "5", "甲路"), (7, "7", "甲路"))
    brought(tmp_path / "w", target, source, 1)
    said(source, insert(new, "7", "新路"))
    two = brought(tmp_path / "w", target, source, 2)
    first, second = sorted((new, 7))
    assert there(target)["7"] == (first, "新路" if first == new else "甲路")
    assert waiting(target, 2) == {(second, "key-duplicate")}
    assert gone(target, two) == []


def test_a_run_by_changes_leaves_a_key_to_the_row_that_it_does_not_see(tmp_path: Path, target: sa.Engine) -> None:
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"), (2, "2", "甲路"))
    brought(tmp_path / "w", target, source, 1)
    said(source, insert(104, "1", "新路"))
    two = brought(tmp_path / "w", target, source, 2, since={"机构": ("id", "100")})
    assert waiting(target, 2) == {(104, "key-duplicate")}
    assert there(target)["1"] == (1, "甲路")
    assert gone(target, two) == []


def test_what_is_gone_is_asked_of_the_newest_run(tmp_path: Path, target: sa.Engine) -> None:
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"))
    one = brought(tmp_path / "w", target, source, 1)
    later = run(tmp_path / "w", 2)
    with target.begin() as db:
        begun(db, SCOPE, later.migration, later.spec, "sqlite://", AT)
    with target.begin() as db, pytest.raises(MigrationWrong, match="第 2 次"):
        gone_store.gone_of(db, SCOPE, one)


SPLIT = MAPPING.replace("from: 机构\n", "from: 机构\n    each: {split: 代码, by: ';'}\n", 1)


def test_the_order_of_what_stands_in_one_cell_may_change(tmp_path: Path, target: sa.Engine) -> None:
    codes = [f"91330100MA0000000{n}" for n in (1, 2, 3)]
    source = source_of(tmp_path / "s.db", (1, "1", "甲路"))
    for number, cell in enumerate((codes, [codes[2], codes[0], codes[1]], codes[::-1][:2]), start=1):
        said(source, f"UPDATE 机构 SET 代码 = '{';'.join(cell)}'")
        one = split_run(tmp_path / "w", number)
        carry(one, target, source)
        assert compared(one, target).agrees
        assert waiting(target, number) == set()
        assert [code for code in in_order(target) if code in cell] == cell
        assert gone(target, one) == ([(1, "1")] if number == 3 else [])


def in_order(target: sa.Engine) -> list[str]:
    with target.begin() as db:
        return list(db.execute(sa.text("SELECT uscc FROM collected.institution ORDER BY _n, _run DESC")).scalars())


def split_run(work: Path, number: int) -> MigrationRun:
    spec = specification()
    return MigrationRun(Migration(read_mapping(SPLIT, spec), "0" * 64, "33", number), spec, work, AT.date())


Rows = dict[int, tuple[str, str, bool]]
ROWS = st.dictionaries(st.integers(1, 7), st.tuples(st.sampled_from("12345"), st.sampled_from(["甲路", "乙路", ""]), st.booleans()))  # fmt: skip


@pytest.mark.usefixtures("two_rows_a_chunk")
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(  # a key taken by an earlier row, one by a later, one entered again, one void, one that waits, a new one
    before={1: ("1", "甲路", False), 2: ("2", "甲路", False), 4: ("3", "甲路", False), 5: ("4", "甲路", False)},
    after={1: ("2", "甲路", False), 2: ("2", "乙路", False), 4: ("3", "", False), 5: ("4", "甲路", True),
           6: ("1", "甲路", False), 7: ("5", "甲路", False)},
)  # fmt: skip
@given(before=ROWS, after=ROWS)
def test_a_full_later_run_ends_like_a_run_into_an_empty_target(target: sa.Engine, before: Rows, after: Rows) -> None:
    ends_alike(target, before, after)


@pytest.mark.soak
@pytest.mark.usefixtures("two_rows_a_chunk")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, after=ROWS)
def test_a_hundred_later_runs_end_like_runs_into_an_empty_target(target: sa.Engine, before: Rows, after: Rows) -> None:
    ends_alike(target, before, after)


def ends_alike(target: sa.Engine, before: Rows, after: Rows) -> None:
    with TemporaryDirectory() as folder, emptied(target):
        work = Path(folder)
        brought(work / "w", target, filled(work / "before.db", before), 1)
        later, source = run(work / "w", 2), filled(work / "after.db", after)
        carry(later, target, source)
        assert compared(later, target).agrees
        fresh = run(work / "fresh", 1, province="44")
        carry(fresh, target, source)
        assert waiting(target, 2) == waiting(target, 1, "44")
        left = {key: place for key, place in there(target).items() if key not in there(target, "44")}
        assert {k: v for k, v in there(target).items() if k not in left} == there(target, "44")
        waits = {row_key for row, _ in waiting(target, 2) for row_key in after[row][0]}
        assert {key for _, key in gone(target, later)} == left.keys() - waits


def filled(file: Path, rows: Rows) -> sa.Engine:
    source = source_of(file, *((row, digit, address) for row, (digit, address, _) in rows.items()))
    said(source, *(f"UPDATE 机构 SET 作废 = '1' WHERE id = {row}" for row, (_, _, void) in rows.items() if void))
    return source


@contextmanager
def emptied(target: sa.Engine) -> Iterator[None]:
    with target.begin() as db:
        db.execute(
            sa.text(
                "TRUNCATE collected.institution, migration_run, migration_step, migration_met, migration_quarantine"
            )
        )
    yield
