"""What is derived from the node's secret: verifiers, keys, tags, and nothing that tells of the secret."""

import random
from collections import Counter

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from tests.codes.sealing import CODE

from zhijian.codes.code import ALPHABET
from zhijian.codes.model import Code
from zhijian.codes.secrets import VERIFIER_LENGTH, CodeSecret, hmac_sm3, verifier


def test_hmac_sm3_gives_the_vector_of_its_standard() -> None:
    """GM/T 0042-2015, appendix D.3."""
    message = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2
    wanted = "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a"
    assert hmac_sm3(bytes(range(1, 33)), message).hex() == wanted


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_secret_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        CodeSecret(bytes(length))


def test_a_secret_is_not_printed() -> None:
    secret = random.Random(1).randbytes(32)
    for shown in (repr(CodeSecret(secret)), str(CodeSecret(secret)), f"{[CodeSecret(secret)]}"):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown


def test_every_purpose_has_a_key_of_its_own() -> None:
    one = CodeSecret(bytes(32))
    keys = [one.lease_key(n) for n in range(50)] + [one.tag_key(f"000{n}") for n in range(10)]
    keys += [CodeSecret(b"\1" * 32).lease_key(0), HKDF(hashes.SM3(), 32, salt=None, info=b"").derive(bytes(32))]
    assert len(set(keys)) == len(keys)
    assert {len(k) for k in keys} == {32}
    assert one.lease_key(3) == CodeSecret(bytes(32)).lease_key(3)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_a_verifier_is_six_symbols_of_the_alphabet(key: bytes, facts: bytes) -> None:
    made = verifier(key, CODE, facts)
    assert len(made) == VERIFIER_LENGTH == 6
    assert set(made) <= set(ALPHABET)
    assert made == verifier(key, CODE, facts)


def test_a_verifier_belongs_to_one_code_one_digest_and_one_lease() -> None:
    made = verifier(bytes(32), CODE, bytes(32))
    flips = [bytes(31) + b"\1", b"\x80" + bytes(31), b"\xff" * 32]
    others = [verifier(bytes(32), CODE, facts) for facts in flips] + [verifier(key, CODE, bytes(32)) for key in flips]
    others += [verifier(bytes(32), Code(CODE[:-1] + ch), bytes(32)) for ch in "0123" if ch != CODE[-1]]
    assert made not in others
    assert len(set(others)) == len(others)


def test_verifiers_are_spread_evenly() -> None:
    count = 20_000
    words = [verifier(bytes(32), CODE, n.to_bytes(32, "big")) for n in range(count)]
    for at in range(VERIFIER_LENGTH):
        seen, expected = Counter(word[at] for word in words), count / 31
        assert sum((seen[ch] - expected) ** 2 / expected for ch in ALPHABET) < 30 + 8 * 60**0.5
