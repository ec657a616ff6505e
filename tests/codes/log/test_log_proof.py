"""tlog-proof: one text, verified offline for the very entry it is about."""

import base64
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.codes.log.log_samples import ORIGIN, SIGNER, TRUST, entries, naive_root

from zhijian.codes.log import SHA256, LogError, LogProof, verify_proof
from zhijian.codes.log.audit_path import inclusion_path
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.errors import LogMalformed, LogRefused
from zhijian.codes.log.note import sign_note

DATA = entries(11)
CHECKPOINT = sign_note(Checkpoint(ORIGIN, 11, naive_root(DATA)).text(), [SIGNER])


def nodes(height: int, index: int) -> bytes:
    return naive_root(DATA[index << height : (index + 1) << height])


def proof(index: int, extra: bytes = b"") -> bytes:
    return LogProof(index, tuple(inclusion_path(nodes, index, 11)), CHECKPOINT, extra).text()


def test_a_proof_is_the_text_of_the_specification() -> None:
    lines = proof(10, b"more").decode().split("\n")
    hashes = [naive_root(DATA[8:10]), naive_root(DATA[:8])]
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 10"]
    assert lines[3:6] == [*(base64.b64encode(found).decode() for found in hashes), ""]
    assert "\n".join(lines[6:]).encode() == CHECKPOINT
    assert proof(10).startswith(b"c2sp.org/tlog-proof@v1\nindex 10\n")


@pytest.mark.parametrize("index", range(11))
def test_every_entry_is_proven_and_no_other_by_the_same_text(index: int) -> None:
    found = verify_proof(proof(index), DATA[index], TRUST)
    assert found.included.index == index
    assert found.included.leaf == SHA256.leaf(DATA[index])
    assert found.signed.checkpoint.size == 11
    with pytest.raises(LogRefused):
        verify_proof(proof(index), DATA[(index + 1) % 11], TRUST)


@settings(deadline=None)
@given(st.integers(0, 10), st.binary(max_size=40))
def test_a_proof_is_read_back_as_it_was(index: int, extra: bytes) -> None:
    raw = proof(index, extra)
    assert LogProof.parse(raw).text() == raw
    assert LogProof.parse(raw).extra == extra


@settings(deadline=None)
@given(st.integers(0, 10), st.integers(0, 10_000))
def test_one_flipped_bit_of_a_proof_is_refused(index: int, bit: int) -> None:
    raw = bytearray(proof(index))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    with pytest.raises(LogError):
        verify_proof(bytes(raw), DATA[index], TRUST)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"proof@v1", b"proof@v2"), (b"index 10", b"index 010"), (b"index 10", b"index -1"), (b"index 10", b"index"),
        (b"index 10\n", b""), (b"index 10", b"extra \nindex 10"), (b"index 10", b"extra YQ\nindex 10"),
        (b"index 10\n", b"index 10\nYQ==\n"), (b"index 10", b"index 10\nextra YQ=="), (b"\n\n", b"\n"),
        (b"index 10", b"extra YQ==\nextra YQ==\nindex 10"), (b"index 10", b"\xe7index 10"),
        (b"index 10\n", b"index 10\n" + (base64.b64encode(bytes(32)) + b"\n") * 64),
    ],
)  # fmt: skip
def test_any_other_spelling_of_a_proof_is_malformed(old: bytes, new: bytes) -> None:
    with pytest.raises(LogMalformed):
        LogProof.parse(proof(10).replace(old, new, 1) if old != b"\n\n" else proof(10).replace(old, new))


def test_bytes_behind_the_checkpoint_are_refused() -> None:
    with pytest.raises(LogError):
        verify_proof(proof(3) + b"trailing\n", DATA[3], TRUST)


def test_a_proof_survives_a_file(tmp_path: Path) -> None:
    (tmp_path / "report.tlog-proof").write_bytes(proof(4))
    assert verify_proof((tmp_path / "report.tlog-proof").read_bytes(), DATA[4], TRUST).included.index == 4
