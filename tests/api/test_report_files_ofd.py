"""An OFD over the API: sealed by its institution, with a seal that a node made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from tests.api.problem_documents import problem
from tests.api.public_asking import by_digest
from tests.codes.document.ofds import ofd
from tests.conftest import Laboratory, Seeded, laboratory

from zhijian import documents
from zhijian.codes.document import certificates, ses
from zhijian.codes.document.ofd_seal import OfdPlace, seal_ofd
from zhijian.codes.document.ofd_zip import unzipped, zipped
from zhijian.kit.signing import PrivateKey, PublicKey, Suite
from zhijian.wiring import Node


@pytest.fixture(scope="module")
def ofd_of(node: Node, seeded: Seeded, api: TestClient) -> Callable[..., bytes]:
    """An OFD sealed by a laboratory's SM2 key with a seal that `maker` made: a node's key, or somebody's."""
    at = datetime.now(UTC)
    root, since, until = node.root_certificate(Suite.SM2), at - timedelta(hours=1), at + timedelta(days=30)

    def certified(subject: str, key: PublicKey) -> bytes:
        return certificates.sealing_certificate(
            node.roots()[Suite.SM2], root, certificates.Subject(subject), key, since, until
        )

    def made(holder: Laboratory, maker: PrivateKey) -> bytes:
        own = certified("示例", holder.lims.key.public)
        facts = ses.SealFacts(
            "33000000000001", "检验检测专用章", ses.Picture("PNG", b"\x89PNG", 38, 38), (own,), at, since, until
        )
        seal_ = ses.make_seal(facts, maker, certified("制章", maker.public))
        return seal_ofd(ofd(), seal_, holder.lims.key, own, OfdPlace(1, 140, 220), at)

    return made


def test_an_ofd_is_registered_when_its_institution_sealed_it_with_a_seal_that_a_node_made(
    node: Node, seeded: Seeded, api: TestClient, ofd_of: Callable[..., bytes]
) -> None:
    lab = laboratory(seeded, api, Suite.SM2)
    code = lab.lims.submit(lab.fresh(f"RF-OFD-{datetime.now(UTC).timestamp()}")).json()["code"]
    path = f"/api/v1/reports/{code}/document"
    sealed = ofd_of(lab, node.signing_key)
    answer = lab.lims.post_file(path, sealed, kind=documents.OFD)
    assert (answer.status_code, answer.json()["sealed"]) == (201, True), answer.text
    assert [a.code for a in by_digest(node, "sm3", sealed)] == [code]
    # Its own certificate chains to the same root, and makes no seals.
    problem(lab.lims.post_file(path, ofd_of(lab, lab.lims.key), kind=documents.OFD), 422, why="document-stranger")
    changed = zipped({**unzipped(sealed), "Doc_0/Document.xml": unzipped(sealed)["Doc_0/Document.xml"] + b" "})
    problem(lab.lims.post_file(path, changed, kind=documents.OFD), 422, why="document-edited")


def test_a_seal_by_a_node_whose_key_was_revoked_counts_for_nothing(
    node: Node, seeded: Seeded, api: TestClient, ofd_of: Callable[..., bytes]
) -> None:
    lab, at = laboratory(seeded, api, Suite.SM2), datetime.now(UTC)
    code = lab.lims.submit(lab.fresh(f"RF-OFD-R-{at.timestamp()}")).json()["code"]
    sealed = ofd_of(lab, node.signing_key)
    with node.transaction() as db:
        known = node.trust(db)
    kid = node.issuing.kid.hex()
    revoked = replace(known, keys=tuple(replace(k, revoked_at=at) if k.kid == kid else k for k in known.keys))
    assert documents.inspect(node, known, sealed, at, code).verdict == "unchanged"
    assert documents.inspect(node, revoked, sealed, at, code).verdict == "stranger"
