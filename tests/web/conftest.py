"""The public door over the fake service, at a clock that stands still until a test moves it."""

import pytest
from tests.web.fakes import FakeVerifyService
from tests.web.public_client import Clock, Door


@pytest.fixture
def service() -> FakeVerifyService:
    return FakeVerifyService()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(service: FakeVerifyService, clock: Clock) -> Door:
    return Door(service, clock)
