"""Both suites: the standards' own vectors byte for byte, and nothing accepted that is not exactly a signature."""

import random
from hashlib import sha256

import pytest
from gmalglib.sm2 import SM2
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.kit import signing
from zhijian.kit.signing import BadSignature, PrivateKey, PublicKey, Suite, digest, sm3

# GM/T 0003.5-2012, appendix A.
D = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
K = bytes.fromhex("59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21")
POINT = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
R = bytes.fromhex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3")
S = bytes.fromhex("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
MESSAGE = b"message digest"
ORDER = {
    Suite.SM2: 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    Suite.ES256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
KEY = {suite: PrivateKey.generate(suite) for suite in Suite}
both = pytest.mark.parametrize("suite", list(Suite))


def test_the_published_signature_is_made_byte_for_byte_with_the_published_nonce() -> None:
    # gmalglib reads the random bytes little-endian.
    assert signing._sm2_private(D, lambda _: K[::-1]).sign(MESSAGE) == R + S


def test_the_published_key_and_signature_verify() -> None:
    assert PrivateKey(Suite.SM2, D).public.point == POINT
    PublicKey(Suite.SM2, POINT).verify(MESSAGE, R + S)


def test_a_flipped_bit_of_the_published_signature_is_refused() -> None:
    for bit in range(512):
        flipped = (int.from_bytes(R + S, "big") ^ 1 << bit).to_bytes(64, "big")
        with pytest.raises(BadSignature):
            PublicKey(Suite.SM2, POINT).verify(MESSAGE, flipped)


def test_sm3_gives_the_digests_of_the_standard() -> None:
    """GB/T 32905-2016, appendix A."""
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


def test_each_suite_has_its_own_hash() -> None:
    assert digest(Suite.SM2, b"abc") == sm3(b"abc")
    assert digest(Suite.ES256, b"abc") == sha256(b"abc").digest()


@both
@settings(max_examples=25, deadline=None)
@given(message=st.binary(max_size=300), other=st.binary(max_size=300))
def test_what_a_key_signs_it_verifies_and_nothing_else(suite: Suite, message: bytes, other: bytes) -> None:
    signature = KEY[suite].sign(message)
    assert len(signature) == 64
    KEY[suite].public.verify(message, signature)
    if other != message:
        with pytest.raises(BadSignature):
            KEY[suite].public.verify(other, signature)


def test_another_library_accepts_our_sm2_signatures_and_we_accept_its() -> None:
    theirs = SM2(sk=KEY[Suite.SM2].secret, pk=KEY[Suite.SM2].public.point)
    for n in range(50):
        message = random.Random(n).randbytes(n)
        assert theirs.verify(message, KEY[Suite.SM2].sign(message))
        KEY[Suite.SM2].public.verify(message, bytes(theirs.sign(message)))


@both
@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 66, 128])
def test_a_signature_of_another_length_is_refused(suite: Suite, length: int) -> None:
    signature = (KEY[suite].sign(MESSAGE) * 2)[:length]
    with pytest.raises(BadSignature, match=f"{length} bytes"):
        KEY[suite].public.verify(MESSAGE, signature)


@both
def test_trailing_bytes_are_refused(suite: Suite) -> None:
    signature = KEY[suite].sign(MESSAGE)
    for more in (b"\0", b"\n", b"\xff", bytes(64)):
        with pytest.raises(BadSignature):
            KEY[suite].public.verify(MESSAGE, signature + more)


@both
def test_r_and_s_outside_their_range_are_refused(suite: Suite) -> None:
    signature, n = KEY[suite].sign(MESSAGE), ORDER[suite]
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    outside = [(a, b) for a in (0, n, n + 1, 2**256 - 1, r) for b in (0, n, n + 1, 2**256 - 1, s) if (a, b) != (r, s)]
    # r + n is the same number to the equation, and must not be another spelling of the signature.
    outside += [(a, b) for a, b in ((r + n, s), (r, s + n)) if max(a, b) < 2**256]
    for a, b in outside:
        with pytest.raises(BadSignature):
            KEY[suite].public.verify(MESSAGE, a.to_bytes(32, "big") + b.to_bytes(32, "big"))


def test_a_signature_of_one_suite_is_none_in_the_other() -> None:
    for suite, other in ((Suite.SM2, Suite.ES256), (Suite.ES256, Suite.SM2)):
        signature = KEY[suite].sign(MESSAGE)
        with pytest.raises(BadSignature):
            KEY[other].public.verify(MESSAGE, signature)
        # A point lies on one curve only.
        with pytest.raises(BadSignature):
            PublicKey(other, KEY[suite].public.point).verify(MESSAGE, signature)


@both
def test_a_point_that_is_none_is_a_refusal_and_no_crash(suite: Suite) -> None:
    good = KEY[suite].public.point
    points = [
        b"",
        b"\0",
        bytes(65),
        b"\x04" + bytes(64),
        b"\x04" + b"\xff" * 64,
        good[:-1],
        good + b"\0",
        good[:-1] + bytes([good[-1] ^ 1]),
    ]
    for point in points:
        with pytest.raises(BadSignature):
            PublicKey(suite, point).verify(MESSAGE, KEY[suite].sign(MESSAGE))


@both
def test_a_public_key_has_one_spelling(suite: Suite) -> None:
    """ "Public keys are uncompressed points, 65 bytes": a second spelling would have a second kid."""
    point, signature = KEY[suite].public.point, KEY[suite].sign(MESSAGE)
    others = {Suite.SM2: b"\x02" + point[1:], Suite.ES256: bytes([2 + point[64] % 2]) + point[1:33]}
    with pytest.raises(BadSignature):
        PublicKey(suite, others[suite]).verify(MESSAGE, signature)


@both
def test_nothing_that_is_printed_shows_the_secret(suite: Suite) -> None:
    key = KEY[suite]
    number = str(int.from_bytes(key.secret, "big"))
    for shown in (repr(key), str(key), f"{key}", repr([key]), repr({"key": key})):
        assert key.secret.hex() not in shown.lower()
        assert repr(key.secret)[2:-1] not in shown
        assert number not in shown


@both
def test_every_generated_key_is_another(suite: Suite) -> None:
    secrets = {PrivateKey.generate(suite).secret for _ in range(50)}
    assert len(secrets) == 50
    assert {len(s) for s in secrets} == {32}


@both
def test_two_signatures_over_one_message_use_two_nonces(suite: Suite) -> None:
    """A nonce used twice gives the key away."""
    assert len({KEY[suite].sign(MESSAGE)[:32] for _ in range(50)}) == 50
