"""Planted damage is found where it was planted, and clean data raises no alarm."""

from functools import cache

import pytest
from tests.exchange import defect_accessibility, defect_completeness, defect_conformity
from tests.exchange.clean import Tables, clean
from tests.exchange.defects import DEFECTS
from tests.exchange.seeded import batches, recall, run

from zhijian.exchange.checks import catalog
from zhijian.exchange.model import Severity, State
from zhijian.exchange.quality import Outcome

REPORTS = 1000
SINGLE = [*defect_conformity.DEFECTS, *defect_completeness.DEFECTS, *defect_accessibility.DEFECTS]
"""Classes that a cell, a row or a column shows; `test_seeded_relations` has those of several rows."""


@cache
def _clean() -> Tables:
    return clean(reports=REPORTS)


def _alarms(outcomes: list[Outcome]) -> list[object]:
    return [
        (o.check.id, o.rule.on, o.failing, [e.value for e in o.examples[:3]])
        for o in outcomes
        if o.state is State.FAILED and o.severity is not Severity.NOTE
    ]


def _not_run(outcomes: list[Outcome]) -> list[object]:
    return [(o.check.id, o.reason) for o in outcomes if o.state is State.NOT_EVALUATED]


def _missed(seed: int, tables: Tables, all_checks: bool = True) -> dict[str, tuple[int, int]]:
    """Class → (found, planted). Without `all_checks`, the checks of the classes alone run over all tables but the first."""
    found: dict[str, tuple[int, int]] = {}
    for number, batch in enumerate(batches(tables, SINGLE, seed, n=12)):
        asked = {defect.check for defect, _ in batch.planted.values()}
        outcomes, places = run(batch.tables, [c for c in catalog() if all_checks or number == 0 or c.id in asked])
        assert not _not_run(outcomes)
        found |= recall(batch, places)
    assert set(found) == {d.id for d in SINGLE}
    return {defect: (hit, of) for defect, (hit, of) in found.items() if hit < 0.99 * of}


def test_clean_tables_of_every_entity_raise_no_alarm_and_every_check_runs() -> None:
    outcomes, _ = run(_clean())
    assert not _alarms(outcomes)
    assert not _not_run(outcomes)


def test_every_class_of_defect_is_found_where_it_was_planted() -> None:
    assert len({d.id for d in DEFECTS}) >= 40
    assert not _missed(1, _clean(), all_checks=False)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [2, 3, 4, 5, 6])
def test_over_several_fields_nothing_is_missed_and_nothing_is_false(seed: int) -> None:
    tables = clean(seed, reports=REPORTS)
    outcomes, _ = run(tables)
    assert not _alarms(outcomes)
    assert not _missed(seed, tables)
