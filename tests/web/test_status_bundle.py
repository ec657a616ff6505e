"""Many status lists at once: which there are, what a province's bundle holds, and that one visitor may have all."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from tests.conftest import Seeded

from zhijian.codes.listing import about_bytes
from zhijian.codes.offline import roots
from zhijian.codes.status import StatusList, encode, seal, unseal
from zhijian.kit.signing import PublicKey
from zhijian.web import public_app
from zhijian.web.node_service import NodeService
from zhijian.wiring import Node


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture(scope="module")
def clock(seeded: Seeded) -> Clock:
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture(scope="module")
def door(seeded: Seeded, clock: Clock) -> Iterator[TestClient]:
    node = seeded.node
    before = node.settings
    node.settings = replace(before, verify_rate_per_s=0.001, verify_burst=3)
    try:
        yield TestClient(public_app(node, clock))
    finally:
        node.settings = before


def opened(node: Node, body: bytes, at: datetime) -> list[StatusList]:
    def key_of(kid: bytes) -> PublicKey:
        assert kid == node.issuing.kid
        return node.signing_key.public

    found = []
    while body:
        length = int.from_bytes(body[:4], "big")
        found.append(unseal(body[4 : 4 + length], key_of, at))
        body = body[4 + length :]
    return found


def test_the_bundles_hold_every_list_of_the_index_signed(door: TestClient, seeded: Seeded, clock: Clock) -> None:
    index = door.get("/status").json()
    names = [one["list"] for one in index]
    assert names
    assert names == sorted(set(names))
    held = []
    for province in sorted({name[:2] for name in names}):
        response = door.get(f"/status/bundle?province={province}")
        assert response.status_code == 200
        held += opened(seeded.node, response.content, clock.at)
    assert [one.list_id for one in held] == names


def test_a_list_of_a_bundle_is_to_be_fetched_again_soon_and_believed_for_a_day(
    door: TestClient, seeded: Seeded, clock: Clock
) -> None:
    province = door.get("/status").json()[0]["list"][:2]
    one = opened(seeded.node, door.get(f"/status/bundle?province={province}").content, clock.at)[0]
    assert one.ttl_s == seeded.node.settings.status_ttl_s
    assert one.expires_at - one.issued_at == timedelta(hours=24)
    alone = door.get(f"/status/{one.list_id}").content
    single = unseal(alone, lambda _: seeded.node.signing_key.public, clock.at)
    assert single.expires_at - single.issued_at == timedelta(seconds=single.ttl_s)


def test_since_leaves_out_what_is_older(door: TestClient, seeded: Seeded, clock: Clock) -> None:
    names = [one["list"] for one in door.get("/status").json()]
    province = names[-1][:2]
    own = [name for name in names if name.startswith(province)]
    body = door.get(f"/status/bundle?province={province}&since={own[-1][3:]}").content
    assert [one.list_id for one in opened(seeded.node, body, clock.at)] == own[-1:]
    assert door.get(f"/status/bundle?province={province}&since=2999-01").content == b""


@pytest.mark.parametrize("query", ["", "?province=3", "?province=33%20", "?province=33&since=now", "?province='--"])
def test_a_question_in_another_form_finds_nothing(door: TestClient, query: str) -> None:
    assert door.get(f"/status/bundle{query}").status_code == 404


def test_lists_are_made_again_when_a_third_of_their_time_is_over(
    door: TestClient, seeded: Seeded, clock: Clock
) -> None:
    province = door.get("/status").json()[0]["list"][:2]
    address, ttl_s = f"/status/bundle?province={province}", seeded.node.settings.status_ttl_s

    def issued() -> datetime:
        return opened(seeded.node, door.get(address).content, clock.at)[0].issued_at

    first = issued()
    clock.at += timedelta(seconds=ttl_s // 3 - 1)
    assert issued() == first
    clock.at += timedelta(seconds=2)
    assert issued() == clock.at


def test_one_visitor_may_fetch_all_of_it_in_a_row(door: TestClient) -> None:
    """The door of this test lets three pages through; lists, trust list and worker do not count."""
    addresses = ["/status", "/trust", "/sw.js", *(f"/status/bundle?province={province}" for province in range(10, 60))]
    assert {door.get(address).status_code for address in addresses} <= {200, 404}
    assert 429 in {door.get("/offline").status_code for _ in range(4)}


def test_the_page_gets_the_root_keys_through_the_service(seeded: Seeded) -> None:
    assert roots(NodeService(seeded.node).root_keys()) == seeded.node.root_keys()


@pytest.mark.parametrize(
    ("size", "bad"), [(10, 0), (50_000, 0), (500_000, 500), (1_500_000, 1_500), (1_500_000, 15_000)]
)
def test_the_size_that_the_index_tells_is_about_right(seeded: Seeded, size: int, bad: int) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    values = {index: 1 + index % 3 for index in random.Random(7).sample(range(size), bad)}
    made = StatusList("33-2026-11", at, at, 900, encode(2, values, size))
    real = len(seal(made, seeded.node.signing_key, seeded.node.issuing.kid))
    assert 0.5 < about_bytes(size, bad) / real < 2
