"""Properties are judged by what they find, not by how busy the machine is. One laboratory at the desk, rows that never stay."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from tests.codes.submitting import Counter, counter, rolled_back
from tests.conftest import Seeded

from zhijian.kit.db import Db

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="module")
def lab(seeded: Seeded) -> Counter:
    return counter(seeded)


@pytest.fixture
def db(lab: Counter) -> Iterator[Db]:
    with rolled_back(lab.node) as open_:
        yield open_
