"""Checkpoints: one spelling, one origin, and whose signatures make them count."""

import base64
import hashlib
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import AT, ORIGIN, SIGNER, SM2_SIGNER, SM2_VERIFIER, TRUST

from zhijian.codes.log import Signer, Trust, verify_checkpoint
from zhijian.codes.log.checkpoint import Checkpoint, sm3_line
from zhijian.codes.log.errors import LogMalformed, LogRefused
from zhijian.codes.log.note import add_signatures, sign_note

HEAD = Checkpoint(ORIGIN, 12, hashlib.sha256(b"root").digest(), (sm3_line(bytes(range(32))),))
ROOT = base64.b64encode(HEAD.root).decode()
WITNESSES = [
    Signer.cosigner(f"witness.example/{n}", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32), AT + timedelta(0, n))
    for n in range(3)
]
KNOWN = tuple(witness.verifier for witness in WITNESSES)

lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
heads = st.builds(
    Checkpoint,
    lines,
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(lines.filter(lambda line: not line.startswith("sm3 ")), max_size=3).map(tuple),
)


@settings(deadline=None)
@given(heads)
def test_a_checkpoint_is_read_back_as_it_was(head: Checkpoint) -> None:
    assert Checkpoint.parse(head.text()) == head


def test_the_sm3_root_is_an_extension_line() -> None:
    assert HEAD.text().decode().split("\n")[3] == "sm3 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert HEAD.sm3 == bytes(range(32))
    assert Checkpoint(ORIGIN, 12, HEAD.root).sm3 is None


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", f"o\n1\n{ROOT}", f"\n1\n{ROOT}\n", f"o\n01\n{ROOT}\n", f"o\n+1\n{ROOT}\n", f"o\n-1\n{ROOT}\n",
        f"o\n1 \n{ROOT}\n", f"o\n１\n{ROOT}\n", f"o\n\n{ROOT}\n", f"o\n{2**63}\n{ROOT}\n", f"o\n{'9' * 5000}\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n", f"o\n1\n{ROOT} \n", "o\n1\nAAAA\n", f"o\n1\n{ROOT}\n\n", f"o\n1\n{ROOT}\n\nx\n",
        f"o\n1\n{ROOT}\nsm3 AAAA\n", f"o\n1\n{ROOT}\nsm3 {ROOT}\nsm3 {ROOT}\n", f"o\r\n1\n{ROOT}\n",
    ],
)  # fmt: skip
def test_any_other_spelling_of_a_checkpoint_is_malformed(text: str) -> None:
    with pytest.raises(LogMalformed):
        Checkpoint.parse(text.encode())


def test_a_root_with_other_bits_behind_its_end_is_malformed() -> None:
    spelled = ROOT[:-2] + chr(ord(ROOT[-2]) + 1) + "="
    assert base64.b64decode(spelled) == HEAD.root
    with pytest.raises(LogMalformed):
        Checkpoint.parse(f"o\n1\n{spelled}\n".encode())


def test_a_checkpoint_of_another_log_signed_by_the_same_key_is_refused() -> None:
    raw = sign_note(Checkpoint("other.example/log", 1, bytes(32)).text(), [SIGNER])
    with pytest.raises(LogRefused) as refused:
        verify_checkpoint(raw, TRUST)
    assert refused.value.why == "origin"


def test_every_trusted_key_must_have_signed() -> None:
    both = Trust(ORIGIN, (SIGNER.verifier, SM2_VERIFIER))
    assert verify_checkpoint(sign_note(HEAD.text(), [SIGNER, SM2_SIGNER]), both).checkpoint == HEAD
    with pytest.raises(LogRefused) as refused:
        verify_checkpoint(sign_note(HEAD.text(), [SIGNER]), both)
    assert refused.value.why == "unsigned"


@pytest.mark.parametrize("seen", [0, 1, 2, 3])
def test_a_checkpoint_below_the_quorum_of_witnesses_is_refused(seen: int) -> None:
    raw = add_signatures(sign_note(HEAD.text(), [SIGNER]), WITNESSES[:seen])
    trust = Trust(ORIGIN, (SIGNER.verifier,), KNOWN, 2)
    if seen < 2:
        with pytest.raises(LogRefused) as refused:
            verify_checkpoint(raw, trust)
        assert refused.value.why == "quorum"
    else:
        found = verify_checkpoint(raw, trust)
        assert [by.at for by in found.witnesses] == [AT + timedelta(0, n) for n in range(seen)]


def test_the_same_witness_twice_is_one_witness() -> None:
    raw = add_signatures(sign_note(HEAD.text(), [SIGNER]), [WITNESSES[0], WITNESSES[0]])
    with pytest.raises(LogRefused):
        verify_checkpoint(raw, Trust(ORIGIN, (SIGNER.verifier,), KNOWN, 2))


def test_one_key_under_two_witness_names_is_no_policy() -> None:
    twin = Signer.cosigner("twin.example", Ed25519PrivateKey.from_private_bytes(bytes(32)), AT).verifier
    with pytest.raises(LogMalformed):
        Trust(ORIGIN, (SIGNER.verifier,), (KNOWN[0], twin), 2)


def test_the_roles_of_keys_are_not_mixed() -> None:
    for keys, witnesses, quorum in (
        ((), KNOWN, 1),
        ((KNOWN[0],), (), 0),
        ((SIGNER.verifier,), (SIGNER.verifier,), 1),
        ((SIGNER.verifier,), KNOWN, 4),
    ):
        with pytest.raises(LogMalformed):
            Trust(ORIGIN, keys, witnesses, quorum)
