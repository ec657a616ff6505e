"""The credential: what is signed comes back, and nothing but the one form of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.sealing import AT, CODE, KEY, KID, claims, public_of, trust, trusted

from zhijian.codes import cose, credential
from zhijian.codes.code import SERIALS, compose
from zhijian.codes.credential import Claims
from zhijian.codes.model import CredentialRefused
from zhijian.kit.signing import PrivateKey, PublicKey, Suite

both = pytest.mark.parametrize("suite", list(Suite))
any_claims = st.builds(
    Claims,
    st.builds(compose, st.sampled_from(["10", "33", "65"]), st.integers(2000, 2099), st.sampled_from(["0000", "YYYY", "08K7"]),
              st.integers(0, SERIALS - 1)),
    st.datetimes(datetime(1970, 1, 1), datetime(2105, 1, 1), timezones=st.just(UTC)).map(lambda t: t.replace(microsecond=0)),  # noqa: DTZ001
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=16, max_size=16),
    st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.integers(0, 9912),
    st.integers(0, 2**24),
    st.integers(0, 40),
)  # fmt: skip


def refused(raw: bytes, key_of: Any = public_of) -> str:
    with pytest.raises(CredentialRefused) as why:
        credential.verify(raw, key_of)
    return str(why.value)


@both
@settings(max_examples=40, deadline=None)
@given(said=any_claims)
def test_claims_come_back_with_their_signer(suite: Suite, said: Claims) -> None:
    raw = credential.sign(said, KEY[suite], KID[suite])
    verified = credential.verify(raw, public_of)
    assert verified == credential.Verified(said, KID[suite], suite)
    assert credential.read(raw) == said


@both
def test_a_flipped_bit_anywhere_is_refused(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    number = int.from_bytes(raw, "big")
    for bit in range(len(raw) * 8):
        refused((number ^ 1 << bit).to_bytes(len(raw), "big"))


@both
def test_a_lost_or_added_byte_anywhere_is_refused(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    for at in range(len(raw) + 1):
        refused(raw[:at] + b"\0" + raw[at:])
        if at < len(raw):
            refused(raw[:at])
            refused(raw[:at] + raw[at + 1 :])


@both
def test_two_credentials_cannot_be_spliced(suite: Suite) -> None:
    one = cbor2.loads(credential.sign(claims(), KEY[suite], KID[suite])).value
    two = cbor2.loads(credential.sign(claims(status_index=5), KEY[suite], KID[suite])).value
    refused(cbor2.dumps(cbor2.CBORTag(18, [*one[:3], two[3]]), canonical=True))
    refused(cbor2.dumps(cbor2.CBORTag(18, [one[0], {}, two[2], one[3]]), canonical=True))


@both
def test_the_same_claims_under_another_key_are_refused(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    other = PrivateKey.generate(suite).public
    assert "does not verify" in refused(raw, lambda _: other)


def test_the_message_never_chooses_its_algorithm() -> None:
    """Signed rightly with the key it names, but under the number of the other suite."""
    for suite, other in ((Suite.SM2, Suite.ES256), (Suite.ES256, Suite.SM2)):
        protected = cbor2.dumps({1: cose.ALGORITHM[other], 4: KID[suite]}, canonical=True)
        payload = cbor2.loads(credential.sign(claims(), KEY[suite], KID[suite])).value[2]
        signature = KEY[suite].sign(cose.to_sign(protected, payload))
        raw = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]), canonical=True)
        assert "to which the key is bound" in refused(raw)


def test_a_key_put_into_the_other_suite_verifies_nothing() -> None:
    for suite, other in ((Suite.SM2, Suite.ES256), (Suite.ES256, Suite.SM2)):
        raw = credential.sign(claims(), KEY[suite], KID[suite])
        refused(raw, lambda _, suite=suite, other=other: PublicKey(other, KEY[suite].public.point))


@both
def test_a_key_speaks_for_its_own_institution_alone(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    known = trust(trusted(suite, scope="08K8"))
    assert "does not speak for 33/08K7" in refused(raw, lambda kid: known.key_for(kid, "33", "08K7", AT))


@both
def test_a_node_speaks_for_its_own_provinces_alone(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    near, far = trust(trusted(suite, "node", "32,33")), trust(trusted(suite, "node", "32,3,331"))
    credential.verify(raw, lambda kid: near.key_for(kid, "33", "08K7", AT))
    assert "does not speak" in refused(raw, lambda kid: far.key_for(kid, "33", "08K7", AT))


@both
def test_a_key_counts_from_its_first_moment_to_its_last(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    known = trust(trusted(suite, not_before=AT, not_after=AT + timedelta(days=1)))
    moments = {-1: False, 0: True, 86_400: True, 86_401: False}
    for seconds, good in moments.items():
        seen = AT + timedelta(seconds=seconds)
        if good:
            credential.verify(raw, lambda kid, seen=seen: known.key_for(kid, "33", "08K7", seen))
        else:
            assert "was not valid at" in refused(raw, lambda kid, seen=seen: known.key_for(kid, "33", "08K7", seen))


@both
def test_a_revoked_key_counts_for_what_was_seen_before_and_not_from_that_moment_on(suite: Suite) -> None:
    raw = credential.sign(claims(), KEY[suite], KID[suite])
    known = trust(trusted(suite, revoked_at=AT))
    credential.verify(raw, lambda kid: known.key_for(kid, "33", "08K7", AT - timedelta(microseconds=1)))
    for seen in (AT, AT + timedelta(days=1)):
        assert "was revoked at" in refused(raw, lambda kid, seen=seen: known.key_for(kid, "33", "08K7", seen))


def test_a_key_that_nobody_vouches_for_is_refused() -> None:
    raw = credential.sign(claims(), KEY[Suite.SM2], b"none")
    assert "not in the trust list" in refused(raw)


@both
def test_a_credential_is_small_enough_for_its_qr(suite: Suite) -> None:
    largest = claims(issued_at=datetime(2105, 1, 1, tzinfo=UTC), status_list=9912, status_index=1 << 24, log=23)
    assert len(credential.sign(largest, KEY[suite], KID[suite])) <= 190


@both
def test_kids_are_four_bytes_and_differ_by_suite(suite: Suite) -> None:
    assert len(KID[suite]) == 4
    point = KEY[suite].public.point
    assert len({credential.kid_of(PublicKey(s, point)) for s in Suite}) == 2


def test_the_code_is_in_the_credential_without_its_checks() -> None:
    body = cbor2.loads(cbor2.loads(credential.sign(claims(), KEY[Suite.SM2], KID[Suite.SM2])).value[2])[0]
    value = 0
    for ch in CODE[:16]:
        value = value * 31 + "0123456789ABCDEFGHJKLMNPQRTUWXY".index(ch)
    assert body == value.to_bytes(10, "big")
