"""Signed notes: unknown keys are ignored, known keys must be right, and there is one spelling of everything."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import AT, ORIGIN, SIGNER, SM2_KEY, SM2_SIGNER, SM2_VERIFIER, sealed

from zhijian.codes.log import LogError, Signer, Verifier
from zhijian.codes.log.errors import LogMalformed, LogRefused
from zhijian.codes.log.key import ED25519, SM2
from zhijian.codes.log.note import Note, add_signatures, sign_note

TEXT = b"node.example/log\n\nsecond paragraph \xe6\x97\xa5\xe5\xbf\x97\n"
STRANGER = Signer.ed25519("stranger.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(b"w" * 32)

# C2SP signed-note's and Go's own example key: PeterNeumann, of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()


def test_a_note_of_the_go_reference_verifies() -> None:
    signed = Note.parse(GO_NOTE).verify([Verifier.parse(GO_KEY)])
    assert [by.verifier.name for by in signed] == ["PeterNeumann"]
    assert Verifier.parse(GO_KEY).vkey() == GO_KEY


def test_a_note_carries_ed25519_and_sm2_and_each_is_verified_by_its_key() -> None:
    note = Note.parse(sign_note(TEXT, [SIGNER, SM2_SIGNER]))
    assert note.text == TEXT
    for keys in ([SIGNER.verifier], [SM2_VERIFIER], [SIGNER.verifier, SM2_VERIFIER]):
        assert [by.verifier for by in note.verify(keys)] == keys


def test_the_key_id_of_sm2_covers_the_type_byte_its_identifier_and_the_key() -> None:
    made = hashlib.sha256(ORIGIN.encode() + b"\n" + b"\xff" + SM2[1:] + SM2_KEY).digest()[:4]
    assert SM2_VERIFIER.key_id == made
    again = Verifier.parse(SM2_VERIFIER.vkey(), SM2_VERIFIER.check)
    assert again == SM2_VERIFIER


def test_an_sm2_key_without_its_check_is_refused() -> None:
    with pytest.raises(LogMalformed):
        Verifier.parse(SM2_VERIFIER.vkey())


def test_a_check_that_returns_anything_but_true_does_not_verify() -> None:
    lenient = Verifier(ORIGIN, SM2, SM2_KEY, lambda *_: "yes")  # type: ignore[arg-type]
    with pytest.raises(LogRefused):
        Note.parse(sign_note(TEXT, [SM2_SIGNER])).verify([lenient])


def test_an_sm2_signature_longer_than_64_bytes_is_refused() -> None:
    longer = Signer(SM2_VERIFIER, lambda message: sealed(SM2_KEY, message) + b"\0")
    with pytest.raises(LogRefused):
        Note.parse(sign_note(TEXT, [longer])).verify([SM2_VERIFIER])


def test_lines_of_unknown_keys_are_ignored_even_with_a_known_name() -> None:
    namesake = Signer.ed25519(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"n" * 32))
    note = Note.parse(sign_note(TEXT, [STRANGER, namesake, SIGNER]))
    assert [by.verifier for by in note.verify([SIGNER.verifier])] == [SIGNER.verifier]


def test_a_bad_signature_of_a_known_key_refuses_the_note_whatever_else_signed() -> None:
    forged = Signer(STRANGER.verifier, lambda _: bytes(64))
    note = Note.parse(sign_note(TEXT, [SIGNER, forged]))
    assert note.verify([SIGNER.verifier])
    with pytest.raises(LogRefused) as refused:
        note.verify([SIGNER.verifier, STRANGER.verifier])
    assert (refused.value.why, refused.value.value) == ("signature", "stranger.example")


def test_a_second_bad_line_of_a_known_key_refuses_the_note_too() -> None:
    note = Note.parse(sign_note(TEXT, [SIGNER, Signer(SIGNER.verifier, lambda _: bytes(64))]))
    with pytest.raises(LogRefused):
        note.verify([SIGNER.verifier])


def test_a_flood_of_lines_is_refused_before_any_is_verified() -> None:
    raw = sign_note(TEXT, [SIGNER] * 64)
    assert len(Note.parse(raw).lines) == 64
    with pytest.raises(LogMalformed) as refused:
        Note.parse(sign_note(TEXT, [SIGNER] * 65))
    assert refused.value.why == "note-length"


def test_a_note_that_nobody_known_signed_is_refused() -> None:
    with pytest.raises(LogRefused) as refused:
        Note.parse(sign_note(TEXT, [STRANGER])).verify([SIGNER.verifier])
    assert refused.value.why == "unsigned"


def test_a_cosignature_tells_when_and_covers_the_time() -> None:
    witness = Signer.cosigner("witness.example/w1", WITNESS, AT)
    raw = add_signatures(sign_note(TEXT, [SIGNER]), [witness])
    signed = Note.parse(raw).verify([SIGNER.verifier, witness.verifier])
    assert [by.at for by in signed] == [None, AT]
    name, key_id, signature = Note.parse(raw).lines[1]
    later = (int.from_bytes(signature[:8], "big") + 1).to_bytes(8, "big") + signature[8:]
    with pytest.raises(LogRefused):
        Note(TEXT, ((name, key_id, later),)).verify([witness.verifier])


def test_one_key_has_another_id_as_witness_than_as_log() -> None:
    witness = Signer.cosigner("one.example", WITNESS, AT)
    assert witness.verifier.key_id != Signer.ed25519("one.example", WITNESS).verifier.key_id


@settings(deadline=None)
@given(st.integers(0, 8 * 400))
def test_one_flipped_bit_of_a_note_is_refused(bit: int) -> None:
    raw = bytearray(sign_note(TEXT, [SIGNER]))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    with pytest.raises(LogError):
        Note.parse(bytes(raw)).verify([SIGNER.verifier])


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"text\n", b"text\n\n", b"text\n\n\n", "text\n\n— a AAAAAAA=".encode(), "text\r\n\n— a AAAAAAA=\n".encode(),
                b"text\n\n- a AAAAAAA=\n", "text\n\n—  AAAAAAA=\n".encode(), "text\n\n— a+b AAAAAAA=\n".encode(),
        "text\n\n— a AAAAAAB=\n".encode(), "text\n\n— a AAAAAA==\n".encode(), "text\n\n— a AAAA AAA=\n".encode(),
        "text\n\n— a \n".encode(), "text\n\n— a AAAAAAA=\x00\n".encode(), b"\xff\n\n\xe2\x80\x94 a AAAAAAA=\n",
        "text\n\n— a\u3000b AAAAAAA=\n".encode(),
    ],
)  # fmt: skip
def test_what_is_not_exactly_a_signed_note_is_malformed(raw: bytes) -> None:
    with pytest.raises(LogMalformed):
        Note.parse(raw)


@pytest.mark.parametrize(
    ("vkey", "why"),
    [
        ("PeterNeumann+c74f20a3", "vkey"),
        ("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "key-hash"),
        ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "base64"),
        ("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "key-name"),
        ("PeterNeumann+c74f20a3+" + base64.b64encode(b"\x02" + bytes(32)).decode(), "key-kind"),
        ("PeterNeumann+c74f20a3+" + base64.b64encode(ED25519 + bytes(33)).decode(), "key-kind"),
    ],
)
def test_a_verifier_key_that_is_not_exactly_one_says_why(vkey: str, why: str) -> None:
    with pytest.raises(LogMalformed) as refused:
        Verifier.parse(vkey)
    assert refused.value.why == why
