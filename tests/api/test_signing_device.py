"""When the device that holds the node's key does not answer, a laboratory is told to come back, and nothing was kept."""

from dataclasses import replace
from typing import Any

import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

from zhijian.kit.signing import Signer, SignerFailed
from zhijian.wiring import Node


class Unplugged:
    def __init__(self, key: Signer) -> None:
        self.suite, self.public = key.suite, key.public

    def sign(self, message: bytes) -> bytes:
        raise SignerFailed("DeviceRemoved")


def test_a_device_that_does_not_sign_is_a_503_and_the_same_request_succeeds_later(
    lab: Laboratory, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuing: Any = replace(node.issuing, key=Unplugged(node.issuing.key))
    report = lab.fresh("HSM-GONE")
    with monkeypatch.context() as patched:
        patched.setattr(node, "issuing", issuing)
        answer = lab.lims.submit(report, idempotency_key="hsm-gone-1")
        said = problem(answer, 503, why="signer-unavailable")
    assert (answer.headers["retry-after"], "DeviceRemoved" in str(said)) == ("10", False)
    assert lab.lims.submit(report, idempotency_key="hsm-gone-1").status_code == 201
