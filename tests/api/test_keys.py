"""An institution asks for its next key through the API, and the command line of the operator decides."""

from typing import Any

import pytest
from tests.api.problem_documents import problem
from tests.conftest import Laboratory

from zhijian.codes.key_requests import shown
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.wiring import Node


def order(lab: Laboratory, key: PrivateKey, **changes: Any) -> dict[str, Any]:
    return {
        "name": "LIMS 2027", "suite": key.suite.value, "point": key.public.point.hex(), "proof": shown(lab.uscc, key).hex(),
    } | changes  # fmt: skip


@pytest.mark.parametrize("suite", Suite)
def test_a_key_is_asked_for_and_seen_waiting(lab: Laboratory, suite: Suite) -> None:
    key = PrivateKey.generate(suite)
    answer = lab.lims.post("/api/v1/keys", order(lab, key))
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting"), answer.text
    own = lab.lims.get("/api/v1/keys").json()
    assert answer.json()["kid"] in {r["kid"] for r in own["requests"] if r["state"] == "waiting"}
    assert lab.lims.kid in {k["kid"] for k in own["keys"]}
    assert key.public.point.hex() not in str(own)


def test_what_is_wrong_with_a_request_is_said(lab: Laboratory) -> None:
    key = PrivateKey.generate(Suite.ES256)
    problem(lab.lims.post("/api/v1/keys", order(lab, key, proof="00" * 64)), 422, why="key-not-shown")
    for changes in (
        {"point": "04"},
        {"suite": "RSA"},
        {"name": ""},
        {"proof": 5},
        {"more": 1},
        {"point": "05" + "11" * 64},
    ):
        problem(lab.lims.post("/api/v1/keys", order(lab, key, **changes)), 422, why="body-invalid")
    off_the_curve = {"point": "04" + "11" * 64}
    problem(lab.lims.post("/api/v1/keys", order(lab, key, **off_the_curve)), 422, why="key-not-shown")
    assert lab.lims.post("/api/v1/keys", order(lab, key)).status_code == 202
    problem(lab.lims.post("/api/v1/keys", order(lab, key)), 409, why="key-taken")


def test_no_other_institution_sees_it(lab: Laboratory, other: Laboratory) -> None:
    key = PrivateKey.generate(Suite.SM2)
    kid = lab.lims.post("/api/v1/keys", order(lab, key)).json()["kid"]
    assert kid not in other.lims.get("/api/v1/keys").text


def test_a_granted_key_submits_and_a_revoked_one_does_not(lab: Laboratory, node: Node) -> None:
    from datetime import UTC, datetime

    from tests.lims import Lims

    from zhijian.kit.scope import Scope

    key = PrivateKey.generate(Suite.ES256)
    kid = lab.lims.post("/api/v1/keys", order(lab, key)).json()["kid"]
    fresh = Lims(lab.lims.client, kid, key)
    problem(fresh.submit(lab.fresh("KEY-EARLY")), 401)
    at = datetime.now(UTC)
    with node.transaction() as db:
        institution = node.institution(db, lab.uscc)
        assert institution is not None
        node.office(db).grant_key(db, Scope.everything(), kid, institution.code_index, 100, at)
        node.keyring().publish(db, at)
    assert fresh.submit(lab.fresh("KEY-GRANTED")).status_code == 201
    with node.transaction() as db:
        node.office(db).revoke_key(db, kid, datetime.now(UTC), "试验", datetime.now(UTC))
        node.keyring().publish(db, datetime.now(UTC))
    problem(fresh.submit(lab.fresh("KEY-REVOKED")), 401)
