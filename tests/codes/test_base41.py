"""Base41: every byte string has one text, and every text at most one byte string."""

import string
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhijian.codes.base41 import ALPHABET, NotBase41, decode, encode

QR_ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")


def test_the_alphabet_is_of_the_qr_and_needs_no_escape_in_a_path() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 41
    assert set(ALPHABET) == QR_ALPHANUMERIC - set(" %+/")


@given(st.binary(max_size=400))
def test_bytes_come_back(raw: bytes) -> None:
    text = encode(raw)
    assert decode(text) == raw
    assert len(text) == len(raw) // 2 * 3 + len(raw) % 2 * 2


def test_every_pair_and_every_single_byte_comes_back() -> None:
    pairs = b"".join(n.to_bytes(2, "big") for n in range(1 << 16))
    assert decode(encode(pairs)) == pairs
    for n in range(256):
        assert decode(encode(bytes([n]))) == bytes([n])


def test_of_all_groups_those_that_no_bytes_have_are_refused() -> None:
    accepted = 0
    for group in product(ALPHABET, repeat=3):
        text = "".join(group)
        try:
            assert encode(decode(text)) == text
            accepted += 1
        except NotBase41:
            continue
    assert accepted == 1 << 16


def test_of_all_last_groups_those_that_no_byte_has_are_refused() -> None:
    accepted = []
    for group in product(ALPHABET, repeat=2):
        try:
            accepted.append(decode("".join(group)))
        except NotBase41:
            continue
    assert accepted == [bytes([n]) for n in range(256)]


@given(st.text(ALPHABET, max_size=60))
def test_whatever_decodes_encodes_back_to_the_same_text(text: str) -> None:
    try:
        raw = decode(text)
    except NotBase41:
        return
    assert encode(raw) == text


@pytest.mark.parametrize("text", ["0", "0000", "a00", "00 ", "0+0", "0/0", "%00", "００0", "::", ":::", "000\n"])
def test_what_encode_never_writes_is_refused(text: str) -> None:
    with pytest.raises(NotBase41):
        decode(text)


@given(st.text(max_size=30))
def test_any_other_text_is_refused_and_raises_nothing_else(text: str) -> None:
    try:
        assert encode(decode(text)) == text
    except NotBase41:
        pass
