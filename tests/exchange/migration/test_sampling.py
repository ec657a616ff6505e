"""The seed alone says which records are looked at, and the page shows both sides without showing people."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.exchange.migration.small import built, run
from tests.exchange.migration.test_migration import SCOPE, carry

from zhijian.exchange.migration import MigrationRun, MigrationWrong, sampling
from zhijian.exchange.migration.sampling import Beside
from zhijian.kit.scope import Scope


def sampled(one: MigrationRun, target: sa.Engine, seed: str, count: int) -> list[Beside]:
    with target.begin() as db:
        return sampling.sampled(db, SCOPE, one, seed, count)


def test_a_seed_draws_the_same_records_again_and_another_seed_others(tmp_path: Path, target: sa.Engine) -> None:
    one = run(tmp_path / "work")
    carry(one, target, built(tmp_path / "s.db"))
    first = [(d.entity, d.source_row) for d in sampled(one, target, "20261101", 6)]
    again = run(tmp_path / "work")
    assert [(d.entity, d.source_row) for d in sampled(again, target, "20261101", 6)] == first
    assert [(d.entity, d.source_row) for d in sampled(again, target, "20261101", 9)][:6] == first
    assert [(d.entity, d.source_row) for d in sampled(again, target, "20261102", 6)] != first
    assert len(set(first)) == 6
    assert {entity for entity, _ in first} == {"institution", "site"}


def test_what_the_source_says_stands_beside_what_was_loaded(tmp_path: Path, target: sa.Engine) -> None:
    one = run(tmp_path / "work")
    carry(one, target, built(tmp_path / "s.db"))
    found = {(d.entity, d.source_row): {p.element: p for p in d.pairs} for d in sampled(one, target, "x", 100)}
    body, site = found["institution", 1], found["site", 1]
    assert (body["legal_form"].source, body["legal_form"].target) == ((("类型", "1"),), "企业")
    assert body["independent"].source == ()
    assert body["independent"].because == "源表只收独立法人"
    assert site["uscc"].source == (("机构.代码", "91330100MA00000001"),)  # of the table joined
    assert (site["used_from"].source, site["used_from"].target) == ((("启用", "2020年1月3日"),), "2020-01-03")
    with target.begin() as db, pytest.raises(MigrationWrong, match="无权"):
        sampling.sampled(db, Scope(provinces=frozenset({"44"})), one, "x", 3)
