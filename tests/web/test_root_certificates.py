"""`/trust/root.pem`: the root's certificates, as a laboratory fetches them before it seals."""

import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from tests.conftest import Seeded

from zhijian.codes.document.certificates import public_key, read
from zhijian.kit.signing import Suite
from zhijian.web import public_app

END = "-----END CERTIFICATE-----\n"


@pytest.fixture
def door(seeded: Seeded) -> Iterator[TestClient]:
    before = seeded.node.settings
    seeded.node.settings = replace(before, verify_rate_per_s=0.001, verify_burst=1)
    with TestClient(public_app(seeded.node)) as client:
        yield client
    seeded.node.settings = before


def test_the_certificates_of_both_root_keys_are_in_one_file(door: TestClient, seeded: Seeded) -> None:
    answer = door.get("/trust/root.pem")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-pem-file")
    found = [ssl.PEM_cert_to_DER_cert(one + END) for one in answer.text.split(END) if one]
    assert {public_key(read(der)) for der in found} == {key.public for key in seeded.node.roots().values()}
    assert found == [seeded.node.root_certificate(suite) for suite in Suite]


def test_whoever_verifies_by_himself_may_read_them_often(door: TestClient) -> None:
    assert {door.get("/trust/root.pem").status_code for _ in range(5)} == {200}


def test_a_node_that_has_none_yet_says_that_there_is_nothing(door: TestClient, seeded: Seeded) -> None:
    path = seeded.node.root_certificate_path(Suite.ES256)
    path.rename(path.with_suffix(".away"))
    try:
        assert door.get("/trust/root.pem").status_code == 404
    finally:
        path.with_suffix(".away").rename(path)
