"""FF1: NIST's vectors, a permutation that is one, and neighbours that look like strangers."""

import math
import random
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.codes.code import ALPHABET, SERIALS, symbols
from zhijian.codes.permutation import Ff1, Permutation
from zhijian.codes.secrets import CodeSecret

# NIST SP 800-38G, FF1 samples for AES-128 (csrc.nist.gov, "FF1samples").
NIST_KEY = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C")
NIST = [
    (10, "", "0123456789", "2433477484"),
    (10, "39383736353433323130", "0123456789", "6124200773"),
    (36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
]
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
serials = st.integers(0, SERIALS - 1)


@pytest.mark.parametrize(("radix", "tweak", "plain", "cipher"), NIST)
def test_the_samples_of_nist_are_reproduced(radix: int, tweak: str, plain: str, cipher: str) -> None:
    ff1 = Ff1(NIST_KEY, radix, len(plain), bytes.fromhex(tweak), "AES")
    assert "".join(DIGITS[d] for d in ff1.numerals([DIGITS.index(ch) for ch in plain])) == cipher
    assert "".join(DIGITS[d] for d in ff1.numerals([DIGITS.index(ch) for ch in cipher], decrypt=True)) == plain


def by_the_letter(key: bytes, radix: int, x: list[int]) -> list[int]:
    """FF1.Encrypt without a tweak as SP 800-38G, algorithm 7, writes it, over SM4."""
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor().update
    n, u = len(x), len(x) // 2
    v, t = n - u, 0
    a, b = x[:u], x[u:]
    b_len = math.ceil(math.ceil(v * math.log2(radix)) / 8)
    d = 4 * math.ceil(b_len / 4) + 4
    p = bytes([1, 2, 1, 0, 0, radix, 10, u % 256]) + n.to_bytes(4, "big") + t.to_bytes(4, "big")

    def num(xs: list[int]) -> int:
        return sum(digit * radix ** (len(xs) - 1 - i) for i, digit in enumerate(xs))

    for i in range(10):
        q = bytes((-t - b_len - 1) % 16) + bytes([i]) + num(b).to_bytes(b_len, "big")
        r = bytes(16)
        for at in range(0, len(p + q), 16):
            r = block(bytes(one ^ two for one, two in zip(r, (p + q)[at : at + 16], strict=True)))
        y = int.from_bytes(r[:d], "big")
        m = u if i % 2 == 0 else v
        c = (num(a) + y) % radix**m
        a, b = b, [c // radix ** (m - 1 - j) % radix for j in range(m)]
    return a + b


@given(st.binary(min_size=16, max_size=16), serials)
def test_serials_are_those_of_the_standard_by_its_letter(key: bytes, counter: int) -> None:
    plain = [ALPHABET.index(ch) for ch in symbols(counter, 8)]
    assert symbols(Permutation(key).serial(counter), 8) == "".join(ALPHABET[d] for d in by_the_letter(key, 31, plain))


@given(st.binary(min_size=16, max_size=16), serials)
def test_a_counter_comes_back_from_its_serial(key: bytes, counter: int) -> None:
    permute = Permutation(key)
    assert permute.inverse(permute.serial(counter)) == counter
    assert permute.serial(permute.inverse(counter)) == counter
    assert 0 <= permute.serial(counter) < SERIALS


@pytest.mark.parametrize("counter", [0, 1, 31**4 - 1, 31**4, SERIALS - 2, SERIALS - 1])
def test_the_ends_of_the_range_come_back(counter: int) -> None:
    permute = Permutation(b"\x07" * 16)
    assert permute.inverse(permute.serial(counter)) == counter


@pytest.mark.parametrize(("radix", "length"), [(7, 4), (5, 5), (31, 2)])
def test_over_a_small_range_no_two_counters_share_a_serial(radix: int, length: int) -> None:
    ff1 = Ff1(b"\x07" * 16, radix, length)
    u, v = radix ** (length // 2), radix ** (length - length // 2)
    pairs = [(left, right) for left in range(u) for right in range(v)]
    images = zip(*ff1.encrypt([left for left, _ in pairs], [right for _, right in pairs]), strict=True)
    assert set(images) == set(pairs)


def test_many_serials_in_a_row_are_all_different() -> None:
    permute = Permutation(secrets.token_bytes(16))
    assert len({permute.serial(n) for n in range(20_000)}) == 20_000


def test_neighbours_tell_nothing_of_each_other() -> None:
    """Bounds lie at more than six standard deviations, over a new key each run."""
    permute, count = Permutation(secrets.token_bytes(16)), 20_000
    serials = [permute.serial(n) for n in range(count)]
    pairs = list(zip(serials, serials[1:], strict=False))
    rising = sum(a < b for a, b in pairs) / len(pairs)
    assert abs(rising - 0.5) < 6 * math.sqrt(1 / 12 / count), "no order"
    assert len({(b - a) % SERIALS for a, b in pairs}) > count - 10, "no step twice"
    spelled = [symbols(serial, 8) for serial in serials]
    same = sum(a == b for one, two in zip(spelled, spelled[1:], strict=False) for a, b in zip(one, two, strict=True))
    expected, n = 1 / 31, 8 * (count - 1)
    assert abs(same / n - expected) < 7 * math.sqrt(expected * (1 - expected) / n), "no common symbols"
    for at in range(8):
        assert chi_square(Counter(word[at] for word in spelled), 31, count) < 30 + 8 * math.sqrt(60), "no favourite"
        follows = Counter((a[at], b[at]) for a, b in zip(spelled, spelled[1:], strict=False))
        assert chi_square(follows, 31 * 31, count - 1) < 960 + 8 * math.sqrt(2 * 960), "no habit"


def chi_square(seen: "Counter[object]", kinds: int, count: int) -> float:
    expected = count / kinds
    return sum((n - expected) ** 2 / expected for n in seen.values()) + (kinds - len(seen)) * expected


def test_institutions_years_and_provinces_have_permutations_of_their_own() -> None:
    secret = CodeSecret(bytes(32))
    places = [("33", 2026, "08K7"), ("33", 2026, "08K8"), ("33", 2027, "08K7"), ("32", 2026, "08K7")]
    first = [tuple(secret.permutation(*place).serial(n) for n in range(20)) for place in places]
    assert len({n for row in first for n in row}) == 80
    other = CodeSecret(b"\1" + bytes(31)).permutation(*places[0])
    assert tuple(other.serial(n) for n in range(20)) != first[0]


def test_one_permutation_serves_many_threads() -> None:
    permute = Permutation(b"\x07" * 16)
    counters = [random.Random(n).randrange(SERIALS) for n in range(4000)]
    alone = [permute.serial(n) for n in counters]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(permute.serial, counters)) == alone
        assert list(pool.map(permute.serials, [counters] * 40)) == [alone] * 40


@given(st.binary(min_size=16, max_size=16), st.lists(serials, max_size=40))
def test_many_counters_at_once_have_the_serials_of_each(key: bytes, counters: list[int]) -> None:
    permute = Permutation(key)
    assert permute.serials(counters) == [permute.serial(one) for one in counters]


@settings(max_examples=30)
@given(st.binary(max_size=40).filter(lambda key: len(key) != 16))
def test_a_key_of_another_length_is_no_key(key: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        Permutation(key)
