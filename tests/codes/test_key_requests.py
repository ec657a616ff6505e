"""Keys: asked for with proof of possession, granted once, revoked as of their compromise; and what then counts."""

from datetime import timedelta

import pytest
from tests.codes.submitting import Counter

from zhijian.codes import Office
from zhijian.codes.key_requests import KeyNotShown, KeyUnknown, RevocationWrong, possession, shown
from zhijian.codes.keyring import KeyTaken
from zhijian.codes.model import CredentialRefused, SignerRevoked, State
from zhijian.kit.db import Db
from zhijian.kit.scope import Scope
from zhijian.kit.signing import PrivateKey, Suite

ANYONE = Scope.anyone()


@pytest.fixture
def office(lab: Counter, db: Db) -> Office:
    return lab.node.office(db)


def asked(lab: Counter, db: Db, office: Office, key: PrivateKey) -> str:
    return office.ask_key(db, lab.scope, lab.uscc, "新密钥", key.public, shown(lab.uscc, key), lab.kid, lab.at)


@pytest.mark.parametrize("suite", Suite)
def test_a_key_speaks_once_it_is_granted_and_published(lab: Counter, db: Db, office: Office, suite: Suite) -> None:
    key = PrivateKey.generate(suite)
    kid = asked(lab, db, office, key)
    assert lab.node.keyring().publish(db, lab.at)
    with pytest.raises(CredentialRefused):
        lab.node.trust(db).key(kid)
    office.grant_key(db, lab.scope, kid, lab.facts(db).code_index, 500, lab.at)
    trust = lab.node.keyring().publish(db, lab.at)
    assert trust.key_for(bytes.fromhex(kid), lab.facts(db).province, lab.facts(db).code_index, lab.at) == key.public
    with pytest.raises(KeyUnknown):
        office.grant_key(db, lab.scope, kid, lab.facts(db).code_index, 500, lab.at)


def test_who_does_not_hold_the_key_cannot_ask_for_it(lab: Counter, db: Db, office: Office) -> None:
    mine, other = PrivateKey.generate(Suite.SM2), PrivateKey.generate(Suite.SM2)
    proofs = {
        "signed by another key": other.sign(possession(lab.uscc, mine.public)),
        "signed for another institution": mine.sign(possession("91330000MA0000000B", mine.public)),
        "signed for another key": mine.sign(possession(lab.uscc, other.public)),
        "no signature": bytes(64),
    }
    for what, proof in proofs.items():
        with pytest.raises(KeyNotShown):
            office.ask_key(db, lab.scope, lab.uscc, what, mine.public, proof, lab.kid, lab.at)


def test_a_key_is_asked_for_once_and_never_again_after_a_refusal(lab: Counter, db: Db, office: Office) -> None:
    key = PrivateKey.generate(Suite.ES256)
    kid = asked(lab, db, office, key)
    office.refuse_key(db, kid, "不是机构的人", lab.at)
    for _ in range(2):
        with pytest.raises(KeyTaken):
            asked(lab, db, office, key)
    with pytest.raises(KeyUnknown):
        office.grant_key(db, lab.scope, kid, "0000", 1, lab.at)


def test_what_the_log_saw_before_the_theft_stays_and_what_came_after_does_not_count(
    lab: Counter, db: Db, office: Office
) -> None:
    before = lab.issue(db, "STOLEN-1").code
    stolen_at = lab.at + timedelta(hours=1)
    after = (
        Counter(lab.node, lab.uscc, lab.kid, lab.key, lab.report, stolen_at + timedelta(minutes=5))
        .issue(db, "STOLEN-2")
        .code
    )
    office.revoke_key(db, lab.kid, stolen_at, "失窃", stolen_at + timedelta(hours=2))
    lab.node.keyring().publish(db, stolen_at + timedelta(hours=2))
    desk = lab.node.desk(db)
    assert desk.answer(db, ANYONE, before, None, stolen_at + timedelta(hours=3)).state is State.VALID
    with pytest.raises(SignerRevoked):
        desk.answer(db, ANYONE, after, None, stolen_at + timedelta(hours=3))


def test_the_time_of_compromise_goes_back_but_never_forward(lab: Counter, db: Db, office: Office) -> None:
    office.revoke_key(db, lab.kid, lab.at - timedelta(hours=1), "失窃", lab.at)
    for since in (lab.at - timedelta(hours=1), lab.at - timedelta(minutes=1), lab.at + timedelta(seconds=1)):
        with pytest.raises(RevocationWrong):
            office.revoke_key(db, lab.kid, since, "失窃", lab.at)
    office.revoke_key(db, lab.kid, lab.at - timedelta(hours=5), "更早", lab.at)
    with pytest.raises(KeyUnknown):
        office.revoke_key(db, "00000000", lab.at, "没有", lab.at)


def test_a_version_of_the_list_never_goes_back(lab: Counter, db: Db) -> None:
    first = lab.node.keyring().publish(db, lab.at)
    second = lab.node.keyring().publish(db, lab.at)
    assert second.version == first.version + 1
    assert lab.node.trust(db).version == second.version
