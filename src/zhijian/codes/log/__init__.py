"""The transparency log: a Merkle tree of files that only grows, and that anyone can check without us.

Obeys C2SP tlog-tiles, tlog-checkpoint, signed-note, tlog-cosignature (Ed25519), tlog-witness and tlog-proof; trees are
RFC 6962.
Entries are opaque bytes here. No database, no server, no clock: the caller says what, where and when.

>>> import pathlib, tempfile
>>> from datetime import UTC, datetime
>>> from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
>>> signer = Signer.ed25519("example.com/log", Ed25519PrivateKey.generate())
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> with LogFolder.open(folder, "example.com/log", [signer]) as log:
...     _ = log.append([b"first", b"second", b"third"])
...     _ = log.publish(datetime(2025, 7, 1, tzinfo=UTC))
>>> trust = Trust("example.com/log", (Verifier.parse(signer.verifier.vkey()),))
>>> reader = LogReader.open(folder_fetch(folder), trust)
>>> proof = reader.prove(1).text()
>>> verify_proof(proof, b"second", trust).included.size
3
>>> verify_proof(proof, b"secind", trust)
Traceback (most recent call last):
zhijian.codes.log.errors.LogRefused: root-mismatch: ...
"""

from zhijian.codes.log.add_checkpoint import Answered
from zhijian.codes.log.checkpoint import Trust, check_witnesses, verify_checkpoint
from zhijian.codes.log.cosigning import Ask
from zhijian.codes.log.errors import LogError
from zhijian.codes.log.folder import LogFolder
from zhijian.codes.log.key import Signer, Verifier
from zhijian.codes.log.merkle import SHA256, TreeHash
from zhijian.codes.log.monitor import Monitor, Round
from zhijian.codes.log.proof import LogProof, verify_proof
from zhijian.codes.log.reader import LogReader, folder_fetch
from zhijian.codes.log.witness import Witness
from zhijian.codes.log.witness_key import WitnessKey

__all__ = [
    "SHA256",
    "Answered",
    "Ask",
    "LogError",
    "LogFolder",
    "LogProof",
    "LogReader",
    "Monitor",
    "Round",
    "Signer",
    "TreeHash",
    "Trust",
    "Verifier",
    "Witness",
    "WitnessKey",
    "check_witnesses",
    "folder_fetch",
    "verify_checkpoint",
    "verify_proof",
]
