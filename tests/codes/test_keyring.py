"""Institution keys, and the trust list that the database keeps in all its versions."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.codes.submitting import Counter, rolled_back

from zhijian.codes import Keyring
from zhijian.codes.keyring import KeyTaken
from zhijian.codes.model import CredentialRefused, KeyOrder
from zhijian.codes.trust import LIFETIME, TrustListRefused
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite
from zhijian.spec import specification
from zhijian.wiring import Node

ALL = Scope.everything()


@pytest.fixture
def ring(lab: Counter) -> Keyring:
    return lab.node.keyring()


def order(lab: Counter, db: Db, key: PrivateKey) -> KeyOrder:
    return KeyOrder(lab.uscc, lab.facts(db).code_index, "示例-2026b", key.public)


@pytest.mark.parametrize("suite", list(Suite))
def test_a_key_speaks_for_its_institution_from_the_next_list_on(
    lab: Counter, db: Db, ring: Keyring, suite: Suite
) -> None:
    key, index = PrivateKey.generate(suite), lab.facts(db).code_index
    kid = bytes.fromhex(ring.issue(db, ALL, [order(lab, db, key)], 1000, lab.at)[0])
    before = ring.current(db)
    assert before is not None
    with pytest.raises(CredentialRefused):
        before.key(kid)
    after = ring.publish(db, lab.at)
    assert after.version == before.version + 1
    assert after.key_for(kid, "33", index, lab.at) == key.public
    with pytest.raises(CredentialRefused):
        after.key_for(kid, "33", "YYYY", lab.at)
    for late in (timedelta(days=2 * 365 + 1), timedelta(minutes=-6)):
        with pytest.raises(CredentialRefused, match="was not valid"):
            after.key_for(kid, "33", index, lab.at + late)


def test_a_key_is_registered_once(lab: Counter, db: Db, ring: Keyring) -> None:
    key = PrivateKey.generate(Suite.SM2)
    assert not ring.knows(db, key.public)
    with pytest.raises(KeyTaken):
        ring.issue(db, ALL, [order(lab, db, key), order(lab, db, key)], 1000, lab.at)
    ring.issue(db, ALL, [order(lab, db, key)], 1000, lab.at)
    assert ring.knows(db, key.public)
    with pytest.raises(KeyTaken):
        ring.issue(db, ALL, [order(lab, db, key)], 1000, lab.at)


def test_a_revocation_on_record_is_in_the_next_list(lab: Counter, db: Db, ring: Keyring) -> None:
    db.execute(sa.text("UPDATE institution_key SET revoked_at = :at WHERE kid = :kid"), {"at": lab.at, "kid": lab.kid})
    after = ring.publish(db, lab.at)
    index = lab.facts(db).code_index
    with pytest.raises(CredentialRefused, match="was revoked"):
        after.key_for(bytes.fromhex(lab.kid), "33", index, lab.at)
    after.key_for(bytes.fromhex(lab.kid), "33", index, lab.at - timedelta(seconds=1))


def test_every_version_is_kept_and_the_newest_counts(lab: Counter, db: Db, ring: Keyring) -> None:
    first, second = ring.publish(db, lab.at), ring.publish(db, lab.at)
    versions = db.execute(sa.text("SELECT version FROM trust_version ORDER BY version")).scalars().all()
    assert versions == list(range(1, second.version + 1))
    assert first.version + 1 == second.version
    current = ring.current(db)
    assert current is not None
    assert current.version == second.version


def test_an_older_list_under_a_newer_number_is_refused(lab: Counter, db: Db, ring: Keyring) -> None:
    """Somebody with the database puts the list from before a revocation back."""
    old = ring.publish(db, lab.at)
    ring.publish(db, lab.at)
    db.execute(sa.text("UPDATE trust_version SET sealed = (SELECT sealed FROM trust_version WHERE version = :v) WHERE version > :v"),
               {"v": old.version})  # fmt: skip
    with pytest.raises(TrustListRefused, match="older"):
        ring.current(db)


def test_a_list_that_was_touched_is_refused(db: Db, ring: Keyring) -> None:
    db.execute(sa.text("UPDATE trust_version SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)"))
    with pytest.raises(TrustListRefused):
        ring.current(db)


def test_the_node_speaks_for_every_province_and_names_its_logs(lab: Counter, db: Db, ring: Keyring) -> None:
    current = ring.current(db)
    assert current is not None
    node = current.key(lab.node.issuing.kid)
    assert set(node.scope.split(",")) == set(specification().codelists["province"])
    assert current.log(lab.node.issuing.log_number_at(lab.at)).origin == lab.node.issuing.log_origin_at(lab.at)
    assert len({log.number for log in current.logs}) == len(current.logs)
    assert not ring.stale(current, lab.at)
    assert ring.stale(current, lab.at + LIFETIME / 2 + timedelta(days=1)), "it is renewed long before it runs out"
    assert ring.stale(replace(current, hosts=("elsewhere.example",)), lab.at)
    assert ring.stale(replace(current, quorum=1), lab.at)
    assert ring.stale(None, lab.at)


def test_a_report_under_a_key_published_a_moment_ago_is_no_alarm(lab: Counter) -> None:
    node = Node(lab.node.settings, lab.node.engine.url.render_as_string(hide_password=False))
    with rolled_back(node) as db:
        node.trust(db)
        key, ring = PrivateKey.generate(Suite.ES256), node.keyring()
        kid = ring.issue(db, ALL, [order(lab, db, key)], 1000, lab.at)[0]
        ring.publish(db, lab.at)
        issued = Counter(node, lab.uscc, kid, key, lab.report, lab.at).issue(db, "NEWKEY-1")
        assert node.desk(db).answer(db, Scope.anyone(), issued.code, None, lab.at).level == 2
    node.close()
