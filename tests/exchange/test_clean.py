"""The clean tables that damage is planted in."""

import pytest
from tests.exchange.clean import clean

from zhijian.spec import specification


@pytest.mark.parametrize("seed", [1, 2])
def test_every_entity_has_rows_with_all_compulsory_elements(seed: int) -> None:
    tables = clean(seed)
    for entity in specification().entities.values():
        assert tables[entity.id], entity.id
        for e in entity.elements:
            assert not e.required or all(row[e.id] for row in tables[entity.id]), (entity.id, e.id)


def test_each_call_gives_a_copy_of_its_own() -> None:
    one = clean()
    one["report"][0]["title"] = None
    assert clean()["report"][0]["title"] is not None
