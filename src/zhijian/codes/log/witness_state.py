"""What a witness remembers: of each log the newest checkpoint it has cosigned, with its own cosignature on it.

A file says who wrote it, so a torn, altered or exchanged one is not believed; and `origins` says which files there must
be, so a lost one is not taken for a log never seen. Either stops the witness: it signs nothing it may regret. What no
file can tell is that the whole folder was put back to an older day; do not restore a witness, make a new one.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhijian.codes.log.checkpoint import Checkpoint
from zhijian.codes.log.disk import replace_file, sync_directory
from zhijian.codes.log.errors import LogDamaged, LogError
from zhijian.codes.log.key import Verifier
from zhijian.codes.log.note import Note


class WitnessState:
    """`folder` with one file a log. Several threads and processes may use it at once: the lock is the kernel's."""

    def __init__(self, folder: Path, verifier: Verifier) -> None:
        self._folder, self._verifier = folder, verifier
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_directory(folder.parent)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads or writes until the end; waits for it."""
        handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def read(self, origin: str) -> Checkpoint | None:
        """The newest cosigned checkpoint; None when there never was one. Raises LogDamaged (witness-state)."""
        try:
            raw = self._path(origin).read_bytes()
        except FileNotFoundError:
            if origin in self.origins():
                raise _damaged(origin) from None
            return None
        try:
            note = Note.parse(raw)
            note.verify([self._verifier])
            found = Checkpoint.parse(note.text)
        except LogError:
            raise _damaged(origin) from None
        if found.origin != origin:
            raise _damaged(origin)
        return found

    def write(self, origin: str, cosigned: bytes) -> None:
        """Durable on return. The file first: a name in `origins` without a file would stop the witness for nothing."""
        replace_file(self._path(origin), cosigned)
        known = self.origins()
        if origin not in known:
            replace_file(self._folder / "origins", "".join(f"{one}\n" for one in [*known, origin]).encode())

    def keep_fork(self, origin: str, signed: bytes) -> None:
        """Evidence against the log: it signed another root for the size in `read`. The first such is kept."""
        path = self._path(origin).with_suffix(".fork")
        if not path.exists():
            replace_file(path, signed)

    def origins(self) -> list[str]:
        """Every log that was ever cosigned, in the order in which they came."""
        try:
            return (self._folder / "origins").read_text().split("\n")[:-1]
        except FileNotFoundError:
            return []
        except UnicodeDecodeError:
            raise LogDamaged("witness-state", "origins") from None

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"


def _damaged(origin: str) -> LogDamaged:
    return LogDamaged("witness-state", origin, f"what this witness remembers of {origin} is lost or altered; it signs nothing "
                      "more for this log. Make a new witness with a new key: docs/howto/operate.md")  # fmt: skip
