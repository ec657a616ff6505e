"""A log in memory that can be asked for any of its sizes, and a witness for it."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.codes.log.log_samples import AT, ORIGIN, SIGNER, TRUST, entries, naive_root

from zhijian.codes.log import Signer, Trust, Verifier
from zhijian.codes.log.add_checkpoint import Answered, Asked
from zhijian.codes.log.audit_path import consistency_path
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.note import sign_note
from zhijian.codes.log.witness import Witness, logs_of
from zhijian.codes.log.witness_key import WitnessKey

STRANGER = Signer.ed25519(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"s" * 32))
"""Bears the log's name with another key."""


class Grown:
    """A log of these leaves at all of its sizes."""

    def __init__(self, leaves: Sequence[bytes], signers: Sequence[Signer] = (SIGNER,), origin: str = ORIGIN) -> None:
        self.leaves, self.signers, self.origin = list(leaves), signers, origin

    def root(self, size: int) -> bytes:
        return naive_root(self.leaves[:size])

    def checkpoint(self, size: int) -> bytes:
        return sign_note(Checkpoint(self.origin, size, self.root(size)).text(), self.signers)

    def proof(self, first: int, second: int) -> tuple[bytes, ...]:
        return tuple(consistency_path(self._node, first, second)) if first <= second else ()

    def asked(self, old: int, size: int, **changes: object) -> bytes:
        """The body of an honest request, or one with `proof` or `checkpoint` changed."""
        honest = {"old": old, "proof": self.proof(old, size), "checkpoint": self.checkpoint(size)}
        return Asked(**{**honest, **changes}).body()  # type: ignore[arg-type]

    def _node(self, height: int, index: int) -> bytes:
        return naive_root(self.leaves[index << height : (index + 1) << height])


LOG = Grown(entries(40))
FORKED = Grown([*entries(20), b"another", *entries(40, 21)])
"""As LOG up to 20 leaves, signed by the same key."""


def witness(
    folder: Path, name: str = "witness.example/w1", verifiers: Sequence[Verifier] = (SIGNER.verifier,)
) -> Witness:
    return Witness(folder, WitnessKey.make(folder, name), logs_of(verifiers))


def ask(of: Witness, log: Grown, old: int, size: int, **changes: object) -> Answered:
    return of.add_checkpoint(log.asked(old, size, **changes), AT)


def quorum_of(*found: Witness, quorum: int) -> Trust:
    return Trust(TRUST.origin, TRUST.keys, tuple(one.key.verifier for one in found), quorum)
