"""The manifest: one form, one purpose, one key that may speak for the code."""

from dataclasses import replace

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.codes.document.sealing_keys import AT, CODE, KEY, KID, STRANGER, credential, key_of

from zhijian.codes import cose
from zhijian.codes import credential as credentials
from zhijian.codes.credential import kid_of
from zhijian.codes.document import manifest as m
from zhijian.codes.model import Code, CredentialRefused
from zhijian.kit.signing import PublicKey, Suite

MADE = m.Manifest(CODE, "sm3", bytes(range(32)), (bytes(32), bytes([7]) * 32), AT)
BOTH = pytest.mark.parametrize("suite", list(Suite))
SIGNED = {s: m.sign(MADE, KEY[s], KID[s]) for s in Suite}


@BOTH
def test_what_was_signed_is_read_and_verified(suite: Suite) -> None:
    found = m.verify(SIGNED[suite], key_of)
    assert (found.manifest, found.kid, found.suite) == (MADE, KID[suite], suite)
    assert m.read(SIGNED[suite]) == MADE


@BOTH
@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_through(suite: Suite, at: int, bit: int) -> None:
    raw = bytearray(SIGNED[suite])
    raw[at % len(raw)] ^= 1 << bit
    with pytest.raises(CredentialRefused):
        m.verify(bytes(raw), key_of)


@BOTH
@pytest.mark.parametrize("tail", [b"\0", b"\xf6", b"more"])
def test_nothing_may_stand_behind_it(suite: Suite, tail: bytes) -> None:
    with pytest.raises(CredentialRefused):
        m.verify(SIGNED[suite] + tail, key_of)


@given(raw=st.binary(max_size=300))
def test_random_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(CredentialRefused):
        m.verify(raw, key_of)


@BOTH
def test_a_signature_for_another_purpose_is_none(suite: Suite) -> None:
    """The same payload, signed without the purpose, as credentials are."""
    payload = cose.unpack(SIGNED[suite], m.MAX_BYTES, "manifest").payload
    with pytest.raises(CredentialRefused):
        m.verify(cose.sign(payload, KEY[suite], KID[suite]), key_of)
    with pytest.raises(CredentialRefused):
        m.verify(credential(suite=suite), key_of)
    with pytest.raises(CredentialRefused):
        credentials.verify(SIGNED[suite], lambda kid: key_of(kid, CODE))


def test_the_suite_is_the_trust_lists_and_not_the_messages() -> None:
    def swapped(kid: bytes, code: Code) -> PublicKey:
        return KEY[Suite.ES256].public

    with pytest.raises(CredentialRefused, match="to which the key is bound"):
        m.verify(SIGNED[Suite.SM2], swapped)


@BOTH
def test_a_key_nobody_vouches_for_signs_nothing(suite: Suite) -> None:
    with pytest.raises(CredentialRefused):
        m.verify(m.sign(MADE, STRANGER[suite], kid_of(STRANGER[suite].public)), key_of)


@BOTH
def test_a_key_of_another_institution_does_not_speak_for_this_code(suite: Suite) -> None:
    from zhijian.codes.code import compose

    other = replace(MADE, code=compose("33", 2026, "0001", 5))
    with pytest.raises(CredentialRefused):
        m.verify(m.sign(other, KEY[suite], KID[suite]), key_of)


ILL_TYPED = [
    [b"\0" * 10, "sm3", bytes(32), [bytes(32)], True], [b"\0" * 10, "sm3", bytes(32), [bytes(32)], 1.5],
    [b"\0" * 10, "md5", bytes(32), [bytes(32)], 1], [b"\0" * 9, "sm3", bytes(32), [bytes(32)], 1],
    [b"\0" * 10, "sm3", bytes(31), [bytes(32)], 1], [b"\0" * 10, "sm3", bytes(32), [], 1],
    [b"\0" * 10, "sm3", bytes(32), [bytes(31)], 1], [b"\0" * 10, "sm3", bytes(32), ["x" * 32], 1],
    [b"\0" * 10, "sm3", bytes(32), [bytes(32)], -1], [b"\0" * 10, "sm3", bytes(32), [bytes(32)]], {}, 7,
]  # fmt: skip


@pytest.mark.parametrize("payload", ILL_TYPED, ids=range(len(ILL_TYPED)))
def test_claims_of_other_kinds_are_refused_even_when_signed(payload: object) -> None:
    raw = cose.sign(cbor2.dumps(payload, canonical=True), KEY[Suite.ES256], KID[Suite.ES256], m.PURPOSE)
    with pytest.raises(CredentialRefused, match="five kinds"):
        m.verify(raw, key_of)


def test_two_thousand_pages_fit() -> None:
    large = replace(MADE, pages=tuple(n.to_bytes(32, "big") for n in range(2000)))
    raw = m.sign(large, KEY[Suite.ES256], KID[Suite.ES256])
    assert len(raw) < m.MAX_BYTES
    assert m.verify(raw, key_of).manifest == large
