"""A witness (C2SP tlog-witness): cosigns a log's checkpoint only when it continues the last one it cosigned.

Invariant: of all checkpoints of one origin that carry this witness's cosignature, each is a beginning of every larger
one, and no two of one size differ. It holds because the newest is read, compared and replaced under one lock, and is
durable before the cosignature leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from zhijian.codes.log.add_checkpoint import BODY_BYTES_MAX, Answered, Asked
from zhijian.codes.log.audit_path import verify_consistency
from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.errors import LogMalformed, LogRefused
from zhijian.codes.log.key import Signer, Verifier
from zhijian.codes.log.merkle import SHA256
from zhijian.codes.log.note import Note, add_signatures
from zhijian.codes.log.witness_key import WitnessKey
from zhijian.codes.log.witness_state import WitnessState

Logs = Mapping[str, Sequence[Verifier]]
"""Origin → keys of which one must have signed."""


def logs_of(verifiers: Sequence[Verifier]) -> Logs:
    """By origin: a log's keys bear its name."""
    return {name: [v for v in verifiers if v.name == name] for name in {v.name for v in verifiers}}


class Witness:
    """One witness with its folder: key, and what it remembers. Safe to use from several threads and processes."""

    BODY_BYTES_MAX = BODY_BYTES_MAX

    def __init__(self, folder: Path, key: WitnessKey, logs: Logs) -> None:
        self.key, self._logs = key, logs
        self._state = WitnessState(folder / "state", key.verifier)

    @classmethod
    def open(cls, folder: Path, keys: Sequence[Verifier]) -> Self:
        """For the logs of these keys. Raises LogAbsent (witness-key) when the folder has no key, LogDamaged when it
        cannot be read."""
        return cls(folder, WitnessKey.load(folder), logs_of(keys))

    def newest(self, origin: str) -> Checkpoint | None:
        """What it cosigned last. Raises LogDamaged (witness-state)."""
        with self._state.locked():
            return self._state.read(origin)

    def add_checkpoint(self, body: bytes, at: datetime) -> Answered:
        """The answer of the protocol: 200 with a cosignature of the time `at`, or 400, 403, 404, 409, 422.

        Raises LogDamaged (witness-state): nothing is signed then.
        """
        try:
            asked = Asked.parse(body)
            note = Note.parse(asked.checkpoint)
            head = Checkpoint.parse(note.text)
        except LogMalformed as why:
            return _says(400, f"请求不合 tlog-witness 格式 malformed: {why.why}")
        keys = self._logs.get(head.origin)
        if keys is None:
            return _says(
                404,
                "本见证不认识这个日志，请把日志公钥告诉见证方 unknown log: give its key to whoever keeps this witness",
            )
        try:
            note.verify(keys)
        except LogRefused:
            return _says(403, "没有本见证认识的日志签名 no signature by a known key of this log")
        if asked.old > head.size:
            return _says(400, "old 大于检查点 old is beyond the checkpoint")
        with self._state.locked():
            return self._compared(asked, note.only(keys), head, at)

    def _compared(self, asked: Asked, signed: bytes, head: Checkpoint, at: datetime) -> Answered:
        known = self._state.read(head.origin)
        size, root = (known.size, known.root) if known else (0, SHA256.empty())
        if known and size == head.size and root != head.root:
            self._state.keep_fork(head.origin, signed)
            return replace(Answered.size(size), alarm=f"{head.origin} signed two roots of size {size}")
        if asked.old != size:
            return Answered.size(size)
        try:
            verify_consistency(size, root, head.size, head.root, asked.proof)
        except LogRefused:
            return _says(
                422, "一致性证明不成立，可能是日志分叉 the consistency proof does not hold: perhaps a forked log"
            )
        cosigned = add_signatures(signed, [Signer.cosigner(self.key.name, self.key.private, at)])
        self._state.write(head.origin, cosigned)
        return Answered(200, cosigned.removeprefix(signed))


def _says(status: int, words: str) -> Answered:
    return Answered(status, f"{words}\n".encode())
