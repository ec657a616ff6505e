"""Our proofs, read by sigstore's Merkle code."""

from types import SimpleNamespace

import pytest
from tests.codes.log.log_samples import entries, naive_root

from zhijian.codes.log.audit_path import inclusion_path

merkle = pytest.importorskip("sigstore._internal.merkle", reason="sigstore is not installed")
VerificationError = pytest.importorskip("sigstore.errors").VerificationError
DATA = entries(40)


def nodes(height: int, index: int) -> bytes:
    return naive_root(DATA[index << height : (index + 1) << height])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 40])
def test_sigstore_accepts_our_inclusion_proofs_and_refuses_them_for_another_entry(size: int) -> None:
    root = naive_root(DATA[:size])
    for index in range(size):
        path = inclusion_path(nodes, index, size)
        proof = SimpleNamespace(log_index=index, tree_size=size, hashes=path, root_hash=root)
        merkle.verify_merkle_inclusion(entry(proof, DATA[index]))
        with pytest.raises(VerificationError):
            merkle.verify_merkle_inclusion(entry(proof, DATA[index] + b"!"))


def entry(proof: SimpleNamespace, body: bytes) -> SimpleNamespace:
    """The two fields of sigstore's log entry that its Merkle code looks at."""
    return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=body))
